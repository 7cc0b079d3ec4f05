"""What becomes of an activity: approved, announced, held, locked; postponed or cancelled; its majority (MJ-1)."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from tortoise.expressions import Subquery

from server.errors import Conflict, Invalid, Problem
from server.models import audit
from server.models.activities.attending import forget, settle
from server.models.activities.news import CANCELLED, INVITED, POSTPONED, tell_all
from server.models.activities.preparing import (
    Span,
    change,
    days_of,
    deadlines_of,
    kept,
    refreshed,
    sound_sessions,
    write_sessions,
)
from server.models.activities.tables import Activity, Attendance, MajorityCheck, Participation
from server.models.database import transaction
from server.models.facts import before_and_after
from server.models.history import sound_reason
from server.models.members.queries import active_on
from server.models.members.tables import Person
from server.rules.activities import (
    BOUND_KINDS,
    MOVES,
    PRIVATE,
    TOLD,
    ActivityKind,
    ActivityState,
    ActivityStep,
    Majority,
    MajorityStage,
    majority,
)
from server.rules.attendance import CAME, Rsvp
from server.rules.permissions import Action
from server.viewer import Viewer
from server.words import say

NEEDS = {ActivityStep.APPROVE: Action.APPROVE_ACTIVITIES}
"""By which action a step is taken; all others by who prepares it."""


async def activity_approve(viewer: Viewer, *, activity: UUID, override: str = "") -> Activity:
    """It may be held. override: why, where members are not the majority; needs a chair of the whole assembly (MJ-1)."""
    async with transaction():
        row = await _stepping(viewer, activity, ActivityStep.APPROVE)
        await refreshed(viewer, row)
        await _look(viewer, row, MajorityStage.APPROVAL, override)
        return await _moved(viewer, row, ActivityStep.APPROVE)


async def activity_announce(viewer: Viewer, *, activity: UUID, urgent_reason: str = "") -> Activity:
    """Everyone on the list is told and can answer; who belongs to the invited groups is frozen now.

    Raises Invalid with nobody on the list, and without a reason where it is later than AT-1 wants.
    """
    async with transaction():
        row = await _stepping(viewer, activity, ActivityStep.ANNOUNCE)
        await refreshed(viewer, row)
        listed = Participation.filter(activity_id=activity)
        if not await listed.exists():
            raise Invalid(Problem("NOBODY_INVITED", say("Nobody is on the list yet."), "people"))
        if row.starts_at <= viewer.now:
            raise Invalid(Problem("PAST", say("It would have begun already: change its times first."), "sessions"))
        day = row.starts_at.astimezone(viewer.zone).date()
        by = await deadlines_of(viewer, row.kind, day, viewer.today)
        if by.short(viewer.today) and not urgent_reason.strip():
            said = say("People should have been told by {day}. Say why it is urgent.", day=by.notice_by)
            raise Invalid(Problem("SHORT_NOTICE", said, "urgent_reason", "AT-1"))
        await listed.update(invited_at=viewer.now, rsvp=Rsvp.NONE, rsvp_at=None)
        facts = {
            "announced_at": viewer.now,
            "urgent_reason": sound_reason(urgent_reason) if by.short(viewer.today) else "",
            "materials_by": by.materials_by,
            "leave_by": by.leave_by,
            "reason": "",
        }
        row = await _moved(viewer, row, ActivityStep.ANNOUNCE, facts)
        row = await _moved(viewer, row, ActivityStep.OPEN)
        await tell_all(viewer, row, INVITED)
        return row


async def activity_set_sessions(viewer: Viewer, *, activity: UUID, sessions: Sequence[Span]) -> Activity:
    """Its times, while nobody was told of them or it is postponed."""
    parts = sound_sessions(viewer, sessions)
    async with transaction():
        row = await kept(viewer, activity)
        if row.state not in (*PRIVATE, ActivityState.POSTPONED):
            said = say("People were told these times: postpone it first.")
            raise Conflict(Problem("TOLD_ALREADY", said, "sessions"))
        await write_sessions(activity, parts)
        await change(viewer, row, await days_of(viewer, row.kind, parts))
        await audit.record(viewer, "activities.set_sessions", f"act_{activity}", {"sessions": parts})
    return await Activity.get(id=activity)


async def activity_close_answers(viewer: Viewer, *, activity: UUID) -> Activity:
    """Nobody answers by themselves any more."""
    return await _step(viewer, activity, ActivityStep.CLOSE)


async def activity_reopen_answers(viewer: Viewer, *, activity: UUID) -> Activity:
    """People answer again."""
    return await _step(viewer, activity, ActivityStep.OPEN)


async def activity_start(viewer: Viewer, *, activity: UUID) -> Activity:
    """It begins: attendance is taken. Where members are not the majority of those who come, that is kept (MJ-1)."""
    async with transaction():
        row = await _stepping(viewer, activity, ActivityStep.START)
        await _look(viewer, row, MajorityStage.START)
        return await _moved(viewer, row, ActivityStep.START)


async def activity_finish(viewer: Viewer, *, activity: UUID) -> Activity:
    """It was held. Attendance can still be noted, until it is locked."""
    return await _step(viewer, activity, ActivityStep.FINISH)


async def activity_lock(viewer: Viewer, *, activity: UUID) -> Activity:
    """Who was not seen was absent or excused; from now on attendance is only corrected, with a reason (MJ-1, AT-2)."""
    async with transaction():
        row = await _stepping(viewer, activity, ActivityStep.LOCK)
        await settle(viewer, row)
        await _look(viewer, row, MajorityStage.CLOSE)
        return await _moved(viewer, row, ActivityStep.LOCK)


async def activity_archive(viewer: Viewer, *, activity: UUID) -> Activity:
    """It is put away."""
    return await _step(viewer, activity, ActivityStep.ARCHIVE)


async def activity_postpone(viewer: Viewer, *, activity: UUID, reason: str) -> Activity:
    """It is held later; when, is said as it is announced anew. Everyone who was told is told, and why."""
    return await _call_off(viewer, activity, ActivityStep.POSTPONE, reason, POSTPONED)


async def activity_cancel(viewer: Viewer, *, activity: UUID, reason: str) -> Activity:
    """It is not held. Everyone who was told is told, and why."""
    return await _call_off(viewer, activity, ActivityStep.CANCEL, reason, CANCELLED)


def steps_of(viewer: Viewer, kind: ActivityKind, state: ActivityState, bodies: Sequence[UUID]) -> list[ActivityStep]:
    """What the viewer can do with an activity that stands so and is held by these bodies; a hearing moves by itself."""
    if kind is ActivityKind.HEARING:
        return []
    return [step for step in MOVES[state] if _takes(viewer, step, bodies)]


async def majority_of(row: Activity, stage: MajorityStage, on: Any) -> Majority:
    """Of the invited, of those who said that they come, or of those who came (MJ-1). on: the day."""
    people = Participation.filter(activity_id=row.id)
    if stage is MajorityStage.START:
        people = people.filter(rsvp=Rsvp.YES)
    if stage is MajorityStage.CLOSE:
        seen = Attendance.filter(participation__activity_id=row.id, presence__in=sorted(CAME, key=lambda p: p.value))
        people = people.filter(id__in=Subquery(seen.values("participation_id")))
    seats = Person.filter(active_on(on), id__in=Subquery(people.values("person_id")))
    active = {key async for key in seats.values_list("id", flat=True)}
    return majority([(role, key in active) async for role, key in people.values_list("role", "person_id")])


async def _look(viewer: Viewer, row: Activity, stage: MajorityStage, override: str = "") -> None:
    """Raises Invalid at the approval where members are not the majority and nobody of rank says why all the same."""
    if row.kind in BOUND_KINDS:
        found = await majority_of(row, stage, row.starts_at.astimezone(viewer.zone).date())
        await keep_majority(viewer, row, stage, found, override)


async def keep_majority(
    viewer: Viewer, row: Activity, stage: MajorityStage, found: Majority, override: str = ""
) -> None:
    """Keep how it was counted. Raises Invalid at the approval where it is not met and nobody of rank says why not."""
    facts: dict[str, Any] = {"members": found.members, "everyone": found.everyone, "met": found.met}
    if stage is MajorityStage.APPROVAL and not found.met:
        if not override.strip():
            raise Invalid(Problem("MAJORITY", found.words, "override", "MJ-1"))
        viewer.must(Action.OVERRIDE_MAJORITY)
        facts |= {"override": sound_reason(override), "overridden_by_id": viewer.account}
    await MajorityCheck.filter(activity_id=row.id, stage=stage).delete()
    await MajorityCheck.create(activity_id=row.id, stage=stage, checked_at=viewer.now, **facts)
    await audit.record(viewer, "activities.majority", f"act_{row.id}", {"stage": stage, **facts})


async def _call_off(viewer: Viewer, activity: UUID, step: ActivityStep, reason: str, words: str) -> Activity:
    async with transaction():
        row = await _stepping(viewer, activity, step)
        was_told = row.state in TOLD or row.announced_at is not None
        if step is ActivityStep.POSTPONE:
            await forget(row)
        row = await _moved(viewer, row, step, {"reason": sound_reason(reason)})
        if was_told:
            await tell_all(viewer, row, words)
        return row


async def _step(viewer: Viewer, activity: UUID, step: ActivityStep) -> Activity:
    async with transaction():
        return await _moved(viewer, await _stepping(viewer, activity, step), step)


async def _stepping(viewer: Viewer, activity: UUID, step: ActivityStep) -> Activity:
    row = await kept(viewer, activity, NEEDS.get(step, Action.MANAGE_ACTIVITIES))
    if row.kind is ActivityKind.HEARING:
        message = say("A hearing has steps of its own: take them on the page of the hearing.")
        raise Conflict(Problem("HEARING_MOVES", message))
    if step not in MOVES[row.state]:
        raise Conflict(Problem("NO_SUCH_MOVE", say("That cannot become of it as it stands.")))
    return row


async def _moved(viewer: Viewer, row: Activity, step: ActivityStep, facts: Mapping[str, Any] | None = None) -> Activity:
    new = {**(facts or {}), "state": MOVES[row.state][step]}
    await change(viewer, row, new)
    await audit.record(viewer, f"activities.{step.value}", f"act_{row.id}", before_and_after(row, new))
    return await Activity.get(id=row.id)


def _takes(viewer: Viewer, step: ActivityStep, bodies: Sequence[UUID]) -> bool:
    action = NEEDS.get(step, Action.MANAGE_ACTIVITIES)
    return any(viewer.may(action, body) for body in bodies)
