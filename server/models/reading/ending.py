"""What ends by itself: openings of which nobody hears any more, notes of what cannot be had any more (RD-3), and what
is recorded of readers once its retention is over (RT-1)."""

import datetime as dt
from typing import Any

from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from server.models import audit
from server.models.database import transaction
from server.models.documents.tables import Document
from server.models.reading.ledger import Step, said, take, turn
from server.models.reading.tables import ReadingNote, ReadingProgress, ReadingSession, ReadReceipt
from server.models.sweeping import PORTION
from server.rules.documents import DocumentState
from server.rules.permissions import Action
from server.rules.reading import SILENT
from server.rules.retention import RecordClass, due_before
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


async def purge_records(viewer: Viewer) -> int:
    """Deletes what is recorded of readers beside the trail and is not kept any more (RT-1). How many rows.

    Openings, receipts, notes, and how far someone came who has not come back since. An opening goes when it is over.
    """
    viewer.must(Action.PURGE_AUDIT)
    before = due_before(RecordClass.READING, viewer.now)
    opened, refused = Q(last_opened_at__lt=before), Q(refused_at__lt=before)
    never, not_refused = Q(last_opened_at__isnull=True), Q(refused_at__isnull=True)
    over = (opened & (refused | not_refused)) | (never & refused)
    due: dict[str, QuerySet[Any]] = {
        "sessions": ReadingSession.filter(opened_at__lt=before, closed_at__isnull=False),
        "receipts": ReadReceipt.filter(confirmed_at__lt=before),
        "notes": ReadingNote.filter(updated_at__lt=before),
        "progress": ReadingProgress.filter(over),
    }
    return sum([await _purged(viewer, name, rows, before) for name, rows in due.items()])


async def _purged(viewer: Viewer, name: str, rows: QuerySet[Any], before: dt.datetime) -> int:
    """A portion in each transaction, with its entry in the trail."""
    gone = 0
    while True:
        async with transaction():
            keys = await rows.order_by("id").limit(PORTION).values_list("id", flat=True)
            if not keys:
                return gone
            deleted = await rows.model.filter(id__in=keys).delete()
            said = {"class": RecordClass.READING, "before": before, "purged_at": viewer.now, name: deleted}
            await audit.record(viewer, "reading.purge_records", "", said)
        gone += deleted


async def _silent(viewer: Viewer) -> list[ReadingSession]:
    silent = ReadingSession.filter(closed_at=None, last_seen_at__lte=viewer.now - SILENT)
    return await silent.order_by("last_seen_at").limit(PORTION)


def _over(viewer: Viewer, row: ReadingSession) -> Step:
    fact = said(viewer, "close", row.document_id, number=row.number, why="SILENT")
    return Step(viewer.now, row.document_id, row.person_id, session=row.id, fact=fact, closes=True)
