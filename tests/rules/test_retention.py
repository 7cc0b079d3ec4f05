"""Seven days, four weeks, twelve months: which backups stay. Five years: what is recorded of readers (RT-1)."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.rules.retention import KEPT, RecordClass, Retention, class_of, due_before, is_late, kept

NOW = dt.datetime(2026, 11, 28, 2, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def nights(count: int) -> list[dt.datetime]:
    return [NOW - n * DAY for n in range(count)]


def told(times: set[dt.datetime]) -> list[str]:
    return [f"{at:%m-%d}" for at in sorted(times, reverse=True)]


@pytest.mark.parametrize(
    ("now", "before"),
    [
        (dt.datetime(2026, 11, 28, 2, tzinfo=dt.UTC), dt.datetime(2021, 11, 28, 2, tzinfo=dt.UTC)),
        (dt.datetime(2028, 2, 29, 2, tzinfo=dt.UTC), dt.datetime(2023, 2, 28, 2, tzinfo=dt.UTC)),
    ],
)
def test_readings_are_kept_for_five_years(now: dt.datetime, before: dt.datetime):
    assert due_before(RecordClass.READING, now) == before


def test_each_class_says_how_long_by_whose_word_and_of_which_entries():
    assert set(KEPT) == set(RecordClass)
    assert all(keep.years > 0 and keep.room and keep.source for keep in KEPT.values())
    assert class_of("reading.page") is RecordClass.READING
    assert [class_of(one) for one in ("audit.purge", "documents.grant", "readings.x", "access.give")] == [None] * 4


def test_of_two_years_of_nights_the_newest_of_each_period_stay():
    assert told(kept(nights(730))) == [
        *("11-28", "11-27", "11-26", "11-25", "11-24", "11-23", "11-22"),
        *("11-15", "11-08"),
        *("10-31", "09-30", "08-31", "07-31", "06-30", "05-31", "04-30", "03-31", "02-28", "01-31", "12-31"),
    ]


def test_several_of_one_day_count_once():
    times = [NOW, NOW - dt.timedelta(hours=1), NOW - dt.timedelta(hours=2), NOW - DAY]

    assert kept(times, Retention(2, 0, 0)) == {NOW, NOW - DAY}


def test_a_pause_takes_nothing_away():
    times = [NOW, *(NOW - dt.timedelta(days=200) - n * DAY for n in range(3))]

    assert kept(times) == set(times)


def test_night_after_night_the_same_stay_as_if_all_had_been_there():
    here: set[dt.datetime] = set()
    for at in sorted(nights(500)):
        here = kept({*here, at})

    assert here == kept(nights(500))


@given(st.sets(st.integers(0, 4000 * 24), min_size=1).map(lambda hours: {NOW - dt.timedelta(hours=n) for n in hours}))
def test_the_newest_always_stays_and_never_too_many(times: set[dt.datetime]):
    stay = kept(times)

    assert max(times) in stay
    assert stay <= times
    assert len(stay) <= 7 + 4 + 12
    assert kept(stay) == stay


@pytest.mark.parametrize(
    ("last", "begun", "late"),
    [
        (None, None, False),
        (None, 47, False),
        (None, 49, True),
        (47, 900, False),
        (48, 900, False),
        (49, 900, True),
    ],
)
def test_a_backup_is_late_two_days_after_the_last_or_after_the_beginning(last, begun, late):
    ago = [None if hours is None else NOW - dt.timedelta(hours=hours) for hours in (last, begun)]

    assert is_late(*ago, NOW) is late
