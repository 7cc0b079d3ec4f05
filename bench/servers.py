"""The servers that are compared: each one worker process on loopback, started here and ended here."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote, urlencode

from bench.figures import OURS
from bench.raw.postgres import SETTINGS

ROOT = Path(__file__).parent.parent
OUT = Path(__file__).parent / "out"
PEER = Path(__file__).parent / "postgraphile"
ZONE = "Asia/Shanghai"
START_S = 60
UVICORN = ("-m", "uvicorn", "--no-access-log", "--log-level", "warning", "--no-server-header")


class NotStarted(Exception):
    """A server did not come up; the words say which, and what it wrote."""


@dataclass(frozen=True)
class Server:
    """One that answers at /graphql. dialect: which of the stored operations it understands."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    dialect: str = "ours"
    port: int = 0
    pid: int = 0


def ours(url: str, data_dir: Path, *, drawn: bool = False) -> Server:
    """The product, as an operator starts it. drawn: but for the pictures of pages, see `recording`."""
    port = free_port()
    settings = {
        "LUZHI_DATABASE_URL": url,
        "LUZHI_DATA_DIR": str(data_dir),
        "LUZHI_METRICS_ADDRESS": "off",
        "LUZHI_RATE_TOKEN": "999999999",
        "LUZHI_RATE_SESSION": "999999999",
        "LUZHI_LOG": "warning",
    }
    program = (sys.executable, "-m", "bench.recording") if drawn else (str(Path(sys.executable).parent / "luzhi"),)
    return Server(OURS, (*program, "serve", "--port", str(port)), settings, port=port)


def raw(url: str) -> Server:
    """The limit on PostgreSQL."""
    return _bare("bench.raw.postgres:app", {"BENCH_DATABASE": url})


def bare_sqlite(database: Path, statements: Path) -> Server:
    """The same statements through the bare driver of SQLite."""
    return _bare("bench.raw.sqlite:app", {"BENCH_DATABASE": str(database), "BENCH_STATEMENTS": str(statements)})


def postgraphile(url: str) -> Server:
    """The peer, on its own Node, with the settings of the limit's connections."""
    port = free_port()
    options = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items())
    database = f"{url}?{urlencode({'options': options}, quote_via=quote)}"
    settings = {"NODE_ENV": "production", "GRAPHILE_ENV": "production", "DATABASE_URL": database}
    settings |= {"PORT": str(port), "ZONE": ZONE}
    command = (str(PEER / "node_modules" / ".bin" / "node"), str(PEER / "server.mjs"))
    return Server("postgraphile", command, settings, "postgraphile", port)


def _bare(app: str, environment: Mapping[str, str]) -> Server:
    port = free_port()
    return Server("raw", (sys.executable, *UVICORN, "--port", str(port), app), environment, port=port)


@contextmanager
def running(*servers: Server) -> Iterator[list[Server]]:
    """All of them, started and listening, each with its process; ended in the end. Raises NotStarted."""
    with ExitStack() as stack:
        yield [stack.enter_context(_running(server)) for server in servers]


@contextmanager
def _running(server: Server) -> Iterator[Server]:
    OUT.mkdir(exist_ok=True)
    log = OUT / f"{server.name}.log"
    with log.open("w") as said:
        process = subprocess.Popen(
            server.command, env={**os.environ, **server.environment}, cwd=ROOT, stdout=said, stderr=said
        )
    try:
        _wait(server, process, log)
        yield replace(server, pid=process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(server: Server, process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + START_S
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", server.port)) == 0:
                return
        time.sleep(0.1)
    raise NotStarted(f"{server.name} did not start: {log.read_text('utf-8')[-2000:]}")


def free_port() -> int:
    """A port of loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
