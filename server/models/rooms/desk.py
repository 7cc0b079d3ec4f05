"""The desk of a reading room: who comes, who goes, who did not come. Being checked in opens what was booked (RD-1)."""

import datetime as dt
from uuid import UUID
from zoneinfo import ZoneInfo

from server.errors import Conflict, Problem, Refused
from server.models import audit
from server.models.database import transaction
from server.models.history import locked, there
from server.models.rooms.booking import must_go_on, must_have_place
from server.models.rooms.queries import of_slot
from server.models.rooms.tables import Booking, ReadingSlot
from server.rules.permissions import Action
from server.rules.rooms import EARLY, BookingState, span_of
from server.viewer import Viewer
from server.words import Words, say

WHOLE = (dt.time(), dt.time())
COMING = {BookingState.BOOKED: (BookingState.BOOKED,), BookingState.LEFT: (BookingState.LEFT, BookingState.BOOKED)}
"""By the booking that is shown at the desk: those that it opens. Who left and comes again has all of it again."""


async def arrive(viewer: Viewer, *, booking: UUID) -> Booking:
    """Its person is here: all that they booked in this time is open to them until it ends or they leave.

    Who left comes in again the same way. Raises Conflict where it is too early or over, or the place was given away;
    Refused for oneself.
    """
    viewer.must(Action.KEEP_ROOMS)
    async with transaction():
        row, time = await _at(booking)
        must_go_on(viewer, time)
        _must_be_another(viewer, row)
        if viewer.now < time.starts_at - EARLY:
            raise Conflict(Problem("TOO_EARLY", say("This time has not come yet."), "booking"))
        if row.state not in COMING:
            raise Conflict(Problem("NOT_EXPECTED", say("Nobody waits to come in by this booking."), "booking"))
        await must_have_place(row.person_id, time)
        facts = {"checked_in_at": viewer.now, "checked_in_by_id": viewer.account, "left_at": None}
        keys = await _coming(row)
        await Booking.filter(id__in=keys).update(state=BookingState.CHECKED_IN, **facts)
        await _noted(viewer, "rooms.arrive", row, keys)
    return await Booking.get(id=booking)


async def leave(viewer: Viewer, *, booking: UUID) -> Booking:
    """Its person goes: nothing is open to them there from now on. Raises Conflict for who is not there."""
    viewer.must(Action.KEEP_ROOMS)
    async with transaction():
        row, _ = await _at(booking)
        if row.state is not BookingState.CHECKED_IN:
            raise Conflict(Problem("NOT_HERE", say("They are not checked in."), "booking"))
        here = Booking.filter(of_slot(row), state=BookingState.CHECKED_IN)
        keys = [one.id for one in await here]
        await Booking.filter(id__in=keys).update(state=BookingState.LEFT, left_at=viewer.now)
        await _noted(viewer, "rooms.leave", row, keys)
    return await Booking.get(id=booking)


async def end_times(viewer: Viewer) -> Words:
    """What ended by itself: who did not come missed it, and who was there has left. What was done."""
    viewer.must(Action.KEEP_ROOMS)
    async with transaction():
        over = Booking.filter(slot__ends_at__lte=viewer.now).select_related("slot").order_by("id")
        missed = [row.id for row in await over.filter(state=BookingState.BOOKED)]
        there_still = await over.filter(state=BookingState.CHECKED_IN)
        await Booking.filter(id__in=missed, state=BookingState.BOOKED).update(state=BookingState.MISSED)
        for row in there_still:
            gone = {"state": BookingState.LEFT, "left_at": row.slot.ends_at}
            await Booking.filter(id=row.id, state=BookingState.CHECKED_IN).update(**gone)
        left = [row.id for row in there_still]
        if missed or left:
            await audit.record(viewer, "rooms.end_times", "", {"missed": missed, "left": left})
    return say("{missed} bookings missed, {left} readings ended.", missed=len(missed), left=len(left))


def begins(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    """The first moment of the day where the assembly sits."""
    return span_of(day, WHOLE, zone)[0]


async def _at(booking: UUID) -> tuple[Booking, ReadingSlot]:
    """The booking, and its time, which is locked: who books or comes at the same moment waits."""
    row = await there(Booking, booking, "booking")
    time = await locked(ReadingSlot, row.slot_id)
    return await there(Booking, booking, "booking"), time


async def _coming(row: Booking) -> list[UUID]:
    """Each document once, even where it was booked anew after leaving."""
    theirs = await Booking.filter(of_slot(row), state__in=COMING[row.state]).order_by("id")
    anew_last = sorted(theirs, key=lambda one: one.state is BookingState.BOOKED)
    return list({one.document_id: one.id for one in anew_last}.values())


def _must_be_another(viewer: Viewer, row: Booking) -> None:
    if viewer.person == row.person_id:
        raise Refused(Problem("ONESELF", say("Somebody else at the desk lets you in."), "booking", "RD-3"))


async def _noted(viewer: Viewer, action: str, row: Booking, keys: list[UUID]) -> None:
    said = {"person": f"per_{row.person_id}", "slot": row.slot_id, "bookings": keys}
    await audit.record(viewer, action, f"bkg_{row.id}", said)
