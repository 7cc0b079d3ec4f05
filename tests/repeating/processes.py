"""Processes of the product over a test's database."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.test_serving import LUZHI, environment, free_port

PATIENCE_S = 60
SECRET = "the same secret for each of the processes"


@contextmanager
def running(
    url: str, folder: Path, *, factory: str = "", **settings: str
) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """The address of its API, and the process. factory: of another application, such as that of `dying.py`."""
    port = free_port()
    serve = [str(LUZHI), "serve", "--port", str(port)]
    other = [sys.executable, "-m", "uvicorn", "--factory", factory, "--port", str(port)]
    given = environment(url, folder, LUZHI_SECRET_KEY=SECRET, LUZHI_LOG="warning") | {"PYTHONPATH": os.getcwd()}
    process = subprocess.Popen(other if factory else serve, env=given | settings, stdout=subprocess.DEVNULL)
    try:
        _reachable(port, process)
        yield f"http://127.0.0.1:{port}/graphql", process
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def _reachable(port: int, process: "subprocess.Popen[bytes]") -> None:
    """Another process cannot tell us when, so we knock again and again."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as door:
            if door.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("The server did not start.")
