"""The limit on SQLite: the very statements that the product sends, through the bare driver."""

import json
import os
import sqlite3
from functools import cache
from pathlib import Path
from typing import Any

from bench.raw.requests import answer, living, whole
from server.rules.cursors import cursor

STATEMENTS: dict[str, Any] = {}
"""Operation -> its variables as JSON -> the statement and its values."""


@cache
def connection() -> sqlite3.Connection:
    """The database, opened once."""
    found = sqlite3.connect(os.environ["BENCH_DATABASE"])
    found.create_function("luzhi_cursor", -1, cursor, deterministic=True)
    return found


async def app(scope: Any, receive: Any, send: Any) -> None:
    """ASGI: every POST is an operation."""
    if scope["type"] == "lifespan":
        await living(receive, send, begin, end)
        return
    asked = json.loads(await whole(receive))
    statement, values = STATEMENTS[asked["operationName"]][json.dumps(asked["variables"])]
    found = connection().execute(statement, values).fetchone()
    await answer(send, b'{"data":' + found[0] + b"}")


async def begin() -> None:
    """Opens the database, and reads which statements the product sent."""
    connection()
    STATEMENTS.update(_sent())


def _sent() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(os.environ["BENCH_STATEMENTS"]).read_text("utf-8"))
    return found


async def end() -> None:
    """Closes it."""
    connection().close()
