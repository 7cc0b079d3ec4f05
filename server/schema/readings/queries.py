"""What can be asked of reading: one's own openings."""

from typing import Any

import strawberry

from server.models import reading
from server.schema.declared import DESCRIBED
from server.schema.guard import public
from server.schema.ids import key_of
from server.schema.reading import Answer, Id
from server.schema.readings.types import ReadingSession
from server.schema.rows import row_of


@strawberry.type
class ReadingQuery:
    """Root fields of this room."""

    @strawberry.field(
        description="One opening of yours, null where there is none. A visitor's is had from where they opened it.",
        graphql_type=ReadingSession | None,
        extensions=public(),
        metadata=DESCRIBED,
    )
    async def reading(self, info: Answer, id: Id) -> Any:
        """By its ID."""
        return await row_of(info.context, reading.ReadingSession, key_of(id, reading.ReadingSession))
