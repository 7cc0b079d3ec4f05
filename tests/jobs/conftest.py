"""What the tests of jobs share: settings, and processes' worth of runners that end with the test."""

import datetime as dt
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from server.jobs.job import Job
from server.jobs.runner import Runner
from server.settings import Settings

Started = Callable[..., Runner]


@pytest.fixture
def settings(db: str, tmp_path: Path) -> Settings:
    return Settings.from_environment({"LUZHI_DATABASE_URL": db, "LUZHI_DATA_DIR": str(tmp_path)})


@pytest.fixture
async def started(settings: Settings) -> AsyncIterator[Started]:
    """`started(job, ...)`: a runner of these jobs, at work."""
    runners: list[Runner] = []

    def start(*jobs: Job, lease: dt.timedelta = dt.timedelta(minutes=1)) -> Runner:
        runners.append(Runner(settings, jobs, lease=lease, look_s=0.02))
        runners[-1].start()
        return runners[-1]

    yield start
    for runner in runners:
        await runner.close(0)
