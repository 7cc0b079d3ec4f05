"""Jobs in several processes over one database: each run in effect once, whoever is killed, stopped or slow."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

from server.jobs.known import JOBS
from server.models.audit import AuditEntry
from server.models.jobs import JobOutcome, JobRun
from tests.jobs.worker import DID
from tests.test_serving import LUZHI, environment, free_port

PATIENCE_S = 60
ENOUGH = 20
KILLED = 25

Process = subprocess.Popen[bytes]


@contextmanager
def working(url: str, folder: Path, name: str) -> Iterator[Process]:
    """A process that runs that job of `worker.py`; what it logs goes to a file of its own."""
    given = environment(url, folder) | {"PYTHONPATH": os.getcwd()}
    with (folder / f"log-{time.monotonic_ns()}").open("wb") as log:
        command = [sys.executable, "-m", "tests.jobs.worker", str(folder), name]
        process = subprocess.Popen(command, env=given, stderr=log)
        try:
            yield process
        finally:
            process.send_signal(signal.SIGCONT)
            process.terminate()
            process.wait(PATIENCE_S)


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    """Another process cannot tell us when, so we look again and again."""
    end = time.monotonic() + PATIENCE_S
    while not await true():
        assert time.monotonic() < end
        await asyncio.sleep(0.02)


async def effects() -> int:
    return await AuditEntry.filter(action=DID).count()


def is_done(name: str, times: int = 1) -> Callable[[], Awaitable[bool]]:
    async def look() -> bool:
        return await JobRun.filter(job=name, outcome=JobOutcome.DONE).count() >= times

    return look


def has_begun(folder: Path, process: Process) -> Callable[[], Awaitable[bool]]:
    async def look() -> bool:
        return (folder / f"begun-{process.pid}").exists()

    return look


def held_by(run: JobRun) -> int:
    """The number of the process that had it last."""
    return int(run.holder.split("/")[-2])


async def test_of_two_processes_one_does_each_run(db: str, tmp_path: Path) -> None:
    with working(db, tmp_path, "often"), working(db, tmp_path, "often"):
        await until(is_done("often", ENOUGH))

    runs = await JobRun.filter(job="often")
    assert {run.outcome for run in runs} == {JobOutcome.DONE}
    assert {run.tries for run in runs} == {1}
    assert await effects() == len(runs)
    assert [run.newest for run in sorted(runs, key=lambda run: run.due_at)] == [False] * (len(runs) - 1) + [True]


@pytest.mark.parametrize("name", ["before", "within"])
async def test_what_a_killed_process_had_under_way_is_taken_up_by_another(db: str, tmp_path: Path, name: str) -> None:
    with working(db, tmp_path, name) as first:
        await until(has_begun(tmp_path, first))
        first.kill()
        assert first.wait(PATIENCE_S) == -signal.SIGKILL
        if name == "before":
            assert (await JobRun.get()).outcome is JobOutcome.RUNNING

        with working(db, tmp_path, name) as second:
            await until(has_begun(tmp_path, second))
            (tmp_path / "go").touch()
            await until(is_done(name))

    run = await JobRun.get()
    assert (run.outcome, run.tries, held_by(run)) == (JobOutcome.DONE, 2, second.pid)
    assert await effects() == 1


async def test_a_process_that_wakes_after_its_lease_can_do_no_more(db: str, tmp_path: Path) -> None:
    with working(db, tmp_path, "before") as first:
        await until(has_begun(tmp_path, first))
        first.send_signal(signal.SIGSTOP)
        (tmp_path / "go").touch()
        with working(db, tmp_path, "before") as second:
            await until(is_done("before"))
            first.send_signal(signal.SIGCONT)
            await until(logged(tmp_path, "another process's now"))

    run = await JobRun.get()
    assert (run.outcome, run.tries, held_by(run)) == (JobOutcome.DONE, 2, second.pid)
    assert await effects() == 1


def logged(folder: Path, words: str) -> Callable[[], Awaitable[bool]]:
    async def look() -> bool:
        return await asyncio.to_thread(lambda: any(words in log.read_text() for log in folder.glob("log-*")))

    return look


@pytest.mark.long
async def test_however_often_it_is_killed_each_run_is_in_effect_once(db: str, tmp_path: Path) -> None:
    for number in range(1, KILLED + 1):
        with working(db, tmp_path, "each") as process, working(db, tmp_path, "each"):
            await until(is_done("each", number * ENOUGH))
            process.kill()

    runs = await JobRun.filter(job="each")
    assert {run.outcome for run in runs} <= {JobOutcome.DONE, JobOutcome.LOST}
    assert await effects() == sum(run.outcome is JobOutcome.DONE for run in runs)


async def test_what_is_under_way_when_its_process_is_told_to_end_is_finished(db: str, tmp_path: Path) -> None:
    with working(db, tmp_path, "before") as first:
        await until(has_begun(tmp_path, first))
        first.terminate()
        (tmp_path / "go").touch()
        assert first.wait(PATIENCE_S) == 0

    run = await JobRun.get()
    assert (run.outcome, run.tries, await effects()) == (JobOutcome.DONE, 1, 1)


@contextmanager
def serving(url: str, folder: Path, measured: int) -> Iterator[None]:
    """The product in two processes, and its measurements at that port."""
    given = environment(url, folder, LUZHI_METRICS_ADDRESS=f"127.0.0.1:{measured}", LUZHI_LOG="warning")
    serve = [str(LUZHI), "serve", "--workers", "2", "--port", str(free_port())]
    process = subprocess.Popen(serve, env=given, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        assert process.wait(PATIENCE_S) == 0


async def test_the_workers_of_the_product_run_each_of_its_jobs_once_and_tell_prometheus(
    db: str, tmp_path: Path
) -> None:
    told = free_port()
    with serving(db, tmp_path, told):
        await until(_all_done)
        await until(lambda: _counted(told))

    runs = await JobRun.all()
    assert {run.job for run in runs} == {job.name for job in JOBS}
    assert {(run.outcome, run.tries) for run in runs} == {(JobOutcome.DONE, 1)}


async def _all_done() -> bool:
    return await JobRun.filter(newest=True, outcome=JobOutcome.DONE).count() == len(JOBS)


async def _counted(port: int) -> bool:
    """Every job with the time of its last success, its length, and no failure."""
    with await asyncio.to_thread(urlopen, f"http://127.0.0.1:{port}/metrics") as answer:
        lines = answer.read().decode().splitlines()
    found = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    good = float(found.get("luzhi_backup_last_good_timestamp_seconds", 0)), float(found.get("luzhi_backups_damaged", 1))
    return (
        good[0] > time.time() - PATIENCE_S
        and good[1] == 0
        and all(
            float(found.get(f'luzhi_job_last_success_timestamp_seconds{{job="{job.name}"}}', 0))
            > time.time() - PATIENCE_S
            and float(found.get(f'luzhi_job_seconds_count{{job="{job.name}"}}', 0)) >= 1
            and float(found.get(f'luzhi_job_failures_total{{job="{job.name}"}}', 1)) == 0
            for job in JOBS
        )
    )
