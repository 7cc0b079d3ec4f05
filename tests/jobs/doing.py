"""Jobs of tests, and waiting for what becomes of them."""

import asyncio
import datetime as dt
import time
from collections.abc import Awaitable, Callable

from server.jobs.job import Job
from server.models.jobs import JobRun
from server.viewer import Viewer
from server.words import say

DAY = dt.timedelta(days=1)
PATIENCE_S = 30


def job(run: Callable[[Viewer], Awaitable[object]], name: str = "job", **how: object) -> Job:
    """Due once a day."""
    return Job(name, say("done"), run, every=DAY, **how)


class Held:
    """Work that ends when it may. begun: somebody does it."""

    def __init__(self) -> None:
        self.begun, self.go = asyncio.Event(), asyncio.Event()

    async def __call__(self, viewer: Viewer) -> str:
        self.begun.set()
        await self.go.wait()
        return "in time"


async def ended(**facts: object) -> JobRun:
    """The newest run, once it is as told."""
    end = time.monotonic() + PATIENCE_S
    while not (run := await JobRun.get_or_none(newest=True, **facts)):
        assert time.monotonic() < end, [dict(run) for run in await JobRun.all()]
        await asyncio.sleep(0.01)
    return run
