"""What a field says of itself, as data: the ordinary road follows it row by row, the compiled one writes it as SQL."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tortoise.expressions import Q
from tortoise.models import Model
from tortoise.queryset import QuerySet

READS = "reads"
"""The key of a declaration in a field's metadata."""

BEGUN = "starts_on"
"""A history is in the order of this column, what holds since ever first; PostgreSQL alone would have that last."""

DESCRIBED: dict[str, str] = {READS: "rows"}
"""Metadata of a root field whose resolver describes rows, and does nothing else, while a statement is written."""


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
    """A personal column: null for whoever may not read it, logged for whoever reads another's (AU-1)."""

    name: str


@dataclass(frozen=True)
class One:
    """The row that a foreign key points to."""

    model: type[Model]
    key: str


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
    """A pure function of the viewer and of these columns of the row: applied to the rows after the statement."""

    columns: tuple[str, ...]


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
    """A part of a list. rows: one more than `size`, in the order wanted. counted: the whole list."""

    rows: QuerySet[Any]
    counted: QuerySet[Any]
    order: Sequence[str]
    size: int
    backward: bool
    after: bool
    before: bool
