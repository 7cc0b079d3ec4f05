"""The dates that follow from the day of a hearing, what speaks against a day, and the first that keeps all (HE-1)."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from server.rules.calendar import DAY, Calendar, DayMark, Said, is_working
from server.rules.hearings import PROFILES, Deadline, Due, Happened, Profile, day_problems, deadlines, earliest
from server.rules.hearings.deadlines import BEFORE, months_later
from server.words import LOCALES


def on(month: int, day: int, year: int = 2026) -> dt.date:
    return dt.date(year, month, day)


OFF, WORKED = Said(DayMark.OFF), Said(DayMark.WORKED)
AUTUMN = Calendar({on(10, day): OFF for day in range(1, 8)} | {on(9, 20): WORKED, on(10, 10): WORKED})
"""National Day of 2026: Thursday to Wednesday off, a Sunday before and a Saturday after it worked."""
LONG_AGO = on(1, 1)


def reckoned(key: str, day: dt.date, *, today: dt.date = LONG_AGO, happened: Happened | None = None) -> list[Deadline]:
    return deadlines(PROFILES[key], day, AUTUMN, today, happened)


AFTER_TUESDAY = {
    Due.MINUTES: on(11, 19),
    Due.CORRECTIONS: on(11, 24),
    Due.REPORT: on(12, 3),
    Due.FEEDBACK: on(12, 17),
}
"""Of a hearing on Tuesday 10 November."""
ERASED = {Due.ERASURE: on(6, 17, 2027)}


@pytest.mark.parametrize(
    ("key", "day", "dates"),
    [
        (
            "prefecture",
            on(10, 29),
            {
                Due.NOTICE: on(9, 29),
                Due.APPLICATIONS_CLOSE: on(10, 12),
                Due.LOTTERY: on(10, 13),
                Due.DELEGATE_LIST: on(10, 14),
                Due.MATERIALS: on(10, 14),
                Due.HEARING: on(10, 29),
                Due.MINUTES: on(11, 9),
                Due.CORRECTIONS: on(11, 14),
                Due.REPORT: on(11, 24),
                Due.FEEDBACK: on(12, 8),
                Due.ERASURE: on(6, 8, 2027),
            },
        ),
        (
            "members_hear",
            on(11, 10),
            {
                Due.NOTICE: on(10, 31),
                Due.APPLICATIONS_CLOSE: on(11, 4),
                Due.MATERIALS: on(11, 5),
                Due.HEARING: on(11, 10),
                Due.ANSWERS: on(11, 24),
            }
            | AFTER_TUESDAY,
        ),
        (
            "legislative",
            on(11, 10),
            {Due.NOTICE: on(10, 21), Due.APPLICATIONS_CLOSE: on(11, 4), Due.HEARING: on(11, 10)}
            | AFTER_TUESDAY
            | ERASED,
        ),
        (
            "committee",
            on(11, 10),
            {
                Due.NOTICE: on(11, 3),
                Due.APPLICATIONS_CLOSE: on(11, 9),
                Due.WRITTEN_STATEMENTS: on(11, 9),
                Due.HEARING: on(11, 10),
            }
            | AFTER_TUESDAY
            | ERASED,
        ),
    ],
)
def test_every_date_follows_from_the_day_of_the_hearing(key: str, day: dt.date, dates: dict[Due, dt.date]) -> None:
    found = reckoned(key, day)

    assert {each.due: each.day for each in found} == dates
    assert [each.day for each in found] == sorted(dates.values())


@pytest.mark.parametrize(
    ("key", "day", "notice", "closes", "drawn"),
    [
        ("prefecture", on(10, 20), on(9, 20), on(9, 29), on(9, 30)),  # its list is due within the holiday
        ("light", on(10, 14), on(10, 4), on(10, 8), None),
        ("light", on(10, 12), on(9, 27), on(9, 30), None),  # earlier than ten days: else nobody had time to apply
    ],
)
def test_a_long_holiday_moves_what_needs_working_days_and_leaves_time_to_apply(
    key: str, day: dt.date, notice: dt.date, closes: dt.date, drawn: dt.date | None
) -> None:
    found = {each.due: each.day for each in reckoned(key, day)}

    assert (found[Due.NOTICE], found[Due.APPLICATIONS_CLOSE], found.get(Due.LOTTERY)) == (notice, closes, drawn)


def test_what_happened_moves_what_follows_from_it() -> None:
    happened = Happened(
        ended=on(10, 30),
        record_opened=on(11, 2),
        record_final=on(11, 5),
        report_published=on(11, 10),
        fed_back=on(11, 12),
    )

    found = {each.due: each.day for each in reckoned("prefecture", on(10, 29), happened=happened)}

    assert [found[due] for due in (Due.MINUTES, Due.CORRECTIONS, Due.REPORT)] == [on(11, 10), on(11, 7), on(11, 16)]
    assert [found[due] for due in (Due.FEEDBACK, Due.ERASURE)] == [on(11, 24), on(5, 12, 2027)]


@pytest.mark.parametrize(
    ("due", "rule", "source", "how"),
    [
        (Due.NOTICE, "HE-1", "H2", "Days before the hearing: 30"),
        (Due.APPLICATIONS_CLOSE, "HE-1", "ours", "Working days before the delegates are known: 2"),
        (Due.LOTTERY, "HE-2", "ours", "The last working day before the delegates are known"),
        (Due.MATERIALS, "HE-1", "H2b", "Days before the hearing: 15"),
        (Due.MINUTES, "HE-4", "H7", "Working days after the hearing: 7"),
        (Due.CORRECTIONS, "HE-4", "H6", "Days after the record is open: 5"),
        (Due.REPORT, "HE-4", "HE-4", "Working days after the record is final: 7"),
        (Due.ERASURE, "RT-1", "ours", "Months after the feedback: 6"),
    ],
)
def test_a_date_says_its_rule_its_source_and_how_it_is_reckoned(due: Due, rule: str, source: str, how: str) -> None:
    (found,) = [each for each in reckoned("prefecture", on(10, 29)) if each.due is due]

    assert (found.rule, found.source, str(found.how)) == (rule, source, how)
    assert len({found.how.into(locale) for locale in LOCALES}) == 2


@pytest.mark.parametrize(
    ("today", "past"),
    [(on(9, 29), []), (on(9, 30), [Due.NOTICE]), (on(10, 13), [Due.NOTICE, Due.APPLICATIONS_CLOSE])],
)
def test_a_date_is_past_from_the_day_after_it(today: dt.date, past: list[Due]) -> None:
    assert [each.due for each in reckoned("prefecture", on(10, 29), today=today) if each.past] == past


@pytest.mark.parametrize(
    ("today", "good_cause", "codes"),
    [
        (on(9, 29), "", []),
        (on(9, 30), "", ["NEEDS_GOOD_CAUSE"]),
        (on(9, 30), "  ", ["NEEDS_GOOD_CAUSE"]),
        (on(9, 30), "a flood", []),
        (on(10, 13), "a flood", ["TOO_SOON"]),  # nobody could apply any more
        (on(10, 29), "", ["TOO_SOON"]),
        (on(12, 24), "", ["TOO_SOON"]),
    ],
)
def test_a_day_is_refused_or_demands_a_good_cause(today: dt.date, good_cause: str, codes: list[str]) -> None:
    found = reckoned("prefecture", on(10, 29), today=today)

    assert [each.code for each in day_problems(found, good_cause=good_cause)] == codes


def test_what_demands_a_good_cause_says_which_day_was_missed() -> None:
    (problem,) = day_problems(reckoned("prefecture", on(10, 29), today=on(9, 30)))

    assert (problem.field, problem.rule) == ("good_cause", "HE-1")
    assert str(problem.message) == (
        "29 September 2026 is past, the last day for: notice of the hearing. Take a later day, or say the good cause."
    )


@pytest.mark.parametrize(
    ("key", "today", "day"),
    [
        ("prefecture", on(9, 29), on(10, 29)),
        ("prefecture", on(9, 24), on(10, 26)),  # thirty days later is a Saturday
        ("light", on(9, 28), on(10, 14)),  # the holiday leaves no time to apply for the days before
        ("committee", on(11, 3), on(11, 10)),
        ("members_hear", on(11, 2), on(11, 12)),
    ],
)
def test_the_first_day_keeps_every_deadline(key: str, today: dt.date, day: dt.date) -> None:
    assert earliest(PROFILES[key], AUTUMN, today) == day


def test_there_is_no_first_day_where_nothing_is_worked() -> None:
    closed = Calendar({on(1, 1) + n * DAY: OFF for n in range(-100, 500)})

    assert earliest(PROFILES["light"], closed, on(1, 1)) is None


DAYS = some.dates(on(3, 1), on(9, 1))
CALENDARS = some.dictionaries(DAYS, some.sampled_from([OFF, WORKED]), max_size=40).map(Calendar)


@settings(max_examples=30, deadline=None)
@given(CALENDARS, some.dates(on(4, 1), on(6, 1)), some.sampled_from(list(PROFILES.values())))
def test_no_day_before_the_first_one_keeps_every_deadline(calendar: Calendar, today: dt.date, profile: Profile) -> None:
    def kept(day: dt.date) -> bool:
        found = deadlines(profile, day, calendar, today)
        return is_working(calendar, day) and not any(each.past for each in found if each.due in BEFORE)

    first = earliest(profile, calendar, today)

    assert first is not None
    assert kept(first)
    assert not any(kept(today + n * DAY) for n in range(1, (first - today).days))


@pytest.mark.parametrize(
    ("day", "later"),
    [
        (on(6, 8), on(12, 8)),
        (on(12, 8), on(6, 8, 2027)),
        (on(8, 31), on(2, 28, 2027)),
        (on(8, 31, 2027), on(2, 29, 2028)),
    ],
)
def test_six_months_later_is_the_same_day_or_the_last_of_its_month(day: dt.date, later: dt.date) -> None:
    assert months_later(day, 6) == later
