"""One change of accounts at a time, so that a rule over several of them (the last administrator) holds."""

import contextlib
from collections.abc import AsyncIterator

from server.models.database import append_lock, transaction


@contextlib.asynccontextmanager
async def changing() -> AsyncIterator[None]:
    """A transaction that takes its turn at the audit trail first: every verb here ends there anyway."""
    async with transaction():
        await append_lock()
        yield
