"""Places of an activity: how many are taken, and who gets one that is free."""

from typing import Any

from server.models import audit
from server.models.activities.news import PROMOTED, tell
from server.models.activities.tables import Activity, Participation
from server.rules.attendance import Rsvp
from server.viewer import Viewer


async def promote(viewer: Viewer, row: Activity) -> None:
    """Who has waited longest comes, as many as there are places; each is told."""
    waiting = Participation.filter(activity_id=row.id, rsvp=Rsvp.WAITING).order_by("rsvp_at", "id")
    free = None if row.capacity is None else max(row.capacity - await _taken(row), 0)
    chosen = await (waiting if free is None else waiting.limit(free)) if free != 0 else []
    if chosen:
        facts: dict[str, Any] = {"rsvp": Rsvp.YES, "rsvp_at": viewer.now}
        await Participation.filter(id__in=[one.id for one in chosen]).update(**facts)
        about = {"people": [f"per_{one.person_id}" for one in chosen]}
        await audit.record(viewer, "activities.promote", f"act_{row.id}", about)
        await tell(viewer, row, PROMOTED, people=[one.person_id for one in chosen])


async def room_in(row: Activity) -> bool:
    """Whether one more can come."""
    return row.capacity is None or await _taken(row) < row.capacity


async def _taken(row: Activity) -> int:
    return await Participation.filter(activity_id=row.id, rsvp=Rsvp.YES).count()
