"""One claimed run, carried out: its lease renewed meanwhile, its end written down, whatever that is."""

import asyncio
import datetime as dt
import logging
import os
import platform
import secrets
import time
from functools import partial
from typing import Any

from server.errors import DomainError
from server.jobs.job import Failed, Job, kept, of_run, sentence
from server.metrics import note_job
from server.models import jobs
from server.models.database import committed_only_if, transaction
from server.models.health import UNREACHABLE
from server.models.jobs import JobOutcome, JobRun, Lost
from server.rules.jobs import retry_at
from server.settings import Settings
from server.viewer import Viewer, system_viewer
from server.words import Words

log = logging.getLogger("luzhi.jobs")
BEATS = 4
"""How often a lease is renewed while it lasts: one word that comes late loses nothing yet."""


def new_holder() -> str:
    """By what a claim is known: machine and process, for whoever looks, and a number that no other claim has."""
    return f"{platform.node()[:100]}/{os.getpid()}/{secrets.token_hex(8)}"


async def carry_out(job: Job, run: JobRun, settings: Settings, *, lease: dt.timedelta, name: str = "") -> JobOutcome:
    """Do it. Returns what became of it, which is written down; LOST where the run is another process's now.

    name: who does it, for the audit trail. Cancelled, it stops the job and leaves the run to others.
    """
    viewer = system_viewer(settings.timezone, name or f"job {job.name}", run.started_at)
    began = time.perf_counter()
    with of_run(settings):
        work = asyncio.create_task(_whole(job, run, viewer) if job.whole else _fenced(job, run, viewer, lease))
    try:
        outcome = await _watched(job, run, viewer, work, lease)
    except asyncio.CancelledError:
        await _stop(work)
        await (_left(run) if work.cancelled() else _written(job, run, viewer, work))
        raise
    note_job(job.name, time.perf_counter() - began, failed=outcome is not JobOutcome.DONE)
    return outcome


async def _watched(job: Job, run: JobRun, viewer: Viewer, work: asyncio.Task[Words], lease: dt.timedelta) -> JobOutcome:
    """What became of it. What is whole need not be stopped where it is lost: it cannot commit."""
    keeping = asyncio.create_task(_kept(run, lease))
    try:
        await asyncio.wait({work} if job.whole else {work, keeping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await _stop(keeping)
    if work.done():
        return await _written(job, run, viewer, work)
    log.warning("job %s is another process's now, and was stopped here", job.name)
    await _stop(work)
    return JobOutcome.LOST


async def _whole(job: Job, run: JobRun, viewer: Viewer) -> Words:
    """In one transaction with the note that it was done."""
    async with transaction():
        said = sentence(await job.run(viewer))
        await jobs.end(run, JobOutcome.DONE, said=kept(said))
    return said


async def _fenced(job: Job, run: JobRun, viewer: Viewer, lease: dt.timedelta) -> Words:
    """None of its transactions is committed once the run is another process's."""
    with committed_only_if(partial(jobs.renew, run, lease)):
        return sentence(await job.run(viewer))


async def _kept(run: JobRun, lease: dt.timedelta) -> None:
    """Says again and again that this process lives. Returns once the run is lost, or may be, since nobody heard it."""
    heard = time.monotonic()
    while time.monotonic() - heard < lease.total_seconds():
        await asyncio.sleep(lease.total_seconds() / BEATS)
        try:
            await jobs.renew(run, lease)
        except Lost:
            return
        except UNREACHABLE as error:
            log.warning("the lease of job %s cannot be renewed, trying again: %s", run.job, error)
        else:
            heard = time.monotonic()


async def _written(job: Job, run: JobRun, viewer: Viewer, work: asyncio.Task[Words]) -> JobOutcome:
    """Writes down how it ended."""
    try:
        return await _ended(job, run, viewer, work)
    except Lost:
        log.warning("job %s is another process's now; what it did here was undone", job.name)
        return JobOutcome.LOST


async def _ended(job: Job, run: JobRun, viewer: Viewer, work: asyncio.Task[Words]) -> JobOutcome:
    error = asyncio.CancelledError() if work.cancelled() else work.exception()
    if error is None:
        if not job.whole:
            await jobs.end(run, JobOutcome.DONE, said=kept(work.result()))
        return JobOutcome.DONE
    if isinstance(error, Lost):
        raise error
    _log(job, viewer, error)
    helps = not isinstance(error, Failed) or error.again
    again = retry_at(run.tries, await jobs.moment()) if helps else None
    await jobs.end(run, JobOutcome.FAILED, said=_why(error), error=viewer.request_id, retry_at=again)
    return JobOutcome.FAILED


def _log(job: Job, viewer: Viewer, error: BaseException) -> None:
    """What people can be told needs no trace."""
    trace = None if isinstance(error, Failed | DomainError) else error
    log.error("job %s failed: %s (request %s)", job.name, error, viewer.request_id, exc_info=trace)


def _why(error: BaseException) -> dict[str, Any] | None:
    """The reason as people can be told it; None for what only the log says."""
    if isinstance(error, Failed):
        return kept(error.words)
    return kept(error.problems[0].message) if isinstance(error, DomainError) else None


async def _left(run: JobRun) -> None:
    try:
        await jobs.give_back(run)
    except Lost:
        log.warning("job %s was stopped; it is another process's already", run.job)
    except UNREACHABLE as error:
        log.warning("job %s was stopped, and is taken up once its lease is over: %s", run.job, error)


async def _stop(task: asyncio.Task[Any]) -> None:
    task.cancel()
    await asyncio.wait({task})
