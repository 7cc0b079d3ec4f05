"""The tree of what an operation reads, in words, for people: one line for each thing that is read."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tortoise.queryset import QuerySet

from server.models.reads import DRIVER, Columns, Count, Read, Statement
from server.schema.compiling.layout import STEP, WORD
from server.schema.compiling.marks import Around, Marks, Moment, Number
from server.schema.compiling.nodes import (
    Cell,
    Either,
    Guard,
    Id,
    Later,
    Link,
    Listed,
    Paged,
    Piece,
    Provided,
    Record,
    Single,
    Thing,
    Value,
)
from server.schema.compiling.sources import MARKED
from server.schema.declared import Part

GLUE = "\0"
"""A blank within the words for a value."""
SHORTER = {
    r"\(starts_on IS NULL OR starts_on<=(\S+)\) AND \(ends_on IS NULL OR ends_on>\1\)": r"it holds on \1",
    r"CAST\((\w+) AS VARCHAR\) (I?LIKE \S+) ESCAPE '\\'": r"\1 \2",
}
"""Conditions that are met often, and words for them."""
AFTER_WHERE = ("GROUP", "ORDER", "LIMIT")


@dataclass(frozen=True)
class Teller:
    """Tells a tree. marks: those with which it was described."""

    marks: Marks

    def told(self, root: Record) -> list[str]:
        """The lines; what is within a thing stands further in."""
        return list(self._record(root, 0))

    def _record(self, record: Record, depth: int) -> Iterator[str]:
        plain = [_plain(key, value) for key, value in record.fields.items() if isinstance(value, Cell | Either | Id)]
        if plain:
            yield f"{STEP * depth}{', '.join(plain)}"
        for key, value in record.fields.items():
            yield from self._value(key, value, depth)

    def _value(self, key: str, value: Value, depth: int) -> Iterator[str]:
        if isinstance(value, Provided):
            found = " and ".join(f"a row of {_table(rows)}{self._where(rows)}" for rows in value.rows)
            yield f"{STEP * depth}{key}, provided that there is {found}:"
            yield from self._value(key, value.value, depth + 1)
            return
        said = self._said(value)
        if said:
            yield f"{STEP * depth}{key}: {said}"
            yield from self._within(value, depth + 1)

    def _said(self, value: Value) -> str:
        """What it is; empty for what the line of plain ones tells."""
        match value:
            case Link() | Single() | Listed() | Paged():
                return self._rows(value)
            case Guard():
                return f"personal column {value.cell.column}: {_guarded(value)}"
            case Record():
                return "the same row" if value.model else "an object of its own"
            case Thing(column, kinds):
                return f"whatever the ID in {column} names: {', '.join(_table(one.rows) for one in kinds.values())}"
            case Later():
                return f"made in Python after the statement{_of(value)}"
        return ""

    def _rows(self, value: Link | Single | Listed | Paged) -> str:
        rows = value.part.rows if isinstance(value, Paged) else value.rows
        found = f"{_table(rows)}{self._where(rows)}{_order(rows)}"
        match value:
            case Link(column):
                return f"the row that {column} names of {found}"
            case Single(shown=Cell(column)):
                return f"{column} of the one row of {found}"
            case Paged(part):
                return f"{_page(part)} of {found}"
        return f"{'the one row' if isinstance(value, Single) else 'all rows'} of {found}"

    def _within(self, value: Value, depth: int) -> Iterator[str]:
        match value:
            case Record():
                yield from self._record(value, depth)
            case Link(record=record) | Listed(record=record) | Single(shown=Record() as record):
                yield from self._record(record, depth)
            case Paged(fields=fields):
                yield from self._pieces(fields, depth)
            case Later(reads=reads, picked=picked):
                for name, read in reads.items():
                    yield f"{STEP * depth}{name}: {self._read(read)}"
                for listed in picked:
                    yield from self._value("shows", listed, depth)

    def _read(self, read: Read) -> str:
        """What is read for a value of Python."""
        match read:
            case Count(rows):
                return f"how many rows there are of {_table(rows)}{self._where(rows)}"
            case Columns(rows, names):
                return f"{', '.join(names)} of all rows of {_table(rows)}{self._where(rows)}{_order(rows)}"
            case Statement(kinds=kinds):
                return f"{', '.join(kinds)} of a SELECT of its own"

    def _pieces(self, fields: Mapping[str, Piece], depth: int) -> Iterator[str]:
        """What of a part of a list is asked for."""
        plain = [key for key, piece in fields.items() if not piece.fields and piece.value is None]
        if plain:
            yield f"{STEP * depth}{', '.join(plain)}"
        for key, piece in fields.items():
            if isinstance(piece.value, Record):
                yield from self._record(piece.value, depth)
            elif piece.value is not None:
                yield from self._value(key, piece.value, depth)
            elif piece.name == "edges":
                yield from self._pieces(piece.fields, depth)
            elif piece.fields:
                yield f"{STEP * depth}{key}: {', '.join(piece.fields)}"

    def _where(self, rows: QuerySet[Any]) -> str:
        """The condition of these rows, with words for what is bound; empty for all."""
        rows = rows.all()
        rows._choose_db_if_not_chosen()
        rows._make_query()
        sql, values = rows.query.get_parameterized_sql()
        given = iter(values)
        found = "".join(_condition(WORD.findall(DRIVER.sub(lambda _: self._bound(next(given)), sql)))).strip()
        return f" where {_bare(found, _table(rows))}" if found else ""

    def _bound(self, value: Any) -> str:
        value = str(value) if isinstance(value, UUID) else value
        cells = self.marks.cells
        if isinstance(value, str | Moment | Number) and value in cells:
            return _cell(cells[value])
        if isinstance(value, str) and any(part in cells for part in MARKED.split(value)):
            return "".join(_cell(cells[part]) if part in cells else part for part in MARKED.split(value))
        bind = self.marks.bound(value)
        return f"{{{bind.tells}}}".replace(" ", GLUE) if bind.tells else repr(value)


def _cell(cell: Around) -> str:
    return f"its.{cell.column}" if not cell.prefix else f"the key in its.{cell.column}".replace(" ", GLUE)


def _condition(words: list[str]) -> Iterator[str]:
    """What stands after the WHERE of the statement itself."""
    depth, within = 0, False
    for word in words:
        depth += (word == "(") - (word == ")")
        if depth == 0 and word in AFTER_WHERE:
            return
        if within:
            yield " " if word.isspace() else word
        within = within or (depth == 0 and word == "WHERE")


def _bare(condition: str, table: str) -> str:
    """Without what only the database needs, and each part said once."""
    found = re.sub(rf"\b{table}\.", "", condition.replace('"', ""))
    for pattern, words in SHORTER.items():
        found = re.sub(pattern, words, found)
    return " and ".join(dict.fromkeys(_parts(found))).replace(GLUE, " ")


def _parts(condition: str) -> Iterator[str]:
    """What is joined by AND, brackets kept whole."""
    depth, part = 0, ""
    for word in condition.split(" "):
        if depth == 0 and word == "AND":
            yield part.strip()
            part = ""
        else:
            part += f"{word} "
        depth += word.count("(") - word.count(")")
    yield part.strip()


def _plain(key: str, value: Cell | Either | Id) -> str:
    return f"{key} ({value.first}, else {value.second})" if isinstance(value, Either) else key


def _guarded(guard: Guard) -> str:
    if guard.whole:
        return "everyone's, reading another's is logged"
    return "one's own alone" if guard.own else "nobody's, always empty"


def _table(rows: QuerySet[Any]) -> str:
    return str(rows.model._meta.db_table)


def _order(rows: QuerySet[Any]) -> str:
    named = [f"{column}{' downwards' if direction.value == 'DESC' else ''}" for column, direction in rows._orderings]
    return f", in the order of {', '.join(named)}" if named else ""


def _page(part: Part) -> str:
    way = "the last" if part.backward else "the first"
    beyond = " after a cursor" if part.after else ""
    beyond += " before a cursor" if part.before else ""
    return f"{way} {part.size} rows{beyond}"


def _of(later: Later) -> str:
    """What a value is made of."""
    named = [*later.columns, *(f"{name} below" for name in later.reads)]
    return f", of {', '.join(named)}" if named else ""
