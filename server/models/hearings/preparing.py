"""Preparing a hearing: by which rules, on what, who hears, how many are heard, and what the notice will say."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, TypedDict, Unpack
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
from server.models.history import locked, not_there, there
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
    public_draw_on: dt.date | None
    department: UUID | None
    per_sector: int | None
    open_doors: bool
    closed_because: str


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


async def hearing_name_officers(viewer: Viewer, *, hearing: UUID, people: Sequence[UUID], duty: HearingDuty) -> Hearing:
    """These people have that duty, too: preside, hear, take the record, explain what is decided, or watch over it.

    Raises NotThere for whom the viewer may not see, Invalid for two who preside, Conflict once it is in session.
    """
    async with transaction():
        row = await _before_session(viewer, hearing)
        if await Person.filter(visible_people(viewer), id__in=list(people)).count() < len(set(people)):
            raise not_there("people")
        had = await HearingOfficer.filter(hearing_id=hearing).values_list("person_id", "duty")
        if problems := list(duty_problems([*had, *((person, duty) for person in people)])):
            raise Invalid(*problems)
        last = await HearingOfficer.filter(hearing_id=hearing).order_by("-n").first()
        rows = [
            HearingOfficer(hearing_id=hearing, person_id=who, duty=duty, n=n)
            for n, who in enumerate(people, last.n + 1 if last else 0)
        ]
        await HearingOfficer.bulk_create(rows)
        about = {"people": [f"per_{person}" for person in people], "duty": duty}
        await audit.record(viewer, "hearings.name_officers", f"hea_{hearing}", about)
    return row


async def hearing_remove_officers(viewer: Viewer, *, hearing: UUID, people: Sequence[UUID]) -> Hearing:
    """These people have no duty any more. Raises NotThere for who had none, Conflict once it is in session."""
    async with transaction():
        row = await _before_session(viewer, hearing)
        had = HearingOfficer.filter(hearing_id=hearing, person_id__in=list(people))
        if len({person async for person in had.values_list("person_id", flat=True)}) < len(set(people)):
            raise not_there("people")
        await had.delete()
        about = {"people": [f"per_{person}" for person in people]}
        await audit.record(viewer, "hearings.remove_officers", f"hea_{hearing}", about)
    return row


async def hearing_set_places(viewer: Viewer, *, hearing: UUID, places: Mapping[Capacity, int]) -> Hearing:
    """How many are heard of each capacity; what is left out or 0 has none. Raises Invalid, Conflict."""
    async with transaction():
        row, _ = await kept(viewer, hearing)
        must_be_open_to_change(row)
        said = {capacity: count for capacity, count in places.items() if count}
        _sound_places(row, said)
        await HearingPlaces.filter(hearing_id=hearing).delete()
        new = [
            HearingPlaces(hearing_id=hearing, capacity=capacity, count=count, n=list(Capacity).index(capacity))
            for capacity, count in said.items()
        ]
        await HearingPlaces.bulk_create(new)
        about = {"places": {capacity.value: count for capacity, count in said.items()}}
        await audit.record(viewer, "hearings.set_places", f"hea_{hearing}", about)
    return row


async def kept(viewer: Viewer, hearing: UUID, action: Action = Action.MANAGE_HEARINGS) -> tuple[Hearing, Activity]:
    """The hearing and its activity, both locked, for one of whose organisers the viewer may do this.

    Raises NotThere, Refused.
    """
    found = await there(Hearing, hearing, "hearing")
    activity = await activity_kept(viewer, found.activity_id, action)
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


async def _before_session(viewer: Viewer, hearing: UUID) -> Hearing:
    row, _ = await kept(viewer, hearing)
    if row.state not in BEFORE_SESSION:
        raise Conflict(Problem("BEGUN", say("It has begun or is over: that cannot be changed any more.")))
    return row


def _columns(facts: Any) -> dict[str, Any]:
    return {"department_id" if name == "department" else name: value for name, value in facts.items()}


async def _sound(viewer: Viewer, facts: Any, known: UUID | None = None) -> dict[str, Any]:
    """Raises Invalid where the doors are closed without a reason, NotThere for a department that is none."""
    said = tidy(Hearing, _columns(facts))
    if not said.get("open_doors", True) and not said.get("closed_because"):
        message = say("Say why the doors are closed: it stands in the notice.")
        raise Invalid(Problem("CLOSED_BECAUSE", message, "closed_because", "HE-1"))
    if (most := said.get("per_sector")) is not None and most < 1:
        raise Invalid(Problem("PLACES_RANGE", say("At least one, or leave it empty."), "per_sector"))
    department = said.get("department_id")
    rows = Body.filter(visible_bodies(viewer), kind=BodyKind.DEPARTMENT, id=department)
    if department and department != known and not await rows.exists():
        raise not_there("department")
    return said


def _sound_places(row: Hearing, places: Mapping[Capacity, int]) -> None:
    if any(not 1 <= count <= MOST_PLACES for count in places.values()):
        message = say("At least one place, at most {most}; leave out what has none.", most=MOST_PLACES)
        raise Invalid(Problem("PLACES_RANGE", message, "places"))
    if profile_of(row.profile).family is Family.MEMBERS and set(places) - {Capacity.MEMBER}:
        message = say("Only members enrol for this hearing.")
        raise Invalid(Problem("MEMBERS_ONLY", message, "places", "HE-1"))
