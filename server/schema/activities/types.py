"""Activities as the world may ask them: what is held, who takes part, what they answered, and who came."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any

import strawberry
from tortoise.expressions import Q, Subquery

from server.models import activities, bodies, documents, hearings, members
from server.models.activities import queries as found
from server.models.reads import Columns, Count, Read
from server.rules.activities import (
    BOUND_KINDS,
    NOT_COUNTED,
    ActivityAudience,
    ActivityKind,
    ActivityState,
    ActivityStep,
    Majority,
    MajorityStage,
    ParticipantRole,
    joint,
)
from server.rules.attendance import LeaveScope, LeaveState, Method, Presence, Rsvp
from server.schema.bodies import Body
from server.schema.documents import Document
from server.schema.ids import id_for
from server.schema.making import made, makes
from server.schema.members import Person
from server.schema.node import Node
from server.schema.reading import Answer, chosen, column, many, one, reads
from server.schema.rows import Visible
from server.viewer import Viewer

Row = strawberry.Parent[activities.Activity]
Whole = Annotated["Activity", strawberry.lazy("server.schema.activities.types")]
DAYS, PEOPLE, PAPERS = 40, 30, 50
"""What there may well be of an activity: sessions, people on its list, documents."""


def of_visible(link: str = "activity") -> Visible:
    """Rows of activities of which the viewer may know."""

    def visible(viewer: Viewer) -> Q:
        seen = activities.Activity.filter(activities.visible_activities(viewer))
        told: Any = {f"{link}_id__in": Subquery(seen.values("id"))}
        return Q(**told)

    return visible


@strawberry.type(description="A body that holds an activity.")
@reads(activities.ActivityOrganiser, of_visible())
class ActivityOrganiser(Node):
    """An organiser."""

    n: int = column("Its place: 0 for the one that leads.")
    body = one(bodies.Body, "body", Body | None, "The body; null where you may not see it.")


@strawberry.type(description="A part of one day, half a day as a rule: the unit in which attendance is counted (AT-2).")
@reads(activities.ActivitySession, of_visible())
class ActivitySession(Node):
    """A session."""

    n: int = column("Its number, from 1, in the order of time.")
    starts_at: dt.datetime = column("When it begins.")
    ends_at: dt.datetime = column("When it ends.")
    activity = one(activities.Activity, "activity", Whole | None, "Of which activity.")


@strawberry.type(description="What was seen of someone at one session.")
@reads(activities.Attendance, found.visible_attendances)
class Attendance(Node):
    """Attendance."""

    session = one(activities.ActivitySession, "session", ActivitySession | None, "At which session.")
    presence: Presence = column("What was seen.")
    method: Method = column("How it became known.")
    noted_at: dt.datetime = column("When it was noted.")


@strawberry.type(description="Attendance that was put right after it was locked, and why.")
@reads(activities.AttendanceCorrection, found.visible_corrections)
class AttendanceCorrection(Node):
    """A correction."""

    session = one(activities.ActivitySession, "session", ActivitySession | None, "At which session.")
    was: Presence | None = column("What had been noted; null for nothing.")
    becomes: Presence = column("What is right.")
    reason: str = column("Why.")
    corrected_at: dt.datetime = column("When.")


@strawberry.type(description="Leave that someone asks for: told to them and to who decides, and to nobody else.")
@reads(activities.LeaveRequest, activities.visible_leaves)
class LeaveRequest(Node):
    """A request for leave (AT-1)."""

    participation = one(
        activities.Participation,
        "participation",
        Annotated["Participation", strawberry.lazy("server.schema.activities.types")] | None,
        "Whose, and from what.",
    )
    scope: LeaveScope = column("From all of it, or from some sessions.")
    reason: str = column("Why.")
    state: LeaveState = column("How it stands.")
    late: bool = column("Whether it was asked for after its deadline.")
    submitted_at: dt.datetime = column("When it was asked for.")
    decided_at: dt.datetime | None = column("When it was decided or taken back; null while it waits.")
    answer: str = column("What was answered, or empty.")
    sessions = many(activities.LeaveSession, "leave", "LeaveSession", "From which sessions; none for all of it.")


@strawberry.type(description="A session from which leave is asked.")
@reads(activities.LeaveSession, found.visible_leave_sessions)
class LeaveSession(Node):
    """One of them."""

    session = one(activities.ActivitySession, "session", ActivitySession | None, "The session.")


@strawberry.type(description="Someone who takes part in an activity, or is invited to.")
@reads(activities.Participation, activities.visible_participations)
class Participation(Node):
    """A participation."""

    activity = one(activities.Activity, "activity", Whole | None, "In what.")
    person = one(members.Person, "person", Person | None, "Who; null where you may not see them.")
    role: ParticipantRole = column("As what.")
    joined_late: bool = column("Whether they were put on the list after it was announced.")
    invited_at: dt.datetime | None = column("When they were told; null while it is not announced.")
    rsvp: Rsvp = column("What they answered.")
    rsvp_at: dt.datetime | None = column("When they answered last; null for never.")
    attendances = many(activities.Attendance, "participation", Attendance, "What was seen of them, where you may know.")
    corrections = many(
        activities.AttendanceCorrection,
        "participation",
        AttendanceCorrection,
        "What was put right afterwards, where you may know.",
        order=("corrected_at", "id"),
    )
    leaves = many(
        activities.LeaveRequest,
        "participation",
        LeaveRequest,
        "Leave they asked for, where you may know, the last first.",
        order=("-submitted_at", "id"),
    )


@strawberry.type(description="Whether members were the majority at one stage, as it was counted then (MJ-1).")
@reads(activities.MajorityCheck, of_visible())
class MajorityCheck(Node):
    """Never edited."""

    stage: MajorityStage = column("When it was counted, and of whom.")
    members: int = column("Members with a seat that was active on the day.")
    everyone: int = column("All who take part, but staff and press.")
    met: bool = column("Whether members were more than half.")
    checked_at: dt.datetime = column("When it was counted.")
    override: str = column("Why it went on without a majority, or empty.")


@strawberry.type(description="A document that belongs to an activity.")
@reads(activities.ActivityDocument, of_visible())
class ActivityDocument(Node):
    """Read under the rules of documents."""

    document = one(documents.Document, "document", Document | None, "The document; null where you may not know of it.")


@strawberry.type(description="By what people check in now.")
class CheckInCode:
    """Of no use half a minute later."""

    code: str = strawberry.field(description="Six letters or digits.")
    link: str = strawberry.field(description="The page on which one checks in by it, to be scanned.")
    turns_at: dt.datetime = strawberry.field(description="When the next code comes.")


@strawberry.type(description="How many of those who are invited stand how.")
class ActivityAnswers:
    """Counts."""

    invited: int = strawberry.field(description="How many are on the list.")
    yes: int = strawberry.field(description="How many come.")
    no: int = strawberry.field(description="How many do not come.")
    leave: int = strawberry.field(description="How many asked for leave.")
    waiting: int = strawberry.field(description="How many wait for a place.")
    open: int = strawberry.field(description="How many have not answered.")


@strawberry.type(description="Members among those who are on the list, by the seats of today (MJ-1).")
class ActivityMajority:
    """While one invites."""

    members: int = strawberry.field(description="Members with an active seat.")
    everyone: int = strawberry.field(description="All on the list, but staff and press.")
    met: bool = strawberry.field(description="Whether members are more than half.")
    missing: int = strawberry.field(description="How many members more would make it; 0 where it is met.")
    bound: bool = strawberry.field(description="Whether the rule asks for it, for an activity of this kind.")
    words: str = strawberry.field(description="The same in words, in your language.")


@strawberry.type(description="Something that is held: a plenary, a consultation, a hearing, a study session.")
@reads(activities.Activity, activities.visible_activities)
class Activity(Node):
    """An activity."""

    kind: ActivityKind = column("What is done; never who holds it.")
    state: ActivityState = column("How it stands.")
    audience: ActivityAudience = column("Who knows of it once it is announced.")
    title: str = chosen("title", "Its title, in your language where it is known.")
    title_zh: str = column("Its title in Chinese, or empty.")
    title_en: str = column("Its title in Latin letters, or empty.")
    about: str = column("What it is about, or empty.")
    venue: str = column("Where it is held, or empty.")
    online_url: str = column("The link by which one takes part from afar, or empty.")
    starts_at: dt.datetime = column("When its first session begins.")
    ends_at: dt.datetime = column("When its last session ends.")
    capacity: int | None = column("How many can come; null for any number.")
    materials_by: dt.date = column("The day by which its materials are there (AT-1).")
    leave_by: dt.date = column("The last day on which leave is asked for in time (AT-1).")
    announced_at: dt.datetime | None = column("When people were told; null for not yet.")
    urgent_reason: str = column("Why people were told later than the rule wants, or empty.")
    reason: str = column("Why it was postponed or cancelled, or empty.")
    sequence: int = column("How often what calendars hold of it has changed.")
    organisers = many(activities.ActivityOrganiser, "activity", ActivityOrganiser, "Who holds it.", order=("n",))
    sessions = many(
        activities.ActivitySession, "activity", ActivitySession, "Its sessions.", order=("n",), counted=DAYS
    )
    participations = many(
        activities.Participation,
        "activity",
        "Participation",
        "Who takes part or is invited, where you may know, by pinyin.",
        order=("person__sort_pinyin", "id"),
        counted=PEOPLE,
    )
    majorities = many(
        activities.MajorityCheck, "activity", MajorityCheck, "Its majority at each stage.", order=("checked_at", "id")
    )
    papers = many(
        activities.ActivityDocument,
        "activity",
        ActivityDocument,
        "Its documents.",
        order=("linked_at", "id"),
        counted=PAPERS,
    )

    @makes("Whether bodies of different kinds hold it together.", "id")
    async def joint(root: Row, info: Answer) -> bool:
        """By what they are."""
        kinds = Columns(activities.ActivityOrganiser.filter(activity_id=root.id), ("body__kind",))
        return await made(info.context, {"kinds": kinds}, lambda found: joint([kind for (kind,) in found["kinds"]]))

    @makes("What you can do with it now; a hearing has steps of its own.", "id", "kind", "state")
    async def steps(root: Row, info: Answer) -> list[ActivityStep]:
        """The verbs ask the same rule."""
        viewer = info.context.viewer
        held = Columns(activities.ActivityOrganiser.filter(activity_id=root.id).order_by("n"), ("body_id",))
        return await made(
            info.context,
            {"held": held},
            lambda found: activities.steps_of(viewer, root.kind, root.state, [body for (body,) in found["held"]]),
        )

    @makes("Its hearing, as an ID to ask by; null where it has none or that is not for you.", "id")
    async def hearing_id(root: Row, info: Answer) -> strawberry.ID | None:
        """Of an activity of the kind hearing."""
        seen = hearings.Hearing.filter(hearings.visible_hearings(info.context.viewer), activity_id=root.id)
        return await made(
            info.context,
            {"hearing": Columns(seen, ("id",))},
            lambda found: id_for(hearings.Hearing, found["hearing"][0][0]) if found["hearing"] else None,
        )

    @makes("Whether you prepare it: invite people, note answers and who came.", "id")
    async def manageable(root: Row, info: Answer) -> bool:
        """The permission, for one of the bodies that hold it."""
        kept = activities.Activity.filter(activities.kept_activities(info.context.viewer), id=root.id)
        return await made(info.context, {"kept": Count(kept)}, lambda found: bool(found["kept"]))

    @makes("How those who are invited stand.", "id")
    async def answers(root: Row, info: Answer) -> ActivityAnswers:
        """Each counted by the database."""
        listed = activities.Participation.filter(activity_id=root.id)
        asked: dict[str, Read] = {name: Count(listed.filter(rsvp=rsvp)) for name, rsvp in STANDS.items()}
        return await made(info.context, asked, lambda found: ActivityAnswers(invited=sum(found.values()), **found))

    @makes("Whether members would be the majority of those on the list (MJ-1).", "id", "kind")
    async def majority(root: Row, info: Answer) -> ActivityMajority:
        """Counted while one invites; what is checked at each stage is kept in `majorities`."""
        viewer = info.context.viewer
        counted = activities.Participation.filter(activity_id=root.id, role__in=COUNTED_ROLES)
        seated = found.seated(viewer.today, root.id)
        asked: dict[str, Read] = {
            "members": Count(counted.filter(seated, role=ParticipantRole.MEMBER)),
            "everyone": Count(counted),
        }
        return await made(info.context, asked, lambda read: _now(viewer, root.kind, read))

    @makes("How you take part; null where you are not invited.", "id")
    async def answer(root: Row, info: Answer) -> Rsvp | None:
        """Your own answer."""
        mine = Columns(found.invited(info.context.viewer).filter(activity_id=root.id), ("rsvp",))
        return await made(info.context, {"mine": mine}, lambda read: read["mine"][0][0] if read["mine"] else None)


STANDS = {
    "yes": Rsvp.YES,
    "no": Rsvp.NO,
    "leave": Rsvp.LEAVE,
    "waiting": Rsvp.WAITING,
    "open": Rsvp.NONE,
}
COUNTED_ROLES = [role for role in ParticipantRole if role not in NOT_COUNTED]


def _now(viewer: Viewer, kind: ActivityKind, read: Mapping[str, Any]) -> ActivityMajority:
    counts = Majority(read["members"], read["everyone"])
    return ActivityMajority(
        members=counts.members,
        everyone=counts.everyone,
        met=counts.met,
        missing=counts.missing,
        bound=kind in BOUND_KINDS,
        words=counts.words.into(viewer.locale),
    )
