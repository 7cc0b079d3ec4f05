"""From what device a session was opened; at which provider an account is known, and by what."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("luzhi", "0003_voided_elsewhere")]

    operations = [
        ops.AddField("Session", "device", fields.CharField(max_length=60, default="", db_default="")),
        ops.AddField("Account", "oidc_issuer", fields.CharField(max_length=255, default="", db_default="")),
        ops.AlterField("Account", "oidc_subject", fields.CharField(max_length=255, default="")),
    ]
