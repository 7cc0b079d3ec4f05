"""What is planned for bodies with the next term, and the changes of term that were decided."""

from uuid import UUID

from tortoise import fields

from server.models.accounts.tables import Account
from server.models.bodies.tables import Body
from server.models.fields import Keyed
from server.models.members.tables import Term


class TermBody(Keyed):
    """What is planned for a body with that next term, where someone said it: it goes on in it, or ends before."""

    term: fields.ForeignKeyRelation[Term] = fields.ForeignKeyField(
        "luzhi.Term", related_name="plans_for_bodies", on_delete=fields.RESTRICT
    )
    term_id: UUID
    body: fields.ForeignKeyRelation[Body] = fields.ForeignKeyField(
        "luzhi.Body", related_name="plans_of_terms", on_delete=fields.RESTRICT
    )
    body_id: UUID
    carried = fields.BooleanField()

    class Meta:
        table = "term_body"


class Renewal(Keyed):
    """A change to the next term that was decided. on: its day. done_at: when the access of who left was ended.

    counts: by what, for people. written: what it wrote, for taking it back: by table, keys of rows that it made,
    voided, and ended (with the end they had before), and columns of others as they were.
    """

    term: fields.ForeignKeyRelation[Term] = fields.ForeignKeyField(
        "luzhi.Term", related_name="renewals", on_delete=fields.RESTRICT
    )
    term_id: UUID
    former: fields.ForeignKeyRelation[Term] = fields.ForeignKeyField(
        "luzhi.Term", related_name=False, on_delete=fields.RESTRICT
    )
    former_id: UUID
    on = fields.DateField()
    applied_at = fields.DatetimeField()
    applied_by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "luzhi.Account", null=True, related_name=False, on_delete=fields.RESTRICT
    )
    applied_by_id: UUID | None
    done_at = fields.DatetimeField(null=True)
    undone_at = fields.DatetimeField(null=True)
    counts: fields.JSONField[dict[str, int]] = fields.JSONField(default=dict)
    written: fields.JSONField[dict[str, object]] = fields.JSONField(default=dict)

    class Meta:
        table = "renewal"
