"""Bodies of every kind, who sits in them, and how they stem from each other."""

import enum
from uuid import UUID

from tortoise import fields

from server.models.fields import Dated, Keyed
from server.models.members.tables import Membership, Person, Term


class BodyKind(enum.Enum):
    """What a body is; `other` keeps the classification it came with."""

    PLENARY = "plenary"
    STANDING_COMMITTEE = "standing_committee"
    CHAIRS_MEETING = "chairs_meeting"
    SPECIAL_COMMITTEE = "special_committee"
    SECTOR = "sector"
    SECTOR_GROUP = "sector_group"
    LEARNING_GROUP = "learning_group"
    PARTY_GROUP = "party_group"
    PARTY_BRANCH = "party_branch"
    THEORY_STUDY_CENTRE = "theory_study_centre"
    READING_GROUP = "reading_group"
    DEPARTMENT = "department"
    UNIT = "unit"
    OTHER = "other"


FOR_ALL = frozenset({BodyKind.CHAIRS_MEETING})
"""The kinds whose head is it for the whole assembly: who names it needs a role that reaches as far."""


class Body(Keyed):
    """A body of the assembly or around it. `sensitive` keeps it off rosters and exports."""

    kind = fields.CharEnumField(BodyKind, max_length=40)
    name_zh = fields.CharField(max_length=300, default="")
    name_en = fields.CharField(max_length=300, default="")
    classification = fields.CharField(max_length=100, default="")
    sort = fields.CharField(max_length=500)
    search = fields.TextField()
    term: fields.ForeignKeyNullableRelation[Term] = fields.ForeignKeyField(
        "luzhi.Term", null=True, related_name="bodies", on_delete=fields.RESTRICT
    )
    term_id: UUID | None
    parent: fields.ForeignKeyNullableRelation["Body"] = fields.ForeignKeyField(
        "luzhi.Body", null=True, related_name="children", on_delete=fields.RESTRICT
    )
    parent_id: UUID | None
    starts_on = fields.DateField(null=True)
    ends_on = fields.DateField(null=True)
    sensitive = fields.BooleanField(default=False)
    created_at = fields.DatetimeField(auto_now_add=True)
    updated_at = fields.DatetimeField()

    class Meta:
        table = "body"


class BodyIdentifier(Keyed):
    """What another system calls this body. Unique per scheme."""

    body: fields.ForeignKeyRelation[Body] = fields.ForeignKeyField(
        "luzhi.Body", related_name="identifiers", on_delete=fields.RESTRICT
    )
    body_id: UUID
    scheme = fields.CharField(max_length=60)
    value = fields.CharField(max_length=300)

    class Meta:
        table = "body_identifier"


class RelationKind(enum.Enum):
    """How one body is tied to another."""

    DERIVED_FROM = "derived_from"
    COUNTERPART = "counterpart"
    CATEGORY = "category"


class BodyRelation(Dated):
    """A tie between two bodies: a learning group derived from a sector, a sector's counterpart committee."""

    source: fields.ForeignKeyRelation[Body] = fields.ForeignKeyField(
        "luzhi.Body", related_name="relations", on_delete=fields.RESTRICT
    )
    source_id: UUID
    target: fields.ForeignKeyRelation[Body] = fields.ForeignKeyField(
        "luzhi.Body", related_name="related_from", on_delete=fields.RESTRICT
    )
    target_id: UUID
    kind = fields.CharEnumField(RelationKind, max_length=20)

    class Meta:
        table = "body_relation"


class BodyRole(enum.Enum):
    """What a person is in a body; the free title as given stands beside it."""

    HEAD = "head"
    CO_HEAD = "co_head"
    DEPUTY = "deputy"
    CONVENER = "convener"
    SECRETARY = "secretary"
    CONTACT = "contact"
    MEMBER = "member"


class BodyMembership(Dated):
    """One person in one body in a span of days. `primary` marks the one learning group that counts (LC-1)."""

    body: fields.ForeignKeyRelation[Body] = fields.ForeignKeyField(
        "luzhi.Body", related_name="body_memberships", on_delete=fields.RESTRICT
    )
    body_id: UUID
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "luzhi.Person", related_name="body_memberships", on_delete=fields.RESTRICT
    )
    person_id: UUID
    membership: fields.ForeignKeyNullableRelation[Membership] = fields.ForeignKeyField(
        "luzhi.Membership", null=True, related_name="body_memberships", on_delete=fields.RESTRICT
    )
    membership_id: UUID | None
    primary = fields.BooleanField(default=True)
    role = fields.CharEnumField(BodyRole, max_length=20, default=BodyRole.MEMBER)
    title = fields.CharField(max_length=300, default="")
    on_behalf_of: fields.ForeignKeyNullableRelation[Body] = fields.ForeignKeyField(
        "luzhi.Body", null=True, related_name=False, on_delete=fields.RESTRICT
    )
    on_behalf_of_id: UUID | None

    class Meta:
        table = "body_membership"
