"""Opening and closing a document, and what a reader says of it. Pages are had at their addresses."""

from typing import Annotated

import strawberry

from server.models import documents, reading
from server.schema.guard import public
from server.schema.ids import key_of
from server.schema.problems import Problems
from server.schema.reading import Answer, Id, shows
from server.schema.readings.types import ReadingSession


@strawberry.type(description="The opening as it is now.")
class ReadingPayload:
    """Success."""

    reading: ReadingSession = strawberry.field(description="The opening.")


ReadingResult = Annotated[
    ReadingPayload | Problems, strawberry.union("ReadingResult", description="The opening, or why not.")
]
TheDocument = Annotated[strawberry.ID, strawberry.argument(description="What is to be opened.")]
TheNote = Annotated[str, strawberry.argument(description="What you note for yourself; empty takes it away.")]


@strawberry.type
class ReadingMutation:
    """Root fields that change this room. Whether one may read is decided by the document, for visitors, too (RD-1)."""

    @strawberry.mutation(
        description="Opens a document to be read. It is on record, also where it is refused.", extensions=public()
    )
    async def reading_open(self, info: Answer, document: TheDocument) -> ReadingResult:
        """Where openings are counted, it is one."""
        row = await reading.reading_open(
            info.context.viewer, document=key_of(document, documents.Document, field="document")
        )
        return shows(ReadingPayload, reading=row)

    @strawberry.mutation(
        description="Says, every 20 seconds, that it is still open; and hears whether it may be.", extensions=public()
    )
    async def reading_beat(self, info: Answer, id: Id) -> ReadingResult:
        """Where it may not, it is closed."""
        row = await reading.reading_beat(info.context.viewer, session=key_of(id, reading.ReadingSession))
        return shows(ReadingPayload, reading=row)

    @strawberry.mutation(description="Closes an opening.", extensions=public())
    async def reading_close(self, info: Answer, id: Id) -> ReadingResult:
        """Twice does no harm."""
        row = await reading.reading_close(info.context.viewer, session=key_of(id, reading.ReadingSession))
        return shows(ReadingPayload, reading=row)

    @strawberry.mutation(
        description="Says that you read and understood what is open. It is kept by your name.", extensions=public()
    )
    async def reading_confirm(self, info: Answer, id: Id) -> ReadingResult:
        """For the version that is open."""
        row = await reading.reading_confirm(info.context.viewer, session=key_of(id, reading.ReadingSession))
        return shows(ReadingPayload, reading=row)

    @strawberry.mutation(
        description="Keeps a note of yours on what is open, which nobody else reads.", extensions=public()
    )
    async def reading_note(self, info: Answer, id: Id, text: TheNote = "") -> ReadingResult:
        """One for each document."""
        row = await reading.reading_note(info.context.viewer, session=key_of(id, reading.ReadingSession), text=text)
        return shows(ReadingPayload, reading=row)
