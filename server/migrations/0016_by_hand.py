"""What the office says of deliveries: handed over, or come back; who said so and when, and from which address."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("luzhi", "0015_deadlines")]

    operations = [
        ops.AddField("Delivery", "address", fields.CharField(max_length=254, default="", db_default="")),
        ops.AddField("Delivery", "came_back_at", fields.DatetimeField(null=True)),
        ops.AddField("Delivery", "was", fields.CharField(max_length=20, null=True)),
        ops.AddField("Delivery", "marked_at", fields.DatetimeField(null=True)),
        ops.AddField(
            "Delivery",
            "marked_by",
            fields.ForeignKeyField(
                "luzhi.Account", null=True, to_field="id", related_name=False, on_delete=OnDelete.RESTRICT
            ),
        ),
    ]
