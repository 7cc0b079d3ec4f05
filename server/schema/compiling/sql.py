# ruff: noqa: S608  # to write SQL is what this room is for: from names of ours; what a request brings is bound
"""From the tree to one statement: its rows are joined and gathered by the database into the text of the answer."""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import UUID

from pypika_tortoise.enums import Order
from pypika_tortoise.terms import Field as Column
from pypika_tortoise.terms import Term
from tortoise.models import Model
from tortoise.queryset import QuerySet

from server.schema.compiling.dialects import Dialect
from server.schema.compiling.marks import NotCompiled
from server.schema.compiling.tree import (
    Cell,
    Constant,
    Either,
    Guard,
    Held,
    Id,
    Later,
    Link,
    Links,
    Listed,
    Paged,
    Piece,
    Record,
    Root,
    Single,
    Value,
)
from server.schema.declared import BEGUN
from server.schema.ids import PREFIX

PLACE = re.compile(r"\0(\d+)(?::(\w+))?\0")
DRIVER = re.compile(r"\$\d+|\?")
"""A parameter as Tortoise writes it, on either database."""

LOG = "!"
"""A key that no alias can be: whose guarded columns an object shows, and which."""


class _Raw(Term):
    """A condition that is SQL already."""

    def __init__(self, sql: str) -> None:
        super().__init__()
        self.sql = sql

    def get_sql(self, ctx: Any) -> str:
        return self.sql


@dataclass
class Writer:
    """Writes one statement. values: its parameters, in the order in which they were met."""

    dialect: Dialect
    enums: Callable[[str], dict[str, str] | None]
    """The name of a GraphQL type -> stored value -> name, for enums."""
    person: UUID | None
    """Who asks, as marked."""
    logs: bool = False
    """Whether the answer tells whose files it opens; see `finishing`."""
    values: list[Any] = field(default_factory=list)
    aliases: Any = field(default_factory=lambda: count(1))

    def statement(self, roots: dict[str, Root], own: frozenset[str], checks: Iterable[QuerySet[Any]]) -> str:
        """One row: the text of `data`, and whether everything that arguments name is there for this viewer."""
        found = self._object({key: self._root(root) for key, root in roots.items()}, own)
        there = [f"EXISTS (SELECT 1 FROM ({self._source(rows, order=False)[0]}) c)" for rows in checks]
        text = f"SELECT {found} AS data, {' AND '.join(there) or '1 = 1'} AS sound"
        return self._numbered(text)

    def _numbered(self, text: str) -> str:
        """The places of parameters as the driver knows them."""
        order: list[Any] = []

        def place(found: re.Match[str]) -> str:
            value, kind = self.values[int(found[1])], found[2] or ""
            order.append(value)
            return self.dialect.parameter(len(order), kind)

        text = PLACE.sub(place, text)
        self.values = order
        return text

    def _bound(self, value: object, kind: str = "") -> str:
        self.values.append(value)
        return f"\0{len(self.values) - 1}{':' + kind if kind else ''}\0"

    # Answers

    def _root(self, root: Root) -> str:
        match root:
            case Constant(value):
                return _text(value)
            case Single(rows, record):
                source, _ = self._source(rows, order=False)
                return f"coalesce((SELECT {self._record_in(record, source)}), 'null')"
            case Listed(rows, record):
                return self._gathered(record, *self._source(rows))
            case Paged():
                return self._paged(root)

    def _record_in(self, record: Record, source: str) -> str:
        alias = self._alias()
        found, joins = self._record(record, alias)
        return f"{found} FROM ({source}) {alias}{joins}"

    def _gathered(self, record: Record, source: str, order: list[str]) -> str:
        """A JSON list of the rows of a source."""
        alias = self._alias()
        found, joins = self._record(record, alias)
        listed = ", ".join(f"{alias}.{one}" for one in order)
        outer = self._alias()
        picked = ", ".join([f"{found} AS j", *(f"{alias}.{one.split()[0]}" for one in order)])
        ordered = ", ".join(f"{outer}.{one}" for one in order)
        inner = f"SELECT {picked} FROM ({source}) {alias}{joins}{' ORDER BY ' + listed if order else ''}"
        return f"(SELECT '[' || {self.dialect.joined(f'{outer}.j', ordered)} || ']' FROM ({inner}) {outer})"

    def _record(self, record: Record, alias: str) -> tuple[str, str]:
        """The text of an object of the row called `alias`, and the joins it needs."""
        joins: list[str] = []
        parts = {key: self._value(value, record.model, alias, joins) for key, value in record.fields.items()}
        if record.guards:
            self.logs = True
            parts[LOG] = f"'\"' || {alias}.id || ' {' '.join(record.guards)}\"'"
        return self._object(parts, record.own | {LOG}), "".join(joins)

    def _value(self, value: Value, model: type[Model], alias: str, joins: list[str]) -> str:
        match value:
            case Constant(text):
                return _text(text)
            case Id(of):
                return f"'\"{PREFIX[of]}_' || {alias}.id || '\"'"
            case Cell(column, kind):
                return self._cell(f'{alias}."{column}"', kind, nullable=model._meta.fields_map[column].null)
            case Either(first, second):
                return self.dialect.text(f"coalesce(nullif({alias}.{first}, ''), {alias}.{second})")
            case Guard():
                return self._guarded(value, alias)
            case Later(_, columns):
                return self._kept(columns, alias)
            case Link() | Links() | Held():
                return self._linked(value, alias, joins) if isinstance(value, Link) else self._tied(value, alias)

    def _kept(self, columns: tuple[str, ...], alias: str) -> str:
        """A JSON list of the texts of these columns, for what is computed of them later."""
        texts = [f"coalesce({self.dialect.text(f'CAST({alias}.{column} AS VARCHAR)')}, 'null')" for column in columns]
        return "'[' || " + " || ',' || ".join(texts) + " || ']'"

    def _linked(self, link: Link, alias: str, joins: list[str]) -> str:
        joined = self._alias()
        source, _ = self._source(link.rows, order=False)
        joins.append(f" LEFT JOIN ({source}) {joined} ON {joined}.id = {alias}.{link.column}")
        found, more = self._record(link.record, joined)
        joins.append(more)
        return f"CASE WHEN {joined}.id IS NULL THEN 'null' ELSE {found} END"

    def _tied(self, value: Links | Held, alias: str) -> str:
        tied = f'"{value.rows.model._meta.db_table}"."{value.column}" = {alias}.id'
        if isinstance(value, Links):
            return self._gathered(value.record, *self._source(value.rows, tied=tied))
        source, _ = self._source(value.rows, order=False, tied=tied)
        if isinstance(value.shown, Record):
            return f"coalesce((SELECT {self._record_in(value.shown, source)}), 'null')"
        row = self._alias()
        cell = self._cell(f'{row}."{value.shown.column}"', value.shown.kind, nullable=False)
        return f"coalesce((SELECT {cell} FROM ({source}) {row}), 'null')"

    def _guarded(self, guard: Guard, alias: str) -> str:
        """An empty text is null, as the ordinary road has it."""
        column, kind = f'{alias}."{guard.cell.column}"', guard.cell.kind
        found = self._cell(f"nullif({column}, '')" if kind == "String" else column, kind, nullable=True)
        if guard.whole:
            return found
        if not guard.own or self.person is None:
            return "'null'"
        return f"CASE WHEN {alias}.id = {self._bound(str(self.person))} THEN {found} ELSE 'null' END"

    def _cell(self, cell: str, kind: str, *, nullable: bool) -> str:
        found = self._filled(cell, kind)
        return f"coalesce({found}, 'null')" if nullable else found

    def _filled(self, cell: str, kind: str) -> str:
        names = self.enums(kind)
        if names is not None:
            cases = " ".join(
                f"WHEN {_literal(value)} THEN {_literal(json.dumps(name))}" for value, name in names.items()
            )
            return f"CASE {cell} {cases} ELSE {self.dialect.text(cell)} END"  # else a row would be missing
        match kind:
            case "String" | "ID":
                return self.dialect.text(cell)
            case "Int":
                return f"CAST({cell} AS VARCHAR)"
            case "Boolean":
                return self.dialect.flag(cell)
            case "Date":
                return f"'\"' || {cell} || '\"'"
            case "DateTime":
                return self.dialect.moment(cell)
            case "[]":
                return f"CAST({cell} AS VARCHAR)"
        raise NotCompiled(f"there is no way to write {kind}")

    def _object(self, parts: dict[str, str], own: frozenset[str]) -> str:
        """A JSON object. Keys that are names of the schema stand in the text, aliases are parameters."""
        found, literal = [], "{"
        for key, part in parts.items():
            if key in own:
                literal += f'"{key}":'
            else:
                found += [_literal(literal), self._bound(f'"{key}":', "text")]
                literal = ""
            found += [_literal(literal), part] if literal else [part]
            literal = ","
        literal = "}" if parts else "{}"
        return " || ".join([*found, _literal(literal)])

    # Parts of lists

    def _paged(self, paged: Paged) -> str:
        part = paged.part
        if not any(piece.name in ("edges", "pageInfo") for piece in paged.fields.values()):
            return self._pieces(paged, "")
        source, order = self._source(part.rows)
        alias, outer = self._alias(), self._alias()
        joins: list[str] = []
        cursor = self._cursor(part, alias, order)
        edge = self._edges(paged.fields, alias, cursor, joins)
        ordered = ", ".join(f"{alias}.{one}" for one in order)
        numbered = f"row_number() OVER (ORDER BY {ordered})"
        inner = (
            f"SELECT {numbered} AS n, count(*) OVER () AS found, {cursor} AS cursor"
            f"{''.join(f', {text} AS {name}' for name, text in edge.items())} "
            f"FROM ({source}) {alias}{''.join(joins)} ORDER BY n{' DESC' if part.backward else ''}"
        )
        gathered = f"CASE WHEN count(*) < 0 THEN '' ELSE {self._pieces(paged, outer)} END"  # one row, also of none
        return f"(SELECT {gathered} FROM ({inner}) {outer})"

    def _edges(self, fields: dict[str, Piece], alias: str, cursor: str, joins: list[str]) -> dict[str, str]:
        """The columns of edges asked for: name of the column -> text of one edge."""
        found = {}
        for n, piece in enumerate(one for one in fields.values() if one.name == "edges"):
            parts = {}
            for key, inner in piece.fields.items():
                if inner.record is not None:
                    text, more = self._record(inner.record, alias)
                    joins.append(more)
                    parts[key] = text
                else:
                    parts[key] = cursor if inner.name == "cursor" else _text(inner.type_name)
            found[f"edge{n}"] = self._object(parts, piece.own)
        return found

    def _pieces(self, paged: Paged, outer: str) -> str:
        part, numbers, found = paged.part, count(), {}
        wanted = f"{outer}.n <= {self._bound(part.size, 'int')}"
        order = f"{outer}.n DESC" if part.backward else f"{outer}.n"
        for key, piece in paged.fields.items():
            match piece.name:
                case "edges":
                    each = f"CASE WHEN {wanted} THEN {outer}.edge{next(numbers)} END"
                    found[key] = f"'[' || {self.dialect.joined(each, order)} || ']'"
                case "pageInfo":
                    found[key] = self._page_info(piece, part, outer)
                case "totalCount":
                    counted, _ = self._source(part.counted, order=False)
                    found[key] = f"(SELECT CAST(count(*) AS VARCHAR) FROM ({counted}) c)"
                case _:
                    found[key] = _text(piece.type_name)
        return self._object(found, paged.own)

    def _page_info(self, piece: Piece, part: Any, outer: str) -> str:
        size = self._bound(part.size, "int")
        beyond = f"CASE WHEN max({outer}.found) > {size} THEN 'true' ELSE 'false' END"
        first = f"coalesce(max(CASE WHEN {outer}.n = 1 THEN {outer}.cursor END), 'null')"
        last = (
            f"coalesce(max(CASE WHEN {outer}.n = (CASE WHEN {outer}.found > {size} THEN {size} ELSE {outer}.found END) "
            f"THEN {outer}.cursor END), 'null')"
        )
        ways = {
            "hasNextPage": _boolean(part.before) if part.backward else beyond,
            "hasPreviousPage": beyond if part.backward else _boolean(part.after),
            "startCursor": last if part.backward else first,
            "endCursor": first if part.backward else last,
        }
        found = {key: ways.get(one.name) or _text(one.type_name) for key, one in piece.fields.items()}
        return self._object(found, piece.own)

    def _cursor(self, part: Any, alias: str, order: list[str]) -> str:
        texts = []
        for name, column in zip(part.order, order, strict=True):
            kind = "DateTime" if name.lstrip("-").endswith("_at") else ""
            texts.append(self.dialect.plain(f"{alias}.{column.split()[0]}", kind))
        return self.dialect.cursor(texts)

    # Rows

    def _alias(self) -> str:
        return f"t{next(self.aliases)}"

    def _source(self, rows: QuerySet[Any], *, order: bool = True, tied: str = "") -> tuple[str, list[str]]:
        """A SELECT of these rows, and its order as columns of it. tied: a condition on a row around it."""
        rows = rows.all()
        rows._choose_db_if_not_chosen()
        rows._make_query()
        query: Any = rows.query
        orders = query._orderbys if order else []
        columns = [Column(column.name, f"o{n}", column.table) for n, (column, _) in enumerate(orders)]
        query._selects = [*columns, rows.model._meta.basetable.star]
        if tied:
            query = query.where(_Raw(tied))
        if query._limit is None:
            query._orderbys = []
        sql, values = query.get_parameterized_sql()
        given = iter(values)
        text = DRIVER.sub(lambda _: self._bound(next(given)), sql)
        listed = [f"o{n} {direction.value}" for n, (_, direction) in enumerate(orders)]
        if orders and (orders[0][0].name, orders[0][1]) == (BEGUN, Order.asc):
            listed[0] += " NULLS FIRST"
        return text, listed


def _literal(text: str) -> str:
    """A text of ours in SQL."""
    return "'" + text.replace("'", "''") + "'"


def _text(text: str) -> str:
    """A text of ours as JSON, in SQL."""
    return _literal(json.dumps(text))


def _boolean(value: bool) -> str:
    return "'true'" if value else "'false'"
