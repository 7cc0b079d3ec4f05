"""What a field says of itself, as data: the ordinary road follows it row by row, the compiled one writes it as SQL."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from tortoise.expressions import Q
from tortoise.models import Model
from tortoise.queryset import QuerySet

from server.models.reads import Columns as Columns
from server.models.reads import Count as Count
from server.models.reads import Read as Read
from server.models.reads import Statement as Statement

READS = "reads"
"""The key of a declaration in a field's metadata."""

COUNTED = "counted"
"""The key, beside it, of how many things are counted in a list without pages; see `server/schema/compiling/cost.py`."""
WEIGHT = "weight"
"""The key, beside it, of what a field costs by itself, where that is not what its kind costs."""
SHORT = 10
"""How many there are in such a list that is declared by a link, unless it says otherwise: short by nature."""

IN_PYTHON: dict[str, bool] = {"in python": True}
"""Metadata of a field that the ordinary road alone answers: what it tells is weighed in Python before more of it can be
read, or reckoned from the words of the request."""

BEGUN = "starts_on"
"""A history is in the order of this column, what holds since ever first; PostgreSQL alone would have that last."""

DESCRIBED: dict[str, str] = {READS: "rows"}
"""Metadata of a field whose resolver describes what it reads, and does nothing else, while a statement is written."""


@dataclass(frozen=True)
class Column:
    """The column of the same name."""


@dataclass(frozen=True)
class Key:
    """The ID of the row."""


@dataclass(frozen=True)
class Chosen:
    """`stem_zh` or `stem_en`, by the language of the answer; the other where that one is empty."""

    stem: str


@dataclass(frozen=True)
class Guarded:
    """A personal column: null for whoever may not read it, logged for whoever reads another's (AU-1).

    logged: the name of the field where it is not the column's. through: the foreign key to the seat of the person.
    """

    name: str
    logged: str = ""
    through: str = ""


@dataclass(frozen=True)
class One:
    """The row that a foreign key points to."""

    model: type[Model]
    key: str


@dataclass(frozen=True)
class Same:
    """The row itself, seen as another type."""


@dataclass(frozen=True)
class Through:
    """The rows of `model` to which rows of `ties` lead from here: each once. where: of the ties, on a day."""

    ties: type[Model]
    near: str
    far: str
    model: type[Model]
    order: tuple[str, ...]
    where: Callable[[dt.date], Q]


@dataclass(frozen=True)
class Many:
    """The rows of a table that point here by a foreign key. dated: those of a day, or ever, as the arguments say."""

    model: type[Model]
    key: str
    order: tuple[str, ...]
    where: Q = field(default_factory=Q)
    dated: bool = False


@dataclass(frozen=True)
class Current:
    """Of the rows that point here the one that holds on a day, or null. pick: its one column that is shown."""

    model: type[Model]
    key: str
    pick: str = ""


@dataclass(frozen=True)
class Computed:
    """A pure function of the viewer and of these columns of the row: applied to the rows after the statement.

    reads: it describes what else it reads, and how its value is made of it (`Made`).
    """

    columns: tuple[str, ...]
    reads: bool = False


@dataclass(frozen=True)
class Picked:
    """Of the rows that a `Made` names so, the one whose key stands here; or those, where keys do."""

    rows: str


@dataclass(frozen=True)
class Named:
    """The thing whose ID stands in that column, or null. models: of which it can be a row; None for all."""

    column: str
    models: tuple[type[Model], ...] | None = None


@dataclass(frozen=True)
class Row:
    """What a resolver describes while a statement is written: one row of these, or null."""

    rows: QuerySet[Any]


@dataclass(frozen=True)
class Rows:
    """All of these rows, in their order."""

    rows: QuerySet[Any]


@dataclass(frozen=True)
class Part:
    """A part of a list. rows: one more than `size`, in the order wanted. counted: the whole list.

    whole: the connection itself without its edges, for what else it tells. handed: what each row is told besides.
    """

    rows: QuerySet[Any]
    counted: QuerySet[Any]
    order: Sequence[str]
    size: int
    backward: bool
    after: bool
    before: bool
    whole: Any = None
    handed: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Bare:
    """An object that is no row: its fields are computed, or describe rows of their own.

    value: what they get as their object; it holds marks while a statement is written.
    """

    value: Any = None


@dataclass(frozen=True)
class Ref:
    """The row with that key, of those that were named; null where it is not among them."""

    key: UUID
    rows: QuerySet[Any]


@dataclass(frozen=True)
class Among:
    """Of these rows those whose keys a statement gives in its first column, which is called `key`."""

    rows: QuerySet[Any]
    keys: Statement


@dataclass(frozen=True)
class Made:
    """A value of Python: what is read for it, the function that makes it of that, and the rows it may show whole.

    make: takes what was read by name: a list of tuples, or a number.
    """

    reads: Mapping[str, Read]
    make: Callable[[Mapping[str, Any]], Any]
    rows: Mapping[str, QuerySet[Any] | Among] = field(default_factory=dict)
