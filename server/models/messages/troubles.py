"""What did not arrive: sent again by the office, handed over by its own hands, or said by it to have come back."""

import datetime as dt
from collections.abc import Collection
from typing import Any
from uuid import UUID

from tortoise.expressions import F, Q, Subquery

from server.errors import Conflict, Invalid, Problem
from server.models import audit
from server.models.bodies.counting import batches
from server.models.bodies.queries import sitting_in
from server.models.database import transaction
from server.models.history import locked
from server.models.members.tables import Person
from server.models.messages.tables import Delivery
from server.rules.messages import EMAIL, LOST, SLIP, TROUBLED, DeliveryState
from server.rules.permissions import Action
from server.viewer import Viewer
from server.words import say

LET = (DeliveryState.WAITING, *TROUBLED)
"""What can be handed over by hand: all that is not gone, and not just leaving."""
UNMARKED: dict[str, Any] = {"was": None, "marked_at": None, "marked_by_id": None}
SOUND: dict[str, Any] = {"came_back_at": None}
WAITING = {"state": DeliveryState.WAITING, "tries": 0, "said": "", "lease_until": None, "digest": False}
FRESH = UNMARKED | SOUND | WAITING


def for_hands(viewer: Viewer, mailing: UUID, sector: UUID | None = None) -> Q:
    """The deliveries of a message that wait for the office's own hands: its slips, and what did not arrive.

    sector: only those to people whose seat stands for it today.
    """
    waiting = Q(channel=SLIP, state=DeliveryState.WAITING)
    lost = Q(state__in=LOST)
    found = Q(mailing_id=mailing) & (waiting | lost)
    if sector is None:
        return found
    return found & Q(person_id__in=Subquery(Person.filter(sitting_in(sector, viewer.today)).values("id")))


async def again(viewer: Viewer, *, delivery: UUID) -> None:
    """Send one that did not arrive again, now, to the address as it is today. Raises Conflict, NotThere."""
    viewer.must(Action.SEND_MESSAGES)
    async with transaction():
        row = await locked(Delivery, delivery, "delivery")
        if row.state not in TROUBLED:
            raise Conflict(Problem("NOT_IN_TROUBLE", say("This message is on its way, or has arrived."), "delivery"))
        await _again(viewer, [delivery])
        await audit.record(viewer, "messages.again", f"dlv_{delivery}", {})


async def again_all(viewer: Viewer) -> int:
    """The same for all that did not arrive; how many."""
    viewer.must(Action.SEND_MESSAGES)
    async with transaction():
        lost = Delivery.filter(state__in=TROUBLED).order_by("id").select_for_update()
        rows: list[Any] = await lost.values_list("id", flat=True)
        if rows:
            await _again(viewer, rows)
            await audit.record(viewer, "messages.again", "", {"deliveries": [f"dlv_{row}" for row in rows]})
    return len(rows)


async def hand_over(
    viewer: Viewer, *, deliveries: Collection[UUID] = (), mailing: UUID | None = None, sector: UUID | None = None
) -> int:
    """Say that the office told people itself, by slips or by telephone; how many. It can be taken back.

    deliveries: these. mailing: what waits for hands of that message; with both, these of them. sector: of the message
    only what is for its people. Raises Invalid where nobody is meant, or a sector without a message; Conflict where
    one of them is not of the message, is on its way or has arrived.
    """
    viewer.must(Action.SEND_MESSAGES)
    wanted = set(deliveries)
    if not wanted and mailing is None:
        raise Invalid(Problem("NOBODY", say("Tick those whom you have told."), "slips"))
    if sector and mailing is None:
        raise Invalid(Problem("MAILING_MISSING", say("Say of which message, where you name a sector."), "mailing"))
    meant = for_hands(viewer, mailing, sector) if mailing else Q()
    if wanted:
        meant &= Q(id__in=list(wanted))
    async with transaction():
        rows = await Delivery.filter(meant).order_by("id").select_for_update()
        if len(rows) < len(wanted) or not rows or any(row.state not in LET for row in rows):
            said = say("One of them is on its way, has arrived, or was handed over already.")
            raise Conflict(Problem("NOT_WAITING", said, "slips"))
        for state in LET:
            same = [row.id for row in rows if row.state is state]
            await _mark(viewer, same, state=DeliveryState.SENT, was=state, lease_until=None)
        await audit.record(viewer, "messages.hand_over", *_of_what(mailing, [row.id for row in rows]))
    return len(rows)


async def came_back(viewer: Viewer, *, delivery: UUID) -> None:
    """Say that a letter came back to the office's own mailbox. Each preview says so of its address from then on.

    Raises Conflict for what did not leave by e-mail; NotThere.
    """
    viewer.must(Action.SEND_MESSAGES)
    async with transaction():
        row = await locked(Delivery, delivery, "delivery")
        if row.channel != EMAIL or row.state is not DeliveryState.SENT or row.was is not None:
            raise Conflict(Problem("NOT_SENT", say("Only what left by e-mail can come back."), "delivery"))
        address = row.address or await Person.get(id=row.person_id).values_list("email", flat=True)
        facts = {"state": DeliveryState.BOUNCED, "was": row.state, "came_back_at": viewer.now, "address": address}
        await _mark(viewer, [delivery], **facts)
        await audit.record(viewer, "messages.came_back", f"dlv_{delivery}", {})


async def take_back(
    viewer: Viewer, *, delivery: UUID | None = None, mailing: UUID | None = None, at: dt.datetime | None = None
) -> int:
    """Take back what the office said of a delivery, or of all of a mailing at one moment; how many. Raises Conflict."""
    viewer.must(Action.SEND_MESSAGES)
    meant = Q(id=delivery) if delivery else Q(mailing_id=mailing, marked_at=at)
    async with transaction():
        rows = await Delivery.filter(meant, was__isnull=False).order_by("id").select_for_update()
        if not rows:
            said = say("The office has said nothing of it, or took it back already.")
            raise Conflict(Problem("NOT_MARKED", said, "delivery"))
        for state in DeliveryState:
            facts = UNMARKED | (SOUND if state is DeliveryState.SENT else {})
            for batch in batches(row.id for row in rows if row.was is state):
                await Delivery.filter(id__in=batch).update(state=state, **facts)
        await audit.record(viewer, "messages.take_back", *_of_what(mailing, [row.id for row in rows]))
    return len(rows)


async def _again(viewer: Viewer, deliveries: Collection[UUID]) -> None:
    """Each leaves by itself, whatever it left with before."""
    begun = {"envelope": F("id"), "due_at": viewer.now, "created_at": viewer.now}
    for batch in batches(deliveries):
        await Delivery.filter(id__in=batch).update(**FRESH, **begun)


async def _mark(viewer: Viewer, deliveries: Collection[UUID], **facts: Any) -> None:
    who = {"marked_at": viewer.now, "marked_by_id": viewer.account}
    for batch in batches(deliveries):
        await Delivery.filter(id__in=batch).update(**who, **facts)


def _of_what(mailing: UUID | None, deliveries: Collection[UUID]) -> tuple[str, dict[str, Any]]:
    """For the trail: the one delivery, or the mailing and which of its deliveries."""
    names = [f"dlv_{one}" for one in deliveries]
    if mailing is None and len(names) == 1:
        return names[0], {}
    return f"mai_{mailing}" if mailing else "", {"deliveries": names}
