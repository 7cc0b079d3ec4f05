"""The data set into a database, in bulk: COPY on PostgreSQL, one prepared INSERT on SQLite; then ANALYZE."""

import datetime as dt
import enum
import json
from collections import defaultdict
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from tortoise.fields import DatetimeField, Field
from tortoise.models import Model

from bench.dataset import Assembly
from bench.papers import NOW
from server.jobs.known import JOBS
from server.models import database
from server.models.accounts.tables import Account
from server.models.accounts.tokens import token_issue
from server.models.jobs import JobOutcome, JobRun
from server.models.reading.tables import ReadingSession
from server.rules.permissions import HeldRole, Role
from server.viewer import Viewer

SCOPES = ("members:read", "bodies:read", "documents:read", "activities:read")
OWNERS = ("asking", "office")
"""Accounts that have a token: the member who asks, and the secretary of the assembly."""
PORTION = 100_000
"""Rows of a table that are held before they are written."""
ZONE = ZoneInfo("Asia/Shanghai")


async def load(url: str, scale: int) -> dict[str, str]:
    """Migrates the database and fills it; the token of each of those who ask, by the name of the account."""
    await database.connect(url)
    try:
        await database.migrate()
        await _write(Assembly(scale))
        await ReadingSession.all().update(last_seen_at=dt.datetime.now(dt.UTC))  # what nobody hears of is closed
        await _rest()
        await database.connection().execute_query("ANALYZE")
        return {name: await _token(name) for name in OWNERS}
    finally:
        await database.close()


async def _rest() -> None:
    """The jobs of this night count as done: a backup would be taken while the first answers are measured."""
    now = dt.datetime.now(dt.UTC)
    at = dict.fromkeys(("due_at", "leased_until", "started_at", "ended_at", "succeeded_at"), now)
    facts: dict[str, Any] = {"newest": True, "outcome": JobOutcome.DONE, "tries": 1, "holder": "bench", **at}
    await JobRun.bulk_create([JobRun(job=job.name, **facts) for job in JOBS])


async def _write(assembly: Assembly) -> None:
    tables: dict[type[Model], list[tuple[Any, ...]]] = defaultdict(list)
    blanks: dict[type[Model], dict[str, Any]] = {}
    for model, facts in assembly.rows():
        if model not in blanks:
            blanks[model] = _blank(model)
        tables[model].append(tuple(map(_plain, (blanks[model] | facts).values())))
        if len(tables[model]) == PORTION:
            await _copy(tables, blanks)
    await _copy(tables, blanks)


async def _copy(tables: dict[type[Model], list[tuple[Any, ...]]], blanks: dict[type[Model], dict[str, Any]]) -> None:
    """Each table before those that point to it, and empties them here."""
    copy = _to_postgres if database.is_postgres() else _to_sqlite
    for model, rows in tables.items():
        await copy(str(model._meta.db_table), list(blanks[model]), rows)
        rows.clear()


def _blank(model: type[Model]) -> dict[str, Any]:
    """Every column of a table with what stands there unless a row says otherwise."""
    columns = model._meta.fields_map
    return {name: _default(columns[name]) for name in columns if name in model._meta.db_fields}


def _default(column: Field[Any]) -> Any:
    if isinstance(column, DatetimeField) and not column.null:
        return NOW
    return column.default() if callable(column.default) else column.default


def _plain(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        return value.value
    return json.dumps(value) if isinstance(value, list) else value


async def _to_postgres(table: str, columns: list[str], rows: list[tuple[Any, ...]]) -> None:
    async with database.connection().acquire_connection() as connection:
        await connection.copy_records_to_table(table, columns=columns, records=rows)


async def _to_sqlite(table: str, columns: list[str], rows: list[tuple[Any, ...]]) -> None:
    names, places = ", ".join(f'"{column}"' for column in columns), ", ".join("?" * len(columns))
    texts = [[_stored(value) for value in row] for row in rows]
    await database.connection().execute_many(f'INSERT INTO "{table}" ({names}) VALUES ({places})', texts)


def _stored(value: Any) -> Any:
    """As Tortoise keeps it in SQLite."""
    match value:
        case UUID():
            return str(value)
        case dt.datetime():
            return value.isoformat(" ")
        case dt.date():
            return value.isoformat()
    return value


async def _token(name: str) -> str:
    """A new token of that account, by the product's own verb."""
    admin, asking = await Account.get(name="administrator"), await Account.get(name=name)
    now = dt.datetime.now(dt.UTC)
    viewer = Viewer(now=now, zone=ZONE, account=admin.id, roles=(HeldRole(Role.ADMINISTRATOR),))
    return (await token_issue(viewer, name="bench", scopes=SCOPES, owner=asking.id)).token
