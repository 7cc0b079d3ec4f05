"""The register: terms, people, their seats in a term, and what was true of a seat on which day."""

import enum
from typing import Any
from uuid import UUID

from tortoise import fields

from server.models.fields import Dated, Keyed


class TermStatus(enum.Enum):
    """Where a term stands."""

    DRAFT = "draft"
    ACTIVE = "active"
    CLOSED = "closed"


class Term(Keyed):
    """One assembly between two renewals (届). follows: the term that it takes over from, once that is known."""

    code = fields.CharField(max_length=40)
    name_zh = fields.CharField(max_length=200, default="")
    name_en = fields.CharField(max_length=200, default="")
    starts_on = fields.DateField(null=True)
    ends_on = fields.DateField(null=True)
    status = fields.CharEnumField(TermStatus, max_length=20, default=TermStatus.DRAFT)
    follows: fields.ForeignKeyNullableRelation["Term"] = fields.ForeignKeyField(
        "luzhi.Term", null=True, related_name="followed_by", on_delete=fields.RESTRICT
    )
    follows_id: UUID | None
    updated_at = fields.DatetimeField(auto_now=True)

    class Meta:
        table = "term"


class TermYear(Keyed):
    """The n-th year of a term, from plenary to plenary."""

    term: fields.ForeignKeyRelation[Term] = fields.ForeignKeyField(
        "luzhi.Term", related_name="years", on_delete=fields.RESTRICT
    )
    term_id: UUID
    n = fields.IntField()
    starts_on = fields.DateField()
    ends_on = fields.DateField()

    class Meta:
        table = "term_year"


class Sex(enum.Enum):
    """As the register of the assembly states it."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"


class Person(Keyed):
    """Someone the assembly deals with. Names are stored whole; their parts only where they were given.

    Guarded field by field: see `server.rules.permissions.GUARDED_FIELDS`. `sort_pinyin`, `sort_strokes` and
    `search` are made by `server.rules.names`; `sort_fixed` says that staff set the sort keys by hand.
    """

    name_zh = fields.CharField(max_length=200, default="")
    name_en = fields.CharField(max_length=200, default="")
    family_name = fields.CharField(max_length=100, default="")
    given_name = fields.CharField(max_length=150, default="")
    sort_pinyin = fields.CharField(max_length=500)
    sort_strokes = fields.CharField(max_length=500)
    sort_fixed = fields.BooleanField(default=False)
    search = fields.TextField()
    sex = fields.CharEnumField(Sex, max_length=20, null=True)
    birth_date = fields.DateField(null=True)
    political_affiliation = fields.CharField(max_length=100, default="")
    education = fields.CharField(max_length=200, default="")
    professional_title = fields.CharField(max_length=100, default="", db_default="")
    expertise: fields.JSONField[list[str]] = fields.JSONField(default=list)
    focus_topics: fields.JSONField[list[str]] = fields.JSONField(default=list)
    email = fields.CharField(max_length=254, default="")
    phone = fields.CharField(max_length=60, default="")
    image = fields.CharField(max_length=1000, default="")
    merged_into: fields.ForeignKeyNullableRelation["Person"] = fields.ForeignKeyField(
        "luzhi.Person", null=True, related_name="merged", on_delete=fields.RESTRICT
    )
    merged_into_id: UUID | None
    created_at = fields.DatetimeField(auto_now_add=True)
    updated_at = fields.DatetimeField()
    identifiers: fields.ReverseRelation["PersonIdentifier"]
    merged: fields.ReverseRelation["Person"]
    accounts: fields.ReverseRelation[Any]
    body_memberships: fields.ReverseRelation[Any]
    messages: fields.ReverseRelation[Any]
    requests: fields.ReverseRelation[Any]
    deliveries: fields.ReverseRelation[Any]
    message_choices: fields.ReverseRelation[Any]
    message_hours: fields.ReverseRelation[Any]

    class Meta:
        table = "person"


class PersonIdentifier(Keyed):
    """What another system calls this person. Unique per scheme; `source` is the scheme of imported ids."""

    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "luzhi.Person", related_name="identifiers", on_delete=fields.RESTRICT
    )
    person_id: UUID
    scheme = fields.CharField(max_length=60)
    value = fields.CharField(max_length=300)

    class Meta:
        table = "person_identifier"


class Membership(Keyed):
    """One person's seat in one term. Never deleted: its status history says when it held."""

    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "luzhi.Person", related_name="memberships", on_delete=fields.RESTRICT
    )
    person_id: UUID
    term: fields.ForeignKeyRelation[Term] = fields.ForeignKeyField(
        "luzhi.Term", related_name="memberships", on_delete=fields.RESTRICT
    )
    term_id: UUID
    no = fields.CharField(max_length=40, default="")
    updated_at = fields.DatetimeField(auto_now=True)
    body_memberships: fields.ReverseRelation[Any]

    class Meta:
        table = "membership"


class Status(enum.Enum):
    """What a seat is on a day. Only ACTIVE binds its holder and counts."""

    NOMINATED = "nominated"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    RESIGNED = "resigned"
    REMOVED = "removed"
    DECEASED = "deceased"
    ENDED = "ended"


class MembershipStatus(Dated):
    """The status of a seat in a span of days; the spans of one seat follow each other without overlap."""

    membership: fields.ForeignKeyRelation[Membership] = fields.ForeignKeyField(
        "luzhi.Membership", related_name="statuses", on_delete=fields.RESTRICT
    )
    membership_id: UUID
    status = fields.CharEnumField(Status, max_length=20)
    reason = fields.CharField(max_length=500, default="")

    class Meta:
        table = "membership_status"


class PostKind(enum.Enum):
    """The office held within the assembly."""

    ORDINARY = "ordinary"
    STANDING = "standing"
    VICE_CHAIR = "vice_chair"
    CHAIR = "chair"
    SECRETARY_GENERAL = "secretary_general"


class MembershipPost(Dated):
    """What a seat stands for in a span of days: its office, its sector, the unit its holder works in."""

    membership: fields.ForeignKeyRelation[Membership] = fields.ForeignKeyField(
        "luzhi.Membership", related_name="posts", on_delete=fields.RESTRICT
    )
    membership_id: UUID
    kind = fields.CharEnumField(PostKind, max_length=20, default=PostKind.ORDINARY)
    sector: fields.ForeignKeyNullableRelation["Keyed"] = fields.ForeignKeyField(
        "luzhi.Body", null=True, related_name="seats", on_delete=fields.RESTRICT
    )
    sector_id: UUID | None
    unit = fields.CharField(max_length=200, default="")
    residence_area = fields.CharField(max_length=200, default="")

    class Meta:
        table = "membership_post"


class Tombstone(Keyed):
    """What remains of a thing that left a collection, so that whoever keeps a copy can follow."""

    collection = fields.CharField(max_length=40)
    object_id = fields.UUIDField()
    removed_at = fields.DatetimeField()
    reason = fields.CharField(max_length=40)
    successor_id = fields.UUIDField(null=True)

    class Meta:
        table = "tombstone"
