"""One list of all that changed, for whoever keeps a copy of the register: nothing that was committed is ever missed."""

from hashlib import sha256
from typing import Annotated, Any

import strawberry

from server.backup.restoring import restored
from server.models import changes
from server.models.bodies import sensitive_seen
from server.models.changes import ChangeKind, RegisterCollection
from server.models.reads import Columns, Read
from server.rules.chain import canonical
from server.rules.permissions import Action
from server.schema.declared import DESCRIBED
from server.schema.guard import needs
from server.schema.ids import MODEL
from server.schema.making import made, makes
from server.schema.node import Node
from server.schema.paging import After, Connection, First, Slice, connect
from server.schema.reading import Answer, column, named, reads
from server.schema.rows import everyone

Of = Annotated[
    list[RegisterCollection] | None,
    strawberry.argument(description="Only changes in these collections; in all unless given."),
]
LISTED = tuple(MODEL[collection.value] for collection in RegisterCollection)
"""What a change can be of."""


@strawberry.type(description="That something about a thing changed, and where it is now. Only the last one is told.")
@reads(changes.Change, everyone)
class RegisterChange:
    """The last change of a thing."""

    thing: strawberry.ID = column("The ID of the thing.")
    collection: RegisterCollection = column("Where it is listed.")
    kind: ChangeKind = column("Whether it is there for you, or is not any more.")
    node = named("thing", Node | None, "The thing as it is now; null where it is gone, or not for you.", LISTED)


@strawberry.type(description="A part of the list of changes.")
class RegisterChangeConnection(Connection[RegisterChange]):
    """Changes, and for whose eyes."""

    @makes(
        "A word for what you may see. It stays the same until your roles, scopes or own sensitive bodies change, or a "
        "backup is restored: then begin with an empty copy and no cursor.",
        kind=str,
    )
    async def sight(self, info: Answer) -> Any:
        """Nothing of it can be read out of the word."""
        viewer = info.context.viewer
        may = [viewer.may(action).allowed for action in (Action.READ_SENSITIVE, Action.READ_FILE)]
        own = sensitive_seen(viewer)
        wanted: dict[str, Read] = {"restored": Columns(restored(), ("hash",))}
        if own is not None:
            wanted["own"] = Columns(own.order_by("id"), ("id",))

        def make(facts: Any) -> str:
            lasting = [may, [str(key) for (key,) in facts.get("own", ())], *facts["restored"]]
            return sha256(canonical(lasting).encode()).hexdigest()[:16]

        return await made(info.context, wanted, make)


@strawberry.type
class ChangeQuery:
    """Root fields of this room."""

    @strawberry.field(
        description="What changed since a cursor, the first change first; from the beginning without one.",
        graphql_type=RegisterChangeConnection,
        extensions=needs(Action.READ_REGISTER),
        metadata=DESCRIBED,
    )
    async def changes(self, info: Answer, of: Of = None, first: First = None, after: After = None) -> Any:
        """In the order of commits."""
        rows = changes.Change.filter(changes.told_to(info.context.viewer))
        if of is not None:
            rows = rows.filter(collection__in=of)
        return await connect(info.context, rows, ("serial", "id"), Slice(first, after), RegisterChangeConnection)
