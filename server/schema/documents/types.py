"""Folders, documents, their files and the grants on them, and the decision of RD-1 with its reason."""

import datetime as dt
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, cast
from uuid import UUID

import strawberry
from tortoise.expressions import Q

from server.models import accounts, activities, bodies, documents, members, reading
from server.rules.documents import (
    MOVES,
    Act,
    CatalogueAudience,
    DocumentState,
    Effect,
    GrantState,
    Level,
    Media,
    Paper,
    Reader,
    ReadMode,
    Verdict,
    decide,
    takes_away,
)
from server.rules.grants import GrantStanding, standing
from server.rules.permissions import Action
from server.schema.accounts import Account
from server.schema.bodies import Body
from server.schema.ids import id_for
from server.schema.making import made, makes
from server.schema.members import Person, Term
from server.schema.node import Node
from server.schema.reading import Answer, chosen, column, computed, many, one, reads
from server.schema.rows import batch
from server.viewer import NOWHERE, Viewer

if TYPE_CHECKING:
    from server.schema.activities.types import Activity
    from server.schema.explanations import Explanation
    from server.schema.materials import MaterialRequest

Lying = strawberry.Parent[documents.Document]
Shelf = strawberry.Parent[documents.Folder]
LIST = 200
"""Folders within a folder, or bodies that are told, as many as there may well be."""


@strawberry.type(description="May you do this with this document at this moment, and why (RD-1).")
class AccessDecision:
    """The answer of the one function; each road asks it."""

    act: Act = strawberry.field(description="What is wanted.")
    allowed: bool = strawberry.field(description="The answer.")
    code: str = strawberry.field(
        description="Why, for programs: INACTIVE, CUSTODIAN, STATE, EMBARGO, EXPIRED, PERSON_DENY, GROUP_DENY, PUBLIC, "
        "CATALOGUE, NO_GRANT, AGREEMENT, ROOM_ONLY, EXHAUSTED, NO_DOWNLOAD or GRANT."
    )
    reason: str = strawberry.field(description="The same in words, in your language.")
    rule: str = strawberry.field(description="The step of the rule that decided, such as RD-1 (10).")
    may_request: bool = strawberry.field(description="Whether asking for it makes sense.")
    grant: strawberry.ID | None = strawberry.field(description="The grant that allows it; null where none does.")


def shown(verdict: Verdict, act: Act, viewer: Viewer) -> AccessDecision:
    """A verdict as the world reads it."""
    return AccessDecision(
        act=act,
        allowed=verdict.allowed,
        code=verdict.code,
        reason=verdict.reason.into(viewer.locale),
        rule=verdict.rule,
        may_request=verdict.may_request,
        grant=id_for(documents.AccessGrant, verdict.grant) if verdict.grant else None,
    )


@strawberry.type(description="What may become of a document.")
class DocumentMove:
    """A row of the table of the rule."""

    to: DocumentState = strawberry.field(description="The state that follows.")
    takes_away: bool = strawberry.field(description="Whether readers lose it by that: then it needs a reason.")


@strawberry.type(description="A place where documents lie. Who keeps it may keep what is in it.")
@reads(documents.Folder, documents.visible_folders)
class Folder(Node):
    """A folder of a body, or of the whole assembly."""

    name: str = chosen("name", "Its name, in your language where it is known.")
    name_zh: str = column("Its name in Chinese, or empty.")
    name_en: str = column("Its name in Latin letters, or empty.")
    parent = one(
        documents.Folder,
        "parent",
        Annotated["Folder", strawberry.lazy("server.schema.documents.types")] | None,
        "The folder in which it lies; null at the top.",
    )
    body = one(bodies.Body, "body", Body | None, "Whose it is; null for the whole assembly's.")
    children = many(
        documents.Folder,
        "parent",
        Annotated["Folder", strawberry.lazy("server.schema.documents.types")],
        "The folders in it of which you may know, by name.",
        order=("sort", "id"),
    )

    @computed("Whether you keep it: say what lies in it and who may read that.", "body_id")
    def manageable(root: Shelf, info: Answer) -> bool:
        """The table's answer for its body."""
        return info.context.viewer.may(Action.MANAGE_DOCUMENTS, root.body_id or NOWHERE).allowed


@strawberry.type(description="A file of a document.")
@reads(documents.DocumentVersion, documents.visible_versions)
class DocumentVersion(Node):
    """Its bytes are had page by page, or by download, where the decision allows it."""

    n: int = column("1 for the first, 2 for the next.")
    current: bool = column("Whether this is the one that is read.")
    name: str = column("What the file was called.")
    media: Media = column("What the file is, as its bytes say.")
    size: int = column("Its size in bytes.")
    sha256: str = column("The SHA-256 of its bytes.")
    pages: int = column("How many pages it has.")
    declared: bool = column(
        "Whether who put it in declared that it bears no marking of a state secret, as of a scan they must."
    )
    added_at: dt.datetime = column("When it was put in.")
    added_by = one(accounts.Account, "added_by", Account | None, "Who put it in; null where you may not see them.")


@strawberry.type(description="A permission to read, or a refusal, for some person, body or term (RD-2).")
@reads(documents.AccessGrant, documents.visible_grants)
class AccessGrant(Node):
    """It is never changed in what it gives: it is decided, and renewing makes another."""

    document = one(
        documents.Document,
        "document",
        Annotated["Document", strawberry.lazy("server.schema.documents.types")] | None,
        "On what it is; null where it is on a folder.",
    )
    folder = one(documents.Folder, "folder", Folder | None, "On which folder, and all below; null for one document.")
    person = one(members.Person, "person", Person | None, "Whose it is; null where it is a body's or a term's.")
    body = one(bodies.Body, "body", Body | None, "Of which body those have it who belong to it when they read.")
    body_role: bodies.BodyRole | None = column("Only of those with this role in the body; null for all of them.")
    term = one(members.Term, "term", Term | None, "Of which term all have it who hold a seat when they read.")
    effect: Effect = column("Whether it allows or closes.")
    act: Act = column("What it allows, with what that carries; or closes, with what carries that.")
    activity = one(
        activities.Activity,
        "activity",
        Annotated["Activity", strawberry.lazy("server.schema.activities.types")] | None,
        "In which activity those take part who have it; null where you may not know of it.",
    )
    overrides: bool = column("Whether it lifts what was closed to a body or term.")
    valid_from: dt.datetime = column("From when it holds.")
    valid_until: dt.datetime = column("The first moment at which it holds no more.")
    max_opens: int | None = column("How often each reader may open it; null for as often as they like.")
    text: bool = column("Whether the words of the pages can be had, to be heard or enlarged.")
    reason: str = column("Why it was given.")
    state: GrantState = column("What was decided of it.")
    granted_at: dt.datetime = column("When it was given.")
    granted_by = one(accounts.Account, "granted_by", Account | None, "Who gave it; null where you may not see them.")
    granted_for = one(
        accounts.Account, "granted_for", Account | None, "In whose place, where a deputy gave it; null for nobody's."
    )
    second = one(accounts.Account, "second", Account | None, "Who confirmed it as the second person; null for nobody.")
    decided_at: dt.datetime | None = column("When it was decided last; null for never.")
    decided_by = one(accounts.Account, "decided_by", Account | None, "Who suspended, revoked or declined it.")
    decided_reason: str = column("Why, or empty.")
    renews = one(
        documents.AccessGrant,
        "renews",
        Annotated["AccessGrant", strawberry.lazy("server.schema.documents.types")] | None,
        "The one that it gives once more; null for none.",
    )

    @computed("What it is at this moment.", "state", "valid_from", "valid_until")
    def standing(root: strawberry.Parent[documents.AccessGrant], info: Answer) -> GrantStanding:
        """What was decided, or what follows from the time."""
        return standing(root.state, root.valid_from, root.valid_until, info.context.viewer.now)


@strawberry.type(description="You accepted an agreement.")
@reads(documents.AgreementAcceptance, documents.own_acceptances)
class AgreementAcceptance:
    """One's own."""

    accepted_at: dt.datetime = column("When.")


@strawberry.type(description="What readers accept before they open certain documents: one wording of it.")
@reads(documents.ReadingAgreement, documents.visible_agreements)
class ReadingAgreement(Node):
    """A new wording takes the documents of the one before over."""

    n: int = column("1 for the first wording, 2 for the next.")
    text: str = chosen("text", "Its words, in your language where they are known.")
    text_zh: str = column("Its words in Chinese, or empty.")
    text_en: str = column("Its words in English, or empty.")
    published_at: dt.datetime = column("From when it is asked for.")
    accepted = many(
        documents.AgreementAcceptance,
        "agreement",
        AgreementAcceptance,
        "That you accepted it; empty where you did not.",
        counted=1,
    )


@strawberry.type(description="A body whose members may know that a document exists.")
@reads(documents.DocumentAudience, documents.kept_told)
class DocumentAudience:
    """Told to who keeps the document."""

    body = one(bodies.Body, "body", Body | None, "The body; null where you may not see it.")


@strawberry.type(description="How far you came with a document, in all your openings of it.")
@reads(reading.ReadingProgress, reading.own_progress)
class ReadingProgress:
    """One's own: how far others came is another question."""

    pages_seen: int = column("How many pages were shown to you, of the version that you opened last.")
    last_page: int = column("The one that was shown last; 0 for none.")
    last_opened_at: dt.datetime | None = column("When you opened it last; null for never.")
    finished_at: dt.datetime | None = column("When you had seen all of them; null before that.")


@strawberry.type(
    description="A document. Who may see it is told that it exists; to read it is another question (RD-1)."
)
@reads(documents.Document, documents.visible_documents)
class Document(Node):
    """A document."""

    no: str = column("The office's own number, or empty.")
    title: str = chosen("title", "Its title, in your language where it is known.")
    title_zh: str = column("Its title in Chinese, or empty.")
    title_en: str = column("Its title in Latin letters, or empty.")
    folder = one(documents.Folder, "folder", Folder | None, "Where it lies.")
    origin = one(bodies.Body, "origin", Body | None, "The department it comes from; null for the assembly itself.")
    explainer = one(
        bodies.Body, "explainer", Body | None, "The department that explains it, where it comes from none; or null."
    )
    level: Level = column("How far it may go.")
    read_mode: ReadMode = column("How it is read.")
    state: DocumentState = column("What the office decided of it.")
    catalogue_audience: CatalogueAudience = column("Who may know of it without a grant.")
    catalogue_only: bool = column("Whether it lies on paper in a physical room, and there is no file of it.")
    watermark: bool = column("Whether each page that is shown names its reader.")
    notes_allowed: bool = column("Whether readers may keep notes of their own.")
    available_from: dt.datetime | None = column("From when it can be had; null for at once.")
    expires_at: dt.datetime | None = column("The first moment at which it cannot be had any more; null for none.")
    receipt_by: dt.date | None = column("The day by which readers confirm that they read it; null where none need.")
    review_on: dt.date | None = column("The day on which someone looks whether it still stands; null for none.")
    retention_until: dt.date | None = column("The day until which it is kept at least; null for none (RT-1).")
    agreement = one(
        documents.ReadingAgreement, "agreement", ReadingAgreement | None, "What readers accept first; null for nothing."
    )
    material = one(
        documents.MaterialRequest,
        "material",
        Annotated["MaterialRequest", strawberry.lazy("server.schema.materials")] | None,
        "The request that a department answered with it; null for none, or where you may not know of it.",
    )
    told = many(
        documents.DocumentAudience,
        "document",
        DocumentAudience,
        "The bodies whose members may know of it; told to who keeps it.",
    )

    @computed("What may become of it, for who keeps it.", "state")
    def moves(root: Lying, info: Answer) -> list[DocumentMove]:
        """By the table of the rule."""
        return [DocumentMove(to=to, takes_away=takes_away(root.state, to)) for to in MOVES[root.state]]

    created_at: dt.datetime = column("When it was put in.")
    updated_at: dt.datetime = column("When something about it last changed.")
    versions = many(
        documents.DocumentVersion,
        "document",
        DocumentVersion,
        "Its files: all of them for who keeps it, the one that is read for others.",
        order=("-n", "id"),
    )

    progress = many(
        reading.ReadingProgress,
        "document",
        ReadingProgress,
        "How far you came with it; empty where you never asked for it.",
        counted=1,
    )
    explanations = many(
        documents.Explanation,
        "document",
        Annotated["Explanation", strawberry.lazy("server.schema.explanations")],
        "What its department explained to all its readers, the newest first; for who may read it now.",
        order=("-replied_at", "id"),
        where=Q(to_all=True),
        counted=LIST,
    )

    @makes(
        "What you may do with it now, and why: see, read, download, manage.",
        *("id", "folder_id", "level", "read_mode", "state", "available_from", "expires_at", "agreement_id"),
    )
    async def decisions(root: Lying, info: Answer) -> list[AccessDecision]:
        """On the ordinary road a constant number of statements, however many documents are asked for."""
        viewer, asking = info.context.viewer, info.context

        def make(found: Mapping[str, Any]) -> list[AccessDecision]:
            return _decisions(viewer, documents.decided(viewer, root, found))

        if asking.writing:
            wanted = documents.deciding_reads(viewer, root.id)
            return cast(list[AccessDecision], await made(asking, wanted, make))
        return _decisions(viewer, await batch(asking, "deciding", partial(_cases, viewer), root.id))


def _decisions(viewer: Viewer, case: tuple[Reader, Paper]) -> list[AccessDecision]:
    return [shown(decide(*case, act, viewer.clock), act, viewer) for act in Act]


async def _cases(viewer: Viewer, keys: list[UUID]) -> list[tuple[Reader, Paper]]:
    found = await documents.deciding(viewer, keys)
    return [found[key] for key in keys]


ByFolder = Annotated[strawberry.ID | None, strawberry.argument(description="Only those in this folder or below it.")]
ByState = Annotated[DocumentState | None, strawberry.argument(description="Only those that stand so.")]
WithAct = Annotated[Act, strawberry.argument(description="Only those with which you may do this now.")]
Words = Annotated[str | None, strawberry.argument(description="Words of a title, or of the number.")]


def in_folder(folder: UUID) -> Q:
    """Documents in that folder, or below it."""
    return documents.below(folder)
