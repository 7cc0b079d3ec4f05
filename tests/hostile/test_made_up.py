"""schemathesis makes up operations of our schema, and asks the running product as a program with a token."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from server.schema.codes import CODES
from tests.browser import product

CASES = 500


@pytest.fixture(scope="module")
def headers(folder: Path, address: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {product.token(folder, 'secretary', 'all:write')}"}


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with product.running(folder, LUZHI_RATE_TOKEN="999999999") as address:
        yield address


def test_none_of_them_is_a_fault_of_ours(folder: Path, address: str, headers: dict[str, str]) -> None:
    log, codes, cases = folder / "server.log", set(), 0
    before = log.read_text()
    made_up = schemathesis.graphql.from_url(f"{address}/graphql", headers=headers)

    @settings(max_examples=CASES, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(case=made_up.as_strategy())
    def ask(case: schemathesis.Case) -> None:
        nonlocal cases
        answer = case.call(headers=headers)
        cases += 1
        assert answer.status_code < 500, case.as_curl_command()
        codes.update(error["extensions"]["code"] for error in answer.json().get("errors", []))

    ask()

    assert cases >= CASES
    assert codes
    assert codes <= CODES.keys() - {"INTERNAL", "SIGNED_OUT"}
    assert log.read_text() == before
