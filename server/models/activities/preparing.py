"""Preparing an activity: what, when, by whom, and who is invited."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypedDict, Unpack
from uuid import UUID, uuid4

from tortoise.expressions import Q, Subquery

from server.errors import Conflict, Invalid, Problem
from server.models import audit
from server.models.activities.news import CHANGED, INVITED, tell, tell_all
from server.models.activities.places import promote
from server.models.activities.queries import visible_activities
from server.models.activities.tables import (
    Activity,
    ActivityOrganiser,
    ActivitySession,
    InvitedGroup,
    Participation,
)
from server.models.bodies.queries import sitting_in, visible_bodies
from server.models.bodies.tables import Body, BodyMembership, BodyRole
from server.models.calendar import calendar_around
from server.models.database import BATCH, transaction
from server.models.facts import before_and_after, differing, tidy
from server.models.fields import holding
from server.models.history import locked, not_there
from server.models.members.queries import NOTHING, active_on, visible_people, visible_terms
from server.models.members.tables import Person, Term
from server.rules.activities import (
    AHEAD,
    PRIVATE,
    TOLD,
    ActivityAudience,
    ActivityKind,
    ActivityState,
    Deadlines,
    ParticipantRole,
    deadlines,
    most_lead,
)
from server.rules.attendance import Rsvp
from server.rules.permissions import Action
from server.viewer import Viewer
from server.words import say

MOST_SESSIONS = 40
MOST_PEOPLE = 2000
"""Invited at once."""
MOST_CAPACITY = 100_000
MATTERS = frozenset({"title_zh", "title_en", "venue", "online_url"})
"""What people are told who know of it already."""
Span = tuple[dt.datetime, dt.datetime]


class ActivityFacts(TypedDict, total=False):
    """What can be said of an activity. capacity: how many can come; null for any number."""

    kind: ActivityKind
    audience: ActivityAudience
    title_zh: str
    title_en: str
    about: str
    venue: str
    online_url: str
    capacity: int | None


@dataclass(frozen=True)
class Invited:
    """Who is invited as what: people by name, or a body (those in one role there), or all with a seat in a term."""

    role: ParticipantRole = ParticipantRole.MEMBER
    people: tuple[UUID, ...] = ()
    body: UUID | None = None
    body_role: BodyRole | None = None
    term: UUID | None = None


async def activity_add(
    viewer: Viewer, *, organisers: Sequence[UUID], sessions: Sequence[Span], **facts: Unpack[ActivityFacts]
) -> Activity:
    """A new activity, of which nobody is told yet. organisers: bodies, the one that leads first; all of them theirs.

    sessions: from when until when, each within one day. Raises Invalid, NotThere, Refused.
    """
    usual: ActivityFacts = {"kind": ActivityKind.OTHER, "audience": ActivityAudience.MEMBERS}
    said = _sound(tidy(Activity, usual | dict(facts)))
    parts = sound_sessions(viewer, sessions)
    async with transaction():
        await _organisers(viewer, organisers)
        row = await Activity.create(
            id=uuid4(),
            state=ActivityState.DRAFT,
            **said,
            **await days_of(viewer, said["kind"], parts),
            created_at=viewer.now,
            created_by_id=viewer.account,
            updated_at=viewer.now,
        )
        await ActivityOrganiser.bulk_create(
            [ActivityOrganiser(activity_id=row.id, body_id=body, n=n) for n, body in enumerate(organisers)]
        )
        await write_sessions(row.id, parts)
        told = said | {"organisers": [f"bod_{body}" for body in organisers], "sessions": parts}
        await audit.record(viewer, "activities.add", f"act_{row.id}", told)
    return row


async def activity_change(viewer: Viewer, *, activity: UUID, **facts: Unpack[ActivityFacts]) -> Activity:
    """Other facts about what has not begun. Raises Invalid, Conflict once it has."""
    async with transaction():
        row = await kept(viewer, activity)
        _must_be_ahead(row)
        said = _sound({name: getattr(row, name) for name in ActivityFacts.__annotations__} | tidy(Activity, facts))
        if new := differing(row, said):
            await _kind_may_change(row, new)
            days = await days_of(viewer, said["kind"], await sessions_of(activity)) if "kind" in new else {}
            await change(viewer, row, new | days)
            changed = await Activity.get(id=activity)
            if row.state in TOLD and new.keys() & MATTERS:
                await tell_all(viewer, changed, CHANGED)
            if row.state in TOLD and "capacity" in new:
                await promote(viewer, changed)
            await audit.record(viewer, "activities.change", f"act_{activity}", before_and_after(row, new))
    return await Activity.get(id=activity)


async def activity_set_organisers(viewer: Viewer, *, activity: UUID, organisers: Sequence[UUID]) -> Activity:
    """Who holds it, the one that leads first: the viewer's own bodies, and those that held it already."""
    async with transaction():
        row = await kept(viewer, activity)
        _must_be_ahead(row)
        was = [body async for body in _held(activity).order_by("n").values_list("body_id", flat=True)]
        await _organisers(viewer, organisers, known=was)
        if list(organisers) != was:
            await _held(activity).delete()
            await ActivityOrganiser.bulk_create(
                [ActivityOrganiser(activity_id=activity, body_id=body, n=n) for n, body in enumerate(organisers)]
            )
            said = {"organisers": [[f"bod_{body}" for body in bodies] for bodies in (was, organisers)]}
            await audit.record(viewer, "activities.set_organisers", f"act_{activity}", said)
    return row


async def group_invite(viewer: Viewer, *, activity: UUID, invited: Invited) -> Activity:
    """Invite people by name, a body, one role in it, or a term. Before it is announced they are only on the list.

    Raises NotThere for whom the viewer may not see, Invalid for nobody at all, Conflict once it is over.
    """
    async with transaction():
        row = await kept(viewer, activity)
        _must_be_ahead(row)
        await _all_there(viewer, invited)
        group = await _group(viewer, row, invited)
        people = list(invited.people) if group is None else await people_of(viewer, group)
        new = await put_on_list(viewer, row, people, invited.role, group)
        if row.state in TOLD:
            await tell(viewer, row, INVITED, people=new)
        if not new:
            raise Invalid(Problem("NOBODY_NEW", say("Everyone of these is invited already."), "people"))
        about = {"people": [f"per_{person}" for person in new], "role": invited.role}
        await audit.record(viewer, "activities.invite", f"act_{activity}", about)
    return row


async def participations_remove(viewer: Viewer, *, activity: UUID, people: Sequence[UUID]) -> Activity:
    """Take people off the list of what nobody was told of yet. Raises Conflict afterwards: whoever was told stays."""
    async with transaction():
        row = await kept(viewer, activity)
        if row.state not in PRIVATE:
            said = say("They were told already. Note their answer instead, or cancel the activity.")
            raise Conflict(Problem("TOLD_ALREADY", said, "people"))
        listed = Participation.filter(activity_id=activity, person_id__in=list(people))
        if await listed.count() < len(set(people)):
            raise not_there("people")
        await listed.delete()
        empty = InvitedGroup.filter(activity_id=activity).exclude(
            id__in=Subquery(Participation.filter(activity_id=activity, group_id__isnull=False).values("group_id"))
        )
        await empty.delete()
        about = {"people": [f"per_{person}" for person in people]}
        await audit.record(viewer, "activities.uninvite", f"act_{activity}", about)
    return row


async def refreshed(viewer: Viewer, row: Activity) -> None:
    """Whoever belongs to the invited groups now: who joined them is put on the list, who left is taken off it."""
    for group in await InvitedGroup.filter(activity_id=row.id).order_by("added_at", "id"):
        people = await people_of(viewer, group)
        await Participation.filter(group_id=group.id).exclude(person_id__in=people or [row.id]).delete()
        await put_on_list(viewer, row, people, group.role, group)


async def people_of(viewer: Viewer, group: InvitedGroup) -> list[UUID]:
    """Those who belong to an invited group today, whom the viewer may see."""
    if group.term_id:
        belong = active_on(viewer.today, group.term_id)
    elif group.body_role:
        rows = BodyMembership.filter(holding(viewer.today), body_id=group.body_id, role=group.body_role)
        belong = Q(id__in=Subquery(rows.values("person_id")))
    else:
        belong = sitting_in(group.body_id, viewer.today) if group.body_id else NOTHING
    people = Person.filter(visible_people(viewer), belong).order_by("sort_pinyin", "id")
    return [person async for person in people.values_list("id", flat=True)]


async def kept(viewer: Viewer, activity: UUID, action: Action = Action.MANAGE_ACTIVITIES) -> Activity:
    """The activity, locked, for one of whose organisers the viewer may do this. Raises NotThere, Refused."""
    row = await locked(Activity, activity, "id")
    if not await Activity.filter(visible_activities(viewer), id=activity).exists():
        raise not_there("id")
    bodies = [body async for body in _held(activity).order_by("n").values_list("body_id", flat=True)]
    if not any(viewer.may(action, body) for body in bodies):
        viewer.must(action, bodies[0])
    return row


async def change(viewer: Viewer, row: Activity, facts: dict[str, Any]) -> None:
    """Write these facts; what calendars hold of it counts on."""
    await Activity.filter(id=row.id).update(**facts, updated_at=viewer.now, sequence=row.sequence + 1)


async def sessions_of(activity: UUID) -> list[Span]:
    """Its sessions, in order."""
    rows = ActivitySession.filter(activity_id=activity).order_by("n")
    return [(starts, ends) async for starts, ends in rows.values_list("starts_at", "ends_at")]


async def deadlines_of(viewer: Viewer, kind: ActivityKind, day: dt.date, told: dt.date | None = None) -> Deadlines:
    """The days that follow from the one on which it begins (AT-1)."""
    calendar = await calendar_around(viewer, day, -most_lead())
    return deadlines(kind, day, calendar, announced_on=told)


def sound_sessions(viewer: Viewer, sessions: Sequence[Span]) -> list[Span]:
    """In order of time. Raises Invalid for none, for one over midnight, and for two at the same time."""
    parts = sorted(sessions)
    if not 1 <= len(parts) <= MOST_SESSIONS:
        message = say("Name from 1 to {most} times.", most=MOST_SESSIONS)
        raise Invalid(Problem("SESSIONS_MISSING", message, "sessions", "AT-2"))
    for starts, ends in parts:
        if ends <= starts or starts.astimezone(viewer.zone).date() != ends.astimezone(viewer.zone).date():
            message = say("A time ends after it begins, on the same day: for more days add more times.")
            raise Invalid(Problem("BAD_SESSION", message, "sessions", "AT-2"))
    if any(after[0] < one[1] for one, after in pairwise(parts)):
        raise Invalid(Problem("SESSIONS_MEET", say("Two of these times overlap."), "sessions"))
    return parts


def _sound(said: dict[str, Any]) -> dict[str, Any]:
    if not said.get("title_zh") and not said.get("title_en"):
        raise Invalid(Problem("NAME_MISSING", say("Give it a title, in Chinese or in Latin letters."), "title_zh"))
    capacity = said.get("capacity")
    if capacity is not None and not 1 <= capacity <= MOST_CAPACITY:
        raise Invalid(Problem("CAPACITY_RANGE", say("At least one, or leave it empty."), "capacity"))
    if (url := said.get("online_url", "")) and not url.startswith(("https://", "http://")):
        raise Invalid(Problem("BAD_ADDRESS", say("A link begins with https://."), "online_url"))
    return said


async def days_of(viewer: Viewer, kind: ActivityKind, parts: Sequence[Span]) -> dict[str, Any]:
    """What follows from its times."""
    starts, ends = parts[0][0], parts[-1][1]
    by = await deadlines_of(viewer, kind, starts.astimezone(viewer.zone).date())
    return {"starts_at": starts, "ends_at": ends, "materials_by": by.materials_by, "leave_by": by.leave_by}


async def write_sessions(activity: UUID, parts: Sequence[Span]) -> None:
    """These are its times now."""
    await ActivitySession.filter(activity_id=activity).delete()
    rows = [
        ActivitySession(activity_id=activity, n=n, starts_at=starts, ends_at=ends)
        for n, (starts, ends) in enumerate(parts, 1)
    ]
    await ActivitySession.bulk_create(rows)


def _held(activity: UUID) -> Any:
    return ActivityOrganiser.filter(activity_id=activity)


def _must_be_ahead(row: Activity) -> None:
    if row.state not in AHEAD:
        raise Conflict(Problem("BEGUN", say("It has begun or is over: that cannot be changed any more.")))


async def _kind_may_change(row: Activity, new: dict[str, Any]) -> None:
    """Raises Conflict where it would become a hearing, or be none any more, once one is prepared or approved."""
    if "kind" not in new or ActivityKind.HEARING not in (row.kind, new["kind"]):
        return
    if row.state is not ActivityState.DRAFT or await Activity.filter(id=row.id, hearings__id__isnull=False).exists():
        message = say("Only a draft becomes a hearing, and a hearing that is being prepared stays one.")
        raise Conflict(Problem("KIND_STAYS", message, "kind"))


async def _organisers(viewer: Viewer, organisers: Sequence[UUID], known: Sequence[UUID] = ()) -> None:
    """Raises Invalid without one, NotThere, and Refused where the viewer prepares for none of them."""
    if not organisers or len(set(organisers)) < len(organisers):
        raise Invalid(Problem("ORGANISERS", say("Name the body that holds it, each one once."), "lead"))
    new = set(organisers) - set(known)
    if await Body.filter(visible_bodies(viewer), id__in=list(new)).count() < len(new):
        raise not_there("lead")
    if not any(viewer.may(Action.MANAGE_ACTIVITIES, body) for body in organisers):
        viewer.must(Action.MANAGE_ACTIVITIES, organisers[0])


async def _all_there(viewer: Viewer, invited: Invited) -> None:
    chosen = (bool(invited.people), invited.body is not None, invited.term is not None)
    if sum(chosen) != 1 or len(invited.people) > MOST_PEOPLE:
        raise Invalid(Problem("ONE_WHOM", say("Name people, or a body, or a term."), "people"))
    for rows, keys, name in (
        (Person.filter(visible_people(viewer)), set(invited.people), "people"),
        (Body.filter(visible_bodies(viewer)), {invited.body} - {None}, "body"),
        (Term.filter(visible_terms(viewer)), {invited.term} - {None}, "term"),
    ):
        if keys and await rows.filter(id__in=list(keys)).count() < len(keys):
            raise not_there(name)


async def _group(viewer: Viewer, row: Activity, invited: Invited) -> InvitedGroup | None:
    if invited.people:
        return None
    which: Any = {
        "body_id": invited.body,
        "body_role": invited.body_role,
        "term_id": invited.term,
        "role": invited.role,
    }
    known = await InvitedGroup.filter(activity_id=row.id, **which).first()
    return known or await InvitedGroup.create(activity_id=row.id, **which, added_at=viewer.now)


async def put_on_list(
    viewer: Viewer, row: Activity, people: Sequence[UUID], role: ParticipantRole, group: InvitedGroup | None = None
) -> list[UUID]:
    """Those of the people who were not on the list yet."""
    listed = {key async for key in Participation.filter(activity_id=row.id).values_list("person_id", flat=True)}
    new = [person for person in dict.fromkeys(people) if person not in listed]
    rows = [
        Participation(
            activity_id=row.id,
            person_id=person,
            group_id=group.id if group else None,
            role=role,
            added_at=viewer.now,
            joined_late=row.state not in PRIVATE,
            invited_at=None if row.state in PRIVATE else viewer.now,
            rsvp=Rsvp.NONE,
        )
        for person in new
    ]
    await Participation.bulk_create(rows, BATCH)
    return new
