"""Relay, its compiler and its runtime, unchanged; the network is the ten lines that its guide gives."""

from tests.clients.conftest import Luzhi, Trial
from tests.clients.demo import Things

LINE = "id nameZh nameEn memberships { no status post { startsOn sector { name } } }"
LIST = (
    f"query List($words: String) {{ people(search: $words, first: 4) {{ totalCount edges {{ node {{ {LINE} }} }} }} }}"
)
ONE = f"query One($id: ID!) {{ node(id: $id) {{ ... on Person {{ {LINE} }} }} }}"
JSON = "200 application/json"


def test_a_connection_grows_by_its_next_page(luzhi: Luzhi, trial: Trial) -> None:
    answer = trial("relay", "pages", variables={"words": "wang", "count": 2})

    plain = luzhi.plain(LIST, {"words": "wang"})["data"]["people"]
    assert answer["before"] == 2
    assert answer["lines"] == [edge["node"] for edge in plain["edges"]]
    assert answer["totalCount"] == plain["totalCount"] > 4
    assert answer["pageInfo"]["hasNextPage"] is True
    assert answer["heard"] == {"sent": ["POST"] * 2, "received": [JSON] * 2}


def test_a_thing_is_read_again_by_its_id(luzhi: Luzhi, things: Things, trial: Trial) -> None:
    person = things["members/{id}"]

    answer = trial("relay", "refetch", id=person)

    assert answer == {
        "line": luzhi.plain(ONE, {"id": person})["data"]["node"],
        "heard": {"sent": ["POST"], "received": [JSON]},
    }


def test_a_token_that_does_not_hold_is_an_error_with_its_code(trial: Trial) -> None:
    answer = trial("relay", "refused", token="lz_wrong", variables={"words": "wang", "count": 2})

    assert answer == {
        "error": "RelayNetwork",
        "codes": ["TOKEN_UNKNOWN"],
        "heard": {"sent": ["POST"], "received": ["401 application/json"]},
    }
