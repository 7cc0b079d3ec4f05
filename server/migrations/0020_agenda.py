"""Addresses at which calendar programs fetch what someone is invited to."""

from uuid import uuid4

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("luzhi", "0019_activities")]

    operations = [
        ops.CreateModel(
            name="CalendarFeed",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4)),
                (
                    "account",
                    fields.ForeignKeyField(
                        "luzhi.Account", to_field="id", related_name="feeds", on_delete=OnDelete.RESTRICT
                    ),
                ),
                ("name", fields.CharField(max_length=100)),
                ("token_hash", fields.CharField(max_length=64)),
                ("created_at", fields.DatetimeField()),
                ("last_used_at", fields.DatetimeField(null=True)),
                ("revoked_at", fields.DatetimeField(null=True)),
            ],
            options={"table": "calendar_feed", "app": "luzhi", "pk_attr": "id"},
            bases=["Keyed"],
        ),
    ]
