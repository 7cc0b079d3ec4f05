"""What can be changed about folders and documents. Each answer is the thing changed, or the problems."""

import datetime as dt
from typing import Annotated, Any
from uuid import UUID

import strawberry

from server.errors import Invalid, Problem
from server.models import bodies, documents
from server.rules.documents import CatalogueAudience, DocumentState, Level, ReadMode
from server.rules.permissions import Action
from server.schema.documents.types import Document, Folder, ReadingAgreement
from server.schema.guard import needs
from server.schema.ids import key_of
from server.schema.problems import Problems
from server.schema.reading import Answer, Id, given, shows
from server.viewer import Viewer
from server.words import say

UNSET = strawberry.UNSET


@strawberry.input(description="Facts about a document; what is left out stays as it is, or is as usual.")
class DocumentChange:
    """See `server.models.documents.DocumentFacts`."""

    no: str | None = strawberry.field(default=UNSET, description="The office's own number.")
    title_zh: str | None = strawberry.field(default=UNSET, description="Its title in Chinese.")
    title_en: str | None = strawberry.field(default=UNSET, description="Its title in Latin letters.")
    origin: strawberry.ID | None = strawberry.field(default=UNSET, description="The department it comes from.")
    explainer: strawberry.ID | None = strawberry.field(
        default=UNSET, description="The department that explains it, where it comes from none."
    )
    level: Level | None = strawberry.field(default=UNSET, description="How far it may go.")
    read_mode: ReadMode | None = strawberry.field(default=UNSET, description="How it is read.")
    catalogue_audience: CatalogueAudience | None = strawberry.field(default=UNSET, description="Who may know of it.")
    agreement: bool | None = strawberry.field(default=UNSET, description="Whether readers accept the agreement first.")
    catalogue_only: bool | None = strawberry.field(default=UNSET, description="Whether it lies on paper, in a room.")
    watermark: bool | None = strawberry.field(default=UNSET, description="Whether each page names its reader.")
    notes_allowed: bool | None = strawberry.field(default=UNSET, description="Whether readers may keep notes.")
    available_from: dt.datetime | None = strawberry.field(default=UNSET, description="From when it can be had.")
    expires_at: dt.datetime | None = strawberry.field(default=UNSET, description="From when it cannot any more.")
    receipt_by: dt.date | None = strawberry.field(
        default=UNSET, description="By when readers confirm that they read it."
    )
    review_on: dt.date | None = strawberry.field(
        default=UNSET, description="When someone looks whether it still stands."
    )
    retention_until: dt.date | None = strawberry.field(default=UNSET, description="Until when it is kept at least.")


@strawberry.type(description="The document as it is now.")
class DocumentPayload:
    """Success."""

    document: Document = strawberry.field(description="The document.")


@strawberry.type(description="The folder as it is now.")
class FolderPayload:
    """Success."""

    folder: Folder = strawberry.field(description="The folder.")


@strawberry.type(description="The agreement as it is now.")
class AgreementPayload:
    """Success."""

    agreement: ReadingAgreement = strawberry.field(description="The agreement.")


DocumentResult = Annotated[
    DocumentPayload | Problems, strawberry.union("DocumentResult", description="The document, or why not.")
]
FolderResult = Annotated[
    FolderPayload | Problems, strawberry.union("FolderResult", description="The folder, or why not.")
]
AgreementResult = Annotated[
    AgreementPayload | Problems, strawberry.union("AgreementResult", description="The agreement, or why not.")
]
NameZh = Annotated[str, strawberry.argument(description="Its name in Chinese.")]
NameEn = Annotated[str, strawberry.argument(description="Its name in Latin letters.")]
Parent = Annotated[strawberry.ID | None, strawberry.argument(description="The folder in which it is to lie.")]
OfBody = Annotated[strawberry.ID | None, strawberry.argument(description="Whose it is; nothing for the assembly's.")]
InFolder = Annotated[strawberry.ID, strawberry.argument(description="Where it is to lie.")]
Facts = Annotated[DocumentChange, strawberry.argument(description="What is said of it.")]
To = Annotated[DocumentState, strawberry.argument(description="What is to become of it.")]
Why = Annotated[str, strawberry.argument(description="Why; needed where it is taken away from readers.")]
Audience = Annotated[CatalogueAudience | None, strawberry.argument(description="Who; nothing leaves it as it is.")]
TextZh = Annotated[str, strawberry.argument(description="Its words in Chinese.")]
TextEn = Annotated[str, strawberry.argument(description="Its words in English.")]
Told = Annotated[list[strawberry.ID], strawberry.argument(description="The bodies whose members may know of it.")]


async def _said(change: DocumentChange, viewer: Viewer) -> dict[str, Any]:
    """A time that names no zone is the assembly's."""
    said = given(change, documents.Document)
    for name in ("origin", "explainer"):
        if said.get(name):
            said[name] = key_of(said[name], bodies.Body, field=name)
    if "agreement" in said:
        said["agreement"] = await _agreement() if said["agreement"] else None
    for name in ("available_from", "expires_at"):
        if (moment := said.get(name)) and moment.tzinfo is None:
            said[name] = moment.replace(tzinfo=viewer.zone)
    return said


async def _agreement() -> UUID:
    if row := await documents.newest_agreement():
        return row.id
    raise Invalid(Problem("NO_AGREEMENT", say("There is no agreement yet: publish one first."), "agreement"))


@strawberry.type
class DocumentMutation:
    """Root fields that change this room."""

    @strawberry.mutation(description="A new folder.", extensions=needs(Action.MANAGE_DOCUMENTS))
    async def folder_add(
        self, info: Answer, name_zh: NameZh = "", name_en: NameEn = "", parent: Parent = None, body: OfBody = None
    ) -> FolderResult:
        """Within another, or at the top."""
        row = await documents.folder_add(
            info.context.viewer,
            name_zh=name_zh,
            name_en=name_en,
            parent=key_of(parent, documents.Folder, field="parent") if parent else None,
            body=key_of(body, bodies.Body, field="body") if body else None,
        )
        return shows(FolderPayload, folder=row)

    @strawberry.mutation(description="Other names for a folder.", extensions=needs(Action.MANAGE_DOCUMENTS))
    async def folder_rename(self, info: Answer, id: Id, name_zh: NameZh = "", name_en: NameEn = "") -> FolderResult:
        """At least one."""
        row = await documents.folder_rename(
            info.context.viewer, folder=key_of(id, documents.Folder), name_zh=name_zh, name_en=name_en
        )
        return shows(FolderPayload, folder=row)

    @strawberry.mutation(description="A new document, a draft.", extensions=needs(Action.MANAGE_DOCUMENTS))
    async def document_add(self, info: Answer, folder: InFolder, facts: Facts) -> DocumentResult:
        """Its file is put in afterwards."""
        row = await documents.document_add(
            info.context.viewer,
            folder=key_of(folder, documents.Folder, field="folder"),
            **await _said(facts, info.context.viewer),
        )
        return shows(DocumentPayload, document=row)

    @strawberry.mutation(description="Other facts about a document.", extensions=needs(Action.MANAGE_DOCUMENTS))
    async def document_change(self, info: Answer, id: Id, change: Facts) -> DocumentResult:
        """What is left out stays."""
        row = await documents.document_change(
            info.context.viewer, document=key_of(id, documents.Document), **await _said(change, info.context.viewer)
        )
        return shows(DocumentPayload, document=row)

    @strawberry.mutation(description="Moves a document to another state.", extensions=needs(Action.MANAGE_DOCUMENTS))
    async def document_move(self, info: Answer, id: Id, to: To, reason: Why = "") -> DocumentResult:
        """See `MOVES`."""
        row = await documents.document_move(
            info.context.viewer, document=key_of(id, documents.Document), to=to, reason=reason
        )
        return shows(DocumentPayload, document=row)

    @strawberry.mutation(
        description="Says who may know that a document exists, and where bodies may, whose members.",
        extensions=needs(Action.MANAGE_DOCUMENTS),
    )
    async def document_set_audience(
        self, info: Answer, id: Id, bodies_told: Told, audience: Audience = None
    ) -> DocumentResult:
        """What is not named any more is taken out."""
        row = await documents.audience_set(
            info.context.viewer,
            document=key_of(id, documents.Document),
            bodies=[key_of(one, bodies.Body, field="bodies_told") for one in bodies_told],
            audience=audience,
        )
        return shows(DocumentPayload, document=row)

    @strawberry.mutation(
        description="A new wording of the agreement: every reader is asked anew.",
        extensions=needs(Action.MANAGE_DOCUMENTS),
    )
    async def agreement_publish(self, info: Answer, text_zh: TextZh = "", text_en: TextEn = "") -> AgreementResult:
        """It takes over the documents of the one before."""
        row = await documents.agreement_publish(info.context.viewer, text_zh=text_zh, text_en=text_en)
        return shows(AgreementPayload, agreement=row)

    @strawberry.mutation(
        description="Accepts the agreement as it is worded now, for yourself.",
        extensions=needs(Action.READ_DOCUMENTS),
    )
    async def agreement_accept(self, info: Answer, id: Id) -> AgreementResult:
        """Once more changes nothing."""
        row = await documents.agreement_accept(info.context.viewer, agreement=key_of(id, documents.ReadingAgreement))
        return shows(AgreementPayload, agreement=row)
