"""ariadne-codegen, unchanged: a typed package for Python from the schema and the operations of our documents."""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.clients import demo, project
from tests.clients.answers import bare
from tests.clients.conftest import Luzhi, Trial
from tests.clients.demo import Things
from tests.compiling.test_documented import QUERIES


@pytest.fixture(scope="package")
def generated(folder: Path) -> Path:
    """The project with the package in it."""
    shutil.copy(project.HERE / "asking.py", folder)
    project.run(folder, project.PYTHON / "ariadne-codegen", "--config", "ariadne.toml")
    return folder


@pytest.fixture
def ask(luzhi: Luzhi, generated: Path) -> Trial:
    """`ask(terms={}, card={"person": ...})`: the answers of these methods of the typed client."""

    def asked(token: str = "", **calls: dict[str, Any]) -> Any:
        given = {"address": luzhi.address, "token": token or luzhi.token, "calls": calls}
        return project.trial(generated, project.PYTHON / "python", "asking.py", **given)

    return asked


def test_every_documented_query_answers_its_typed_client_as_plain_http(
    luzhi: Luzhi, things: Things, ask: Trial
) -> None:
    queries = list(demo.documented_queries(things))

    answers = ask(**{method(name): given for name, _, given in queries})

    for name, text, given in queries:
        plain = luzhi.plain(text, given, name=name)
        assert plain.pop("extensions").keys() == {"cost"}, name
        assert moments(bare(answers[method(name)])) == moments(bare(plain)), name
        assert None not in plain["data"].values(), name


def method(name: str) -> str:
    """WhoAmI is who_am_i there."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def moments(data: Any) -> Any:
    """Its moments end with Z where ours say +00:00."""
    if isinstance(data, dict):
        return {key: moments(value) for key, value in data.items()}
    if isinstance(data, list):
        return [moments(one) for one in data]
    return re.sub(r"(T\d\d:\d\d:\d\d(\.\d+)?)Z$", r"\1+00:00", data) if isinstance(data, str) else data


def test_an_answer_in_part_is_an_error_that_carries_it(luzhi: Luzhi, things: Things, ask: Trial) -> None:
    given = {"person": things["members/{id}"], "other": "per_of_nobody"}

    answer = ask(two=given)["two"]

    plain = luzhi.plain(QUERIES["Two"], given)
    assert answer == {"raised": "graphql", "data": plain["data"], "codes": ["NOT_THERE"]}
    assert plain["data"]["other"] is None
    assert plain["data"]["one"]["id"] == given["person"]


def test_a_token_that_does_not_hold_is_an_error_with_its_code(ask: Trial) -> None:
    answer = ask("lz_wrong", terms={})["terms"]

    assert (answer["raised"], answer["status"]) == ("http", 401)
    assert [error["extensions"]["code"] for error in answer["body"]["errors"]] == ["TOKEN_UNKNOWN"]
