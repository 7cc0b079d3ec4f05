"""Hearings: what is heard by which rules, who hears, the notices, and who wants to be heard."""

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
    dependencies = [("luzhi", "0019_activities")]

    operations = [
        table(
            "Hearing",
            "hearing",
            points("activity", "Activity", "hearings", null=False),
            word("state", 20),
            word("profile", 20),
            word("matter", 2000, default=""),
            word("purpose", 1000, default=""),
            word("basis", 1000, default=""),
            word("contact", 500, default=""),
            word("conditions", 1000, default=""),
            word("complaints", 500, default=""),
            word("public_draw", 500, default=""),
            ("public_draw_on", fields.DateField(null=True)),
            points("department", "Body", "heard_at"),
            ("per_sector", fields.IntField(null=True)),
            ("open_doors", fields.BooleanField(default=True)),
            word("closed_because", 500, default=""),
            word("good_cause", 500, default=""),
            ("applications_until", fields.DateField(null=True)),
            word("list_cause", 500, default=""),
            moment("created_at"),
            moment("updated_at"),
        ),
        table(
            "HearingOfficer",
            "hearing_officer",
            points("hearing", "Hearing", "officers", null=False),
            points("person", "Person", "hearing_duties", null=False),
            word("duty", 20),
            ("n", fields.IntField()),
        ),
        table(
            "HearingPlaces",
            "hearing_places",
            points("hearing", "Hearing", "places", null=False),
            word("capacity", 20),
            ("count", fields.IntField()),
            ("n", fields.IntField()),
        ),
        table(
            "HearingNotice",
            "hearing_notice",
            points("hearing", "Hearing", "notices", null=False),
            ("n", fields.IntField()),
            moment("announced_at"),
            moment("starts_at"),
            word("venue", 200, default=""),
            word("organiser", 500, default=""),
            ("applications_until", fields.DateField()),
            word("good_cause", 500, default=""),
            word("places", 500, default=""),
            word("seed", 64, default=""),
            word("commitment", 64, default=""),
            word("tolerance", 20, default=""),
            word("public_draw", 500, default=""),
            ("public_draw_on", fields.DateField(null=True)),
            moment("frozen_at", null=True),
            word("list_hash", 64, default=""),
            word("public_value", 500, default=""),
            moment("drawn_at", null=True),
            ("held", fields.BooleanField(null=True)),
        ),
        table(
            "HearingApplication",
            "hearing_application",
            points("hearing", "Hearing", "applications", null=False),
            points("notice", "HearingNotice", "applications", null=False),
            ("serial", fields.IntField()),
            points("person", "Person", "hearing_applications"),
            points("sector", "Body", "hearing_applications"),
            word("name", 100, default=""),
            word("email", 254, default=""),
            word("phone", 40, default=""),
            word("represents", 200, default=""),
            word("capacity", 20),
            word("position", 20),
            word("summary", 2000, default=""),
            ("civil_servant", fields.BooleanField(default=False)),
            ("named", fields.BooleanField(default=False)),
            ("listed", fields.BooleanField(default=False)),
            ("superseded", fields.BooleanField(default=False)),
            word("state", 20),
            word("lot", 64, default=""),
            ("place", fields.IntField(null=True)),
            ("places", fields.IntField(null=True)),
            word("why", 20, null=True),
            word("because", 500, default=""),
            moment("submitted_at"),
            moment("decided_at", null=True),
            points("decided_by", "Account"),
            word("token_hash", 64, default=""),
            word("address_hash", 64, default=""),
            moment("erased_at", null=True),
        ),
    ]
