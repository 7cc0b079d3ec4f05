# ruff: noqa: S608  # to write SQL is what this room is for: from names of ours; what a request brings is bound
"""Parts of lists (Relay's connections) as SQL: one row more than asked for, numbered, with a cursor each."""

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from server.schema.compiling.marks import always
from server.schema.compiling.nodes import Paged, Piece, Record
from server.schema.declared import Part
from server.schema.paging import CAP

if TYPE_CHECKING:
    from server.schema.compiling.sql import Writer


@dataclass(frozen=True)
class Parts:
    """Writes a part of a list. to: the statement in which it stands."""

    to: "Writer"

    def written(self, paged: Paged, *, at_root: bool) -> str:
        """The text of the whole connection. at_root: there is no row around."""
        part = paged.part
        if not any(piece.name in ("edges", "pageInfo") for piece in paged.fields.values()):
            return self._pieces(paged, "")
        source, order = self.to.source(part.rows)
        numbered = self._numbered(paged, source, order, at_root=at_root)
        alias, outer = self.to.alias(), self.to.alias()
        joins: list[str] = []
        cursor = self._cursor(part, alias, order)
        edge = self._edges(paged.fields, alias, cursor, joins)
        wanted = f"{alias}.nth <= {self._size(part)}"
        inner = (
            f"SELECT {alias}.nth AS n, count(*) OVER () AS found, {cursor} AS cursor"
            f"{''.join(f', CASE WHEN {wanted} THEN {text} END AS {name}' for name, text in edge.items())} "
            f"FROM ({numbered}) {alias}{''.join(joins)} ORDER BY n{' DESC' if part.backward else ''}"
        )
        gathered = f"CASE WHEN count(*) < 0 THEN '' ELSE {self._pieces(paged, outer)} END"  # one row, also of none
        return f"(SELECT {gathered} FROM ({inner}) {outer})"

    def _numbered(self, paged: Paged, source: str, order: list[str], *, at_root: bool) -> str:
        """The rows with their places from 1: a table of the whole statement, where lists are gathered from it."""
        source, limit = _unlimited(source)
        few = f"SELECT * FROM ({source} LIMIT {CAP + 1}) q ORDER BY {', '.join(order)} {limit}"
        numbered = f"SELECT *, row_number() OVER (ORDER BY {', '.join(order)}) AS nth FROM ({few}) r"
        nodes = [inner.value for piece in paged.fields.values() for inner in piece.fields.values()]
        records = [node for node in nodes if isinstance(node, Record)]
        if not at_root or not any(self.to.has_lists(record) for record in records):
            return numbered
        name = self.to.table(numbered)
        for record in records:
            self.to.note(record, f"{name} WHERE nth <= {self._size(paged.part)}")
        return f"SELECT * FROM {name}"

    def _edges(self, fields: dict[str, Piece], alias: str, cursor: str, joins: list[str]) -> dict[str, str]:
        """The columns of edges asked for: name of the column -> text of one edge."""
        found = {}
        for n, piece in enumerate(one for one in fields.values() if one.name == "edges"):
            parts = {}
            for key, inner in piece.fields.items():
                if isinstance(inner.value, Record):
                    text, more = self.to.record(inner.value, alias)
                    joins.append(more)
                    parts[key] = text
                else:
                    parts[key] = cursor if inner.name == "cursor" else self.to.value(inner.value)
            found[f"edge{n}"] = self.to.object(parts, piece.own)
        return found

    def _pieces(self, paged: Paged, outer: str) -> str:
        part, numbers, found = paged.part, count(), {}
        order = f"{outer}.n DESC" if part.backward else f"{outer}.n"
        for key, piece in paged.fields.items():
            match piece.name:
                case "edges":
                    found[key] = f"'[' || {self.to.dialect.joined(f'{outer}.edge{next(numbers)}', order)} || ']'"
                case "pageInfo":
                    found[key] = self._page_info(piece, part, outer)
                case "totalCount":
                    counted, _ = self.to.source(part.counted, order=False)
                    found[key] = f"(SELECT CAST(count(*) AS VARCHAR) FROM ({counted}) c)"
                case _:
                    found[key] = self.to.value(piece.value)
        return self.to.object(found, paged.own)

    def _page_info(self, piece: Piece, part: Part, outer: str) -> str:
        size = self._size(part)
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
        found = {key: ways.get(one.name) or self.to.value(one.value) for key, one in piece.fields.items()}
        return self.to.object(found, piece.own)

    def _size(self, part: Part) -> str:
        return self.to.bound(always("length of the page", part.size), "int")

    def _cursor(self, part: Part, alias: str, order: list[str]) -> str:
        texts = []
        for name, column in zip(part.order, order, strict=True):
            kind = "DateTime" if name.lstrip("-").endswith("_at") else ""
            texts.append(self.to.dialect.plain(f"{alias}.{column.split()[0]}", kind))
        return self.to.dialect.cursor(texts)


def _unlimited(source: str) -> tuple[str, str]:
    """A source without its limit, and that limit. Of a bound one planners know nothing and suppose a tenth of all."""
    found, _, limit = source.rpartition("LIMIT ")
    return found, f"LIMIT {limit}"


def _boolean(value: bool) -> str:
    return "'true'" if value else "'false'"
