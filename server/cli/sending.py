"""uvicorn's protocol, but who sends or takes too slowly is cut off: open requests cost an attacker nothing."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

SLOWEST_S = 10
"""In that time a request must have come whole, or PORTION more of it, or some of an answer been taken."""
PORTION = 10_000
"""Bytes: at a kilobyte a second the largest file still comes."""


class Brisk(HttpToolsProtocol):
    """One connection. open: whether a request has begun to come and not ended."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.open = True
        self.came = 0
        self.timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Who says nothing at all is slow, too."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Counts what comes."""
        super().data_received(data)
        self.came += len(data)
        if not self.open:
            self._stop()
        elif self.timer is None or self.came >= PORTION:
            self._wait()

    def on_message_begin(self) -> None:
        """A request."""
        self.open = True
        super().on_message_begin()

    def on_message_complete(self) -> None:
        """All of it."""
        self.open = False
        super().on_message_complete()

    def pause_writing(self) -> None:
        """The other side does not take what we send."""
        super().pause_writing()
        self._wait()

    def resume_writing(self) -> None:
        """It does."""
        super().resume_writing()
        self._stop()

    def handle_websocket_upgrade(self) -> None:
        """From here on it is no request any more."""
        self._stop()
        super().handle_websocket_upgrade()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there."""
        self._stop()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._stop()
        self.timer = self.loop.call_later(SLOWEST_S, self._cut)

    def _stop(self) -> None:
        self.came = 0
        if self.timer:
            self.timer.cancel()
            self.timer = None

    def _cut(self) -> None:
        if self.flow.read_paused and not self.flow.write_paused:  # it is us who do not take more yet
            self._wait()
        else:
            self.transport.abort()
