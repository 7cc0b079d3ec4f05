"""Changes that came with a key and what was answered to them; and what changed, for whoever keeps a copy.

All that is there already counts as touched, so that it is told once, with the next change.
"""

from uuid import uuid4

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

LISTED = {"term": "trm", "person": "per", "membership": "mem", "body": "bod", "body_membership": "bdm"}


class Migration(migrations.Migration):
    dependencies = [("luzhi", "0005_apps")]

    operations = [
        ops.CreateModel(
            name="KeptAnswer",
            fields=[
                ("id", fields.CharField(max_length=64, primary_key=True)),
                ("request", fields.CharField(max_length=64)),
                ("answer", fields.TextField(null=True)),
                ("at", fields.DatetimeField()),
            ],
            options={"table": "kept_answer", "app": "luzhi", "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Touched",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=True)),
                ("listed", fields.CharField(max_length=20)),
                ("key", fields.UUIDField()),
            ],
            options={"table": "touched", "app": "luzhi", "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Change",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4)),
                ("audience", fields.CharField(max_length=20)),
                ("collection", fields.CharField(max_length=20)),
                ("thing", fields.CharField(max_length=40)),
                ("kind", fields.CharField(max_length=20)),
                ("serial", fields.BigIntField()),
                ("under", fields.UUIDField(null=True)),
            ],
            options={"table": "change", "app": "luzhi", "pk_attr": "id"},
            bases=["Keyed"],
        ),
        *(
            ops.RunSQL(f"INSERT INTO touched (listed, key) SELECT '{letters}', id FROM {table}", "")
            for table, letters in LISTED.items()
        ),
    ]
