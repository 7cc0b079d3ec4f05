"""The tables of reading: each opening, how far each reader came, what they confirmed and noted (RD-3)."""

from uuid import UUID

from tortoise import fields

from server.models.accounts.tables import Account
from server.models.documents.tables import AccessGrant, Document, DocumentVersion
from server.models.fields import Keyed
from server.models.members.tables import Person


class ReadingSession(Keyed):
    """One opening of a version. number: printed on each page that is shown. account: None for a visitor.

    address_hash: keyed, of a key that changes each month. seen: numbers of the pages that were shown, as 1-3,7; pages:
    how many they are. seconds: by heartbeat.
    """

    number = fields.CharField(max_length=12)
    document: fields.ForeignKeyRelation[Document] = fields.ForeignKeyField(
        "luzhi.Document", related_name="sessions", on_delete=fields.RESTRICT
    )
    document_id: UUID
    version: fields.ForeignKeyRelation[DocumentVersion] = fields.ForeignKeyField(
        "luzhi.DocumentVersion", related_name="sessions", on_delete=fields.RESTRICT
    )
    version_id: UUID
    account: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "luzhi.Account", null=True, related_name=False, on_delete=fields.RESTRICT
    )
    account_id: UUID | None
    person: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "luzhi.Person", null=True, related_name="reading_sessions", on_delete=fields.RESTRICT
    )
    person_id: UUID | None
    grant: fields.ForeignKeyNullableRelation[AccessGrant] = fields.ForeignKeyField(
        "luzhi.AccessGrant", null=True, related_name="sessions", on_delete=fields.RESTRICT
    )
    grant_id: UUID | None
    opened_at = fields.DatetimeField()
    last_seen_at = fields.DatetimeField()
    closed_at = fields.DatetimeField(null=True)
    seen = fields.TextField(default="")
    pages = fields.IntField(default=0)
    seconds = fields.IntField(default=0)
    address_hash = fields.CharField(max_length=64, default="")
    device = fields.CharField(max_length=200, default="")

    class Meta:
        table = "reading_session"


class ReadingProgress(Keyed):
    """How far someone came with a document. pages: numbers of those seen, of the version that is named, as 1-3,7.

    opens: how often it was opened; refused: how often it was refused. finished_at: the last page not seen yet was.
    """

    document: fields.ForeignKeyRelation[Document] = fields.ForeignKeyField(
        "luzhi.Document", related_name="progress", on_delete=fields.RESTRICT
    )
    document_id: UUID
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "luzhi.Person", related_name="reading_progress", on_delete=fields.RESTRICT
    )
    person_id: UUID
    version: fields.ForeignKeyNullableRelation[DocumentVersion] = fields.ForeignKeyField(
        "luzhi.DocumentVersion", null=True, related_name=False, on_delete=fields.RESTRICT
    )
    version_id: UUID | None
    pages = fields.TextField(default="")
    pages_seen = fields.IntField(default=0)
    last_page = fields.IntField(default=0)
    opens = fields.IntField(default=0)
    seconds = fields.IntField(default=0)
    first_opened_at = fields.DatetimeField(null=True)
    last_opened_at = fields.DatetimeField(null=True)
    finished_at = fields.DatetimeField(null=True)
    refused = fields.IntField(default=0)
    refused_at = fields.DatetimeField(null=True)

    class Meta:
        table = "reading_progress"


class ReadReceipt(Keyed):
    """Someone says that they read and understood a version."""

    version: fields.ForeignKeyRelation[DocumentVersion] = fields.ForeignKeyField(
        "luzhi.DocumentVersion", related_name="receipts", on_delete=fields.RESTRICT
    )
    version_id: UUID
    document: fields.ForeignKeyRelation[Document] = fields.ForeignKeyField(
        "luzhi.Document", related_name="receipts", on_delete=fields.RESTRICT
    )
    document_id: UUID
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "luzhi.Person", related_name="receipts", on_delete=fields.RESTRICT
    )
    person_id: UUID
    confirmed_at = fields.DatetimeField()

    class Meta:
        table = "read_receipt"


class ReadingNote(Keyed):
    """What a reader noted for themselves: nobody else reads it, and it ends with the document."""

    document: fields.ForeignKeyRelation[Document] = fields.ForeignKeyField(
        "luzhi.Document", related_name="notes", on_delete=fields.RESTRICT
    )
    document_id: UUID
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "luzhi.Person", related_name="reading_notes", on_delete=fields.RESTRICT
    )
    person_id: UUID
    text = fields.TextField()
    updated_at = fields.DatetimeField()

    class Meta:
        table = "reading_note"
