# ruff: noqa: S608  # what is put together here are SELECTs of ours; facts are parameters
"""What is read of one thing again and again, in one statement that is written once and bound to each request.

To write such a statement takes Tortoise ten times as long as the database takes to answer it. It is kept for viewers of
one shape: what differs between two of them, and the thing, is marked while it is written, and bound when it is read.
Nothing that was read is kept.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from tortoise.models import Model
from tortoise.queryset import AwaitableQuery, QuerySet

from server.models.accounts.standing import beside
from server.models.database import connection, is_postgres
from server.models.reads import Columns, Count, Put, Read, Statement, kinds_of, listed, lists_of, rendered, selected
from server.models.viewing import Supposed
from server.viewer import Viewer

Row = TypeVar("Row", bound=Model)
Reads = Mapping[str, Read]
Describe = Callable[[Viewer, UUID], Reads]
First = Callable[[Viewer, UUID], AwaitableQuery[Any]]
Bind = Callable[[Viewer, UUID], Any]
Make = Callable[[Any], Any]
MOST = 200
"""Shapes of viewers that are kept; the oldest goes."""
NOW = dt.datetime(9000, 1, 1, 12, tzinfo=dt.UTC)
KEY, PERSON, ACCOUNT, BODY, FOUND = (UUID(int=0x9001 + number << 64) for number in range(5))
PLACE, UNKNOWN = "\0place", "\0unknown"
"""Marks, which nobody has. BODY: of a viewer's first role, and so on. FOUND: of the key that `first` finds on the way.
UNKNOWN: of what may not be used."""


class Unmarked(Exception):
    """A key or a time that belongs to one request alone would have been kept for all."""


@dataclass(frozen=True)
class Prepared:
    """describe: what is read of the thing with that key, for that viewer. It may use day, time, person, account, place
    and roles of the viewer as they are, but nothing made of them. first: rows of one key, or of none, which stands
    for FOUND in what is described: so that what hangs on it is read by the same statement."""

    describe: Describe
    first: First | None
    written: "dict[Any, Written]"

    @classmethod
    def of(cls, describe: Describe, first: First | None = None) -> "Prepared":
        """Not written yet."""
        return cls(describe, first, {})

    async def read(self, viewer: Viewer, key: UUID) -> dict[str, Any]:
        """By name: lists of tuples, or a number for a Count."""
        found = self._found(viewer)
        (row,) = await connection().execute_query_dict(found.sql, found.bound(viewer, key))
        return found.made(row)

    async def supposing(self, supposed: Supposed, key: UUID) -> tuple[dict[str, Any], dict[str, Any]]:
        """The same for who seems to ask, and the row by which `Supposed.confirmed` says whether that is so.

        Nothing of it may be used where it is not.
        """
        coming, viewer = supposed.coming, supposed.guess
        found = self._found(viewer)
        sql = beside(found.sql, len(found.binds), coming.kind, is_postgres())
        (row,) = await connection().execute_query_dict(sql, [*found.bound(viewer, key), *coming.values])
        return found.made(row), row

    def _found(self, viewer: Viewer) -> "Written":
        shape = _shape(viewer)
        found = self.written.get(shape)
        if found is None:
            found = self.written[shape] = _written(self, viewer)
            if len(self.written) > MOST:
                del self.written[next(iter(self.written))]
        return found


@dataclass(frozen=True)
class Written:
    """A statement, where its values come from, and what is made of each column of its one row."""

    sql: str
    binds: tuple[Bind, ...]
    makes: Mapping[str, Make]

    def bound(self, viewer: Viewer, key: UUID) -> list[Any]:
        """The values of a request, in their order."""
        return [bind(viewer, key) for bind in self.binds]

    def made(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """What is made of the row."""
        return {name: make(row[name]) for name, make in self.makes.items()}


def _shape(viewer: Viewer) -> Any:
    roles = tuple((role.role, role.body is None) for role in viewer.roles)
    known = (viewer.person is None, viewer.account is None, viewer.client is None, not viewer.place)
    return is_postgres(), viewer.zone, viewer.scopes, known, roles


def _written(prepared: Prepared, viewer: Viewer) -> Written:
    marked = replace(
        viewer,
        now=NOW,
        person=PERSON if viewer.person else None,
        account=ACCOUNT if viewer.account else None,
        place=PLACE if viewer.place else "",
        name=UNKNOWN,
        address_hash=UNKNOWN,
        roles=tuple(replace(role, body=role.body and _body(n)) for n, role in enumerate(viewer.roles)),
    )
    binds: list[Bind] = []
    put = partial(_put, _marks(marked), binds, {})
    reads = prepared.describe(marked, KEY)
    tables = {"first": selected(prepared.first(marked, KEY), put)} if prepared.first else {}
    for read in reads.values():
        if isinstance(read, Statement):
            tables |= {name: rendered(sql, read, put, {}) for name, sql in read.shared.items()}
    parts = ", ".join(f'({_told(read, put)}) AS "{name}"' for name, read in reads.items())
    shared = ", ".join(f"{name} AS MATERIALIZED ({sql})" for name, sql in tables.items())
    sql = f"{f'WITH {shared} ' if shared else ''}SELECT {parts}"
    return Written(sql, tuple(binds), {name: _made(read) for name, read in reads.items()})


def _marks(marked: Viewer) -> dict[Any, Bind]:
    marks: dict[Any, Bind] = {
        KEY: lambda _, key: key,
        PERSON: lambda viewer, _: viewer.person,
        ACCOUNT: lambda viewer, _: viewer.account,
        PLACE: lambda viewer, _: viewer.place,
        NOW: lambda viewer, _: viewer.now,
        marked.today: lambda viewer, _: viewer.today,
    }
    return marks | {_body(n): partial(_body_of, n) for n in range(len(marked.roles))}


def _body(number: int) -> UUID:
    return UUID(int=BODY.int + number)


def _body_of(number: int, viewer: Viewer, _: UUID) -> UUID | None:
    return viewer.roles[number].body


def _put(marks: Mapping[Any, Bind], binds: list[Bind], places: dict[Any, int], value: Any) -> str:
    """The place of a value, one for each text or mark. A mark is bound as the value of a request; SQLite has keys as
    text."""
    text = isinstance(value, str)
    if value == (str(FOUND) if text else FOUND):
        return "(SELECT * FROM first)"
    known = next((bind for mark, bind in marks.items() if value == (str(mark) if text else mark)), None)
    if not known and (isinstance(value, UUID | dt.date) or (text and (value == UNKNOWN or _is_key(value)))):
        raise Unmarked(str(value))
    alike = (text, value) if known or text else len(binds)
    if alike not in places:
        binds.append(_bind(known, value, text))
        places[alike] = len(binds)
    return f"{'$' if is_postgres() else '?'}{places[alike]}"


def _bind(known: Bind | None, value: Any, text: bool) -> Bind:
    if known is None:
        return lambda *_: value
    return (lambda viewer, key: str(known(viewer, key))) if text else known


def _is_key(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _told(read: Read, put: Put) -> str:
    """A SELECT of one value."""
    if isinstance(read, Count):
        return f"SELECT count(*) FROM ({selected(read.rows.values('id'), put)}) t"
    if isinstance(read, Statement):
        names, rows = tuple(read.kinds), rendered(read.sql, read, put, {name: name for name in read.shared})
    else:
        names, rows = read.names, selected(read.rows.values(*read.names), put)
    return listed(names, f"({rows}) t")


def _made(read: Read) -> Make:
    if isinstance(read, Count):
        return int
    kinds = list(read.kinds.values()) if isinstance(read, Statement) else kinds_of(read)
    return lambda text: lists_of(text, kinds)


def whole(rows: QuerySet[Any]) -> Columns:
    """All columns of these rows."""
    return Columns(rows, tuple(sorted(rows.model._meta.db_fields)))


def rows_of(model: type[Row], found: Iterable[tuple[Any, ...]], names: Sequence[str] = ()) -> list[Row]:
    """What `whole` read, as rows. names: of the columns where not all were read; nobody may ask for others."""
    names = names or sorted(model._meta.db_fields)
    return [model._init_from_db(**dict(zip(names, one, strict=True))) for one in found]
