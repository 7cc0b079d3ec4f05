"""The press: each sheet is printed by a process of its own, bounded in memory, time and number."""

import asyncio
import contextlib
import datetime as dt
import logging
import signal
import sys
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
        """The PDF. Raises Busy, and NotPrinted where it takes more than it may."""
        if self._here >= self.at_once + self.waiting:
            raise Busy
        self._here += 1
        try:
            async with self._places:
                return await self._print(sheet.as_json())
        finally:
            self._here -= 1

    async def _print(self, sheet: bytes) -> bytes:
        bounds = [str(self.memory), str(self.seconds)]
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", str(CHILD), *bounds),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=ENVIRONMENT,
        )
        try:
            async with asyncio.timeout(self.seconds):
                pdf, said = await child.communicate(sheet)
        except TimeoutError:
            raise NotPrinted(TOO_LONG) from None
        finally:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()
        return _whole(child.returncode, pdf, said.decode("utf-8", "replace").strip())


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
    return say("Something went wrong. Tell the general office the number below.")


async def fault() -> str:
    """What keeps this machine from printing, and what to do; empty if nothing."""
    page = '<main id="main"><h1>履职</h1></main>'
    sheet = Sheet(page, "zh", "", dt.datetime.now(dt.UTC), Foot("", "", ("", "/", "")))
    try:
        await Press().printed(sheet)
    except NotPrinted as error:
        return f"{error.why} ({error})"
    return ""
