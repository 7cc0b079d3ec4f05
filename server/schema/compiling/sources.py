# ruff: noqa: S608  # to write SQL is what this room is for: from names of ours; what a request brings is bound
"""The sources of a statement: querysets and SELECTs of ours, with the places where their values are bound."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import UUID

from pypika_tortoise.enums import Order
from pypika_tortoise.terms import Field as Column
from tortoise.queryset import QuerySet

from server.models.fields import FoundFirst, sharing
from server.models.reads import DRIVER, Columns, Count, Read, Statement, inner, rendered, selected
from server.schema.compiling.dialects import Dialect
from server.schema.compiling.marks import KEY, Around, Day, Moment, Number
from server.schema.declared import BEGUN

MARKED = re.compile(rf"({KEY}-[0-9a-f]{{4}}-[0-9a-f]{{12}})")
PLACE = re.compile(r"\0(\d+)(?::(\w+))?\0")
AMONG = re.compile(r"\b(?:IN|FROM) \((?=SELECT )")
BRACKET = re.compile(r"[()]")
OURS = re.compile(r"\bt\d+\b")
"""A row around."""
OF = re.compile(r'(?<![\w"])(\w+|"\w+")\.')
"""Whose a column is."""
PLAIN = re.compile(r"SELECT \* FROM s\d+")
NAMED = re.compile(r'(?<![\w".])(\w+|"\w+")(?![\w".])')
"""What stands alone, as the name of rows does where they are named."""
AROUND = re.compile(rf"{OURS.pattern}|ANY\(ARRAY\(")
"""A row around, or the keys of several."""


@dataclass(frozen=True)
class Several:
    """Rows that are read at once, not one after the other. keys: a SELECT of their keys; rows: what to select from."""

    keys: str
    rows: str


@dataclass
class Sources:
    """Parts of one statement. values: its parameters, in the order in which they were met.

    cells: mark -> the cell of a row around that it stands for. levels: what the row of each object is called.
    """

    dialect: Dialect
    cells: Mapping[Any, Around]
    values: list[Any] = field(default_factory=list)
    levels: dict[int, str] = field(default_factory=dict)
    aliases: Any = field(default_factory=lambda: count(1))
    several: dict[int, Several] = field(default_factory=dict)
    """Level of an object -> its rows, where lists within are gathered for all of them at once."""
    within: int = -1
    """The level whose list is written so just now: the key of a row around means any of their keys."""
    carried: dict[str, dict[str, str]] = field(default_factory=dict)
    """What a row is called -> column of a key -> where the row at its other end stands in it already."""
    found: dict[int, tuple[FoundFirst, str | None]] = field(default_factory=dict)
    """What is found first, by its identity (two of them cannot be compared) -> it, and what reads its table."""
    tables: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Of the whole statement: what tells a table from another -> its name and its SELECT."""

    def alias(self) -> str:
        """A name for rows that nothing else has."""
        return f"t{next(self.aliases)}"

    def name(self) -> str:
        """A name for a table of the whole statement."""
        return f"s{next(self.aliases)}"

    def bound(self, value: object, kind: str = "") -> str:
        """The place of a value. kind: its type, where its surroundings do not tell."""
        self.values.append(value)
        return f"\0{len(self.values) - 1}{':' + kind if kind else ''}\0"

    def numbered(self, text: str) -> str:
        """The places of parameters as the driver knows them. A marked day is one, wherever it stands."""
        order: list[Any] = []
        days: dict[tuple[Day, str], int] = {}

        def place(found: re.Match[str]) -> str:
            value, kind = self.values[int(found[1])], found[2] or ""
            if isinstance(value, Day) and (value, kind) in days:
                return self.dialect.parameter(days[value, kind], kind)
            order.append(value)
            if isinstance(value, Day):
                days[value, kind] = len(order)
            return self.dialect.parameter(len(order), kind)

        text = PLACE.sub(place, text)
        self.values = order
        return text

    def once(self, text: str) -> str:
        """The same statement; a SELECT that stands several times in it, behind IN or FROM, is read once, if at all.

        So are the bodies of the viewer, which are part of each rule about sensitive ones; and what stands too deep.
        RECURSIVE: these tables may read those that stand after them, and be read by them.
        """
        found = [(at, end, self._told(text[at:end])) for at, end in _selects(text)]
        often = {told for told, times in Counter(told for *_, told in found).items() if times > 1}
        often |= {told for at, end, told in found if told not in often and self._too_deep(text, at, end)}
        names: dict[str, tuple[str, str]] = {}
        parts, last = [], 0
        for at, end, told in found:
            if told in often and at >= last:
                names.setdefault(told, (self.name(), text[at:end]))
                parts += [text[last:at], f"SELECT * FROM {names[told][0]}"]
                last = end
        whole = "".join([*parts, text[last:]])
        tables = ", ".join(f"{name} AS MATERIALIZED ({select})" for name, select in names.values())
        return (
            f"WITH RECURSIVE {tables}{', ' if whole.startswith('WITH ') else ' '}{whole.removeprefix('WITH ')}"
            if names
            else whole
        )

    def _too_deep(self, text: str, at: int, end: int) -> bool:
        """Whether a SELECT behind IN holds brackets within more others than the database reads."""
        deep = self.dialect.deep
        return deep is not None and text.endswith("IN (", 0, at) and max(_depths(text, at, end)) > deep

    def _told(self, text: str) -> str:
        """A text with its values in their places: the same for what reads the same."""
        return PLACE.sub(lambda found: f"\0{self.values[int(found[1])]!r}:{found[2]}\0", text)

    def source(self, rows: QuerySet[Any], *, order: bool = True, carrying: str = "") -> tuple[str, list[str]]:
        """A SELECT of these rows, and its order as columns of it.

        carrying: what its rows will be called, if they are to have with them the rows that they were joined with.
        """
        rows = rows.all()
        rows._choose_db_if_not_chosen()
        rows._make_query()
        text, ordered = self._ordered(rows, [rows.model._meta.basetable.star], order=order)
        return self._carrying(text, rows, carrying) if carrying and self.dialect.at_once else text, ordered

    def _carrying(self, text: str, rows: QuerySet[Any], alias: str) -> str:
        table = f' FROM "{rows.model._meta.db_table}"'
        keys = {
            f"{one.removeprefix(f'{rows.model._meta.db_table}__')}_id": one
            for one in inner(rows.query, rows.model)
            if one.count("__") == 1
        }
        self.carried[alias] = {key: f'{alias}."row_{key}"' for key in keys}
        return text.replace(table, "".join(f',"{one}" "row_{key}"' for key, one in keys.items()) + table, 1)

    def read(self, read: Read) -> str:
        """What is read for a value of Python: a JSON list of lists of texts, or a number."""
        match read:
            case Count(rows):
                counted, _ = self.source(rows, order=False)
                return f"(SELECT CAST(count(*) AS VARCHAR) FROM ({counted}) {self.alias()})"
            case Columns(rows, names):
                found: Any = rows.values_list(*names)
                found._choose_db_if_not_chosen()
                found._make_query()
                source, order = self._ordered(found, list(found.query._selects), order=True)
                return self._gathered(source, [f'"{n}"' for n in range(len(names))], order)
            case Statement(kinds=kinds, order=order):
                return self._gathered(self.rendered(read), [f'"{name}"' for name in kinds], list(order))

    def table(self, select: str) -> str:
        """The name of a table of the whole statement."""
        name = self.name()
        self.tables[name] = (name, select)
        return name

    def shared(self) -> str:
        """The tables that parts of the statement have in common, to stand before it."""
        found = ", ".join(f"{name} AS MATERIALIZED ({select})" for name, select in self.tables.values())
        return f"WITH {found} " if found else ""

    def rendered(self, read: Statement) -> str:
        """A SELECT of ours."""
        with sharing(self._found_first):
            return rendered(read.sql, read, self._put, self._shared(read))

    def _found_first(self, found: FoundFirst) -> str | None:
        """What reads its table, which is written when it is first asked for; None where it knows of a row around."""
        if id(found) not in self.found:
            text = found.written(lambda query: selected(query, self._put))
            alone = not AROUND.search(text)
            table = self.tables.setdefault(self._told(text), (self.name(), text))[0] if alone else None
            self.found[id(found)] = (found, f"SELECT * FROM {table}" if table else None)
        return self.found[id(found)][1]

    def _shared(self, read: Statement) -> dict[str, str]:
        """What the shared tables of a statement are called."""
        names: dict[str, str] = {}
        for name, sql in read.shared.items():
            told = rendered(sql, read, lambda value: f"\0{value!r}\0", names)
            if told not in self.tables:
                self.tables[told] = (self.name(), rendered(sql, read, self._put, names))
            names[name] = self.tables[told][0]
        return names

    def _gathered(self, source: str, columns: list[str], order: list[str]) -> str:
        alias, outer = self.alias(), self.alias()
        row = "'[' || " + " || ',' || ".join(self.plain(f"{alias}.{column}") for column in columns) + " || ']'"
        number = f"row_number() OVER ({'ORDER BY ' + ', '.join(order) if order else ''})"
        inner = f"SELECT {row} AS j, {number} AS n FROM ({source}) {alias} ORDER BY n"
        return f"(SELECT '[' || {self.dialect.joined(f'{outer}.j', f'{outer}.n')} || ']' FROM ({inner}) {outer})"

    def plain(self, cell: str) -> str:
        """The JSON of the text of a cell."""
        return f"coalesce({self.dialect.text(f'CAST({cell} AS VARCHAR)')}, 'null')"

    def _ordered(self, rows: Any, selects: list[Any], *, order: bool) -> tuple[str, list[str]]:
        query = rows.query
        inner(query, rows.model)
        orders = query._orderbys if order else []
        columns = [Column(column.name, f"o{n}", column.table) for n, (column, _) in enumerate(orders)]
        query._selects = [*columns, *selects]
        if query._limit is None:
            query._orderbys = []
        with sharing(self._found_first):
            sql, values = query.get_parameterized_sql()
        given = iter(values)
        text = DRIVER.sub(lambda _: self._put(next(given)), sql)
        listed = [f"o{n} {direction.value}" for n, (_, direction) in enumerate(orders)]
        if orders and (orders[0][0].name, orders[0][1]) == (BEGUN, Order.asc):
            listed[0] += " NULLS FIRST"
        return text, listed

    def around(self, cell: Around) -> str:
        """A cell of a row around, or the key in it."""
        found = f'{self.levels[cell.level]}."{cell.column}"'
        if not cell.prefix:
            return found
        fits, key = self.dialect.keyed(found, cell.prefix)
        return f"CASE WHEN {fits} THEN {key} END"

    def _put(self, value: object) -> str:
        """Where a value of a source stands: bound, or the cell of a row around, or a text with its key in it."""
        value = str(value) if isinstance(value, UUID) else value
        if not isinstance(value, str | Moment | Number):
            return self.bound(value)
        if value in self.cells:
            cell = self.cells[value]
            return f"ANY(ARRAY({self.several[cell.level].keys}))" if cell.level == self.within else self.around(cell)
        parts = [part for part in MARKED.split(value) if part] if isinstance(value, str) else []
        if not any(part in self.cells for part in parts):
            return self.bound(value)
        return f"({' || '.join(self._in_text(part) for part in parts)})"

    def _in_text(self, part: str) -> str:
        cell = self.cells.get(part)
        return f"CAST({self.around(cell)} AS VARCHAR)" if cell else self.bound(part, "text")


def _selects(text: str) -> list[tuple[int, int]]:
    """Where in a statement the SELECTs of `IN (SELECT ...)` and `FROM (SELECT ...)` begin and end, that know of no row
    around."""
    found = ((one.end(), _closing(text, one.end())) for one in AMONG.finditer(text))
    return [(at, end) for at, end in found if _alone(text[at:end])]


def _alone(select: str) -> bool:
    """Whether it is worth a table: it knows of no row around, neither of one of ours, nor of one that a text around it
    names."""
    if PLAIN.fullmatch(select):
        return False  # it reads a table of the statement already
    return not OURS.search(select) and set(OF.findall(select)) <= set(NAMED.findall(select))


def _depths(text: str, at: int, end: int) -> Iterator[int]:
    """How many brackets are open, at the beginning of such a part and at each bracket in it."""
    yield (depth := text.count("(", 0, at) - text.count(")", 0, at))
    for found in BRACKET.finditer(text, at, end):
        yield (depth := depth + (1 if found[0] == "(" else -1))


def _closing(text: str, at: int) -> int:
    """Where the bracket that is open there closes. Texts of ours within quotes have none that does not."""
    depth = 1
    for found in BRACKET.finditer(text, at):
        depth += 1 if found[0] == "(" else -1
        if not depth:
            return found.start()
    return len(text)
