"""The documents of an announcement: linked by who writes it, and read under the rules of documents."""

from uuid import UUID

from server.errors import Problem
from server.models import audit
from server.models.announcements.tables import Announcement, AnnouncementDocument
from server.models.announcements.writing import stepping
from server.models.database import transaction
from server.models.documents.queries import visible_documents
from server.models.documents.tables import Document
from server.models.facts import unique
from server.models.history import not_there
from server.rules.announcements import STEPS, AnnouncementStep
from server.viewer import Viewer
from server.words import say


async def announcement_link_document(viewer: Viewer, *, announcement: UUID, document: UUID) -> Announcement:
    """The document is listed with it. That lets nobody read it: its own grants do.

    Raises NotThere for a document of which the viewer may not know, Conflict for one that is linked already.
    """
    async with transaction():
        row = await _open(viewer, announcement)
        if not await Document.filter(visible_documents(viewer), id=document).exists():
            raise not_there("document")
        new = AnnouncementDocument(announcement_id=announcement, document_id=document, linked_at=viewer.now)
        with unique(Problem("LINKED", say("This document is linked already."), "document")):
            await new.save()
        await audit.record(viewer, "announcements.link", f"ann_{announcement}", {"document": f"doc_{document}"})
    return row


async def announcement_unlink_document(viewer: Viewer, *, announcement: UUID, document: UUID) -> Announcement:
    """The document stays where it is, and is listed with it no more. Raises NotThere, Conflict."""
    async with transaction():
        row = await _open(viewer, announcement)
        linked = AnnouncementDocument.filter(announcement_id=announcement, document_id=document)
        seen = Document.filter(visible_documents(viewer), id=document)
        if not (await linked.exists() and await seen.exists()):
            raise not_there("document")
        await linked.delete()
        await audit.record(viewer, "announcements.unlink", f"ann_{announcement}", {"document": f"doc_{document}"})
    return row


async def _open(viewer: Viewer, announcement: UUID) -> Announcement:
    """By whoever may change it as it stands, or prolong it once it is published."""
    row = await Announcement.filter(id=announcement).first()
    changes = row is None or AnnouncementStep.CHANGE in STEPS[row.state]
    return await stepping(viewer, announcement, AnnouncementStep.CHANGE if changes else AnnouncementStep.PROLONG)
