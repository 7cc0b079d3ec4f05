"""Materials asked of departments: asked, promised or declined, delivered file by file, and found to be all there."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from tortoise.expressions import Q, Subquery

from server.errors import Conflict, Invalid, Problem, Refused
from server.models import audit, bodies, documents
from server.models.accounts.holders import who_may
from server.models.bodies.tables import Body
from server.models.calendar import calendar_around
from server.models.database import transaction
from server.models.documents import Document, DocumentFacts, DocumentVersion, Filed, Folder, MaterialRequest
from server.models.facts import before_and_after, tidy
from server.models.history import locked, not_there, sound_reason
from server.models.members.queries import NOTHING
from server.models.messages import telling
from server.models.reads import Columns, Count, Read, read_all
from server.rules.access import MaterialState
from server.rules.documents import DocumentState, Level
from server.rules.materials import (
    MOST_DAYS,
    OF_DEPARTMENT,
    OWED,
    USUAL_DAYS,
    WAITING,
    MaterialStep,
    Side,
    material_due,
    material_steps,
    next_state,
)
from server.rules.messages import Topic
from server.rules.permissions import Action, where
from server.viewer import NOWHERE, Viewer
from server.words import Words, say

ALL = Q()
CHINESE = re.compile("[\u3400-\u9fff]")
DELIVERED = ("document_id", "name", "size", "pages", "added_at", "document__state")
"""What a department is shown of a file that it delivered: the file as it came, and how its document stands."""


def own_material_requests(viewer: Viewer) -> Q:
    """Those of the departments for which the viewer delivers."""
    if not viewer.may(Action.DELIVER_MATERIALS):
        return NOTHING
    found = where(viewer.roles, Action.DELIVER_MATERIALS)
    ours: Any = Subquery(Body.filter(ALL if found is None else Q(id__in=list(found))).values("id"))
    return Q(department_id__in=ours)


def kept_material_requests(viewer: Viewer) -> Q:
    """Those into folders that the viewer keeps."""
    kept: Any = Subquery(Folder.filter(documents.kept_folders(viewer)).values("id"))
    return Q(folder_id__in=kept)


def visible_material_requests(viewer: Viewer) -> Q:
    """To the department, and to who keeps the folder; to nobody else."""
    return own_material_requests(viewer) | kept_material_requests(viewer)


def waiting_material_requests() -> Q:
    """Not over: for the department or for the office."""
    return Q(state__in=list(WAITING))


def late_material_requests(viewer: Viewer) -> Q:
    """Those that should have been delivered by now; see `material_late_by`."""
    return Q(state__in=list(OWED), due_on__lt=viewer.today)


def side_reads(row: MaterialRequest, viewer: Viewer) -> dict[str, Read]:
    """What is read to tell what the viewer is to a request, and how many files there are."""
    kept = Folder.filter(documents.kept_folders(viewer), id=row.folder_id)
    return {"keeps": Count(kept), "files": Count(_there(row.id))}


def steps_of(row: MaterialRequest, viewer: Viewer, found: Mapping[str, Any]) -> list[MaterialStep]:
    """What the viewer can do with it, made of what was read."""
    return material_steps(row.state, _side(row, viewer, found), files=found["files"])


def delivered_read(request: UUID) -> Columns:
    """The files that answered a request, in the order in which they came."""
    first = DocumentVersion.filter(document__material_id=request, n=1)
    return Columns(first.order_by("added_at", "id"), DELIVERED)


async def material_ask(
    viewer: Viewer,
    *,
    folder: UUID,
    department: UUID,
    topic: str,
    what: str,
    level: Level = Level.INTERNAL,
    working_days: int | None = None,
    due_on: dt.date | None = None,
) -> MaterialRequest:
    """Ask a department to deliver something into a folder that one keeps; its contacts are told.

    Due after so many working days (ten unless said otherwise), or on a day. Raises NotThere, Refused; Invalid for
    what is no department, or one that has nobody who could deliver.
    """
    viewer, _ = await documents.kept_folder(viewer, folder, "folder")
    body = await Body.filter(bodies.visible_bodies(viewer), id=department).first()
    if body is None:
        raise not_there("department")
    documents.a_department(body, "department")
    said = _said(topic, what) | await _due(viewer, working_days, due_on)
    contacts = await who_may(Action.DELIVER_MATERIALS, viewer.today, department)
    if not contacts:
        message = say("Nobody of this department can deliver here yet: give it a contact who has an account.")
        raise Invalid(Problem("NO_CONTACT", message, "department"))
    facts: dict[str, Any] = {"folder_id": folder, "department_id": department, "level": level, **said}
    async with transaction():
        facts |= {"asked_at": viewer.now, "asked_by_id": viewer.account}
        row = await MaterialRequest.create(state=MaterialState.ASKED, **facts)
        await audit.record(viewer, "materials.ask", f"mrq_{row.id}", facts)
        await _tell_department(viewer, row, say("Your department is asked for materials by {day}", day=row.due_on))
    return row


async def material_promise(viewer: Viewer, *, request: UUID, on: dt.date) -> MaterialRequest:
    """As the department: say on which day it will be there. The day on which it is due stays."""
    async with transaction():
        viewer, row, _ = await _stepping(viewer, request, MaterialStep.PROMISE)
        if on < viewer.today:
            raise Invalid(Problem("PAST", say("This day has gone by."), "on"))
        row = await _moved(viewer, row, MaterialStep.PROMISE, {"promised_for": on})
        await _tell_keepers(viewer, row, say("A department promises materials by {day}", day=on))
    return row


async def material_decline(viewer: Viewer, *, request: UUID, reason: str) -> MaterialRequest:
    """As the department: say that nothing will come, and why."""
    async with transaction():
        viewer, row, _ = await _stepping(viewer, request, MaterialStep.DECLINE)
        facts = {"reason": sound_reason(reason), "decided_at": viewer.now}
        row = await _moved(viewer, row, MaterialStep.DECLINE, facts)
        await _tell_keepers(viewer, row, say("A department declines to deliver materials"))
    return row


async def material_may(viewer: Viewer, *, request: UUID) -> None:
    """Whether the viewer may deliver to it now, asked before a file is looked at. Raises as `material_deliver` does."""
    async with transaction():
        await _stepping(viewer, request, MaterialStep.DELIVER)


async def material_deliver(viewer: Viewer, *, request: UUID, file: Filed) -> Document:
    """As the department: one file, which becomes a draft of its own in the folder. The first of them is told.

    Raises NotThere, Refused; Conflict where nothing more is awaited, or the same file was delivered already.
    """
    async with transaction():
        viewer, row, files = await _stepping(viewer, request, MaterialStep.DELIVER)
        if await DocumentVersion.filter(_on(_there(row.id)), sha256=file.sha256).exists():
            raise Conflict(Problem("DELIVERED_ALREADY", say("This file was delivered already."), "files"))
        draft = await documents.draft_in(viewer, row.folder_id, _draft(row, file), material=row.id)
        await documents.file_in(viewer, draft, file)
        moved = await _moved(viewer, row, MaterialStep.DELIVER, said={"document": f"doc_{draft.id}"}, files=files + 1)
        if moved.state is not row.state:
            await _tell_keepers(viewer, row, say("A department has delivered materials, which wait to be checked"))
    return draft


async def material_retract(viewer: Viewer, *, request: UUID, document: UUID) -> MaterialRequest:
    """As the department: take back a file that nobody has checked yet. It is put away, and read no more."""
    async with transaction():
        viewer, row, files = await _stepping(viewer, request, MaterialStep.RETRACT)
        lies = await Document.filter(id=document, material_id=row.id).select_for_update(no_key=True).first()
        if lies is None:
            raise not_there("document")
        if lies.state is not DocumentState.DRAFT:
            message = say("It was checked already. Ask the general office if it has to be taken back.")
            raise Conflict(Problem("CHECKED_ALREADY", message, "document"))
        gone: dict[str, Any] = {"state": DocumentState.ARCHIVED, "updated_at": viewer.now}
        await Document.filter(id=lies.id, state=DocumentState.DRAFT).update(**gone)
        return await _moved(viewer, row, MaterialStep.RETRACT, said={"document": f"doc_{lies.id}"}, files=files - 1)


async def material_accept(viewer: Viewer, *, request: UUID) -> MaterialRequest:
    """As who keeps the folder: it is all there. Its documents are checked and opened each by itself."""
    async with transaction():
        viewer, row, _ = await _stepping(viewer, request, MaterialStep.ACCEPT)
        return await _moved(viewer, row, MaterialStep.ACCEPT, {"decided_at": viewer.now, "reason": ""})


async def material_ask_again(
    viewer: Viewer, *, request: UUID, missing: str, working_days: int | None = None, due_on: dt.date | None = None
) -> MaterialRequest:
    """As who keeps the folder: more is missing, or it is asked for all the same; by when anew. What came stays."""
    due = await _due(viewer, working_days, due_on)
    async with transaction():
        viewer, row, _ = await _stepping(viewer, request, MaterialStep.ASK_AGAIN)
        anew = {"reason": _missing(missing), "promised_for": None, "decided_at": None} | due
        row = await _moved(viewer, row, MaterialStep.ASK_AGAIN, anew)
        words = say("Something is missing of the materials of your department; it is due by {day}", day=row.due_on)
        await _tell_department(viewer, row, words)
    return row


async def material_take_back(viewer: Viewer, *, request: UUID, reason: str) -> MaterialRequest:
    """As who keeps the folder: it is not needed any more, and why; the department is told."""
    async with transaction():
        viewer, row, _ = await _stepping(viewer, request, MaterialStep.TAKE_BACK)
        facts = {"reason": sound_reason(reason), "decided_at": viewer.now}
        row = await _moved(viewer, row, MaterialStep.TAKE_BACK, facts)
        await _tell_department(viewer, row, say("Materials asked of your department are not needed any more"))
    return row


def _there(request: UUID) -> Any:
    """The documents that answered it, and were not taken back or put away."""
    return Document.filter(~Q(state__in=sorted(documents.OVER, key=lambda s: s.value)), material_id=request)


def _on(rows: Any) -> Q:
    these: Any = Subquery(rows.values("id"))
    return Q(document_id__in=these)


def _side(row: MaterialRequest, viewer: Viewer, found: Mapping[str, Any]) -> Side:
    return Side(viewer.may(Action.DELIVER_MATERIALS, row.department_id).allowed, bool(found["keeps"]))


async def _stepping(viewer: Viewer, request: UUID, step: MaterialStep) -> tuple[Viewer, MaterialRequest, int]:
    """The viewer as they act, the request, locked, and how many files there are.

    Raises NotThere, Refused, Conflict for no such step.
    """
    row = await locked(MaterialRequest, request, "id")
    if not await MaterialRequest.filter(visible_material_requests(viewer), id=row.id).exists():
        raise not_there("id")
    found = await read_all(side_reads(row, viewer))
    side = _side(row, viewer, found)
    if not side.takes(step):
        said = say("Only the department can do this.") if side.keeps else say("Only who keeps the folder can do this.")
        raise Refused(Problem("NOT_YOURS", said))
    if step not in material_steps(row.state, side, files=found["files"]):
        raise Conflict(Problem("NO_SUCH_MOVE", say("That cannot become of it as it stands.")))
    if step not in OF_DEPARTMENT:
        viewer = viewer.acting(Action.MANAGE_DOCUMENTS, (await Folder.get(id=row.folder_id)).body_id or NOWHERE)
    return viewer, row, found["files"]


async def _moved(
    viewer: Viewer,
    row: MaterialRequest,
    step: MaterialStep,
    facts: dict[str, Any] | None = None,
    *,
    said: dict[str, Any] | None = None,
    files: int = 0,
) -> MaterialRequest:
    """The request as it stands now, with its entry in the trail. files: as many as there are now."""
    new = (facts or {}) | {"state": next_state(row.state, step, files=files)}
    await MaterialRequest.filter(id=row.id, state=row.state).update(**new)
    about = before_and_after(row, new) | (said or {})
    await audit.record(viewer, f"materials.{step.value}", f"mrq_{row.id}", about)
    return await MaterialRequest.get(id=row.id)


def _said(topic: str, what: str) -> dict[str, Any]:
    lines = [line.strip() for line in what.strip().splitlines()]
    said = tidy(MaterialRequest, {"topic": topic, "what": " ".join(lines)})
    empty = [name for name in ("topic", "what") if not said[name]]
    if empty:
        raise Invalid(*(Problem("WORDS_MISSING", say("Say what you need, and for what."), name) for name in empty))
    return said | {"what": "\n".join(lines)}


async def _due(viewer: Viewer, working_days: int | None, due_on: dt.date | None) -> dict[str, Any]:
    """On which day, and the year whose public holidays were not known when that was reckoned."""
    if due_on is not None:
        if due_on < viewer.today:
            raise Invalid(Problem("PAST", say("This day has gone by."), "due_on"))
        return {"due_on": due_on, "due_without": None}
    days = USUAL_DAYS if working_days is None else working_days
    if not 1 <= days <= MOST_DAYS:
        message = say("From 1 to {most} working days; for more, name a day.", most=MOST_DAYS)
        raise Invalid(Problem("DAYS_RANGE", message, "working_days"))
    calendar = await calendar_around(viewer, viewer.today, days)
    due = material_due(calendar, viewer.today, days)
    return {"due_on": due, "due_without": calendar.unknown(viewer.today, due)}


def _missing(words: str) -> str:
    try:
        return sound_reason(words)
    except Invalid as wrong:
        raise Invalid(*(replace(problem, field="missing") for problem in wrong.problems)) from None


def _draft(row: MaterialRequest, file: Filed) -> DocumentFacts:
    """What is said of the document: from the department, at the level that was asked, called as its file is."""
    stem = file.name.rpartition(".")[0] or file.name
    title: DocumentFacts = {"title_zh": stem} if CHINESE.search(stem) else {"title_en": stem}
    return {**title, "origin": row.department_id, "level": row.level}


async def _tell_keepers(viewer: Viewer, row: MaterialRequest, words: Words) -> None:
    folder = await Folder.get(id=row.folder_id)
    keepers = await who_may(Action.MANAGE_DOCUMENTS, viewer.today, folder.body_id or NOWHERE)
    await _tell(viewer, row, words, keepers)


async def _tell_department(viewer: Viewer, row: MaterialRequest, words: Words) -> None:
    await _tell(viewer, row, words, await who_may(Action.DELIVER_MATERIALS, viewer.today, row.department_id))


async def _tell(viewer: Viewer, row: MaterialRequest, words: Words, accounts: list[UUID]) -> None:
    """Neither topic nor title leaves the house (PU-1)."""
    await telling.tell(viewer, topic=Topic.WORK, words=words, accounts=accounts, link=f"/materials/mrq_{row.id}")
