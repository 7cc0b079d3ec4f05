"""The jobs of one process: what is due and nobody else has is claimed, and carried out beside the requests."""

import asyncio
import datetime as dt
import logging
from collections.abc import Mapping
from contextlib import suppress

from server.backup import damaged_of, last_good, lying_in
from server.jobs.carrying import carry_out, new_holder
from server.jobs.job import Job
from server.jobs.known import JOBS
from server.metrics import note_backups, note_success
from server.models import jobs
from server.models.health import UNREACHABLE
from server.models.jobs import LEASE, JobRun
from server.rules.jobs import Step, next_step
from server.settings import Settings

log = logging.getLogger("luzhi.jobs")
LOOK_S = 15.0
"""How often is looked, where nothing is due before: for what failed, and what others left."""
AT_ONCE = 3
"""Jobs that one process has under way; the others wait, or another process takes them."""
GRACE_S, ORDER_S = 10.0, 5.0
"""How long a job may still take after the process was told to end; and to be stopped, if it does not."""


class Runner:
    """Looks and works from `start` until `close`. lease, look_s: see above; tests have shorter ones."""

    def __init__(
        self,
        settings: Settings,
        known: tuple[Job, ...] = JOBS,
        *,
        lease: dt.timedelta = LEASE,
        look_s: float = LOOK_S,
    ) -> None:
        self.settings = settings
        self.known = {job.name: job for job in known}
        self.lease = lease
        self.look_s = look_s
        self._at_work: dict[str, asyncio.Task[None]] = {}
        self._woken = asyncio.Event()
        self._closing = False
        self._looking: asyncio.Task[None] | None = None

    def start(self) -> None:
        """From now on jobs are run."""
        self._looking = asyncio.create_task(self._look_again_and_again())
        self._looking.add_done_callback(_complain)

    async def close(self, grace_s: float = GRACE_S) -> None:
        """Takes up nothing more. What is under way has time to end; then it is stopped, and left to other processes."""
        self._closing = True
        self._woken.set()
        if self._looking:
            await _end({self._looking}, grace_s)
        await _end(set(self._at_work.values()), grace_s)

    async def _look_again_and_again(self) -> None:
        while not self._closing:
            self._woken.clear()
            await self._look_at_backups()
            wait_s = await self._look()
            with suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._woken.wait()

    async def _look(self) -> float:
        """Takes up what is due. Returns for how many seconds there is nothing to do."""
        try:
            now, newest = await jobs.moment(), await jobs.newest_runs(self.known)
            for name, job in self.known.items():
                note_success(name, newest[name].succeeded_at if name in newest else None)
                if self._may_take(job) and self._is_due(job, newest, now):
                    await self._take_up(job)
        except UNREACHABLE as error:
            log.warning("what is due cannot be seen, looking again soon: %s", error)
            return self.look_s
        due = [job.rhythm.next(now, self.settings.timezone) for job in self.known.values()]
        return min([self.look_s, *((at - now).total_seconds() for at in due)])

    async def _look_at_backups(self) -> None:
        """What cannot be measured is told as no good backup, and keeps no job from its turn."""
        try:
            found = await asyncio.to_thread(lying_in, self.settings.backup_dir)
            note_backups(last_good(found), len(damaged_of(found)))
        except Exception:  # a measurement that fails is logged and told; no job of the house waits for it
            log.exception("the backups cannot be looked at")
            note_backups(None, 0)

    def _may_take(self, job: Job) -> bool:
        return not self._closing and job.name not in self._at_work and len(self._at_work) < AT_ONCE

    def _is_due(self, job: Job, newest: Mapping[str, JobRun], now: dt.datetime) -> bool:
        run = newest.get(job.name)
        return next_step(job.rhythm, run.past if run else None, now, self.settings.timezone) is not Step.NOTHING

    async def _take_up(self, job: Job) -> None:
        zone, holder = self.settings.timezone, new_holder()
        run = await jobs.claim(job.name, job.rhythm, zone, holder=holder, lease=self.lease)
        if run:
            self._at_work[job.name] = asyncio.create_task(self._carry_out(job, run))

    async def _carry_out(self, job: Job, run: JobRun) -> None:
        try:
            await carry_out(job, run, self.settings, lease=self.lease)
        except UNREACHABLE as error:
            log.warning("the end of job %s could not be written down; it is run again: %s", job.name, error)
        finally:
            del self._at_work[job.name]
            self._woken.set()


async def _end(tasks: set[asyncio.Task[None]], grace_s: float) -> None:
    """They have time to end; then they are cancelled, and have some to put things in order."""
    late = (await asyncio.wait(tasks, timeout=grace_s))[1] if tasks else set()
    for task in late:
        task.cancel()
    if late:
        await asyncio.wait(late, timeout=ORDER_S)


def _complain(looking: asyncio.Task[None]) -> None:
    """A mistake of ours ends the looking, which nobody waits for."""
    if not looking.cancelled() and (error := looking.exception()):
        log.critical("this process runs no jobs any more", exc_info=error)
