"""`luzhi jobs` as an operator meets it."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from server.cli import luzhi
from server.jobs.known import JOBS
from server.models import audit, database
from server.models.audit import AuditEntry
from server.models.jobs import JobRun
from tests import make
from tests.audit.test_verify_command import tamper

Run = Callable[..., Result]


@pytest.fixture
def run(db_url: str, tmp_path: Path) -> Run:
    env = {"LUZHI_DATABASE_URL": db_url, "LUZHI_DATA_DIR": str(tmp_path)}
    return lambda *words: CliRunner(env=env).invoke(luzhi, words)


@pytest.fixture
def at(db_url: str) -> Callable[[Callable[[], Awaitable[object]]], object]:
    """Done in the database of the test."""

    async def done(work: Callable[[], Awaitable[object]]) -> object:
        await database.connect(db_url)
        try:
            return await work()
        finally:
            await database.close()

    return lambda work: asyncio.run(done(work))


async def broken_trail() -> None:
    for n in range(2):
        await audit.record(make.viewer(name="test"), "term.create", "", {"n": n})
    await tamper()


def test_each_job_is_listed_with_its_last_run(run: Run) -> None:
    first = run("jobs").stdout.splitlines()
    assert [line.split()[0] for line in first] == [job.name for job in JOBS]
    assert all(line.endswith("never ran") for line in first)

    done = run("jobs", "run", "sessions")
    assert (done.stdout, done.stderr, done.exit_code) == ("0 sessions removed.\n", "", 0)

    (listed,) = (line for line in run("jobs").stdout.splitlines() if line.startswith("sessions "))
    assert "every 1 h" in listed
    assert listed.endswith("0 sessions removed.")
    (found,) = (job for job in json.loads(run("jobs", "--json").stdout)["jobs"] if job["name"] == "sessions")
    assert (found["name"], found["outcome"], found["said"]) == ("sessions", "done", "0 sessions removed.")
    assert found["due_at"] == found["started_at"] <= found["ended_at"] == found["succeeded_at"]
    assert found["next"].endswith(":00:00+08:00")


def test_what_fails_says_why_and_ends_with_1(run: Run, at) -> None:
    at(broken_trail)

    done = run("jobs", "run", "trail")

    assert (done.stdout, done.exit_code) == ("", 1)
    assert done.stderr.startswith("Entry 2 of the audit trail does not fit")
    assert "failed" in run("jobs").stdout


def test_it_is_done_in_the_name_of_the_command_line(run: Run, at) -> None:
    async def old_preview() -> None:
        from server.models.imports import ImportRun

        await ImportRun.create(file_name="a.csv", sha256="0", started_at=make.NOW.replace(year=2020))

    at(old_preview)
    assert run("jobs", "run", "previews").stdout.startswith("1 previews discarded")

    assert at(lambda: AuditEntry.get(action="imports.discard")).actor == "command line"


def test_one_that_is_running_is_not_run_beside_it(run: Run, at) -> None:
    run("jobs", "run", "runs")
    at(lambda: JobRun.all().update(outcome="running", leased_until=make.NOW.replace(year=2040)))

    done = run("jobs", "run", "runs")

    assert (done.stderr, done.exit_code) == ("Error: The job runs is running. Try again later.\n", 1)


def test_an_unknown_job_is_wrong_usage(run: Run) -> None:
    done = run("jobs", "run", "coffee")

    assert done.exit_code == 2
    assert "'sessions', 'tries'" in done.stderr
