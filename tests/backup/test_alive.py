# ruff: noqa: ASYNC110, ASYNC220, ASYNC240  # the test waits for processes, and nobody for the test
"""While others write, and when the process is killed: whole, or not there."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from server import backup
from server.models import database
from server.models.audit import AuditEntry
from server.models.members.tables import Term
from tests import make
from tests.backup.conftest import Bare
from tests.backup.houses import connected, files, restore, system, take
from tests.migrations import catalog
from tests.postgres.house import ask
from tests.test_serving import LUZHI, environment

KINDS = ("sqlite", "postgres")
WRITERS, TIMES = 3, 60
DURING = 5
"""Writes that are answered while the backup reads."""
PATIENCE_S = 60
MANY = 100_000


@pytest.mark.parametrize(("source", "target"), [("sqlite", "postgres"), ("postgres", "sqlite")])
async def test_all_that_was_answered_before_it_began_is_in_it(
    bare_of: Bare, tmp_path: Path, source: str, target: str
) -> None:
    url, path = await bare_of(source, migrated=True), tmp_path / "busy.zip"
    async with connected(url):
        await make.term("count", name_en="0")
        command = [sys.executable, "-m", "tests.writer", url, str(TIMES)]
        writers = [subprocess.Popen(command) for _ in range(WRITERS)]
        while (answered := await counted()) < WRITERS:
            await asyncio.sleep(0.01)
        meanwhile = Meanwhile([sys.executable, "-m", "tests.writer", url, str(DURING)])
        taken = await backup.take(system(), path, files(tmp_path / "one"), meanwhile)
        ended = await counted()
        codes = [await asyncio.to_thread(writer.wait, PATIENCE_S) for writer in writers]
        assert (codes, await counted()) == ([0] * WRITERS, WRITERS * TIMES + DURING)
    async with connected(await bare_of(target)):
        done = await restore(path, tmp_path / "two")
        there, entries = await counted(), await AuditEntry.filter(action="term.change").count()
    assert answered <= there <= ended - DURING
    assert there == entries == taken.manifest.trail.entries  # one moment: what was counted is what was recorded
    assert (done.trail.ok, done.trail.entries) == (True, entries + 1)


@dataclass
class Meanwhile:
    """Between the first two tables of a backup one more writer does all that it has to do."""

    command: list[str]
    done: bool = False

    def __call__(self, _: int, __: int) -> None:
        if not self.done:
            self.done = subprocess.run(self.command, timeout=PATIENCE_S, check=True).returncode == 0


async def counted() -> int:
    return int((await Term.get(code="count")).name_en)


async def crowd(count: int = MANY) -> None:
    """So many rows that it takes a while to read and to write them."""
    key = "lpad(to_hex(i), 8, '0')" if database.is_postgres() else "printf('%08x', i)"
    uuid, now = ("::uuid", "now()") if database.is_postgres() else ("", "'2026-11-22 02:00:00+00:00'")
    await database.connection().execute_query(
        f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) "
        "INSERT INTO sign_in_failure (id, account_name, address_hash, at) "
        f"SELECT ({key} || '-0000-4000-8000-000000000000'){uuid}, 'somebody ' || i, 'a hash of it', {now} FROM n"
    )


async def killed(url: str, folder: Path, words: list[str], ripe: Callable[[], Awaitable[bool]]) -> None:
    """Starts the command, and kills it as soon as the moment is ripe."""
    process = subprocess.Popen([LUZHI, *words], env=environment(url, folder), stdout=subprocess.DEVNULL)
    end = time.monotonic() + PATIENCE_S
    while not await ripe():
        assert process.poll() is None, "it was done before it could be killed"
        assert time.monotonic() < end
        await asyncio.sleep(0.005)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait(PATIENCE_S) == -signal.SIGKILL


def larger(path: Path, size: int) -> Callable[[], Awaitable[bool]]:
    async def ripe() -> bool:
        return path.exists() and path.stat().st_size > size

    return ripe


def copying(server: str, url: str) -> Callable[[], Awaitable[bool]]:
    name = urlsplit(url).path[1:]
    sql = f"SELECT 1 FROM pg_stat_activity WHERE datname = '{name}' AND state = 'active' AND query LIKE 'COPY%sign_in%'"

    async def ripe() -> bool:
        return bool(await ask(server, sql))

    return ripe


@pytest.mark.parametrize("kind", KINDS)
async def test_a_killed_backup_or_restore_leaves_nothing_half(
    bare_of: Bare, postgres: str, tmp_path: Path, kind: str
) -> None:
    url, path = await bare_of(kind, migrated=True), tmp_path / "many.zip"
    async with connected(url):
        await crowd()
    draft = tmp_path / "many.zip.part"

    await killed(url, tmp_path / "one", ["backup", str(path)], larger(draft, 100_000))

    assert (path.exists(), draft.exists()) == (False, True)
    async with connected(url):
        await take(path, tmp_path / "one")
    assert (path.exists(), draft.exists()) == (True, False)

    new = await bare_of(kind)
    file = Path(new.partition("?")[0].removeprefix("sqlite:///"))
    ripe = copying(postgres, new) if kind == "postgres" else larger(file.with_name(f"{file.name}-wal"), 1_000_000)
    await killed(new, tmp_path / "two", ["restore", str(path)], ripe)

    async with connected(new):
        assert await catalog.tables() == []
        done = await restore(path, tmp_path / "two")
        assert {table.table: table.rows for table in done.manifest.tables}["sign_in_failure"] == MANY
        assert len(await catalog.rows("SELECT 1 FROM sign_in_failure")) == MANY


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
async def test_a_hundred_thousand_rows_take_no_more_memory_than_a_few(bare_of: Bare, tmp_path: Path, kind: str) -> None:
    peaks = {}
    for count in (100, 100_000):
        url, path = await bare_of(kind, migrated=True), tmp_path / f"{count}.zip"
        async with connected(url):
            await crowd(count)
        peaks["backup", count] = peak(url, tmp_path / "data", "backup", str(path))
        peaks["restore", count] = peak(await bare_of(kind), tmp_path / "data", "restore", str(path))

    for command in ("backup", "restore"):
        assert peaks[command, 100_000] - peaks[command, 100] < 16_000, peaks


def peak(url: str, folder: Path, *words: str) -> int:
    """The most memory that the command took, in kilobytes."""
    measured = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=sys.stderr); "
    measured += "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    command = [sys.executable, "-c", measured, LUZHI, *words]
    done = subprocess.run(command, env=environment(url, folder), check=True, capture_output=True, text=True)
    return int(done.stdout)
