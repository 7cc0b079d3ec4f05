"""Invitations that leave by e-mail, and passwords that somebody said are forgotten."""

from uuid import uuid4

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("luzhi", "0012_renewal")]

    operations = [
        ops.AddField(
            "Message",
            "invitation",
            fields.ForeignKeyField(
                "luzhi.Invitation", null=True, to_field="id", related_name=False, on_delete=OnDelete.RESTRICT
            ),
        ),
        ops.CreateModel(
            name="ForgottenPassword",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4)),
                ("typed", fields.CharField(max_length=100)),
                ("address_hash", fields.CharField(max_length=64)),
                ("asked_at", fields.DatetimeField()),
                ("done_at", fields.DatetimeField(null=True)),
            ],
            options={"table": "forgotten_password", "app": "luzhi", "pk_attr": "id"},
            bases=["Keyed"],
        ),
    ]
