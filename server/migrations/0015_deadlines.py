"""Due days reckoned before a calendar was known, invitations whose lapse was told, and messages that remind of another."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("luzhi", "0014_reports")]

    operations = [
        ops.AddField("Request", "due_without", fields.IntField(null=True)),
        ops.AddField("Invitation", "lapse_told_at", fields.DatetimeField(null=True)),
        ops.AddField(
            "Mailing",
            "reminds",
            fields.ForeignKeyField(
                "luzhi.Mailing", null=True, to_field="id", related_name="reminders", on_delete=OnDelete.RESTRICT
            ),
        ),
    ]
