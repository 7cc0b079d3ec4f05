"""Deputies of who keeps folders: in whose place something was decided; and what is declared of a scan."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops


def in_whose_place():
    return fields.ForeignKeyField(
        "luzhi.Account", null=True, to_field="id", related_name=False, on_delete=OnDelete.RESTRICT
    )


class Migration(migrations.Migration):
    dependencies = [("luzhi", "0017_documents")]

    operations = [
        ops.AddField("AccessGrant", "granted_for", in_whose_place()),
        ops.AddField("AccessRequest", "decided_for", in_whose_place()),
        ops.AddField("DocumentVersion", "declared", fields.BooleanField(default=False, db_default=False)),
    ]
