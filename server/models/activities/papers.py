"""The documents of an activity: linked by who prepares it, and read under the rules of documents."""

from uuid import UUID

from server.errors import Conflict, Problem
from server.models import audit
from server.models.activities.preparing import kept
from server.models.activities.tables import Activity, ActivityDocument
from server.models.database import transaction
from server.models.documents.queries import visible_documents
from server.models.documents.tables import Document
from server.models.facts import unique
from server.models.history import not_there
from server.rules.activities import ActivityState
from server.viewer import Viewer
from server.words import say

FINAL = {ActivityState.ARCHIVED, ActivityState.CANCELLED}


async def activity_link_document(viewer: Viewer, *, activity: UUID, document: UUID) -> Activity:
    """The document belongs to the activity from now on. That lets nobody read it: its own grants do.

    Raises NotThere for a document of which the viewer may not know, Conflict for one that is linked already and once
    the activity is put away or cancelled.
    """
    async with transaction():
        row = await _open(viewer, activity)
        if not await Document.filter(visible_documents(viewer), id=document).exists():
            raise not_there("document")
        new = ActivityDocument(activity_id=activity, document_id=document, linked_at=viewer.now)
        with unique(Problem("LINKED", say("This document is linked already."), "document")):
            await new.save()
        await audit.record(viewer, "activities.link", f"act_{activity}", {"document": f"doc_{document}"})
    return row


async def activity_unlink_document(viewer: Viewer, *, activity: UUID, document: UUID) -> Activity:
    """The document stays where it is, and belongs to the activity no more. Raises NotThere, Conflict."""
    async with transaction():
        row = await _open(viewer, activity)
        linked = ActivityDocument.filter(activity_id=activity, document_id=document)
        seen = Document.filter(visible_documents(viewer), id=document)
        if not (await linked.exists() and await seen.exists()):
            raise not_there("document")
        await linked.delete()
        await audit.record(viewer, "activities.unlink", f"act_{activity}", {"document": f"doc_{document}"})
    return row


async def _open(viewer: Viewer, activity: UUID) -> Activity:
    row = await kept(viewer, activity)
    if row.state in FINAL:
        raise Conflict(Problem("FINAL", say("It is put away or cancelled: its documents stay as they are.")))
    return row
