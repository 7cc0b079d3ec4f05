"""Who came as a table: a list of others looked at and noted, and the table that is taken along."""

from typing import Annotated
from uuid import UUID

import strawberry

from server.imports.attendance import PRESENCE_NAMES, read_attendance
from server.imports.attendance import text_of as text_of
from server.models import activities, audit, members
from server.models.database import transaction
from server.rules.activities import ParticipantRole
from server.rules.attendance import LeaveState, Presence, Rsvp
from server.rules.attendance_lists import Matched, matches
from server.rules.permissions import Action
from server.schema.activities.answering import SessionPayload, SessionResult
from server.schema.asking import Asking
from server.schema.declared import COUNTED, IN_PYTHON
from server.schema.guard import needs
from server.schema.ids import key_of, not_there
from server.schema.members import Person
from server.schema.problems import Problems
from server.schema.reading import Answer, shows
from server.viewer import Viewer
from server.words import Words, both_names, name, say

MANY = 300
"""Lines of a list, as many as there may well be."""


@strawberry.type(description="A line of a list of who came.")
class AttendanceLine:
    """Nothing of it is written yet."""

    row: int = strawberry.field(description="Its row, as a spreadsheet shows it.")
    name: str = strawberry.field(description="The name that stands there, or empty.")
    no: str = strawberry.field(description="The card number that stands there, or empty.")
    presence: Presence = strawberry.field(description="What it says of them.")
    person: Person | None = strawberry.field(description="Whom it means; null for nobody on the list.")
    why: str = strawberry.field(description="Why it means nobody, in your language; else empty.")


@strawberry.type(description="What a list would note.")
class AttendancePreview:
    """A preview."""

    matched: list[AttendanceLine] = strawberry.field(
        description="The lines that mean somebody on the list.", metadata={COUNTED: MANY}
    )
    unmatched: list[AttendanceLine] = strawberry.field(
        description="The lines that mean nobody, each with the reason; they would be left out.",
        metadata={COUNTED: MANY},
    )


AttendancePreviewResult = Annotated[
    AttendancePreview | Problems,
    strawberry.union("AttendancePreviewResult", description="What would be noted, or why the list cannot be read."),
]
OfSession = Annotated[strawberry.ID, strawberry.argument(description="Of which session.")]
Content = Annotated[
    str,
    strawberry.argument(description="CSV with a column name or number, and one presence unless all were present."),
]


@strawberry.type
class AttendanceListQuery:
    """Root fields of this room."""

    @strawberry.field(
        description="What a list of who came would note of a session. Nothing is written.",
        extensions=needs(Action.MANAGE_ACTIVITIES),
        metadata=IN_PYTHON,
    )
    async def attendance_preview(self, info: Answer, session: OfSession, content: Content) -> AttendancePreviewResult:
        """For who prepares the activity."""
        viewer, key = info.context.viewer, key_of(session, activities.ActivitySession, field="session")
        listed = await activities.attendance_listed(viewer, session=key)
        found = matches(read_attendance(content), listed)
        keys = [one.person for one in found if one.person]
        people = {row.id: row for row in await members.Person.filter(members.visible_people(viewer), id__in=keys)}
        lines = [(one, _line(viewer, one, people)) for one in found]
        return AttendancePreview(
            matched=[line for one, line in lines if one.person],
            unmatched=[line for one, line in lines if not one.person],
        )


@strawberry.type
class AttendanceListMutation:
    """Root fields that change this room."""

    @strawberry.mutation(
        description="Notes what a list says of who came to a session; lines that mean nobody are left out.",
        extensions=needs(Action.MANAGE_ACTIVITIES),
    )
    async def attendance_import(self, info: Answer, session: OfSession, content: Content) -> SessionResult:
        """See attendancePreview."""
        viewer, key = info.context.viewer, key_of(session, activities.ActivitySession, field="session")
        row = await activities.attendance_import(viewer, session=key, lines=read_attendance(content))
        return shows(SessionPayload, session=row)


def _line(viewer: Viewer, one: Matched, people: dict[UUID, members.Person]) -> AttendanceLine:
    return shows(
        AttendanceLine,
        row=one.line.row,
        name=one.line.name,
        no=one.line.no,
        presence=one.line.presence,
        person=people.get(one.person) if one.person else None,
        why=one.why.into(viewer.locale) if one.why else "",
    )


ROLE_NAMES: dict[ParticipantRole, Words] = {
    ParticipantRole.MEMBER: say("member"),
    ParticipantRole.OFFICIAL: say("of a department"),
    ParticipantRole.EXPERT: say("expert"),
    ParticipantRole.DELEGATE: say("delegate"),
    ParticipantRole.GUEST: say("guest"),
    ParticipantRole.STAFF: say("staff"),
    ParticipantRole.PRESS: say("press"),
}
RSVP_NAMES: dict[Rsvp, Words] = {
    Rsvp.NONE: say("not answered"),
    Rsvp.YES: say("will come"),
    Rsvp.NO: say("will not come"),
    Rsvp.LEAVE: say("asked for leave"),
    Rsvp.WAITING: say("waits for a place"),
}
LEAVE_NAMES: dict[LeaveState, Words] = {
    LeaveState.SUBMITTED: say("waits for an answer"),
    LeaveState.APPROVED: say("leave is given"),
    LeaveState.REFUSED: say("leave is refused"),
    LeaveState.WITHDRAWN: say("taken back"),
}
NOTHING = both_names("", "")
"""What stands in the cell of what was never asked or noted."""


async def export_attendance(asking: Asking, activity: str) -> list[list[str]]:
    """Who answered what and came to what, as a table with its headings, for who follows the activity; never why they
    are away. The trail keeps who took it. Raises NotThere.
    """
    viewer = asking.viewer
    viewer.must(Action.FOLLOW_ACTIVITIES)
    followed = activities.Activity.filter(activities.activities_where(viewer, Action.FOLLOW_ACTIVITIES))
    row = await followed.filter(id=key_of(activity, activities.Activity)).first()
    if row is None:
        raise not_there("id")
    sessions = await activities.ActivitySession.filter(activity_id=row.id).order_by("n")
    seen = activities.visible_participations(viewer)
    rows = activities.Participation.filter(seen, activity_id=row.id).select_related("person")
    people = await rows.order_by("person__sort_pinyin", "id")
    noted = activities.Attendance.filter(participation__activity_id=row.id)
    columns = await noted.values_list("participation_id", "session_id", "presence")
    presences = {(part, session): PRESENCE_NAMES[presence] for part, session, presence in columns}
    leaves = activities.LeaveRequest.filter(participation__activity_id=row.id).order_by("submitted_at", "id")
    asked = {part: LEAVE_NAMES[state] for part, state in await leaves.values_list("participation_id", "state")}
    async with transaction():
        await audit.record(viewer, "activities.export", f"act_{row.id}", {"people": len(people)})
    told = [
        [
            *(name(part.person), ROLE_NAMES[part.role], RSVP_NAMES[part.rsvp], asked.get(part.id, NOTHING)),
            *(presences.get((part.id, one.id), NOTHING) for one in sessions),
        ]
        for part in people
    ]
    return [_headings(viewer, sessions), *([cell.into(viewer.locale) for cell in cells] for cells in told)]


def _headings(viewer: Viewer, sessions: list[activities.ActivitySession]) -> list[str]:
    words = [say("Name"), say("As what"), say("Their answer"), say("Leave of absence")]
    times = [one.starts_at.astimezone(viewer.zone).strftime("%Y-%m-%d %H:%M") for one in sessions]
    return [*(one.into(viewer.locale) for one in words), *times]
