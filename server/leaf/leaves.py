"""The processes that open files: started when they are needed, one for each file, and ended when they take too long."""

import asyncio
import contextlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from server.words import Words, say

CHILD = Path(__file__).with_name("child.py")
ENVIRONMENT = {"RAYON_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1", "LANG": "C.UTF-8"}
"""All that it gets: one processor, and nothing of ours."""
PATIENCE = 3
"""How many times as long an answer may take on a machine that is busy with others; then the process is ended."""
IDLE_S = 60
"""After which a process that nobody asks is ended."""
MOST_LINE = 4 << 20
"""Bytes of the line with which an answer begins: it may tell the words of five pages."""
MOST_BYTES = 200 << 20
"""Of what comes after it."""
Fetch = Callable[[], Awaitable[IO[bytes]]]
"""Opens a file that can be read from its beginning, on the disk of this machine. Whoever is given it closes it."""
Stamp = Sequence[str]
"""The lines of a watermark."""
WHY: dict[str, Words] = {
    "EMPTY": say("There is nothing in this file."),
    "UNKNOWN": say("Only PDF, PNG, JPEG, plain text and Markdown can be read here. Save it as PDF, and send that."),
    "MISLABELLED": say("This file is not what its name says. Save it anew as what it is, and send that."),
    "BROKEN": say("This file is broken: it cannot be opened. Open it on your computer, save it anew, and send that."),
    "ENCRYPTED": say("This file is protected by a password. Save it without one, and send that."),
    "TOO_MANY_PAGES": say("This file has more than 5,000 pages. Divide it, and send the parts."),
    "TOO_MANY_PIXELS": say("This picture has more than 50 million points. Make it smaller, and send that."),
    "TEXT_TOO_LONG": say("A text may have one megabyte. Save it as PDF, and send that."),
    "TOO_HEAVY": say("This file takes more memory or time to open than it may. Save it anew as a simpler PDF."),
    "NO_SUCH_PAGE": say("There is no such page."),
}
"""By code: why a file cannot be taken, or a page not be shown."""


class Unfit(Exception):
    """It cannot be opened, or not this page. code: one of WHY."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def why(self) -> Words:
        """In words for people."""
        return WHY[self.code]


class Busy(Exception):
    """So many wait already that one more would not be served in time."""


@dataclass(frozen=True)
class Look:
    """What a file is. media: pdf, png, jpeg, text or markdown. texts: of each of its first pages. pdf: of its pages,
    None where it is one itself."""

    media: str
    pages: int
    texts: tuple[str, ...]
    pdf: bytes | None


@dataclass
class Leaves:
    """One of each process. memory: of each file, in bytes. seconds: of a processor, for each answer. kept: how many
    files stay open for a next page."""

    memory: int = 1 << 30
    seconds: int = 15
    at_once: int = 2
    waiting: int = 64
    kept: int = 4
    _open: dict[str, "_Leaf"] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._places = asyncio.Semaphore(self.at_once)
        self._here = 0

    async def look(self, file: IO[bytes], name: str) -> Look:
        """What the file is, which stays open. Raises Unfit, Busy."""
        async with self._turn():
            leaf = self._begun(file)
            try:
                head, body = await asyncio.to_thread(leaf.ask, {"do": "look", "name": name})
            finally:
                leaf.end()
        return Look(head["media"], head["pages"], tuple(head["texts"]), body if head["made"] else None)

    async def picture(self, sha256: str, fetch: Fetch, n: int, *, width: int, stamp: Stamp) -> bytes:
        """Page n, from 1, of the PDF with that hash, as JPEG. Raises Unfit, Busy, and what fetching it raises."""
        return await self._of(sha256, fetch, {"do": "picture", "n": n, "width": width, "stamp": list(stamp)})

    async def words(self, sha256: str, fetch: Fetch, n: int) -> str:
        """What stands on that page. Raises as `picture` does."""
        return (await self._of(sha256, fetch, {"do": "words", "n": n})).decode()

    def close(self) -> None:
        """Ends all processes."""
        for sha256 in list(self._open):
            self._open.pop(sha256).end()

    async def _of(self, sha256: str, fetch: Fetch, asked: dict[str, Any]) -> bytes:
        async with self._turn():
            leaf = await self._opened(sha256, fetch)
            leaf.users += 1
            try:
                return (await asyncio.to_thread(leaf.ask, asked))[1]
            finally:
                leaf.users -= 1
                leaf.used = time.monotonic()
                asyncio.get_running_loop().call_later(IDLE_S + 1, self._tidy)

    @contextlib.asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        if self._here >= self.at_once + self.waiting:
            raise Busy
        self._here += 1
        try:
            async with self._places:
                yield
        finally:
            self._here -= 1

    async def _opened(self, sha256: str, fetch: Fetch) -> "_Leaf":
        """The process that has this file open; another one where that has died."""
        if (leaf := self._living(sha256)) is None:
            with await fetch() as file:
                leaf = self._living(sha256) or self._begun(file)
        self._open[sha256] = leaf
        self._tidy()
        return leaf

    def _living(self, sha256: str) -> "_Leaf | None":
        leaf = self._open.pop(sha256, None)
        if leaf and leaf.dead:
            leaf.end()
            return None
        if leaf:
            self._open[sha256] = leaf  # the last: the one not used for longest goes first
        return leaf

    def _begun(self, file: IO[bytes]) -> "_Leaf":
        number = file.fileno()  # what is small is put on the disk by this
        file.flush()
        file.seek(0)
        return _Leaf(number, self.memory, self.seconds)

    def _tidy(self) -> None:
        """Ends what nobody has asked for a while, and what is too many."""
        free = [key for key, leaf in self._open.items() if not leaf.users]
        late = time.monotonic() - IDLE_S
        many = free[: max(0, len(self._open) - self.kept)]
        for key in {*many, *(key for key in free if self._open[key].used < late)}:
            self._open.pop(key).end()


class _Leaf:
    """A process that has one file open."""

    def __init__(self, number: int, memory: int, seconds: int) -> None:
        """number: of the open file. Raises Unfit where the machine has no room for one more process."""
        self.seconds, self.users, self.used = seconds, 0, time.monotonic()
        self._lock = threading.Lock()
        try:
            self._child = subprocess.Popen(  # noqa: S603  # a file of ours, and three numbers
                [sys.executable, "-I", str(CHILD), str(memory), str(seconds), str(number)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                pass_fds=[number],
                env=ENVIRONMENT,
            )
        except OSError as error:
            raise Unfit("TOO_HEAVY") from error

    @property
    def dead(self) -> bool:
        """Whether it has ended."""
        return self._child.poll() is not None

    def ask(self, asked: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        """One question after the other. Blocks: it is for a thread. Raises Unfit."""
        with self._lock:
            alarm = threading.Timer(self.seconds * PATIENCE, self._child.kill)
            alarm.start()
            try:
                head, body = self._asked(asked)
            finally:
                alarm.cancel()
        if "no" in head:
            raise Unfit(head["no"])
        return head, body

    def _asked(self, asked: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        into, out = self._child.stdin, self._child.stdout
        if into is None or out is None:
            raise RuntimeError("it was started with both")
        try:
            into.write(json.dumps(asked).encode() + b"\n")
            into.flush()
            head = dict(json.loads(out.readline(MOST_LINE)))
            body = out.read(min(int(head["bytes"]), MOST_BYTES))
            if len(body) == head["bytes"]:
                return head, body
        except (OSError, ValueError, TypeError, KeyError):
            pass  # it has died, or what it opened makes it write what it should not
        self._child.kill()
        raise Unfit("TOO_HEAVY")

    def end(self) -> None:
        """Ends it, and waits for that."""
        self._child.kill()
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe:
                with contextlib.suppress(OSError):
                    pipe.close()
        self._child.wait()
