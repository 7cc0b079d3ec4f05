"""Waiting for what tells nobody when it comes: another process, a log, a database."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable

PATIENCE_S = 30


async def until(ripe: Callable[[], bool | Awaitable[bool]], *, pause_s: float = 0.01) -> None:
    """Comes back as soon as what is waited for is there; after half a minute the test fails."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            found = ripe()
            if await found if inspect.isawaitable(found) else found:
                return
            await asyncio.sleep(pause_s)
