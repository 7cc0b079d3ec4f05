"""Booking a time in a reading room for a document that is read there only, and taking that back."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from server.errors import Conflict, Invalid, Problem, Refused
from server.models import audit
from server.models.database import transaction
from server.models.documents.queries import deciding, visible_documents
from server.models.documents.tables import Document
from server.models.history import locked, not_there
from server.models.rooms.queries import visible_bookings
from server.models.rooms.tables import Booking, ReadingSlot
from server.rules.documents import Act, ReadMode, decide
from server.rules.permissions import Action
from server.rules.rooms import HELD, BookingState
from server.viewer import Viewer
from server.words import say

MOST = 10
"""Bookings of one person that are still to come, so that nobody holds all the places."""


async def book(viewer: Viewer, *, slot: UUID, document: UUID) -> Booking:
    """Read that document in that time. Several documents of one person in one time take one place.

    Raises Refused where anything but the room stands in the way of reading it, now or when the time begins (RD-1);
    Conflict where the time is full, over, or booked for it already; NotThere, Invalid.
    """
    viewer.must(Action.BOOK_READING)
    if viewer.person is None:
        raise Refused(Problem("NO_PERSON", say("Your account belongs to nobody in the register.")))
    async with transaction():
        time = await locked(ReadingSlot, slot, "slot")
        await _must_be_readable_there(viewer, document, time)
        must_go_on(viewer, time)
        await _must_be_free(viewer.person, document, time)
        await _must_be_few(viewer)
        row = await Booking.create(
            slot_id=slot,
            person_id=viewer.person,
            document_id=document,
            state=BookingState.BOOKED,
            booked_at=viewer.now,
        )
        await audit.record(viewer, "rooms.book", f"bkg_{row.id}", {"slot": slot, "document": document})
    return row


async def booking_cancel(viewer: Viewer, *, booking: UUID) -> Booking:
    """Give the place back. Raises Conflict for who is there already or does not come any more, NotThere."""
    viewer.must(Action.BOOK_READING)
    async with transaction():
        row = await locked(Booking, booking, "booking")
        if not await Booking.filter(visible_bookings(viewer), id=booking).exists():
            raise not_there("booking")
        if row.state is not BookingState.BOOKED:
            raise Conflict(Problem("NOT_BOOKED", say("This booking does not wait any more."), "booking"))
        await Booking.filter(id=booking).update(state=BookingState.CANCELLED)
        await audit.record(viewer, "rooms.booking_cancel", f"bkg_{booking}", {"person": f"per_{row.person_id}"})
    return await Booking.get(id=booking)


def must_go_on(viewer: Viewer, time: ReadingSlot) -> None:
    """The time is not over and was not cancelled. Raises Conflict."""
    if time.cancelled_at or time.ends_at <= viewer.now:
        raise Conflict(Problem("OVER", say("This time is over, or was cancelled."), "slot"))


async def must_have_place(person: UUID, time: ReadingSlot) -> None:
    """Someone has a place in a time that is locked, or there is one for them. Raises Conflict."""
    held: Any = Booking.filter(slot_id=time.id, state__in=HELD).values_list("person_id", flat=True)
    others = set(await held) - {person}
    if len(others) >= time.capacity:
        raise Conflict(Problem("FULL", say("Every place of this time is taken. Choose another one."), "slot"))


async def _must_be_readable_there(viewer: Viewer, document: UUID, time: ReadingSlot) -> None:
    row = await Document.filter(visible_documents(viewer), id=document).first()
    if row is None:
        raise not_there("document")
    if row.read_mode is not ReadMode.ROOM_ONLY:
        raise Invalid(Problem("NOT_IN_ROOM", say("It is not bound to a reading room."), "document"))
    reader, paper = (await deciding(viewer, [document]))[document]
    inside = replace(reader, in_room=True)
    if not (verdict := decide(inside, paper, Act.READ, viewer.clock)):
        raise Refused(Problem(verdict.code, verdict.reason, "document", verdict.rule))
    if not (then := decide(inside, paper, Act.READ, max(viewer.clock, time.starts_at.astimezone(viewer.zone)))):
        message = say("When that time begins, you may not read it any more: choose an earlier one.")
        raise Refused(Problem("NOT_THEN", message, "slot", then.rule))


async def _must_be_free(person: UUID, document: UUID, time: ReadingSlot) -> None:
    await must_have_place(person, time)
    theirs = Booking.filter(person_id=person, state__in=HELD)
    if await theirs.filter(slot_id=time.id, document_id=document).exists():
        raise Conflict(Problem("BOOKED_ALREADY", say("You have booked this already."), "slot"))
    meeting: Any = {"slot__starts_at__lt": time.ends_at, "slot__ends_at__gt": time.starts_at}
    if await theirs.filter(**meeting).exclude(slot_id=time.id).exists():
        raise Conflict(Problem("ELSEWHERE", say("You have booked another time that overlaps with it."), "slot"))


async def _must_be_few(viewer: Viewer) -> None:
    waiting: Any = {"state": BookingState.BOOKED, "slot__ends_at__gt": viewer.now, "person_id": viewer.person}
    if await Booking.filter(**waiting).count() >= MOST:
        message = say("{count} bookings of yours are still to come. Take one back first.", count=MOST)
        raise Conflict(Problem("TOO_MANY", message))
