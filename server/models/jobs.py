"""Runs of jobs: whose turn it is, how long their process has to say that it lives, and what came of them.

A job has one run at a time, whichever process it is in. A run is claimed in a transaction that only one process can be
in for a job; its holder renews a lease, and whoever finds a lease that is over takes the run up. See
docs/decisions/jobs.md.
"""

import datetime as dt
import enum
from collections.abc import Iterable
from typing import Any, cast
from zoneinfo import ZoneInfo

from tortoise import fields

from server.errors import Conflict, Problem
from server.models.database import connection, is_postgres, transaction
from server.models.fields import Keyed
from server.models.sweeping import sweep
from server.rules.jobs import Past, Rhythm, Step, next_step
from server.viewer import Viewer
from server.words import say

LEASE = dt.timedelta(seconds=60)
"""After so long without a word of its process a run is taken up by another."""
KEPT = dt.timedelta(days=30)
MOST = 500
"""Runs of one job that went well and are kept: one that is due every few seconds would fill the table."""
JOBS = 0x6C757B
"""The space of PostgreSQL's advisory locks in which claims of one job wait for each other: after that of `tries`."""


class JobOutcome(enum.Enum):
    """What became of a run."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"
    LOST = "lost"


WRONG = (JobOutcome.FAILED, JobOutcome.LOST)
"""Outcomes of which somebody should know."""


class JobRun(Keyed):
    """One run. newest: of its job. holder: the process, and the claim by which it holds the run.

    started_at: of the last try. retry_at: when it is tried again. succeeded_at: when the job last went well, by this
    run or one before. error: the number under which the log says more. said: what was done, as a sentence with facts.
    """

    job = fields.CharField(max_length=60)
    due_at = fields.DatetimeField()
    newest = fields.BooleanField()
    outcome = fields.CharEnumField(JobOutcome, max_length=20)
    tries = fields.IntField()
    holder = fields.CharField(max_length=150)
    leased_until = fields.DatetimeField()
    started_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)
    retry_at = fields.DatetimeField(null=True)
    succeeded_at = fields.DatetimeField(null=True)
    error = fields.CharField(max_length=64, default="")
    said: fields.JSONField[dict[str, Any] | None] = fields.JSONField(null=True)

    class Meta:
        table = "job_run"

    @property
    def past(self) -> Past:
        """What the rule asks of it."""
        running = self.outcome is JobOutcome.RUNNING
        return Past(self.due_at, running, self.leased_until, self.retry_at, self.tries)


class Lost(Exception):
    """The run is another process's now: what this one does for it counts for nothing."""


async def moment() -> dt.datetime:
    """Now, by the clock that all machines share: the database's. On SQLite there is one machine."""
    if not is_postgres():
        return dt.datetime.now(dt.UTC)
    rows = await connection().execute_query_dict("SELECT clock_timestamp() AS now")
    return cast(dt.datetime, rows[0]["now"])


async def newest_runs(names: Iterable[str]) -> dict[str, JobRun]:
    """The newest run of each of these jobs that ever ran."""
    return {run.job: run for run in await JobRun.filter(newest=True, job__in=list(names))}


async def claim(job: str, rhythm: Rhythm, zone: ZoneInfo, *, holder: str, lease: dt.timedelta) -> JobRun | None:
    """The run that is due now, which is the caller's from then on; None where there is none, or another was faster."""
    async with transaction():
        if not await _alone(job):
            return None
        now, last = await moment(), await _last(job)
        match next_step(rhythm, last.past if last else None, now, zone):
            case Step.BEGIN:
                return await _begin(job, rhythm.last(now, zone), last, now, holder=holder, lease=lease)
            case Step.AGAIN if last:
                return await _again(last, now, holder=holder, lease=lease)
            case Step.GIVE_UP if last:
                await JobRun.filter(id=last.id).update(outcome=JobOutcome.LOST, ended_at=now)
        return None


async def claim_now(job: str, *, holder: str, lease: dt.timedelta) -> JobRun:
    """A run that is due at this moment, whatever its rhythm. Raises Conflict where one is under way."""
    async with transaction():
        mine, now, last = await _alone(job), await moment(), await _last(job)
        if not mine or (last and last.outcome is JobOutcome.RUNNING and last.leased_until > now):
            raise Conflict(Problem("JOB_RUNNING", say("The job {name} is running. Try again later.", name=job)))
        return await _begin(job, now, last, now, holder=holder, lease=lease)


async def renew(run: JobRun, lease: dt.timedelta) -> None:
    """Says that its process lives, and still works on it. Raises Lost where it is another's, or was given up."""
    await _note(run, leased_until=await moment() + lease)


async def end(
    run: JobRun,
    outcome: JobOutcome,
    *,
    said: dict[str, Any] | None = None,
    error: str = "",
    retry_at: dt.datetime | None = None,
) -> None:
    """Writes down what became of it. Raises Lost as `renew` does: what it did within the same transaction is undone."""
    now = await moment()
    done: dict[str, Any] = {"succeeded_at": now} if outcome is JobOutcome.DONE else {}
    await _note(run, outcome=outcome, ended_at=now, said=said, error=error, retry_at=retry_at, **done)


async def give_back(run: JobRun) -> None:
    """Leaves it to another process, at once: it was stopped, which is no fault of its own and counts as no try."""
    now = await moment()
    await _note(run, outcome=JobOutcome.STOPPED, ended_at=now, retry_at=now, tries=run.tries - 1)


async def forget_runs(viewer: Viewer) -> int:
    """Delete runs older than 30 days, and of those that went well all but the last 500 of a job. How many.

    The newest of each job stays, however old.
    """
    gone = await sweep(JobRun.filter(newest=False, due_at__lte=viewer.now - KEPT))
    for job in await JobRun.filter(newest=True).values_list("job", flat=True):
        well = JobRun.filter(job=job, newest=False, outcome=JobOutcome.DONE)
        for due_at in await well.order_by("-due_at").offset(MOST).limit(1).values_list("due_at", flat=True):
            gone += await sweep(well.filter(due_at__lte=due_at))
    return gone


async def _note(run: JobRun, **facts: Any) -> None:
    held = JobRun.filter(id=run.id, holder=run.holder, outcome=JobOutcome.RUNNING)
    if not await held.update(**facts):
        raise Lost(run.job)


async def _last(job: str) -> JobRun | None:
    """It stays as it is until the transaction ends: who still holds it waits before it renews or commits."""
    return await JobRun.filter(job=job, newest=True).select_for_update(no_key=True).first()


async def _begin(
    job: str, due_at: dt.datetime, last: JobRun | None, now: dt.datetime, *, holder: str, lease: dt.timedelta
) -> JobRun:
    """A new run. The last one is past, and where nobody wrote down its end, lost."""
    if last:
        lost = {"outcome": JobOutcome.LOST, "ended_at": now} if last.outcome is JobOutcome.RUNNING else {}
        await JobRun.filter(id=last.id).update(newest=False, **lost)
    return await JobRun.create(
        job=job,
        due_at=due_at,
        newest=True,
        outcome=JobOutcome.RUNNING,
        tries=1,
        holder=holder,
        leased_until=now + lease,
        started_at=now,
        succeeded_at=last.succeeded_at if last else None,
    )


async def _again(last: JobRun, now: dt.datetime, *, holder: str, lease: dt.timedelta) -> JobRun:
    facts: dict[str, Any] = {"outcome": JobOutcome.RUNNING, "tries": last.tries + 1, "holder": holder}
    facts |= {"leased_until": now + lease, "started_at": now, "ended_at": None, "retry_at": None}
    await JobRun.filter(id=last.id).update(**facts, error="", said=None)
    return await JobRun.get(id=last.id)


async def _alone(job: str) -> bool:
    """Whether nobody else claims this job now. SQLite has one writer anyway."""
    if not is_postgres():
        return True
    asked = "SELECT pg_try_advisory_xact_lock($1, hashtext($2)) AS mine"
    _, rows = await connection().execute_query(asked, [JOBS, job])
    return bool(rows[0]["mine"])
