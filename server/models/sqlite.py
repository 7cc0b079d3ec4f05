"""SQLite for several processes at once: who will write says so at BEGIN, and waits its turn there.

A transaction that reads first and asks to write later cannot wait: SQLite answers "database is locked" at once,
because what was read is already old. Half of 400 read-then-write verbs failed so.
"""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any, cast

from aiosqlite import Connection
from tortoise.backends.base.client import NestedTransactionContext, TransactionalDBClient, TransactionContext
from tortoise.backends.sqlite.client import (
    SqliteClient,
    SqliteTransactionContext,
    SqliteTransactionWrapper,
    translate_exceptions,
)
from tortoise.connection import get_connections
from tortoise.exceptions import TransactionManagementError

from server.rules.cursors import cursor

QUICK_S = 0.005
"""A statement that took less than that is read without a thread, which would cost as much as a small one again."""
PATIENCE_S = 0.05
"""How long one that was quick may take on the spot, where nobody else is answered meanwhile and nothing can end it."""
STEPS = 10_000
"""Of SQLite's machine, between looks at the clock: less than a millisecond."""
ROWS = 64
"""That aiosqlite fetches at once where someone goes through them one by one."""
KEPT = 256
"""Statements of which is remembered that they are quick, and that stay prepared."""


class Interruptible(Connection):
    """aiosqlite's connection, but who gives up a statement ends it: its thread would go on to the end."""

    def __init__(self, connector: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(connector, ROWS)
        self._guard = threading.Lock()
        self._at_work: object = None

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """What takes no values, such as a rollback, is done in any case; a statement only while someone waits."""
        if not args:
            return await super()._execute(fn)
        mine, given_up = object(), False

        def run() -> Any:
            with self._guard:
                if given_up:
                    return None
                self._at_work = mine
            try:
                return fn(*args, **kwargs)
            finally:
                with self._guard:
                    self._at_work = None

        try:
            return await super()._execute(run)
        except asyncio.CancelledError:
            with self._guard:
                given_up = True
                if self._at_work is mine:
                    self._conn.interrupt()
            raise


class ImmediateClient(SqliteClient):
    """Tortoise's SQLite client, but every transaction begins IMMEDIATE, and what is read quickly takes no thread."""

    def __init__(self, file_path: str, **kwargs: Any) -> None:
        super().__init__(file_path, **kwargs)
        self.quick: dict[str, None] = {}
        self.reader: sqlite3.Connection | None = None
        self.until = 0.0

    async def create_connection(self, with_db: bool) -> None:
        """Every connection can write cursors, as PostgreSQL can by itself, and ends what is given up."""
        if self._connection:
            return
        connection = await Interruptible(partial(sqlite3.connect, self.filename, isolation_level=None))
        connection.row_factory = sqlite3.Row
        for pragma, value in self.pragmas.items():
            await (await connection.execute(f"PRAGMA {pragma}={value}")).close()
        await connection.create_function("luzhi_cursor", -1, cursor, deterministic=True)
        self._connection = connection
        await self._post_connect()

    def _in_transaction(self) -> TransactionContext:
        return ImmediateTransaction(ImmediateWrapper(self), self._lock)

    @translate_exceptions
    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> list[dict[str, Any]]:
        """The rows of one SELECT: read on the spot where that was quick the last time, else by the driver's thread."""
        began = time.perf_counter()
        rows = self._at_once(query, values or []) if query in self.quick else None
        if rows is None:
            rows = await super().execute_query_dict(query, values)
        self._note(query, quick=time.perf_counter() - began < QUICK_S)
        return rows

    def _at_once(self, query: str, values: list[Any]) -> list[dict[str, Any]] | None:
        """The rows; None where they would have to be waited for."""
        reader, self.until = self._reader(), time.perf_counter() + PATIENCE_S
        try:
            rows = [dict(row) for row in reader.execute(query, values)]
        except sqlite3.OperationalError as error:
            if "locked" in str(error) or "interrupted" in str(error):
                return None
            raise
        self.log.debug("%s: %s", query, values)
        return rows

    def _is_late(self) -> bool:
        """Whether what is read on the spot is, this time, to be left to the thread."""
        return time.perf_counter() > self.until

    async def close(self) -> None:
        """Both connections."""
        await super().close()
        if self.reader:
            self.reader.close()
            self.reader = None
        self.quick.clear()

    def _reader(self) -> sqlite3.Connection:
        if self.reader is None:
            self.reader = sqlite3.connect(self.filename, isolation_level=None, cached_statements=KEPT, timeout=0)
            self.reader.row_factory = sqlite3.Row
            self.reader.execute("PRAGMA query_only = ON")
            self.reader.set_progress_handler(self._is_late, STEPS)
            self.reader.create_function("luzhi_cursor", -1, cursor, deterministic=True)
        return self.reader

    def _note(self, query: str, *, quick: bool) -> None:
        self.quick.pop(query, None)
        if quick:
            self.quick[query] = None
        if len(self.quick) > KEPT:
            del self.quick[next(iter(self.quick))]

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

    def _in_transaction(self) -> TransactionContext:
        """A savepoint of it, which keeps to the same."""
        return NestedTransactionContext(ImmediateWrapper(self))

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
        return cast(TransactionalDBClient, self.connection)

    async def _give_back(self) -> None:
        """A cancelled BEGIN may still have begun: the driver's thread does not hear of the cancelling."""
        try:
            if self.connection._connection:
                await self.connection._connection.rollback()
        finally:
            self._trxlock.release()


client_class = ImmediateClient
