"""Attendance: noted by staff, by oneself or by the code on the screen, and settled at the end (AT-2, AT-3)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from tortoise.expressions import Subquery

from server.errors import Conflict, Invalid, Problem
from server.models import audit
from server.models.activities.answering import own
from server.models.activities.preparing import kept
from server.models.activities.tables import (
    Activity,
    ActivitySession,
    Attendance,
    AttendanceCorrection,
    LeaveRequest,
    LeaveSession,
    Participation,
)
from server.models.database import BATCH, transaction
from server.models.facts import unique
from server.models.history import locked, not_there, sound_reason, there
from server.rules.activities import COUNTED, TOLD, ActivityState
from server.rules.attendance import (
    LeaveScope,
    LeaveState,
    Method,
    Presence,
    code_holds,
    on_arrival,
    window_open,
)
from server.rules.permissions import Action
from server.viewer import Viewer
from server.words import say

LASTING = (LeaveState.SUBMITTED, LeaveState.APPROVED)


async def attendance_note(
    viewer: Viewer, *, session: UUID, seen: Mapping[UUID, Presence | None], method: Method = Method.STAFF
) -> ActivitySession:
    """What was seen of these people at a session; null takes a note back. Last word counts, until it is locked.

    Raises NotThere for whom nobody invited, Conflict before it has begun and once it is locked.
    """
    part = await there(ActivitySession, session, "session")
    async with transaction():
        row = await kept(viewer, part.activity_id)
        if row.state not in COUNTED:
            raise Conflict(_not_counted(row))
        people = {
            person: key
            async for person, key in Participation.filter(activity_id=row.id, person_id__in=list(seen)).values_list(
                "person_id", "id"
            )
        }
        if len(people) < len(seen):
            raise not_there("people")
        noted = [(people[person], presence) for person, presence in seen.items()]
        await Attendance.filter(session_id=session, participation_id__in=list(people.values())).delete()
        await Attendance.bulk_create(
            [_row(viewer, key, session, presence, method) for key, presence in noted if presence], BATCH
        )
        about = {"session": f"sit_{session}", "seen": {f"per_{person}": presence for person, presence in seen.items()}}
        await audit.record(viewer, "activities.note", f"act_{row.id}", about)
    return part


async def check_in(viewer: Viewer, *, session: UUID, key: bytes, code: str | None, device: str) -> Attendance:
    """As who is invited: here I am, by the code on the screen; by oneself from afar, where there is a link to do so.

    key: of the codes. device: a keyed hash of the phone; with one of them one person checks in. Raises NotThere,
    Invalid for an old code, Conflict outside the window and for a phone that somebody else used.
    """
    viewer.must(Action.ANSWER_INVITATIONS)
    part = await there(ActivitySession, session, "session")
    async with transaction():
        row = await locked(Activity, part.activity_id, "id")
        mine = await own(viewer, row.id)
        if row.state not in {*TOLD, ActivityState.IN_PROGRESS} or not window_open(
            part.starts_at, part.ends_at, viewer.now
        ):
            message = say("One checks in from half an hour before it begins until it ends.")
            raise Conflict(Problem("NOT_NOW", message, rule="AT-3"))
        if code is None and not row.online_url:
            message = say("Write the code that stands on the screen in the hall.")
            raise Invalid(Problem("CODE_NEEDED", message, "code", "AT-3"))
        if code is not None and not code_holds(key, session, code, viewer.now):
            message = say("This code is not on the screen any more. Take the one that stands there now.")
            raise Invalid(Problem("OLD_CODE", message, "code", "AT-3"))
        known = await Attendance.filter(session_id=session, participation_id=mine.id).first()
        if known:
            return known
        came = Presence.REMOTE if code is None else on_arrival(part.starts_at, viewer.now)
        new = _row(viewer, mine.id, session, came, Method.SELF if code is None else Method.QR, device)
        said = say("Somebody else checked in with this phone. Ask at the desk.")
        with unique(Problem("PHONE_USED", said, rule="AT-3")):
            await new.save()
        await audit.record(viewer, "activities.check_in", f"act_{row.id}", {"session": f"sit_{session}"})
    return new


async def attendance_correct(
    viewer: Viewer, *, session: UUID, person: UUID, becomes: Presence, reason: str
) -> Attendance:
    """After it was locked: what was noted was wrong, and why. What it was is kept beside it."""
    part = await there(ActivitySession, session, "session")
    async with transaction():
        row = await kept(viewer, part.activity_id)
        if row.state not in (ActivityState.LOCKED, ActivityState.ARCHIVED):
            raise Conflict(Problem("NOT_LOCKED", say("It is not locked yet: note it.")))
        theirs = await Participation.filter(activity_id=row.id, person_id=person).first()
        if theirs is None:
            raise not_there("person")
        was = await Attendance.filter(session_id=session, participation_id=theirs.id).first()
        facts: dict[str, Any] = {
            "was": was.presence if was else None,
            "becomes": becomes,
            "reason": sound_reason(reason),
        }
        who: dict[str, Any] = {"corrected_at": viewer.now, "corrected_by_id": viewer.account}
        await AttendanceCorrection.create(participation_id=theirs.id, session_id=session, **facts, **who)
        await Attendance.filter(session_id=session, participation_id=theirs.id).delete()
        new = _row(viewer, theirs.id, session, becomes, Method.STAFF)
        await new.save()
        about = {"session": f"sit_{session}", "person": f"per_{person}", **facts}
        await audit.record(viewer, "activities.correct", f"act_{row.id}", about)
    return new


async def settle(viewer: Viewer, row: Activity) -> None:
    """Of whom nothing was noted: excused with approved leave, else absent; exempt who was never invited."""
    parts = [key async for key in ActivitySession.filter(activity_id=row.id).values_list("id", flat=True)]
    people = [key async for key in Participation.filter(activity_id=row.id).values_list("id", flat=True)]
    noted = set(await Attendance.filter(session_id__in=parts).values_list("participation_id", "session_id"))
    excused = await _excused(row, parts)
    rows = [
        _row(viewer, person, part, Presence.EXCUSED if (person, part) in excused else Presence.ABSENT, Method.STAFF)
        for person in people
        for part in parts
        if (person, part) not in noted
    ]
    await Attendance.bulk_create(rows, BATCH)


async def forget(row: Activity) -> None:
    """It is held at other times: leave for the old ones, and who was seen at them, count no more."""
    leaves = LeaveRequest.filter(participation__activity_id=row.id)
    await LeaveSession.filter(leave_id__in=Subquery(leaves.values("id"))).delete()
    standing = [key async for key in leaves.filter(state__in=LASTING).values_list("id", flat=True)]
    await LeaveRequest.filter(id__in=standing).update(state=LeaveState.WITHDRAWN)
    seen = Attendance.filter(participation__activity_id=row.id)
    await Attendance.filter(id__in=[key async for key in seen.values_list("id", flat=True)]).delete()


async def _excused(row: Activity, parts: list[UUID]) -> set[tuple[UUID, UUID]]:
    leaves = LeaveRequest.filter(participation__activity_id=row.id, state=LeaveState.APPROVED)
    whole = [key async for key in leaves.filter(scope=LeaveScope.FULL).values_list("participation_id", flat=True)]
    some = LeaveSession.filter(leave_id__in=Subquery(leaves.values("id")))
    pairs = set(await some.values_list("leave__participation_id", "session_id"))
    return pairs | {(person, part) for person in whole for part in parts}


def _row(
    viewer: Viewer, participation: UUID, session: UUID, presence: Presence, method: Method, device: str = ""
) -> Attendance:
    return Attendance(
        participation_id=participation,
        session_id=session,
        presence=presence,
        method=method,
        noted_at=viewer.now,
        noted_by_id=viewer.account,
        device=device,
    )


def _not_counted(row: Activity) -> Problem:
    if row.state in (ActivityState.LOCKED, ActivityState.ARCHIVED):
        return Problem("LOCKED", say("It is locked: correct it, with a reason."))
    return Problem("NOT_BEGUN", say("It has not begun: start it first."))
