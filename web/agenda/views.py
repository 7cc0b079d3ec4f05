"""The views of the agenda: which days each shows, around the one in the address."""

import datetime as dt
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.schema.calendar import LIMITS
from server.words import Words, say
from web.pages import answered, query_of
from web.rendering import Unreadable, render_template

DAY, WEEK = dt.timedelta(days=1), dt.timedelta(days=7)
AHEAD = 4 * WEEK
"""How far the list looks."""
Span = tuple[dt.date, dt.date]
"""The first and the last day that are shown."""


def month(day: dt.date) -> Span:
    """The month of a day."""
    first = day.replace(day=1)
    return first, (first + 31 * DAY).replace(day=1) - DAY


def week(day: dt.date) -> Span:
    """The week of a day, from its Monday on."""
    first = day - day.weekday() * DAY
    return first, first + WEEK - DAY


def coming(day: dt.date) -> Span:
    """Four weeks from a day on."""
    return day, day + AHEAD - DAY


def view(path: str, name: str, span: Callable[[dt.date], Span]) -> Route:
    """A page of the days around the one in the address, which is today unless it says another. One statement."""

    async def get(request: Request) -> Response:
        coming_in = request.state.asking.coming
        today = coming_in.now.astimezone(coming_in.zone).date()
        day = _day(request, today)
        since, until = span(day)
        days = {"since": since.isoformat(), "until": until.isoformat()}
        data = await answered(request, name, {**query_of(request), **days})
        shown = {"first": since, "last": until, "before": span(since - DAY)[0], "after": until + DAY}
        if span is coming:
            shown["before"] = since - AHEAD
        return render_template(request, f"{name}.html", {**data, "day": day, "shown": shown})

    return Route(path, get, methods=["GET"], name=name)


def _day(request: Request, today: dt.date) -> dt.date:
    """Raises Unreadable for what is no day, and for one of which no calendar is kept."""
    asked = request.query_params.get("day", "")
    try:
        day = dt.date.fromisoformat(asked) if asked else today
    except ValueError:
        raise _unreadable(say("Write the day as year-month-day, such as 2026-03-01.")) from None
    first, last = LIMITS[0] + AHEAD, LIMITS[1] - AHEAD
    if not first <= day <= last:
        raise _unreadable(say("Choose a year from {first} to {last}.", first=first.year, last=last.year))
    return day


def _unreadable(message: Words) -> Unreadable:
    return Unreadable([{"field": "day", "code": "BAD_VALUE", "message": message, "rule": None}])
