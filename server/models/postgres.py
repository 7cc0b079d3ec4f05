"""PostgreSQL: what our connections are set to, and that none of them is ever lost."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import TransactionalDBClient, TransactionContext, TransactionContextPooled
from tortoise.backends.base_postgres.client import translate_exceptions

log = logging.getLogger("luzhi.models")
SETTINGS = {"jit": "off", "plan_cache_mode": "force_generic_plan", "random_page_cost": "1.1", "DateStyle": "ISO"}
"""We send few statements, again and again, with other values: a plan is made once, for data in memory, and kept.

Of a list of 50 members PostgreSQL's own defaults planned each request anew, read whole tables for each of its rows, and
took four times as long (`make bench`). Whoever runs the database cannot know this; we can.
Answers hold days as texts of the database: they are of ISO's form, whatever is usual there.
"""
KEPT = 256
"""Statements that a connection keeps prepared, however long they are: one for each plan in use, and Tortoise's own."""
READERS = 8
"""Connections for single SELECTs, beside those of the pool, whose own way takes a task and several turns for each."""
CLOSE_S = 10
OF_A_POOL = frozenset({"min_size", "max_size", "reset"})


class PooledClient(AsyncpgDBClient):
    """Tortoise's PostgreSQL client, but none of its connections is ever lost, and some are for reading alone."""

    readers: "Readers"

    async def create_pool(self, **kwargs: Any) -> asyncpg.Pool:
        """Set as above, what a URL says going before. Given back, a connection is not set anew: nobody changes one."""
        settings = {"server_settings": SETTINGS | kwargs.pop("server_settings"), "reset": _as_it_is}
        ours: dict[str, Any] = {"statement_cache_size": KEPT, "max_cacheable_statement_size": 0}
        every = ours | settings | kwargs
        self.readers = Readers({name: value for name, value in every.items() if name not in OF_A_POOL})
        return await super().create_pool(**every)

    @translate_exceptions
    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> list[dict[str, Any]]:
        """The rows of one SELECT."""
        if not self._pool:
            await self.acquire_connection().ensure_connection()
        self.log.debug("%s: %s", query, values)
        return [dict(row) for row in await self.readers.fetch(query, values or ())]

    async def one_more(self) -> asyncpg.Connection:
        """A connection of its own, for who waits on it; whoever takes it closes it."""
        if not self._pool:
            await self.acquire_connection().ensure_connection()
        return await asyncpg.connect(**self.readers.how)

    async def _close(self) -> None:
        if self._pool:
            await self.readers.close()
        await super()._close()

    def _in_transaction(self) -> TransactionContext:
        return PooledTransaction(TransactionWrapper(self), self._pool_init_lock)


class PooledTransaction(TransactionContextPooled):
    """Tortoise's transaction, but a BEGIN that is cancelled does not keep its connection from the pool for ever."""

    __slots__ = ()

    async def __aenter__(self) -> TransactionalDBClient:
        try:
            return await super().__aenter__()
        except BaseException:
            if self.client._connection:
                await self.client._parent._pool.release(self.client._connection)
            raise


class Readers:
    """Connections that send one SELECT at a time and are never given back: there is nothing on them to be undone."""

    def __init__(self, how: dict[str, Any]) -> None:
        """how: what asyncpg takes to connect."""
        self.how = how
        self.closed = False
        self.ending: set[asyncio.Task[None]] = set()
        self.idle: asyncio.LifoQueue[asyncpg.Connection | None] = asyncio.LifoQueue()
        """None is a place for one that is not connected."""
        for _ in range(READERS):
            self.idle.put_nowait(None)

    async def fetch(self, query: str, values: Sequence[Any]) -> list[asyncpg.Record]:
        """The rows. Raises what the driver raises; a connection on which something else broke off is not used again."""
        connection = await self.idle.get()
        try:
            if connection is None or connection.is_closed():
                connection = None
                connection = await asyncpg.connect(**self.how)
            rows: list[asyncpg.Record] = await connection.fetch(query, *values)
        except asyncpg.PostgresError:
            self._put(connection)
            raise
        except BaseException:
            if connection:
                self._end(connection)
            else:
                self._put(None)
            raise
        self._put(connection)
        return rows

    async def close(self) -> None:
        """Closes them; one that is reading is broken off when it has read."""
        self.closed = True
        await asyncio.gather(*self.ending)
        while not self.idle.empty():
            if connection := self.idle.get_nowait():
                await connection.close(timeout=CLOSE_S)

    def _end(self, connection: asyncpg.Connection) -> None:
        """Its place is free when the database has stopped working on what was given up: hanging up stops nothing."""
        task = asyncio.get_running_loop().create_task(self._ended(connection))
        self.ending.add(task)
        task.add_done_callback(self.ending.discard)

    async def _ended(self, connection: asyncpg.Connection) -> None:
        try:
            await connection.close(timeout=CLOSE_S)  # which first has the statement cancelled, and waits for that
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            log.warning("a connection that was given up did not close by itself", exc_info=True)
            connection.terminate()
        finally:
            self._put(None)

    def _put(self, connection: asyncpg.Connection | None) -> None:
        if self.closed and connection:
            connection.terminate()
        self.idle.put_nowait(None if self.closed else connection)


async def _as_it_is(_: asyncpg.Connection) -> None:
    """A statement less for each that is sent; a transaction left open is ended by the driver all the same."""


client_class = PooledClient
