"""Attendance by rule: rates, the window, the code on the screen (AT-2, AT-3)."""

import datetime as dt
from fractions import Fraction
from uuid import UUID

import pytest

from server.rules.attendance import (
    LETTERS,
    Presence,
    code_at,
    code_holds,
    counts,
    is_late,
    on_arrival,
    rates,
    turns_at,
    window_open,
)

P = Presence
NINE = dt.datetime(2026, 12, 7, 1, 0, tzinfo=dt.UTC)
NOON = NINE + dt.timedelta(hours=3)
SESSION, OTHER = UUID(int=1), UUID(int=2)
KEY = b"k" * 32
SECOND = dt.timedelta(seconds=1)
DAY = dt.date(2026, 12, 7)


@pytest.mark.parametrize(
    ("seen", "attendance", "commitment"),
    [
        ([], None, None),
        ([P.EXEMPT], None, None),
        ([P.PRESENT, P.REMOTE, P.LATE, P.LEFT_EARLY], Fraction(1), Fraction(1)),
        ([P.PRESENT, P.EXCUSED, P.ABSENT, P.EXEMPT], Fraction(1, 3), Fraction(2, 3)),
        ([P.EXCUSED, P.EXCUSED], Fraction(0), Fraction(1)),
    ],
)
def test_two_rates_are_counted_over_what_someone_was_expected_at(
    seen: list[Presence], attendance: Fraction | None, commitment: Fraction | None
) -> None:
    found = rates(seen)
    assert (found.attendance, found.commitment) == (attendance, commitment)


def test_who_came_late_can_count_for_less() -> None:
    assert rates([P.LATE, P.PRESENT], weight=Fraction(1, 2)).attendance == Fraction(3, 4)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "counted"),
    [
        (None, None, True),
        (DAY, None, True),
        (DAY + dt.timedelta(days=1), None, False),
        (None, DAY, False),
        (None, DAY + dt.timedelta(days=1), True),
    ],
)
def test_a_session_counts_only_while_the_seat_lasts(
    starts_on: dt.date | None, ends_on: dt.date | None, counted: bool
) -> None:
    assert counts(DAY, starts_on, ends_on) == counted


@pytest.mark.parametrize(
    ("now", "is_open"),
    [
        (NINE - dt.timedelta(minutes=30) - SECOND, False),
        (NINE - dt.timedelta(minutes=30), True),
        (NOON, True),
        (NOON + SECOND, False),
    ],
)
def test_one_checks_in_from_half_an_hour_before_until_it_ends(now: dt.datetime, is_open: bool) -> None:
    assert window_open(NINE, NOON, now) == is_open


def test_a_code_holds_for_its_half_minute_and_the_one_after() -> None:
    shown = code_at(KEY, SESSION, NINE)
    assert len(shown) == 6
    assert set(shown) <= set(LETTERS)
    assert turns_at(NINE) == NINE + 30 * SECOND
    assert code_holds(KEY, SESSION, f" {shown.lower()} ", NINE + 59 * SECOND)
    assert not code_holds(KEY, SESSION, shown, NINE + 60 * SECOND)
    assert not code_holds(KEY, OTHER, shown, NINE)
    assert not code_holds(b"x" * 32, SESSION, shown, NINE)
    assert not code_holds(KEY, SESSION, "签到", NINE)


def test_codes_of_an_hour_are_all_different() -> None:
    shown = {code_at(KEY, SESSION, NINE + 30 * n * SECOND) for n in range(120)}
    assert len(shown) == 120


def test_who_arrives_after_it_began_is_late() -> None:
    assert on_arrival(NINE, NINE) is P.PRESENT
    assert on_arrival(NINE, NINE + SECOND) is P.LATE
    assert on_arrival(NINE, NINE + SECOND, grace=dt.timedelta(minutes=5)) is P.PRESENT


def test_leave_is_late_once_its_last_day_is_over() -> None:
    assert not is_late(DAY, DAY)
    assert is_late(DAY + dt.timedelta(days=1), DAY)
