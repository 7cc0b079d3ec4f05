"""The calendar that is shipped: days off and make-up days of mainland China, as the State Council announced them."""

import datetime as dt
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from zoneinfo import ZoneInfo

from server.rules.calendar import DAY, DayMark, Said

MAINLAND = frozenset({"Asia/Shanghai", "Asia/Chongqing", "Asia/Chungking", "Asia/Harbin", "Asia/Urumqi", "PRC"})
"""Where the announced calendar holds by itself: time zones of the mainland."""
PACKAGE = "chinesecalendar"


def follows(zone: ZoneInfo) -> bool:
    """Whether an assembly in that time zone keeps the announced calendar unless it says otherwise."""
    return zone.key in MAINLAND


def source() -> str:
    """Where the shipped calendar comes from."""
    return f"{PACKAGE} {version(PACKAGE)}"


@cache
def announced(year: int) -> Mapping[dt.date, Said] | None:
    """Every day of that year that is other than its weekday says; None for a year that was not announced yet."""
    from chinese_calendar import Holiday, get_holiday_detail  # 60 ms, and only where a calendar is asked for

    chinese = {holiday.value: holiday.chinese for holiday in Holiday}
    days: dict[dt.date, Said] = {}
    day = dt.date(year, 1, 1)
    while day.year == year:
        try:
            off, name = get_holiday_detail(day)
        except NotImplementedError:  # so the package says that it does not know that year
            return None
        if name:
            days[day] = Said(DayMark.OFF if off else DayMark.WORKED, chinese[name], name)
        day += DAY
    return days
