"""Preparing a hearing: by which rules, on what, who hears, how many are heard, and what the notice will say."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple, TypedDict, Unpack
from uuid import UUID, uuid4

from server.errors import Conflict, Invalid, Problem
from server.models import audit
from server.models.activities import Activity
from server.models.activities.preparing import kept as activity_kept
from server.models.bodies.queries import visible_bodies
from server.models.bodies.tables import Body, BodyKind
from server.models.calendar import calendar_of_years
from server.models.database import transaction
from server.models.facts import before_and_after, differing, tidy, unique
from server.models.hearings.tables import Hearing, HearingOfficer, HearingPlaces
from server.models.history import locked, not_there
from server.models.members.queries import visible_people
from server.models.members.tables import Person
from server.rules.activities import ActivityKind, ActivityState
from server.rules.hearings import (
    Capacity,
    Deadline,
    Family,
    Happened,
    HearingDuty,
    HearingState,
    ProfileKey,
    deadlines,
    profile_of,
)
from server.rules.hearings.panel import duty_problems
from server.rules.permissions import Action
from server.viewer import Viewer
from server.words import say

OPEN_TO_CHANGE = frozenset({HearingState.DRAFT, HearingState.APPROVED, HearingState.POSTPONED})
"""No notice of it counts: what it will say can be changed."""
MOST_PLACES = 500
MOST_OFFICERS = 30


class HearingFacts(TypedDict, total=False):
    """What can be said of a hearing; see `Hearing`."""

    profile: ProfileKey
    matter: str
    purpose: str
    basis: str
    contact: str
    conditions: str
    complaints: str
    public_draw: str
    department: UUID | None
    open_doors: bool
    closed_because: str


class Places(NamedTuple):
    """So many of a capacity, of that sector alone where one is named."""

    capacity: Capacity
    count: int
    sector: UUID | None = None


async def hearing_add(viewer: Viewer, *, activity: UUID, **facts: Unpack[HearingFacts]) -> Hearing:
    """The hearing of an activity of that kind, which nobody was told of yet: from then on its phase moves both.

    Raises NotThere, Invalid, Conflict where there is one already or the activity is no draft of a hearing.
    """
    said = await _sound(viewer, {"profile": ProfileKey.MEMBERS_HEAR, "open_doors": True} | facts)
    async with transaction():
        row = await activity_kept(viewer, activity, Action.MANAGE_HEARINGS)
        if row.kind is not ActivityKind.HEARING or row.state is not ActivityState.DRAFT:
            message = say("Plan an activity of the kind hearing first, and prepare its hearing while it is a draft.")
            raise Conflict(Problem("NO_DRAFT", message, "activity"))
        new = Hearing(id=uuid4(), activity_id=activity, state=HearingState.DRAFT, **said)
        new.created_at = new.updated_at = viewer.now
        with unique(Problem("PREPARED", say("Its hearing is being prepared already."), "activity")):
            await new.save(force_create=True)
        await audit.record(viewer, "hearings.add", f"hea_{new.id}", said | {"activity": f"act_{activity}"})
    return new


async def hearing_change(viewer: Viewer, *, hearing: UUID, **facts: Unpack[HearingFacts]) -> Hearing:
    """Other facts, while no notice of it counts. Raises Invalid, Conflict once notice was given."""
    async with transaction():
        row, _ = await kept(viewer, hearing)
        must_be_open_to_change(row)
        was = {name: getattr(row, name) for name in COLUMNS}
        said = await _sound(viewer, was | _columns(facts), known=row.department_id)
        if new := differing(row, said):
            await Hearing.filter(id=hearing).update(**new, updated_at=viewer.now)
            await audit.record(viewer, "hearings.change", f"hea_{hearing}", before_and_after(row, new))
    return await Hearing.get(id=hearing)


async def hearing_set_officers(
    viewer: Viewer, *, hearing: UUID, officers: Sequence[tuple[UUID, HearingDuty]]
) -> Hearing:
    """Who presides, who is on the panel, who takes the record, speaks for the decision, and supervises; all of them.

    Raises NotThere for whom the viewer may not see, Invalid for two who preside, Conflict once it is in session.
    """
    async with transaction():
        row, _ = await kept(viewer, hearing)
        if row.state not in BEFORE_SESSION:
            raise Conflict(Problem("BEGUN", say("It has begun or is over: that cannot be changed any more.")))
        if problems := list(duty_problems(officers)):
            raise Invalid(*problems)
        people = {person for person, _ in officers}
        if await Person.filter(visible_people(viewer), id__in=list(people)).count() < len(people):
            raise not_there("officers")
        await HearingOfficer.filter(hearing_id=hearing).delete()
        rows = [
            HearingOfficer(hearing_id=hearing, person_id=who, duty=duty, n=n) for n, (who, duty) in enumerate(officers)
        ]
        await HearingOfficer.bulk_create(rows)
        about = {"officers": [[f"per_{person}", duty] for person, duty in officers]}
        await audit.record(viewer, "hearings.set_officers", f"hea_{hearing}", about)
    return row


async def hearing_set_places(viewer: Viewer, *, hearing: UUID, places: Sequence[Places]) -> Hearing:
    """How many are heard of each capacity; of members also how many of a sector. Raises Invalid, NotThere, Conflict."""
    async with transaction():
        row, _ = await kept(viewer, hearing)
        must_be_open_to_change(row)
        _sound_places(row, places)
        sectors = {one.sector for one in places if one.sector}
        rows = Body.filter(visible_bodies(viewer), kind=BodyKind.SECTOR, id__in=list(sectors))
        if await rows.count() < len(sectors):
            raise not_there("places")
        await HearingPlaces.filter(hearing_id=hearing).delete()
        new = [
            HearingPlaces(hearing_id=hearing, capacity=one.capacity, sector_id=one.sector, count=one.count, n=n)
            for n, one in enumerate(places)
        ]
        await HearingPlaces.bulk_create(new)
        about = {"places": [[one.capacity, one.count, f"bod_{one.sector}" if one.sector else None] for one in places]}
        await audit.record(viewer, "hearings.set_places", f"hea_{hearing}", about)
    return row


async def kept(viewer: Viewer, hearing: UUID, action: Action = Action.MANAGE_HEARINGS) -> tuple[Hearing, Activity]:
    """The hearing and its activity, both locked, for one of whose organisers the viewer may do this.

    Raises NotThere, Refused.
    """
    found = await Hearing.filter(id=hearing).values_list("activity_id", flat=True)
    if not found:
        raise not_there("hearing")
    activity = await activity_kept(viewer, found[0], action)
    return await locked(Hearing, hearing, "hearing"), activity


def must_be_open_to_change(row: Hearing) -> None:
    """Raises Conflict once notice was given."""
    if row.state not in OPEN_TO_CHANGE:
        said = say("Notice was given of it as it is. Postpone it, or cancel it, and give notice anew.")
        raise Conflict(Problem("NOTICE_GIVEN", said, rule="HE-1"))


async def deadlines_of(
    viewer: Viewer, key: ProfileKey, day: dt.date, happened: Happened | None = None
) -> list[Deadline]:
    """Every date that follows from a hearing on that day (HE-1)."""
    calendar = await calendar_of_years(viewer, years_of(day))
    return deadlines(profile_of(key), day, calendar, viewer.today, happened)


def years_of(day: dt.date) -> range:
    """The years that dates which follow from a day can touch."""
    return range(day.year - 1, day.year + 2)


BEFORE_SESSION = frozenset(
    {
        HearingState.DRAFT,
        HearingState.APPROVED,
        HearingState.ANNOUNCED,
        HearingState.APPLICATIONS_OPEN,
        HearingState.APPLICATIONS_CLOSED,
        HearingState.SELECTED,
        HearingState.LIST_PUBLISHED,
        HearingState.READY,
        HearingState.POSTPONED,
    }
)
COLUMNS = tuple("department_id" if name == "department" else name for name in HearingFacts.__annotations__)


def _columns(facts: Any) -> dict[str, Any]:
    return {"department_id" if name == "department" else name: value for name, value in facts.items()}


async def _sound(viewer: Viewer, facts: Any, known: UUID | None = None) -> dict[str, Any]:
    """Raises Invalid where the doors are closed without a reason, NotThere for a department that is none."""
    said = tidy(Hearing, _columns(facts))
    if not said.get("open_doors", True) and not said.get("closed_because"):
        message = say("Say why the doors are closed: it stands in the notice.")
        raise Invalid(Problem("CLOSED_BECAUSE", message, "closed_because", "HE-1"))
    department = said.get("department_id")
    rows = Body.filter(visible_bodies(viewer), kind=BodyKind.DEPARTMENT, id=department)
    if department and department != known and not await rows.exists():
        raise not_there("department")
    return said


def _sound_places(row: Hearing, places: Sequence[Places]) -> None:
    if any(not 1 <= one.count <= MOST_PLACES for one in places):
        message = say("At least one place, at most {most}; leave out what has none.", most=MOST_PLACES)
        raise Invalid(Problem("PLACES_RANGE", message, "places"))
    if len({(one.capacity, one.sector) for one in places}) < len(places):
        raise Invalid(Problem("PLACES_TWICE", say("Name each capacity once, and each sector once."), "places"))
    if profile_of(row.profile).family is Family.MEMBERS and any(one.capacity is not Capacity.MEMBER for one in places):
        message = say("Only members enrol for this hearing.")
        raise Invalid(Problem("MEMBERS_ONLY", message, "places", "HE-1"))
    if profile_of(row.profile).family is not Family.MEMBERS and any(one.sector for one in places):
        message = say("Members enrol by sector only where they hear a department.")
        raise Invalid(Problem("NO_SECTORS", message, "places", "HE-1"))
