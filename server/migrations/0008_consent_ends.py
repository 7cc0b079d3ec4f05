"""When someone last let an app act in their name anew, so that they are asked again a year later."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("luzhi", "0007_jobs")]

    operations = [ops.AddField("Consent", "renewed_at", fields.DatetimeField(null=True))]
