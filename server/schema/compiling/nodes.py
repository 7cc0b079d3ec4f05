"""What is read for an answer: rows, their columns, the rows they are tied to, and what is made of them later."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tortoise.models import Model
from tortoise.queryset import QuerySet

from server.schema.compiling.marks import Around
from server.schema.declared import Part, Read, Statement
from server.schema.reading import Asking


@dataclass(frozen=True)
class Making:
    """What is known when values are made: who asks, the values of the request, the rows that may be shown, by key.

    asking: in describing, so that resolvers tell what they read and do not read it.
    """

    asking: Asking
    variables: Mapping[str, Any]
    shown: "tuple[dict[str, Any], ...]" = ()


Resolve = Callable[[Any, Making], Awaitable[Any]]
"""From a stand-in of a row to a value, or to a `Made`."""
Shape = Callable[[Any, Making], Awaitable[Any]]
"""From a value to JSON."""


@dataclass(frozen=True)
class Constant:
    """The same for every row; None for null."""

    value: str | None


@dataclass(frozen=True)
class Cell:
    """A column of the row. kind: the name of its GraphQL type."""

    column: str
    kind: str


@dataclass(frozen=True)
class Either:
    """The first text, or the second where that one is empty."""

    first: str
    second: str


@dataclass(frozen=True)
class Id:
    """The key of the row after the letters of its table."""

    model: type[Model]


@dataclass(frozen=True)
class Guard:
    """A personal column. whole: the viewer may read everyone's. own: the viewer may read the viewer's own.

    logged: the field's name on the trail. through: the foreign key to the seat of the person whose it is, if the row
    is no person. empty: what stands for nothing, and for what may not be read.
    """

    cell: Cell
    whole: bool
    own: bool
    logged: str
    through: str
    empty: str


@dataclass(frozen=True)
class Later:
    """A value made after the statement. columns: of the row; reads: what else; picked: rows it may show whole.

    resolve: from a stand-in of the row, who asks and the values of the request to the value, or to a `Made`.
    shape: from that value to JSON. handed: those of the columns that are cells of rows around.
    """

    model: type[Model] | None
    columns: tuple[str, ...]
    reads: Mapping[str, Read]
    picked: "tuple[Listed, ...]"
    resolve: Resolve
    shape: Shape
    handed: Mapping[str, Around] = field(default_factory=dict)


@dataclass(frozen=True)
class Provided:
    """A value that holds where each of these has a row; where one has none, the ordinary road must answer."""

    value: "Value"
    rows: tuple[QuerySet[Any], ...]


@dataclass(frozen=True)
class Record:
    """An object of an answer. own: keys that are names of the schema; others are aliases of a request.

    model: None where it is no row. level: tells its row from those around it.
    """

    model: type[Model] | None
    fields: "dict[str, Value]"
    own: frozenset[str]
    level: int

    @property
    def guards(self) -> "list[Guard]":
        """The personal columns whose reading is logged (AU-1)."""
        return [one for one in self.fields.values() if isinstance(one, Guard) and one.whole]


@dataclass(frozen=True)
class Link:
    """The row among `rows` whose key is in that column of ours, or null."""

    column: str
    rows: QuerySet[Any]
    record: Record


@dataclass(frozen=True)
class Thing:
    """The thing whose ID stands in that column, or null: by the letters of its table."""

    column: str
    kinds: "dict[str, Single]"


@dataclass(frozen=True)
class Single:
    """The one row, or null. shown: the object, or one of its cells."""

    rows: QuerySet[Any]
    shown: Record | Cell


@dataclass(frozen=True)
class Listed:
    """All rows, in their order. among: only those whose keys it gives.

    tied: their column that holds the key of a row around, where that is all that ties them. level: of that row.
    """

    rows: QuerySet[Any]
    record: Record
    among: Statement | None = None
    tied: str = ""
    level: int = -1


@dataclass(frozen=True)
class Paged:
    """A part of a list. fields: answer key -> edges | pageInfo | totalCount | __typename, each with its own fields."""

    part: Part
    fields: "dict[str, Piece]"
    own: frozenset[str]


@dataclass(frozen=True)
class Piece:
    """One thing about a part of a list. name: of the field; fields: of what it selects; value: where it is no part."""

    name: str
    fields: "dict[str, Piece]" = field(default_factory=dict)
    own: frozenset[str] = frozenset()
    value: "Value | None" = None


Value = Constant | Cell | Either | Guard | Id | Later | Link | Listed | Paged | Provided | Record | Single | Thing
"""What an answer holds; a record by itself is an object that is no row."""
