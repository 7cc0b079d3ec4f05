"""What is answered to an invitation and noted of who came: yes or no, leave, attendance. See `changes`."""

from typing import Annotated
from uuid import UUID

import strawberry

from server.models import activities, members
from server.rules.attendance import Presence, Rsvp, check_in_key, keyed_phone
from server.rules.permissions import Action
from server.schema.activities.changes import People, Who
from server.schema.activities.types import ActivitySession, Attendance, LeaveRequest, Participation
from server.schema.guard import needs
from server.schema.ids import key_of
from server.schema.problems import Problems
from server.schema.reading import Answer, Id, shows


@strawberry.type(description="How someone takes part now.")
class ParticipationPayload:
    """Success."""

    participation: Participation = strawberry.field(description="The participation.")


@strawberry.type(description="The request for leave as it is now.")
class LeavePayload:
    """Success."""

    leave: LeaveRequest = strawberry.field(description="The request.")


@strawberry.type(description="The session whose attendance was noted.")
class SessionPayload:
    """Success."""

    session: ActivitySession = strawberry.field(description="The session.")


@strawberry.type(description="What is noted now.")
class AttendancePayload:
    """Success."""

    attendance: Attendance = strawberry.field(description="The attendance.")


ParticipationResult = Annotated[
    ParticipationPayload | Problems, strawberry.union("ParticipationResult", description="The answer, or why not.")
]
LeaveResult = Annotated[LeavePayload | Problems, strawberry.union("LeaveResult", description="Leave, or why not.")]
SessionResult = Annotated[
    SessionPayload | Problems, strawberry.union("SessionResult", description="The session, or why not.")
]
AttendanceResult = Annotated[
    AttendancePayload | Problems, strawberry.union("AttendanceResult", description="What is noted, or why not.")
]
TheAnswer = Annotated[Rsvp, strawberry.argument(description="YES or NO.")]
WhyLeave = Annotated[str, strawberry.argument(description="Why; read by who decides, and by nobody else.")]
FromWhich = Annotated[list[strawberry.ID] | None, strawberry.argument(description="From these sessions; else all.")]
Approve = Annotated[bool, strawberry.argument(description="Whether leave is given.")]
SaidBack = Annotated[str, strawberry.argument(description="What is answered; a refusal needs it.")]
AtSession = Annotated[strawberry.ID, strawberry.argument(description="At which session.")]
SeenAs = Annotated[Presence | None, strawberry.argument(description="What was seen; null takes a note back.")]
Right = Annotated[Presence, strawberry.argument(description="What is right.")]
WhyRight = Annotated[str, strawberry.argument(description="Why it is put right.")]


TheCode = Annotated[str | None, strawberry.argument(description="The code on the screen; null from afar.")]
TheDevice = Annotated[str, strawberry.argument(description="A number of the phone: one of them checks in one person.")]


@strawberry.type
class ActivityAnswerMutation:
    """Root fields by which one answers and notes."""

    @strawberry.mutation(
        description="Whether you come. Where all places are taken you wait for one.",
        extensions=needs(Action.ANSWER_INVITATIONS),
    )
    async def invitation_answer(self, info: Answer, id: Id, answer: TheAnswer) -> ParticipationResult:
        """As who is invited."""
        row = await activities.invitation_answer(info.context.viewer, activity=_key(id), answer=answer)
        return shows(ParticipationPayload, participation=row)

    @strawberry.mutation(
        description="Notes an answer that was given to you.", extensions=needs(Action.MANAGE_ACTIVITIES)
    )
    async def invitation_note(self, info: Answer, id: Id, person: Who, answer: TheAnswer) -> ParticipationResult:
        """By telephone, say."""
        row = await activities.invitation_note(
            info.context.viewer,
            activity=_key(id),
            person=key_of(person, members.Person, field="person"),
            answer=answer,
        )
        return shows(ParticipationPayload, participation=row)

    @strawberry.mutation(
        description="Asks for leave. After the deadline it is said to be late, and decided all the same (AT-1).",
        extensions=needs(Action.ANSWER_INVITATIONS),
    )
    async def leave_ask(self, info: Answer, id: Id, reason: WhyLeave, sessions: FromWhich = None) -> LeaveResult:
        """From all of it, or from some sessions."""
        keys = [key_of(one, activities.ActivitySession, field="sessions") for one in sessions or ()]
        row = await activities.leave_ask(info.context.viewer, activity=_key(id), reason=reason, sessions=keys)
        return shows(LeavePayload, leave=row)

    @strawberry.mutation(description="Takes a request for leave back.", extensions=needs(Action.ANSWER_INVITATIONS))
    async def leave_withdraw(self, info: Answer, id: Id) -> LeaveResult:
        """While it waits."""
        row = await activities.leave_withdraw(info.context.viewer, leave=key_of(id, activities.LeaveRequest))
        return shows(LeavePayload, leave=row)

    @strawberry.mutation(
        description="Gives or refuses leave; whoever asked is told. Nobody decides on their own.",
        extensions=needs(Action.DECIDE_LEAVE),
    )
    async def leave_decide(self, info: Answer, id: Id, approve: Approve, answer: SaidBack = "") -> LeaveResult:
        """AT-1."""
        key = key_of(id, activities.LeaveRequest)
        row = await activities.leave_decide(info.context.viewer, leave=key, approve=approve, answer=answer)
        return shows(LeavePayload, leave=row)

    @strawberry.mutation(
        description="Checks in, as who is invited: by the code on the screen in the hall, or from afar.",
        extensions=needs(Action.ANSWER_INVITATIONS),
    )
    async def check_in(
        self, info: Answer, session: AtSession, code: TheCode = None, device: TheDevice = ""
    ) -> AttendanceResult:
        """AT-3. Twice is once."""
        secret = info.context.secret
        row = await activities.check_in(
            info.context.viewer,
            session=key_of(session, activities.ActivitySession, field="session"),
            key=check_in_key(secret),
            code=code,
            device=keyed_phone(device, secret),
        )
        return shows(AttendancePayload, attendance=row)

    @strawberry.mutation(
        description="Notes what was seen of people at a session; the last word counts until it is settled.",
        extensions=needs(Action.MANAGE_ACTIVITIES),
    )
    async def attendance_note(
        self, info: Answer, session: AtSession, people: People, presence: SeenAs = None
    ) -> SessionResult:
        """AT-2. The same of all of them."""
        found = {key_of(one, members.Person, field="people"): presence for one in people}
        key = key_of(session, activities.ActivitySession, field="session")
        row = await activities.attendance_note(info.context.viewer, session=key, seen=found)
        return shows(SessionPayload, session=row)

    @strawberry.mutation(
        description="Puts right what was settled; what it was is kept beside it.",
        extensions=needs(Action.MANAGE_ACTIVITIES),
    )
    async def attendance_correct(
        self, info: Answer, session: AtSession, person: Who, becomes: Right, reason: WhyRight
    ) -> AttendanceResult:
        """With a reason."""
        row = await activities.attendance_correct(
            info.context.viewer,
            session=key_of(session, activities.ActivitySession, field="session"),
            person=key_of(person, members.Person, field="person"),
            becomes=becomes,
            reason=reason,
        )
        return shows(AttendancePayload, attendance=row)


def _key(id: str) -> UUID:
    return key_of(id, activities.Activity)
