"""The press: each sheet is printed by a process of its own, bounded in memory, time and number."""

import asyncio
import contextlib
import datetime as dt
import logging
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from server.paper.sheets import Foot, Sheet
from server.words import Words, say

log = logging.getLogger("luzhi.paper")
CHILD = Path(__file__).with_name("child.py")
MOST_BYTES = 64_000_000
"""Of one PDF."""
ENVIRONMENT = {"RAYON_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1", "LANG": "C.UTF-8"}
"""All that it gets: one processor, and nothing of ours."""
NO_ENGINE = "NO_ENGINE"
TOO_LONG = say("It would take too long. Ask for less at a time.")
WRONG = say("Something went wrong. Tell the general office the number below.")
Prints = Callable[[Sheet], Awaitable[bytes]]
"""Makes the PDF of a sheet. Raises NotPrinted where that takes more than it may, or cannot be done."""


class NotPrinted(Exception):
    """It came to nothing. why: in words for people; detail: for the log."""

    def __init__(self, why: Words, detail: str = "") -> None:
        super().__init__(detail or str(why))
        self.why = why


class Busy(Exception):
    """So many wait already that one more would not be served in time."""


@dataclass
class Press:
    """One of each process. at_once: sheets under the press; waiting: those that may wait besides."""

    memory: int = 1 << 30
    seconds: int = 60
    at_once: int = 1
    waiting: int = 8

    def __post_init__(self) -> None:
        self._places = asyncio.Semaphore(self.at_once)
        self._here = 0

    async def printed(self, sheet: Sheet) -> bytes:
        """The PDF. Raises Busy, and NotPrinted as the press does."""
        async with self.turn() as prints:
            return await prints(sheet)

    @contextlib.asynccontextmanager
    async def turn(self, within: float | None = None) -> AsyncIterator[Prints]:
        """The press, as soon as it is one's own: for what must not be done before that is sure.

        Raises Busy, also where it takes more than so many seconds until then.
        """
        if self._here >= self.at_once + self.waiting:
            raise Busy
        self._here += 1
        try:
            await self._place(within)
            try:
                yield self._print
            finally:
                self._places.release()
        finally:
            self._here -= 1

    async def _place(self, within: float | None) -> None:
        try:
            async with asyncio.timeout(within):
                await self._places.acquire()
        except TimeoutError:
            raise Busy from None

    async def _print(self, sheet: Sheet) -> bytes:
        child = await self._begun()
        try:
            async with asyncio.timeout(self.seconds):
                pdf, said = await child.communicate(sheet.as_json())
        except TimeoutError:
            raise NotPrinted(TOO_LONG) from None
        finally:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()
        return _whole(child.returncode, pdf, said.decode("utf-8", "replace").strip())

    async def _begun(self) -> asyncio.subprocess.Process:
        try:
            return await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", str(CHILD), str(self.memory), str(self.seconds)),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env=ENVIRONMENT,
            )
        except OSError as error:  # the machine has no room for one more process
            raise NotPrinted(WRONG, str(error)) from error


def _whole(code: int | None, pdf: bytes, said: str) -> bytes:
    if said.startswith(NO_ENGINE):
        raise NotPrinted(say("The package typst is missing on the server. Install what Luzhi needs again."), said)
    if code or not pdf.startswith(b"%PDF-") or len(pdf) > MOST_BYTES:
        raise NotPrinted(_why(code, said), f"exit {code}: {said}")
    if said:
        log.warning("printed, but not as PDF/UA: %s", said.splitlines()[0])
    return pdf


def _why(code: int | None, said: str) -> Words:
    if code == -signal.SIGXCPU:
        return TOO_LONG
    if code == -signal.SIGKILL or "memory" in said.lower():
        return say("It takes more memory than it may. Ask for less at a time.")
    return WRONG


async def fault() -> str:
    """What keeps this machine from printing, and what to do; empty if nothing."""
    page = '<main id="main"><h1>履职</h1></main>'
    sheet = Sheet(page, "zh", "", dt.datetime.now(dt.UTC), Foot("", "", ("", "/", "")))
    try:
        await Press().printed(sheet)
    except NotPrinted as error:
        return f"{error.why} ({error})"
    return ""
