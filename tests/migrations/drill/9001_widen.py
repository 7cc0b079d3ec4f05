"""Wider columns: of tables that others point to (some with CASCADE), of a sort key, and of the guarded trail."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from tests.migrations.drill import TODAY


class Migration(migrations.Migration):
    dependencies = [("luzhi", TODAY)]

    operations = [
        ops.AlterField("Person", "sort_pinyin", fields.CharField(max_length=900)),
        ops.AlterField("Body", "name_zh", fields.CharField(max_length=600, default="")),
        ops.AlterField("ImportRun", "file_name", fields.CharField(max_length=600)),
        ops.AlterField("AuditEntry", "object", fields.CharField(max_length=200, default="")),
    ]
