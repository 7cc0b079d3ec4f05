"""What can be changed about reading rooms, bookings, copies and loans. Each answer is the thing, or the problems."""

import datetime as dt
from typing import Annotated

import strawberry

from server.models import documents, members
from server.models.rooms import booking as bookings
from server.models.rooms import desk, lending, slots, tables
from server.rules.permissions import Action
from server.schema.guard import needs
from server.schema.ids import key_of
from server.schema.problems import Problems
from server.schema.reading import Answer, Id, given, shows
from server.schema.rooms.queries import FromDay, OfRoom, TheHours, Weekdays, Weeks
from server.schema.rooms.types import Booking, Loan, PaperCopy, ReadingRoom, ReadingSlot

UNSET = strawberry.UNSET


@strawberry.input(description="Facts about a reading room; what is left out stays as it is.")
class RoomChange:
    """See `server.models.rooms.slots.RoomFacts`."""

    name_zh: str | None = strawberry.field(default=UNSET, description="Its name in Chinese.")
    name_en: str | None = strawberry.field(default=UNSET, description="Its name in Latin letters.")
    place: str | None = strawberry.field(default=UNSET, description="How to find it.")


@strawberry.type(description="The reading room as it is now.")
class RoomPayload:
    """Success."""

    room: ReadingRoom = strawberry.field(description="The room.")


@strawberry.type(description="The times that were added.")
class SlotsPayload:
    """Success."""

    count: int = strawberry.field(description="How many.")
    slots: list[ReadingSlot] = strawberry.field(description="The times.")


@strawberry.type(description="The time as it is now.")
class SlotPayload:
    """Success."""

    slot: ReadingSlot = strawberry.field(description="The time.")


@strawberry.type(description="The booking as it is now.")
class BookingPayload:
    """Success."""

    booking: Booking = strawberry.field(description="The booking.")


@strawberry.type(description="The copies that were numbered.")
class CopiesPayload:
    """Success."""

    count: int = strawberry.field(description="How many.")
    copies: list[PaperCopy] = strawberry.field(description="The copies.")


@strawberry.type(description="The copy as it is now.")
class CopyPayload:
    """Success."""

    copy: PaperCopy = strawberry.field(description="The copy.")


@strawberry.type(description="The loan as it is now.")
class LoanPayload:
    """Success."""

    loan: Loan = strawberry.field(description="The loan.")


@strawberry.type(description="Who has something overdue was reminded.")
class LoansRemindPayload:
    """Success."""

    count: int = strawberry.field(description="How many copies are overdue.")


RoomResult = Annotated[RoomPayload | Problems, strawberry.union("RoomResult", description="The room, or why not.")]
SlotsResult = Annotated[SlotsPayload | Problems, strawberry.union("SlotsResult", description="Times, or why not.")]
SlotResult = Annotated[SlotPayload | Problems, strawberry.union("SlotResult", description="The time, or why not.")]
BookingResult = Annotated[
    BookingPayload | Problems, strawberry.union("BookingResult", description="The booking, or why not.")
]
CopiesResult = Annotated[CopiesPayload | Problems, strawberry.union("CopiesResult", description="Copies, or why not.")]
CopyResult = Annotated[CopyPayload | Problems, strawberry.union("CopyResult", description="The copy, or why not.")]
LoanResult = Annotated[LoanPayload | Problems, strawberry.union("LoanResult", description="The loan, or why not.")]
LoansRemindResult = Annotated[
    LoansRemindPayload | Problems, strawberry.union("LoansRemindResult", description="How many, or why not.")
]
RoomFacts = Annotated[RoomChange, strawberry.argument(description="What is said of it.")]
Reason = Annotated[str, strawberry.argument(description="Why; who booked is told.")]
Because = Annotated[str, strawberry.argument(description="Why it can be handed out again.")]
HowLost = Annotated[str, strawberry.argument(description="How it was lost.")]
OnDay = Annotated[dt.date, strawberry.argument(description="The day.")]
Capacity = Annotated[int, strawberry.argument(description="How many people there can be at once.")]
InSlot = Annotated[strawberry.ID, strawberry.argument(description="The time.")]
ToRead = Annotated[strawberry.ID, strawberry.argument(description="What you want to read then.")]
OfWhat = Annotated[strawberry.ID, strawberry.argument(description="Of which document.")]
HowMany = Annotated[int, strawberry.argument(description="How many more, 1 to 100.")]
ToWhom = Annotated[strawberry.ID, strawberry.argument(description="Who is handed it.")]
InPerson = Annotated[bool, strawberry.argument(description="That its borrower brings it in person; no other may.")]
Anomaly = Annotated[str, strawberry.argument(description="What is wrong with it, such as a missing page; or nothing.")]


@strawberry.type
class RoomMutation:
    """Root fields that change this room."""

    @strawberry.mutation(description="A new reading room.", extensions=needs(Action.KEEP_ROOMS))
    async def reading_room_add(self, info: Answer, facts: RoomFacts) -> RoomResult:
        """It has no times yet."""
        row = await slots.room_add(info.context.viewer, **given(facts, tables.ReadingRoom))
        return shows(RoomPayload, room=row)

    @strawberry.mutation(description="Other facts about a reading room.", extensions=needs(Action.KEEP_ROOMS))
    async def reading_room_change(self, info: Answer, id: Id, change: RoomFacts) -> RoomResult:
        """What is left out stays."""
        row = await slots.room_change(
            info.context.viewer, room=key_of(id, tables.ReadingRoom), **given(change, tables.ReadingRoom)
        )
        return shows(RoomPayload, room=row)

    @strawberry.mutation(
        description="Closes a reading room for good, and cancels its times; who booked one is told.",
        extensions=needs(Action.KEEP_ROOMS),
    )
    async def reading_room_close(self, info: Answer, id: Id, reason: Reason) -> RoomResult:
        """Nothing reopens it."""
        row = await slots.room_close(info.context.viewer, room=key_of(id, tables.ReadingRoom), reason=reason)
        return shows(RoomPayload, room=row)

    @strawberry.mutation(description="Adds the times of one day to a room.", extensions=needs(Action.KEEP_ROOMS))
    async def reading_slots_add(
        self, info: Answer, room: OfRoom, day: OnDay, hours: TheHours, capacity: Capacity
    ) -> SlotsResult:
        """Whatever day that is."""
        rows = await slots.slots_add(
            info.context.viewer,
            room=key_of(room, tables.ReadingRoom, field="room"),
            day=day,
            hours=hours,
            capacity=capacity,
        )
        return shows(SlotsPayload, count=len(rows), slots=rows)

    @strawberry.mutation(
        description="Adds the times of a week's pattern to a room, as `readingSlotPlan` shows them.",
        extensions=needs(Action.KEEP_ROOMS),
    )
    async def reading_slots_apply(
        self,
        info: Answer,
        room: OfRoom,
        weekdays: Weekdays,
        hours: TheHours,
        starts_on: FromDay,
        capacity: Capacity,
        weeks: Weeks = 4,
    ) -> SlotsResult:
        """Those that are new by then."""
        rows = await slots.slots_apply(
            info.context.viewer,
            room=key_of(room, tables.ReadingRoom, field="room"),
            capacity=capacity,
            weekdays=weekdays,
            hours=hours,
            starts_on=starts_on,
            weeks=weeks,
        )
        return shows(SlotsPayload, count=len(rows), slots=rows)

    @strawberry.mutation(
        description="Cancels a time; who booked it is told, and who is there reads no longer.",
        extensions=needs(Action.KEEP_ROOMS),
    )
    async def reading_slot_cancel(self, info: Answer, id: Id, reason: Reason) -> SlotResult:
        """As long as it is not over."""
        row = await slots.slot_cancel(info.context.viewer, slot=key_of(id, tables.ReadingSlot), reason=reason)
        return shows(SlotPayload, slot=row)

    @strawberry.mutation(
        description="Books a time to read a document that only the room keeps from you.",
        extensions=needs(Action.BOOK_READING),
    )
    async def booking_add(self, info: Answer, slot: InSlot, document: ToRead) -> BookingResult:
        """Never more people than there are places."""
        row = await bookings.book(
            info.context.viewer,
            slot=key_of(slot, tables.ReadingSlot, field="slot"),
            document=key_of(document, documents.Document, field="document"),
        )
        return shows(BookingPayload, booking=row)

    @strawberry.mutation(description="Gives a booked place back.", extensions=needs(Action.BOOK_READING))
    async def booking_cancel(self, info: Answer, id: Id) -> BookingResult:
        """One's own, or for the desk anyone's."""
        row = await bookings.booking_cancel(info.context.viewer, booking=key_of(id, tables.Booking))
        return shows(BookingPayload, booking=row)

    @strawberry.mutation(
        description="Its person is here: all that they booked in that time is open to them until it ends.",
        extensions=needs(Action.KEEP_ROOMS),
    )
    async def booking_arrive(self, info: Answer, id: Id) -> BookingResult:
        """From half an hour before; nothing opens before the time begins."""
        row = await desk.arrive(info.context.viewer, booking=key_of(id, tables.Booking))
        return shows(BookingPayload, booking=row)

    @strawberry.mutation(
        description="Its person leaves: nothing is open to them there from now on.",
        extensions=needs(Action.KEEP_ROOMS),
    )
    async def booking_leave(self, info: Answer, id: Id) -> BookingResult:
        """They may come in again."""
        row = await desk.leave(info.context.viewer, booking=key_of(id, tables.Booking))
        return shows(BookingPayload, booking=row)

    @strawberry.mutation(
        description="Numbers more copies of a document on paper, on from the last.",
        extensions=needs(Action.MANAGE_DOCUMENTS),
    )
    async def paper_copies_add(self, info: Answer, document: OfWhat, count: HowMany) -> CopiesResult:
        """Also of an entry of the catalogue without a file."""
        key = key_of(document, documents.Document, field="document")
        rows = await lending.copies_add(info.context.viewer, document=key, count=count)
        return shows(CopiesPayload, count=len(rows), copies=rows)

    @strawberry.mutation(
        description="Puts a copy back into the store that came back with something wrong.",
        extensions=needs(Action.MANAGE_DOCUMENTS),
    )
    async def paper_copy_put_back(self, info: Answer, id: Id, reason: Because) -> CopyResult:
        """After it was looked at."""
        row = await lending.copy_put_back(info.context.viewer, copy=key_of(id, tables.PaperCopy), reason=reason)
        return shows(CopyPayload, copy=row)

    @strawberry.mutation(
        description="Hands a copy to a person who may read the document now.",
        extensions=needs(Action.MANAGE_DOCUMENTS),
    )
    async def loan_give(self, info: Answer, id: Id, person: ToWhom) -> LoanResult:
        """In the room only, to who is checked in for it."""
        row = await lending.loan_give(
            info.context.viewer,
            copy=key_of(id, tables.PaperCopy),
            person=key_of(person, members.Person, field="person"),
        )
        return shows(LoanPayload, loan=row)

    @strawberry.mutation(
        description="Puts off the day by which a copy comes back, to a week from today.",
        extensions=needs(Action.MANAGE_DOCUMENTS),
    )
    async def loan_renew(self, info: Answer, id: Id) -> LoanResult:
        """As long as its borrower may read it, and has nothing overdue."""
        row = await lending.loan_renew(info.context.viewer, loan=key_of(id, tables.Loan))
        return shows(LoanPayload, loan=row)

    @strawberry.mutation(
        description="A copy is back: its borrower brought it, and you looked at it.",
        extensions=needs(Action.MANAGE_DOCUMENTS),
    )
    async def loan_return(self, info: Answer, id: Id, in_person: InPerson = False, anomaly: Anomaly = "") -> LoanResult:
        """One that was lost comes back so, too."""
        row = await lending.loan_return(
            info.context.viewer, loan=key_of(id, tables.Loan), in_person=in_person, anomaly=anomaly
        )
        return shows(LoanPayload, loan=row)

    @strawberry.mutation(
        description="A copy that is out is not to be found.", extensions=needs(Action.MANAGE_DOCUMENTS)
    )
    async def loan_lost(self, info: Answer, id: Id, reason: HowLost) -> LoanResult:
        """It may come back after all."""
        row = await lending.loan_lost(info.context.viewer, loan=key_of(id, tables.Loan), reason=reason)
        return shows(LoanPayload, loan=row)

    @strawberry.mutation(
        description="Reminds, once a day, those who have a copy of yours that is overdue.",
        extensions=needs(Action.MANAGE_DOCUMENTS),
    )
    async def loans_remind(self, info: Answer) -> LoansRemindResult:
        """It is done each morning by itself, too."""
        return LoansRemindPayload(count=await lending.loans_remind(info.context.viewer))
