"""Days as files write them: ISO 8601, as people write them in Chinese, and those known only to the month or year."""

import calendar
import datetime as dt
import re
import unicodedata
from dataclasses import dataclass

from server.errors import Invalid, Problem
from server.rules.spans import backwards
from server.words import say

SHOWN = 40
"""Characters of a text that a refusal repeats."""

_MIDNIGHT = re.compile(r"[T ]0?0:00(:00(\.0+)?)?(Z|[+-]00:00)?$")
_MARK = re.compile(r"\s*[年月/.‐‑‒–—−-]\s*")
_DAY = re.compile(r"(\d{4})(?:-(\d\d?)(?:-(\d\d?))?)?|(\d{4})(\d\d)(\d\d)?", re.ASCII)


@dataclass(frozen=True)
class Day:
    """A day read from a text. precise: False where only the month or year was given, read as its first day."""

    value: dt.date
    precise: bool = True


def parse_day(text: str, field: str | None = None) -> Day:
    """Reads 2024-03-01, 2024年3月1日, 2024.3.1, 2024/3/1, 20240301, and 2024-03, 2024年3月, 202403, 2024.

    A time of midnight after it, as spreadsheets add, is let pass. Raises Invalid, BAD_DATE where it is no date we
    read and IMPOSSIBLE_DATE where the calendar has no such day.
    """
    plain = _MIDNIGHT.sub("", unicodedata.normalize("NFKC", text).strip())
    found = _DAY.fullmatch(_MARK.sub("-", plain).rstrip("日号 -"))
    shown = text.strip()[:SHOWN]
    if not found:
        message = say("{text} is no date that can be read. Write it like 2024-03-01, or 2024-03, or 2024.", text=shown)
        raise Invalid(Problem("BAD_DATE", message, field))
    year, month, day = found.group(1, 2, 3) if found[1] else found.group(4, 5, 6)
    return Day(_date(int(year), int(month or 1), int(day or 1), shown, field), precise=day is not None)


def span_problem(starts: Day | None, ends: Day | None, field: str = "ends_on") -> Problem | None:
    """What is wrong with a span from one day up to, but not on, another; None of either is open and fine."""
    if starts is None or ends is None or starts.value < ends.value:
        return None
    if starts.precise and ends.precise:
        return backwards(field)
    message = say("With only a month or year given, the end is not later than the beginning. Give the full dates.")
    return Problem("ENDS_BEFORE_START", message, field)


def _date(year: int, month: int, day: int, shown: str, field: str | None) -> dt.date:
    if year < 1 or not 1 <= month <= 12:
        message = say(
            "There is no such month: {text}. The year comes first, from 0001, then the month, 01 to 12.", text=shown
        )
        raise Invalid(Problem("IMPOSSIBLE_DATE", message, field))
    last = calendar.monthrange(year, month)[1]
    if not 1 <= day <= last:
        message = say("There is no such day: {text}. That month has {last} days.", text=shown, last=last)
        raise Invalid(Problem("IMPOSSIBLE_DATE", message, field))
    return dt.date(year, month, day)
