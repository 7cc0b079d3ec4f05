"""Two entries of one person become one: what they were invited to, answered, asked leave from, and came to."""

from typing import Any
from uuid import UUID

from server.rules.attendance import LeaveState, Rsvp


async def merge_participations(stays: Any, goes: Any) -> list[UUID]:
    """Everything of the one that goes becomes the other's; what both were invited to, once. Returns what moved.

    stays, goes: a Person each. What the entry that stays answered counts, else what the double did. A place that gets
    free so is given to who waits as soon as somebody else gives one back.
    """
    have = {row.activity_id: row for row in await stays.participations.all()}
    moved: list[UUID] = []
    for double in await goes.participations.all().order_by("id"):
        moved.append(double.id)
        if kept := have.get(double.activity_id):
            await _join(kept, double)
    await goes.participations.all().update(person_id=stays.id)
    return moved


async def _join(kept: Any, double: Any) -> None:
    """One participation of two: what was seen of the one that stays counts, and of two requests one waits."""
    sessions = await kept.attendances.all().values_list("session_id", flat=True)
    await double.attendances.filter(session_id__in=list(sessions)).delete()
    waits = {"state": LeaveState.SUBMITTED}
    if await kept.leaves.filter(**waits).exists():
        await double.leaves.filter(**waits).update(state=LeaveState.WITHDRAWN)
    for rows in (double.attendances, double.corrections, double.leaves):
        await rows.all().update(participation_id=kept.id)
    if new := _together(kept, double):
        await type(kept).filter(id=kept.id).update(**new)
    await double.delete()


def _together(kept: Any, double: Any) -> dict[str, Any]:
    told = [row.invited_at for row in (kept, double) if row.invited_at]
    new: dict[str, Any] = {"invited_at": min(told)} if told else {}
    if kept.rsvp is Rsvp.NONE and double.rsvp is not Rsvp.NONE:
        new |= {"rsvp": double.rsvp, "rsvp_at": double.rsvp_at}
    return new
