"""What did not arrive: sent again by the office, or handed over by its own hands."""

from uuid import UUID

from server.errors import Conflict, Problem
from server.models import audit
from server.models.database import transaction
from server.models.history import locked
from server.models.messages.tables import Delivery
from server.rules.messages import TROUBLED, DeliveryState
from server.rules.permissions import Action
from server.viewer import Viewer
from server.words import say

LET = (DeliveryState.WAITING, *TROUBLED)
"""What can be handed over by hand: all that is not gone, and not just leaving."""
FRESH = {"state": DeliveryState.WAITING, "tries": 0, "said": "", "lease_until": None, "digest": False}


async def again(viewer: Viewer, *, delivery: UUID) -> None:
    """Send one that did not arrive again, now, to the address as it is today. Raises Conflict, NotThere."""
    viewer.must(Action.SEND_MESSAGES)
    async with transaction():
        row = await locked(Delivery, delivery, "delivery")
        if row.state not in TROUBLED:
            raise Conflict(Problem("NOT_IN_TROUBLE", say("This message is on its way, or has arrived."), "delivery"))
        await Delivery.filter(id=delivery).update(**FRESH, envelope=row.id, due_at=viewer.now, created_at=viewer.now)
        await audit.record(viewer, "messages.again", f"dlv_{delivery}", {})


async def again_all(viewer: Viewer) -> int:
    """The same for all that did not arrive; how many."""
    viewer.must(Action.SEND_MESSAGES)
    async with transaction():
        rows = await Delivery.filter(state__in=TROUBLED).order_by("id").select_for_update().values_list("id", flat=True)
        for row in rows:
            await Delivery.filter(id=row).update(**FRESH, envelope=row, due_at=viewer.now, created_at=viewer.now)
        await audit.record(viewer, "messages.again", "", {"deliveries": [f"dlv_{row}" for row in rows]})
    return len(rows)


async def handed_over(viewer: Viewer, *, delivery: UUID) -> None:
    """Say that the office told this person itself: by a slip, by telephone. Raises Conflict, NotThere."""
    viewer.must(Action.SEND_MESSAGES)
    async with transaction():
        row = await locked(Delivery, delivery, "delivery")
        if row.state not in LET:
            raise Conflict(Problem("NOT_WAITING", say("This message is on its way, or has arrived."), "delivery"))
        await Delivery.filter(id=delivery).update(state=DeliveryState.SENT, done_at=viewer.now, lease_until=None)
        await audit.record(viewer, "messages.hand_over", f"dlv_{delivery}", {"channel": row.channel})
