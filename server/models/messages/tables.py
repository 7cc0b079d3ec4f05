"""What people are told, by which way each message goes to them, and what they chose."""

import datetime as dt
from typing import TYPE_CHECKING, Any
from uuid import UUID

from tortoise import fields

from server.models.fields import Keyed
from server.rules.messages import TITLE, DeliveryState, Mode, Topic, Urgency

if TYPE_CHECKING:  # those rooms tell people things, so they know this one
    from server.models.accounts.tables import Account, Invitation
    from server.models.members.tables import Person


def _holder(model: str, related: Any = False) -> Any:
    return fields.ForeignKeyField(f"luzhi.{model}", null=True, related_name=related, on_delete=fields.RESTRICT)


class Mailing(Keyed):
    """A message that the office writes to many. to: whom that is, in words; its readers are rows of their own.

    outside: its text may leave the house, not only its title and a link. sent_at: None while it is a draft. reminds:
    the one that its readers have not confirmed.
    """

    title_zh = fields.CharField(max_length=TITLE, default="")
    title_en = fields.CharField(max_length=TITLE, default="")
    text_zh = fields.TextField(default="")
    text_en = fields.TextField(default="")
    outside = fields.BooleanField(default=False)
    urgent = fields.BooleanField(default=False)
    to_zh = fields.CharField(max_length=500, default="")
    to_en = fields.CharField(max_length=500, default="")
    written_at = fields.DatetimeField()
    written_by: fields.ForeignKeyNullableRelation["Account"] = _holder("Account")
    written_by_id: UUID | None
    sent_at = fields.DatetimeField(null=True)
    reminds: fields.ForeignKeyNullableRelation["Mailing"] = _holder("Mailing", "reminders")
    reminds_id: UUID | None

    class Meta:
        table = "mailing"


class MailingReader(Keyed):
    """Someone who gets a mailing, as it was looked at before it was sent."""

    mailing: fields.ForeignKeyRelation[Mailing] = fields.ForeignKeyField(
        "luzhi.Mailing", related_name="readers", on_delete=fields.RESTRICT
    )
    mailing_id: UUID
    person: fields.ForeignKeyRelation["Person"] = fields.ForeignKeyField(
        "luzhi.Person", related_name="mailings", on_delete=fields.RESTRICT
    )
    person_id: UUID

    class Meta:
        table = "mailing_reader"


class Message(Keyed):
    """What one person, or an account that is nobody's, is told: in both languages, once for each key.

    The title holds nothing confidential, since it leaves the house. link: a page of ours. outside: see `Mailing`.
    invitation: the one whose link stands in the letter.
    """

    topic = fields.CharEnumField(Topic, max_length=40)
    urgency = fields.IntField(default=Urgency.USUAL.value)
    person: fields.ForeignKeyNullableRelation["Person"] = _holder("Person", "messages")
    person_id: UUID | None
    account: fields.ForeignKeyNullableRelation["Account"] = _holder("Account", "messages")
    account_id: UUID | None
    mailing: fields.ForeignKeyNullableRelation[Mailing] = _holder("Mailing", "messages")
    mailing_id: UUID | None
    invitation: fields.ForeignKeyNullableRelation["Invitation"] = _holder("Invitation")
    invitation_id: UUID | None
    title_zh = fields.CharField(max_length=TITLE)
    title_en = fields.CharField(max_length=TITLE)
    text_zh = fields.TextField(default="")
    text_en = fields.TextField(default="")
    outside = fields.BooleanField(default=False)
    link = fields.CharField(max_length=500, default="")
    created_at = fields.DatetimeField()
    read_at = fields.DatetimeField(null=True)

    class Meta:
        table = "message"


class Delivery(Keyed):
    """One message on its way out of the house. envelope: what leaves together, in one letter with one Message-ID.

    tries: how often its recipient was refused. lease_until: how long the process that sends it has it for itself.
    said: the last that the other side answered, or why it was given up. address: the e-mail address to which it went;
    came_back_at: when it came back from there. was, marked_at, marked_by: where it stood before the office said what
    became of it, when that was, and who said so.
    """

    message: fields.ForeignKeyRelation[Message] = fields.ForeignKeyField(
        "luzhi.Message", related_name="deliveries", on_delete=fields.RESTRICT
    )
    message_id: UUID
    person: fields.ForeignKeyNullableRelation["Person"] = _holder("Person", "deliveries")
    person_id: UUID | None
    mailing: fields.ForeignKeyNullableRelation[Mailing] = _holder("Mailing", "deliveries")
    mailing_id: UUID | None
    channel = fields.CharField(max_length=40)
    state = fields.CharEnumField(DeliveryState, max_length=20, default=DeliveryState.WAITING)
    urgency = fields.IntField(default=Urgency.USUAL.value)
    digest = fields.BooleanField(default=False)
    envelope = fields.UUIDField()
    due_at = fields.DatetimeField()
    tries = fields.IntField(default=0)
    lease_until = fields.DatetimeField(null=True)
    said = fields.CharField(max_length=500, default="")
    address = fields.CharField(max_length=254, default="", db_default="")
    came_back_at: dt.datetime | None = fields.DatetimeField(null=True)
    was = fields.CharEnumField(DeliveryState, max_length=20, null=True)
    marked_at: dt.datetime | None = fields.DatetimeField(null=True)
    marked_by: fields.ForeignKeyNullableRelation["Account"] = _holder("Account")
    marked_by_id: UUID | None
    created_at = fields.DatetimeField()
    done_at: dt.datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "delivery"


class MessageChoice(Keyed):
    """How someone wants messages of one topic by one way, since when; what was chosen before is ended and stays."""

    person: fields.ForeignKeyNullableRelation["Person"] = _holder("Person", "message_choices")
    person_id: UUID | None
    account: fields.ForeignKeyNullableRelation["Account"] = _holder("Account", "message_choices")
    account_id: UUID | None
    topic = fields.CharEnumField(Topic, max_length=40)
    channel = fields.CharField(max_length=40)
    mode = fields.CharEnumField(Mode, max_length=20)
    consent_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "message_choice"


class MessageHours(Keyed):
    """When someone is left in peace, and when a digest comes; see `server.rules.messages.Hours`."""

    person: fields.ForeignKeyNullableRelation["Person"] = _holder("Person", "message_hours")
    person_id: UUID | None
    account: fields.ForeignKeyNullableRelation["Account"] = _holder("Account", "message_hours")
    account_id: UUID | None
    quiet_from = fields.IntField()
    quiet_until = fields.IntField()
    digest_day = fields.IntField()
    digest_hour = fields.IntField()

    class Meta:
        table = "message_hours"
