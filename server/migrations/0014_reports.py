"""What people tell the office of a page that refused or failed; accounts that belong to nobody can tell it, too."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("luzhi", "0013_by_mail")]

    operations = [
        ops.AlterField(
            "Request",
            "person",
            fields.ForeignKeyField(
                "luzhi.Person", null=True, to_field="id", related_name="requests", on_delete=OnDelete.RESTRICT
            ),
        ),
        ops.AddField("Request", "sender", fields.CharField(max_length=100, default="", db_default="")),
        ops.AddField("Request", "page", fields.CharField(max_length=120, default="", db_default="")),
        ops.AddField("Request", "status", fields.IntField(null=True)),
        ops.AddField("Request", "number", fields.CharField(max_length=32, default="", db_default="")),
        ops.AddField("Request", "happened_at", fields.DatetimeField(null=True)),
    ]
