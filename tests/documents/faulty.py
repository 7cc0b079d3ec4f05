"""The product with a fault that the drill has to find. Which one stands in the environment."""

import datetime as dt
import os
import time
from dataclasses import replace
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.app import create as product
from server.models.documents import Document, queries
from server.rules import documents as rules
from server.schema import arriving, happening
from server.schema.asking import Asking
from server.schema.ids import key_of, model_of
from server.schema.rows import READINGS, everyone, one_of

FAULT = "DRILL_FAULT"
KEPT_S = 0.2


def create() -> ASGIApp:
    """For uvicorn."""
    return FAULTS[os.environ[FAULT]]()


def cached() -> ASGIApp:
    """What was answered is answered once more within a fifth of a second."""
    app, kept = product(), dict[Any, tuple[float, list[Message]]]()

    async def caching(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        body = await receive()
        asked = (scope["path"], scope["query_string"], body.get("body"), tuple(scope["headers"]))
        at, answer = kept.get(asked, (0.0, []))
        if time.monotonic() - at > KEPT_S:
            answer = []
            again = [body]

            async def received() -> Message:
                return again.pop() if again else await receive()

            async def noted(message: Message) -> None:
                answer.append(message)

            await app(scope, received, noted)
            kept[asked] = (time.monotonic(), answer)
        for message in answer:
            await send(message)

    return caching


def unguarded() -> ASGIApp:
    """One road leads past the decision: whoever knows the ID of a document is told of it."""
    READINGS[Document] = replace(READINGS[Document], visible=everyone)
    return product()


def elsewhere() -> ASGIApp:
    """The clock is read in the wrong zone."""

    class Clock(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:
            return dt.datetime.now(tz) + dt.timedelta(hours=8)

    arriving.dt = _with(Clock)
    return product()


def _with(clock: type[dt.datetime]) -> Any:
    class Module:
        datetime = clock
        UTC = dt.UTC

    return Module


def allowed_first() -> ASGIApp:
    """A refusal is looked at after the permission that it should beat."""
    queries._not_closed = lambda viewer, act: queries.ALL
    closed = (rules._person_deny, rules._group_deny)
    rules.STEPS = (*(step for step in rules.STEPS if step not in closed), *closed)
    return product()


def told() -> ASGIApp:
    """Of what changed every socket is told that waits for it, whoever may know of it."""

    async def thing(asking: Asking, id: str) -> Any:
        return await one_of(asking, model_of(id).filter(id=key_of(id, model_of(id))))

    happening.thing_of = thing
    return product()


FAULTS = {
    "cached": cached,
    "unguarded": unguarded,
    "elsewhere": elsewhere,
    "allowed_first": allowed_first,
    "told": told,
}
