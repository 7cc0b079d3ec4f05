"""Answers to invitations: yes, no, waiting for a place, or leave asked for and decided (AT-1)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from server.errors import Conflict, Invalid, Problem, Refused
from server.models import audit
from server.models.activities.news import LEAVE_DECIDED, tell
from server.models.activities.places import promote, room_in
from server.models.activities.preparing import kept
from server.models.activities.queries import visible_leaves
from server.models.activities.tables import Activity, ActivitySession, LeaveRequest, LeaveSession, Participation
from server.models.database import transaction
from server.models.history import locked, not_there, sound_reason
from server.rules.activities import ActivityState
from server.rules.attendance import LeaveScope, LeaveState, Rsvp, is_late
from server.rules.permissions import Action
from server.viewer import Viewer
from server.words import say

SAID = {Rsvp.YES, Rsvp.NO}
STILL = {ActivityState.ANNOUNCED, ActivityState.OPEN, ActivityState.CLOSED, ActivityState.IN_PROGRESS}
"""While it stands so leave is asked for: after the deadline it is late, and decided all the same."""


async def invitation_answer(viewer: Viewer, *, activity: UUID, answer: Rsvp) -> Participation:
    """Whether one comes, as who is invited. Where all places are taken one waits for one, in the order of answers.

    Raises NotThere for who is not invited, Conflict where answers are closed, Invalid for what is no answer.
    """
    viewer.must(Action.ANSWER_INVITATIONS)
    async with transaction():
        row = await locked(Activity, activity, "id")
        mine = await own(viewer, activity)
        if row.state is not ActivityState.OPEN:
            raise Conflict(Problem("ANSWERS_CLOSED", say("Answers are closed. Ask whoever invites.")))
        return await _answered(viewer, row, mine, answer)


async def invitation_note(viewer: Viewer, *, activity: UUID, person: UUID, answer: Rsvp) -> Participation:
    """The same, as it was told to who prepares the activity; also when answers are closed."""
    async with transaction():
        row = await kept(viewer, activity)
        if row.state not in STILL:
            raise Conflict(Problem("NO_SUCH_MOVE", say("That cannot become of it as it stands.")))
        theirs = await Participation.filter(activity_id=activity, person_id=person, invited_at__isnull=False).first()
        if theirs is None:
            raise not_there("person")
        return await _answered(viewer, row, theirs, answer)


async def leave_ask(viewer: Viewer, *, activity: UUID, reason: str, sessions: Sequence[UUID] = ()) -> LeaveRequest:
    """Ask for leave from all of it, or from some of its sessions. What is later than its deadline is said to be late.

    Raises NotThere, Invalid without a reason, Conflict where it is over or leave was asked for already.
    """
    viewer.must(Action.ANSWER_INVITATIONS)
    async with transaction():
        row = await locked(Activity, activity, "id")
        mine = await own(viewer, activity)
        if row.state not in STILL:
            raise Conflict(Problem("NO_SUCH_MOVE", say("That cannot become of it as it stands.")))
        if await LeaveRequest.filter(participation_id=mine.id, state=LeaveState.SUBMITTED).exists():
            raise Conflict(Problem("ASKED_ALREADY", say("You asked for leave already.")))
        parts = set(sessions)
        if parts and await ActivitySession.filter(activity_id=activity, id__in=list(parts)).count() < len(parts):
            raise not_there("sessions")
        leave = await LeaveRequest.create(
            participation_id=mine.id,
            scope=LeaveScope.PART if parts else LeaveScope.FULL,
            reason=sound_reason(reason),
            state=LeaveState.SUBMITTED,
            late=is_late(viewer.today, row.leave_by),
            submitted_at=viewer.now,
        )
        await LeaveSession.bulk_create([LeaveSession(leave_id=leave.id, session_id=one) for one in sorted(parts)])
        if not parts:
            await _stands(viewer, row, mine, Rsvp.LEAVE)
        await audit.record(viewer, "activities.leave_ask", f"lvr_{leave.id}", {"late": leave.late, "parts": len(parts)})
    return leave


async def leave_withdraw(viewer: Viewer, *, leave: UUID) -> LeaveRequest:
    """As who asked: take it back. One stands as if one had not answered."""
    async with transaction():
        asked, part, row = await _asked(viewer, leave)
        if part.person_id != viewer.person:
            raise Refused(Problem("NOT_YOURS", say("Only who asked can take it back.")))
        if asked.scope is LeaveScope.FULL:
            await _stands(viewer, row, part, Rsvp.NONE)
        return await _decided(viewer, asked, LeaveState.WITHDRAWN)


async def leave_decide(viewer: Viewer, *, leave: UUID, approve: bool, answer: str = "") -> LeaveRequest:
    """Approve or refuse leave, a refusal with a reason; whoever asked is told. Nobody decides on their own.

    By who may for a body that holds it: plenary and standing committee the chair, a committee's its head (AT-1).
    """
    async with transaction():
        asked, part, row = await _asked(viewer, leave)
        await kept(viewer, row.id, Action.DECIDE_LEAVE)
        if part.person_id == viewer.person:
            raise Refused(Problem("ONESELF", say("Nobody decides on their own leave: ask somebody else who may.")))
        said = answer.strip() if approve else sound_reason(answer)
        done = await _decided(viewer, asked, LeaveState.APPROVED if approve else LeaveState.REFUSED, answer=said)
        await tell(viewer, row, LEAVE_DECIDED, people=[part.person_id])
    return done


async def own(viewer: Viewer, activity: UUID) -> Participation:
    """How the viewer takes part. Raises NotThere for who is not invited."""
    mine = Participation.filter(activity_id=activity, person_id=viewer.person, invited_at__isnull=False)
    row = await mine.first() if viewer.person else None
    if row is None:
        raise not_there("id")
    return row


async def _answered(viewer: Viewer, row: Activity, part: Participation, answer: Rsvp) -> Participation:
    if answer not in SAID:
        raise Invalid(Problem("BAD_ANSWER", say("Answer yes or no."), "answer"))
    waits = {"state": LeaveState.SUBMITTED, "scope": LeaveScope.FULL}
    if await LeaveRequest.filter(participation_id=part.id, **waits).exists():
        message = say("Leave was asked for, and waits: take it back first, or have it decided.")
        raise Conflict(Problem("LEAVE_WAITS", message, rule="AT-1"))
    if answer is Rsvp.YES and part.rsvp is not Rsvp.YES and not await room_in(row):
        answer = Rsvp.WAITING
    if answer is not part.rsvp:
        await _stands(viewer, row, part, answer)
        about = {"person": f"per_{part.person_id}", "answer": [part.rsvp, answer]}
        await audit.record(viewer, "activities.answer", f"act_{row.id}", about)
    return await Participation.get(id=part.id)


async def _stands(viewer: Viewer, row: Activity, part: Participation, answer: Rsvp) -> None:
    """They stand so from now on; a place that gets free is given to who has waited longest."""
    await Participation.filter(id=part.id).update(rsvp=answer, rsvp_at=viewer.now)
    if part.rsvp is Rsvp.YES and answer is not Rsvp.YES:
        await promote(viewer, row)


async def _asked(viewer: Viewer, leave: UUID) -> tuple[LeaveRequest, Participation, Activity]:
    """A request that waits, and of whom and what it is; the activity locked. Raises NotThere, Conflict."""
    asked = await LeaveRequest.filter(visible_leaves(viewer), id=leave).first()
    if asked is None:
        raise not_there("id")
    part = await Participation.get(id=asked.participation_id)
    row = await locked(Activity, part.activity_id)
    asked = await locked(LeaveRequest, leave, "id")
    if asked.state is not LeaveState.SUBMITTED:
        raise Conflict(Problem("DECIDED", say("It was decided or taken back already.")))
    return asked, part, row


async def _decided(viewer: Viewer, asked: LeaveRequest, state: LeaveState, answer: str = "") -> LeaveRequest:
    facts: dict[str, Any] = {
        "state": state,
        "decided_at": viewer.now,
        "decided_by_id": viewer.account,
        "answer": answer,
    }
    await LeaveRequest.filter(id=asked.id, state=LeaveState.SUBMITTED).update(**facts)
    await audit.record(viewer, f"activities.leave_{state.value}", f"lvr_{asked.id}", {"answer": answer})
    return await LeaveRequest.get(id=asked.id)
