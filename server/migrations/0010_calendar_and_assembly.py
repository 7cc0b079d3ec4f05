"""The working calendar, and what the assembly is called and whom to ask."""

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


def text(name, longest):
    return (name, fields.CharField(max_length=longest, default=""))


class Migration(migrations.Migration):
    dependencies = [("luzhi", "0009_messages")]

    operations = [
        table(
            "CalendarChange",
            [
                ("serial", fields.BigIntField()),
                ("at", fields.DatetimeField()),
                points("by", "Account", False, null=True),
                ("reason", fields.CharField(max_length=500)),
                text("source", 300),
                ("undone_at", fields.DatetimeField(null=True)),
                points("undone_by", "Account", False, null=True),
            ],
            "calendar_change",
        ),
        table(
            "CalendarYear",
            [points("change", "CalendarChange", "years"), ("year", fields.IntField())],
            "calendar_year",
        ),
        table(
            "CalendarDay",
            [
                points("change", "CalendarChange", "days"),
                ("day", fields.DateField()),
                ("mark", fields.CharField(max_length=20)),
                text("name_zh", 100),
                text("name_en", 100),
            ],
            "calendar_day",
        ),
        table(
            "Assembly",
            [
                text("name_zh", 100),
                text("name_en", 150),
                text("short_zh", 20),
                text("short_en", 40),
                text("telephone", 100),
                text("email", 200),
                text("room_zh", 200),
                text("room_en", 200),
                text("hours_zh", 200),
                text("hours_en", 200),
            ],
            "assembly",
        ),
    ]
