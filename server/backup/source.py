# ruff: noqa: S608  # what is put together here are names that the database itself gave
"""One snapshot of the database, read table by table while others write: as it stood at one moment."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol, cast
from urllib.parse import quote

import asyncpg

from server.backup.kinds import Dialect, Kind, kind_of
from server.models.database import APP, MIGRATION_LOCK, connection, file_of, is_postgres
from server.models.postgres import PooledClient

ROWS = 500
"""Read at a time."""
APPLIED = f"SELECT name FROM tortoise_migrations WHERE app = '{APP}' ORDER BY name"
UNLIMITED = {"statement_timeout": "0", "idle_in_transaction_session_timeout": "0"}
"""Of a connection that reads for as long as it takes, whatever is usual on that server."""

POSTGRES_COLUMNS = """
SELECT c.table_name, c.column_name, c.data_type,
    pg_get_serial_sequence(quote_ident(c.table_name), c.column_name) AS sequence
FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE' AND c.is_generated = 'NEVER'
ORDER BY c.table_name, c.ordinal_position
"""
POSTGRES_KEYS = """
SELECT c.relname AS table_name, a.attname AS column_name FROM pg_index i
JOIN pg_class c ON c.oid = i.indrelid
JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
WHERE i.indisprimary AND c.relnamespace = current_schema()::regnamespace
"""
SQLITE_COLUMNS = """
SELECT t.name AS table_name, c.name AS column_name, upper(c.type) AS data_type, c.pk,
    t.sql LIKE '%AUTOINCREMENT%' AS counted
FROM sqlite_master t JOIN pragma_table_xinfo(t.name) c
WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND c.hidden = 0
ORDER BY t.name, c.cid
"""


@dataclass(frozen=True)
class Column:
    """A column, and what it holds."""

    name: str
    kind: Kind


@dataclass(frozen=True)
class Table:
    """A table as it is in the snapshot. key: by which its rows are in order.

    counters: column -> the highest number that the database itself gave there.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    counters: dict[str, int]

    @property
    def select(self) -> str:
        """All its rows, in an order that is always the same."""
        names = ", ".join(f'"{column.name}"' for column in self.columns)
        order = ", ".join(f'"{name}"' for name in self.key)
        return f'SELECT {names} FROM "{self.name}"' + (f" ORDER BY {order}" if order else "")


class Snapshot(Protocol):
    """The database at one moment."""

    @property
    def dialect(self) -> Dialect:
        """Which database it is."""

    async def migrations(self) -> list[str]:
        """The names of those that were applied."""

    async def tables(self, ours: Collection[str]) -> list[Table]:
        """Those of these names that there are: others may have put their own beside them."""

    async def count(self, table: Table) -> int:
        """How many rows it has."""

    def rows(self, table: Table) -> AsyncIterator[list[Sequence[Any]]]:
        """Its rows, some at a time."""


@asynccontextmanager
async def snapshot() -> AsyncIterator[Snapshot]:
    """The connected database, held still for who reads here; nobody else waits for it."""
    async with _postgres() if is_postgres() else _sqlite() as found:
        yield found


@asynccontextmanager
async def _postgres() -> AsyncIterator[Snapshot]:
    """Migrations wait, and are waited for: they would change tables that are yet to be read."""
    alone = await cast(PooledClient, connection()).one_more()
    try:
        for name, value in UNLIMITED.items():
            await alone.execute(f"SET {name} = {value}")
        await alone.execute(f"SELECT pg_advisory_lock_shared({MIGRATION_LOCK})")
        async with alone.transaction(isolation="repeatable_read", readonly=True):
            yield Postgres(alone)
    finally:
        alone.terminate()


@asynccontextmanager
async def _sqlite() -> AsyncIterator[Snapshot]:
    """A reading transaction of a connection of its own: writers go on beside it."""
    alone = sqlite3.connect(f"file:{quote(file_of())}?mode=ro", uri=True, isolation_level=None, check_same_thread=False)
    try:
        alone.row_factory = sqlite3.Row
        alone.execute("BEGIN")
        yield Sqlite(alone)
    finally:
        alone.close()


class Postgres:
    """Of PostgreSQL, by a cursor."""

    dialect: Dialect = "postgres"

    def __init__(self, alone: asyncpg.Connection) -> None:
        self.alone = alone

    async def migrations(self) -> list[str]:
        """None where the table of them is not there."""
        if await self.alone.fetchval("SELECT to_regclass('tortoise_migrations')") is None:
            return []
        return [row["name"] for row in await self.alone.fetch(APPLIED)]

    async def tables(self, ours: Collection[str]) -> list[Table]:
        """By the catalog of the snapshot."""
        keys: dict[str, list[str]] = {}
        for row in await self.alone.fetch(POSTGRES_KEYS):
            keys.setdefault(row["table_name"], []).append(row["column_name"])
        found: dict[str, list[asyncpg.Record]] = {}
        for row in await self.alone.fetch(POSTGRES_COLUMNS):
            found.setdefault(row["table_name"], []).append(row)
        return [
            await self._table(name, rows, tuple(keys.get(name, ()))) for name, rows in found.items() if name in ours
        ]

    async def count(self, table: Table) -> int:
        """By counting."""
        return int(await self.alone.fetchval(f'SELECT count(*) FROM "{table.name}"'))

    async def rows(self, table: Table) -> AsyncIterator[list[Sequence[Any]]]:
        """Some at a time; the server keeps the rest."""
        cursor = await self.alone.cursor(table.select)
        while rows := await cursor.fetch(ROWS):
            yield rows

    async def _table(self, name: str, rows: list[asyncpg.Record], key: tuple[str, ...]) -> Table:
        columns = tuple(Column(row["column_name"], kind_of("postgres", row["data_type"])) for row in rows)
        given = {row["column_name"]: await self._given(row["sequence"]) for row in rows if row["sequence"]}
        return Table(name, columns, key, given)

    async def _given(self, sequence: str) -> int:
        row = await self.alone.fetchrow(f"SELECT last_value, is_called FROM {sequence}")
        return int(row["last_value"]) if row["is_called"] else 0


class Sqlite:
    """Of SQLite, read by a thread."""

    dialect: Dialect = "sqlite"

    def __init__(self, alone: sqlite3.Connection) -> None:
        self.alone = alone

    async def migrations(self) -> list[str]:
        """None where the table of them is not there."""
        try:
            return [row["name"] for row in self.alone.execute(APPLIED)]
        except sqlite3.OperationalError as error:
            if "no such table" not in str(error):
                raise
            return []

    async def tables(self, ours: Collection[str]) -> list[Table]:
        """By the catalog of the snapshot."""
        found: dict[str, list[sqlite3.Row]] = {}
        for row in self.alone.execute(SQLITE_COLUMNS):
            found.setdefault(row["table_name"], []).append(row)
        return [self._table(name, rows) for name, rows in found.items() if name in ours]

    async def count(self, table: Table) -> int:
        """By counting."""
        return int(self.alone.execute(f'SELECT count(*) FROM "{table.name}"').fetchone()[0])

    async def rows(self, table: Table) -> AsyncIterator[list[Sequence[Any]]]:
        """Some at a time."""
        cursor = self.alone.execute(table.select)
        while rows := await asyncio.to_thread(cursor.fetchmany, ROWS):
            yield rows

    def _table(self, name: str, rows: list[sqlite3.Row]) -> Table:
        columns = tuple(Column(row["column_name"], kind_of("sqlite", row["data_type"])) for row in rows)
        keys = sorted((row for row in rows if row["pk"]), key=lambda row: int(row["pk"]))
        given = {row["column_name"]: self._given(name) for row in keys if row["counted"]}
        return Table(name, columns, tuple(row["column_name"] for row in keys), given)

    def _given(self, name: str) -> int:
        row = self.alone.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", [name]).fetchone()
        return int(row["seq"]) if row else 0
