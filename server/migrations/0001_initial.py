"""The register, the bodies, the accounts, the imports and the audit trail."""

from uuid import uuid4

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name="AuditEntry",
            fields=[
                ("serial", fields.BigIntField(primary_key=True, generated=False)),
                ("at", fields.DatetimeField()),
                ("actor", fields.CharField(max_length=150)),
                ("on_behalf_of", fields.CharField(max_length=150, default="")),
                ("action", fields.CharField(max_length=60)),
                ("object", fields.CharField(max_length=100, default="")),
                ("payload", fields.TextField(null=True)),
                ("salt", fields.CharField(max_length=64)),
                ("digest", fields.CharField(max_length=64)),
                ("request_id", fields.CharField(max_length=64, default="")),
                ("prev_hash", fields.CharField(max_length=64)),
                ("hash", fields.CharField(max_length=64)),
            ],
            options={"table": "audit_entry", "app": "luzhi", "pk_attr": "serial"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Person",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4)),
                ("name_zh", fields.CharField(max_length=200, default="")),
                ("name_en", fields.CharField(max_length=200, default="")),
                ("family_name", fields.CharField(max_length=100, default="")),
                ("given_name", fields.CharField(max_length=150, default="")),
                ("sort_pinyin", fields.CharField(max_length=500)),
                ("sort_strokes", fields.CharField(max_length=500)),
                ("sort_fixed", fields.BooleanField(default=False)),
                ("search", fields.TextField()),
                ("sex", fields.CharField(max_length=20, null=True)),
                ("birth_date", fields.DateField(null=True)),
                ("political_affiliation", fields.CharField(max_length=100, default="")),
                ("education", fields.CharField(max_length=200, default="")),
                ("expertise", fields.JSONField(default=list)),
                ("focus_topics", fields.JSONField(default=list)),
                ("email", fields.CharField(max_length=254, default="")),
                ("phone", fields.CharField(max_length=60, default="")),
                ("image", fields.CharField(max_length=1000, default="")),
                (
                    "merged_into",
                    fields.ForeignKeyField(
                        "luzhi.Person", null=True, to_field="id", related_name="merged", on_delete=OnDelete.RESTRICT
                    ),
                ),
                ("created_at", fields.DatetimeField(auto_now_add=True)),
                ("updated_at", fields.DatetimeField()),
            ],
            options={"table": "person", "app": "luzhi", "pk_attr": "id"},
            bases=["Keyed"],
        ),
        ops.CreateModel(
            name="Account",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4)),
                ("name", fields.CharField(max_length=100)),
                ("password_hash", fields.CharField(max_length=200, default="")),
                (
                    "person",
                    fields.ForeignKeyField(
                        "luzhi.Person", null=True, to_field="id", related_name="accounts", on_delete=OnDelete.RESTRICT
                    ),
                ),
                ("oidc_subject", fields.CharField(max_length=200, default="")),
                ("active", fields.BooleanField(default=True)),
                ("demo", fields.BooleanField(default=False)),
                ("locale", fields.CharField(max_length=10, default="")),
                ("created_at", fields.DatetimeField(auto_now_add=True)),
            ],
            options={"table": "account", "app": "luzhi", "pk_attr": "id"},
            bases=["Keyed"],
        ),
        ops.CreateModel(
            name="ApiClient",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4)),
                (
                    "owner",
                    fields.ForeignKeyField(
                        "luzhi.Account", to_field="id", related_name="clients", on_delete=OnDelete.RESTRICT
                    ),
                ),
                ("name", fields.CharField(max_length=100)),
                ("scopes", fields.JSONField(default=list)),
                ("token_hash", fields.CharField(max_length=64)),
                ("created_at", fields.DatetimeField()),
                ("expires_at", fields.DatetimeField()),
                ("last_used_at", fields.DatetimeField(null=True)),
                ("revoked_at", fields.DatetimeField(null=True)),
            ],
            options={"table": "api_client", "app": "luzhi", "pk_attr": "id"},
            bases=["Keyed"],
        ),
        ops.CreateModel(
            name="ImportRun",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4)),
                ("file_name", fields.CharField(max_length=300)),
                ("sha256", fields.CharField(max_length=64)),
                ("options", fields.JSONField(default=dict)),
                ("counts", fields.JSONField(default=dict)),
                ("state", fields.CharField(max_length=20, default="previewed")),
                (
                    "started_by",
                    fields.ForeignKeyField(
                        "luzhi.Account", null=True, to_field="id", related_name="imports", on_delete=OnDelete.RESTRICT
                    ),
                ),
                ("started_at", fields.DatetimeField()),
                ("applied_at", fields.DatetimeField(null=True)),
                ("undone_at", fields.DatetimeField(null=True)),
            ],
            options={"table": "import_run", "app": "luzhi", "pk_attr": "id"},
            bases=["Keyed"],
        ),
        ops.CreateModel(
            name="ImportChange",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4)),
                (
                    "run",
                    fields.ForeignKeyField(
                        "luzhi.ImportRun", to_field="id", related_name="changes", on_delete=OnDelete.CASCADE
                    ),
                ),
                ("seq", fields.IntField()),
                ("table_name", fields.CharField(max_length=60)),
                ("object_id", fields.UUIDField()),
                ("before", fields.JSONField(null=True)),
                ("after", fields.JSONField()),
            ],
            options={"table": "import_change", "app": "luzhi", "pk_attr": "id"},
            bases=["Keyed"],
        ),
        ops.CreateModel(
            name="ImportRow",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4)),
                (
                    "run",
                    fields.ForeignKeyField(
                        "luzhi.ImportRun", to_field="id", related_name="rows", on_delete=OnDelete.CASCADE
                    ),
                ),
                ("kind", fields.CharField(max_length=40, default="")),
                ("list_name", fields.CharField(max_length=40)),
                ("row", fields.IntField()),
                ("label", fields.CharField(max_length=300)),
                ("outcome", fields.CharField(max_length=20)),
                ("warned", fields.BooleanField(default=False)),
                ("changes", fields.JSONField(default=list)),
                ("messages", fields.JSONField(default=list)),
            ],
            options={"table": "import_row", "app": "luzhi", "pk_attr": "id"},
            bases=["Keyed"],
        ),
        ops.CreateModel(
            name="PersonIdentifier",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4)),
                (
                    "person",
                    fields.ForeignKeyField(
                        "luzhi.Person", to_field="id", related_name="identifiers", on_delete=OnDelete.RESTRICT
                    ),
                ),
                ("scheme", fields.CharField(max_length=60)),
                ("value", fields.CharField(max_length=300)),
            ],
            options={"table": "person_identifier", "app": "luzhi", "pk_attr": "id"},
            bases=["Keyed"],
        ),
        ops.CreateModel(
            name="Session",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4)),
                (
                    "account",
                    fields.ForeignKeyField(
                        "luzhi.Account", to_field="id", related_name="sessions", on_delete=OnDelete.RESTRICT
                    ),
                ),
                ("token_hash", fields.CharField(max_length=64)),
                ("created_at", fields.DatetimeField()),
                ("last_seen_at", fields.DatetimeField()),
                ("expires_at", fields.DatetimeField()),
                ("ended_at", fields.DatetimeField(null=True)),
            ],
            options={"table": "session", "app": "luzhi", "pk_attr": "id"},
            bases=["Keyed"],
        ),
        ops.CreateModel(
            name="SignInFailure",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4)),
                ("account_name", fields.CharField(max_length=100)),
                ("address_hash", fields.CharField(max_length=64)),
                ("at", fields.DatetimeField()),
            ],
            options={"table": "sign_in_failure", "app": "luzhi", "pk_attr": "id"},
            bases=["Keyed"],
        ),
        ops.CreateModel(
            name="Term",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4)),
                ("code", fields.CharField(max_length=40)),
                ("name_zh", fields.CharField(max_length=200, default="")),
                ("name_en", fields.CharField(max_length=200, default="")),
                ("starts_on", fields.DateField(null=True)),
                ("ends_on", fields.DateField(null=True)),
                ("status", fields.CharField(max_length=20, default="draft")),
                ("updated_at", fields.DatetimeField(auto_now=True)),
            ],
            options={"table": "term", "app": "luzhi", "pk_attr": "id"},
            bases=["Keyed"],
        ),
        ops.CreateModel(
            name="Body",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4)),
                ("kind", fields.CharField(max_length=40)),
                ("name_zh", fields.CharField(max_length=300, default="")),
                ("name_en", fields.CharField(max_length=300, default="")),
                ("classification", fields.CharField(max_length=100, default="")),
                ("sort", fields.CharField(max_length=500)),
                ("search", fields.TextField()),
                (
                    "term",
                    fields.ForeignKeyField(
                        "luzhi.Term", null=True, to_field="id", related_name="bodies", on_delete=OnDelete.RESTRICT
                    ),
                ),
                (
                    "parent",
                    fields.ForeignKeyField(
                        "luzhi.Body", null=True, to_field="id", related_name="children", on_delete=OnDelete.RESTRICT
                    ),
                ),
                ("starts_on", fields.DateField(null=True)),
                ("ends_on", fields.DateField(null=True)),
                ("sensitive", fields.BooleanField(default=False)),
                ("created_at", fields.DatetimeField(auto_now_add=True)),
                ("updated_at", fields.DatetimeField()),
            ],
            options={"table": "body", "app": "luzhi", "pk_attr": "id"},
            bases=["Keyed"],
        ),
        ops.CreateModel(
            name="BodyIdentifier",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4)),
                (
                    "body",
                    fields.ForeignKeyField(
                        "luzhi.Body", to_field="id", related_name="identifiers", on_delete=OnDelete.RESTRICT
                    ),
                ),
                ("scheme", fields.CharField(max_length=60)),
                ("value", fields.CharField(max_length=300)),
            ],
            options={"table": "body_identifier", "app": "luzhi", "pk_attr": "id"},
            bases=["Keyed"],
        ),
        ops.CreateModel(
            name="BodyRelation",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4)),
                ("starts_on", fields.DateField(null=True)),
                ("ends_on", fields.DateField(null=True)),
                ("recorded_at", fields.DatetimeField(auto_now_add=True)),
                (
                    "recorded_by",
                    fields.ForeignKeyField(
                        "luzhi.Account", null=True, to_field="id", related_name=False, on_delete=OnDelete.RESTRICT
                    ),
                ),
                ("voided_at", fields.DatetimeField(null=True)),
                (
                    "voided_by",
                    fields.ForeignKeyField(
                        "luzhi.Account", null=True, to_field="id", related_name=False, on_delete=OnDelete.RESTRICT
                    ),
                ),
                ("voided_reason", fields.CharField(max_length=500, default="")),
                (
                    "source",
                    fields.ForeignKeyField(
                        "luzhi.Body", to_field="id", related_name="relations", on_delete=OnDelete.RESTRICT
                    ),
                ),
                (
                    "target",
                    fields.ForeignKeyField(
                        "luzhi.Body", to_field="id", related_name="related_from", on_delete=OnDelete.RESTRICT
                    ),
                ),
                ("kind", fields.CharField(max_length=20)),
            ],
            options={"table": "body_relation", "app": "luzhi", "pk_attr": "id"},
            bases=["Dated"],
        ),
        ops.CreateModel(
            name="Membership",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4)),
                (
                    "person",
                    fields.ForeignKeyField(
                        "luzhi.Person", to_field="id", related_name="memberships", on_delete=OnDelete.RESTRICT
                    ),
                ),
                (
                    "term",
                    fields.ForeignKeyField(
                        "luzhi.Term", to_field="id", related_name="memberships", on_delete=OnDelete.RESTRICT
                    ),
                ),
                ("no", fields.CharField(max_length=40, default="")),
                ("updated_at", fields.DatetimeField(auto_now=True)),
            ],
            options={"table": "membership", "app": "luzhi", "pk_attr": "id"},
            bases=["Keyed"],
        ),
        ops.CreateModel(
            name="BodyMembership",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4)),
                ("starts_on", fields.DateField(null=True)),
                ("ends_on", fields.DateField(null=True)),
                ("recorded_at", fields.DatetimeField(auto_now_add=True)),
                (
                    "recorded_by",
                    fields.ForeignKeyField(
                        "luzhi.Account", null=True, to_field="id", related_name=False, on_delete=OnDelete.RESTRICT
                    ),
                ),
                ("voided_at", fields.DatetimeField(null=True)),
                (
                    "voided_by",
                    fields.ForeignKeyField(
                        "luzhi.Account", null=True, to_field="id", related_name=False, on_delete=OnDelete.RESTRICT
                    ),
                ),
                ("voided_reason", fields.CharField(max_length=500, default="")),
                (
                    "body",
                    fields.ForeignKeyField(
                        "luzhi.Body", to_field="id", related_name="body_memberships", on_delete=OnDelete.RESTRICT
                    ),
                ),
                (
                    "person",
                    fields.ForeignKeyField(
                        "luzhi.Person", to_field="id", related_name="body_memberships", on_delete=OnDelete.RESTRICT
                    ),
                ),
                (
                    "membership",
                    fields.ForeignKeyField(
                        "luzhi.Membership",
                        null=True,
                        to_field="id",
                        related_name="body_memberships",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("primary", fields.BooleanField(default=True)),
                ("role", fields.CharField(max_length=20, default="member")),
                ("title", fields.CharField(max_length=300, default="")),
                (
                    "on_behalf_of",
                    fields.ForeignKeyField(
                        "luzhi.Body", null=True, to_field="id", related_name=False, on_delete=OnDelete.RESTRICT
                    ),
                ),
            ],
            options={"table": "body_membership", "app": "luzhi", "pk_attr": "id"},
            bases=["Dated"],
        ),
        ops.CreateModel(
            name="MembershipPost",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4)),
                ("starts_on", fields.DateField(null=True)),
                ("ends_on", fields.DateField(null=True)),
                ("recorded_at", fields.DatetimeField(auto_now_add=True)),
                (
                    "recorded_by",
                    fields.ForeignKeyField(
                        "luzhi.Account", null=True, to_field="id", related_name=False, on_delete=OnDelete.RESTRICT
                    ),
                ),
                ("voided_at", fields.DatetimeField(null=True)),
                (
                    "voided_by",
                    fields.ForeignKeyField(
                        "luzhi.Account", null=True, to_field="id", related_name=False, on_delete=OnDelete.RESTRICT
                    ),
                ),
                ("voided_reason", fields.CharField(max_length=500, default="")),
                (
                    "membership",
                    fields.ForeignKeyField(
                        "luzhi.Membership", to_field="id", related_name="posts", on_delete=OnDelete.RESTRICT
                    ),
                ),
                ("kind", fields.CharField(max_length=20, default="ordinary")),
                (
                    "sector",
                    fields.ForeignKeyField(
                        "luzhi.Body", null=True, to_field="id", related_name="seats", on_delete=OnDelete.RESTRICT
                    ),
                ),
                ("unit", fields.CharField(max_length=200, default="")),
                ("residence_area", fields.CharField(max_length=200, default="")),
            ],
            options={"table": "membership_post", "app": "luzhi", "pk_attr": "id"},
            bases=["Dated"],
        ),
        ops.CreateModel(
            name="MembershipStatus",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4)),
                ("starts_on", fields.DateField(null=True)),
                ("ends_on", fields.DateField(null=True)),
                ("recorded_at", fields.DatetimeField(auto_now_add=True)),
                (
                    "recorded_by",
                    fields.ForeignKeyField(
                        "luzhi.Account", null=True, to_field="id", related_name=False, on_delete=OnDelete.RESTRICT
                    ),
                ),
                ("voided_at", fields.DatetimeField(null=True)),
                (
                    "voided_by",
                    fields.ForeignKeyField(
                        "luzhi.Account", null=True, to_field="id", related_name=False, on_delete=OnDelete.RESTRICT
                    ),
                ),
                ("voided_reason", fields.CharField(max_length=500, default="")),
                (
                    "membership",
                    fields.ForeignKeyField(
                        "luzhi.Membership", to_field="id", related_name="statuses", on_delete=OnDelete.RESTRICT
                    ),
                ),
                ("status", fields.CharField(max_length=20)),
                ("reason", fields.CharField(max_length=500, default="")),
            ],
            options={"table": "membership_status", "app": "luzhi", "pk_attr": "id"},
            bases=["Dated"],
        ),
        ops.CreateModel(
            name="RoleAssignment",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4)),
                ("starts_on", fields.DateField(null=True)),
                ("ends_on", fields.DateField(null=True)),
                ("recorded_at", fields.DatetimeField(auto_now_add=True)),
                (
                    "recorded_by",
                    fields.ForeignKeyField(
                        "luzhi.Account", null=True, to_field="id", related_name=False, on_delete=OnDelete.RESTRICT
                    ),
                ),
                ("voided_at", fields.DatetimeField(null=True)),
                (
                    "voided_by",
                    fields.ForeignKeyField(
                        "luzhi.Account", null=True, to_field="id", related_name=False, on_delete=OnDelete.RESTRICT
                    ),
                ),
                ("voided_reason", fields.CharField(max_length=500, default="")),
                (
                    "account",
                    fields.ForeignKeyField(
                        "luzhi.Account", to_field="id", related_name="assignments", on_delete=OnDelete.RESTRICT
                    ),
                ),
                ("role", fields.CharField(max_length=40)),
                (
                    "body",
                    fields.ForeignKeyField(
                        "luzhi.Body", null=True, to_field="id", related_name="assignments", on_delete=OnDelete.RESTRICT
                    ),
                ),
                (
                    "deputy_for",
                    fields.ForeignKeyField(
                        "luzhi.Account", null=True, to_field="id", related_name=False, on_delete=OnDelete.RESTRICT
                    ),
                ),
            ],
            options={"table": "role_assignment", "app": "luzhi", "pk_attr": "id"},
            bases=["Dated"],
        ),
        ops.CreateModel(
            name="TermYear",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4)),
                (
                    "term",
                    fields.ForeignKeyField(
                        "luzhi.Term", to_field="id", related_name="years", on_delete=OnDelete.RESTRICT
                    ),
                ),
                ("n", fields.IntField()),
                ("starts_on", fields.DateField()),
                ("ends_on", fields.DateField()),
            ],
            options={"table": "term_year", "app": "luzhi", "pk_attr": "id"},
            bases=["Keyed"],
        ),
        ops.CreateModel(
            name="Tombstone",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4)),
                ("collection", fields.CharField(max_length=40)),
                ("object_id", fields.UUIDField()),
                ("removed_at", fields.DatetimeField()),
                ("reason", fields.CharField(max_length=40)),
                ("successor_id", fields.UUIDField(null=True)),
            ],
            options={"table": "tombstone", "app": "luzhi", "pk_attr": "id"},
            bases=["Keyed"],
        ),
    ]
