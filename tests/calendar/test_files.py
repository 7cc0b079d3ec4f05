"""Calendars of others: what is understood of CSV and iCalendar, what is refused or left out, and why."""

import csv
import datetime as dt
import io
from pathlib import Path

import pytest

from server.errors import Invalid
from server.imports.calendars import differences, read_calendar, text_of, written
from server.rules.calendar import DayMark, Said

NEW_YEAR, SECOND = dt.date(2027, 1, 1), dt.date(2027, 1, 2)
OFF, WORKED, BY_WEEKDAY = DayMark


def event(*lines: str) -> str:
    return "\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT"])


def ical(*events: str) -> str:
    return "\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:test", *events, "END:VCALENDAR", ""])


def on(day: str, title: str, *more: str) -> str:
    return event(f"DTSTART;VALUE=DATE:{day}", f"SUMMARY:{title}", *more)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("date,kind\n2027-01-01,off\n", {NEW_YEAR: Said(OFF)}),
        ("\ufeffdate;kind;name_en\n2027-01-01;Holiday;New Year\n", {NEW_YEAR: Said(OFF, "", "New Year")}),
        (
            "日期,类别,名称\n2027年1月1日,休,元旦\n2027/1/2,补班,元旦\n",
            {NEW_YEAR: Said(OFF, "元旦"), SECOND: Said(WORKED, "元旦")},
        ),
        (
            "kind\tdate\tname_zh\tname_en\nmake-up\t20270102\t元旦\tNew Year\n",
            {SECOND: Said(WORKED, "元旦", "New Year")},
        ),
        ("date,kind,note\n2027-01-01,by_weekday,x\n\n,,\n", {NEW_YEAR: Said(BY_WEEKDAY)}),
    ],
)
def test_a_csv_file_says_a_day_a_line(text: str, days: dict[dt.date, Said]) -> None:
    assert read_calendar(text).days == days
    assert read_calendar(written(days)).days == days


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("", ["NO_HEADING"]),
        ("date,name\n2027-01-01,x\n", ["NO_HEADING"]),
        ("date,kind\n", ["NO_DAYS"]),
        ("date,kind\n2027-01-01,perhaps\n2027-02-30,off\nsoon,off\n", ["BAD_KIND", "IMPOSSIBLE_DATE", "BAD_DATE"]),
        ("date,kind\n2027-01,off\n1066-01-01,off\n", ["BAD_DATE", "BAD_DATE"]),
        ("date,kind\n2027-01-01,off\n2027-01-01,worked\n", ["TWICE"]),
        ('date,kind\n"2027-01-01,off\n', ["UNREADABLE"]),
        ("date,kind,name_zh\n2027-01-01,off," + "元" * 101 + "\n", ["TOO_LONG"]),
        ("BEGIN:VCALENDAR\nnonsense\nEND:VCALENDAR\n", ["UNREADABLE"]),
        (ical(), ["NO_DAYS"]),
    ],
)
def test_a_file_with_one_mistake_is_refused_with_each_of_them(text: str, codes: list[str]) -> None:
    with pytest.raises(Invalid) as refusal:
        read_calendar(text)

    assert [problem.code for problem in refusal.value.problems] == codes
    assert {problem.field for problem in refusal.value.problems} == {"file"}


@pytest.mark.parametrize(
    ("events", "code", "said"),
    [
        (
            (on("20270101", "元旦（休）"), on("20270101", "元旦（班）"), on("20270102", "周六（休）")),
            "TWICE",
            "元旦（班）: This day is there already: 1 January 2027.",
        ),
        (
            (on("20270101", "元" * 101), on("20270102", "周六")),
            "TOO_LONG",
            "元" * 30 + "…: At most 100 characters; these are 101.",
        ),
    ],
)
def test_a_mistake_is_told_with_its_event(events: tuple[str, ...], code: str, said: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_calendar(ical(*events))

    assert [(problem.code, str(problem.message)) for problem in refusal.value.problems] == [(code, said)]


def test_a_day_off_may_have_two_names() -> None:
    found = read_calendar(ical(on("20270101", "中秋（休）"), on("20270101", "国庆（休）")))

    assert found.days == {NEW_YEAR: Said(OFF, "国庆")}


def test_names_are_no_formulas_for_a_spreadsheet_and_come_back_as_they_were() -> None:
    days = {NEW_YEAR: Said(OFF, "=1+1", "'@x"), SECOND: Said(WORKED, "'plain", "+" + "x" * 99)}

    text = written(days)

    assert [row[2:] for row in csv.reader(io.StringIO(text))][1:] == [["'=1+1", "''@x"], ["'plain", "'+" + "x" * 99]]
    assert read_calendar(text).days == days


def test_a_mistake_is_told_with_its_row() -> None:
    with pytest.raises(Invalid) as refusal:
        read_calendar("date,kind\n2027-01-01,off\n2027-01-02,perhaps\n")

    assert str(refusal.value.problems[0].message) == (
        "Row 3: The kind perhaps is not known. Write off, worked or by_weekday."
    )


def test_more_days_than_any_calendar_has_are_refused() -> None:
    first = dt.date(2000, 1, 1)
    rows = "".join(f"{first + dt.timedelta(n)},off\n" for n in range(4001))

    with pytest.raises(Invalid, match="At most 4000 days"):
        read_calendar("date,kind\n" + rows)


def test_events_of_whole_days_are_days_off() -> None:
    spring = on("20270101", "New Year", "DTEND;VALUE=DATE:20270103")

    assert read_calendar(ical(spring)).days == {day: Said(OFF, "", "New Year") for day in (NEW_YEAR, SECOND)}


@pytest.mark.parametrize(
    ("title", "more", "said"),
    [
        ("元旦（休）", (), Said(OFF, "元旦")),
        ("元旦(班)", (), Said(WORKED, "元旦")),
        ("元旦 补班", (), Said(WORKED, "元旦 补班")),
        ("元旦 调休班", (), Said(WORKED, "元旦 调休班")),
        ("元旦 休班", (), Said(OFF, "元旦 休班")),
        ("元旦不上班", (), Said(OFF, "元旦不上班")),
        ("元旦 无需上班", (), Said(OFF, "元旦 无需上班")),
        ("Non-working day", (), Said(OFF, "", "Non-working day")),
        ("元旦", ("X-APPLE-SPECIAL-DAY:WORK-HOLIDAY",), Said(OFF, "元旦")),
        ("元旦", ("X-APPLE-SPECIAL-DAY:ALTERNATE-WORKDAY",), Said(WORKED, "元旦")),
        ("Make-up working day", (), Said(WORKED, "", "Make-up working day")),
    ],
)
def test_where_a_file_says_which_days_are_off_and_worked_only_those_count(
    title: str, more: tuple[str, ...], said: Said
) -> None:
    found = read_calendar(ical(on("20270101", title, *more), on("20270214", "Valentine")))

    assert found.days == {NEW_YEAR: said}
    assert [(name, str(words)) for name, words in found.left] == [
        ("Valentine", "It says neither day off nor working day, as others in this file do.")
    ]


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (("DTSTART;VALUE=DATE:20270101", "RRULE:FREQ=YEARLY"), "It repeats. Give each day by itself."),
        (("DTSTART:20270101T090000",), "It has hours. Only whole days count."),
        (("DTSTART;VALUE=DATE:2027xx",), "Its day cannot be read."),
        ((), "Its day cannot be read."),
        (
            ("DTSTART;VALUE=DATE:20270101", "DTEND;VALUE=DATE:20270501"),
            "It is longer than two months, or in no year that is kept.",
        ),
        (("DTSTART;VALUE=DATE:10660101",), "It is longer than two months, or in no year that is kept."),
    ],
)
def test_what_is_no_day_is_left_out_with_its_reason(lines: tuple[str, ...], reason: str) -> None:
    found = read_calendar(ical(on("20270102", "Fine"), event(*lines, "SUMMARY:Odd")))

    assert list(found.days) == [SECOND]
    assert [(name, str(words)) for name, words in found.left] == [("Odd", reason)]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_is_read_in_the_encodings_that_spreadsheets_write(tmp_path: Path, codec: str) -> None:
    (tmp_path / "file").write_bytes("日期,类别,名称\n2027-01-01,放假,元旦\n".encode(codec))

    assert read_calendar(text_of(tmp_path / "file")).days == {NEW_YEAR: Said(OFF, "元旦")}


@pytest.mark.parametrize(("content", "code"), [(b"\0\1\2", "UNREADABLE"), (b"x" * 500_001, "TOO_LARGE")])
def test_what_is_no_text_or_too_much_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    (tmp_path / "file").write_bytes(content)

    with pytest.raises(Invalid) as refusal:
        text_of(tmp_path / "file")

    assert refusal.value.problems[0].code == code


def test_days_differ_where_something_else_is_said() -> None:
    before = {NEW_YEAR: Said(OFF), SECOND: Said(BY_WEEKDAY)}

    assert differences(before, {NEW_YEAR: Said(OFF)}) == []
    assert differences(before, {SECOND: Said(WORKED)}) == [NEW_YEAR, SECOND]
