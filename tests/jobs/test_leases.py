"""Who holds a run, and what becomes of it where its process ends, is slow, or does not reach the database."""

import asyncio
import datetime as dt
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from server.errors import Conflict
from server.jobs.job import Failed, Job
from server.jobs.runner import Runner
from server.models import audit
from server.models.audit import AuditEntry
from server.models.database import connection, is_postgres, transaction
from server.models.jobs import JobOutcome, JobRun, Lost, claim, claim_now, give_back, moment, renew
from server.rules.jobs import Rhythm
from server.settings import Settings
from server.viewer import Viewer
from server.words import Words, say
from tests.jobs.conftest import Started
from tests.jobs.doing import DAY, PATIENCE_S, Held, ended, job

MINUTE = dt.timedelta(minutes=1)
DAILY = Rhythm(every=DAY)
NOBODY = say("Nobody is there.")


async def fine(viewer: Viewer) -> Words:
    return say("{count} sessions removed.", count=3)


async def test_what_is_not_done_in_time_when_the_process_ends_is_stopped_and_left_to_others(started: Started) -> None:
    begun = asyncio.Event()

    async def hang(viewer: Viewer) -> str:
        async with transaction():
            await audit.record(viewer, "test.half", "", {})
            begun.set()
            await asyncio.Event().wait()
        return ""

    first = started(job(hang))
    await begun.wait()
    await first.close(0.05)
    left = await JobRun.get()
    started(job(fine))
    run = await ended(outcome=JobOutcome.DONE)

    assert (left.outcome, left.tries, left.retry_at) == (JobOutcome.STOPPED, 0, left.ended_at)
    assert (run.id, run.tries) == (left.id, 1)
    assert await AuditEntry.all().count() == 0


async def test_a_lease_is_renewed_as_long_as_the_job_takes(started: Started, settings: Settings) -> None:
    held, lease = Held(), dt.timedelta(seconds=0.2)
    started(job(held), lease=lease)
    run = await ended(outcome=JobOutcome.RUNNING)
    renewed = await ended(leased_until__gt=run.leased_until + 2 * lease)
    nobody = await claim("job", DAILY, settings.timezone, holder="other", lease=lease)
    held.go.set()

    assert nobody is None
    assert (await ended(outcome=JobOutcome.DONE)).holder == renewed.holder == run.holder


async def test_what_was_begun_before_another_took_over_is_undone(
    started: Started, caplog: pytest.LogCaptureFixture
) -> None:
    held = Held()

    async def late(viewer: Viewer) -> str:
        await held(viewer)
        async with transaction():
            await audit.record(viewer, "test.late", "", {})
        return "too late"

    runner = started(job(late))
    await held.begun.wait()
    await JobRun.all().update(holder="another")
    held.go.set()
    await runner.close()

    run = await JobRun.get()
    assert (run.outcome, run.holder, run.said) == (JobOutcome.RUNNING, "another", None)
    assert await AuditEntry.all().count() == 0
    assert "another process's now" in caplog.text


async def test_who_hears_that_another_took_over_stops(started: Started, caplog: pytest.LogCaptureFixture) -> None:
    begun, stopped = asyncio.Event(), asyncio.Event()

    async def hang(viewer: Viewer) -> str:
        try:
            begun.set()
            await asyncio.Event().wait()
        finally:
            stopped.set()
        return ""

    runner = started(job(hang), lease=dt.timedelta(seconds=0.2))
    await begun.wait()
    await JobRun.all().update(holder="another", leased_until=(await moment()) + DAY)
    await stopped.wait()
    await runner.close()

    assert (await JobRun.get()).holder == "another"
    assert "was stopped here" in caplog.text


async def test_a_whole_job_and_the_note_that_it_was_done_are_one(started: Started) -> None:
    async def half(viewer: Viewer) -> str:
        await audit.record(viewer, "test.half", "", {})
        raise Failed(NOBODY)

    async def lose(viewer: Viewer) -> str:
        await audit.record(viewer, "test.lost", "", {})
        await JobRun.filter(job="lost").update(holder="another")
        return "too late"

    started(job(half, "half", whole=True), job(lose, "lost", whole=True))
    await ended(job="half", outcome=JobOutcome.FAILED)
    lost = await ended(job="lost", outcome=JobOutcome.RUNNING)

    assert lost.holder != "another"
    assert await AuditEntry.all().count() == 0


async def test_a_whole_job_is_done_with_the_note_of_it(started: Started) -> None:
    async def leave(viewer: Viewer) -> str:
        await audit.record(viewer, "test.whole", "", {})
        return "It rained."

    started(job(leave, whole=True))
    run = await ended(outcome=JobOutcome.DONE)

    assert (run.said, run.succeeded_at) == ({"text": "{said}", "facts": {"said": "It rained."}}, run.ended_at)
    assert (await AuditEntry.get()).actor == "job job"


async def test_who_comes_while_another_claims_gets_nothing(settings: Settings, db: str) -> None:
    inside, go = asyncio.Event(), asyncio.Event()

    async def slow() -> JobRun:
        async with transaction():
            run = await claim("job", DAILY, settings.timezone, holder="first", lease=MINUTE)
            inside.set()
            if is_postgres():  # on SQLite, which has one writer, the other waits
                await go.wait()
            return run

    first = asyncio.create_task(slow())
    await inside.wait()
    second = await claim("job", DAILY, settings.timezone, holder="second", lease=MINUTE)
    with pytest.raises(Conflict, match="The job job is running"):
        await claim_now("job", holder="third", lease=MINUTE)
    go.set()

    assert (second, (await first).holder) == (None, "first")
    assert await JobRun.all().count() == 1


@asynccontextmanager
async def out_of_reach() -> AsyncIterator[None]:
    """Within, nothing can be asked of the runs, as if the database were away."""
    await connection().execute_query("ALTER TABLE job_run RENAME TO away")
    yield
    await connection().execute_query("ALTER TABLE away RENAME TO job_run")


async def logged(caplog: pytest.LogCaptureFixture, words: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while words not in caplog.text:
        assert time.monotonic() < end, caplog.text
        await asyncio.sleep(0.01)


async def test_a_database_that_does_not_answer_is_asked_again(
    started: Started, caplog: pytest.LogCaptureFixture
) -> None:
    async with out_of_reach():
        started(job(fine))
        await logged(caplog, "what is due cannot be seen, looking again soon")

    assert (await ended(outcome=JobOutcome.DONE)).tries == 1


async def test_a_lease_that_cannot_be_renewed_for_a_moment_is_not_lost(
    started: Started, caplog: pytest.LogCaptureFixture
) -> None:
    held = Held()
    started(job(held), lease=dt.timedelta(seconds=4))
    await held.begun.wait()
    async with out_of_reach():
        await logged(caplog, "the lease of job job cannot be renewed, trying again")
    held.go.set()

    assert (await ended(outcome=JobOutcome.DONE)).tries == 1


async def test_one_that_cannot_be_renewed_at_all_is_stopped_since_another_may_have_it(
    started: Started, caplog: pytest.LogCaptureFixture
) -> None:
    begun = asyncio.Event()

    async def hang_once(viewer: Viewer) -> str:
        if not begun.is_set():
            begun.set()
            await asyncio.Event().wait()
        return "again"

    started(job(hang_once), lease=dt.timedelta(seconds=0.4))
    await begun.wait()
    async with out_of_reach():
        await logged(caplog, "was stopped here")

    assert (await ended(outcome=JobOutcome.DONE)).tries == 2


async def test_an_end_that_cannot_be_written_down_is_run_again(
    started: Started, caplog: pytest.LogCaptureFixture
) -> None:
    held = Held()
    started(job(held), lease=dt.timedelta(seconds=2))
    await held.begun.wait()
    async with out_of_reach():
        held.go.set()
        await logged(caplog, "the end of job job could not be written down")

    assert (await ended(outcome=JobOutcome.DONE)).tries == 2


async def test_one_stopped_while_the_database_is_away_is_taken_up_when_its_lease_is_over(
    started: Started, caplog: pytest.LogCaptureFixture
) -> None:
    begun = asyncio.Event()

    async def hang(viewer: Viewer) -> str:
        begun.set()
        await asyncio.Event().wait()
        return ""

    first = started(job(hang), lease=dt.timedelta(seconds=1))
    await begun.wait()
    async with out_of_reach():
        await first.close(0.01)
    started(job(fine))

    assert "job job was stopped, and is taken up once its lease is over" in caplog.text
    assert (await ended(outcome=JobOutcome.DONE)).tries == 2


async def test_a_mistake_that_ends_the_looking_is_in_the_log(
    started: Started, caplog: pytest.LogCaptureFixture
) -> None:
    started(Job("never", say("done"), fine, every=dt.timedelta.max))

    await logged(caplog, "this process runs no jobs any more")

    assert [record.levelname for record in caplog.records if record.name == "luzhi.jobs"] == ["CRITICAL"]


async def test_backups_that_cannot_be_looked_at_keep_no_job_from_its_turn(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    runner = Runner(replace(settings, backup_dir=Path("no\0folder")), (job(fine),), look_s=0.02)
    runner.start()

    await ended(outcome=JobOutcome.DONE)
    await logged(caplog, "the backups cannot be looked at")
    await runner.close()

    assert "runs no jobs any more" not in caplog.text


async def test_one_stopped_that_is_another_process_s_already_is_left_alone(
    started: Started, caplog: pytest.LogCaptureFixture
) -> None:
    begun = asyncio.Event()

    async def hang(viewer: Viewer) -> str:
        begun.set()
        await asyncio.Event().wait()
        return ""

    runner = started(job(hang))
    await begun.wait()
    await JobRun.all().update(holder="another")
    await runner.close(0)

    assert "job job was stopped; it is another process's already" in caplog.text
    assert (await JobRun.get()).outcome is JobOutcome.RUNNING


async def test_only_who_holds_a_run_can_say_anything_of_it(settings: Settings, db: str) -> None:
    run = await claim("job", DAILY, settings.timezone, holder="first", lease=-MINUTE)
    taken = await claim("job", DAILY, settings.timezone, holder="second", lease=MINUTE)

    assert (taken.id, taken.holder, taken.tries) == (run.id, "second", 2)
    for say_so in (renew(run, MINUTE), give_back(run)):
        with pytest.raises(Lost):
            await say_so
    await renew(taken, 2 * MINUTE)
    assert (await JobRun.get()).leased_until > taken.leased_until


async def test_one_that_is_lost_makes_room_for_the_next(settings: Settings, db: str) -> None:
    run = await claim("job", DAILY, settings.timezone, holder="first", lease=-MINUTE)
    await JobRun.filter(id=run.id).update(due_at=run.due_at - DAY)

    following = await claim("job", DAILY, settings.timezone, holder="second", lease=MINUTE)

    before = await JobRun.get(id=run.id)
    assert (before.outcome, before.newest, following.tries) == (JobOutcome.LOST, False, 1)
    with pytest.raises(Lost):
        await renew(before, MINUTE)


async def test_by_hand_it_is_run_at_any_time_but_not_twice_at_once(settings: Settings, db: str) -> None:
    run = await claim_now("job", holder="first", lease=MINUTE)

    with pytest.raises(Conflict, match="The job job is running"):
        await claim_now("job", holder="second", lease=MINUTE)
    await JobRun.filter(id=run.id).update(outcome=JobOutcome.DONE, ended_at=run.started_at)
    assert (await claim_now("job", holder="second", lease=MINUTE)).id != run.id
    assert await claim("job", DAILY, settings.timezone, holder="third", lease=MINUTE) is None
