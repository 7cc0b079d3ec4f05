"""The working calendar: a year day by day, working days counted, what others' files say, and every change of it."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any

import strawberry
from tortoise.expressions import Subquery

from server.errors import Invalid, Problem
from server.imports.calendars import Found, differences, read_calendar, written
from server.imports.calendars import text_of as text_of
from server.models import accounts, calendar
from server.rules.calendar import (
    DAY,
    EARLIEST,
    LATEST,
    MOST_DAYS,
    Calendar,
    DayKind,
    DayMark,
    Said,
    add_working_days,
    is_working,
    working_days_between,
    years_around,
)
from server.rules.permissions import Action
from server.schema.accounts import Account
from server.schema.declared import COUNTED, DESCRIBED
from server.schema.guard import needs
from server.schema.ids import key_of
from server.schema.making import made, makes
from server.schema.node import Node
from server.schema.paging import After, Before, Connection, First, Last, Slice, connect
from server.schema.problems import Problems
from server.schema.reading import Answer, Asking, Id, column, many, one, reads, shows
from server.schema.rows import everyone, reckoned
from server.words import Locale, say

READ = needs(Action.READ_CALENDAR)
MANAGE = needs(Action.MANAGE_CALENDAR)
MOST_SPAN = 62
"""Days of a span: two months."""
LIMITS = dt.date(EARLIEST, 1, 1), dt.date(LATEST, 12, 31)


@strawberry.type(description="One day of the calendar.")
class CalendarDate:
    """A day, as it stands."""

    date: dt.date = strawberry.field(description="The day.")
    kind: DayKind = strawberry.field(description="What it is.")
    working: bool = strawberry.field(description="Whether it is worked.")
    name: str = strawberry.field(description="Of what it is a day off, or made up for, in your language; or empty.")


@strawberry.type(description="A year of the working calendar.")
class WorkingCalendar:
    """A year, as it stands."""

    year: int = strawberry.field(description="Which year.")
    known: bool = strawberry.field(
        description="Whether the whole year is known. If not, only weekends and what was said of single days count."
    )
    source: str = strawberry.field(description="Where it comes from, in words.")
    working_days: int = strawberry.field(description="How many days of it are worked.")
    days: list[CalendarDate] = strawberry.field(description="Each of its days.", metadata={COUNTED: 366})


@strawberry.type(description="A day that was reckoned in working days.")
class ReckonedDay:
    """Never silently wrong."""

    date: dt.date = strawberry.field(description="The day.")
    known: bool = strawberry.field(
        description="Whether every year on the way is known. If not, public holidays are missing in it: look again."
    )


@strawberry.type(description="A number of working days.")
class ReckonedDays:
    """Never silently wrong."""

    count: int = strawberry.field(description="How many; negative where the second day lies before the first.")
    known: bool = strawberry.field(description="Whether every year on the way is known.")


@strawberry.type(description="What a change says of a day.")
@reads(calendar.CalendarDay, everyone)
class CalendarDaySaid:
    """A row of a change."""

    day: dt.date = column("Which day.")
    mark: DayMark = column("What it is, whatever its weekday.")
    name_zh: str = column("Of what, in Chinese, or empty.")
    name_en: str = column("Of what, in English, or empty.")


@strawberry.type(description="A year of which a change says the whole.")
@reads(calendar.CalendarYear, everyone)
class CalendarYearSaid:
    """A row of a change."""

    year: int = column("Which year.")


@strawberry.type(description="What someone said of the calendar at once; one that was taken back counts no more.")
@reads(calendar.CalendarChange, everyone)
class CalendarChange(Node):
    """A change."""

    at: dt.datetime = column("When.")
    by = one(accounts.Account, "by", Account | None, "Who; null for the system, or where that is not for you.")
    reason: str = column("Why.")
    source: str = column("The file it is from, or empty.")
    undone_at: dt.datetime | None = column("When it was taken back; null where it counts.")
    undone_by = one(accounts.Account, "undone_by", Account | None, "Who took it back, or null.")
    years = many(calendar.CalendarYear, "change", CalendarYearSaid, "The whole years it says.", order=("year",))
    days = many(calendar.CalendarDay, "change", CalendarDaySaid, "The days it says.", order=("day", "id"), counted=40)


@strawberry.type(description="A day of which a file says something other than what stands.")
class CalendarDifference:
    """Before and after."""

    date: dt.date = strawberry.field(description="The day.")
    before: DayKind = strawberry.field(description="What it is.")
    before_name: str = strawberry.field(description="By what name, or empty.")
    after: DayKind = strawberry.field(description="What it would be.")
    after_name: str = strawberry.field(description="By what name, or empty.")


@strawberry.type(description="Something in a file that was not taken.")
class CalendarLeftOut:
    """With its reason."""

    title: str = strawberry.field(description="What the file calls it.")
    reason: str = strawberry.field(description="Why not, in your language.")


@strawberry.type(description="What a file would change.")
class CalendarPreview:
    """Nothing is written by it."""

    years: list[int] = strawberry.field(description="The years of which it says the whole.")
    differences: list[CalendarDifference] = strawberry.field(
        description="The days that would become other.", metadata={COUNTED: 100}
    )
    left_out: list[CalendarLeftOut] = strawberry.field(description="What of the file is not taken.")
    content: str = strawberry.field(description="What is taken, as CSV: give this to calendarImport.")


@strawberry.type(description="The change that was made, or taken back.")
class CalendarPayload:
    """Success."""

    change: CalendarChange = strawberry.field(description="The change.")


CalendarResult = Annotated[
    CalendarPayload | Problems, strawberry.union("CalendarResult", description="The change, or why not.")
]
OfYear = Annotated[int | None, strawberry.argument(description="Which year; this one unless given.")]
OfDay = Annotated[dt.date, strawberry.argument(description="Which day.")]
OneDay = Annotated[dt.date | None, strawberry.argument(description="Which day; today unless given.")]
OnlyDay = Annotated[dt.date | None, strawberry.argument(description="Only changes that say something of this day.")]
AfterDay = Annotated[dt.date, strawberry.argument(description="The day from which to count; it does not count itself.")]
SinceDay = Annotated[dt.date, strawberry.argument(description="The first day of the span.")]
LastDay = Annotated[dt.date, strawberry.argument(description="The last day of the span.")]
UntilDay = Annotated[dt.date, strawberry.argument(description="The last day that counts.")]
HowMany = Annotated[
    int, strawberry.argument(description=f"How many working days, to {MOST_DAYS}; negative: before it.")
]
Content = Annotated[str, strawberry.argument(description="CSV with the columns date and kind, or iCalendar; as text.")]
Replace = Annotated[
    bool, strawberry.argument(description="Days of its years that it leaves out become what their weekday says.")
]
Why = Annotated[str, strawberry.argument(description="Why; kept in the audit trail and shown in the history.")]


@strawberry.type
class CalendarQuery:
    """Root fields of this room."""

    @makes("A year of the working calendar, day by day.", kind=WorkingCalendar, extensions=READ)
    async def calendar(self, info: Answer, year: OfYear = None) -> Any:
        """Of today where no year is given."""
        asking = info.context
        if year is not None:
            calendar.must_be_kept(year, "year")
        day = dt.date(year, 1, 1) if year is not None else asking.viewer.today
        first = reckoned(asking, day, lambda day: day.replace(month=1, day=1))
        last = reckoned(asking, day, lambda day: day.replace(month=12, day=31))

        def make(found: Mapping[str, Any]) -> WorkingCalendar:
            return _year(calendar.calendar_of(found, [day.year], asking.viewer.zone), found, day.year, asking)

        return await made(asking, calendar.calendar_reads(first, last), make)

    @makes("What one day is.", kind=CalendarDate, extensions=READ)
    async def calendar_date(self, info: Answer, day: OneDay = None) -> Any:
        """As it stands."""
        wanted = day or info.context.viewer.today

        def make(around: Calendar) -> CalendarDate:
            return _date(around, wanted, info.context.viewer.locale)

        return await _around(info.context, wanted, 0, make)

    @makes("The days of a span, at most 62 of them.", kind=list[CalendarDate], extensions=READ, counted=MOST_SPAN)
    async def calendar_days(self, info: Answer, since: SinceDay, until: LastDay) -> Any:
        """As they stand."""
        asking = info.context

        def make(found: Mapping[str, Any]) -> list[CalendarDate]:
            for day, name in ((since, "since"), (until, "until")):
                calendar.must_be_kept(day.year, name)
            if not 0 <= (until - since).days < MOST_SPAN:
                said = say("Ask for 1 to {most} days, the first one first.", most=MOST_SPAN)
                raise Invalid(Problem("DAYS_ORDER", said, "until"))
            around = calendar.calendar_of(found, range(since.year, until.year + 1), asking.viewer.zone)
            days = (since + DAY * n for n in range((until - since).days + 1))
            return [_date(around, day, asking.viewer.locale) for day in days]

        return await made(asking, calendar.calendar_reads(since, until), make)

    @makes(
        "The working day that lies so many working days after a day, or before it. With 0 the day itself where it is "
        "worked, else the next one that is.",
        kind=ReckonedDay,
        extensions=READ,
    )
    async def working_day(self, info: Answer, after: AfterDay, n: HowMany) -> Any:
        """See `add_working_days`."""
        if abs(n) > MOST_DAYS:
            raise Invalid(Problem("MANY_DAYS", say("At most {most} days at a time.", most=MOST_DAYS), "n"))

        def make(around: Calendar) -> ReckonedDay:
            day = add_working_days(around, after, n)
            return ReckonedDay(date=day, known=around.knows(after, day))

        return await _around(info.context, after, n, make)

    @makes("How many working days there are after a day, until and with another.", kind=ReckonedDays, extensions=READ)
    async def working_days(self, info: Answer, after: AfterDay, until: UntilDay) -> Any:
        """See `working_days_between`."""
        asking = info.context

        def make(found: Mapping[str, Any]) -> ReckonedDays:
            for day, name in ((after, "after"), (until, "until")):
                calendar.must_be_kept(day.year, name)
            years = range(min(after, until).year, max(after, until).year + 1)
            around = calendar.calendar_of(found, years, asking.viewer.zone)
            return ReckonedDays(count=working_days_between(around, after, until), known=around.knows(after, until))

        return await made(asking, calendar.calendar_reads(*LIMITS), make)

    @makes("What a file would change in the calendar. Nothing is written.", kind=CalendarPreview, extensions=MANAGE)
    async def calendar_preview(self, info: Answer, content: Content, replace: Replace = False) -> Any:
        """Raises Invalid where it cannot be read."""
        asking = info.context

        def make(rows: Mapping[str, Any]) -> CalendarPreview:
            found = read_calendar(content)
            years = sorted({day.year for day in found.days})
            now = calendar.calendar_of(rows, years, asking.viewer.zone)
            return _preview(now, found, replace=replace, locale=asking.viewer.locale)

        return await made(asking, calendar.calendar_reads(*LIMITS), make)

    @strawberry.field(
        description="Changes of the calendar, the newest first; those taken back, too.",
        graphql_type=Connection[CalendarChange],
        extensions=READ,
        metadata=DESCRIBED,
    )
    async def calendar_changes(
        self,
        info: Answer,
        day: OnlyDay = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Any:
        """One statement."""
        rows = calendar.CalendarChange.all()
        if day:
            of_day = calendar.CalendarDay.filter(day=day)
            rows = rows.filter(id__in=Subquery(of_day.values("change_id")))
        return await connect(info.context, rows, ("-serial",), Slice(first, after, last, before))


@strawberry.type
class CalendarMutation:
    """Root fields that change this room."""

    @strawberry.mutation(description="Says what a day is, whatever its weekday.", extensions=MANAGE)
    async def calendar_day_change(
        self,
        info: Answer,
        day: OfDay,
        mark: Annotated[DayMark, strawberry.argument(description="What it is.")],
        reason: Why,
        name_zh: Annotated[str, strawberry.argument(description="Of what, in Chinese.")] = "",
        name_en: Annotated[str, strawberry.argument(description="Of what, in English.")] = "",
    ) -> CalendarResult:
        """Refused where that stands there already."""
        facts = {"name_zh": name_zh, "name_en": name_en, "reason": reason}
        row = await calendar.change_day(info.context.viewer, day, mark=mark, **facts)
        return shows(CalendarPayload, change=row)

    @strawberry.mutation(
        description="Says the whole of every year that a file speaks of; see calendarPreview.", extensions=MANAGE
    )
    async def calendar_import(
        self,
        info: Answer,
        content: Content,
        reason: Why,
        replace: Replace = False,
        file_name: Annotated[str, strawberry.argument(description="The name of the file.")] = "",
    ) -> CalendarResult:
        """All of it, or nothing."""
        days = read_calendar(content).days
        row = await calendar.import_days(info.context.viewer, days, replace=replace, source=file_name, reason=reason)
        return shows(CalendarPayload, change=row)

    @strawberry.mutation(
        description="Takes a change back: what was said before holds again, and what was said of a day since.",
        extensions=MANAGE,
    )
    async def calendar_change_undo(self, info: Answer, id: Id) -> CalendarResult:
        """Once."""
        row = await calendar.undo_change(info.context.viewer, key_of(id, calendar.CalendarChange))
        return shows(CalendarPayload, change=row)


async def _around(asking: Asking, day: dt.date, n: int, make: Any) -> Any:
    """What `make` makes of the calendar around a day. It raises Invalid for a day in no year that is kept."""
    first = reckoned(asking, day, lambda day: calendar.first_day(day, n))
    last = reckoned(asking, day, lambda day: calendar.last_day(day, n))

    def made_of(found: Mapping[str, Any]) -> Any:
        calendar.must_be_kept(day.year, "day")
        return make(calendar.calendar_of(found, years_around(day, n), asking.viewer.zone))

    return await made(asking, calendar.calendar_reads(first, last), made_of)


def _year(whole: Calendar, found: Mapping[str, Any], year: int, asking: Asking) -> WorkingCalendar:
    first, end = dt.date(year, 1, 1), dt.date(year + 1, 1, 1)
    days = [_date(whole, first + DAY * n, asking.viewer.locale) for n in range((end - first).days)]
    return WorkingCalendar(
        year=year,
        known=year in whole.known,
        source=_source(found, year, asking),
        working_days=sum(day.working for day in days),
        days=days,
    )


def _source(found: Mapping[str, Any], year: int, asking: Asking) -> str:
    viewer = asking.viewer
    if year in dict(found["years"]):
        words = say("Said here for the whole year.")
    elif not calendar.follows(viewer.zone) or calendar.announced(year) is None:
        words = say("Weekends only: nobody said yet which days of this year are off or made up for.")
    else:
        words = say("As announced for mainland China ({source}).", source=calendar.source())
    return words.into(viewer.locale)


def _date(whole: Calendar, day: dt.date, locale: Locale) -> CalendarDate:
    said = whole.days.get(day)
    name = _name(said, locale) if said else ""
    return CalendarDate(date=day, kind=whole.kind(day), working=is_working(whole, day), name=name)


def _name(said: Said, locale: Locale) -> str:
    return (said.name_zh or said.name_en) if locale == "zh" else (said.name_en or said.name_zh)


def _preview(now: Calendar, found: Found, *, replace: bool, locale: Locale) -> CalendarPreview:
    then = Calendar(calendar.settled(now, found.days, replace=replace))
    changed = [(_date(now, day, locale), _date(then, day, locale)) for day in differences(now.days, then.days)]
    return CalendarPreview(
        years=sorted({day.year for day in found.days}),
        differences=[
            CalendarDifference(
                date=was.date, before=was.kind, before_name=was.name, after=becomes.kind, after_name=becomes.name
            )
            for was, becomes in changed
        ],
        left_out=[CalendarLeftOut(title=title, reason=words.into(locale)) for title, words in found.left],
        content=written(found.days),
    )
