"""Hours as people write them, a week's pattern over many weeks, and how a loan stands: pure rules."""

import datetime as dt

import pytest

from server.errors import Invalid
from server.rules.calendar import Calendar, DayMark, Said
from server.rules.documents import ReadMode
from server.rules.rooms import LoanState, Pattern, SlotStanding, due_day, hours_of, loan_state, planned, span_of
from tests.make import NOW, TODAY, ZONE

NINE, ELEVEN = dt.time(9), dt.time(11)
THREE, FIVE = dt.time(15), dt.time(17)
DAY = dt.timedelta(days=1)


@pytest.mark.parametrize(
    "text",
    [
        "9-11, 15-17",
        "15:00–17:00;9:00–11:00",
        "9：00至11：00，15：00至17：00",
        "9 - 11\r\n15 ~ 17",
        "09:00-11:00 15-17",
    ],
)
def test_hours_are_read_as_people_write_them(text: str) -> None:
    assert hours_of(text) == [(NINE, ELEVEN), (THREE, FIVE)]


@pytest.mark.parametrize(
    "text", ["", "in the morning", "9", "11-9", "9-9", "9-25", "9:70-11", "9-11, 10-12", "9-11 or so"]
)
def test_hours_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        hours_of(text)
    assert (refusal.value.problems[0].code, refusal.value.problems[0].field) == ("BAD_HOURS", "hours")


def test_a_pattern_leaves_out_days_off_what_is_taken_and_what_is_gone() -> None:
    sunday = TODAY
    pattern = Pattern(frozenset({2, 5, 6}), ((NINE, ELEVEN), (THREE, FIVE)), sunday, 2)
    off = Calendar({sunday + 3 * DAY: Said(DayMark.OFF)})
    taken = [span_of(sunday + 6 * DAY, (dt.time(10), dt.time(12)), ZONE)]

    found = planned(pattern, off, taken, NOW, ZONE)

    said = [(one.starts_at.astimezone(ZONE).strftime("%a %d %H"), one.standing) for one in found]
    assert said == [
        ("Sun 22 09", SlotStanding.GONE),
        ("Sun 22 15", SlotStanding.FRESH),
        ("Wed 25 09", SlotStanding.DAY_OFF),
        ("Wed 25 15", SlotStanding.DAY_OFF),
        ("Sat 28 09", SlotStanding.TAKEN),
        ("Sat 28 15", SlotStanding.FRESH),
        ("Sun 29 09", SlotStanding.FRESH),
        ("Sun 29 15", SlotStanding.FRESH),
        ("Wed 02 09", SlotStanding.FRESH),
        ("Wed 02 15", SlotStanding.FRESH),
        ("Sat 05 09", SlotStanding.FRESH),
        ("Sat 05 15", SlotStanding.FRESH),
    ]


@pytest.mark.parametrize(
    ("returned", "lost", "today", "state"),
    [
        (None, False, 0, LoanState.OUT),
        (None, False, 7, LoanState.OUT),
        (None, False, 8, LoanState.OVERDUE),
        (None, True, 8, LoanState.NOT_FOUND),
        (7, False, 9, LoanState.RETURNED),
        (8, False, 9, LoanState.RETURNED_LATE),
        (8, True, 9, LoanState.RETURNED_LATE),
    ],
)
def test_how_a_loan_stands_follows_from_its_days(
    returned: int | None, lost: bool, today: int, state: LoanState
) -> None:
    back = None if returned is None else TODAY + returned * DAY

    assert loan_state(TODAY + 7 * DAY, TODAY + today * DAY, returned_on=back, lost=lost) is state


def test_a_copy_is_due_in_a_week_the_same_day_or_when_its_reader_may_not_read_it_any_more() -> None:
    midnight = dt.datetime(2026, 11, 25, tzinfo=ZONE)

    assert due_day(ReadMode.ONLINE, TODAY, ZONE) == TODAY + 7 * DAY
    assert due_day(ReadMode.ROOM_ONLY, TODAY, ZONE) == TODAY
    assert due_day(ReadMode.ONLINE, TODAY, ZONE, [None, midnight, NOW + 30 * DAY]) == dt.date(2026, 11, 24)
