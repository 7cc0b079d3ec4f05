"""Imports: what a file would change, what it did change, and how to take it back as a whole."""

import enum

from tortoise import fields

from server.models.accounts import Account
from server.models.fields import Keyed


class ImportState(enum.Enum):
    """Where an import stands."""

    PREVIEWED = "previewed"
    APPLIED = "applied"
    UNDONE = "undone"
    DISCARDED = "discarded"


class ImportRun(Keyed):
    """One file: its name, digest and options, the counts of its preview, and what became of it.

    counts: the `--json` answer of the contract. options: {"format", "term", "map", "columns"}.
    """

    file_name = fields.CharField(max_length=300)
    sha256 = fields.CharField(max_length=64)
    options: fields.JSONField[dict[str, object]] = fields.JSONField(default=dict)
    counts: fields.JSONField[dict[str, object]] = fields.JSONField(default=dict)
    state = fields.CharEnumField(ImportState, max_length=20, default=ImportState.PREVIEWED)
    started_by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "luzhi.Account", null=True, related_name="imports", on_delete=fields.RESTRICT
    )
    started_at = fields.DatetimeField()
    applied_at = fields.DatetimeField(null=True)
    undone_at = fields.DatetimeField(null=True)

    class Meta:
        table = "import_run"


class ImportRow(Keyed):
    """One row of a preview: outcome new, changed, same or error; `warned` where it carries a warning besides.

    kind: what it is about, by the name of its count: people, bodies, memberships, term_memberships, terms or file.
    changes: [{"field", "before", "after"}]; messages: [{"field", "text": msgid, "facts", "error", "asks"}].
    """

    run: fields.ForeignKeyRelation[ImportRun] = fields.ForeignKeyField(
        "luzhi.ImportRun", related_name="rows", on_delete=fields.CASCADE
    )
    kind = fields.CharField(max_length=40, default="")
    list_name = fields.CharField(max_length=40)
    row = fields.IntField()
    label = fields.CharField(max_length=300)
    outcome = fields.CharField(max_length=20)
    warned = fields.BooleanField(default=False)
    changes: fields.JSONField[list[dict[str, object]]] = fields.JSONField(default=list)
    messages: fields.JSONField[list[dict[str, object]]] = fields.JSONField(default=list)

    class Meta:
        table = "import_row"


class ImportChange(Keyed):
    """One database row that an applied import wrote: `before` is null where it was created."""

    run: fields.ForeignKeyRelation[ImportRun] = fields.ForeignKeyField(
        "luzhi.ImportRun", related_name="changes", on_delete=fields.CASCADE
    )
    seq = fields.IntField()
    table_name = fields.CharField(max_length=60)
    object_id = fields.UUIDField()
    before: fields.JSONField[dict[str, object] | None] = fields.JSONField(null=True)
    after: fields.JSONField[dict[str, object]] = fields.JSONField()

    class Meta:
        table = "import_change"
