"""The limit on PostgreSQL: asyncpg, connections that nobody resets, plans that are kept."""

import asyncio
import os
from typing import Any

import asyncpg

from bench.raw.requests import answer, authorization, living, statement, values, whole

CONNECTIONS = 8
SETTINGS = {"jit": "off", "plan_cache_mode": "force_generic_plan", "random_page_cost": "1.1"}
idle: "asyncio.LifoQueue[asyncpg.Connection]" = asyncio.LifoQueue()


async def app(scope: Any, receive: Any, send: Any) -> None:
    """ASGI: every POST is an operation."""
    if scope["type"] == "lifespan":
        await living(receive, send, begin, end)
        return
    operation, given = values(authorization(scope), await whole(receive))
    connection = await idle.get()
    try:
        found = await connection.fetchval(statement("postgres", operation), *given)
    finally:
        idle.put_nowait(connection)
    await answer(send, (found or "").encode())


async def begin() -> None:
    """Opens the connections."""
    for _ in range(CONNECTIONS):
        idle.put_nowait(await asyncpg.connect(os.environ["BENCH_DATABASE"], server_settings=SETTINGS))


async def end() -> None:
    """Closes them."""
    while not idle.empty():
        await idle.get_nowait().close()
