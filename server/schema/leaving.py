"""What left a list, for whoever keeps a copy of it."""

import datetime as dt
from typing import Annotated, Any, Generic

import strawberry
from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from server.errors import Invalid, Problem
from server.models import bodies, members
from server.models.leaving import Left
from server.schema.declared import COUNTED, DESCRIBED
from server.schema.ids import id_for
from server.schema.paging import Connection, Node
from server.schema.reading import Answer, column, computed, reads
from server.schema.rows import all_of, everyone
from server.viewer import Viewer
from server.words import say

LISTED = {
    Left.PEOPLE: members.Person,
    Left.MEMBERS: members.Membership,
    Left.BODIES: bodies.Body,
    Left.SENSITIVE_BODIES: bodies.Body,
}
"""What is in a list."""
LEFT = 100
"""So many are counted in a list of what left another."""
Since = Annotated[
    dt.datetime | None,
    strawberry.argument(
        description="Only what changed at or after this time; tombstones name what left the list since then."
    ),
]


def moment(since: dt.datetime | None, viewer: Viewer, field: str = "updated_since") -> dt.datetime | None:
    """That time in UTC, as SQLite compares times; one without an offset is meant where the assembly sits."""
    if since is None:
        return None
    try:
        return (since if since.tzinfo else since.replace(tzinfo=viewer.zone)).astimezone(dt.UTC)
    except OverflowError:
        message = say("This time is outside the calendar.")
        raise Invalid(Problem("NO_SUCH_TIME", message, field)) from None


def changed(since: dt.datetime | None) -> Q:
    """What changed at or after that time."""
    return Q(updated_at__gte=since) if since else Q()


@strawberry.type(description="What remains of an entry that left a list.")
@reads(members.Tombstone, everyone)
class Tombstone:
    """A thing that is gone, for whoever keeps a copy."""

    removed_at: dt.datetime = column("When it left.")
    reason: str = column("merged, import undone, sensitive, taken back or planned; others may come.")

    @computed("The ID it had.", "collection", "object_id")
    def id(root: strawberry.Parent[members.Tombstone], info: Answer) -> strawberry.ID:
        """Of the kind of thing that is in that list."""
        return id_for(LISTED[Left(root.collection)], root.object_id)

    @computed("What stands in its place, where something does.", "collection", "successor_id")
    def successor_id(root: strawberry.Parent[members.Tombstone], info: Answer) -> strawberry.ID | None:
        """Of the same kind."""
        return id_for(LISTED[Left(root.collection)], root.successor_id) if root.successor_id else None


@strawberry.type
class KeptConnection(Connection[Node], Generic[Node]):
    """A list of which others keep a copy. listed: all of it that this viewer may see, whatever else is asked."""

    since: strawberry.Private[dt.datetime | None]
    listed: strawberry.Private[QuerySet[Any]]
    left: strawberry.Private[tuple[Left, ...]]

    @strawberry.field(
        description="With updatedSince: all that left the list of everything you may see since then. Else empty.",
        graphql_type=list[Tombstone],
        metadata=DESCRIBED | {COUNTED: LEFT},
    )
    async def tombstones(self, info: Answer) -> Any:
        """One statement. What came back since is not told, nor what was never there for this viewer."""
        found = members.Tombstone.filter(collection__in=[one.value for one in self.left])
        found = found.filter(removed_at__gte=self.since) if self.since else members.Tombstone.filter(id__in=[])
        found = found.exclude(object_id__in=Subquery(self.listed.values("id")))
        return await all_of(info.context, found.order_by("removed_at", "id"))
