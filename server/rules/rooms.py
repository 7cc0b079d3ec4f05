"""Reading rooms: their hours, who may come in when, and what becomes of a booking and of a numbered copy (RD-3)."""

import datetime as dt
import enum
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from zoneinfo import ZoneInfo

from server.errors import Invalid, Problem
from server.rules.calendar import DAY, Calendar, DayKind
from server.rules.documents import ReadMode
from server.words import say

EARLY = dt.timedelta(minutes=30)
"""How long before a time begins its readers may be let in; nothing opens before it begins."""
LENDING = dt.timedelta(days=7)
"""How long a copy is lent; see facts.md, R4. What is read in the room only comes back the same day."""
MOST_WEEKS = 26
MOST_PEOPLE = 200
WEEKDAYS = range(7)
"""0 for Monday."""


class BookingState(enum.Enum):
    """MISSED: the time went by and nobody came."""

    BOOKED = "booked"
    CHECKED_IN = "checked_in"
    LEFT = "left"
    CANCELLED = "cancelled"
    MISSED = "missed"


HELD = (BookingState.BOOKED, BookingState.CHECKED_IN)
"""Of those a place is kept."""


class CopyState(enum.Enum):
    """Where a numbered copy is. RETURNED: it came back with something wrong, and waits for its keeper to look."""

    IN_STORE = "in_store"
    OUT = "out"
    RETURNED = "returned"
    NOT_FOUND = "lost"


class LoanState(enum.Enum):
    """How a loan stands on a day; nothing of it is stored. What comes before, a time booked, is a booking."""

    OUT = "out"
    OVERDUE = "overdue"
    RETURNED = "returned"
    RETURNED_LATE = "returned_late"
    NOT_FOUND = "lost"


def loan_state(due_on: dt.date, today: dt.date, *, returned_on: dt.date | None = None, lost: bool = False) -> LoanState:
    """How a loan stands on that day. What was lost and came back after all is back."""
    if returned_on:
        return LoanState.RETURNED_LATE if returned_on > due_on else LoanState.RETURNED
    if lost:
        return LoanState.NOT_FOUND
    return LoanState.OVERDUE if today > due_on else LoanState.OUT


def due_day(mode: ReadMode, today: dt.date, zone: ZoneInfo, ends: Iterable[dt.datetime | None] = ()) -> dt.date:
    """The day by which a copy comes back. ends: moments from which its borrower may not read it any more."""
    usual = today if mode is ReadMode.ROOM_ONLY else today + LENDING
    last = [(end - dt.timedelta(microseconds=1)).astimezone(zone).date() for end in ends if end]
    return min([usual, *last])


class SlotStanding(enum.Enum):
    """What a plan makes of one time of its pattern."""

    FRESH = "fresh"
    DAY_OFF = "day_off"
    TAKEN = "taken"
    GONE = "gone"


Hours = tuple[dt.time, dt.time]
Span = tuple[dt.datetime, dt.datetime]
HOURS = re.compile(r"(\d{1,2})(?:[:：](\d{2}))?\s*[-–—~～至到]\s*(\d{1,2})(?:[:：](\d{2}))?")
APART = " \r\n,，、;；"


def hours_of(text: str) -> list[Hours]:
    """The hours of a day as people write them: 9-11:30, 15:00–17:00. Raises Invalid, also where two of them meet."""
    found = sorted(map(_hours, HOURS.finditer(text)))
    if not found or HOURS.sub("", text).strip(APART) or any(after[0] < one[1] for one, after in pairwise(found)):
        raise _unreadable()
    return found


def _hours(read: re.Match[str]) -> Hours:
    first, minutes, last, more = read.groups()
    try:
        starts, ends = dt.time(int(first), int(minutes or 0)), dt.time(int(last), int(more or 0))
    except ValueError:
        raise _unreadable() from None
    if ends <= starts:
        raise _unreadable()
    return starts, ends


def _unreadable() -> Invalid:
    message = say("Write hours of one day that do not overlap, such as 9:00-11:30, 15:00-17:00.")
    return Invalid(Problem("BAD_HOURS", message, "hours"))


@dataclass(frozen=True)
class PlannedSlot:
    """A time as a pattern has it. starts_at, ends_at: aware, UTC."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    standing: SlotStanding


@dataclass(frozen=True)
class Pattern:
    """A week's times, for so many weeks from a day on. weekdays: 0 for Monday. hours: see `hours_of`."""

    weekdays: frozenset[int]
    hours: tuple[Hours, ...]
    starts_on: dt.date
    weeks: int

    @property
    def days(self) -> list[dt.date]:
        """The days it means, days off too."""
        days = (self.starts_on + n * DAY for n in range(7 * self.weeks))
        return [day for day in days if day.weekday() in self.weekdays]


def pattern_problems(weekdays: Collection[int], weeks: int) -> Iterator[Problem]:
    """What is wrong with a pattern, each beside its field."""
    if not weekdays or not all(day in WEEKDAYS for day in weekdays):
        yield Problem("NO_WEEKDAY", say("Choose at least one day of the week."), "weekdays")
    if not 1 <= weeks <= MOST_WEEKS:
        yield Problem("HOW_MANY_WEEKS", say("Between one and {most} weeks at once.", most=MOST_WEEKS), "weeks")


def span_of(day: dt.date, hours: Hours, zone: ZoneInfo) -> Span:
    """These hours of that day, in UTC."""
    starts, ends = (dt.datetime.combine(day, time, zone).astimezone(dt.UTC) for time in hours)
    return starts, ends


def planned(
    pattern: Pattern, calendar: Calendar, taken: Collection[Span], now: dt.datetime, zone: ZoneInfo
) -> list[PlannedSlot]:
    """Each time of the pattern, and what becomes of it. taken: the times that the room has already.

    A day off of the assembly is left out; a Saturday is not, for whoever names it means it.
    """
    spans = [(day, span_of(day, hours, zone)) for day in pattern.days for hours in pattern.hours]
    return [PlannedSlot(*span, _standing(day, span, calendar, taken, now)) for day, span in spans]


def _standing(day: dt.date, span: Span, calendar: Calendar, taken: Collection[Span], now: dt.datetime) -> SlotStanding:
    if span[0] <= now:
        return SlotStanding.GONE
    if calendar.kind(day) is DayKind.HOLIDAY:
        return SlotStanding.DAY_OFF
    return SlotStanding.TAKEN if any(meet(span, other) for other in taken) else SlotStanding.FRESH


def meet(one: Span, other: Span) -> bool:
    """Whether two times have a moment in common."""
    return one[0] < other[1] and other[0] < one[1]
