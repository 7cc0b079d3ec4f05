"""What can be asked of activities: those that one may know of, one's own, who takes part, and leave that waits."""

import datetime as dt
from typing import Annotated, Any

import strawberry
from tortoise.expressions import Q, Subquery

from server.models import activities, bodies, members
from server.rules.activities import ActivityKind, ActivityState, ParticipantRole
from server.rules.attendance import Rsvp, check_in_key, code_at, turns_at
from server.rules.permissions import Action, where
from server.schema.activities.types import Activity, ActivitySession, CheckInCode, LeaveRequest, Participation
from server.schema.arguments import spread
from server.schema.bodies import Body
from server.schema.declared import DESCRIBED, IN_PYTHON
from server.schema.guard import needs
from server.schema.ids import key_of
from server.schema.paging import Connection, Slice, connect
from server.schema.reading import Answer, Id
from server.schema.rows import row_of, seen

Words = Annotated[str | None, strawberry.argument(description="Words of a title, in Chinese or Latin letters.")]
OfKind = Annotated[ActivityKind | None, strawberry.argument(description="Only those of this kind.")]
OfState = Annotated[ActivityState | None, strawberry.argument(description="Only those that stand so.")]
OnlyMine = Annotated[bool, strawberry.argument(description="Only those to which you are invited.")]
OnlyKept = Annotated[bool, strawberry.argument(description="Only those that you prepare.")]
Since = Annotated[dt.date | None, strawberry.argument(description="Only those that end on this day or later.")]
UntilDay = Annotated[dt.date | None, strawberry.argument(description="Only those that begin on this day or before.")]
Latest = Annotated[bool, strawberry.argument(description="The last one first.")]
InActivity = Annotated[strawberry.ID, strawberry.argument(description="Of which activity.")]
Answered = Annotated[Rsvp | None, strawberry.argument(description="Only those who answered so.")]
AsWhat = Annotated[ParticipantRole | None, strawberry.argument(description="Only those who take part as this.")]
OnlyOwn = Annotated[bool, strawberry.argument(description="Only your own.")]
OfSession = Annotated[strawberry.ID, strawberry.argument(description="Which session.")]
NameWords = Annotated[str | None, strawberry.argument(description="Words of a name.")]


@strawberry.type(description="A part of the bodies for which you can hold activities.")
class OrganisingBodyConnection(Connection[Body]):
    """Bodies, apart from those of the register."""


@strawberry.type
class ActivityQuery:
    """Root fields of this room."""

    @strawberry.field(
        description="Activities of which you may know, the next one first.",
        graphql_type=Connection[Activity],
        extensions=needs(Action.READ_ACTIVITIES),
        metadata=DESCRIBED,
    )
    @spread
    async def activities(
        self,
        info: Answer,
        *,
        search: Words = None,
        kind: OfKind = None,
        state: OfState = None,
        mine: OnlyMine = False,
        manageable: OnlyKept = False,
        since: Since = None,
        until: UntilDay = None,
        latest: Latest = False,
        part: Slice,
    ) -> Any:
        """One statement."""
        asking, viewer = info.context, info.context.viewer
        found = activities.own_activities(viewer) if mine else activities.visible_activities(viewer)
        rows = activities.Activity.filter(found)
        rows = rows.filter(activities.kept_activities(viewer)) if manageable else rows
        rows = rows.filter(kind=kind) if kind else rows
        rows = rows.filter(state=state) if state else rows
        rows = rows.filter(Q(title_zh__icontains=search) | Q(title_en__icontains=search)) if search else rows
        rows = rows.filter(ends_at__gte=day_begins(info, since)) if since else rows
        rows = rows.filter(starts_at__lt=day_begins(info, until, 1)) if until else rows
        return await connect(asking, rows, ("-starts_at", "id") if latest else ("starts_at", "id"), part)

    @strawberry.field(
        description="One activity, null where there is none or not for you.",
        graphql_type=Activity | None,
        extensions=needs(Action.READ_ACTIVITIES),
        metadata=DESCRIBED,
    )
    async def activity(self, info: Answer, id: Id) -> Any:
        """By its ID."""
        return await row_of(info.context, activities.Activity, key_of(id, activities.Activity))

    @strawberry.field(
        description="Who takes part in an activity, or is invited to it, by pinyin.",
        graphql_type=Connection[Participation],
        extensions=needs(Action.READ_ACTIVITIES),
        metadata=DESCRIBED,
    )
    @spread
    async def participations(
        self,
        info: Answer,
        *,
        activity: InActivity,
        rsvp: Answered = None,
        role: AsWhat = None,
        search: NameWords = None,
        own: OnlyOwn = False,
        part: Slice,
    ) -> Any:
        """As `visible_participations` says."""
        asking = info.context
        key = await seen(asking, activities.Activity, activity, "activity")
        rows = activities.Participation.filter(activities.visible_participations(asking.viewer), activity_id=key)
        rows = rows.filter(rsvp=rsvp) if rsvp else rows
        rows = rows.filter(role=role) if role else rows
        rows = rows.filter(person_id__in=[asking.viewer.person] if asking.viewer.person else []) if own else rows
        if search:
            called: Any = Subquery(members.Person.filter(members.matching(search)).values("id"))
            rows = rows.filter(person_id__in=called)
        return await connect(asking, rows.select_related("person"), ("person__sort_pinyin", "id"), part)

    @strawberry.field(
        description="Bodies for which you can hold activities, by kind and name.",
        graphql_type=OrganisingBodyConnection,
        extensions=needs(Action.MANAGE_ACTIVITIES),
        metadata=DESCRIBED,
    )
    @spread
    async def organising_bodies(self, info: Answer, *, part: Slice) -> Any:
        """Those that exist today."""
        viewer = info.context.viewer
        held = where(viewer.roles, Action.MANAGE_ACTIVITIES)
        rows = bodies.Body.filter(bodies.visible_bodies(viewer), Q(ends_on__isnull=True) | Q(ends_on__gt=viewer.today))
        rows = rows if held is None else rows.filter(id__in=sorted(held))
        return await connect(info.context, rows, ("kind", "sort", "id"), part, OrganisingBodyConnection)

    @strawberry.field(
        description="One session, null where there is none or not for you.",
        graphql_type=ActivitySession | None,
        extensions=needs(Action.READ_ACTIVITIES),
        metadata=DESCRIBED,
    )
    async def activity_session(self, info: Answer, id: Id) -> Any:
        """By its ID."""
        return await row_of(info.context, activities.ActivitySession, key_of(id, activities.ActivitySession))

    @strawberry.field(
        description="The code that stands on the screen in the hall now, for who prepares the activity; else null.",
        extensions=needs(Action.MANAGE_ACTIVITIES),
        metadata=IN_PYTHON,
    )
    async def check_in_code(self, info: Answer, session: OfSession) -> CheckInCode | None:
        """AT-3."""
        asking, key = info.context, key_of(session, activities.ActivitySession, field="session")
        kept = activities.Activity.filter(activities.kept_activities(asking.viewer))
        if not await activities.ActivitySession.filter(id=key, activity_id__in=Subquery(kept.values("id"))).exists():
            return None
        code = code_at(check_in_key(asking.secret), key, asking.viewer.now)
        link = f"{asking.base()}/check-in/{session}?code={code}"
        return CheckInCode(code=code, link=link, turns_at=turns_at(asking.viewer.now))

    @strawberry.field(
        description="Leave that you decide and that waits, the oldest first; nobody decides on their own.",
        graphql_type=Connection[LeaveRequest],
        extensions=needs(Action.DECIDE_LEAVE),
        metadata=DESCRIBED,
    )
    @spread
    async def leave_requests(self, info: Answer, *, part: Slice) -> Any:
        """See `waiting_leaves`."""
        rows = activities.waiting_leaves(info.context.viewer)
        return await connect(info.context, rows, ("submitted_at", "id"), part)


TURN = dt.date(5000, 1, 1)
FIRST, LAST = dt.datetime.min.replace(tzinfo=dt.UTC), dt.datetime.max.replace(tzinfo=dt.UTC)


def day_begins(info: Answer, day: dt.date, after: int = 0) -> Any:
    """The first moment of a day, or of one so many days after it, where the assembly sits; within the calendar."""
    zone, marks = info.context.viewer.zone, info.context.writing

    def begins(one: dt.date) -> dt.datetime:
        try:
            return dt.datetime.combine(one + dt.timedelta(days=after), dt.time(), zone).astimezone(dt.UTC)
        except OverflowError:
            return LAST if one > TURN else FIRST

    if marks:
        return marks.moment(marks.bound(day).then(begins, tells=f", its beginning, {after} days on"))
    return begins(day)
