"""The tables of reading rooms: rooms, their times, who booked one, and numbered copies on paper with their loans."""

from uuid import UUID

from tortoise import fields

from server.models.accounts.tables import Account
from server.models.documents.tables import Document
from server.models.fields import Keyed
from server.models.members.tables import Person
from server.rules.rooms import BookingState, CopyState


class ReadingRoom(Keyed):
    """A room. place: how to find it. ended_at: it is none any more."""

    name_zh = fields.CharField(max_length=100, default="")
    name_en = fields.CharField(max_length=100, default="")
    place = fields.CharField(max_length=200, default="")
    created_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "reading_room"


class ReadingSlot(Keyed):
    """A time in a room. capacity: people at once."""

    room: fields.ForeignKeyRelation[ReadingRoom] = fields.ForeignKeyField(
        "luzhi.ReadingRoom", related_name="slots", on_delete=fields.RESTRICT
    )
    room_id: UUID
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    capacity = fields.IntField()
    cancelled_at = fields.DatetimeField(null=True)

    class Meta:
        table = "reading_slot"


class Booking(Keyed):
    """Someone reads a document in a slot. checked_in_by: who let them in."""

    slot: fields.ForeignKeyRelation[ReadingSlot] = fields.ForeignKeyField(
        "luzhi.ReadingSlot", related_name="bookings", on_delete=fields.RESTRICT
    )
    slot_id: UUID
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "luzhi.Person", related_name="bookings", on_delete=fields.RESTRICT
    )
    person_id: UUID
    document: fields.ForeignKeyRelation[Document] = fields.ForeignKeyField(
        "luzhi.Document", related_name="bookings", on_delete=fields.RESTRICT
    )
    document_id: UUID
    state = fields.CharEnumField(BookingState, max_length=20)
    booked_at = fields.DatetimeField()
    checked_in_at = fields.DatetimeField(null=True)
    checked_in_by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "luzhi.Account", null=True, related_name=False, on_delete=fields.RESTRICT
    )
    checked_in_by_id: UUID | None
    left_at = fields.DatetimeField(null=True)

    class Meta:
        table = "booking"


class PaperCopy(Keyed):
    """A numbered copy on paper."""

    document: fields.ForeignKeyRelation[Document] = fields.ForeignKeyField(
        "luzhi.Document", related_name="copies", on_delete=fields.RESTRICT
    )
    document_id: UUID
    copy_no = fields.IntField()
    state = fields.CharEnumField(CopyState, max_length=20)

    class Meta:
        table = "paper_copy"


class Loan(Keyed):
    """A copy was handed to someone. anomaly: what was wrong when it came back, or how it was lost; else empty.

    checked_by: who looked at it when it came back. lost_at: it was said to be lost then.
    """

    copy: fields.ForeignKeyRelation[PaperCopy] = fields.ForeignKeyField(
        "luzhi.PaperCopy", related_name="loans", on_delete=fields.RESTRICT
    )
    copy_id: UUID
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "luzhi.Person", related_name="loans", on_delete=fields.RESTRICT
    )
    person_id: UUID
    out_at = fields.DatetimeField()
    out_by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "luzhi.Account", null=True, related_name=False, on_delete=fields.RESTRICT
    )
    out_by_id: UUID | None
    due_on = fields.DateField()
    renewals = fields.IntField(default=0)
    returned_at = fields.DatetimeField(null=True)
    lost_at = fields.DatetimeField(null=True)
    checked_by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "luzhi.Account", null=True, related_name=False, on_delete=fields.RESTRICT
    )
    checked_by_id: UUID | None
    anomaly = fields.CharField(max_length=500, default="")

    class Meta:
        table = "loan"
