"""What left a list, for whoever keeps a copy of it."""

import datetime as dt
from typing import Annotated, Any, Generic

import strawberry
from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from server.errors import Invalid, Problem
from server.models import members
from server.models.leaving import Left
from server.schema.ids import id_for
from server.schema.paging import Connection, Node
from server.viewer import Viewer
from server.words import say

Since = Annotated[
    dt.datetime | None,
    strawberry.argument(
        description="Only what changed at or after this time; tombstones name what left the list since then."
    ),
]


def moment(since: dt.datetime | None, viewer: Viewer) -> dt.datetime | None:
    """That time in UTC, as SQLite compares times; one without an offset is meant where the assembly sits."""
    if since is None:
        return None
    try:
        return (since if since.tzinfo else since.replace(tzinfo=viewer.zone)).astimezone(dt.UTC)
    except OverflowError:
        message = say("This time is outside the calendar.")
        raise Invalid(Problem("NO_SUCH_TIME", message, "updated_since")) from None


def changed(since: dt.datetime | None) -> Q:
    """What changed at or after that time."""
    return Q(updated_at__gte=since) if since else Q()


@strawberry.type(description="What remains of an entry that left a list.")
class Tombstone:
    """A thing that is gone, for whoever keeps a copy."""

    id: strawberry.ID = strawberry.field(description="The ID it had.")
    removed_at: dt.datetime = strawberry.field(description="When it left.")
    reason: str = strawberry.field(description="merged, import undone or sensitive; others may come.")
    successor_id: strawberry.ID | None = strawberry.field(description="What stands in its place, where something does.")


@strawberry.type
class KeptConnection(Connection[Node], Generic[Node]):
    """A list of which others keep a copy. listed: all of it that this viewer may see, whatever else is asked."""

    since: strawberry.Private[dt.datetime | None]
    listed: strawberry.Private[QuerySet[Any]]
    left: strawberry.Private[tuple[Left, ...]]

    @strawberry.field(
        description="With updatedSince: all that left the list of everything you may see since then. Else empty."
    )
    async def tombstones(self) -> list[Tombstone]:
        """One statement. What came back since is not told, nor what was never there for this viewer."""
        if self.since is None:
            return []
        found = members.Tombstone.filter(collection__in=[one.value for one in self.left], removed_at__gte=self.since)
        found = found.exclude(object_id__in=Subquery(self.listed.values("id")))
        model = self.listed.model
        return [
            Tombstone(
                id=id_for(model, row.object_id),
                removed_at=row.removed_at,
                reason=row.reason,
                successor_id=id_for(model, row.successor_id) if row.successor_id else None,
            )
            for row in await found.order_by("removed_at", "id")
        ]
