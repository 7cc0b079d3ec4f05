"""The interface of everything that has an ID."""

from typing import Any

import strawberry

from server.schema.declared import READS, Key
from server.schema.ids import id_of


@strawberry.interface(description="A thing with an ID that never changes.")
class Node:
    """Relay's node. The source of every type that implements it is a row."""

    @strawberry.field(description="Opaque, stable, the same in every place.", metadata={READS: Key()})
    def id(self: Any) -> strawberry.ID:
        """The ID of the row."""
        return id_of(self)
