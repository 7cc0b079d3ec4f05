"""Changing the calendar: a day, whole years at once, and taking a change back."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from server.errors import Conflict, Invalid, Problem
from server.models import audit
from server.models.calendar.reading import calendar_of_years
from server.models.calendar.tables import CalendarChange, CalendarDay, CalendarYear
from server.models.database import transaction
from server.models.facts import tidy, unique
from server.models.history import locked, sound_reason
from server.rules.calendar import EARLIEST, LATEST, Calendar, DayMark, Said
from server.rules.permissions import Action
from server.viewer import Viewer
from server.words import say

ORDINARY = Said(DayMark.BY_WEEKDAY)


async def change_day(
    viewer: Viewer, day: dt.date, *, mark: DayMark, name_zh: str = "", name_en: str = "", reason: str
) -> CalendarChange:
    """Say what a day is. Raises Invalid where that stands there already."""
    viewer.must(Action.MANAGE_CALENDAR)
    must_be_kept(day.year, "day")
    said, reason = tidy(CalendarDay, {"name_zh": name_zh, "name_en": name_en}), sound_reason(reason)
    async with transaction():
        serial = await _next_serial()
        calendar = await calendar_of_years(viewer, [day.year])
        if calendar.days.get(day, ORDINARY) == Said(mark, **said):
            raise Invalid(Problem("SAME", say("The calendar says this of that day already."), "mark"))
        change = await _changed(viewer, serial, reason)
        await CalendarDay.create(change=change, day=day, mark=mark, **said)
        payload = {"day": day, "mark": mark.value, **said, "reason": reason}
        await audit.record(viewer, "calendar.change_day", f"cal_{change.id}", payload)
    return change


async def import_days(
    viewer: Viewer, days: Mapping[dt.date, Said], *, replace: bool = False, source: str = "", reason: str
) -> CalendarChange:
    """Say the whole of every year that these days are in. replace: see `settled`."""
    viewer.must(Action.MANAGE_CALENDAR)
    reason, years = sound_reason(reason), sorted({day.year for day in days})
    for year in years:
        must_be_kept(year, "content")
    source = tidy(CalendarChange, {"source": source})["source"]
    async with transaction():
        serial = await _next_serial()
        result = settled(await calendar_of_years(viewer, years), days, replace=replace)
        change = await _changed(viewer, serial, reason, source)
        await CalendarYear.bulk_create([CalendarYear(change=change, year=year) for year in years])
        await CalendarDay.bulk_create([CalendarDay(change=change, day=day, **vars(s)) for day, s in result.items()])
        payload = {"years": years, "days": len(result), "source": source, "replace": replace, "reason": reason}
        await audit.record(viewer, "calendar.import_days", f"cal_{change.id}", payload)
    return change


def settled(calendar: Calendar, days: Mapping[dt.date, Said], *, replace: bool) -> dict[dt.date, Said]:
    """The days of these years that are other than their weekday says, once that is said of them.

    replace: days that are left out become what their weekday says; else they stay as they are.
    """
    result = dict(days) if replace else {**calendar.days, **days}
    return {day: said for day, said in sorted(result.items()) if said.mark is not DayMark.BY_WEEKDAY}


async def undo_change(viewer: Viewer, change: UUID) -> CalendarChange:
    """Take a change back: what was said before, and what was said of a day since then, holds."""
    viewer.must(Action.MANAGE_CALENDAR)
    async with transaction():
        row = await locked(CalendarChange, change)
        if row.undone_at is not None:
            raise Conflict(Problem("UNDONE", say("This change was taken back already.")))
        await CalendarChange.filter(id=change).update(undone_at=viewer.now, undone_by_id=viewer.account)
        await audit.record(viewer, "calendar.undo_change", f"cal_{change}", {"serial": row.serial})
    return await CalendarChange.get(id=change)


def must_be_kept(year: int, field: str) -> None:
    """Raises Invalid for a year of which no calendar is kept."""
    if not EARLIEST <= year <= LATEST:
        said = say("Choose a year from {first} to {last}.", first=EARLIEST, last=LATEST)
        raise Invalid(Problem("YEAR_FAR", said, field))


async def _next_serial() -> int:
    last: Iterable[Any] = await CalendarChange.all().order_by("-serial").limit(1).values_list("serial", flat=True)
    return next(iter(last), 0) + 1


async def _changed(viewer: Viewer, serial: int, reason: str, source: str = "") -> CalendarChange:
    """Raises Conflict where someone else made a change since the serial was read."""
    meanwhile = say("Someone else changed the calendar just now. Look at it again, and repeat your change.")
    with unique(Problem("CHANGED_MEANWHILE", meanwhile)):
        return await CalendarChange.create(
            serial=serial, at=viewer.now, by_id=viewer.account, reason=reason, source=source
        )
