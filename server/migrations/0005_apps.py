"""Apps that act for a person; from where a token may be shown, and by which one it was replaced."""

from uuid import uuid4

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops


def key():
    return ("id", fields.UUIDField(primary_key=True, default=uuid4))


def points(name, to, related, null=False):
    target = fields.ForeignKeyField(
        f"luzhi.{to}", null=null, to_field="id", related_name=related, on_delete=OnDelete.RESTRICT
    )
    return (name, target)


def table(name, columns, of):
    return ops.CreateModel(
        name=name,
        fields=[key(), *columns],
        options={"table": of, "app": "luzhi", "pk_attr": "id"},
        bases=["Keyed"],
    )


class Migration(migrations.Migration):
    dependencies = [("luzhi", "0004_sessions_and_single_sign_on")]

    operations = [
        ops.AddField("ApiClient", "addresses", fields.JSONField(default=list, db_default=[])),
        ops.AddField("ApiClient", *points("replaced_by", "ApiClient", False, null=True)),
        table(
            "App",
            [
                ("name_zh", fields.CharField(max_length=100, default="")),
                ("name_en", fields.CharField(max_length=100, default="")),
                ("redirects", fields.JSONField(default=list)),
                ("scopes", fields.JSONField(default=list)),
                ("confidential", fields.BooleanField(default=False)),
                ("secret_hash", fields.CharField(max_length=64, default="")),
                ("created_at", fields.DatetimeField()),
                points("created_by", "Account", False, null=True),
                ("disabled_at", fields.DatetimeField(null=True)),
            ],
            "app",
        ),
        table(
            "Consent",
            [
                points("account", "Account", "consents"),
                points("app", "App", "consents"),
                ("scopes", fields.JSONField(default=list)),
                ("created_at", fields.DatetimeField()),
                ("last_used_at", fields.DatetimeField(null=True)),
                ("ended_at", fields.DatetimeField(null=True)),
            ],
            "consent",
        ),
        table(
            "AppCode",
            [
                points("consent", "Consent", "codes"),
                ("code_hash", fields.CharField(max_length=64)),
                ("redirect", fields.CharField(max_length=1000, default="")),
                ("challenge", fields.CharField(max_length=128)),
                ("scopes", fields.JSONField(default=list)),
                ("expires_at", fields.DatetimeField()),
                ("used_at", fields.DatetimeField(null=True)),
            ],
            "app_code",
        ),
        table(
            "AppToken",
            [
                points("consent", "Consent", "tokens"),
                ("line", fields.UUIDField()),
                ("refresh", fields.BooleanField()),
                ("token_hash", fields.CharField(max_length=64)),
                ("scopes", fields.JSONField(default=list)),
                ("created_at", fields.DatetimeField()),
                ("expires_at", fields.DatetimeField()),
                ("used_at", fields.DatetimeField(null=True)),
                ("revoked_at", fields.DatetimeField(null=True)),
            ],
            "app_token",
        ),
    ]
