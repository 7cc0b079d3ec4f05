"""What changed, for those who wait for it: the audit trail is read on as it grows, by one task of each process.

Its entries have serials without a gap, in the order of their commits, so whoever knows the last one misses nothing.
That it grew, PostgreSQL tells every process at the commit; SQLite is asked four times a second. Of an entry no more
than keys is passed on, never content: whoever hears of a thing asks for it again, as itself.
"""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from server.models.audit import QUIET, AuditEntry
from server.models.database import CHANNEL, connection, is_postgres
from server.models.health import UNREACHABLE
from server.models.postgres import PooledClient

log = logging.getLogger("luzhi.models")

ASKED_S, TOLD_S = 0.25, 5.0
"""How often the trail is looked at where nobody tells, and where someone does, should a word get lost."""
AGAIN_S = 1.0
"""How long to wait for a database that does not answer."""
CHUNK = 500
KEY = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
WIDE = frozenset({"imports.apply", "imports.undo", "demo.install"})
"""What changes so much that the entry does not name each thing."""


@dataclass(frozen=True)
class Event:
    """That something was changed. keys: of all things that the entry names. wide: others may have changed, too."""

    serial: int
    keys: frozenset[UUID]
    wide: bool


Listener = Callable[[Event], None]


class Events:
    """Tells listeners of this process what was changed by any process. It reads nothing while nobody listens."""

    def __init__(self) -> None:
        self.last = 0
        self._listeners: set[Listener] = set()
        self._grown = asyncio.Event()
        self._begun = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def heard_by(self, listener: Listener) -> AsyncIterator[None]:
        """Within, the listener is called with everything that is committed from now on. It must not wait."""
        self._listeners.add(listener)
        try:
            if self._task is None:
                self._begun.clear()
                self._task = asyncio.create_task(self._run())
            await self._begun.wait()
            yield
        finally:
            self._listeners.discard(listener)
            if not self._listeners:
                self.close()

    @property
    def reading(self) -> bool:
        """Whether it looks at the trail."""
        return self._task is not None

    def close(self) -> None:
        """Reads no more."""
        if self._task:
            self._task.cancel()
            self._task = None

    async def _run(self) -> None:
        while True:
            try:
                if not self._begun.is_set():
                    newest = await AuditEntry.all().order_by("-serial").limit(1).values_list("serial", flat=True)
                    self.last = cast(int, newest[0]) if newest else 0
                    self._begun.set()
                async with _told(self._grown.set) as told:
                    while told():
                        await self._read_on()
            except UNREACHABLE as error:
                log.warning("what changed cannot be read, trying again: %s", error)
                await asyncio.sleep(AGAIN_S)

    async def _read_on(self) -> None:
        """What is new, until there is a word of more, or none for a while."""
        self._grown.clear()
        while events := await since(self.last):
            for event in events:
                self.last = event.serial
                for listener in list(self._listeners) if event.keys or event.wide else ():
                    listener(event)
        with suppress(TimeoutError):
            async with asyncio.timeout(TOLD_S if is_postgres() else ASKED_S):
                await self._grown.wait()


async def since(last: int) -> list[Event]:
    """What was committed after the entry of that serial, at most a chunk of it. What was only read names no key."""
    rows = AuditEntry.filter(serial__gt=last).order_by("serial").limit(CHUNK)
    return [
        Event(serial, frozenset(_keys(thing, payload or "") if action not in QUIET else ()), action in WIDE)
        for serial, action, thing, payload in await rows.values_list("serial", "action", "object", "payload")
    ]


def _keys(*texts: str) -> Iterator[UUID]:
    return (UUID(key) for text in texts for key in KEY.findall(text))


@asynccontextmanager
async def _told(grown: Callable[[], object]) -> AsyncIterator[Callable[[], bool]]:
    """Within, `grown` is called when another process, or this one, has written. Gives whether that still holds."""
    if is_postgres():
        listening = await cast(PooledClient, connection()).one_more()
        try:
            listening.add_termination_listener(lambda _: grown())
            await listening.add_listener(CHANNEL, lambda *_: grown())
            yield lambda: not listening.is_closed()
        finally:
            listening.terminate()
    else:
        yield lambda: True
