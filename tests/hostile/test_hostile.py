"""The running product, asked by someone who means harm: each request is answered or refused, and others are served."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from server.schema.codes import CODES
from tests.browser import product
from tests.hostile.requests import Hostile, every, widest

PATIENCE_S = 1.0
"""Of the server's processor, for one request: what a clock shows on an idle machine."""
GROWTH = 150 * 2**20
PROBE_S = 0.1
UNLIMITED = {"LUZHI_RATE_TOKEN": "999999999", "LUZHI_RATE_VISITOR": "999999999"}
"""Else most would be refused for coming so fast."""
CALLERS = ("secretary", "admin", "custodian")
"""Between them they may read everything."""


@dataclass
class Server:
    """The running product."""

    address: str
    process: int
    database: str
    tokens: list[str]
    log: Path
    began: int

    def said(self) -> str:
        """What its log says since it was ready."""
        return self.log.read_text()[self.began :]

    def seconds(self) -> float:
        """Of the processor, so far, in the database too."""
        return sum(map(seconds, [self.process, *self.backends()]))

    def backends(self) -> list[int]:
        """Processes of PostgreSQL that work for it."""
        return [int(place.parent.name) for place in Path("/proc").glob("[0-9]*/cmdline") if self._works(place)]

    def _works(self, command: Path) -> bool:
        name = self.database.rpartition("/")[2].partition("?")[0]
        try:
            return command.read_bytes().startswith(b"postgres:") and name.encode() in command.read_bytes()
        except (FileNotFoundError, ProcessLookupError):  # it has just ended
            return False

    def memory(self) -> int:
        """In bytes, now."""
        return int(Path(f"/proc/{self.process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def seconds(process: int) -> float:
    """Of the processor, of one process so far; none where it has just ended."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    with product.running(folder, **UNLIMITED) as address:
        process = int((folder / "server.pid").read_text())
        tokens, log = [product.token(folder, name, "all:write") for name in CALLERS], folder / "server.log"
        yield Server(address, process, product.database(folder), tokens, log, len(log.read_text()))


@dataclass
class Probe:
    """Someone else, who asks all the time."""

    answered: list[int] = field(default_factory=list)

    @contextmanager
    def asking(self, server: Server) -> Iterator[None]:
        over = threading.Event()

        def ask() -> None:
            with httpx.Client(base_url=server.address, timeout=30) as client:
                while not over.wait(PROBE_S):
                    self.answered.append(client.post("/graphql", json={"query": "{ __typename }"}).status_code)

        thread = threading.Thread(target=ask)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


def test_there_are_many_and_no_two_are_the_same() -> None:
    requests = every()

    assert len({(one.sent, str(one.headers)) for one in requests}) == len(requests) >= 80


def test_each_is_answered_or_refused_and_hurts_nobody(server: Server) -> None:
    probe, wrong = Probe(), {}
    callers = [{}, *({"Authorization": f"Bearer {token}"} for token in server.tokens)]
    with probe.asking(server), httpx.Client(base_url=server.address, timeout=60) as client:
        for caller in callers:
            client.post("/graphql", json={"query": "{ viewer { name } }"}, headers=caller)
        before = server.memory()
        for place, caller in enumerate(callers):
            client.headers = httpx.Headers(caller)
            for one in every() if place < 2 else widest():
                if fault := hurt(server, client, one):
                    wrong[one.name, place] = fault
        grown = server.memory() - before

    assert wrong == {}
    assert grown < GROWTH
    assert set(probe.answered) == {200}
    assert len(probe.answered) > 10
    assert server.said() == ""


def hurt(server: Server, client: httpx.Client, one: Hostile) -> tuple[object, ...]:
    """What is wrong with how a request was answered."""
    began = server.seconds()
    answer = client.post("/graphql", content=one.sent, headers=one.headers)
    took = server.seconds() - began
    codes = {error["extensions"]["code"] for error in answer.json().get("errors", [])}
    good = took <= PATIENCE_S and answer.status_code < 500 and codes <= CODES.keys() - {"INTERNAL"}
    return () if good else (took, answer.status_code, codes)
