"""Keeping a copy: what changed is listed, and what left the list is named, to whoever could see it."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from server.imports.options import Options
from server.imports.runs import apply, preview
from server.imports.undoing import undo
from server.models.bodies import BodyKind, change_body
from server.models.imports import ImportRun
from server.models.members import Membership, merge_people
from server.rules.permissions import Role
from server.viewer import Viewer
from tests import make
from tests.cast import Cast
from tests.web.visitors import Asks

SINCE = make.NOW + dt.timedelta(hours=1)
LATER = SINCE + dt.timedelta(hours=1)
COPY = """query ($since: DateTime!) {
  people(updatedSince: $since) { ...on PersonConnection { edges { node { id } } tombstones { ...Gone } } }
  members(updatedSince: $since) { edges { node { id } } tombstones { ...Gone } }
  bodies(updatedSince: $since) { edges { node { id } } tombstones { ...Gone } }
}
fragment Gone on Tombstone { id reason successorId }"""
UNDONE = "import undone"


def office(now: dt.datetime = LATER) -> Viewer:
    """Who changes things, after the copy was made."""
    return make.viewer(Role.SECRETARY, name="office", now=now)


async def news(ask: Asks, who: str, since: dt.datetime = SINCE) -> dict[str, tuple[set[str], set[tuple[Any, ...]]]]:
    """List -> (what changed, what left it) since the copy was made."""
    data = (await ask(who, COPY, since=since.isoformat()))["data"]
    return {
        name: ({edge["node"]["id"] for edge in part["edges"]}, {tuple(gone.values()) for gone in part["tombstones"]})
        for name, part in data.items()
    }


async def imported(folder: Path, text: str, now: dt.datetime) -> ImportRun:
    """A file that the office brought in at that time."""
    run = await preview(office(now), text.encode(), name="x.csv", options=Options(term="14"), folder=folder)
    return await apply(office(now), run.id, folder=folder)


@pytest.fixture(autouse=True)
async def copied(everyone: Cast) -> None:
    """The copy was made after all that is there."""
    await Membership.all().update(updated_at=make.NOW)


async def test_nothing_left_where_nothing_happened(ask: Asks) -> None:
    assert await news(ask, "member") == {name: (set(), set()) for name in ("people", "members", "bodies")}


async def test_a_seat_that_was_merged_away_names_the_one_that_stays(ask: Asks, everyone: Cast) -> None:
    mei, kept = everyone.people["member"], everyone.seats["member"]
    double = await make.person(name_en="Mei Double")
    seat = await make.seat(double, everyone.term, sector=everyone.sector)

    await merge_people(office(), keep=mei.id, drop=double.id, reason="twice")

    told = await news(ask, "member")
    assert told["people"] == ({f"per_{mei.id}"}, {(f"per_{double.id}", "merged", f"per_{mei.id}")})
    changed, left = told["members"]
    assert f"mem_{kept.id}" in changed
    assert left == {(f"mem_{seat.id}", "merged", f"mem_{kept.id}")}


async def test_a_body_that_became_sensitive_left_for_those_who_may_not_see_it(ask: Asks) -> None:
    body = await make.body(name_en="Quiet")

    await change_body(office(), body.id, sensitive=True)

    assert (await news(ask, "member"))["bodies"] == (set(), {(f"bod_{body.id}", "sensitive", None)})
    assert (await news(ask, "secretary"))["bodies"] == ({f"bod_{body.id}"}, set())


async def test_a_body_that_is_open_again_is_listed_and_did_not_leave(ask: Asks) -> None:
    body = await make.body(name_en="Quiet")

    await change_body(office(), body.id, sensitive=True)
    await change_body(office(LATER + dt.timedelta(hours=1)), body.id, sensitive=False)

    assert (await news(ask, "member"))["bodies"] == ({f"bod_{body.id}"}, set())


async def test_what_was_always_hidden_leaves_no_trace(ask: Asks) -> None:
    body = await make.body(name_en="Quiet", sensitive=True)

    await change_body(office(), body.id, name_en="Quieter")

    assert (await news(ask, "member"))["bodies"] == (set(), set())


async def test_an_import_taken_back_is_told_but_what_was_hidden_only_to_those_who_saw_it(
    ask: Asks, everyone: Cast, tmp_path: Path
) -> None:
    text = "name,body,body_sensitive,parent\nNew One,Open,no,\nNew One,Hidden,yes,\n"
    run = await imported(tmp_path, text, make.NOW)
    data = (await ask("admin", "{ people { edges { node { id nameEn memberships { id } } } } }"))["data"]
    (one,) = (edge["node"] for edge in data["people"]["edges"] if edge["node"]["nameEn"] == "New One")
    found = (await ask("admin", "{ bodies { edges { node { id nameEn } } } }"))["data"]["bodies"]["edges"]
    ids = {edge["node"]["nameEn"]: edge["node"]["id"] for edge in found}

    await undo(office(), run.id)

    member, secretary = await news(ask, "member"), await news(ask, "secretary")
    assert member["people"][1] == {(one["id"], UNDONE, None)}
    assert member["members"][1] == {(one["memberships"][0]["id"], UNDONE, None)}
    assert member["bodies"][1] == {(ids["Open"], UNDONE, None)}
    assert secretary["bodies"][1] == {(ids["Open"], UNDONE, None), (ids["Hidden"], UNDONE, None)}


async def test_an_import_that_hides_a_body_and_one_taken_back_that_opened_it_are_told(
    ask: Asks, tmp_path: Path
) -> None:
    body = await make.body(BodyKind.SPECIAL_COMMITTEE, "Quiet")
    text = "name,body,body_kind,body_sensitive\nNew One,Quiet,special_committee,{}\n"

    await imported(tmp_path, text.format("yes"), LATER)
    hidden = await news(ask, "member")
    opened = await imported(tmp_path, text.format("no"), LATER + dt.timedelta(hours=1))
    shown = await news(ask, "member")
    await undo(office(LATER + dt.timedelta(hours=2)), opened.id)
    again = await news(ask, "member", since=LATER + dt.timedelta(hours=2))

    assert hidden["bodies"] == (set(), {(f"bod_{body.id}", "sensitive", None)})
    assert shown["bodies"] == ({f"bod_{body.id}"}, set())
    assert again["bodies"] == (set(), {(f"bod_{body.id}", "sensitive", None)})


async def test_an_import_into_the_history_of_a_seat_and_its_undoing_are_changes_of_the_seat_and_of_its_holder(
    ask: Asks, tmp_path: Path
) -> None:
    await imported(tmp_path, "id,name,sector,unit,body\n1,New One,Arts,Mill,Choir\n", make.NOW)
    await Membership.all().update(updated_at=make.NOW)
    before = await news(ask, "member")
    run = await imported(tmp_path, "id,name,sector,unit,body\n1,New One,Arts,Farm,Choir\n", LATER)
    after = await news(ask, "member")
    await undo(office(LATER + dt.timedelta(hours=1)), run.id)
    undone = await news(ask, "member", since=LATER + dt.timedelta(hours=1))

    assert (before["people"], len(after["people"][0]), len(after["members"][0])) == ((set(), set()), 1, 1)
    assert (undone["people"], undone["members"]) == (after["people"], after["members"])


@pytest.mark.parametrize("field", ["people", "bodies"])
@pytest.mark.parametrize("zone", ["", "+08:00"])
async def test_a_time_is_the_same_in_each_zone_and_without_one_where_the_assembly_sits(
    ask: Asks, field: str, zone: str
) -> None:
    text = f"query ($since: DateTime!) {{ {field}(updatedSince: $since) {{ totalCount tombstones {{ id }} }} }}"

    at = (await ask("member", text, since=f"2026-11-22T10:00:00{zone}"))["data"][field]["totalCount"]
    after = (await ask("member", text, since=f"2026-11-22T10:00:01{zone}"))["data"][field]["totalCount"]

    assert at > after == 0


async def test_a_time_outside_the_calendar_is_a_problem(ask: Asks) -> None:
    answer = await ask("member", COPY, since="0001-01-01T00:00:00+08:00")

    assert {error["extensions"]["code"] for error in answer["errors"]} == {"NO_SUCH_TIME"}
    assert {error["extensions"]["field"] for error in answer["errors"]} == {"updatedSince"}
