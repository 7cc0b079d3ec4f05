"""Rooms, their times and who booked them; copies on paper and who has them."""

import datetime as dt
from collections import defaultdict
from typing import Annotated, Any
from uuid import UUID

import strawberry
from tortoise.expressions import Q

from server.models import accounts, documents, members
from server.models.reads import Columns
from server.models.rooms import queries as rooms
from server.models.rooms import tables
from server.rules.rooms import HELD, BookingState, CopyState, LoanState, SlotStanding, loan_state
from server.schema.accounts import Account
from server.schema.documents import Document
from server.schema.making import made, makes
from server.schema.members import Person
from server.schema.node import Node
from server.schema.reading import Answer, chosen, column, computed, many, one, reads
from server.schema.rows import batch

SlotRow = strawberry.Parent[tables.ReadingSlot]
LoanRow = strawberry.Parent[tables.Loan]


@strawberry.type(description="A room in which documents are read that leave it neither on a screen nor on paper.")
@reads(tables.ReadingRoom, rooms.visible_rooms)
class ReadingRoom(Node):
    """A reading room."""

    name: str = chosen("name", "Its name, in your language where it is known.")
    name_zh: str = column("Its name in Chinese, or empty.")
    name_en: str = column("Its name in Latin letters, or empty.")
    place: str = column("How to find it, or empty.")
    ended_at: dt.datetime | None = column("When it was closed for good; null while it is a reading room.")


@strawberry.type(description="A time in a reading room.")
@reads(tables.ReadingSlot, rooms.visible_rooms)
class ReadingSlot(Node):
    """A time that can be booked."""

    room = one(tables.ReadingRoom, "room", ReadingRoom | None, "In which room it is.")
    starts_at: dt.datetime = column("When it begins.")
    ends_at: dt.datetime = column("When it ends: then nothing is open there any more.")
    capacity: int = column("How many people there can be at once.")
    cancelled_at: dt.datetime | None = column("When it was cancelled; null where it was not.")

    @makes("How many places are free; one person takes one, whatever they read.", "id", "capacity")
    async def free(root: SlotRow, info: Answer) -> int:
        """On the ordinary road one statement for all times of an answer."""
        if info.context.writing:
            held = Columns(_held([root.id]), ("person_id",))
            return await made(info.context, {"held": held}, lambda found: root.capacity - len(set(found["held"])))
        return root.capacity - await batch(info.context, "held places", _people, root.id)


def _held(slots: list[UUID]) -> Any:
    return tables.Booking.filter(slot_id__in=slots, state__in=HELD)


async def _people(slots: list[UUID]) -> list[int]:
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for slot, person in await _held(slots).values_list("slot_id", "person_id"):
        found[slot].add(person)
    return [len(found[slot]) for slot in slots]


@strawberry.type(description="Someone's place in a time, to read one document.")
@reads(tables.Booking, rooms.visible_bookings)
class Booking(Node):
    """A booking."""

    slot = one(tables.ReadingSlot, "slot", ReadingSlot | None, "The time.")
    person = one(members.Person, "person", Person | None, "Who reads; null where you may not see them.")
    document = one(documents.Document, "document", Document | None, "What is read; null where you may not know of it.")
    state: BookingState = column("What became of it.")
    booked_at: dt.datetime = column("When it was booked.")
    checked_in_at: dt.datetime | None = column("When its person was last let in; null for never.")
    checked_in_by = one(accounts.Account, "checked_in_by", Account | None, "Who let them in.")
    left_at: dt.datetime | None = column("When its person left; null where they have not.")


@strawberry.type(description="That a person was handed a numbered copy on paper, and how it came back (RD-3).")
@reads(tables.Loan, rooms.visible_loans)
class Loan(Node):
    """A loan."""

    copy = one(
        tables.PaperCopy,
        "copy",
        Annotated["PaperCopy", strawberry.lazy("server.schema.rooms.types")] | None,
        "The copy.",
    )
    person = one(members.Person, "person", Person | None, "Who has or had it; null where you may not see them.")
    out_at: dt.datetime = column("When it was handed out.")
    due_on: dt.date = column("The day by which it comes back.")
    renewals: int = column("How often that day was put off.")
    returned_at: dt.datetime | None = column("When its borrower brought it back; null where they have not.")
    lost_at: dt.datetime | None = column("When it was said to be lost; null where it was not.")
    checked_by = one(accounts.Account, "checked_by", Account | None, "Who looked at it when it came back.")
    anomaly: str = column("What was wrong with it, or how it was lost; else empty.")

    @computed("How it stands today.", "due_on", "returned_at", "lost_at")
    def state(root: LoanRow, info: Answer) -> LoanState:
        """By the day of the assembly."""
        viewer = info.context.viewer
        back = root.returned_at.astimezone(viewer.zone).date() if root.returned_at else None
        return loan_state(root.due_on, viewer.today, returned_on=back, lost=root.lost_at is not None)


@strawberry.type(description="A numbered copy of a document on paper.")
@reads(tables.PaperCopy, rooms.visible_copies)
class PaperCopy(Node):
    """A copy."""

    document = one(documents.Document, "document", Document | None, "Of what; null where you may not know of it.")
    copy_no: int = column("Its number among the copies of the document.")
    state: CopyState = column("Where it is.")
    loans = many(tables.Loan, "copy", Loan, "To whom it was handed, the last first.", order=("-out_at", "id"))
    out = many(
        tables.Loan,
        "copy",
        Loan,
        "The loan by which it is out or lost; none where it is neither.",
        where=Q(returned_at__isnull=True),
    )


@strawberry.type(description="One time of a week's pattern.")
class PlannedSlot:
    """Nothing of it is written yet."""

    starts_at: dt.datetime = strawberry.field(description="When it would begin.")
    ends_at: dt.datetime = strawberry.field(description="When it would end.")
    standing: SlotStanding = strawberry.field(description="What becomes of it.")


@strawberry.type(description="What a week's pattern would add.")
class SlotPlan:
    """A preview."""

    slots: list[PlannedSlot] = strawberry.field(description="Each time of the pattern, by time.")
    without: int | None = strawberry.field(
        description="The first year whose public holidays are not known, so that they are not left out; else null."
    )
