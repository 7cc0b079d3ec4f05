"""What people are told: messages, their deliveries, mailings of the office, and what each person chose."""

from uuid import uuid4

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops


def points(name, to, related=False, null=True):
    target = fields.ForeignKeyField(
        f"luzhi.{to}", null=null, to_field="id", related_name=related, on_delete=OnDelete.RESTRICT
    )
    return (name, target)


def table(name, of, *columns):
    return ops.CreateModel(
        name=name,
        fields=[("id", fields.UUIDField(primary_key=True, default=uuid4)), *columns],
        options={"table": of, "app": "luzhi", "pk_attr": "id"},
        bases=["Keyed"],
    )


def words(**facts):
    return (
        ("title_zh", fields.CharField(max_length=200, **facts)),
        ("title_en", fields.CharField(max_length=200, **facts)),
        ("text_zh", fields.TextField(default="")),
        ("text_en", fields.TextField(default="")),
        ("outside", fields.BooleanField(default=False)),
    )


class Migration(migrations.Migration):
    dependencies = [("luzhi", "0008_consent_ends")]

    operations = [
        table(
            "Mailing",
            "mailing",
            *words(default=""),
            ("urgent", fields.BooleanField(default=False)),
            ("to_zh", fields.CharField(max_length=500, default="")),
            ("to_en", fields.CharField(max_length=500, default="")),
            ("written_at", fields.DatetimeField()),
            points("written_by", "Account"),
            ("sent_at", fields.DatetimeField(null=True)),
        ),
        table(
            "MailingReader",
            "mailing_reader",
            points("mailing", "Mailing", "readers", null=False),
            points("person", "Person", "mailings", null=False),
        ),
        table(
            "Message",
            "message",
            ("topic", fields.CharField(max_length=40)),
            ("urgency", fields.IntField(default=1)),
            points("person", "Person", "messages"),
            points("account", "Account", "messages"),
            points("mailing", "Mailing", "messages"),
            *words(),
            ("link", fields.CharField(max_length=500, default="")),
            ("created_at", fields.DatetimeField()),
            ("read_at", fields.DatetimeField(null=True)),
        ),
        table(
            "Delivery",
            "delivery",
            points("message", "Message", "deliveries", null=False),
            points("person", "Person", "deliveries"),
            points("mailing", "Mailing", "deliveries"),
            ("channel", fields.CharField(max_length=40)),
            ("state", fields.CharField(max_length=20, default="waiting")),
            ("urgency", fields.IntField(default=1)),
            ("digest", fields.BooleanField(default=False)),
            ("envelope", fields.UUIDField()),
            ("due_at", fields.DatetimeField()),
            ("tries", fields.IntField(default=0)),
            ("lease_until", fields.DatetimeField(null=True)),
            ("said", fields.CharField(max_length=500, default="")),
            ("created_at", fields.DatetimeField()),
            ("done_at", fields.DatetimeField(null=True)),
        ),
        table(
            "MessageChoice",
            "message_choice",
            points("person", "Person", "message_choices"),
            points("account", "Account", "message_choices"),
            ("topic", fields.CharField(max_length=40)),
            ("channel", fields.CharField(max_length=40)),
            ("mode", fields.CharField(max_length=20)),
            ("consent_at", fields.DatetimeField()),
            ("ended_at", fields.DatetimeField(null=True)),
        ),
        table(
            "MessageHours",
            "message_hours",
            points("person", "Person", "message_hours"),
            points("account", "Account", "message_hours"),
            ("quiet_from", fields.IntField()),
            ("quiet_until", fields.IntField()),
            ("digest_day", fields.IntField()),
            ("digest_hour", fields.IntField()),
        ),
    ]
