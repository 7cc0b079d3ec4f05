"""Folders and the documents in them: made, changed, and moved through their states."""

import datetime as dt
from typing import Any, TypedDict, Unpack
from uuid import UUID, uuid4

from server.errors import Conflict, Invalid, Problem
from server.models import audit
from server.models.bodies.tables import Body, BodyKind
from server.models.database import transaction
from server.models.documents.queries import visible_documents, visible_folders
from server.models.documents.tables import Document, DocumentAudience, Folder, FolderPath, ReadingAgreement
from server.models.facts import before_and_after, differing, tidy
from server.models.history import locked, not_there, sound_reason, there
from server.rules import names
from server.rules.documents import MOVES, CatalogueAudience, DocumentState, Level, ReadMode, marked_secret, takes_away
from server.rules.permissions import Action
from server.viewer import NOWHERE, Viewer
from server.words import say

BY_LEVEL = {
    Level.PUBLIC: CatalogueAudience.EVERY_MEMBER,
    Level.INTERNAL: CatalogueAudience.EVERY_MEMBER,
    Level.WORK_SENSITIVE: CatalogueAudience.NOBODY,
}
"""Who may know that a document exists, where nothing else is said."""


class DocumentFacts(TypedDict, total=False):
    """What can be said of a document; what is absent stays. origin, explainer, agreement: keys, None for none."""

    no: str
    title_zh: str
    title_en: str
    origin: UUID | None
    explainer: UUID | None
    level: Level
    read_mode: ReadMode
    catalogue_audience: CatalogueAudience
    agreement: UUID | None
    catalogue_only: bool
    watermark: bool
    notes_allowed: bool
    available_from: dt.datetime | None
    expires_at: dt.datetime | None
    receipt_by: dt.date | None
    review_on: dt.date | None
    retention_until: dt.date | None


async def folder_add(
    viewer: Viewer, *, name_zh: str = "", name_en: str = "", parent: UUID | None = None, body: UUID | None = None
) -> Folder:
    """A new folder: within another, of whose body it is then; or at the top, of a body or of the whole assembly.

    Raises Invalid without a name, or where another body is given than that of the parent.
    """
    above: Folder | None = None
    if parent:
        viewer, above = await kept_folder(viewer, parent, "parent")
    whose = above.body_id if above else body
    if above is None:
        viewer = viewer.acting(Action.MANAGE_DOCUMENTS, whose or NOWHERE)
    if above and body not in (None, whose):
        raise Invalid(Problem("OTHER_BODY", say("A folder is of the same body as the one in which it lies."), "body"))
    if whose:
        await there(Body, whose, "body")
    said = _named(tidy(Folder, {"name_zh": name_zh, "name_en": name_en}), "name_zh")
    async with transaction():
        row = await Folder.create(
            **said,
            sort=names.sort_pinyin(name_zh, name_en, "", "")[:400],
            parent_id=parent,
            body_id=whose,
            created_at=viewer.now,
            updated_at=viewer.now,
        )
        over = await FolderPath.filter(folder_id=parent).values_list("above_id", flat=True) if parent else []
        await FolderPath.bulk_create(
            [FolderPath(id=uuid4(), folder_id=row.id, above_id=key) for key in [row.id, *over]]
        )
        await audit.record(viewer, "documents.folder_add", f"fol_{row.id}", said | {"parent": parent, "body": whose})
    return row


async def folder_rename(viewer: Viewer, *, folder: UUID, name_zh: str = "", name_en: str = "") -> Folder:
    """Other names for a folder. Raises Invalid without any."""
    viewer, _ = await kept_folder(viewer, folder, "id")
    async with transaction():
        row = await locked(Folder, folder, "id")
        said = _named(tidy(Folder, {"name_zh": name_zh, "name_en": name_en}), "name_zh")
        if new := differing(row, said | {"sort": names.sort_pinyin(name_zh, name_en, "", "")[:400]}):
            await Folder.filter(id=folder).update(**new, updated_at=viewer.now)
            await audit.record(viewer, "documents.folder_rename", f"fol_{folder}", before_and_after(row, new))
    return await Folder.get(id=folder)


async def document_add(viewer: Viewer, *, folder: UUID, **facts: Unpack[DocumentFacts]) -> Document:
    """A new document, a draft. Raises Invalid for what does not fit, and for the marking of a state secret (RD-2)."""
    viewer, _ = await kept_folder(viewer, folder, "folder")
    async with transaction():
        return await draft_in(viewer, folder, facts)


async def draft_in(viewer: Viewer, folder: UUID, facts: DocumentFacts, material: UUID | None = None) -> Document:
    """Writes it, in the transaction of a verb that asked whether the viewer may. material: the request it answers."""
    level = facts.get("level", Level.INTERNAL)
    mode = ReadMode.ROOM_ONLY if facts.get("catalogue_only") else ReadMode.ONLINE
    usual = {"title_zh": "", "title_en": "", "read_mode": mode, "catalogue_audience": BY_LEVEL[level]}
    said = await _sound(usual | {"level": level} | dict(facts))
    if material:
        said["material_id"] = material
    row = await Document.create(
        folder_id=folder, state=DocumentState.DRAFT, created_at=viewer.now, updated_at=viewer.now, **said
    )
    await audit.record(viewer, "documents.add", f"doc_{row.id}", said | {"folder": folder})
    return row


async def document_change(viewer: Viewer, *, document: UUID, **facts: Unpack[DocumentFacts]) -> Document:
    """Other facts about a document. Raises Invalid as `document_add` does."""
    async with transaction():
        viewer, row = await kept(viewer, document)
        names_so_far = ("no", "title_zh", "title_en", "level", "read_mode", "catalogue_only")
        so_far: dict[str, Any] = {name: getattr(row, name) for name in names_so_far}
        days: dict[str, Any] = {"available_from": row.available_from, "expires_at": row.expires_at}
        said = await _sound(so_far | days | dict(facts))
        if new := differing(row, said):
            await Document.filter(id=document).update(**new, updated_at=viewer.now)
            await audit.record(viewer, "documents.change", f"doc_{document}", before_and_after(row, new))
    return await Document.get(id=document)


async def document_move(viewer: Viewer, *, document: UUID, to: DocumentState, reason: str = "") -> Document:
    """To another state. reason: needed where it is taken away from readers (`takes_away`).

    Raises Conflict for a move there is not, and for destroying what is to be kept still (RT-1).
    """
    async with transaction():
        viewer, row = await kept(viewer, document)
        if to not in MOVES[row.state]:
            raise Conflict(Problem("NO_SUCH_MOVE", say("That cannot become of it as it stands."), "to"))
        if to is DocumentState.DESTROYED and row.retention_until and viewer.today < row.retention_until:
            raise Conflict(_kept_until(row.retention_until))
        why = sound_reason(reason) if takes_away(row.state, to) else reason.strip()
        await Document.filter(id=document).update(state=to, updated_at=viewer.now)
        said = {"state": [row.state, to], "reason": why}
        await audit.record(viewer, "documents.move", f"doc_{document}", said)
    return await Document.get(id=document)


def _kept_until(day: dt.date) -> Problem:
    return Problem("KEPT_UNTIL", say("It is kept at least until {day}.", day=day), "to", "RT-1")


async def audience_set(
    viewer: Viewer, *, document: UUID, bodies: list[UUID], audience: CatalogueAudience | None = None
) -> Document:
    """Who may know that it exists, and, where bodies may, which; what is not named any more is taken out.

    audience: None leaves it as it is.
    """
    async with transaction():
        viewer, row = await kept(viewer, document)
        so_far = {one.body_id: one for one in await DocumentAudience.filter(document_id=document)}
        for body in bodies:
            await there(Body, body, "bodies_told")
        await DocumentAudience.filter(document_id=document, body_id__in=list(so_far.keys() - set(bodies))).delete()
        new = [DocumentAudience(id=uuid4(), document_id=document, body_id=key) for key in dict.fromkeys(bodies)]
        await DocumentAudience.bulk_create([one for one in new if one.body_id not in so_far])
        said: dict[str, Any] = {"bodies": [list(so_far), bodies]}
        if audience and audience is not row.catalogue_audience:
            await Document.filter(id=document).update(catalogue_audience=audience, updated_at=viewer.now)
            said["catalogue_audience"] = [row.catalogue_audience, audience]
        await audit.record(viewer, "documents.audience", f"doc_{document}", said)
    return await Document.get(id=document)


async def kept(viewer: Viewer, document: UUID) -> tuple[Viewer, Document]:
    """The viewer as they act there, and the document, locked, which they must keep.

    Raises Refused; NotThere for what they may not know of.
    """
    row = await Document.filter(visible_documents(viewer), id=document).select_for_update(no_key=True).first()
    if row is None:
        raise not_there("document")
    folder = await Folder.get(id=row.folder_id)
    return viewer.acting(Action.MANAGE_DOCUMENTS, folder.body_id or NOWHERE), row


async def kept_folder(viewer: Viewer, folder: UUID, field: str) -> tuple[Viewer, Folder]:
    """The same of a folder."""
    row = await Folder.filter(visible_folders(viewer), id=folder).first()
    if row is None:
        raise not_there(field)
    return viewer.acting(Action.MANAGE_DOCUMENTS, row.body_id or NOWHERE), row


async def _sound(facts: dict[str, Any]) -> dict[str, Any]:
    """What is kept of these facts."""
    keys = {f"{name}_id": facts.pop(name) for name in ("origin", "explainer", "agreement") if name in facts}
    said = _named(tidy(Document, facts), "title_zh")
    problems = [*_marked(said), *_window(said), *_public(said), *_on_paper(said)]
    if problems:
        raise Invalid(*problems)
    for name in ("origin", "explainer"):
        if department := keys.get(f"{name}_id"):
            a_department(await there(Body, department, name), name)
    if keys.get("agreement_id"):
        await there(ReadingAgreement, keys["agreement_id"], "agreement")
    whole = (said.get("title_zh", ""), said.get("title_en", ""), said.get("no", ""), "")
    return said | keys | {"search": names.search_text(*whole)}


def _named(said: dict[str, Any], field: str) -> dict[str, Any]:
    if not any(said[name] for name in said if name.endswith(("_zh", "_en"))):
        raise Invalid(Problem("NAME_MISSING", say("Give it a name in one of the two languages."), field))
    return said


def _marked(said: dict[str, Any]) -> list[Problem]:
    message = say(
        "It bears the marking of a state secret. Such a paper has no place here: only an entry in the catalogue of a "
        "physical room may exist of it."
    )
    texts = ("title_zh", "title_en", "no")
    return [Problem("STATE_SECRET", message, name, "RD-2") for name in texts if marked_secret(said.get(name, ""))]


def _window(said: dict[str, Any]) -> list[Problem]:
    begins, ends = said.get("available_from"), said.get("expires_at")
    wrong = begins is not None and ends is not None and ends <= begins
    return [Problem("ENDS_FIRST", say("It ends before it begins."), "expires_at")] if wrong else []


def _public(said: dict[str, Any]) -> list[Problem]:
    wrong = said.get("level") is Level.PUBLIC and said.get("read_mode") is ReadMode.ROOM_ONLY
    message = say("What is public is not bound to a room.")
    return [Problem("PUBLIC_IN_ROOM", message, "read_mode")] if wrong else []


def _on_paper(said: dict[str, Any]) -> list[Problem]:
    wrong = said.get("catalogue_only") and said.get("read_mode") is not ReadMode.ROOM_ONLY
    message = say("What lies on paper is read in the reading room only.")
    return [Problem("PAPER_IN_ROOM", message, "read_mode")] if wrong else []


def a_department(body: Body, field: str) -> Body:
    """The body, which is a department. Raises Invalid."""
    if body.kind is not BodyKind.DEPARTMENT:
        raise Invalid(Problem("NOT_A_DEPARTMENT", say("This body is not a department."), field))
    return body
