"""Invitations, by which people come in; what they ask the office to change; whether they have seen what is stored."""

from uuid import uuid4

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops


def points(name, to, related, null=False):
    target = fields.ForeignKeyField(
        f"luzhi.{to}", null=null, to_field="id", related_name=related, on_delete=OnDelete.RESTRICT
    )
    return (name, target)


def table(name, columns, of):
    return ops.CreateModel(
        name=name,
        fields=[("id", fields.UUIDField(primary_key=True, default=uuid4)), *columns],
        options={"table": of, "app": "luzhi", "pk_attr": "id"},
        bases=["Keyed"],
    )


class Migration(migrations.Migration):
    dependencies = [("luzhi", "0010_calendar_and_assembly")]

    operations = [
        ops.AddField("Account", "welcomed_at", fields.DatetimeField(null=True)),
        table(
            "Invitation",
            [
                points("account", "Account", "invitations"),
                ("channel", fields.CharField(max_length=20)),
                ("secret_hash", fields.CharField(max_length=64)),
                ("code_hash", fields.CharField(max_length=64)),
                ("created_at", fields.DatetimeField()),
                ("expires_at", fields.DatetimeField()),
                points("issued_by", "Account", False, null=True),
                ("used_at", fields.DatetimeField(null=True)),
                ("ended_at", fields.DatetimeField(null=True)),
            ],
            "invitation",
        ),
        table(
            "Request",
            [
                points("account", "Account", "requests"),
                points("person", "Person", "requests"),
                ("field", fields.CharField(max_length=40, default="")),
                ("wanted", fields.CharField(max_length=1000, default="")),
                ("was", fields.CharField(max_length=1000, default="")),
                ("words", fields.CharField(max_length=1000, default="")),
                ("state", fields.CharField(max_length=20)),
                ("created_at", fields.DatetimeField()),
                ("due_on", fields.DateField()),
                ("decided_at", fields.DatetimeField(null=True)),
                points("decided_by", "Account", False, null=True),
                ("answer", fields.CharField(max_length=500, default="")),
            ],
            "request",
        ),
    ]
