"""SQLite for several processes at once: who will write says so at BEGIN, and waits its turn there.

A transaction that reads first and asks to write later cannot wait: SQLite answers "database is locked" at once,
because what was read is already old. Half of 400 read-then-write verbs failed so.
"""

import sqlite3
from typing import Any, cast

from aiosqlite import Connection
from tortoise.backends.base.client import TransactionalDBClient, TransactionContext
from tortoise.backends.sqlite.client import (
    SqliteClient,
    SqliteTransactionContext,
    SqliteTransactionWrapper,
    translate_exceptions,
)
from tortoise.connection import get_connections
from tortoise.exceptions import TransactionManagementError

from server.rules.cursors import cursor


class ImmediateClient(SqliteClient):
    """Tortoise's SQLite client, but every transaction begins IMMEDIATE."""

    async def create_connection(self, with_db: bool) -> None:
        """Every connection can write cursors, as PostgreSQL can by itself."""
        await super().create_connection(with_db)
        connection = cast(Connection, self._connection)
        await connection.create_function("luzhi_cursor", -1, cursor, deterministic=True)

    def _in_transaction(self) -> TransactionContext:
        return ImmediateTransaction(ImmediateWrapper(self), self._lock)

    @translate_exceptions
    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        """Many rows in one transaction of their own."""
        async with self._in_transaction() as connection:
            await connection.execute_many(query, values)


class ImmediateWrapper(SqliteTransactionWrapper):
    """The connection as long as a transaction holds it."""

    async def begin(self) -> None:
        """Take the write lock, waiting for it as long as busy_timeout says."""
        try:
            await self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise TransactionManagementError(error) from error

    @translate_exceptions
    async def execute_script(self, query: str) -> None:
        """Statement by statement: the driver's own script would commit the transaction first."""
        statement = ""
        for part in query.split(";"):
            statement += part + ";"
            if sqlite3.complete_statement(statement):
                if statement.strip(" \n;"):
                    await self._connection.execute(statement)
                statement = ""


class ImmediateTransaction(SqliteTransactionContext):
    """Tortoise's transaction, but one that could not begin gives the connection back."""

    __slots__ = ()

    async def __aenter__(self) -> TransactionalDBClient:
        await self._trxlock.acquire()
        try:
            await self.ensure_connection()
            await self.connection.begin()
        except BaseException:
            await self._give_back()
            raise
        self.token = get_connections().set(self.connection_name, self.connection)
        return self.connection  # type: ignore[no-any-return] # Tortoise leaves the attribute untyped

    async def _give_back(self) -> None:
        """A cancelled BEGIN may still have begun: the driver's thread does not hear of the cancelling."""
        try:
            if self.connection._connection:
                await self.connection._connection.rollback()
        finally:
            self._trxlock.release()


client_class = ImmediateClient
