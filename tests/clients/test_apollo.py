"""Apollo Client 4, unchanged."""

from typing import Any

import pytest

from tests.clients.answers import GOOD, bare
from tests.clients.conftest import Luzhi, Trial
from tests.clients.demo import Things
from tests.compiling.test_documented import QUERIES

THING = """
query Thing($id: ID!) {
  node(id: $id) { ... on Node { id } ... on Person { nameZh nameEn } ... on Body { nameZh nameEn kind } }
}
"""


def test_its_cache_puts_the_pages_of_a_list_together(luzhi: Luzhi, trial: Trial) -> None:
    answer = trial("apollo", "pages", variables={"term": "15"})

    edges, after = [], None
    for _ in answer["heard"]["sent"]:
        plain = luzhi.plain(QUERIES["Members"], {"term": "15", "after": after})["data"]["members"]
        edges, after = edges + plain["edges"], plain["pageInfo"]["endCursor"]
    assert plain["pageInfo"]["hasNextPage"] is False
    assert bare(answer["edges"]) == edges
    assert answer["totalCount"] == plain["totalCount"] == len(edges) > 300
    assert answer["heard"] == {"sent": ["POST"] * 4, "received": [GOOD] * 4}


@pytest.mark.parametrize(("which", "kind"), [("members/{id}", "Person"), ("bodies/{id}", "Body")])
def test_a_fragment_on_an_interface_is_read_from_the_server_and_from_the_cache(
    luzhi: Luzhi, things: Things, trial: Trial, which: str, kind: str
) -> None:
    answer = trial("apollo", "fragment", id=things[which])

    plain = luzhi.plain(THING, {"id": things[which]})["data"]
    assert bare(answer["data"]) == plain
    assert answer["kept"] == {"__typename": kind, **plain["node"]}
    assert answer["heard"] == {"sent": ["POST"], "received": [GOOD]}


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        ("none", {"thrown": True, "error": "CombinedGraphQLErrors", "codes": ["SCOPE"]}),
        (
            "all",
            {
                "data": {"viewer": {"name": "admin"}, "account": None},
                "error": "CombinedGraphQLErrors",
                "codes": ["SCOPE"],
            },
        ),
        ("ignore", {"data": {"viewer": {"name": "admin"}, "account": None}}),
    ],
)
def test_each_error_policy_finds_an_answer_in_part(
    luzhi: Luzhi, things: Things, trial: Trial, policy: str, told: dict[str, Any]
) -> None:
    answer = trial("apollo", "partly", token=luzhi.narrow, account=things["accounts/{id}"], errorPolicy=policy)

    assert bare(answer) == told | {"heard": {"sent": ["POST"], "received": [GOOD]}}


def test_its_link_for_hashes_learns_that_one_is_not_stored_and_sends_the_text(
    luzhi: Luzhi, things: Things, trial: Trial
) -> None:
    answer = trial("apollo", "persisted", id=things["members/{id}"])

    assert bare(answer["data"]) == luzhi.plain(THING, {"id": things["members/{id}"]})["data"]
    unknown = "400 application/graphql-response+json"
    assert answer["heard"] == {"sent": ["POST", "POST"], "received": [unknown, GOOD]}


def test_a_token_that_does_not_hold_is_an_error_with_its_code(trial: Trial, things: Things) -> None:
    answer = trial("apollo", "partly", token="lz_wrong", account=things["accounts/{id}"], errorPolicy="none")

    assert answer == {
        "thrown": True,
        "error": "CombinedGraphQLErrors",
        "codes": ["TOKEN_UNKNOWN"],
        "heard": {"sent": ["POST"], "received": ["401 application/graphql-response+json"]},
    }
