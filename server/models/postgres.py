"""PostgreSQL: what our connections are set to, and that none of them is ever lost."""

from typing import Any

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import TransactionalDBClient, TransactionContext, TransactionContextPooled

SETTINGS = {"jit": "off", "plan_cache_mode": "force_generic_plan", "random_page_cost": "1.1"}
"""We send few statements, again and again, with other values: a plan is made once, for data in memory, and kept.

Of a list of 50 members PostgreSQL's own defaults planned each request anew, read whole tables for each of its rows, and
took four times as long (`make bench`). Whoever runs the database cannot know this; we can.
"""
KEPT = 256
"""Statements that a connection keeps prepared, however long they are: one for each plan in use, and Tortoise's own."""


class PooledClient(AsyncpgDBClient):
    """Tortoise's PostgreSQL client, but none of its connections is ever lost."""

    async def create_pool(self, **kwargs: Any) -> asyncpg.Pool:
        """Set as above, what a URL says going before. Given back, a connection is not set anew: nobody changes one."""
        settings = {"server_settings": SETTINGS | kwargs.pop("server_settings"), "reset": _as_it_is}
        ours: dict[str, Any] = {"statement_cache_size": KEPT, "max_cacheable_statement_size": 0}
        return await super().create_pool(**ours | settings | kwargs)

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


async def _as_it_is(_: asyncpg.Connection) -> None:
    """A statement less for each that is sent; a transaction left open is ended by the driver all the same."""


client_class = PooledClient
