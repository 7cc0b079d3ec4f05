"""One process: what is due is run, what was missed once, what fails again and later, what is told to end ends."""

import asyncio
import datetime as dt
import json

import pytest

from server.errors import Invalid, Problem
from server.jobs.job import Failed, Job, kept, settings_of_run, told
from server.models.jobs import JobOutcome, JobRun, claim, moment
from server.rules.jobs import BACK_OFF, MOST_TRIES, Rhythm
from server.settings import Settings
from server.viewer import Viewer
from server.words import Words, say
from tests.jobs.conftest import Started
from tests.jobs.doing import DAY, ended, job

MINUTE = dt.timedelta(minutes=1)
DAILY = Rhythm(every=DAY)
NOBODY = say("Nobody is there.")
MAYBE = dt.timedelta(seconds=20)
"""How much later a test may look at the clock."""


async def fine(viewer: Viewer) -> Words:
    return say("{count} sessions removed.", count=3)


async def test_a_job_that_never_ran_is_run_as_the_system_and_says_what_it_did(
    started: Started, settings: Settings
) -> None:
    seen: list[tuple[Viewer, Settings]] = []

    async def look(viewer: Viewer) -> Words:
        seen.append((viewer, settings_of_run()))
        return await fine(viewer)

    started(job(look, "look"))
    run = await ended(outcome=JobOutcome.DONE)

    ((viewer, known),) = seen
    assert (viewer.name, viewer.signed_in, viewer.account, viewer.now) == ("job look", True, None, run.started_at)
    assert known is settings
    assert (run.job, run.tries, run.error, run.retry_at) == ("look", 1, "", None)
    assert run.due_at == DAILY.last(run.started_at, settings.timezone)
    assert run.due_at <= run.started_at <= run.ended_at == run.succeeded_at
    assert run.said == {"text": "{count} sessions removed.", "facts": {"count": 3}}


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (7, {"text": "{count} done.", "facts": {"count": 7}}),
        ("It rained.", {"text": "{said}", "facts": {"said": "It rained."}}),
        (say("{day} past", day=dt.date(2026, 1, 2)), {"text": "{day} past", "facts": {"day": "2026-01-02"}}),
        (
            say("{done}", done=(say("{count} sent", count=2), NOBODY)),
            {
                "text": "{done}",
                "facts": {
                    "done": [
                        {"text": "{count} sent", "facts": {"count": 2}},
                        {"text": "Nobody is there.", "facts": {}},
                    ]
                },
            },
        ),
    ],
)
async def test_what_a_job_says_is_kept_as_words(started: Started, said: object, kept: dict[str, object]) -> None:
    async def speak(viewer: Viewer) -> object:
        return said

    started(job(speak))

    assert (await ended(outcome=JobOutcome.DONE)).said == kept


def test_words_that_were_written_down_choose_their_language_when_they_are_shown() -> None:
    done = (say("{count} failed", count=1), say("{count} sent", count=2))
    words = say("{words}.", words=say("Messages: {done}", done=done))

    again = told(json.loads(json.dumps(kept(words))))

    assert (again.into("en"), again.into("zh")) == ("Messages: 1 failed, 2 sent.", "消息：1条失败、2条已发送。")
    assert str(told(None)) == ""


async def test_what_was_missed_for_weeks_is_run_once(started: Started) -> None:
    now = await moment()
    facts = {"job": "job", "outcome": JobOutcome.DONE, "tries": 1, "holder": "x", "newest": True}
    facts |= {"leased_until": now, "started_at": now, "succeeded_at": now - 21 * DAY}
    before = await JobRun.create(due_at=now - 21 * DAY, **facts)

    runner = started(job(fine))
    run = await ended(outcome=JobOutcome.DONE, due_at__gt=now - 2 * DAY)
    await runner.close()

    assert await JobRun.filter(job="job").count() == 2
    assert not (await JobRun.get(id=before.id)).newest
    assert run.succeeded_at > before.succeeded_at


async def test_what_fails_is_in_the_log_under_its_number_and_tried_again(
    started: Started, caplog: pytest.LogCaptureFixture
) -> None:
    tried: list[Viewer] = []

    async def fail(viewer: Viewer) -> str:
        tried.append(viewer)
        if len(tried) < 3:
            raise RuntimeError("a secret that no page shows")
        return "at last"

    started(job(fail))
    for number in (1, 2):
        run = await ended(outcome=JobOutcome.FAILED, tries=number)
        assert abs(run.ended_at + BACK_OFF[number - 1] - run.retry_at) < MAYBE
        assert (run.said, run.error, run.succeeded_at) == (None, tried[-1].request_id, None)
        await JobRun.filter(id=run.id).update(retry_at=run.ended_at)
    run = await ended(outcome=JobOutcome.DONE)

    assert (run.tries, run.error, run.retry_at) == (3, "", None)
    logged = [(r.levelname, r.exc_info is not None) for r in caplog.records if tried[0].request_id in r.getMessage()]
    assert logged == [("ERROR", True)]


@pytest.mark.parametrize("no", [Failed(NOBODY), Invalid(Problem("NOBODY", NOBODY))], ids=["failed", "domain"])
async def test_a_reason_that_people_can_be_told_is_shown_and_leaves_no_trace(
    started: Started, caplog: pytest.LogCaptureFixture, no: Exception
) -> None:
    async def fail(viewer: Viewer) -> str:
        raise no

    started(job(fail))
    run = await ended(outcome=JobOutcome.FAILED)

    assert run.said == {"text": "Nobody is there.", "facts": {}}
    (record,) = [record for record in caplog.records if run.error in record.getMessage()]
    assert record.exc_info is None


async def test_what_another_try_cannot_help_is_not_tried_again(started: Started) -> None:
    async def fail(viewer: Viewer) -> str:
        raise Failed(NOBODY, again=False)

    started(job(fail))
    run = await ended(outcome=JobOutcome.FAILED)

    assert (run.tries, run.retry_at) == (1, None)


async def test_the_last_try_is_not_followed_by_another(started: Started) -> None:
    async def fail(viewer: Viewer) -> str:
        raise Failed(NOBODY)

    runner = started(job(fail))
    for number in range(1, MOST_TRIES):
        run = await ended(outcome=JobOutcome.FAILED, tries=number)
        await JobRun.filter(id=run.id).update(retry_at=run.ended_at)
    run = await ended(outcome=JobOutcome.FAILED, tries=MOST_TRIES)
    await runner.close()

    assert run.retry_at is None
    assert await JobRun.all().count() == 1


async def test_one_that_kills_its_process_each_time_is_given_up(started: Started, settings: Settings) -> None:
    run = await claim("job", DAILY, settings.timezone, holder="killed", lease=-MINUTE)
    await JobRun.filter(id=run.id).update(tries=MOST_TRIES)

    started(job(fine))

    assert (await ended(outcome=JobOutcome.LOST)).tries == MOST_TRIES


async def test_one_that_hangs_keeps_no_other_from_its_turn(started: Started) -> None:
    async def hang(viewer: Viewer) -> str:
        await asyncio.Event().wait()
        return ""

    started(job(hang, "hangs"), job(fine, "other"))

    await ended(job="other", outcome=JobOutcome.DONE)
    assert (await JobRun.get(job="hangs")).outcome is JobOutcome.RUNNING


def test_a_job_is_due_in_one_way() -> None:
    for how in ({}, {"every": DAY, "at": dt.time(3)}):
        with pytest.raises(ValueError, match="either every so often or at a time of day"):
            Job("job", say("done"), fine, **how)
