"""Runs of what the system does by itself."""

from uuid import uuid4

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("luzhi", "0006_keeping_in_step")]

    operations = [
        ops.CreateModel(
            name="JobRun",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4)),
                ("job", fields.CharField(max_length=60)),
                ("due_at", fields.DatetimeField()),
                ("newest", fields.BooleanField()),
                ("outcome", fields.CharField(max_length=20)),
                ("tries", fields.IntField()),
                ("holder", fields.CharField(max_length=150)),
                ("leased_until", fields.DatetimeField()),
                ("started_at", fields.DatetimeField()),
                ("ended_at", fields.DatetimeField(null=True)),
                ("retry_at", fields.DatetimeField(null=True)),
                ("succeeded_at", fields.DatetimeField(null=True)),
                ("error", fields.CharField(max_length=64, default="")),
                ("said", fields.JSONField(null=True)),
            ],
            options={"table": "job_run", "app": "luzhi", "pk_attr": "id"},
            bases=["Keyed"],
        ),
    ]
