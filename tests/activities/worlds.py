"""Activities for tests: planned, announced and begun by who may."""

import datetime as dt
from dataclasses import replace
from typing import Any
from uuid import UUID

from server.models import activities
from server.models.activities import Activity, ActivitySession, Invited, Participation
from server.rules.activities import ActivityKind
from server.viewer import Viewer
from tests import make
from tests.cast import Cast

DAY = dt.timedelta(days=1)
MORNING = dt.datetime(2026, 12, 14, 1, 0, tzinfo=dt.UTC)
"""Nine o'clock, three weeks and a day from NOW, a Monday."""
HALF_DAY = (MORNING, MORNING + dt.timedelta(hours=3))
AFTERNOON = (MORNING + dt.timedelta(hours=5), MORNING + dt.timedelta(hours=8))


async def planned(cast: Cast, viewer: str = "leader", **facts: Any) -> Activity:
    """A study session of the group "Spring", nobody on the list."""
    said = {"kind": ActivityKind.STUDY_SESSION, "title_en": "Reading the plan", "sessions": [HALF_DAY]}
    said |= {"organisers": [cast.group.id]} | facts
    return await activities.activity_add(cast[viewer], **said)


async def announced(cast: Cast, viewer: str = "leader", people: Any = None, **facts: Any) -> Activity:
    """The same, everyone of the group invited, approved and told."""
    row = await planned(cast, viewer, **facts)
    invited = Invited(people=tuple(people)) if people else Invited(body=cast.group.id)
    await activities.group_invite(cast[viewer], activity=row.id, invited=invited)
    await activities.activity_approve(cast[viewer], activity=row.id)
    return await activities.activity_announce(cast[viewer], activity=row.id)


async def begun(cast: Cast, **facts: Any) -> tuple[Activity, ActivitySession]:
    """The same, begun, and its first session."""
    row = await announced(cast, **facts)
    row = await activities.activity_start(cast["leader"], activity=row.id)
    return row, await ActivitySession.get(activity_id=row.id, n=1)


def at(viewer: Viewer, moment: dt.datetime) -> Viewer:
    """The same person at another moment."""
    return replace(viewer, now=moment)


async def stands(row: Activity, person: UUID) -> Participation:
    """How someone takes part."""
    return await Participation.get(activity_id=row.id, person_id=person)


async def people(count: int) -> list[UUID]:
    """So many more with a seat."""
    return [(await make.seat()).person_id for _ in range(count)]
