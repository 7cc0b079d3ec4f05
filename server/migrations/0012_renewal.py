"""The change to the next term: whose place a term takes, what becomes of bodies, and the changes that were decided."""

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
    dependencies = [("luzhi", "0011_invitations")]

    operations = [
        ops.AddField("Term", *points("follows", "Term", "followed_by", null=True)),
        table(
            "TermBody",
            [
                points("term", "Term", "plans_for_bodies"),
                points("body", "Body", "plans_of_terms"),
                ("carried", fields.BooleanField()),
            ],
            "term_body",
        ),
        table(
            "Renewal",
            [
                points("term", "Term", "renewals"),
                points("former", "Term", False),
                ("on", fields.DateField()),
                ("applied_at", fields.DatetimeField()),
                points("applied_by", "Account", False, null=True),
                ("done_at", fields.DatetimeField(null=True)),
                ("undone_at", fields.DatetimeField(null=True)),
                ("counts", fields.JSONField(default=dict)),
                ("written", fields.JSONField(default=dict)),
            ],
            "renewal",
        ),
    ]
