"""One migrated PostgreSQL database for many tests: emptied for each, and made anew where one changed its tables.

A database of its own for each test would cost four times as much: PostgreSQL copies 500 relations and writes everything
to disk before and after.
"""

from urllib.parse import urlsplit

import asyncpg

WATCH = """
CREATE SCHEMA watch;
CREATE SEQUENCE watch.changes;
CREATE FUNCTION watch.note() RETURNS event_trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM nextval('watch.changes'); END $$;
CREATE EVENT TRIGGER watch_changes ON ddl_command_end EXECUTE FUNCTION watch.note();
"""
"""Notes every change of a table, index or trigger, even one that is rolled back."""

EMPTY = """
DO $$
DECLARE relation text;
BEGIN
    PERFORM pg_terminate_backend(pid, 5000) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid();
    SET LOCAL session_replication_role = replica;
    FOR relation IN SELECT quote_ident(relname) FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'tortoise_migrations'
    LOOP
        EXECUTE 'DELETE FROM ' || relation;
    END LOOP;
END $$
"""
"""Deletes every row, whatever triggers and foreign keys say, after whoever a test left connected has gone."""


class House:
    """The database `name` beside `server`, a copy of `template`. Use it in one event loop, and close it there."""

    def __init__(self, server: str, template: str, name: str) -> None:
        self.server, self.template, self.name = server, template, name
        self.url = beside(server, name)
        self.connection: asyncpg.Connection | None = None

    async def clear(self) -> None:
        """Leave it as the template is."""
        if self.connection and not await self.connection.fetchval("SELECT is_called FROM watch.changes"):
            await self.connection.execute(EMPTY)
        else:
            await self.close()
            await self._build()

    async def close(self) -> None:
        """The database is gone."""
        if self.connection:
            await self.connection.close()
            self.connection = None
        await ask(self.server, f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')

    async def _build(self) -> None:
        await ask(self.server, f'CREATE DATABASE "{self.name}" TEMPLATE "{self.template}" STRATEGY FILE_COPY')
        self.connection = await asyncpg.connect(self.url)
        await self.connection.execute(WATCH)


async def ask(url: str, sql: str) -> list[asyncpg.Record]:
    """One statement on a connection of its own."""
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetch(sql)
    finally:
        await connection.close()


def beside(url: str, name: str) -> str:
    """The URL of another database on the same server."""
    return urlsplit(url)._replace(path=f"/{name}").geturl()
