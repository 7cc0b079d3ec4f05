"""A span may not end before it starts; a term remembers where it sits; a title that nobody used goes."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint


class Migration(migrations.Migration):
    dependencies = [("luzhi", "9002_enum_value")]

    operations = [
        ops.AddConstraint("MembershipPost", CheckConstraint("ends_on >= starts_on", "ck_membership_post_span")),
        ops.AddField("Term", "seat_note", fields.CharField(max_length=100, null=True)),
        ops.AddField(
            "Term",
            "hosted_by",
            fields.ForeignKeyField(
                "luzhi.Body", null=True, to_field="id", related_name=False, on_delete=OnDelete.RESTRICT
            ),
        ),
        ops.RemoveField("Membership", "no"),
    ]
