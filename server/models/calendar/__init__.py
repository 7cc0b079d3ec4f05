"""The working calendar of the assembly: which days are worked, and how working days are counted."""

from server.models.calendar.tables import CalendarChange, CalendarDay, CalendarYear

# isort: split
from server.models.calendar.changing import change_day, import_days, must_be_kept, settled, undo_change
from server.models.calendar.reading import (
    calendar_around,
    calendar_of,
    calendar_of_years,
    calendar_reads,
    first_day,
    known_years,
    last_day,
    year_reads,
)
from server.models.calendar.shipped import announced, follows, source

__all__ = [
    "CalendarChange",
    "CalendarDay",
    "CalendarYear",
    "announced",
    "calendar_around",
    "calendar_of",
    "calendar_of_years",
    "calendar_reads",
    "change_day",
    "first_day",
    "follows",
    "import_days",
    "known_years",
    "last_day",
    "must_be_kept",
    "settled",
    "source",
    "undo_change",
    "year_reads",
]
