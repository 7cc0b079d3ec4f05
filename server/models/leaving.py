"""What left a list: told to whoever keeps a copy of it, and cannot see by itself what is there no more."""

import enum
from collections.abc import Iterable
from uuid import UUID, uuid4

from server.models.members.tables import Tombstone
from server.viewer import Viewer


class Left(enum.Enum):
    """The lists that others keep a copy of. What was sensitive when it left is told to nobody who could not see it."""

    PEOPLE = "people"
    MEMBERS = "members"
    BODIES = "bodies"
    SENSITIVE_BODIES = "sensitive bodies"


async def leave(viewer: Viewer, listed: Left, keys: Iterable[UUID], reason: str, successor: UUID | None = None) -> None:
    """These things are in that list no more. reason: for programs. successor: what stands in their place."""
    facts = {"collection": listed.value, "removed_at": viewer.now, "reason": reason, "successor_id": successor}
    await Tombstone.bulk_create([Tombstone(id=uuid4(), object_id=key, **facts) for key in keys])
