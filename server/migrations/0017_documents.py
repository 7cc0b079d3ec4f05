"""Document reading: folders, documents, who may read them."""

from uuid import uuid4

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops


def points(name, to, related=False, null=True):
    target = fields.ForeignKeyField(
        f"luzhi.{to}", null=null, to_field="id", related_name=related, on_delete=OnDelete.RESTRICT
    )
    return (name, target)


def table(name, of, *columns):
    return ops.CreateModel(
        name=name,
        fields=[("id", fields.UUIDField(primary_key=True, default=uuid4)), *columns],
        options={"table": of, "app": "luzhi", "pk_attr": "id"},
        bases=["Keyed"],
    )


def word(name, letters, **facts):
    return (name, fields.CharField(max_length=letters, **facts))


def moment(name, null=False):
    return (name, fields.DatetimeField(null=null))


class Migration(migrations.Migration):
    dependencies = [("luzhi", "0016_by_hand")]

    operations = [
        table(
            "Folder",
            "folder",
            word("name_zh", 200, default=""),
            word("name_en", 200, default=""),
            word("sort", 400),
            points("parent", "Folder", "children"),
            points("body", "Body", "folders"),
            moment("created_at"),
            moment("updated_at"),
        ),
        table(
            "FolderPath",
            "folder_path",
            points("folder", "Folder", "paths", null=False),
            points("above", "Folder", "below", null=False),
        ),
        table(
            "ReadingAgreement",
            "reading_agreement",
            ("n", fields.IntField()),
            ("text_zh", fields.TextField()),
            ("text_en", fields.TextField(default="")),
            moment("published_at"),
            points("published_by", "Account"),
        ),
        table(
            "AgreementAcceptance",
            "agreement_acceptance",
            points("agreement", "ReadingAgreement", "acceptances", null=False),
            points("person", "Person", null=False),
            moment("accepted_at"),
        ),
        table(
            "Document",
            "document",
            points("folder", "Folder", "documents", null=False),
            word("no", 60, default=""),
            word("title_zh", 300, default=""),
            word("title_en", 300, default=""),
            ("search", fields.TextField()),
            points("origin", "Body", "documents"),
            word("level", 20),
            word("read_mode", 20),
            word("state", 20),
            word("catalogue_audience", 20),
            points("agreement", "ReadingAgreement", "documents"),
            moment("available_from", null=True),
            moment("expires_at", null=True),
            moment("created_at"),
            moment("updated_at"),
        ),
        table(
            "DocumentAudience",
            "document_audience",
            points("document", "Document", "audience", null=False),
            points("body", "Body", null=False),
        ),
        table(
            "AccessGrant",
            "access_grant",
            points("document", "Document", "grants"),
            points("folder", "Folder", "grants"),
            points("person", "Person", "grants"),
            points("body", "Body", "grants"),
            word("body_role", 40, null=True),
            points("term", "Term", "grants"),
            word("effect", 10),
            word("act", 20),
            ("overrides", fields.BooleanField(default=False)),
            moment("valid_from"),
            moment("valid_until"),
            ("max_opens", fields.IntField(null=True)),
            word("reason", 500),
            word("state", 20),
            moment("granted_at"),
            points("granted_by", "Account"),
            points("second", "Account"),
            moment("decided_at", null=True),
            points("decided_by", "Account"),
            word("decided_reason", 500, default=""),
        ),
        table(
            "GrantUse",
            "grant_use",
            points("grant", "AccessGrant", "uses", null=False),
            points("person", "Person", null=False),
            ("left", fields.IntField()),
        ),
    ]
