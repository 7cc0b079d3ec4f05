"""Rounds of load: the servers in turn, and in the other order in the next round, so that all get the same noise."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.figures import Load, Sample, read
from bench.machine import processor_ms
from bench.servers import Server

CONNECTIONS = 16
SCRIPT = Path(__file__).parent / "load.lua"


class Wrong(Exception):
    """A server gave answers that were none; the words say which."""


def measure(
    servers: Sequence[Server], bodies: Mapping[str, Path], token: str, *, database: int, seconds: int, rounds: int
) -> dict[str, list[Sample]]:
    """The runs of each server. database: the process of the database, 0 for none. Each is warmed up first."""
    found: dict[str, list[Sample]] = {server.name: [] for server in servers}
    for server in servers:
        load(server, bodies[server.name], token, seconds)
    for number in range(rounds):
        for server in servers if number % 2 == 0 else reversed(servers):
            found[server.name].append(_sample(server, bodies[server.name], token, database, seconds))
    return found


def _sample(server: Server, bodies: Path, token: str, database: int, seconds: int) -> Sample:
    before = processor_ms(server.pid), processor_ms(database) if database else 0.0
    done = load(server, bodies, token, seconds)
    after = processor_ms(server.pid), processor_ms(database) if database else 0.0
    return Sample(done, *((end - start) / max(done.answers, 1) for start, end in zip(before, after, strict=True)))


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
