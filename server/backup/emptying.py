# ruff: noqa: S608  # what is put together here are names of tables that migrations made
"""Everything of ours out of the database: before a backup takes its place, or so that it begins anew."""

from collections.abc import Iterable

from tortoise.backends.base.client import BaseDBAsyncClient

from server.backup.source import APPLIED
from server.models.database import is_postgres, migration_lock, tables_of

WAIT_S = 60
"""How long to wait on PostgreSQL for whoever still uses the tables."""
THERE = {
    True: "SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema()",
    False: "SELECT name FROM sqlite_master WHERE type = 'table'",
}
"""The names of tables, on PostgreSQL and on SQLite."""


async def alone(client: BaseDBAsyncClient) -> None:
    """Until the transaction of the caller ends nobody else changes tables, and none waits for ever."""
    if is_postgres():
        await client.execute_query(f"SET LOCAL lock_timeout = '{WAIT_S}s'")
    await migration_lock()


async def held(client: BaseDBAsyncClient) -> dict[str, int]:
    """Rows of each of our tables that has any."""
    counts = {}
    for table in sorted(await _ours(client)):
        _, rows = await client.execute_query(f'SELECT count(*) AS n FROM "{table}"')
        counts[table] = rows[0]["n"]
    return {table: count for table, count in counts.items() if count}


async def drop(client: BaseDBAsyncClient) -> None:
    """No table of ours is there afterwards. On SQLite whoever calls has put references aside."""
    await _drop(client, [*await _ours(client), *(await _there(client) & {"tortoise_migrations"})])


async def _ours(client: BaseDBAsyncClient) -> set[str]:
    there = await _there(client)
    if "tortoise_migrations" not in there:
        return set()
    _, rows = await client.execute_query(APPLIED)
    return there & await tables_of(row["name"] for row in rows)


async def _there(client: BaseDBAsyncClient) -> set[str]:
    _, rows = await client.execute_query(THERE[is_postgres()])
    return {row["name"] for row in rows}


async def _drop(client: BaseDBAsyncClient, tables: Iterable[str]) -> None:
    names = [f'"{table}"' for table in tables]
    if is_postgres() and names:
        await client.execute_query(f"DROP TABLE {', '.join(names)}")
    for name in () if is_postgres() else names:
        await client.execute_query(f"DROP TABLE {name}")
