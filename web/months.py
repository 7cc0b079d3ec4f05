"""A year of days as twelve months of weeks, for the picture of the calendar; and the names of months and weekdays."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any

from babel.dates import format_date, get_day_names
from jinja2 import pass_context
from jinja2.runtime import Context

from server.words import BABEL, Locale

WEEK = 7
Day = Mapping[str, Any]
Weeks = list[list[Day | None]]


def months(days: Sequence[Day]) -> list[tuple[dt.date, Weeks]]:
    """The first day of each month, and its weeks from Monday on; None where a week is of another month, too."""
    return [(found[0]["date"], _weeks(found)) for _, each in groupby(days, _month) if (found := list(each))]


def _month(day: Day) -> int:
    return int(day["date"].month)


def _weeks(days: list[Day]) -> Weeks:
    cells: list[Day | None] = [*[None] * days[0]["date"].weekday(), *days]
    cells += [None] * (-len(cells) % WEEK)
    return [cells[at : at + WEEK] for at in range(0, len(cells), WEEK)]


def runs(days: Sequence[Day]) -> list[tuple[Day, Day]]:
    """The first and the last of each run of days of one kind and name; working days and weekends are left out."""
    found: list[list[Day]] = []
    for day in days:
        if day["kind"] not in ("HOLIDAY", "MAKE_UP"):
            continue
        if found and _same(found[-1][-1], day):
            found[-1].append(day)
        else:
            found.append([day])
    return [(run[0], run[-1]) for run in found]


def _same(last: Day, day: Day) -> bool:
    alike = all(last[fact] == day[fact] for fact in ("kind", "name"))
    return alike and day["date"] - last["date"] == dt.timedelta(1)


@pass_context
def month_name(context: Context, first: dt.date) -> str:
    """January, or 1月."""
    return format_date(first, "LLLL", locale=BABEL[context["locale"]])


@pass_context
def month_of_year(context: Context, first: dt.date) -> str:
    """January 2027, or 2027年1月."""
    pattern = "y年M月" if context["locale"] == "zh" else "LLLL y"
    return format_date(first, pattern, locale=BABEL[context["locale"]])


def weekdays(locale: Locale) -> list[tuple[str, str]]:
    """Monday to Sunday, short and whole."""
    short, whole = (get_day_names(width, locale=BABEL[locale]) for width in ("narrow", "wide"))
    return [(short[n], whole[n]) for n in range(WEEK)]


FILTERS: dict[str, Callable[..., Any]] = {
    "months": months,
    "runs": runs,
    "month_name": month_name,
    "month_of_year": month_of_year,
    "weekdays": weekdays,
}
