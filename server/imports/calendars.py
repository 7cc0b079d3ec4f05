"""Calendars of others as files: CSV with a day a line, and iCalendar as offices and telephones publish it."""

import csv
import datetime as dt
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from server.errors import Invalid, Problem
from server.imports import encoding
from server.imports.export import safe
from server.imports.table import unquoted
from server.imports.values import Wrong
from server.rules.calendar import DAY, EARLIEST, LATEST, DayMark, Said
from server.rules.dates import parse_day
from server.rules.names import split_script
from server.words import Words, say

if TYPE_CHECKING:
    from icalendar import Component, Event

HEADINGS = {
    "day": ("date", "day", "日期"),
    "kind": ("kind", "type", "类别", "类型", "安排"),
    "name_zh": ("name_zh", "中文名称"),
    "name_en": ("name_en", "英文名称"),
    "name": ("name", "名称", "节日"),
}
KINDS = {
    DayMark.OFF: ("off", "dayoff", "holiday", "休", "休息", "休假", "放假", "假期", "节假日", "法定节假日"),
    DayMark.WORKED: ("worked", "work", "working", "workday", "makeup", "班", "上班", "补班", "调休上班", "工作日"),
    DayMark.BY_WEEKDAY: ("by_weekday", "ordinary", "平日", "照常"),
}
WRITTEN = ("date", "kind", "name_zh", "name_en")
"""The headings of what we write ourselves."""
MOST_BYTES, MOST_DAYS, MOST_PROBLEMS = 500_000, 4000, 10
LONGEST_EVENT = 62
"""Days of one event that can still be a holiday."""
LONGEST_NAME = 100
SHORT = 30
"""Characters by which a longer title is known."""
SPECIAL = "X-APPLE-SPECIAL-DAY"
SAID_OFF, SAID_WORKED = re.compile(r"休|放假|假期|day off", re.I), re.compile(r"班|make-?up|working day|workday", re.I)
SAID_FREE = re.compile(r"(?<!调)休班|(不|无)[用必需要]*上班|non-?working", re.I)
"""Words for a day off in which those for a day of work are found, too."""
BRACKETED = re.compile(r"\s*[（(](休|班)[）)]\s*$")


@dataclass
class Found:
    """What a file says. left: what of it was not taken, each with the reason."""

    days: dict[dt.date, Said] = field(default_factory=dict)
    left: list[tuple[str, Words]] = field(default_factory=list)


def text_of(path: Path) -> str:
    """The text of an uploaded file, in UTF-8 or GB18030. Raises Invalid."""
    if path.stat().st_size > MOST_BYTES:
        raise Invalid(Problem("TOO_LARGE", say("A calendar is smaller than half a megabyte."), "file"))
    try:
        return "".join(line for line, _, _ in encoding.lines(path, encoding.detect(path)))
    except Wrong as wrong:
        raise Invalid(Problem("UNREADABLE", wrong.words, "file")) from wrong


def read_calendar(text: str) -> Found:
    """What a file says of days. Raises Invalid where it cannot be read, or says nothing of any day."""
    found = _ical(text) if text.lstrip("\ufeff \r\n\t").upper().startswith("BEGIN:") else _csv(text)
    if not found.days:
        raise Invalid(Problem("NO_DAYS", say("The file names no day off and no make-up day."), "file"))
    if len(found.days) > MOST_DAYS:
        raise Invalid(Problem("MANY_DAYS", say("At most {most} days at a time.", most=MOST_DAYS), "file"))
    return found


def written(days: Mapping[dt.date, Said]) -> str:
    """The same as CSV."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(WRITTEN)
    for day, said in sorted(days.items()):
        rows.writerow([day.isoformat(), said.mark.value, safe(said.name_zh), safe(said.name_en)])
    return out.getvalue()


# CSV


def _csv(text: str) -> Found:
    heading = text.lstrip("\ufeff").partition("\n")[0]
    try:
        rows = list(
            csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=max(",;\t", key=heading.count), strict=True)
        )
    except csv.Error as error:
        said = say("The quotes of this file do not match, or it is cut off ({why}).", why=str(error))
        raise Invalid(Problem("UNREADABLE", said, "file")) from error
    columns = _columns(rows[0] if rows else [])
    found, problems = Found(), list[Problem]()
    for number, cells in enumerate(rows[1:], 2):
        row = {name: unquoted(cells[at].strip()) for name, at in columns.items() if at < len(cells)}
        if any(row.values()):
            try:
                _take(found, row)
            except Invalid as wrong:
                problems += [_at(number, problem) for problem in wrong.problems]
    if problems:
        raise Invalid(*problems[:MOST_PROBLEMS])
    return found


def _columns(cells: list[str]) -> dict[str, int]:
    """Which column is where. Raises Invalid where day or kind is missing."""
    known = {_plain(word): name for name, words in HEADINGS.items() for word in words}
    columns = {known[_plain(cell)]: at for at, cell in enumerate(cells) if _plain(cell) in known}
    if not {"day", "kind"} <= columns.keys():
        said = say("The first row must name the columns date and kind. Others are name_zh and name_en.")
        raise Invalid(Problem("NO_HEADING", said, "file"))
    return columns


def _take(found: Found, row: Mapping[str, str]) -> None:
    day = parse_day(row.get("day", ""), "file")
    if not day.precise or not EARLIEST <= day.value.year <= LATEST:
        raise Invalid(Problem("BAD_DATE", say("This is no single day: {text}.", text=row.get("day", "")), "file"))
    if day.value in found.days:
        raise _twice(day.value)
    zh, en = split_script(row.get("name", ""))
    found.days[day.value] = Said(_mark(row), _named(row.get("name_zh") or zh), _named(row.get("name_en") or en))


def _twice(day: dt.date) -> Invalid:
    return Invalid(Problem("TWICE", say("This day is there already: {day}.", day=day), "file"))


def _mark(row: Mapping[str, str]) -> DayMark:
    word = _plain(row.get("kind", ""))
    for mark, words in KINDS.items():
        if word in words:
            return mark
    said = say("The kind {kind} is not known. Write off, worked or by_weekday.", kind=row.get("kind", ""))
    raise Invalid(Problem("BAD_KIND", said, "file"))


def _named(name: str) -> str:
    if len(name) > LONGEST_NAME:
        said = say("At most {most} characters; these are {length}.", most=LONGEST_NAME, length=len(name))
        raise Invalid(Problem("TOO_LONG", said, "file"))
    return name


def _at(row: int, problem: Problem) -> Problem:
    return Problem(problem.code, say("Row {row}: {message}", row=row, message=problem.message), "file")


def _plain(word: str) -> str:
    return re.sub(r"[\s-]+", "", unicodedata.normalize("NFKC", word)).casefold()


# iCalendar


def _ical(text: str) -> Found:
    """Events of whole days. Where some say that they are days off or worked, only those count."""
    from icalendar import Calendar  # only where a file comes

    try:
        events = [event for one in Calendar.from_ical(text, multiple=True) for event in one.walk("VEVENT")]
    except ValueError as error:
        said = say("This iCalendar file cannot be read: {why}", why=str(error)[:200])
        raise Invalid(Problem("UNREADABLE", said, "file")) from error
    marked = any(_says(event) for event in events)
    found, problems = Found(), list[Problem]()
    for event in events:
        title = _title(event)
        try:
            for day in _days(event):
                _add(found, day, _said(event, title, marked))
        except Wrong as wrong:
            found.left.append((title, wrong.words))
        except Invalid as wrong:
            problems += [_of(title, problem) for problem in wrong.problems]
    if problems:
        raise Invalid(*problems[:MOST_PROBLEMS])
    return found


def _add(found: Found, day: dt.date, said: Said) -> None:
    """A day may have two names. Raises Invalid where it would be off and worked."""
    if day in found.days and found.days[day].mark is not said.mark:
        raise _twice(day)
    found.days[day] = said


def _of(title: str, problem: Problem) -> Problem:
    called = f"{title[:SHORT]}…" if len(title) > SHORT else title
    return Problem(problem.code, say("{title}: {message}", title=called, message=problem.message), "file")


def _said(event: "Component", title: str, marked: bool) -> Said:
    mark = _says(event)
    if marked and mark is None:
        raise Wrong(say("It says neither day off nor working day, as others in this file do."))
    zh, en = split_script(_named(BRACKETED.sub("", title)))
    return Said(mark or DayMark.OFF, zh, en)


def _says(event: "Component") -> DayMark | None:
    special = str(event.get(SPECIAL, "")).upper()
    if special:
        return DayMark.OFF if "HOLIDAY" in special else DayMark.WORKED
    title = _title(event)
    if SAID_WORKED.search(title) and not SAID_FREE.search(title):
        return DayMark.WORKED
    return DayMark.OFF if SAID_OFF.search(title) or SAID_FREE.search(title) else None


def _title(event: "Component") -> str:
    return str(event.get("SUMMARY", "")).strip()


def _days(event: "Component") -> Iterator[dt.date]:
    """The days of an event. Raises Wrong where they are none that a calendar of days has."""
    if event.get("RRULE") or event.get("RDATE"):
        raise Wrong(say("It repeats. Give each day by itself."))
    start, end = _edges(event)
    if type(start) is not dt.date:
        raise Wrong(say("It has hours. Only whole days count."))
    days = (end - start).days if type(end) is dt.date else 1
    if not 0 < days <= LONGEST_EVENT or not EARLIEST <= start.year <= LATEST:
        raise Wrong(say("It is longer than two months, or in no year that is kept."))
    yield from (start + DAY * n for n in range(days))


def _edges(event: "Component") -> tuple[Any, Any]:
    from icalendar.error import BrokenCalendarProperty, IncompleteComponent

    try:
        return cast("Event", event).start, cast("Event", event).end
    except (BrokenCalendarProperty, IncompleteComponent, ValueError) as error:
        raise Wrong(say("Its day cannot be read.")) from error


def differences(before: Mapping[dt.date, Said], after: Mapping[dt.date, Said]) -> Iterable[dt.date]:
    """The days of which something else is said, in order."""
    plain = Said(DayMark.BY_WEEKDAY)
    return [day for day in sorted({*before, *after}) if before.get(day, plain) != after.get(day, plain)]
