"""The product as an operator starts it: the command line in processes of their own, the demo assembly in SQLite.

Or in another database, where one is named in the product's folder: `over`.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

LUZHI = Path(sys.executable).parent / "luzhi"
PATIENCE_S = 60
DATABASE = "database.url"


@contextmanager
def running(folder: Path, *, port: int = 0, **settings: str) -> Iterator[str]:
    """A server with the demo assembly, everything it keeps in that folder; its address, without a slash at the end.

    port: where it must be one that others know. settings: more of them, by name.
    """
    for command in ("migrate", "demo"):
        luzhi(folder, command)
    with serving(folder, port=port, **settings) as address:
        yield address


@contextmanager
def serving(folder: Path, *, port: int = 0, **settings: str) -> Iterator[str]:
    """A server over what is there, its log in that folder; its address. See `running`."""
    port = port or free_port()
    with (folder / "server.log").open("wb") as log:
        serve = [str(LUZHI), "serve", "--port", str(port)]
        process = subprocess.Popen(serve, env=_environment(folder) | settings, stdout=log, stderr=log)
    (folder / "server.pid").write_text(str(process.pid))
    try:
        _wait(process, f"http://127.0.0.1:{port}", folder / "server.log")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def token(folder: Path, account: str, scope: str = "all:read") -> str:
    """One for that account of the product in that folder; it reads everything unless another scope is given."""
    return luzhi(folder, "token", "issue", "--account", account, "--name", "tests", "--scope", scope).strip()


def luzhi(folder: Path, *words: str) -> str:
    """What the command prints, at work on what is kept in that folder."""
    command = [str(LUZHI), *words]
    return subprocess.run(command, env=_environment(folder), check=True, stdout=subprocess.PIPE, text=True).stdout


def over(folder: Path, url: str) -> None:
    """From now on the product in that folder keeps its data in that database."""
    (folder / DATABASE).write_text(url)


def database(folder: Path) -> str:
    """The URL of the database in which the product in that folder keeps its data."""
    named = folder / DATABASE
    return named.read_text() if named.exists() else f"sqlite:///{folder / 'luzhi.db'}"


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LUZHI_")}
    kept |= {"LUZHI_DATA_DIR": str(folder), "LUZHI_METRICS_ADDRESS": "off", "LUZHI_LOG": "warning"}
    return kept | {"LUZHI_DATABASE_URL": database(folder)}


def _wait(process: "subprocess.Popen[bytes]", address: str, log: Path) -> None:
    """Until it is ready. Another process cannot tell us when, so we ask again and again."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end and process.poll() is None:
        try:
            with urlopen(f"{address}/readyz", timeout=PATIENCE_S):
                return
        except (URLError, ConnectionError):
            time.sleep(0.05)
    raise RuntimeError(f"The server did not start:\n{log.read_text()}")


def free_port() -> int:
    """One that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
