"""The calendar as it stands: what is shipped, what is said here on top of it, and taking a change back."""

import asyncio
import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from server.errors import Conflict, Invalid, NotThere, Refused
from server.models.audit import AuditEntry
from server.models.calendar import (
    CalendarChange,
    CalendarDay,
    CalendarYear,
    announced,
    calendar_around,
    calendar_of_years,
    change_day,
    follows,
    import_days,
    undo_change,
)
from server.rules.calendar import DayKind, DayMark, Said, add_working_days, is_working
from server.rules.permissions import Role
from tests import make

SECRETARY, ADMIN = make.viewer(Role.SECRETARY), make.viewer(Role.ADMINISTRATOR)
ELSEWHERE = make.viewer(Role.SECRETARY, zone=ZoneInfo("Europe/Zurich"))
OFF, WORKED, BY_WEEKDAY = DayMark
MONDAY, SATURDAY = dt.date(2026, 11, 23), dt.date(2026, 11, 28)


def on(month, day, year=2026):
    return dt.date(year, month, day)


def code(refused):
    return [(p.code, p.field) for p in refused.value.problems]


async def kind(day, viewer=SECRETARY):
    return (await calendar_of_years(viewer, [day.year])).kind(day)


def test_the_year_2026_is_shipped_as_the_state_council_announced_it():
    """The notice of 4 November 2025: seven holidays, 33 days, and six days made up for."""
    spans = [(1, 1, 3), (2, 15, 23), (4, 4, 6), (5, 1, 5), (6, 19, 21), (9, 25, 27), (10, 1, 7)]
    off = {on(month, day) for month, first, last in spans for day in range(first, last + 1)}
    worked = {on(1, 4), on(2, 14), on(2, 28), on(5, 9), on(9, 20), on(10, 10)}

    days = announced(2026)

    assert {day for day, said in days.items() if said.mark is OFF} == off
    assert {day for day, said in days.items() if said.mark is WORKED} == worked
    assert len(off) == 33
    assert days[on(2, 14)] == Said(WORKED, "春节", "Spring Festival")


def test_what_was_not_announced_is_not_made_up():
    assert announced(2003) is None
    assert announced(2090) is None


@pytest.mark.parametrize(
    ("zone", "keeps"), [("Asia/Shanghai", True), ("Asia/Urumqi", True), ("Asia/Hong_Kong", False), ("UTC", False)]
)
def test_the_mainland_keeps_the_announced_calendar(zone, keeps):
    assert follows(ZoneInfo(zone)) is keeps


async def test_an_empty_database_knows_what_was_announced_and_says_of_what_year_it_knows_weekends_only(db):
    calendar = await calendar_of_years(SECRETARY, [2026, 2090])

    assert calendar.known == {2026}
    assert (calendar.kind(on(10, 1)), calendar.kind(on(10, 10))) == (DayKind.HOLIDAY, DayKind.MAKE_UP)
    assert calendar.kind(on(10, 1, 2090)) is DayKind.WEEKEND
    assert calendar.kind(on(10, 2, 2090)) is DayKind.WORKING
    assert not calendar.knows(on(12, 31), on(1, 1, 2090))


async def test_elsewhere_nothing_is_known_before_somebody_says_it(db):
    calendar = await calendar_of_years(ELSEWHERE, [2026])

    assert (calendar.known, calendar.kind(on(10, 1))) == (frozenset(), DayKind.WORKING)


async def test_a_deadline_is_counted_over_the_years_that_it_touches(db):
    calendar = await calendar_around(SECRETARY, on(12, 24), 15)
    end = add_working_days(calendar, on(12, 24), 15)

    assert end == on(1, 14, 2027)
    assert not calendar.knows(on(12, 24), end)

    back = await calendar_around(SECRETARY, on(10, 12), -4)
    assert add_working_days(back, on(10, 12), -4) == on(9, 30)


async def test_a_day_is_said_to_be_other_with_a_reason_that_the_trail_keeps(db):
    change = await change_day(SECRETARY, MONDAY, mark=OFF, name_zh=" 校庆 ", reason="  city notice 7 ")

    assert await kind(MONDAY) is DayKind.HOLIDAY
    assert (change.reason, change.serial, change.source) == ("city notice 7", 1, "")
    entry = await AuditEntry.get(object=f"cal_{change.id}")
    assert (entry.action, entry.facts) == (
        "calendar.change_day",
        {"day": "2026-11-23", "mark": "off", "name_zh": "校庆", "name_en": "", "reason": "city notice 7"},
    )


async def test_the_last_word_about_a_day_counts_and_each_can_be_taken_back(db):
    first = await change_day(SECRETARY, SATURDAY, mark=WORKED, reason="a plenary")
    second = await change_day(SECRETARY, SATURDAY, mark=OFF, reason="no plenary")
    assert await kind(SATURDAY) is DayKind.HOLIDAY

    await undo_change(ADMIN, second.id)
    assert await kind(SATURDAY) is DayKind.MAKE_UP
    await undo_change(SECRETARY, first.id)

    assert await kind(SATURDAY) is DayKind.WEEKEND
    assert [row.undone_at for row in await CalendarChange.all()] == [make.NOW, make.NOW]
    assert await AuditEntry.filter(action="calendar.undo_change").count() == 2


async def test_taking_back_an_earlier_change_leaves_the_later_one(db):
    first = await change_day(SECRETARY, SATURDAY, mark=WORKED, reason="a plenary")
    await change_day(SECRETARY, SATURDAY, mark=OFF, reason="no plenary")

    await undo_change(SECRETARY, first.id)

    assert await kind(SATURDAY) is DayKind.HOLIDAY


async def test_a_change_is_taken_back_once(db):
    change = await change_day(SECRETARY, MONDAY, mark=OFF, reason="fair")
    await undo_change(SECRETARY, change.id)

    with pytest.raises(Conflict) as refused:
        await undo_change(SECRETARY, change.id)
    assert code(refused) == [("UNDONE", None)]
    with pytest.raises(NotThere):
        await undo_change(SECRETARY, MONDAY_KEY)


MONDAY_KEY = CalendarChange().id


@pytest.mark.parametrize(
    ("day", "facts", "problem"),
    [
        (MONDAY, {"mark": BY_WEEKDAY, "reason": "x"}, ("SAME", "mark")),
        (on(10, 1), {"mark": OFF, "name_zh": "国庆节", "name_en": "National Day", "reason": "x"}, ("SAME", "mark")),
        (MONDAY, {"mark": OFF, "reason": " "}, ("REASON_MISSING", "reason")),
        (MONDAY, {"mark": OFF, "reason": "x" * 501}, ("TOO_LONG", "reason")),
        (MONDAY, {"mark": OFF, "name_zh": "庆" * 101, "reason": "x"}, ("TOO_LONG", "name_zh")),
        (on(1, 1, 1066), {"mark": OFF, "reason": "x"}, ("YEAR_FAR", "day")),
    ],
)
async def test_what_says_nothing_new_or_makes_no_sense_is_refused(db, day, facts, problem):
    with pytest.raises(Invalid) as refused:
        await change_day(SECRETARY, day, **facts)

    assert code(refused) == [problem]
    assert await CalendarChange.all().count() == 0
    assert await AuditEntry.all().count() == 0


YEAR = {on(1, 1, 2027): Said(OFF, "元旦"), on(1, 2, 2027): Said(WORKED, "元旦"), on(1, 5, 2027): Said(BY_WEEKDAY)}


async def test_a_file_makes_its_years_known(db):
    change = await import_days(SECRETARY, YEAR, source="2027.csv", reason="notice of November")

    calendar = await calendar_of_years(SECRETARY, [2027])
    assert calendar.known == {2027}
    assert [is_working(calendar, on(1, day, 2027)) for day in (1, 2, 3, 4)] == [False, True, False, True]
    assert await CalendarDay.filter(change=change).count() == 2, "what its weekday says need not be kept"
    assert (await AuditEntry.get(object=f"cal_{change.id}")).facts == {
        "years": [2027],
        "days": 2,
        "source": "2027.csv",
        "replace": False,
        "reason": "notice of November",
    }


async def test_what_a_file_leaves_out_stays_or_goes_as_is_chosen(db):
    await change_day(SECRETARY, MONDAY, mark=OFF, reason="fair")
    more = {on(12, 24): Said(OFF)}

    stays = await import_days(SECRETARY, more, reason="more")
    assert [await kind(day) for day in (MONDAY, on(10, 1), on(12, 24))] == [DayKind.HOLIDAY] * 3
    await undo_change(SECRETARY, stays.id)
    await import_days(SECRETARY, more, replace=True, reason="all there is")

    assert [await kind(day) for day in (MONDAY, on(10, 1), on(12, 24))] == [
        DayKind.WORKING,
        DayKind.WORKING,
        DayKind.HOLIDAY,
    ]


async def test_a_file_says_nothing_of_the_years_between_its_own(db):
    await change_day(SECRETARY, MONDAY, mark=OFF, reason="fair")

    change = await import_days(SECRETARY, {on(1, 4, 2025): Said(OFF), on(1, 4, 2027): Said(OFF)}, reason="two years")

    assert [row.year for row in await CalendarYear.filter(change=change).order_by("year")] == [2025, 2027]
    assert not await CalendarDay.filter(change=change, day=MONDAY).exists()
    assert await kind(MONDAY) is DayKind.HOLIDAY


async def test_a_change_after_a_file_counts_and_stays_when_the_file_is_taken_back(db):
    file = await import_days(SECRETARY, YEAR, reason="notice")
    await change_day(SECRETARY, on(1, 1, 2027), mark=BY_WEEKDAY, reason="we work")
    assert await kind(on(1, 1, 2027)) is DayKind.WORKING

    await undo_change(SECRETARY, file.id)

    calendar = await calendar_of_years(SECRETARY, [2027])
    assert (calendar.known, calendar.kind(on(1, 1, 2027)), calendar.kind(on(1, 2, 2027))) == (
        frozenset(),
        DayKind.WORKING,
        DayKind.WEEKEND,
    )


@pytest.mark.parametrize(
    ("days", "facts", "problem"),
    [
        (YEAR, {"reason": ""}, ("REASON_MISSING", "reason")),
        ({on(1, 1, 1066): Said(OFF)}, {"reason": "x"}, ("YEAR_FAR", "content")),
        (YEAR, {"reason": "x", "source": "x" * 301}, ("TOO_LONG", "source")),
    ],
)
async def test_a_file_without_a_reason_or_of_no_year_that_is_kept_is_refused(db, days, facts, problem):
    with pytest.raises(Invalid) as refused:
        await import_days(SECRETARY, days, **facts)

    assert code(refused) == [problem]
    assert await CalendarChange.all().count() == 0


async def test_of_changes_at_the_same_moment_each_is_kept_or_refused_and_none_lost(db):
    days = [on(11, day) for day in range(2, 7)]

    done = await asyncio.gather(
        *(change_day(SECRETARY, day, mark=OFF, reason="fair") for day in days), return_exceptions=True
    )

    kept = [one for one in done if isinstance(one, CalendarChange)]
    assert {code for one in done if isinstance(one, Conflict) for code in [one.problems[0].code]} <= {
        "CHANGED_MEANWHILE"
    }
    assert sorted(one.serial for one in kept) == list(range(1, len(kept) + 1))
    assert await CalendarDay.all().count() == len(kept) >= 1
    assert len(kept) + sum(isinstance(one, Conflict) for one in done) == len(days)


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.SECRETARY, Role.ADMINISTRATOR)])
async def test_others_change_nothing(db, role):
    change = await change_day(SECRETARY, MONDAY, mark=OFF, reason="fair")
    other = make.viewer(role)

    for act in (
        change_day(other, SATURDAY, mark=WORKED, reason="x"),
        import_days(other, YEAR, reason="x"),
        undo_change(other, change.id),
    ):
        with pytest.raises(Refused):
            await act
    assert await CalendarChange.all().count() == 1
