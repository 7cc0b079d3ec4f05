"""The professional title (职称) that a person holds."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("luzhi", "0001_initial")]

    operations = [
        ops.AddField("Person", "professional_title", fields.CharField(max_length=100, default="", db_default=""))
    ]
