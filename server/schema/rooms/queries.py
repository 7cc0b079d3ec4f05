"""What can be asked about reading rooms, bookings, copies and loans."""

import datetime as dt
from typing import Annotated, Any

import strawberry
from tortoise.expressions import Q, Subquery

from server.models import documents, members
from server.models.rooms import desk, slots, tables
from server.models.rooms import queries as rooms
from server.rules.calendar import DAY
from server.rules.documents import ReadMode
from server.rules.permissions import Action
from server.schema.arguments import spread
from server.schema.declared import DESCRIBED, IN_PYTHON
from server.schema.documents import Document
from server.schema.guard import needs
from server.schema.ids import key_of
from server.schema.paging import Connection, Slice, connect
from server.schema.problems import Problems
from server.schema.reading import Answer, Asking, Id
from server.schema.rooms.types import Booking, Loan, PaperCopy, PlannedSlot, ReadingRoom, ReadingSlot, SlotPlan
from server.schema.rows import all_of, day_begins, row_of, seen

OfRoom = Annotated[strawberry.ID, strawberry.argument(description="In which room.")]
InRoom = Annotated[strawberry.ID | None, strawberry.argument(description="Only those of this room.")]
OfDocument = Annotated[strawberry.ID | None, strawberry.argument(description="Only those of this document.")]
Weekdays = Annotated[list[int], strawberry.argument(description="The days of the week, 0 for Monday, 6 for Sunday.")]
TheHours = Annotated[str, strawberry.argument(description="Hours of a day, such as 9:00-11:30, 15:00-17:00.")]
FromDay = Annotated[dt.date, strawberry.argument(description="The first day that it means.")]
Weeks = Annotated[int, strawberry.argument(description="For how many weeks, 1 to 26.")]
OnlyThis = Annotated[strawberry.ID | None, strawberry.argument(description="Only this one.")]
SlotPlanResult = Annotated[
    SlotPlan | Problems, strawberry.union("SlotPlanResult", description="The plan, or why there is none.")
]
Expected = Annotated[str | None, strawberry.argument(description="Words of a name of who is expected.")]
SinceDay = Annotated[dt.date | None, strawberry.argument(description="Only those that end on this day or later.")]
UntilDay = Annotated[dt.date | None, strawberry.argument(description="Only those that begin on this day or before.")]
Overdue = Annotated[bool, strawberry.argument(description="Only those that should have come back by now.")]


@strawberry.type
class RoomQuery:
    """Root fields of this room."""

    @strawberry.field(
        description="The reading rooms, closed ones last.",
        graphql_type=list[ReadingRoom],
        extensions=needs(Action.READ_DOCUMENTS),
        metadata=DESCRIBED,
    )
    async def reading_rooms(self, info: Answer) -> Any:
        """Few by nature."""
        found = tables.ReadingRoom.filter(rooms.visible_rooms(info.context.viewer))
        return await all_of(info.context, found.order_by("created_at", "id"))

    @strawberry.field(
        description="One reading room, null where there is none or not for you.",
        graphql_type=ReadingRoom | None,
        extensions=needs(Action.READ_DOCUMENTS),
        metadata=DESCRIBED,
    )
    async def reading_room(self, info: Answer, id: Id) -> Any:
        """By its ID."""
        return await row_of(info.context, tables.ReadingRoom, key_of(id, tables.ReadingRoom))

    @strawberry.field(
        description="Times in reading rooms that are not over and were not cancelled, the next first.",
        graphql_type=Connection[ReadingSlot],
        extensions=needs(Action.READ_DOCUMENTS),
        metadata=DESCRIBED,
    )
    @spread
    async def reading_slots(self, info: Answer, *, room: InRoom = None, part: Slice) -> Any:
        """See `coming`."""
        asking = info.context
        found = rooms.coming(asking.viewer) & rooms.visible_rooms(asking.viewer)
        if room:
            found &= Q(room_id=await seen(asking, tables.ReadingRoom, room, "room"))
        return await connect(asking, tables.ReadingSlot.filter(found), ("starts_at", "id"), part)

    @strawberry.field(
        description="What a week's pattern of times would add to a room; days off of the assembly are left out.",
        extensions=needs(Action.KEEP_ROOMS),
        metadata=IN_PYTHON,
    )
    async def reading_slot_plan(
        self, info: Answer, room: OfRoom, weekdays: Weekdays, hours: TheHours, starts_on: FromDay, weeks: Weeks = 4
    ) -> SlotPlanResult:
        """Nothing is written."""
        found, without = await slots.slots_plan(
            info.context.viewer,
            room=key_of(room, tables.ReadingRoom, field="room"),
            weekdays=weekdays,
            hours=hours,
            starts_on=starts_on,
            weeks=weeks,
        )
        return SlotPlan(slots=[PlannedSlot(**vars(one)) for one in found], without=without)

    @strawberry.field(
        description="Your own bookings in reading rooms, the latest time first.",
        graphql_type=Connection[Booking],
        extensions=needs(Action.READ_DOCUMENTS),
        metadata=DESCRIBED,
    )
    @spread
    async def own_bookings(self, info: Answer, *, since: SinceDay = None, until: UntilDay = None, part: Slice) -> Any:
        """Those that are over, too."""
        rows = tables.Booking.filter(rooms.own(info.context.viewer)).select_related("slot")
        if since:
            rows = rows.filter(slot__ends_at__gte=day_begins(info.context, since))
        if until:
            rows = rows.filter(slot__starts_at__lt=day_begins(info.context, until, 1))
        return await connect(info.context, rows, ("-slot__starts_at", "id"), part)

    @strawberry.field(
        description="Documents of which you may know that are read in a reading room only, the newest first.",
        graphql_type=Connection[Document],
        extensions=needs(Action.BOOK_READING),
        metadata=DESCRIBED,
    )
    @spread
    async def room_documents(self, info: Answer, *, id: OnlyThis = None, part: Slice) -> Any:
        """Whether you may read one there is in its decisions."""
        asking = info.context
        found = documents.visible_documents(asking.viewer) & Q(read_mode=ReadMode.ROOM_ONLY)
        if id:
            found &= Q(id=key_of(id, documents.Document))
        return await connect(asking, documents.Document.filter(found), ("-created_at", "id"), part)

    @strawberry.field(
        description="Today's desk: who is expected, who is there and who was, by time and name.",
        graphql_type=list[Booking],
        extensions=needs(Action.KEEP_ROOMS),
        metadata=DESCRIBED,
    )
    async def reading_desk(self, info: Answer, search: Expected = None) -> Any:
        """By the day of the assembly."""
        viewer = info.context.viewer
        day: dict[str, Any] = {
            "slot__starts_at__lt": _begins(info.context, 1),
            "slot__ends_at__gt": _begins(info.context),
        }
        found = tables.Booking.filter(rooms.visible_bookings(viewer), **day)
        if search:
            named: Any = {"person_id__in": Subquery(members.Person.filter(members.matching(search)).values("id"))}
            found = found.filter(**named)
        return await all_of(info.context, found.order_by("slot__starts_at", "person__sort_pinyin", "person_id", "id"))

    @strawberry.field(
        description="Numbered copies on paper that you keep, or were handed, by number.",
        graphql_type=Connection[PaperCopy],
        extensions=needs(Action.READ_DOCUMENTS),
        metadata=DESCRIBED,
    )
    @spread
    async def paper_copies(self, info: Answer, *, id: OnlyThis = None, document: OfDocument = None, part: Slice) -> Any:
        """See `visible_copies`."""
        asking = info.context
        found = rooms.visible_copies(asking.viewer)
        if id:
            found &= Q(id=key_of(id, tables.PaperCopy))
        if document:
            found &= Q(document_id=await seen(asking, documents.Document, document, "document"))
        return await connect(asking, tables.PaperCopy.filter(found), ("document_id", "copy_no", "id"), part)

    @strawberry.field(
        description="Loans of copies that you keep, the soonest due first, without those that are back.",
        graphql_type=Connection[Loan],
        extensions=needs(Action.READ_DOCUMENTS),
        metadata=DESCRIBED,
    )
    @spread
    async def loans(self, info: Answer, *, id: OnlyThis = None, overdue: Overdue = False, part: Slice) -> Any:
        """None for who keeps nothing."""
        viewer = info.context.viewer
        found = rooms.kept_loans(viewer) & Q(returned_at__isnull=True)
        if id:
            found &= Q(id=key_of(id, tables.Loan))
        found = found & rooms.overdue(viewer) if overdue else found
        return await connect(info.context, tables.Loan.filter(found), ("due_on", "id"), part)

    @strawberry.field(
        description="Your own loans of copies on paper, the latest first.",
        graphql_type=Connection[Loan],
        extensions=needs(Action.READ_DOCUMENTS),
        metadata=DESCRIBED,
    )
    @spread
    async def own_loans(self, info: Answer, *, part: Slice) -> Any:
        """Those that are back, too."""
        rows = tables.Loan.filter(rooms.own(info.context.viewer))
        return await connect(info.context, rows, ("-out_at", "id"), part)


def _begins(asking: Asking, days: int = 0) -> dt.datetime:
    """The first moment of today, or of the day so many days from it; marked where a statement is written."""
    marks, day, zone = asking.writing, asking.viewer.today, asking.viewer.zone

    def begins(day: dt.date) -> dt.datetime:
        return desk.begins(day + days * DAY, zone)

    return marks.moment(marks.bound(day).then(begins, tells=", and when it begins")) if marks else begins(day)
