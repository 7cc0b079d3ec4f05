"""Many places at once: all of them or none, and each problem says which item it means."""

from typing import Any

import pytest

from server.models.audit import AuditEntry
from server.models.bodies import BodyMembership
from tests import make
from tests.cast import Cast
from tests.web.visitors import Asks

WHAT = """
... on BodyMembershipsPayload { count bodyMemberships { id role title person { id } } }
... on Problems { kind problems { code field item } }
"""
ADD = f"""
mutation Add($places: [NewPlace!]!, $key: String) {{
  it: bodyMembershipsAdd(places: $places, idempotencyKey: $key) {{ {WHAT} }}
}}
"""
END = f"mutation End($ids: [ID!]!, $on: Date!) {{ it: bodyMembershipsEnd(ids: $ids, on: $on) {{ {WHAT} }} }}"


async def told(ask: Asks, who: str, text: str, **given: Any) -> dict[str, Any]:
    answer = await ask(who, text, **given)
    assert "errors" not in answer, answer
    found: dict[str, Any] = answer["data"]["it"]
    return found


@pytest.fixture
async def places(everyone: Cast) -> list[dict[str, Any]]:
    """Three people for the bureau."""
    people = [await make.person(name_en=f"Guest {number}") for number in range(3)]
    return [{"body": f"bod_{everyone.bureau.id}", "person": f"per_{person.id}"} for person in people]


async def test_many_are_added_in_their_order(ask: Asks, places: list[dict[str, Any]]) -> None:
    places[1]["place"] = {"role": "CONTACT", "title": "Spokesman"}

    found = await told(ask, "secretary", ADD, places=places)

    assert found["count"] == 3
    assert [row["person"]["id"] for row in found["bodyMemberships"]] == [place["person"] for place in places]
    assert [row["title"] for row in found["bodyMemberships"]] == ["", "Spokesman", ""]
    assert await AuditEntry.filter(action="bodies.add_body_member").count() == 3


async def test_one_that_cannot_be_added_keeps_all_out(ask: Asks, places: list[dict[str, Any]]) -> None:
    before = await BodyMembership.all().count()
    unknown = {"body": places[0]["body"], "person": f"per_{make.some_id()}"}

    found = await told(ask, "secretary", ADD, places=[places[0], unknown, places[1], places[0]])

    assert found["kind"] == "NOT_THERE"
    assert [(one["code"], one["item"]) for one in found["problems"]] == [("NOT_THERE", 1), ("SITS_THERE", 3)]
    assert await BodyMembership.all().count() == before
    assert not await AuditEntry.filter(action="bodies.add_body_member").exists()


async def test_ids_that_are_none_are_told_by_their_items(ask: Asks, places: list[dict[str, Any]]) -> None:
    bad = [places[0], places[1] | {"person": places[1]["body"]}, places[2] | {"body": "nonsense"}]

    found = await told(ask, "secretary", ADD, places=bad)

    assert [(one["code"], one["item"]) for one in found["problems"]] == [("NOT_THERE", 1), ("NOT_THERE", 2)]


@pytest.mark.parametrize("many", [0, 101])
async def test_there_are_not_too_many_and_not_none(ask: Asks, places: list[dict[str, Any]], many: int) -> None:
    found = await told(ask, "secretary", ADD, places=places[:1] * many)

    assert found == {"kind": "INVALID", "problems": [{"code": "HOW_MANY", "field": "places", "item": None}]}


async def test_many_end_on_a_day(ask: Asks, places: list[dict[str, Any]]) -> None:
    ids = [row["id"] for row in (await told(ask, "secretary", ADD, places=places))["bodyMemberships"]]

    found = await told(ask, "secretary", END, ids=ids[::-1], on=make.TODAY.isoformat())

    assert [row["id"] for row in found["bodyMemberships"]] == ids[::-1]
    assert await BodyMembership.filter(ends_on=make.TODAY).count() == 3
    again = await told(ask, "secretary", END, ids=ids, on=make.TODAY.isoformat())
    assert [(one["code"], one["item"]) for one in again["problems"]] == [("ENDED_ALREADY", n) for n in range(3)]


async def test_who_may_not_is_refused_and_told_for_which(
    ask: Asks, everyone: Cast, places: list[dict[str, Any]]
) -> None:
    assert (await told(ask, "member", ADD, places=places))["kind"] == "REFUSED"
    found = await told(ask, "secretary", ADD, places=places, key="a")

    assert await told(ask, "secretary", ADD, places=places, key="a") == found
    added = [place["person"].removeprefix("per_") for place in places]
    assert await BodyMembership.filter(body_id=everyone.bureau.id, person_id__in=added).count() == 3
