"""Changes that came with a key, and what was answered to them."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


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
    ]
