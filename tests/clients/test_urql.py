"""urql 5 by its core, unchanged. Unless told otherwise it sends a short query by GET."""

from typing import Any

import pytest

from tests.clients.answers import GOOD, bare
from tests.clients.conftest import Luzhi, Trial
from tests.clients.demo import Things
from tests.compiling.test_documented import QUERIES


@pytest.mark.parametrize(("how", "verb"), [({}, "GET"), ({"preferGetMethod": False}, "POST")])
def test_its_cache_asks_once_and_again_after_a_change(
    luzhi: Luzhi, things: Things, trial: Trial, how: dict[str, Any], verb: str
) -> None:
    person = things["members/{id}"]

    answer = trial("urql", "cached", words="wang", id=person, topics=[verb], **how)

    plain = luzhi.plain(QUERIES["Find"], {"words": "wang"})["data"]
    assert bare(answer["answers"]) == [plain] * 3
    assert bare(answer["changed"]) == {"personChange": {"person": {"id": person}}}
    assert answer["before"] == [verb]
    assert answer["heard"] == {"sent": [verb, "POST", verb], "received": [GOOD] * 3}


@pytest.mark.parametrize(("how", "verb"), [({}, "GET"), ({"preferGetMethod": False}, "POST")])
def test_an_answer_in_part_comes_with_its_errors(
    luzhi: Luzhi, things: Things, trial: Trial, how: dict[str, Any], verb: str
) -> None:
    answer = trial("urql", "partly", token=luzhi.narrow, account=things["accounts/{id}"], **how)

    assert bare(answer) == {
        "data": {"viewer": {"name": "admin"}, "account": None},
        "codes": ["SCOPE"],
        "status": 200,
        "heard": {"sent": [verb], "received": [GOOD]},
    }


def test_a_token_that_does_not_hold_is_an_error_with_its_code(trial: Trial, things: Things) -> None:
    answer = trial("urql", "partly", token="lz_wrong", account=things["accounts/{id}"])

    assert answer == {
        "codes": ["TOKEN_UNKNOWN"],
        "status": 401,
        "heard": {"sent": ["GET"], "received": ["401 application/graphql-response+json"]},
    }
