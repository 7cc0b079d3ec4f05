"""Relay connections by keyset: a cursor names a place in the order, so rows that come or go move nothing."""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Generic, TypeVar

import strawberry
from tortoise.exceptions import ValidationError
from tortoise.expressions import Q
from tortoise.fields import Field
from tortoise.models import Model
from tortoise.queryset import QuerySet

from server.errors import Invalid, Problem
from server.models.reads import field_of
from server.rules import cursors
from server.schema.declared import Part
from server.schema.reading import Asking
from server.words import say

CAP = 100
DEFAULT = 50
PAGED: dict[str, str] = {"length": "page"}
"""Metadata of a list that is as long as `first` or `last` of the field around it say."""
Node = TypeVar("Node")

First = Annotated[int | None, strawberry.argument(description="How many from the front, 1 to 100; 50 unless given.")]
After = Annotated[str | None, strawberry.argument(description="Only what comes after this cursor.")]
Last = Annotated[int | None, strawberry.argument(description="How many from the back, 1 to 100.")]
Before = Annotated[str | None, strawberry.argument(description="Only what comes before this cursor.")]


@strawberry.type(description="Where this part of the list stands in the whole.")
class PageInfo:
    """Relay's page info."""

    has_next_page: bool = strawberry.field(description="Whether more follows.")
    has_previous_page: bool = strawberry.field(description="Whether more stands before.")
    start_cursor: str | None = strawberry.field(description="The cursor of the first edge.")
    end_cursor: str | None = strawberry.field(description="The cursor of the last edge.")


@strawberry.type(description="One thing of a list and its place in it.")
class Edge(Generic[Node]):
    """Relay's edge."""

    cursor: str = strawberry.field(description="The place of this thing in the order.")
    node: Node = strawberry.field(description="The thing itself.")


@strawberry.type(description="A part of a list.")
class Connection(Generic[Node]):
    """Relay's connection; the count is a statement of its own, so it is made only if asked."""

    edges: list[Edge[Node]] = strawberry.field(description="The things with their places.", metadata=PAGED)
    page_info: PageInfo = strawberry.field(description="Where this part stands in the whole.")
    counted: strawberry.Private[Any]

    @strawberry.field(description="How many there are in all, under the same filters.")
    async def total_count(self) -> int:
        """One statement."""
        return int(await self.counted.count())


@dataclass(frozen=True)
class Slice:
    """What of a list is asked for. Raises Invalid where the numbers make no sense."""

    first: First = None
    after: After = None
    last: Last = None
    before: Before = None

    def __post_init__(self) -> None:
        for name in ("first", "last"):
            size = getattr(self, name)
            if size is not None and not 1 <= size <= CAP:
                message = say("Ask for 1 to {cap} at a time.", cap=CAP)
                raise Invalid(Problem("PAGE_SIZE", message, field=name))
        if self.first and self.last:
            raise Invalid(Problem("PAGE_SIZE", say("Ask for the first or for the last ones, not both."), field="last"))

    @property
    def backward(self) -> bool:
        """Whether the list is read from its end."""
        return self.last is not None

    @property
    def size(self) -> int:
        """How many rows at most."""
        return self.last or self.first or DEFAULT


async def connect(
    asking: Asking,
    rows: QuerySet[Any],
    order: Sequence[str],
    part: Slice,
    kind: type[Any] = Connection,
    *,
    handed: Mapping[str, Any] | None = None,
    **more: Any,
) -> Any:
    """A part of these rows in this order, which ends in a unique column. One statement.

    order: names of columns that are never null; a leading minus turns one around. kind: a connection with fields of
    its own, which are in `more`. handed: attributes that each row gets besides its columns.
    """
    way = [_turn(name) for name in order] if part.backward else order
    wanted = beyond(asking, rows, order, part).order_by(*way).limit(part.size + 1)
    if asking.writing:
        whole = kind(edges=[], counted=rows, page_info=None, **more)
        around = bool(part.after), bool(part.before)
        return Part(wanted, rows, order, part.size, part.backward, *around, whole, handed or {})
    found = await wanted
    for row in found:
        vars(row).update(handed or {})
    more_of_it, found = len(found) > part.size, found[: part.size]
    if part.backward:
        found.reverse()
    edges = [Edge(cursor=cursors.cursor(*(_value(row, name) for name in order)), node=row) for row in found]
    return kind(edges=edges, counted=rows, page_info=_page_info(edges, part, more_of_it), **more)


def beyond(asking: Asking, rows: QuerySet[Any], order: Sequence[str], part: Slice) -> QuerySet[Any]:
    """Those of these rows that come after one cursor, and before the other. Raises Invalid as `place_of` does."""
    limits = Q()
    if part.after:
        limits &= _beyond(order, place_of(asking, rows.model, order, part.after))
    if part.before:
        limits &= _beyond([_turn(name) for name in order], place_of(asking, rows.model, order, part.before))
    return rows.filter(limits)


@dataclass(frozen=True)
class Counted:
    """How many things are in a list, where that is known already."""

    number: int

    async def count(self) -> int:
        """The number."""
        return self.number


def connected(nodes: Sequence[tuple[Sequence[object], Any]], part: Slice, total: int) -> Connection[Any]:
    """A part of a list that was made elsewhere: the values that name its place, and each thing; in the order wanted.

    nodes: one more than asked for, where there is one; backward from the end. total: of the whole list.
    """
    more_of_it, nodes = len(nodes) > part.size, nodes[: part.size]
    edges = [Edge(cursor=cursors.cursor(*place), node=node) for place, node in nodes]
    if part.backward:
        edges.reverse()
    return Connection(edges=edges, counted=Counted(total), page_info=_page_info(edges, part, more_of_it))


def _page_info(edges: Sequence[Edge[Any]], part: Slice, more_of_it: bool) -> PageInfo:
    return PageInfo(
        has_next_page=bool(part.before) if part.backward else more_of_it,
        has_previous_page=more_of_it if part.backward else bool(part.after),
        start_cursor=edges[0].cursor if edges else None,
        end_cursor=edges[-1].cursor if edges else None,
    )


def unknown_place() -> Invalid:
    """For a cursor that is none of ours."""
    return Invalid(Problem("CURSOR", say("This place in the list is not known. Start again from its beginning.")))


def place_of(asking: Asking, model: type[Model], order: Sequence[str], cursor: str) -> list[Any]:
    """The values in a cursor, as these columns hold them. Raises Invalid where one could not stand there."""
    if asking.writing:
        columns = [field_of(model, name) for name in order]
        return asking.writing.place(cursor, columns, partial(_typed, model, order))
    return _typed(model, order, cursor)


def _typed(model: type[Model], order: Sequence[str], cursor: str) -> list[Any]:
    values = cursors.values(cursor, len(order))
    if values is None:
        raise unknown_place()
    try:
        return [_fitting(field_of(model, name), value) for name, value in zip(order, values, strict=True)]
    except (ValueError, TypeError, OverflowError, ValidationError):
        raise unknown_place() from None


def _fitting(column: Field[Any], text: str) -> Any:
    """The value of that text. Raises ValueError and others where the column, on either database, cannot hold it."""
    text.encode()  # half a character, which JSON can escape
    if "\0" in text:
        raise ValueError(text)
    value = column.to_python_value(text)
    limits = column.constraints
    if isinstance(value, int) and not limits.get("ge", value) <= value <= limits.get("le", value):
        raise ValueError(text)
    column.to_db_value(value, column.model)
    return value


def _turn(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _value(row: Any, name: str) -> object:
    """As it is kept."""
    for step in name.lstrip("-").split("__"):
        row = getattr(row, step)
    return row.value if isinstance(row, enum.Enum) else row


def _beyond(order: Sequence[str], values: Sequence[Any]) -> Q:
    """Rows that come after these values: (a > x) or (a = x and b > y) ..., and a >= x, by which an index is entered."""
    found, equal = Q(), Q()
    for place, (name, value) in enumerate(zip(order, values, strict=True)):
        column, compare = name.lstrip("-"), "lt" if name.startswith("-") else "gt"
        step = equal & Q(**{f"{column}__{compare}": value})
        found = step if place == 0 else found | step
        equal &= Q(**{column: value})
    first, compare = order[0].lstrip("-"), "lte" if order[0].startswith("-") else "gte"
    return Q(**{f"{first}__{compare}": values[0]}) & found
