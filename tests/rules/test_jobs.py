"""When a job is due: a table of moments; and what its newest run means for the next."""

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from server.rules.jobs import BACK_OFF, MOST_TRIES, Past, Rhythm, Step, next_step, retry_at

UTC, SHANGHAI, BERLIN, APIA = (ZoneInfo(name) for name in ("UTC", "Asia/Shanghai", "Europe/Berlin", "Pacific/Apia"))
QUARTER, WEEK = Rhythm(every=dt.timedelta(minutes=15)), Rhythm(every=dt.timedelta(days=7))
THREE, HALF_PAST_TWO, MIDNIGHT, NOON = (Rhythm(at=dt.time(*at)) for at in ((3,), (2, 30), (0,), (12,)))


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("rhythm", "zone", "now", "last", "then"),
    [
        # every so often: the same moments whoever reckons
        (QUARTER, UTC, "2026-11-28 10:07:31", "2026-11-28 10:00", "2026-11-28 10:15"),
        (QUARTER, SHANGHAI, "2026-11-28 10:15", "2026-11-28 10:15", "2026-11-28 10:30"),
        (QUARTER, UTC, "2026-12-31 23:59:59", "2026-12-31 23:45", "2027-01-01 00:00"),
        (WEEK, UTC, "2026-11-28 10:00", "2026-11-26 00:00", "2026-12-03 00:00"),
        # three in the morning where the assembly sits is seven in the evening of the day before
        (THREE, SHANGHAI, "2026-11-27 18:59:59", "2026-11-26 19:00", "2026-11-27 19:00"),
        (THREE, SHANGHAI, "2026-11-27 19:00", "2026-11-27 19:00", "2026-11-28 19:00"),
        (THREE, UTC, "2026-11-28 02:59", "2026-11-27 03:00", "2026-11-28 03:00"),
        (MIDNIGHT, SHANGHAI, "2026-12-31 15:59", "2026-12-30 16:00", "2026-12-31 16:00"),
        (MIDNIGHT, SHANGHAI, "2026-12-31 16:00", "2026-12-31 16:00", "2027-01-01 16:00"),
        # half past two is left out on 29 March 2026 in Berlin: an hour later, once
        (HALF_PAST_TWO, BERLIN, "2026-03-29 01:29", "2026-03-28 01:30", "2026-03-29 01:30"),
        (HALF_PAST_TWO, BERLIN, "2026-03-29 01:30", "2026-03-29 01:30", "2026-03-30 00:30"),
        # it comes twice on 25 October 2026: the first time, once
        (HALF_PAST_TWO, BERLIN, "2026-10-25 00:30", "2026-10-25 00:30", "2026-10-26 01:30"),
        (HALF_PAST_TWO, BERLIN, "2026-10-25 01:30", "2026-10-25 00:30", "2026-10-26 01:30"),
        # a whole day was left out in Samoa, 30 December 2011
        (NOON, APIA, "2011-12-30 00:00", "2011-12-29 22:00", "2011-12-30 22:00"),
    ],
)
def test_when_it_is_due(rhythm: Rhythm, zone: ZoneInfo, now: str, last: str, then: str):
    assert (rhythm.last(at(now), zone), rhythm.next(at(now), zone)) == (at(last), at(then))


def test_a_rhythm_without_any_time_is_none():
    with pytest.raises(ValueError, match="a time of day"):
        Rhythm().last(at("2026-11-28"), UTC)


@pytest.mark.parametrize(
    ("rhythm", "en", "zh"),
    [
        (QUARTER, "every 15 min", "每 15 分钟"),
        (Rhythm(every=dt.timedelta(seconds=30)), "every 0.5 min", "每 0.5 分钟"),
        (WEEK, "every 168 h", "每 168 小时"),
        (HALF_PAST_TWO, "daily at 02:30", "每天 02:30"),
    ],
)
def test_when_it_is_due_in_words(rhythm: Rhythm, en: str, zh: str):
    assert (rhythm.words.into("en"), rhythm.words.into("zh")) == (en, zh)


NOW = at("2026-11-28 10:07")
DUE, BEFORE, LONG_AGO = at("2026-11-28 10:00"), at("2026-11-28 09:45"), at("2026-11-01")
LATER, EARLIER = NOW + dt.timedelta(seconds=1), NOW - dt.timedelta(seconds=1)
WELL = Past(DUE, running=False, leased_until=EARLIER, retry_at=None, tries=1)
FAILED = replace(WELL, retry_at=NOW)
AT_WORK = replace(WELL, running=True, leased_until=LATER)
SILENT = replace(AT_WORK, leased_until=NOW)


@pytest.mark.parametrize(
    ("past", "step"),
    [
        (None, Step.BEGIN),
        (WELL, Step.NOTHING),
        (replace(WELL, due_at=BEFORE), Step.BEGIN),
        (replace(WELL, due_at=LONG_AGO), Step.BEGIN),
        (replace(WELL, due_at=NOW), Step.NOTHING),  # it was run by hand since
        (replace(WELL, due_at=LATER), Step.NOTHING),  # the clock was put back
        (AT_WORK, Step.NOTHING),
        (replace(AT_WORK, due_at=BEFORE), Step.NOTHING),  # one at a time
        (SILENT, Step.AGAIN),
        (replace(SILENT, due_at=BEFORE), Step.BEGIN),  # the new one does what the lost one did not
        (replace(SILENT, tries=MOST_TRIES - 1), Step.AGAIN),
        (replace(SILENT, tries=MOST_TRIES), Step.GIVE_UP),
        (replace(SILENT, tries=MOST_TRIES, due_at=BEFORE), Step.BEGIN),
        (FAILED, Step.AGAIN),
        (replace(FAILED, retry_at=LATER), Step.NOTHING),
        (replace(FAILED, retry_at=LATER, due_at=BEFORE), Step.BEGIN),
        (replace(FAILED, retry_at=None), Step.NOTHING),
    ],
)
def test_what_is_to_be_done(past: Past | None, step: Step):
    assert next_step(QUARTER, past, NOW, SHANGHAI) is step


def test_what_fails_is_tried_again_later_and_later_and_then_not_any_more():
    waits = [retry_at(tries, NOW) for tries in range(1, MOST_TRIES + 1)]

    assert waits == [*(NOW + wait for wait in BACK_OFF), None]
    assert sorted(BACK_OFF) == list(BACK_OFF)
