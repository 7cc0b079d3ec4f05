"""Lists in parts: cursors name places, so nothing is lost or doubled when rows come and go."""

import base64
import datetime as dt
from typing import Any

import pytest

from server.models.accounts import token_issue
from server.models.members import merge_people
from server.rules.cursors import cursor
from tests import make
from tests.cast import Cast
from tests.web.visitors import Asks

LIST = """query ($order: Order! = PINYIN, $first: Int, $after: String, $last: Int, $before: String) {
  people(orderBy: $order, first: $first, after: $after, last: $last, before: $before) {
    edges { cursor node { nameEn } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}"""


async def part(ask: Asks, **variables: Any) -> dict[str, Any]:
    return (await ask("member", LIST, **variables))["data"]["people"]


def shown(connection: dict[str, Any]) -> list[str]:
    return [edge["node"]["nameEn"] for edge in connection["edges"]]


@pytest.mark.usefixtures("everyone")
async def test_a_list_is_read_forwards_and_backwards(ask: Asks) -> None:
    whole = shown(await part(ask))
    front = await part(ask, first=2)
    middle = await part(ask, first=2, after=front["pageInfo"]["endCursor"])
    back = await part(ask, last=2, before=middle["pageInfo"]["startCursor"])

    assert (shown(front), shown(middle)) == (whole[:2], whole[2:4])
    assert shown(back) == whole[:2]
    assert shown(await part(ask, last=2)) == whole[-2:]
    assert (front["pageInfo"]["hasNextPage"], front["pageInfo"]["hasPreviousPage"]) == (True, False)
    assert (middle["pageInfo"]["hasNextPage"], middle["pageInfo"]["hasPreviousPage"]) == (True, True)


@pytest.mark.usefixtures("everyone")
async def test_a_cursor_survives_what_comes_and_goes_before_it(ask: Asks) -> None:
    whole = shown(await part(ask))
    front = await part(ask, first=2)

    await make.person(name_en="Aa First")
    await make.person(name_en="Dan Department")
    rest = shown(await part(ask, after=front["pageInfo"]["endCursor"]))

    assert rest in (whole[2:], ["Dan Department", *whole[2:]])


@pytest.mark.parametrize("order", ["PINYIN", "STROKES", "UPDATED"])
@pytest.mark.usefixtures("everyone")
async def test_every_order_can_be_leafed_through(ask: Asks, order: str) -> None:
    for number in range(3):
        await make.person(name_zh="王芳", updated_at=make.NOW + dt.timedelta(microseconds=number))
    whole = [edge["cursor"] for edge in (await part(ask, order=order))["edges"]]
    found, after = [], None
    for _ in whole:
        one = await part(ask, order=order, first=1, after=after)
        after = one["pageInfo"]["endCursor"]
        found.append(after)

    assert found == whole
    assert len(set(found)) == len(found) == 8


async def test_seats_and_tokens_are_leafed_through_by_their_own_orders(ask: Asks, everyone: Cast) -> None:
    for name in ("one", "two"):
        await token_issue(everyone["secretary"], name=name, scopes=["all:read"])
    for text in (
        "query ($after: String) { tokens(first: 1, after: $after) { edges { cursor } } }",
        "query ($after: String) { members(first: 1, after: $after, orderBy: UPDATED) { edges { cursor } } }",
        "query ($after: String) { members(first: 1, after: $after) { edges { cursor } } }",
        "query ($after: String) { bodies(first: 1, after: $after) { edges { cursor } } }",
    ):
        (first,) = next(iter((await ask("secretary", text))["data"].values()))["edges"]
        (second,) = next(iter((await ask("secretary", text, after=first["cursor"]))["data"].values()))["edges"]

        assert first != second


@pytest.mark.parametrize(("first", "last"), [(101, None), (0, None), (-1, None), (None, 101), (1, 1)])
@pytest.mark.usefixtures("everyone")
async def test_a_size_out_of_bounds_is_a_problem(ask: Asks, first: int | None, last: int | None) -> None:
    answer = await ask("member", LIST, first=first, last=last)

    assert answer["data"] is None
    assert answer["errors"][0]["extensions"]["code"] == "PAGE_SIZE"


GARBAGE = [
    "garbage",
    "",
    "ÿ",
    base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    base64.urlsafe_b64encode(b'{"a": 1}').decode(),
    cursor("one"),
    cursor("one", "two"),
    cursor("not a time", "00000000-0000-0000-0000-000000000001"),
    cursor("2026-13-45", "00000000-0000-0000-0000-000000000001"),
]


@pytest.mark.parametrize("order", ["PINYIN", "UPDATED"])
@pytest.mark.parametrize("cursor", [cursor for cursor in GARBAGE if cursor])
@pytest.mark.usefixtures("everyone")
async def test_a_cursor_that_is_not_ours_is_a_problem_and_no_failure(ask: Asks, cursor: str, order: str) -> None:
    answer = await ask("member", LIST, order=order, after=cursor)

    codes = [error["extensions"]["code"] for error in answer.get("errors", [])]
    assert codes in (["CURSOR"], []), "a text is a place among texts, whatever it says"
    assert codes == ["CURSOR"] or order == "PINYIN"


async def test_a_copy_is_kept_by_what_changed_and_what_left(ask: Asks, everyone: Cast) -> None:
    text = """query ($since: DateTime!) {
      people(updatedSince: $since, orderBy: UPDATED) {
        edges { node { id } }
        tombstones { id reason removedAt successorId }
      }
    }"""
    since = make.NOW + dt.timedelta(seconds=1)
    later = make.viewer(roles=everyone["secretary"].roles, now=since, account=everyone["secretary"].account)
    mei, double = everyone.people["member"], await make.person(name_en="Mei Double")
    before = (await ask("secretary", text, since=since.isoformat()))["data"]["people"]

    await merge_people(later, keep=mei.id, drop=double.id, reason="twice")
    after = (await ask("secretary", text, since=since.isoformat()))["data"]["people"]

    assert before == {"edges": [], "tombstones": []}
    assert after["edges"] == [{"node": {"id": f"per_{mei.id}"}}]
    (gone,) = after["tombstones"]
    assert (gone["id"], gone["reason"], gone["successorId"]) == (f"per_{double.id}", "merged", f"per_{mei.id}")
    assert dt.datetime.fromisoformat(gone["removedAt"]) == since
