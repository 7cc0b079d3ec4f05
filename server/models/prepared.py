# ruff: noqa: S608  # what is put together here are SELECTs of ours; facts are parameters
"""What is read of one thing again and again, in one statement that is written once and bound to each request.

To write such a statement takes Tortoise ten times as long as the database takes to answer it. It is kept for viewers of
one shape: what differs between two of them, and the thing, is marked while it is written, and bound when it is read.
Nothing that was read is kept.
"""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from tortoise.models import Model
from tortoise.queryset import QuerySet

from server.models.database import connection, is_postgres
from server.models.reads import Columns, Count, Put, kinds_of, selected
from server.viewer import Viewer

Row = TypeVar("Row", bound=Model)
Reads = Mapping[str, Columns | Count]
Describe = Callable[[Viewer, UUID], Reads]
Bind = Callable[[Viewer, UUID], Any]
Make = Callable[[Any], Any]
MOST = 200
"""Shapes of viewers that are kept; the oldest goes."""
NOW = dt.datetime(9000, 1, 1, 12, tzinfo=dt.UTC)
KEY, PERSON, ACCOUNT, BODY = (UUID(int=number << 64) for number in (0x9001, 0x9002, 0x9003, 0x9004))
PLACE, UNKNOWN = "\0place", "\0unknown"
"""Marks, which nobody has. BODY: of a viewer's first role, and so on. UNKNOWN: of what may not be used."""


class Unmarked(Exception):
    """A key or a time that belongs to one request alone would have been kept for all."""


@dataclass(frozen=True)
class Prepared:
    """describe: what is read of the thing with that key, for that viewer. It may use day, time, person, account, place
    and roles of the viewer as they are, but nothing made of them."""

    describe: Describe
    written: "dict[Any, Written]"

    @classmethod
    def of(cls, describe: Describe) -> "Prepared":
        """Not written yet."""
        return cls(describe, {})

    async def read(self, viewer: Viewer, key: UUID) -> dict[str, Any]:
        """By name: lists of tuples, or a number for a Count."""
        shape = _shape(viewer)
        found = self.written.get(shape)
        if found is None:
            found = self.written[shape] = _written(self.describe, viewer)
            if len(self.written) > MOST:
                del self.written[next(iter(self.written))]
        (row,) = await connection().execute_query_dict(found.sql, [bind(viewer, key) for bind in found.binds])
        return {name: make(row[name]) for name, make in found.makes.items()}


@dataclass(frozen=True)
class Written:
    """A statement, where its values come from, and what is made of each column of its one row."""

    sql: str
    binds: tuple[Bind, ...]
    makes: Mapping[str, Make]


def _shape(viewer: Viewer) -> Any:
    roles = tuple((role.role, role.body is None) for role in viewer.roles)
    known = (viewer.person is None, viewer.account is None, viewer.client is None, not viewer.place)
    return is_postgres(), viewer.zone, viewer.scopes, known, roles


def _written(describe: Describe, viewer: Viewer) -> Written:
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
    put = partial(_put, _marks(marked), binds)
    reads = describe(marked, KEY)
    parts = ", ".join(f'({_told(read, put)}) AS "{name}"' for name, read in reads.items())
    return Written(f"SELECT {parts}", tuple(binds), {name: _made(read) for name, read in reads.items()})


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


def _put(marks: Mapping[Any, Bind], binds: list[Bind], value: Any) -> str:
    """The place of a value. A mark is bound as the value of a request; SQLite has keys as text."""
    text = isinstance(value, str)
    known = next((bind for mark, bind in marks.items() if value == (str(mark) if text else mark)), None)
    if known:
        binds.append((lambda viewer, key: str(known(viewer, key))) if text else known)
    elif isinstance(value, UUID | dt.date) or (text and (value == UNKNOWN or _is_key(value))):
        raise Unmarked(str(value))
    else:
        binds.append(lambda *_: value)
    return f"${len(binds)}" if is_postgres() else "?"


def _is_key(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _told(read: Columns | Count, put: Put) -> str:
    """A SELECT of one value."""
    if isinstance(read, Count):
        return f"SELECT count(*) FROM ({selected(read.rows.values('id'), put)}) t"
    columns = ", ".join(f'"{name}"' for name in read.names)
    rows = selected(read.rows.values(*read.names), put)
    if is_postgres():
        return f"SELECT coalesce(json_agg(json_build_array({columns})), '[]')::text FROM ({rows}) t"
    return f"SELECT json_group_array(json_array({columns})) FROM ({rows}) t"


def _made(read: Columns | Count) -> Make:
    if isinstance(read, Count):
        return int
    kinds = kinds_of(read)

    def rows(text: str) -> list[tuple[Any, ...]]:
        return [
            tuple(None if one is None else make(str(one)) for make, one in zip(kinds, row, strict=True))
            for row in json.loads(text)
        ]

    return rows


def whole(rows: QuerySet[Any]) -> Columns:
    """All columns of these rows."""
    return Columns(rows, tuple(sorted(rows.model._meta.db_fields)))


def rows_of(model: type[Row], found: Iterable[tuple[Any, ...]]) -> list[Row]:
    """What `whole` read, as rows."""
    names = sorted(model._meta.db_fields)
    return [model._init_from_db(**dict(zip(names, one, strict=True))) for one in found]
