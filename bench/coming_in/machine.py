"""The product as its operator sets it up: a register from a file, an account for the office, and one process."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from bench.servers import NotStarted, Server, free_port, running
from server.models import database

LUZHI = str(Path(sys.executable).parent / "luzhi")
SECTORS = 8


@asynccontextmanager
async def connected(folder: Path) -> AsyncIterator[None]:
    """Within, this process looks into the database, too."""
    await database.connect(_settings(folder)["LUZHI_DATABASE_URL"])
    try:
        yield
    finally:
        await database.close()


def prepare(folder: Path, people: int, office: str, password: str) -> None:
    """So many members with numbers and sectors, none of them with an account; and that of the general office."""
    register = folder / "members.csv"
    lines = [f"张{chr(0x4E00 + n)},{n + 1:04},第{n % SECTORS + 1}界" for n in range(people)]
    register.write_text("\n".join(["姓名,委员证号,界别", *lines]), "utf-8")
    _run(folder, "migrate")
    _run(folder, "import", "people", str(register), "--term", "15")
    _run(folder, "account", "add", office, "--role", "secretary", "--password-stdin", typed=password)


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """One process, with its limits as they come; where it answers."""
    port = free_port()
    command = (LUZHI, "serve", "--port", str(port))
    with running(Server("coming-in", command, _settings(folder), port=port)):
        yield f"http://127.0.0.1:{port}"


def _run(folder: Path, *words: str, typed: str = "") -> None:
    environment = {**os.environ, **_settings(folder)}
    done = subprocess.run([LUZHI, *words], env=environment, input=typed, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotStarted(f"luzhi {words[0]}: {done.stderr}")


def _settings(folder: Path) -> Mapping[str, str]:
    where = {"LUZHI_DATABASE_URL": f"sqlite:///{folder / 'luzhi.db'}", "LUZHI_DATA_DIR": str(folder)}
    return where | {"LUZHI_METRICS_ADDRESS": "off", "LUZHI_LOG": "warning"}
