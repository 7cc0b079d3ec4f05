"""What ends by itself: openings of which nobody hears any more, and notes of what cannot be had any more (RD-3)."""

from tortoise.expressions import Q, Subquery

from server.models import audit
from server.models.database import transaction
from server.models.documents.tables import Document
from server.models.reading.ledger import Step, said, take, turn
from server.models.reading.tables import ReadingNote, ReadingSession
from server.models.sweeping import PORTION
from server.rules.documents import DocumentState
from server.rules.permissions import Action
from server.rules.reading import SILENT
from server.viewer import Viewer

GONE = (DocumentState.ARCHIVED, DocumentState.DESTROYED)


async def close_silent(viewer: Viewer) -> int:
    """Closes them, each with its entry. How many."""
    viewer.must(Action.READ_JOBS)
    closed = 0
    while rows := await _silent(viewer):
        async with turn():
            await take([_over(viewer, row) for row in rows])
        closed += len(rows)
    return closed


async def purge_notes(viewer: Viewer) -> int:
    """Deletes what readers noted of documents that expired or are gone. How many notes."""
    viewer.must(Action.READ_JOBS)
    over = Document.filter(Q(expires_at__lte=viewer.now) | Q(state__in=GONE))
    notes = ReadingNote.filter(document_id__in=Subquery(over.values("id")))
    async with transaction():
        purged = await notes.delete()
        if purged:
            await audit.record(viewer, "reading.purge_notes", "", {"notes": purged})
    return purged


async def _silent(viewer: Viewer) -> list[ReadingSession]:
    silent = ReadingSession.filter(closed_at=None, last_seen_at__lte=viewer.now - SILENT)
    return await silent.order_by("last_seen_at").limit(PORTION)


def _over(viewer: Viewer, row: ReadingSession) -> Step:
    fact = said(viewer, "close", row.document_id, number=row.number, why="SILENT")
    return Step(viewer.now, row.document_id, row.person_id, session=row.id, fact=fact, closes=True)
