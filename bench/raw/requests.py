"""What the limit reads of a request: no more than its statement takes."""

import base64
import datetime as dt
import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

FOLDER = Path(__file__).parent
ZONE = ZoneInfo("Asia/Shanghai")
FIRST = "00000000-0000-0000-0000-000000000000"
"""Comes before every key."""
ROOMS = {"Q4": "documents", "Q5": "documents", "Q6": "activities"}
"""Operations of other rooms than the register."""
BEFORE_ALL = {"Q4": "infinity", "Q6": "-infinity"}
"""Of documents the newest comes first."""


@lru_cache
def statement(dialect: str, operation: str) -> str:
    """The whole statement of Q1, Q2 ..."""
    folder = FOLDER / dialect
    asker = (folder / "asker.sql").read_text("utf-8").replace("ROOM", ROOMS.get(operation, "members"))
    return asker + (folder / f"{operation.lower()}.sql").read_text("utf-8")


def values(authorization: bytes, body: bytes) -> tuple[str, list[Any]]:
    """The operation's name, and the parameters of its statement: token hash, day, then the key or the place."""
    asked = json.loads(body)
    given = asked["variables"]
    token = hashlib.sha256(authorization[len(b"Bearer ") :]).hexdigest()
    name = asked["operationName"]
    if name == "Q5":
        what = [given["session"], given["page"]]
    else:
        what = [given["id"][len("mem_") :]] if "id" in given else place(given.get("after"), name)
    return name, [token, dt.datetime.now(ZONE).date(), *what]


def place(cursor: str | None, operation: str) -> list[str]:
    """The two values in a cursor; before all of them where there is none."""
    first = [BEFORE_ALL.get(operation, ""), FIRST]
    return json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))) if cursor else first


async def whole(receive: Any) -> bytes:
    """The body of a request."""
    message = await receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body"):
        message = await receive()
        body += message.get("body", b"")
    return body


def authorization(scope: Any) -> bytes:
    """What stands in that header."""
    return next((value for name, value in scope["headers"] if name == b"authorization"), b"")


async def answer(send: Any, body: bytes) -> None:
    """The JSON of a statement, or 401 where it has none."""
    status = 200 if body else 401
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def living(receive: Any, send: Any, begin: Any, end: Any) -> None:
    """ASGI's lifespan."""
    await receive()
    await begin()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await end()
    await send({"type": "lifespan.shutdown.complete"})
