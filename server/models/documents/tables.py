"""The tables of document reading: folders, documents and their versions, and who was given what (RD-1, RD-2)."""

from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from server.models.accounts.tables import Account
from server.models.bodies.tables import Body, BodyRole
from server.models.fields import Keyed
from server.models.members.tables import Person, Term
from server.rules.access import AccessState, MaterialState, Refusal
from server.rules.documents import Act, CatalogueAudience, DocumentState, Effect, GrantState, Level, Media, ReadMode
from server.rules.explanations import ExplanationState


class Folder(Keyed):
    """Where documents lie. body: whose it is; who holds the role of a custodian for that body keeps it.

    None is the whole assembly's. A folder within another is of the same body.
    """

    name_zh = fields.CharField(max_length=200, default="")
    name_en = fields.CharField(max_length=200, default="")
    sort = fields.CharField(max_length=400)
    parent: fields.ForeignKeyNullableRelation["Folder"] = fields.ForeignKeyField(
        "luzhi.Folder", null=True, related_name="children", on_delete=fields.RESTRICT
    )
    parent_id: UUID | None
    body: fields.ForeignKeyNullableRelation[Body] = fields.ForeignKeyField(
        "luzhi.Body", null=True, related_name="folders", on_delete=fields.RESTRICT
    )
    body_id: UUID | None
    created_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()

    class Meta:
        table = "folder"


class FolderPath(Keyed):
    """Each folder above a folder, and itself: a grant on one reaches all below."""

    folder: fields.ForeignKeyRelation[Folder] = fields.ForeignKeyField(
        "luzhi.Folder", related_name="paths", on_delete=fields.RESTRICT
    )
    folder_id: UUID
    above: fields.ForeignKeyRelation[Folder] = fields.ForeignKeyField(
        "luzhi.Folder", related_name="below", on_delete=fields.RESTRICT
    )
    above_id: UUID

    class Meta:
        table = "folder_path"


class Document(Keyed):
    """A document. no: the office's own number. origin: the department it comes from. explainer: the one that answers
    questions about it, where it comes from none. agreement: to be accepted first.

    available_from, expires_at: the window in which it can be had, from a moment up to another. catalogue_only: of a
    paper that lies in a physical room; it has no file. receipt_by: readers confirm by that day that they read it.
    review_on: someone looks whether it still stands. retention_until: it is kept at least until then (RT-1).
    material: the request that a department answered with it.
    """

    folder: fields.ForeignKeyRelation[Folder] = fields.ForeignKeyField(
        "luzhi.Folder", related_name="documents", on_delete=fields.RESTRICT
    )
    folder_id: UUID
    no = fields.CharField(max_length=60, default="")
    title_zh = fields.CharField(max_length=300, default="")
    title_en = fields.CharField(max_length=300, default="")
    search = fields.TextField()
    origin: fields.ForeignKeyNullableRelation[Body] = fields.ForeignKeyField(
        "luzhi.Body", null=True, related_name="documents", on_delete=fields.RESTRICT
    )
    origin_id: UUID | None
    explainer: fields.ForeignKeyNullableRelation[Body] = fields.ForeignKeyField(
        "luzhi.Body", null=True, related_name=False, on_delete=fields.RESTRICT
    )
    explainer_id: UUID | None
    level = fields.CharEnumField(Level, max_length=20)
    read_mode = fields.CharEnumField(ReadMode, max_length=20)
    state = fields.CharEnumField(DocumentState, max_length=20)
    catalogue_audience = fields.CharEnumField(CatalogueAudience, max_length=20)
    agreement: fields.ForeignKeyNullableRelation["ReadingAgreement"] = fields.ForeignKeyField(
        "luzhi.ReadingAgreement", null=True, related_name="documents", on_delete=fields.RESTRICT
    )
    agreement_id: UUID | None
    material: fields.ForeignKeyNullableRelation["MaterialRequest"] = fields.ForeignKeyField(
        "luzhi.MaterialRequest", null=True, related_name="documents", on_delete=fields.RESTRICT
    )
    material_id: UUID | None
    catalogue_only = fields.BooleanField(default=False)
    watermark = fields.BooleanField(default=True)
    notes_allowed = fields.BooleanField(default=True)
    available_from = fields.DatetimeField(null=True)
    expires_at = fields.DatetimeField(null=True)
    receipt_by = fields.DateField(null=True)
    review_on = fields.DateField(null=True)
    retention_until = fields.DateField(null=True)
    created_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()

    class Meta:
        table = "document"


class DocumentVersion(Keyed):
    """A file of a document. n: 1, 2, 3; the one that is `current` is read. sha256, size in bytes, media: as it came.

    pages_sha256: of the PDF whose pages are read, the file itself where it is one. name: what it was called, without
    a path. declared: who brought it says that it bears no marking of a state secret, for nobody could read its words.
    """

    document: fields.ForeignKeyRelation[Document] = fields.ForeignKeyField(
        "luzhi.Document", related_name="versions", on_delete=fields.RESTRICT
    )
    document_id: UUID
    n = fields.IntField()
    current = fields.BooleanField(default=True)
    name = fields.CharField(max_length=200)
    media = fields.CharEnumField(Media, max_length=20)
    sha256 = fields.CharField(max_length=64)
    size = fields.IntField()
    pages_sha256 = fields.CharField(max_length=64)
    pages = fields.IntField()
    declared = fields.BooleanField(default=False, db_default=False)
    added_at = fields.DatetimeField()
    added_by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "luzhi.Account", null=True, related_name=False, on_delete=fields.RESTRICT
    )
    added_by_id: UUID | None

    class Meta:
        table = "document_version"


class MaterialRequest(Keyed):
    """What a department is asked to deliver into a folder. topic: for what; due_without: as in `Request`.

    promised_for: the day that the department named. reason: why it declined, what is missing of what it delivered, or
    why the office took it back.
    """

    department: fields.ForeignKeyRelation[Body] = fields.ForeignKeyField(
        "luzhi.Body", related_name="materials", on_delete=fields.RESTRICT
    )
    department_id: UUID
    folder: fields.ForeignKeyRelation[Folder] = fields.ForeignKeyField(
        "luzhi.Folder", related_name="materials", on_delete=fields.RESTRICT
    )
    folder_id: UUID
    topic = fields.CharField(max_length=200)
    what = fields.CharField(max_length=1000)
    level = fields.CharEnumField(Level, max_length=20)
    state = fields.CharEnumField(MaterialState, max_length=20)
    due_on = fields.DateField()
    due_without = fields.IntField(null=True)
    promised_for = fields.DateField(null=True)
    reason = fields.CharField(max_length=500, default="")
    asked_at = fields.DatetimeField()
    asked_by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "luzhi.Account", null=True, related_name=False, on_delete=fields.RESTRICT
    )
    asked_by_id: UUID | None
    decided_at = fields.DatetimeField(null=True)

    class Meta:
        table = "material_request"


class DocumentAudience(Keyed):
    """A body whose members may know that a document exists, where its catalogue audience says bodies."""

    document: fields.ForeignKeyRelation[Document] = fields.ForeignKeyField(
        "luzhi.Document", related_name="audience", on_delete=fields.RESTRICT
    )
    document_id: UUID
    body: fields.ForeignKeyRelation[Body] = fields.ForeignKeyField(
        "luzhi.Body", related_name=False, on_delete=fields.RESTRICT
    )
    body_id: UUID

    class Meta:
        table = "document_audience"


class AccessGrant(Keyed):
    """A permission, or a refusal, for a person, a body (in a role), everyone with a seat in a term, or who takes part
    in an activity; on a document, or on a folder and all below.

    It is never changed in what it gives, only decided: renewing makes another. second: who confirmed it, where two
    have to. valid_until: the first moment at which it holds no more. text: with the words of each page, for who hears
    or enlarges them. renews: the one that it gives once more. granted_for: in whose place, where a deputy gave it.
    """

    document: fields.ForeignKeyNullableRelation[Document] = fields.ForeignKeyField(
        "luzhi.Document", null=True, related_name="grants", on_delete=fields.RESTRICT
    )
    document_id: UUID | None
    folder: fields.ForeignKeyNullableRelation[Folder] = fields.ForeignKeyField(
        "luzhi.Folder", null=True, related_name="grants", on_delete=fields.RESTRICT
    )
    folder_id: UUID | None
    person: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "luzhi.Person", null=True, related_name="grants", on_delete=fields.RESTRICT
    )
    person_id: UUID | None
    body: fields.ForeignKeyNullableRelation[Body] = fields.ForeignKeyField(
        "luzhi.Body", null=True, related_name="grants", on_delete=fields.RESTRICT
    )
    body_id: UUID | None
    body_role = fields.CharEnumField(BodyRole, max_length=40, null=True)
    term: fields.ForeignKeyNullableRelation[Term] = fields.ForeignKeyField(
        "luzhi.Term", null=True, related_name="grants", on_delete=fields.RESTRICT
    )
    term_id: UUID | None
    activity: fields.ForeignKeyNullableRelation[Model] = fields.ForeignKeyField(
        "luzhi.Activity", null=True, related_name="grants", on_delete=fields.RESTRICT
    )
    activity_id: UUID | None
    effect = fields.CharEnumField(Effect, max_length=10)
    act = fields.CharEnumField(Act, max_length=20)
    overrides = fields.BooleanField(default=False)
    valid_from = fields.DatetimeField()
    valid_until = fields.DatetimeField()
    max_opens = fields.IntField(null=True)
    text = fields.BooleanField(default=True)
    reason = fields.CharField(max_length=500)
    state = fields.CharEnumField(GrantState, max_length=20)
    granted_at = fields.DatetimeField()
    granted_by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "luzhi.Account", null=True, related_name=False, on_delete=fields.RESTRICT
    )
    granted_by_id: UUID | None
    granted_for: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "luzhi.Account", null=True, related_name=False, on_delete=fields.RESTRICT
    )
    granted_for_id: UUID | None
    second: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "luzhi.Account", null=True, related_name=False, on_delete=fields.RESTRICT
    )
    second_id: UUID | None
    decided_at = fields.DatetimeField(null=True)
    decided_by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "luzhi.Account", null=True, related_name=False, on_delete=fields.RESTRICT
    )
    decided_by_id: UUID | None
    decided_reason = fields.CharField(max_length=500, default="")
    renews: fields.ForeignKeyNullableRelation["AccessGrant"] = fields.ForeignKeyField(
        "luzhi.AccessGrant", null=True, related_name="renewals", on_delete=fields.RESTRICT
    )
    renews_id: UUID | None

    class Meta:
        table = "access_grant"


class GrantUse(Keyed):
    """How many more times someone may open by a grant that counts openings."""

    grant: fields.ForeignKeyRelation[AccessGrant] = fields.ForeignKeyField(
        "luzhi.AccessGrant", related_name="uses", on_delete=fields.RESTRICT
    )
    grant_id: UUID
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "luzhi.Person", related_name="grant_uses", on_delete=fields.RESTRICT
    )
    person_id: UUID
    left = fields.IntField()

    class Meta:
        table = "grant_use"


class ReadingAgreement(Keyed):
    """What readers accept before they open certain documents: one wording of it.

    A new wording takes the documents of the one before over.
    """

    n = fields.IntField()
    text_zh = fields.TextField()
    text_en = fields.TextField(default="")
    published_at = fields.DatetimeField()
    published_by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "luzhi.Account", null=True, related_name=False, on_delete=fields.RESTRICT
    )
    published_by_id: UUID | None

    class Meta:
        table = "reading_agreement"


class AgreementAcceptance(Keyed):
    """Someone accepted an agreement as it was worded."""

    agreement: fields.ForeignKeyRelation[ReadingAgreement] = fields.ForeignKeyField(
        "luzhi.ReadingAgreement", related_name="acceptances", on_delete=fields.RESTRICT
    )
    agreement_id: UUID
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "luzhi.Person", related_name="acceptances", on_delete=fields.RESTRICT
    )
    person_id: UUID
    accepted_at = fields.DatetimeField()

    class Meta:
        table = "agreement_acceptance"


class GrantTemplate(Keyed):
    """Terms that a keeper gives often, by name: to a body (in a role), for so many days. Of a folder and all below."""

    folder: fields.ForeignKeyRelation[Folder] = fields.ForeignKeyField(
        "luzhi.Folder", related_name="templates", on_delete=fields.RESTRICT
    )
    folder_id: UUID
    name = fields.CharField(max_length=100)
    body: fields.ForeignKeyNullableRelation[Body] = fields.ForeignKeyField(
        "luzhi.Body", null=True, related_name=False, on_delete=fields.RESTRICT
    )
    body_id: UUID | None
    body_role = fields.CharEnumField(BodyRole, max_length=40, null=True)
    act = fields.CharEnumField(Act, max_length=20)
    days = fields.IntField()
    max_opens = fields.IntField(null=True)
    text = fields.BooleanField(default=True)
    reason = fields.CharField(max_length=500)
    created_at = fields.DatetimeField()
    created_by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "luzhi.Account", null=True, related_name=False, on_delete=fields.RESTRICT
    )
    created_by_id: UUID | None
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "grant_template"


class AccessRequest(Keyed):
    """Someone who may see a document asks to read it. due_on, due_without: as in `Request`. code: why not (RD-5).

    decided_for: in whose place, where a deputy decided. review_until: the last day on which a review can be asked for.
    reviewer: who looked at a refusal once more, never who gave it. grant: what was given.
    """

    document: fields.ForeignKeyRelation[Document] = fields.ForeignKeyField(
        "luzhi.Document", related_name="requests", on_delete=fields.RESTRICT
    )
    document_id: UUID
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "luzhi.Person", related_name="access_requests", on_delete=fields.RESTRICT
    )
    person_id: UUID
    act = fields.CharEnumField(Act, max_length=20)
    purpose = fields.CharField(max_length=1000)
    wanted_until = fields.DateField()
    state = fields.CharEnumField(AccessState, max_length=20)
    asked_at = fields.DatetimeField()
    due_on = fields.DateField()
    due_without = fields.IntField(null=True)
    decided_at = fields.DatetimeField(null=True)
    decided_by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "luzhi.Account", null=True, related_name=False, on_delete=fields.RESTRICT
    )
    decided_by_id: UUID | None
    decided_for: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "luzhi.Account", null=True, related_name=False, on_delete=fields.RESTRICT
    )
    decided_for_id: UUID | None
    code = fields.CharEnumField(Refusal, max_length=40, null=True)
    answer = fields.CharField(max_length=1000, default="")
    grant: fields.ForeignKeyNullableRelation[AccessGrant] = fields.ForeignKeyField(
        "luzhi.AccessGrant", null=True, related_name="requests", on_delete=fields.RESTRICT
    )
    grant_id: UUID | None
    review_until = fields.DateField(null=True)
    review_asked_at = fields.DatetimeField(null=True)
    review_words = fields.CharField(max_length=1000, default="")
    review_due_on = fields.DateField(null=True)
    reviewed_at = fields.DatetimeField(null=True)
    reviewer: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "luzhi.Account", null=True, related_name=False, on_delete=fields.RESTRICT
    )
    reviewer_id: UUID | None
    review_answer = fields.CharField(max_length=1000, default="")

    class Meta:
        table = "access_request"


class Explanation(Keyed):
    """A question to a department about a document, and the answer (RD-4). to_all: every reader sees both, not whose."""

    document: fields.ForeignKeyRelation[Document] = fields.ForeignKeyField(
        "luzhi.Document", related_name="explanations", on_delete=fields.RESTRICT
    )
    document_id: UUID
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "luzhi.Person", related_name="explanations", on_delete=fields.RESTRICT
    )
    person_id: UUID
    department: fields.ForeignKeyRelation[Body] = fields.ForeignKeyField(
        "luzhi.Body", related_name="explanations", on_delete=fields.RESTRICT
    )
    department_id: UUID
    question = fields.CharField(max_length=1000)
    state = fields.CharEnumField(ExplanationState, max_length=20)
    asked_at = fields.DatetimeField()
    due_on = fields.DateField()
    due_without = fields.IntField(null=True)
    reply = fields.TextField(default="")
    replied_at = fields.DatetimeField(null=True)
    replied_by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "luzhi.Account", null=True, related_name=False, on_delete=fields.RESTRICT
    )
    replied_by_id: UUID | None
    to_all = fields.BooleanField(default=False)

    class Meta:
        table = "explanation"
