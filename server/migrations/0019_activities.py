"""Activities: what is held, who was invited, what they answered, and who came."""

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


def moment(name, null=False):
    return (name, fields.DatetimeField(null=null))


class Migration(migrations.Migration):
    dependencies = [("luzhi", "0018_keeping")]

    operations = [
        table(
            "Activity",
            "activity",
            word("kind", 20),
            word("state", 20),
            word("audience", 20),
            word("title_zh", 200, default=""),
            word("title_en", 200, default=""),
            word("about", 2000, default=""),
            word("venue", 200, default=""),
            word("online_url", 500, default=""),
            moment("starts_at"),
            moment("ends_at"),
            ("capacity", fields.IntField(null=True)),
            ("materials_by", fields.DateField()),
            ("leave_by", fields.DateField()),
            moment("announced_at", null=True),
            word("urgent_reason", 500, default=""),
            word("reason", 500, default=""),
            ("sequence", fields.IntField(default=0)),
            moment("created_at"),
            points("created_by", "Account"),
            moment("updated_at"),
        ),
        table(
            "ActivityOrganiser",
            "activity_organiser",
            points("activity", "Activity", "organisers", null=False),
            points("body", "Body", "organises", null=False),
            ("n", fields.IntField()),
        ),
        table(
            "ActivitySession",
            "activity_session",
            points("activity", "Activity", "sessions", null=False),
            ("n", fields.IntField()),
            moment("starts_at"),
            moment("ends_at"),
        ),
        table(
            "InvitedGroup",
            "invited_group",
            points("activity", "Activity", "groups", null=False),
            points("body", "Body"),
            word("body_role", 20, null=True),
            points("term", "Term"),
            word("role", 20),
            moment("added_at"),
        ),
        table(
            "Participation",
            "participation",
            points("activity", "Activity", "participations", null=False),
            points("person", "Person", "participations", null=False),
            points("group", "InvitedGroup", "participations"),
            word("role", 20),
            ("joined_late", fields.BooleanField(default=False)),
            moment("added_at"),
            moment("invited_at", null=True),
            word("rsvp", 20),
            moment("rsvp_at", null=True),
        ),
        table(
            "LeaveRequest",
            "leave_request",
            points("participation", "Participation", "leaves", null=False),
            word("scope", 20),
            word("reason", 500),
            word("state", 20),
            ("late", fields.BooleanField()),
            moment("submitted_at"),
            moment("decided_at", null=True),
            points("decided_by", "Account"),
            word("answer", 500, default=""),
        ),
        table(
            "LeaveSession",
            "leave_session",
            points("leave", "LeaveRequest", "sessions", null=False),
            points("session", "ActivitySession", null=False),
        ),
        table(
            "Attendance",
            "attendance",
            points("participation", "Participation", "attendances", null=False),
            points("session", "ActivitySession", "attendances", null=False),
            word("presence", 20),
            word("method", 20),
            moment("noted_at"),
            points("noted_by", "Account"),
            word("device", 64, default=""),
        ),
        table(
            "AttendanceCorrection",
            "attendance_correction",
            points("participation", "Participation", "corrections", null=False),
            points("session", "ActivitySession", null=False),
            word("was", 20, null=True),
            word("becomes", 20),
            word("reason", 500),
            moment("corrected_at"),
            points("corrected_by", "Account"),
        ),
        table(
            "MajorityCheck",
            "majority_check",
            points("activity", "Activity", "majorities", null=False),
            word("stage", 20),
            ("members", fields.IntField()),
            ("everyone", fields.IntField()),
            ("met", fields.BooleanField()),
            moment("checked_at"),
            word("override", 500, default=""),
            points("overridden_by", "Account"),
        ),
        table(
            "ActivityDocument",
            "activity_document",
            points("activity", "Activity", "papers", null=False),
            points("document", "Document", "activities", null=False),
            moment("linked_at"),
        ),
        ops.AddField("AccessGrant", *points("activity", "Activity", "grants")),
    ]
