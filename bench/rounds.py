"""Rounds of load: the servers in turn, and in the other order in the next round, so that all get the same noise."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.figures import Load, Sample, read
from bench.machine import processor_ms
from bench.servers import Server

CONNECTIONS = 16
FEW, LONGER = 6 * CONNECTIONS, 4
"""Runs with fewer answers than that say little: they last so many times as long."""
SCRIPT = Path(__file__).parent / "load.lua"


class Wrong(Exception):
    """A server gave answers that were none; the words say which."""


def measure(
    servers: Sequence[Server], bodies: Mapping[str, Path], token: str, *, database: int, seconds: int, rounds: int
) -> dict[str, list[Sample]]:
    """The runs of each server. database: the process of the database, 0 for none. Each is warmed up first."""
    found: dict[str, list[Sample]] = {server.name: [] for server in servers}
    lasting = {server.name: _lasting(load(server, bodies[server.name], token, seconds), seconds) for server in servers}
    for number in range(rounds):
        for server in servers if number % 2 == 0 else reversed(servers):
            one = _sample(server, bodies[server.name], token, database, lasting[server.name])
            found[server.name].append(one)
    return found


def _lasting(first: Load, seconds: int) -> int:
    """How long each run of a server lasts: longer where answers are few."""
    return seconds if first.answers >= FEW else seconds * LONGER


def _sample(server: Server, bodies: Path, token: str, database: int, seconds: int) -> Sample:
    before = processor_ms(server.pid), processor_ms(database) if database else 0.0
    done = load(server, bodies, token, seconds)
    if not done.answers:
        raise Wrong(f"{server.name} gave no answer in {seconds} s")
    after = processor_ms(server.pid), processor_ms(database) if database else 0.0
    return Sample(done, *((end - start) / done.answers for start, end in zip(before, after, strict=True)))


def load(server: Server, bodies: Path, token: str, seconds: int) -> Load:
    """One run of wrk. Raises Wrong where an answer was none."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "30s", "-s", str(SCRIPT)]
    done = subprocess.run(
        [*command, f"http://127.0.0.1:{server.port}"],
        env={**os.environ, "BODIES": str(bodies), "TOKEN": token},
        capture_output=True,
        text=True,
        check=True,
        timeout=seconds + 60,
    )
    found = read(done.stdout)
    if found.wrong:
        raise Wrong(f"{server.name} gave {found.wrong} wrong answers: {done.stderr[-500:]}")
    return found
