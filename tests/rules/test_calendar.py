"""Working days: what a day is, and deadlines counted over weekends, days off and make-up days."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as some

from server.rules.calendar import (
    Calendar,
    DayKind,
    DayMark,
    Said,
    add_working_days,
    is_working,
    missing_years,
    working_days_between,
    years_around,
)


def on(month: int, day: int, year: int = 2026) -> dt.date:
    return dt.date(year, month, day)


OFF, WORKED, BY_WEEKDAY = (Said(mark) for mark in DayMark)
NATIONAL = {on(10, day): OFF for day in range(1, 8)} | {on(9, 20): WORKED, on(10, 10): WORKED}
"""National Day of 2026: Thursday to Wednesday off, a Sunday before and a Saturday after it worked."""
AUTUMN = Calendar(NATIONAL, frozenset({2026}))


@pytest.mark.parametrize(
    ("day", "kind", "working"),
    [
        (on(9, 18), DayKind.WORKING, True),
        (on(9, 19), DayKind.WEEKEND, False),
        (on(9, 20), DayKind.MAKE_UP, True),
        (on(10, 1), DayKind.HOLIDAY, False),
        (on(10, 3), DayKind.HOLIDAY, False),  # a Saturday within the holiday
        (on(10, 8), DayKind.WORKING, True),
        (on(10, 10), DayKind.MAKE_UP, True),
        (on(10, 11), DayKind.WEEKEND, False),
    ],
)
def test_a_day_is_what_was_said_of_it_and_else_what_its_weekday_says(
    day: dt.date, kind: DayKind, working: bool
) -> None:
    assert AUTUMN.kind(day) is kind
    assert is_working(AUTUMN, day) is working


def test_a_weekday_said_to_be_worked_is_a_plain_working_day_and_one_by_its_weekday_nothing_else() -> None:
    calendar = Calendar({on(11, 23): WORKED, on(11, 28): BY_WEEKDAY})

    assert (calendar.kind(on(11, 23)), calendar.kind(on(11, 28))) == (DayKind.WORKING, DayKind.WEEKEND)


@pytest.mark.parametrize(
    ("start", "n", "found"),
    [
        (on(9, 30), 1, on(10, 8)),  # over the whole holiday
        (on(9, 30), 3, on(10, 10)),  # the make-up Saturday counts
        (on(9, 30), 4, on(10, 12)),
        (on(10, 3), 1, on(10, 8)),  # from within the holiday
        (on(9, 18), 1, on(9, 20)),  # the make-up Sunday is the next one
        (on(10, 8), -1, on(9, 30)),
        (on(10, 12), -3, on(10, 8)),
        (on(9, 21), -1, on(9, 20)),
        (on(10, 8), 0, on(10, 8)),
        (on(10, 3), 0, on(10, 8)),  # no working day itself: the next one
        (on(9, 30), 15, on(10, 27)),
        (on(11, 20), 10, on(12, 4)),
    ],
)
def test_working_days_are_counted_off_from_a_day(start: dt.date, n: int, found: dt.date) -> None:
    assert add_working_days(AUTUMN, start, n) == found
    if n:
        assert working_days_between(AUTUMN, start, found) == n


@pytest.mark.parametrize(
    ("start", "end", "count"),
    [
        (on(9, 30), on(9, 30), 0),
        (on(9, 30), on(10, 7), 0),
        (on(9, 30), on(10, 10), 3),
        (on(9, 30), on(10, 11), 3),
        (on(10, 11), on(9, 30), -4),
        (on(9, 19), on(9, 20), 1),
    ],
)
def test_working_days_between_two_days_are_counted(start: dt.date, end: dt.date, count: int) -> None:
    assert working_days_between(AUTUMN, start, end) == count


DAYS = some.dates(dt.date(2025, 1, 1), dt.date(2027, 12, 31))
CALENDARS = some.dictionaries(DAYS, some.sampled_from([OFF, WORKED, BY_WEEKDAY]), max_size=60).map(Calendar)


@given(CALENDARS, DAYS, some.integers(-40, 40).filter(bool))
def test_counting_off_and_counting_agree(calendar: Calendar, start: dt.date, n: int) -> None:
    found = add_working_days(calendar, start, n)

    assert is_working(calendar, found)
    assert working_days_between(calendar, start, found) == n


@pytest.mark.parametrize(
    ("first", "last", "known"),
    [(on(1, 1), on(12, 31), True), (on(12, 31), on(1, 1, 2027), False), (on(5, 1, 2025), on(5, 1), False)],
)
def test_a_calendar_knows_only_what_every_year_on_the_way_is_known_of(
    first: dt.date, last: dt.date, known: bool
) -> None:
    assert AUTUMN.knows(first, last) is known
    assert AUTUMN.knows(last, first) is known
    assert (AUTUMN.unknown(last, first) is None) is known


def test_a_calendar_names_the_first_year_that_it_does_not_know() -> None:
    assert AUTUMN.unknown(on(12, 31), on(1, 1, 2029)) == 2027


@pytest.mark.parametrize(
    ("start", "n", "years"),
    [
        (on(1, 15), 10, [2026]),
        (on(10, 15), 10, [2026, 2027]),
        (on(2, 1), -10, [2025, 2026]),
        (on(6, 1), 300, [2026, 2027, 2028, 2029]),
        (dt.date(9999, 12, 31), 1000, [9999]),
        (dt.date(1, 1, 1), -1000, [1]),
    ],
)
def test_the_years_to_look_at_leave_room_for_long_holidays(start: dt.date, n: int, years: list[int]) -> None:
    found = list(years_around(start, n))

    assert found[: len(years)] == years[: len(found)]
    assert set(found) <= set(years) | {max(years) + 1}


@pytest.mark.parametrize(
    ("known", "today", "missing"),
    [
        ({2026}, on(9, 30), []),
        ({2026}, on(10, 1), [2027]),
        ({2026, 2027}, on(12, 31), []),
        (set(), on(1, 1), [2026]),
        (set(), on(11, 1), [2026, 2027]),
    ],
)
def test_the_next_year_is_missed_from_october_on(known: set[int], today: dt.date, missing: list[int]) -> None:
    assert missing_years(frozenset(known), today) == missing
