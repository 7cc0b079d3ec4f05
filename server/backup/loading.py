# ruff: noqa: S608  # what is put together here are names of tables and columns that migrations made
"""The rows of a backup into tables that have just been made: quickly, in any order, and rightly at the end."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from itertools import islice
from typing import Any

import asyncpg
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.exceptions import BaseORMException

from server.backup.faults import BackupError
from server.backup.kinds import Dialect, kind_of, reader
from server.backup.manifest import Rows
from server.backup.reading import Backup, Progress
from server.backup.source import POSTGRES_COLUMNS, ROWS, SQLITE_COLUMNS
from server.models.health import UNREACHABLE

FAULTS = (*UNREACHABLE, BaseORMException, ValueError, TypeError, OverflowError)
"""What is raised where a value does not fit into a column."""
FOREIGN_KEYS = """
SELECT c.conrelid::regclass::text AS table_name, quote_ident(c.conname) AS name, pg_get_constraintdef(c.oid) AS rule
FROM pg_constraint c WHERE c.contype = 'f' AND c.connamespace = current_schema()::regnamespace
ORDER BY 1, 2
"""
Declared = dict[str, dict[str, str]]
"""Table -> column -> the type that it was declared with."""


async def load(client: BaseDBAsyncClient, backup: Backup, progress: Progress) -> None:
    """All rows, within the transaction of the caller. Raises BackupError where one does not fit.

    On SQLite whoever calls has put references aside, and has them looked at afterwards.
    """
    dialect: Dialect = "postgres" if client.capabilities.dialect == "postgres" else "sqlite"
    declared, manifest, done = await _declared(client, dialect), backup.manifest, 0
    async with _references_last(client, dialect):
        for table in manifest.tables:
            _must_be_there(table, declared)
            rows = _read(backup, table, declared[table.table], dialect)
            try:
                await (_copy if dialect == "postgres" else _insert)(client, table, rows)
                await _count_on(client, dialect, table)
            except FAULTS as error:
                raise BackupError(f"The rows of {table.table} do not fit into this database ({error}).") from error
            done += table.rows
            progress(done, manifest.rows)


async def _declared(client: BaseDBAsyncClient, dialect: Dialect) -> Declared:
    _, rows = await client.execute_query(POSTGRES_COLUMNS if dialect == "postgres" else SQLITE_COLUMNS)
    found: Declared = {}
    for row in rows:
        found.setdefault(row["table_name"], {})[row["column_name"]] = row["data_type"]
    return found


def _must_be_there(table: Rows, declared: Declared) -> None:
    if not set(table.columns) <= set(declared.get(table.table, ())):
        raise BackupError(f"This backup has columns of {table.table} that its migrations do not make.")


def _read(backup: Backup, table: Rows, declared: dict[str, str], dialect: Dialect) -> Iterator[list[Any]]:
    acts = [reader(dialect, kind_of(dialect, declared[name]), backup.manifest.database) for name in table.columns]
    places = [(place, act) for place, act in enumerate(acts) if act]
    return (_fitted(row, places) for row in backup.rows(table))


def _fitted(row: list[Any], places: Sequence[tuple[int, Callable[[Any], Any]]]) -> list[Any]:
    for place, act in places:
        row[place] = act(row[place])
    return row


async def _copy(client: BaseDBAsyncClient, table: Rows, rows: Iterator[list[Any]]) -> None:
    """By COPY, row by row as they are read."""
    async with client.acquire_connection() as connection:
        await connection.copy_records_to_table(table.table, records=rows, columns=table.columns)


async def _insert(client: BaseDBAsyncClient, table: Rows, rows: Iterator[list[Any]]) -> None:
    names = ", ".join(f'"{name}"' for name in table.columns)
    sql = f'INSERT INTO "{table.table}" ({names}) VALUES ({", ".join("?" for _ in table.columns)})'
    async with client.acquire_connection() as connection:
        while portion := list(islice(rows, ROWS)):
            await connection.executemany(sql, portion)


async def _count_on(client: BaseDBAsyncClient, dialect: Dialect, table: Rows) -> None:
    """Numbers that the database gives go on after the highest that it gave, also where that row is gone."""
    for column, given in table.counters.items():
        if given and dialect == "postgres":
            sequence = f"pg_get_serial_sequence('\"{table.table}\"', '{column}')"
            await client.execute_query(f"SELECT setval({sequence}, {int(given)})")
        elif given:
            await client.execute_query("DELETE FROM sqlite_sequence WHERE name = ?", [table.table])
            await client.execute_query("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", [table.table, given])


@asynccontextmanager
async def _references_last(client: BaseDBAsyncClient, dialect: Dialect) -> AsyncIterator[None]:
    """On PostgreSQL foreign keys are taken off and put back, which holds every row against them at once."""
    if dialect == "sqlite":
        yield
        return
    _, keys = await client.execute_query(FOREIGN_KEYS)
    for key in keys:
        await client.execute_query(f"ALTER TABLE {key['table_name']} DROP CONSTRAINT {key['name']}")
    yield
    for key in keys:
        try:
            await client.execute_query(f"ALTER TABLE {key['table_name']} ADD CONSTRAINT {key['name']} {key['rule']}")
        except (asyncpg.PostgresError, BaseORMException) as error:
            raise BackupError(f"Rows of {key['table_name']} point to rows that are not there ({error}).") from error
