"""Two entries of one person become one: their duties at hearings, and what they applied for."""

from typing import Any
from uuid import UUID

from server.rules.hearings import ApplicationState


async def merge_hearings(stays: Any, goes: Any) -> list[UUID]:
    """Everything of the one that goes becomes the other's: a duty that both had once; of two applications under one
    notice that of the entry that stays, the other is withdrawn. Returns what moved."""
    had = set(await stays.hearing_duties.all().values_list("hearing_id", "duty"))
    moved: list[UUID] = []
    for double in await goes.hearing_duties.all().order_by("id"):
        moved.append(double.id)
        if (double.hearing_id, double.duty) in had:
            await double.delete()
    await goes.hearing_duties.all().update(person_id=stays.id)
    standing = stays.hearing_applications.all().exclude(state=ApplicationState.WITHDRAWN)
    notices = await standing.values_list("notice_id", flat=True)
    await goes.hearing_applications.filter(notice_id__in=list(notices)).update(state=ApplicationState.WITHDRAWN)
    moved += await goes.hearing_applications.all().order_by("id").values_list("id", flat=True)
    await goes.hearing_applications.all().update(person_id=stays.id)
    return moved
