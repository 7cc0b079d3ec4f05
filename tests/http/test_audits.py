"""GraphQL over HTTP as the protocol's own audits see it: npm's graphql-http asks the running product, with a token."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.browser import product

AUDITS = 61


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    """What each audit found."""
    folder = tmp_path_factory.mktemp("product")
    with product.running(folder) as address:
        token = {"TOKEN": product.token(folder, "secretary")}
        asked = ["node", Path(__file__).parent / "audits.mjs", f"{address}/graphql"]
        said = subprocess.run(asked, env=os.environ | token, check=True, stdout=subprocess.PIPE)
    return json.loads(said.stdout)


def test_no_audit_has_a_word_to_say_not_even_of_what_may_be(found: list[dict[str, str]]) -> None:
    assert [audit for audit in found if audit["status"] != "ok"] == []
    assert len({audit["id"] for audit in found}) == len(found) == AUDITS
