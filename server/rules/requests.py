"""What people may ask the office to change about them, or tell it of, in which form, and by when it answers."""

import datetime as dt
import enum
import re
from typing import Any

from server.rules.calendar import Calendar, add_working_days
from server.rules.dates import parse_day

ANSWERED_WITHIN = 10
"""Working days in the assembly's calendar."""
SOON = 2
"""So many working days before its day the office is told of a request."""
LONGEST = 1000
"""Characters of what is asked."""
PARTED = re.compile(r"[\n、,，;；]+")
"""Between several things in one text."""


class RequestField(enum.Enum):
    """What it is about: a column of the person's file, something else, which the office changes by hand, or a page
    that refused or failed."""

    NAME_ZH = "name_zh"
    NAME_EN = "name_en"
    BIRTH_DATE = "birth_date"
    POLITICAL_AFFILIATION = "political_affiliation"
    EDUCATION = "education"
    EXPERTISE = "expertise"
    FOCUS_TOPICS = "focus_topics"
    EMAIL = "email"
    PHONE = "phone"
    OTHER = ""
    ERROR_PAGE = "error_page"


class RequestState(enum.Enum):
    """Where a request stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


BY_HAND = frozenset({RequestField.OTHER, RequestField.ERROR_PAGE})
"""What changes no column: the office says what it did."""
LISTS = frozenset({RequestField.EXPERTISE, RequestField.FOCUS_TOPICS})


def due_on(calendar: Calendar, today: dt.date) -> dt.date:
    """The day by which the office answers."""
    return add_working_days(calendar, today, ANSWERED_WITHIN)


def soon(calendar: Calendar, today: dt.date) -> dt.date:
    """What is due until that day is due soon."""
    return add_working_days(calendar, today, SOON)


def is_late(due: dt.date, today: dt.date, state: RequestState) -> bool:
    """Should it have been answered by now?"""
    return late_by(due, today, state) > 0


def late_by(due: dt.date, today: dt.date, state: RequestState) -> int:
    """For how many days it should have been answered; 0 where it is not late. Who waits does so on days off, too."""
    return max((today - due).days, 0) if state is RequestState.OPEN else 0


def value_of(field: RequestField, text: str) -> Any:
    """What was asked for, as the file keeps it: a day, a list, or a text. Raises Invalid."""
    text = text.strip()
    if field in LISTS:
        return [part.strip() for part in PARTED.split(text) if part.strip()]
    if field is not RequestField.BIRTH_DATE:
        return text
    if not text:
        return None
    return parse_day(text, "wanted").value


def text_of(value: Any) -> str:
    """A value of the file as text, so that it can be shown beside what is wanted."""
    if isinstance(value, list):
        return "、".join(value)
    return "" if value is None else str(value)
