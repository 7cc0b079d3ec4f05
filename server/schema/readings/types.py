"""An opening of a document, and how far its reader came."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import strawberry

from server.models import documents, reading
from server.models.reads import Columns
from server.schema.documents import AccessGrant, Document, DocumentVersion
from server.schema.making import made, makes
from server.schema.node import Node
from server.schema.reading import Answer, column, one, reads

Opened = strawberry.Parent[reading.ReadingSession]


@strawberry.type(description="How far you came with a document.")
class ReadingState:
    """Your own; nobody is in the register by whose account nobody reads."""

    page_count: int = strawberry.field(description="How many pages the file has that was opened.")
    pages_seen: int = strawberry.field(description="How many of its pages were shown to you, in all your openings.")
    last_page: int = strawberry.field(description="The one that was shown last; 0 for none.")
    finished_at: dt.datetime | None = strawberry.field(description="When you had seen all of them; null before that.")
    confirmed_at: dt.datetime | None = strawberry.field(
        description="When you said that you read and understood it; null where you did not."
    )
    note: str = strawberry.field(description="What you noted for yourself, or empty. Nobody else reads it.")


@strawberry.type(description="One opening of a document by yourself. Its pages are at /reading/ID/pages/N.")
@reads(reading.ReadingSession, reading.own_sessions)
class ReadingSession(Node):
    """Whether its pages may still be had is decided for each of them."""

    number: str = column("The reading number, printed on each page that is shown.")
    document = one(documents.Document, "document", Document | None, "What was opened; null where you may not know it.")
    version = one(
        documents.DocumentVersion, "version", DocumentVersion | None, "The file; null where you may not read it now."
    )
    grant = one(documents.AccessGrant, "grant", AccessGrant | None, "By what it was opened; null where none is needed.")
    opened_at: dt.datetime = column("When it was opened.")
    last_seen_at: dt.datetime = column("When its reader was last heard of.")
    closed_at: dt.datetime | None = column("When it was closed; null while it is open.")
    pages: int = column("How many different pages were shown.")
    seconds: int = column("For how many seconds it was read, as far as that is known.")

    @makes("How far you came with the document, in all your openings.", "version_id", "document_id", "person_id")
    async def state(root: Opened, info: Answer) -> ReadingState:
        """Of nobody where the account belongs to nobody."""
        mine: dict[str, Any] = {"document_id": root.document_id, "person_id": root.person_id}
        receipts = reading.ReadReceipt.filter(version_id=root.version_id, person_id=root.person_id)
        wanted = {
            "versions": Columns(documents.DocumentVersion.filter(id=root.version_id), ("pages",)),
            "progress": Columns(
                reading.ReadingProgress.filter(**mine, version_id=root.version_id),
                ("pages_seen", "last_page", "finished_at"),
            ),
            "receipts": Columns(receipts, ("confirmed_at",)),
            "notes": Columns(reading.ReadingNote.filter(**mine), ("text",)),
        }
        made_of: ReadingState = await made(info.context, wanted, _state)
        return made_of


def _state(found: Mapping[str, Any]) -> ReadingState:
    ((count,),) = found["versions"]
    seen, last, finished = found["progress"][0] if found["progress"] else (0, 0, None)
    (confirmed,) = found["receipts"][0] if found["receipts"] else (None,)
    (note,) = found["notes"][0] if found["notes"] else ("",)
    return ReadingState(
        page_count=count, pages_seen=seen, last_page=last, finished_at=finished, confirmed_at=confirmed, note=note
    )
