"""What a reader says of what they read: that they understood it, and a note for themselves (RD-3)."""

from typing import Any
from uuid import UUID

from server.errors import Invalid, Problem, Refused
from server.models import audit
from server.models.database import transaction
from server.models.documents.tables import Document
from server.models.reading.opening import still
from server.models.reading.tables import ReadingNote, ReadingSession, ReadReceipt
from server.rules.reading import NOTE
from server.viewer import Viewer
from server.words import say


async def reading_confirm(viewer: Viewer, *, session: UUID) -> ReadingSession:
    """ "Read and understood", of the version that is open; twice is once. Raises as a page does, Refused for nobody."""
    row = await still(viewer, session)
    person = _person(viewer)
    async with transaction():
        receipt: dict[str, Any] = {"version_id": row.version_id, "person_id": person}
        given = {"document_id": row.document_id, "confirmed_at": viewer.now}
        if (await ReadReceipt.get_or_create(given, **receipt))[1]:
            said = {"number": row.number, "version": row.version.n}
            await audit.record(viewer, "reading.confirm", f"doc_{row.document_id}", said)
    return row


async def reading_note(viewer: Viewer, *, session: UUID, text: str) -> ReadingSession:
    """A note that only its reader ever reads; empty takes it away. What stands in it is not on the ledger.

    Raises Refused where no notes may be kept, Invalid for one that is too long.
    """
    row = await still(viewer, session)
    person, text = _person(viewer), text.strip()
    if not (await Document.get(id=row.document_id)).notes_allowed:
        raise Refused(Problem("NO_NOTES", say("No notes are kept of this document."), rule="RD-3"))
    if len(text) > NOTE:
        message = say("At most {most} characters; these are {length}.", most=NOTE, length=len(text))
        raise Invalid(Problem("TOO_LONG", message, "text"))
    async with transaction():
        mine: dict[str, Any] = {"document_id": row.document_id, "person_id": person}
        if text:
            await ReadingNote.update_or_create({"text": text, "updated_at": viewer.now}, **mine)
        else:
            await ReadingNote.filter(**mine).delete()
        await audit.record(viewer, "reading.note", f"doc_{row.document_id}", {"kept": bool(text)})
    return row


def _person(viewer: Viewer) -> UUID:
    if viewer.person is None:
        raise Refused(Problem("NO_PERSON", say("Your account belongs to nobody in the register.")))
    return viewer.person
