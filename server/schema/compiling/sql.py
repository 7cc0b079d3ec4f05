# ruff: noqa: S608  # to write SQL is what this room is for: from names of ours; what a request brings is bound
"""From the tree to one statement: its rows are joined and gathered by the database into the text of the answer."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tortoise.models import Model
from tortoise.queryset import QuerySet

from server.schema.compiling.marks import NotCompiled, always
from server.schema.compiling.nodes import (
    Cell,
    Constant,
    Either,
    Guard,
    Id,
    Later,
    Link,
    Listed,
    Paged,
    Provided,
    Record,
    Single,
    Thing,
    Value,
)
from server.schema.compiling.parts import Parts
from server.schema.compiling.sources import Several, Sources
from server.schema.ids import PREFIX

LOG = "!"
"""A key that no alias can be: whose guarded columns an object shows, and which."""
UNSOUND = "?"
"""A key that no alias can be: of what the ordinary road must answer."""
KEY = "="
"""A key that no alias can be: the key of a row that a value of Python may show."""


@dataclass
class Writer(Sources):
    """Writes one statement."""

    enums: Callable[[str], dict[str, str] | None] = lambda _: None
    """The name of a GraphQL type -> stored value -> name, for enums."""
    person: UUID | None = None
    """Who asks, as marked."""
    logs: bool = False
    """Whether the answer tells whose files it opens; see `finishing`."""

    def statement(self, root: Record, checks: Iterable[QuerySet[Any]]) -> str:
        """One row: the text of `data`, and whether everything that arguments name is there for this viewer."""
        found, _ = self.record(root, "")
        sound = self.sound(checks)
        data = self.dialect.bytes(found)
        return self.numbered(self.once(f"{self.shared()}SELECT {data} AS data, {sound} AS sound"))

    def sound(self, checks: Iterable[QuerySet[Any]]) -> str:
        """Whether each of these has a row."""
        there = [f"EXISTS (SELECT 1 FROM ({self.source(rows, order=False)[0]}) c)" for rows in checks]
        return " AND ".join(there) or "1 = 1"

    def record(self, record: Record, alias: str, *, keyed: bool = False) -> tuple[str, str]:
        """The text of an object of the row called `alias`, and the joins it needs. keyed: with its key."""
        self.levels[record.level] = alias
        joins: list[str] = []
        parts = {key: self._value(value, record.model, alias, joins) for key, value in record.fields.items()}
        if record.guards:
            self.logs = True
            parts[LOG] = self._opened(record.guards, alias)
        if keyed:
            parts[KEY] = f"'\"' || {alias}.id || '\"'"
        return self.object(parts, record.own | {LOG, KEY}), "".join(joins)

    def value(self, value: Value | None) -> str:
        """The text of what belongs to no row."""
        return self._value(value, None, "", []) if value else "''"

    def _value(self, value: Value, model: type[Model] | None, alias: str, joins: list[str]) -> str:
        match value:
            case Constant(text):
                return literal(json.dumps(text))
            case Record() | Link():
                return self._joined(value, alias, joins)
            case Single() | Listed() | Paged():
                return self._rows(value, alias, joins)
            case Later():
                return self._kept(value, alias)
            case Provided(inner, rows):
                found = self._value(inner, model, alias, joins)
                return f"CASE WHEN {self.sound(rows)} THEN {found} ELSE '{{\"{UNSOUND}\":0}}' END"
        if model is None:
            raise NotCompiled("a field asks for a row where there is none")
        return self._cell(value, model, alias)

    def _cell(self, value: Cell | Either | Guard | Id | Thing, model: type[Model], alias: str) -> str:
        """What is told by the row alone."""
        match value:
            case Id(of):
                return f"'\"{PREFIX[of]}_' || {alias}.id || '\"'"
            case Cell(column, kind):
                return self.cell(f'{alias}."{column}"', kind, nullable=model._meta.fields_map[column].null)
            case Either(first, second):
                return self.dialect.text(f"coalesce(nullif({alias}.{first}, ''), {alias}.{second})")
            case Guard():
                return self._guarded(value, alias)
            case Thing(column, kinds):
                return self._thing(f"{alias}.{column}", kinds)

    # Rows

    def _rows(self, value: Single | Listed | Paged, alias: str, joins: list[str]) -> str:
        if isinstance(value, Paged):
            return Parts(self).written(value, at_root=not alias)
        if isinstance(value, Single):
            return (
                self._beside(value, joins) if alias and self.dialect.at_once else self._single(value.rows, value.shown)
            )
        return self._at_once(value, joins) or self._listed(value, at_root=not alias)

    def _joined(self, value: Record | Link, alias: str, joins: list[str]) -> str:
        """The same row seen otherwise, or the one that a foreign key points to."""
        if isinstance(value, Record):
            found, more = self.record(value, alias)
            joins.append(more)
            return found
        joined = self.alias()
        self._note_linked(value, alias)
        joins.append(self._link(value, alias, joined))
        found, more = self.record(value.record, joined)
        joins.append(more)
        return f"CASE WHEN {joined}.id IS NULL THEN 'null' ELSE {found} END"

    def _link(self, value: Link, alias: str, joined: str) -> str:
        """The join to it; where its row was joined before, that is looked at once more, not found once more."""
        source, _ = self.source(value.rows, order=False)
        there = self.carried.get(alias, {}).get(value.column)
        if there is None:
            return f" LEFT JOIN ({source}) {joined} ON {joined}.id = {alias}.{value.column}"
        table = f' FROM "{value.rows.model._meta.db_table}"'
        source = source.replace(table, f" FROM (SELECT ({there}).*){table.removeprefix(' FROM')}", 1)
        return f" LEFT JOIN LATERAL ({source}) {joined} ON TRUE"

    def _beside(self, value: Single, joins: list[str]) -> str:
        """The one row, joined to each row around: so what it links to in turn is joined for all of them at once."""
        source, _ = self.source(value.rows, order=False)
        alias = self.alias()
        joins.append(f" LEFT JOIN LATERAL ({source}) {alias} ON TRUE")
        if isinstance(value.shown, Cell):
            return self.cell(f'{alias}."{value.shown.column}"', value.shown.kind, nullable=True)
        found, more = self.record(value.shown, alias)
        joins.append(more)
        return f"CASE WHEN {alias}.id IS NULL THEN 'null' ELSE {found} END"

    def _single(self, rows: QuerySet[Any], shown: Record | Cell, where: str = "") -> str:
        source, _ = self.source(rows, order=False)
        alias, joins = self.alias(), ""
        if isinstance(shown, Record):
            found, joins = self.record(shown, alias)
        else:
            found = self.cell(f'{alias}."{shown.column}"', shown.kind, nullable=False)
        limit = f" WHERE {alias}.{where}" if where else ""
        return f"coalesce((SELECT {found} FROM ({source}) {alias}{joins}{limit}), 'null')"

    def _listed(self, listed: Listed, *, keyed: bool = False, at_root: bool = False) -> str:
        """A JSON list of these rows. keyed: each with its key. at_root: there is no row around."""
        alias, outer = self.alias(), self.alias()
        gathering = at_root and not listed.among and self.has_lists(listed.record)
        source, order = self.source(listed.rows, carrying="" if gathering else alias)
        if listed.among:
            source = f"SELECT * FROM ({source}) r WHERE r.id IN (SELECT key FROM ({self.rendered(listed.among)}) k)"
        if gathering:
            source = self._several(listed.record, source)
        found, joins = self.record(listed.record, alias, keyed=keyed)
        by = ", ".join(f"{alias}.{one}" for one in order)
        picked = ", ".join([f"{found} AS j", *(f"{alias}.{one.split()[0]}" for one in order)])
        ordered = ", ".join(f"{outer}.{one}" for one in order)
        inner = f"SELECT {picked} FROM ({source}) {alias}{joins}{' ORDER BY ' + by if order else ''}"
        return f"(SELECT '[' || {self.dialect.joined(f'{outer}.j', ordered)} || ']' FROM ({inner}) {outer})"

    # Lists within lists, gathered for all rows at once

    def has_lists(self, record: Record) -> bool:
        """Whether a list is tied to its rows, or to those they link to, that is read faster for all of them at once."""
        return self.dialect.at_once and any(self._has_list(value) for value in record.fields.values())

    def _has_list(self, value: Value) -> bool:
        match value:
            case Listed(tied=tied):
                return bool(tied)
            case Record():
                return self.has_lists(value)
            case Link(record=record):
                return self.has_lists(record)
        return False

    def note(self, record: Record, rows: str, keys: str = "") -> None:
        """The rows of this object are those, such as `t1 WHERE nth <= 50`. keys: a SELECT of their keys."""
        self.several[record.level] = Several(keys or f"SELECT id FROM {rows}", rows)

    def _several(self, record: Record, source: str) -> str:
        """The same source; a table of the whole statement, where lists within are gathered from it."""
        if not self.has_lists(record):
            return source
        name = self.table(source)
        self.note(record, name)
        return f"SELECT * FROM {name}"

    def _note_linked(self, link: Link, alias: str) -> None:
        level = next((level for level, name in self.levels.items() if name == alias), -1)
        if level in self.several and self.has_lists(link.record):
            keys = f"SELECT {link.column} FROM {self.several[level].rows}"
            table = link.rows.model._meta.db_table
            self.note(link.record, f'"{table}" WHERE "id" = ANY(ARRAY({keys}))', keys)

    def _at_once(self, listed: Listed, joins: list[str]) -> str:
        """The lists of all rows around in one table, by their keys; each row takes its own. Empty where not so."""
        if not listed.tied or listed.level not in self.several:
            return ""
        alias, outer, gathered = self.alias(), self.alias(), self.alias()
        self.within = listed.level
        source, order = self.source(listed.rows, carrying="" if self.has_lists(listed.record) else alias)
        self.within = -1
        source = self._several(listed.record, source)
        found, more = self.record(listed.record, alias)
        picked = [f"{alias}.{listed.tied} AS k, {found} AS j", *(f"{alias}.{one.split()[0]}" for one in order)]
        text = self.dialect.joined(f"{outer}.j", ", ".join(f"{outer}.{one}" for one in order))
        inner = f"SELECT {', '.join(picked)} FROM ({source}) {alias}{more}"
        lists = f"SELECT k, '[' || {text} || ']' AS list FROM ({inner}) {outer} GROUP BY k"
        joins.append(f" LEFT JOIN ({lists}) {gathered} ON {gathered}.k = {self.levels[listed.level]}.id")
        return f"coalesce({gathered}.list, '[]')"

    def _kept(self, later: Later, alias: str) -> str:
        """What a value that is made later needs: texts of columns, what it reads, rows that it may show, by key."""
        columns = {name: self.around(cell) for name, cell in later.handed.items()}
        parts = [self.plain(columns.get(name, f"{alias}.{name}")) for name in later.columns]
        parts += [self.read(read) for read in later.reads.values()]
        parts += [self._listed(shown, keyed=True) for shown in later.picked]
        return "'[' || " + " || ',' || ".join(parts or ["''"]) + " || ']'"

    def _thing(self, cell: str, kinds: dict[str, Single]) -> str:
        cases = []
        for prefix, one in kinds.items():
            fits, key = self.dialect.keyed(cell, prefix)
            shown = self._single(one.rows, one.shown, f"id = {key}")
            cases.append(f"WHEN {fits} THEN {literal(f'{{{json.dumps(prefix)}:')} || {shown} || '}}'")
        return f"CASE {' '.join(cases)} ELSE 'null' END"

    # Personal columns

    def _whose(self, guard: Guard, alias: str) -> str:
        if not guard.through:
            return f"{alias}.id"
        return f"(SELECT s.person_id FROM {guard.through} s WHERE s.id = {alias}.{guard.through}_id)"

    def _guarded(self, guard: Guard, alias: str) -> str:
        """An empty text is null, or the other way round, as the ordinary road has it."""
        column, kind, empty = f'{alias}."{guard.cell.column}"', guard.cell.kind, literal(guard.empty)
        cell = f"nullif({column}, '')" if kind == "String" and guard.empty == "null" else column
        found = self.cell(cell, kind, nullable=guard.empty == "null")
        if guard.whole:
            return found
        if not guard.own or self.person is None:
            return empty
        return f"CASE WHEN {self._whose(guard, alias)} = {self.bound(str(self.person))} THEN {found} ELSE {empty} END"

    def _opened(self, guards: list[Guard], alias: str) -> str:
        """Whose file is opened, and which of its fields; null where nothing was recorded."""
        names = " ".join(sorted({guard.logged for guard in guards}))
        said = f"'\"' || {self._whose(guards[0], alias)} || ' {names}\"'"
        if not guards[0].through:
            return said
        return f"CASE WHEN {alias}.{guards[0].cell.column} <> '' THEN {said} ELSE 'null' END"

    # Texts

    def cell(self, cell: str, kind: str, *, nullable: bool) -> str:
        """The JSON of a cell. kind: the name of its GraphQL type, or [] for a list kept as JSON."""
        found = self._filled(cell, kind)
        return f"coalesce({found}, 'null')" if nullable else found

    def _filled(self, cell: str, kind: str) -> str:
        names = self.enums(kind)
        if names is not None:
            cases = " ".join(f"WHEN {literal(value)} THEN {literal(json.dumps(name))}" for value, name in names.items())
            return f"CASE {cell} {cases} ELSE {self.dialect.text(cell)} END"  # else a row would be missing
        match kind:
            case "String" | "ID":
                return self.dialect.text(cell)
            case "Int":
                return f"CAST({cell} AS VARCHAR)"
            case "Boolean":
                return self.dialect.flag(cell)
            case "Date":
                return self.dialect.day(cell)
            case "DateTime":
                return self.dialect.moment(cell)
            case "[]":
                return f"CAST({cell} AS VARCHAR)"
        raise NotCompiled(f"there is no way to write {kind}")

    def object(self, parts: dict[str, str], own: frozenset[str]) -> str:
        """A JSON object. Keys that are names of the schema stand in the text, aliases are parameters."""
        found, text = [], "{"
        for key, part in parts.items():
            if key in own:
                text += f'"{key}":'
            else:
                found += [literal(text), self.bound(always("name in the answer", f'"{key}":'), "text")]
                text = ""
            found += [literal(text), part] if text else [part]
            text = ","
        text = "}" if parts else "{}"
        return " || ".join([*found, literal(text)])


def literal(text: str) -> str:
    """A text of ours in SQL."""
    return "'" + text.replace("'", "''") + "'"
