"""Activities in every state, with everything that can be known of one: who answered how, who has leave, who came."""

import datetime as dt
from collections.abc import Awaitable, Callable
from itertools import cycle
from typing import Any
from uuid import UUID

from server.models import activities
from server.models.activities import Activity, ActivitySession, Invited, LeaveRequest
from server.rules.activities import ActivityKind, ActivityState, ParticipantRole
from server.rules.attendance import LeaveState, Presence, Rsvp, code_at
from server.viewer import Viewer
from tests import make
from tests.activities.worlds import AFTERNOON, DAY, HALF_DAY, at
from tests.cast import Cast

Step = Callable[[Viewer, UUID], Awaitable[Any]]
WHY = "the hall is being mended"
SOON = make.NOW + 2 * DAY
"""Sooner than people are told as a rule."""


def _step(verb: Callable[..., Awaitable[Any]], **said: str) -> Step:
    return lambda viewer, key: verb(viewer, activity=key, **said)


APPROVE = _step(activities.activity_approve, override="an experts' meeting")
ANNOUNCE = _step(activities.activity_announce, urgent_reason="the plan is due")
TOLD = (APPROVE, ANNOUNCE)
BEGUN = (*TOLD, _step(activities.activity_start))
OVER = (*BEGUN, _step(activities.activity_finish))
SETTLED = (*OVER, _step(activities.activity_lock))
WAYS: dict[ActivityState, tuple[Step, ...]] = {
    ActivityState.DRAFT: (),
    ActivityState.APPROVED: (APPROVE,),
    ActivityState.ANNOUNCED: TOLD,
    ActivityState.OPEN: TOLD,
    ActivityState.CLOSED: (*TOLD, _step(activities.activity_close_answers)),
    ActivityState.IN_PROGRESS: BEGUN,
    ActivityState.HELD: OVER,
    ActivityState.LOCKED: SETTLED,
    ActivityState.ARCHIVED: (*SETTLED, _step(activities.activity_archive)),
    ActivityState.CANCELLED: (*TOLD, _step(activities.activity_cancel, reason=WHY)),
    ActivityState.POSTPONED: (*TOLD, _step(activities.activity_postpone, reason=WHY)),
}
"""How an activity comes to stand so. No verb leaves it ANNOUNCED: who is told can answer at once."""
LEAVES = (LeaveState.APPROVED, LeaveState.REFUSED, LeaveState.WITHDRAWN, LeaveState.SUBMITTED)
"""What becomes of a request for leave, by turns: it waits where answers are open."""


async def of_every_state(cast: Cast, document: UUID) -> tuple[list[Activity], list[LeaveRequest]]:
    """An activity in each state, in the order of the states; and requests for leave, one in each of theirs."""
    guests = [(await make.person(name_en=f"{role.name.title()} Guest")).id for role in ParticipantRole]
    rows, leaves, becomes = [], [], cycle(LEAVES)
    for state, way in WAYS.items():
        row = await _planned(cast, state, guests, document)
        decided = next(becomes)
        for n, step in enumerate(way, 1):
            await step(cast["chair"], row.id)
            if way[:n] == TOLD and state is not ActivityState.ANNOUNCED:
                leaves.append(await _answered(cast, row, guests, decided))
            if way[:n] == BEGUN:
                await _seen(cast, row, guests)
        rows.append(await Activity.get(id=row.id))
    await Activity.filter(id=rows[2].id).update(state=ActivityState.ANNOUNCED)
    await _put_right(cast, rows[7], guests[0])
    return rows, leaves


async def _planned(cast: Cast, state: ActivityState, guests: list[UUID], document: UUID) -> Activity:
    """A consultation of a group and a department: too soon, too small, with too few members, and with a document."""
    said: dict[str, Any] = {"kind": ActivityKind.CONSULTATION, "title_zh": f"协商会 {state.value}", "capacity": 3}
    said |= {"about": "Nursery schools", "venue": "House 1", "online_url": "https://meet.example.org/1"}
    chair, sessions = cast["chair"], [(SOON, SOON + dt.timedelta(hours=1)), HALF_DAY, AFTERNOON]
    held_by = [cast.group.id, cast.bureau.id]
    key = (await activities.activity_add(chair, organisers=held_by, sessions=sessions, **said)).id
    alone = [Invited(people=(guest,), role=role) for role, guest in zip(ParticipantRole, guests, strict=True)]
    by_name = Invited(people=tuple(cast.people[name].id for name in ("convener", "chair")))
    for invited in (*alone, by_name, Invited(body=cast.group.id)):
        await activities.group_invite(chair, activity=key, invited=invited)
    return await activities.activity_link_document(chair, activity=key, document=document)


async def _answered(cast: Cast, row: Activity, guests: list[UUID], decided: LeaveState) -> LeaveRequest:
    """Two come, the leader, too; the convener waits for a place, one does not come; the chair has leave, though late,
    and Mei asked for leave from an afternoon."""
    for guest, answer in zip(guests, (Rsvp.YES, Rsvp.YES, Rsvp.NO), strict=False):
        await activities.invitation_note(cast["chair"], activity=row.id, person=guest, answer=answer)
    for name in ("leader", "convener"):
        await activities.invitation_answer(cast[name], activity=row.id, answer=Rsvp.YES)
    late = await activities.leave_ask(at(cast["chair"], SOON), activity=row.id, reason="a journey")
    await activities.leave_decide(cast["secretary"], leave=late.id, approve=True)
    part = await ActivitySession.get(activity_id=row.id, n=3)
    asked = await activities.leave_ask(cast["member"], activity=row.id, reason="a wedding", sessions=[part.id])
    if decided in (LeaveState.APPROVED, LeaveState.REFUSED):
        approve = decided is LeaveState.APPROVED
        return await activities.leave_decide(cast["chair"], leave=asked.id, approve=approve, answer="it is short")
    if decided is LeaveState.WITHDRAWN:
        return await activities.leave_withdraw(cast["member"], leave=asked.id)
    return asked


async def _seen(cast: Cast, row: Activity, guests: list[UUID]) -> None:
    """Of each guest something else at the first session; Mei is late for it, and the leader checks in at the second."""
    first, second = await ActivitySession.filter(activity_id=row.id, n__lte=2).order_by("n")
    seen: dict[UUID, Presence | None] = dict(zip(guests, Presence, strict=True))
    seen[cast.people["member"].id] = Presence.LATE
    await activities.attendance_note(cast["chair"], session=first.id, seen=seen)
    now, key = at(cast["leader"], second.starts_at), b"key"
    code = code_at(key, second.id, second.starts_at)
    await activities.check_in(now, session=second.id, key=key, code=code, device="phone")


async def _put_right(cast: Cast, row: Activity, person: UUID) -> None:
    part = await ActivitySession.get(activity_id=row.id, n=1)
    for whose in (person, cast.people["member"].id):
        await activities.attendance_correct(
            cast["chair"], session=part.id, person=whose, becomes=Presence.PRESENT, reason="misread"
        )
