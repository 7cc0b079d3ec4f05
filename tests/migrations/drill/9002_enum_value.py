"""One more thing that a seat can be."""

import enum

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Status(enum.Enum):
    """The values of that day."""

    ACTIVE = "active"
    ENDED = "ended"
    ON_SABBATICAL = "on_sabbatical_leave_abroad"


class Migration(migrations.Migration):
    dependencies = [("luzhi", "9001_widen")]

    operations = [
        ops.AlterField("MembershipStatus", "status", fields.CharEnumField(Status, max_length=40)),
    ]
