"""The calendar as it stands: the shipped one, and what was said here on top of it. Read once for a question."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from server.models.calendar.shipped import announced, follows
from server.models.calendar.tables import CalendarDay, CalendarYear
from server.models.reads import Columns, Read, read_all
from server.rules.calendar import Calendar, Said, years_around
from server.viewer import Viewer

STANDS: dict[str, Any] = {"change__undone_at__isnull": True}


def year_reads() -> dict[str, Read]:
    """Which years were said as a whole. Few, however long the assembly lives."""
    rows = CalendarYear.filter(**STANDS).order_by("change__serial", "year")
    return {"years": Columns(rows, ("year", "change__serial"))}


def calendar_reads(first: dt.date, last: dt.date) -> dict[str, Read]:
    """What must be read to know these days."""
    rows = CalendarDay.filter(day__gte=first, day__lte=last, **STANDS).order_by("change__serial", "day")
    return {"days": Columns(rows, ("day", "mark", "name_zh", "name_en", "change__serial")), **year_reads()}


def known_years(found: Mapping[str, Any], years: Iterable[int], zone: ZoneInfo) -> frozenset[int]:
    """Those of the years of which the whole is known."""
    said = {year for year, _ in found["years"]}
    return frozenset(year for year in years if year in said or (follows(zone) and announced(year) is not None))


def calendar_of(found: Mapping[str, Any], years: Iterable[int], zone: ZoneInfo) -> Calendar:
    """The calendar of these years, of what was read. Of a day counts what was said last."""
    years = set(years)
    whole = dict(found["years"])
    days: dict[dt.date, Said] = {}
    for year in years:
        if year not in whole and follows(zone):
            days |= announced(year) or {}
    for day, mark, name_zh, name_en, serial in found["days"]:
        if day.year in years and serial >= whole.get(day.year, 0):
            days[day] = Said(mark, name_zh, name_en)
    return Calendar(days, known_years(found, years, zone))


def first_day(day: dt.date, n: int = 0) -> dt.date:
    """The first day that must be known to count n working days from a day."""
    return dt.date(years_around(day, n)[0], 1, 1)


def last_day(day: dt.date, n: int = 0) -> dt.date:
    """The last one."""
    return dt.date(years_around(day, n)[-1], 12, 31)


async def calendar_around(viewer: Viewer, start: dt.date, n: int = 0) -> Calendar:
    """The calendar of all the years that n working days from a day may touch."""
    found = await read_all(calendar_reads(first_day(start, n), last_day(start, n)))
    return calendar_of(found, years_around(start, n), viewer.zone)


async def calendar_of_years(viewer: Viewer, years: Iterable[int]) -> Calendar:
    """The calendar of these years."""
    years = sorted(years)
    found = await read_all(calendar_reads(dt.date(years[0], 1, 1), dt.date(years[-1], 12, 31)))
    return calendar_of(found, years, viewer.zone)
