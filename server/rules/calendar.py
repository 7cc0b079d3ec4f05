"""The working calendar: which days are worked, and what is reckoned in them (AT-1, HE-4, RD-2 and their like)."""

import datetime as dt
import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

SATURDAY = 5
DAY = dt.timedelta(days=1)
EARLIEST, LATEST = 1900, 2100
"""The years that a calendar is asked for."""
MOST_DAYS = 1000
"""Working days that are counted off at once."""
OCTOBER = 10
"""From its first day on, the next year's calendar is missed: it is announced in November."""


class DayMark(enum.Enum):
    """What is said of one day, whatever its weekday."""

    OFF = "off"
    WORKED = "worked"
    BY_WEEKDAY = "by_weekday"


class DayKind(enum.Enum):
    """What a day is."""

    WORKING = "working"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKE_UP = "make_up"


@dataclass(frozen=True)
class Said:
    """What is said of a day, and by what name."""

    mark: DayMark
    name_zh: str = ""
    name_en: str = ""


@dataclass(frozen=True)
class Calendar:
    """What is said of days. known: years of which the whole is known; of others the weekends are, and what was said."""

    days: Mapping[dt.date, Said] = field(default_factory=dict)
    known: frozenset[int] = frozenset()

    def kind(self, day: dt.date) -> DayKind:
        """What that day is."""
        said = self.days.get(day)
        weekend = day.weekday() >= SATURDAY
        if said and said.mark is DayMark.OFF:
            return DayKind.HOLIDAY
        if said and said.mark is DayMark.WORKED and weekend:
            return DayKind.MAKE_UP
        return DayKind.WEEKEND if weekend else DayKind.WORKING

    def knows(self, *days: dt.date) -> bool:
        """Whether every year from the first of these days to the last is known."""
        return self.unknown(*days) is None

    def unknown(self, *days: dt.date) -> int | None:
        """The first year that is not known, from the first of these days to the last; None where all are."""
        years = range(min(days).year, max(days).year + 1)
        return next((year for year in years if year not in self.known), None)


def is_working(calendar: Calendar, day: dt.date) -> bool:
    """Whether that day is worked."""
    return calendar.kind(day) in (DayKind.WORKING, DayKind.MAKE_UP)


def add_working_days(calendar: Calendar, start: dt.date, n: int) -> dt.date:
    """The n-th working day after a day, which itself does not count; before it where n is negative.

    With 0 it is the day itself where that is worked, and else the next one that is.
    """
    day, left = start, abs(n)
    while left > 0:
        day += DAY if n > 0 else -DAY
        left -= is_working(calendar, day)
    while n == 0 and not is_working(calendar, day):
        day += DAY
    return day


def working_days_between(calendar: Calendar, start: dt.date, end: dt.date) -> int:
    """How many working days there are after a day, until and with another; negative where that one lies before.

    So `working_days_between(c, day, add_working_days(c, day, n)) == n`, unless n is 0.
    """
    step = DAY if end > start else -DAY
    days = (start + step * (n + 1) for n in range(abs((end - start).days)))
    return (1 if end > start else -1) * sum(is_working(calendar, day) for day in days)


def years_around(start: dt.date, n: int = 0) -> range:
    """The years that must be looked at to count n working days from a day, with room for long holidays."""
    far = start.toordinal() + (1 if n >= 0 else -1) * (3 * abs(n) + 60)
    end = dt.date.fromordinal(min(max(far, 1), dt.date.max.toordinal()))
    return range(min(start, end).year, max(start, end).year + 1)


def missing_years(known: frozenset[int], today: dt.date) -> list[int]:
    """Years whose calendar is missed on that day: its own, and from October on the next."""
    needed = [today.year, today.year + 1] if today.month >= OCTOBER else [today.year]
    return [year for year in needed if year not in known]
