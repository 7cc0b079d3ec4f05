"""The tables of announcements: what is told to whom from when on, each version of it, who has read it, what is said."""

from uuid import UUID

from tortoise import fields

from server.models.accounts.tables import Account
from server.models.bodies.tables import Body
from server.models.documents.tables import Document
from server.models.fields import Keyed
from server.models.members.tables import Person
from server.rules.announcements import AnnouncementAudience, AnnouncementKind, AnnouncementState
from server.rules.documents import Level
from server.rules.permissions import Role


class Announcement(Keyed):
    """Something that is told. origin: the department it comes from. occurred_on: when it happened (AD-2).

    publish_at: from when on it is there for whom it is for. display_until, comment_until: the last days on which it is
    displayed, and on which people can comment. version: 0 while nobody was told; its text is that of this version
    (AD-1). told_at: people were told. reason: why it was withdrawn.
    """

    kind = fields.CharEnumField(AnnouncementKind, max_length=30)
    state = fields.CharEnumField(AnnouncementState, max_length=20)
    audience = fields.CharEnumField(AnnouncementAudience, max_length=20)
    level = fields.CharEnumField(Level, max_length=20)
    origin: fields.ForeignKeyNullableRelation[Body] = fields.ForeignKeyField(
        "luzhi.Body", null=True, related_name="announcements", on_delete=fields.RESTRICT
    )
    origin_id: UUID | None
    occurred_on = fields.DateField(null=True)
    title_zh = fields.CharField(max_length=200, default="")
    title_en = fields.CharField(max_length=200, default="")
    body_zh = fields.TextField(default="")
    body_en = fields.TextField(default="")
    version = fields.IntField(default=0)
    publish_at = fields.DatetimeField(null=True)
    display_until = fields.DateField(null=True)
    comment_until = fields.DateField(null=True)
    told_at = fields.DatetimeField(null=True)
    reason = fields.CharField(max_length=500, default="")
    created_at = fields.DatetimeField()
    created_by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "luzhi.Account", null=True, related_name=False, on_delete=fields.RESTRICT
    )
    created_by_id: UUID | None
    updated_at = fields.DatetimeField()

    class Meta:
        table = "announcement"


class AnnouncementBody(Keyed):
    """A body whose people an announcement is for, where its audience is bodies."""

    announcement: fields.ForeignKeyRelation[Announcement] = fields.ForeignKeyField(
        "luzhi.Announcement", related_name="bodies", on_delete=fields.RESTRICT
    )
    announcement_id: UUID
    body: fields.ForeignKeyRelation[Body] = fields.ForeignKeyField(
        "luzhi.Body", related_name=False, on_delete=fields.RESTRICT
    )
    body_id: UUID

    class Meta:
        table = "announcement_body"


class AnnouncementRole(Keyed):
    """A role whose holders an announcement is for, where its audience is roles."""

    announcement: fields.ForeignKeyRelation[Announcement] = fields.ForeignKeyField(
        "luzhi.Announcement", related_name="roles", on_delete=fields.RESTRICT
    )
    announcement_id: UUID
    role = fields.CharEnumField(Role, max_length=20)

    class Meta:
        table = "announcement_role"


class AnnouncementVersion(Keyed):
    """What stood there from when on. n: 1 as it was published, then one for each correction. changed: what and why.

    Never edited: what was told stays to be seen (AD-1).
    """

    announcement: fields.ForeignKeyRelation[Announcement] = fields.ForeignKeyField(
        "luzhi.Announcement", related_name="versions", on_delete=fields.RESTRICT
    )
    announcement_id: UUID
    n = fields.IntField()
    title_zh = fields.CharField(max_length=200, default="")
    title_en = fields.CharField(max_length=200, default="")
    body_zh = fields.TextField(default="")
    body_en = fields.TextField(default="")
    occurred_on = fields.DateField(null=True)
    changed = fields.CharField(max_length=500, default="")
    published_at = fields.DatetimeField()
    published_by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "luzhi.Account", null=True, related_name=False, on_delete=fields.RESTRICT
    )
    published_by_id: UUID | None

    class Meta:
        table = "announcement_version"


class AnnouncementReading(Keyed):
    """Someone opened an announcement. seen: the last version that they did; first_read_at: when they opened any."""

    announcement: fields.ForeignKeyRelation[Announcement] = fields.ForeignKeyField(
        "luzhi.Announcement", related_name="readings", on_delete=fields.RESTRICT
    )
    announcement_id: UUID
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "luzhi.Person", related_name="announcement_readings", on_delete=fields.RESTRICT
    )
    person_id: UUID
    seen = fields.IntField()
    first_read_at = fields.DatetimeField()
    read_at = fields.DatetimeField()

    class Meta:
        table = "announcement_reading"


class AnnouncementComment(Keyed):
    """What someone says to an announcement. hidden_reason: why staff hid it; the words stay (never deleted)."""

    announcement: fields.ForeignKeyRelation[Announcement] = fields.ForeignKeyField(
        "luzhi.Announcement", related_name="comments", on_delete=fields.RESTRICT
    )
    announcement_id: UUID
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "luzhi.Person", related_name="announcement_comments", on_delete=fields.RESTRICT
    )
    person_id: UUID
    text = fields.CharField(max_length=1000)
    version = fields.IntField()
    written_at = fields.DatetimeField()
    hidden_at = fields.DatetimeField(null=True)
    hidden_by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "luzhi.Account", null=True, related_name=False, on_delete=fields.RESTRICT
    )
    hidden_by_id: UUID | None
    hidden_reason = fields.CharField(max_length=500, default="")

    class Meta:
        table = "announcement_comment"


class AnnouncementDocument(Keyed):
    """A document that belongs to an announcement: read under the rules of documents, listed with it."""

    announcement: fields.ForeignKeyRelation[Announcement] = fields.ForeignKeyField(
        "luzhi.Announcement", related_name="papers", on_delete=fields.RESTRICT
    )
    announcement_id: UUID
    document: fields.ForeignKeyRelation[Document] = fields.ForeignKeyField(
        "luzhi.Document", related_name="announcements", on_delete=fields.RESTRICT
    )
    document_id: UUID
    linked_at = fields.DatetimeField()

    class Meta:
        table = "announcement_document"
