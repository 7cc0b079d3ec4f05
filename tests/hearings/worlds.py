"""Hearings for tests: planned, prepared, announced by who may."""

import datetime as dt
from dataclasses import replace
from typing import Any
from uuid import UUID

from server.models import hearings
from server.models.activities import Activity
from server.models.hearings import Hearing, HearingNotice
from server.rules.activities import ActivityKind
from server.rules.hearings import Capacity, HearingDuty, Position, ProfileKey
from server.viewer import Viewer
from tests import make
from tests.activities.worlds import planned
from tests.cast import Cast

DAY = dt.timedelta(days=1)
LATER = dt.datetime(2027, 3, 1, 1, 0, tzinfo=dt.UTC)
"""Nine o'clock on a Monday more than three months from NOW: time enough for every profile."""
WRITTEN: dict[str, Any] = {
    "matter": "Places in nursery schools",
    "purpose": "To hear what is missing",
    "basis": "Rules of the assembly",
    "contact": "General office, 1234",
    "conditions": "Whoever lives here",
    "complaints": "Supervision office, 5678",
    "public_draw": "The lottery of that Saturday",
    "public_draw_on": dt.date(2027, 2, 13),
}
"""All that any notice must say and that somebody has to write."""
PANEL = ("chair", "convener", "leader")
"""Who hears: the first presides."""
NUMBERS = {
    ProfileKey.MEMBERS_HEAR: {Capacity.MEMBER: 10},
    ProfileKey.PREFECTURE: {Capacity.AFFECTED: 4, Capacity.PUBLIC: 3, Capacity.MEMBER: 8},
    ProfileKey.LEGISLATIVE: {Capacity.AFFECTED: 5, Capacity.PUBLIC: 5},
    ProfileKey.LIGHT: {Capacity.AFFECTED: 5, Capacity.PUBLIC: 5},
    ProfileKey.COMMITTEE: {Capacity.EXPERT: 2},
}


async def activity(cast: Cast, viewer: str = "secretary", starts_at: dt.datetime = LATER, **facts: Any) -> Activity:
    """A hearing of the sector "Arts", planned and nothing else."""
    said = {"kind": ActivityKind.HEARING, "title_en": "Nursery schools", "venue": "Hall 1"}
    said |= {"organisers": [cast.sector.id], "sessions": [(starts_at, starts_at + dt.timedelta(hours=3))]}
    return await planned(cast, viewer, **said | facts)


async def prepared(
    cast: Cast, profile: ProfileKey = ProfileKey.MEMBERS_HEAR, starts_at: dt.datetime = LATER, **facts: Any
) -> Hearing:
    """The same with all that its notice must say, a panel of three and places."""
    secretary, held = cast["secretary"], await activity(cast, starts_at=starts_at)
    row = await hearings.hearing_add(secretary, activity=held.id, profile=profile, **WRITTEN | facts)
    await sit(cast, row, PANEL)
    return await hearings.hearing_set_places(secretary, hearing=row.id, places=NUMBERS[profile])


async def sit(cast: Cast, row: Hearing, names: tuple[str, ...]) -> None:
    """The first of them presides, the others hear."""
    people = [cast.people[name].id for name in names]
    for who, duty in ((people[:1], HearingDuty.PRESIDING), (people[1:], HearingDuty.PANEL)):
        await hearings.hearing_name_officers(cast["secretary"], hearing=row.id, people=who, duty=duty)


async def announced(
    cast: Cast, profile: ProfileKey = ProfileKey.MEMBERS_HEAR, starts_at: dt.datetime = LATER, **facts: Any
) -> Hearing:
    """The same, approved, and notice given."""
    row = await prepared(cast, profile, starts_at, **facts)
    await hearings.hearing_approve(cast["secretary"], hearing=row.id)
    return await hearings.hearing_announce(cast["secretary"], hearing=row.id)


async def opened(cast: Cast, profile: ProfileKey = ProfileKey.MEMBERS_HEAR, **facts: Any) -> Hearing:
    """The same, and one can apply."""
    row = await announced(cast, profile, **facts)
    return await hearings.hearing_open_applications(cast["secretary"], hearing=row.id)


async def notice(row: Hearing) -> HearingNotice:
    """The one that counts."""
    return await HearingNotice.filter(hearing_id=row.id).order_by("-n").limit(1).get()


SIDES = {"f": Position.FOR, "a": Position.AGAINST, "n": Position.NEUTRAL}


def after(cast: Cast, row: Hearing, name: str = "secretary") -> Viewer:
    """The day after one could apply."""
    assert row.applications_until
    days = (row.applications_until - make.TODAY).days + 1
    return replace(cast[name], now=make.NOW + days * DAY)


async def apply(cast: Cast, row: Hearing, capacity: Capacity, sides: str) -> list[UUID]:
    """So many apply and are admitted, each a person of the register."""
    found = []
    for side in sides:
        person = await make.person(name_en=f"Applies {side}")
        viewer = replace(cast["department"], person=person.id)
        said: dict[str, Any] = {"capacity": capacity, "position": SIDES[side], "summary": "It is far"}
        row_id = (await hearings.hearing_apply(viewer, hearing=row.id, **said)).id
        await hearings.application_decide(cast["secretary"], application=row_id, admit=True)
        found.append(row_id)
    return found


async def enrol(cast: Cast, row: Hearing, count: int) -> list[UUID]:
    """So many members of the sector."""
    found = []
    for n in range(count):
        person = await make.person(name_en=f"Member {n}")
        await make.seat(person, cast.term, sector=cast.sector)
        viewer = replace(cast["member"], person=person.id)
        found.append((await hearings.hearing_apply(viewer, hearing=row.id)).id)
    return found


async def closed(cast: Cast, row: Hearing) -> tuple[Hearing, Viewer]:
    """The list is frozen, the day after one could apply; and who did it, on that day."""
    viewer = after(cast, row)
    return await hearings.hearing_close_applications(viewer, hearing=row.id), viewer
