"""The running product, measured from outside: its processor, its memory, and how long others wait for an answer.

A clock tells little on a busy machine. Linux notes for each thread how long it could have run and was not let
(/proc/PID/task/TID/schedstat); what remains of a wait without that is what the clock shows on an idle machine.
"""

import os
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

SECOND_NS = 10**9
PAUSE_S = 0.05
SOMEONE = {"query": "{ viewer { name } }"}
PROC = Path("/proc")


@dataclass
class Server:
    """The running product. tokens, cookie, known: of who means harm, and what they know of; other: someone else's."""

    address: str
    process: int
    database: str
    tokens: list[str]
    other: str
    cookie: str
    known: Mapping[str, str]
    log: Path
    began: int
    backends: list[int] = field(default_factory=list)
    """Processes of PostgreSQL that work for it, as `look` found them."""

    def said(self) -> str:
        """What its log says since it was ready."""
        return self.log.read_text()[self.began :]

    def seconds(self) -> float:
        """Of the processor, so far, in the database too."""
        return sum(map(_seconds, [self.process, *self.backends]))

    def look(self) -> None:
        """Which processes of PostgreSQL work for it now."""
        if self.database.startswith("postgres"):
            self.backends = [int(place.parent.name) for place in PROC.glob("[0-9]*/cmdline") if self._works(place)]

    def _works(self, command: Path) -> bool:
        name = self.database.rpartition("/")[2].partition("?")[0]
        said = _read(command).encode()
        return said.startswith(b"postgres:") and name.encode() in said

    def memory(self, what: str) -> int:
        """In bytes. what: VmRSS now, VmHWM at most since `forget`."""
        (line,) = (line for line in _read(PROC / str(self.process) / "status").splitlines() if line.startswith(what))
        return int(line.split()[1]) * 1024

    def forget(self) -> int:
        """From now on VmHWM counts anew; what is held now."""
        (PROC / str(self.process) / "clear_refs").write_text("5")
        return self.memory("VmRSS")

    def kept_waiting(self) -> Mapping[int, float]:
        """Thread, or process of PostgreSQL -> the seconds it could have run and was not let; first the main one."""
        threads = (PROC / str(self.process) / "task").iterdir()
        places = [*threads, *(PROC / str(process) for process in self.backends)]
        return {int(place.name): _kept_waiting(place) for place in places}


def _seconds(process: int) -> float:
    """Of the processor, of one process so far; none where it has just ended."""
    fields = _read(PROC / str(process) / "stat").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") if fields else 0


def _kept_waiting(place: Path) -> float:
    fields = _read(place / "schedstat").split()
    return int(fields[1]) / SECOND_NS if fields else 0


def _read(file: Path) -> str:
    """Nothing where the process has just ended."""
    try:
        return file.read_text("utf-8", "replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""


@dataclass(frozen=True)
class Wait:
    """How long someone waited. clock: as it was here. idle: as it would have been with a processor always free."""

    began: float
    clock: float
    idle: float
    status: int


@dataclass
class Probe:
    """Someone else, with a token of their own, who asks again and again."""

    waits: list[Wait] = field(default_factory=list)

    @contextmanager
    def asking(self, server: Server) -> Iterator[None]:
        """Meanwhile."""
        over = threading.Event()

        def ask() -> None:
            headers = {"Authorization": f"Bearer {server.other}"}
            with httpx.Client(base_url=server.address, timeout=60, headers=headers) as client:
                while not over.wait(PAUSE_S):
                    self.waits.append(_waited(server, client))

        thread = threading.Thread(target=ask)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def during(self, began: float, ended: float) -> list[Wait]:
        """Those who waited then."""
        return [wait for wait in self.waits if wait.began < ended and wait.began + wait.clock > began]


def _waited(server: Server, client: httpx.Client) -> Wait:
    here = PROC / "self" / "task" / str(threading.get_native_id())
    before, own, began = server.kept_waiting(), _kept_waiting(here), time.monotonic()
    status = client.post("/graphql", json=SOMEONE).status_code
    clock, own = time.monotonic() - began, _kept_waiting(here) - own
    lost = {one: now - before.get(one, now) for one, now in server.kept_waiting().items()}
    main = lost.pop(server.process, 0)
    return Wait(began, clock, clock - own - main - max(lost.values(), default=0), status)
