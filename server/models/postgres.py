"""PostgreSQL: a transaction that could not begin gives its connection back."""

from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import TransactionalDBClient, TransactionContext, TransactionContextPooled


class PooledClient(AsyncpgDBClient):
    """Tortoise's PostgreSQL client, but none of its connections is ever lost."""

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


client_class = PooledClient
