"""Who found a fact wrong in the register that it was imported from."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

DATED = ("MembershipStatus", "MembershipPost", "BodyRelation", "BodyMembership", "RoleAssignment")


class Migration(migrations.Migration):
    dependencies = [("luzhi", "0002_professional_title")]

    operations = [
        ops.AddField(model, "voided_elsewhere", fields.CharField(max_length=150, default="", db_default=""))
        for model in DATED
    ]
