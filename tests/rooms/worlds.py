"""What the tests of reading rooms begin with: a room, a time that goes on, and a document that is read there only."""

import datetime as dt
from typing import Any
from uuid import UUID

from server.models import documents
from server.models.documents import Document, Whom
from server.models.rooms.slots import room_add
from server.models.rooms.tables import ReadingRoom, ReadingSlot
from server.rules.documents import DocumentState, ReadMode
from tests.cast import Cast
from tests.make import NOW

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
READERS = ("member", "leader", "convener")


async def room(cast: Cast) -> ReadingRoom:
    """The one room."""
    return await room_add(cast["custodian"], name_zh="阅文室", name_en="Quiet room", place="House 1, 204")


async def slot(of: ReadingRoom, *, starts: dt.timedelta = -HOUR, hours: int = 3, capacity: int = 2) -> ReadingSlot:
    """A time that goes on now, unless it starts later. starts: from now."""
    at = NOW + starts
    return await ReadingSlot.create(room=of, starts_at=at, ends_at=at + hours * HOUR, capacity=capacity)


async def paper(cast: Cast, *, mode: ReadMode = ReadMode.ROOM_ONLY, readers: Any = READERS, **facts: Any) -> Document:
    """A document that is available, given to these for a month."""
    keeper = cast["custodian"]
    folder = await documents.folder_add(keeper, name_zh="议政材料", name_en="Papers")
    row = await documents.document_add(keeper, folder=folder.id, title_zh="预算草案", read_mode=mode, **facts)
    for state in (DocumentState.CHECKED, DocumentState.AVAILABLE):
        await documents.document_move(keeper, document=row.id, to=state)
    if readers:
        whom = [Whom(person=who(cast, name)) for name in readers]
        until = facts.get("expires_at") or NOW + 30 * DAY
        await documents.grant_add(keeper, document=row.id, whom=whom, reason="for the budget", valid_until=until)
    return await Document.get(id=row.id)


def who(cast: Cast, name: str) -> UUID:
    """The person of that name."""
    return cast.people[name].id
