"""How long a request may take, and that nothing goes on for one whose sender went away.

The task that answers is cancelled, and with it what it waits for in the database (`server/models/sqlite.py`,
`server/models/postgres.py`). Most answers are there before anybody looks, so that watching costs them one timer.
"""

import asyncio
import enum
from collections.abc import Awaitable
from typing import TypeVar

from starlette.types import Message, Receive

LOOK_S = 0.05
"""What takes no longer than that is not watched."""
LONG_S = 300
"""What is known to take long, such as an import, may take that much."""
BODILESS = frozenset({"GET", "HEAD", "OPTIONS"})
KEY = "luzhi.patience"
"""Where it stands in the scope of a request."""


T = TypeVar("T")


class Late(Exception):
    """It would have taken longer than it may."""


async def in_time(seconds: float, doing: Awaitable[T]) -> T:
    """What comes of it; else it is stopped, in the database, too. Raises Late."""
    limit = asyncio.timeout(seconds)
    try:
        async with limit:
            return await doing
    except TimeoutError as error:
        if limit.expired():
            raise Late from error
        raise


class Over(enum.Enum):
    """Why a request was given up."""

    LATE = "late"
    GONE = "gone"


class Patience:
    """Watches one request from now on, in the task that answers it; its time begins when all of it has come."""

    def __init__(self, receive: Receive, method: str, seconds: float) -> None:
        """receive: what the server offers; whoever answers asks `self.receive` instead."""
        self._receive, self._seconds = receive, seconds
        self._came = method in BODILESS
        self._kept: list[Message] = []
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        self._until = self._loop.time() + seconds
        self._timer: asyncio.TimerHandle | None = self._loop.call_later(LOOK_S, self._look)
        self._watcher: asyncio.Task[None] | None = None
        self._limit: asyncio.Timeout | None = None
        self._over: Over | None = None

    async def receive(self) -> Message:
        """The next message of the request."""
        message = self._kept.pop(0) if self._kept else await self._receive()
        if not message.get("more_body", False) and not self._came:
            self._came, self._until = True, self._loop.time() + self._seconds
        return message

    def take_time(self) -> None:
        """What begins now is known to take long."""
        self._until = self._loop.time() + max(LONG_S, self._seconds)
        if self._limit:
            self._limit.reschedule(self._until)

    def end(self) -> None:
        """The answer is there, or on its way: nobody watches any more."""
        for one in (self._timer, self._watcher):
            if one:
                one.cancel()
        self._timer = self._watcher = None

    def given_up(self) -> Over | None:
        """Why this task was cancelled, if that was here; it goes on then, as if nothing had been."""
        self.end()
        if self._over and self._task:
            self._task.uncancel()
        return self._over

    def _look(self) -> None:
        if self._came:
            self._watcher = self._loop.create_task(self._watch())
        else:
            self._timer = self._loop.call_later(LOOK_S, self._look)

    async def _watch(self) -> None:
        """Until the time is over, or nobody is there any more."""
        try:
            async with asyncio.timeout_at(self._until) as self._limit:
                while (message := await self._receive())["type"] != "http.disconnect":
                    self._kept.append(message)
            self._stop(Over.GONE)
        except TimeoutError:
            self._stop(Over.LATE)

    def _stop(self, why: Over) -> None:
        if self._watcher and self._task:
            self._over = why
            self._task.cancel()
