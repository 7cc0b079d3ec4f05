"""A private PostgreSQL for tests and tools: made in a temporary folder, gone when it ends."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

HOW_TO_GET_IT = (
    "PostgreSQL was not found. Install it (Debian: `apt install postgresql`, macOS: `brew install postgresql`) "
    "or name one in TEST_POSTGRES=postgres://user:password@host:port/name, whose user is a superuser."
)
PLACES = (("/usr/lib/postgresql", "*/bin"), ("/opt/homebrew/opt", "postgresql@*/bin"), ("/usr", "pgsql-*/bin"))
OPTIONS = (
    *("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=60", "shared_buffers=64MB"),
    "autovacuum=off",  # it would give rows another place, and so another order, now and then
)


class NoPostgres(Exception):
    """There is no PostgreSQL to be had here. Says how to get one."""


@contextmanager
def cluster(options: Sequence[str] = OPTIONS) -> Iterator[str]:
    """A running server; the URL of its `postgres` database, whose user may do everything.

    TEST_POSTGRES names one that runs already; then nothing is started or stopped. options: of one that is started.
    """
    if given := os.environ.get("TEST_POSTGRES"):
        yield given
        return
    folder = Path(tempfile.mkdtemp(prefix="luzhi-pg-", dir="/tmp"))  # a socket's path has 107 bytes
    try:
        yield from _running(folder, options)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def programs() -> Path:
    """The folder with initdb and pg_ctl: on the PATH, else the newest in the places of the distributions."""
    places = [place for folder, pattern in PLACES for place in Path(folder).glob(pattern)]
    newest = sorted(places, key=lambda p: [int(n) for n in "".join(c if c.isdigit() else " " for c in str(p)).split()])
    on_path = shutil.which("initdb")
    for place in ([Path(on_path).resolve().parent] if on_path else []) + newest[::-1]:
        if (place / "initdb").exists() and (place / "pg_ctl").exists():
            return place
    raise NoPostgres(HOW_TO_GET_IT)


def _running(folder: Path, settings: Sequence[str]) -> Iterator[str]:
    where, port = programs(), _free_port()
    user = _hand_over(folder)
    data = folder / "data"
    _run(user, where / "initdb", "-D", data, "-U", "luzhi", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 " + " ".join(f"-c {o}" for o in settings)
    _run(user, where / "pg_ctl", "-D", data, "-w", "-t", "60", "-l", folder / "log", "-o", options, "start")
    try:
        yield f"postgres://luzhi@127.0.0.1:{port}/postgres"
    finally:
        _run(user, where / "pg_ctl", "-D", data, "-m", "immediate", "stop")


def _hand_over(folder: Path) -> str:
    """PostgreSQL refuses to run as root: then `postgres` or `nobody` owns the folder and runs it."""
    if os.geteuid() != 0:
        return ""
    known = {entry.pw_name for entry in pwd.getpwall()}
    user = "postgres" if "postgres" in known else "nobody"
    shutil.chown(folder, user)
    return user


def _run(user: str, program: Path, *arguments: object) -> None:
    command = [str(program), *map(str, arguments)]
    if user:
        command = ["setpriv", "--reuid", user, "--regid", str(pwd.getpwnam(user).pw_gid), "--clear-groups", *command]
    with tempfile.TemporaryFile("w+") as said:  # a pipe would stay open as long as the server runs
        done = subprocess.run(command, stdout=said, stderr=said, check=False, cwd="/")
        said.seek(0)
        if done.returncode:
            raise NoPostgres(f"{' '.join(command)} failed: {said.read()}\n{HOW_TO_GET_IT}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
