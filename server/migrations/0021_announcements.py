"""Announcements: what is told to whom, each version of it, who has read it, and what is said to it."""

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


def word(name, letters, **facts):
    return (name, fields.CharField(max_length=letters, **facts))


def text(name):
    return (name, fields.TextField(default=""))


def moment(name, null=False):
    return (name, fields.DatetimeField(null=null))


def day(name):
    return (name, fields.DateField(null=True))


class Migration(migrations.Migration):
    dependencies = [("luzhi", "0019_activities")]

    operations = [
        table(
            "Announcement",
            "announcement",
            word("kind", 30),
            word("state", 20),
            word("audience", 20),
            word("level", 20),
            points("origin", "Body", "announcements"),
            day("occurred_on"),
            word("title_zh", 200, default=""),
            word("title_en", 200, default=""),
            text("body_zh"),
            text("body_en"),
            ("version", fields.IntField(default=0)),
            moment("publish_at", null=True),
            day("display_until"),
            day("comment_until"),
            moment("told_at", null=True),
            word("reason", 500, default=""),
            moment("created_at"),
            points("created_by", "Account"),
            moment("updated_at"),
        ),
        table(
            "AnnouncementBody",
            "announcement_body",
            points("announcement", "Announcement", "bodies", null=False),
            points("body", "Body", null=False),
        ),
        table(
            "AnnouncementRole",
            "announcement_role",
            points("announcement", "Announcement", "roles", null=False),
            word("role", 20),
        ),
        table(
            "AnnouncementVersion",
            "announcement_version",
            points("announcement", "Announcement", "versions", null=False),
            ("n", fields.IntField()),
            word("title_zh", 200, default=""),
            word("title_en", 200, default=""),
            text("body_zh"),
            text("body_en"),
            day("occurred_on"),
            word("changed", 500, default=""),
            moment("published_at"),
            points("published_by", "Account"),
        ),
        table(
            "AnnouncementReading",
            "announcement_reading",
            points("announcement", "Announcement", "readings", null=False),
            points("person", "Person", "announcement_readings", null=False),
            ("seen", fields.IntField()),
            moment("first_read_at"),
            moment("read_at"),
        ),
        table(
            "AnnouncementComment",
            "announcement_comment",
            points("announcement", "Announcement", "comments", null=False),
            points("person", "Person", "announcement_comments", null=False),
            word("text", 1000),
            ("version", fields.IntField()),
            moment("written_at"),
            moment("hidden_at", null=True),
            points("hidden_by", "Account"),
            word("hidden_reason", 500, default=""),
        ),
        table(
            "AnnouncementDocument",
            "announcement_document",
            points("announcement", "Announcement", "papers", null=False),
            points("document", "Document", "announcements", null=False),
            moment("linked_at"),
        ),
    ]
