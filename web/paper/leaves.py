"""Pages that are read to their end, on the screen and on paper, and what the foot of a sheet says."""

import asyncio
import datetime as dt
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.paper.press import Busy, NotPrinted, Press
from server.paper.sheets import Foot, Sheet
from server.words import Locale, day_text, say
from web.formatting import hour_text
from web.paper.whole import problem, whole
from web.rendering import UNTRIED, house, html_of, refusal, render_long, surroundings

log = logging.getLogger("luzhi.paper")
PLACE = "/paper"
"""What stands before the address of a page, for the same as a PDF."""
WAIT_S = 10
"""After which who was sent away may try again."""
Reads = Callable[[Request], Awaitable[Mapping[str, Any]]]
"""Finds the data of a page."""


def of_today(name: str) -> Reads:
    """All of the page's lists, as of today unless the address says another day."""

    async def read(request: Request) -> Mapping[str, Any]:
        await request.state.asking.settle()
        return await whole(request, name, {"on": request.state.asking.viewer.today.isoformat()})

    return read


def as_asked(name: str) -> Reads:
    """All of the page's lists, as the address says."""

    async def read(request: Request) -> Mapping[str, Any]:
        return await whole(request, name)

    return read


def full(path: str, name: str, reads: Reads) -> Route:
    """A page whose lists are shown to their end, for printing."""

    async def get(request: Request) -> Response:
        return await render_long(request, f"{name}.html", await reads(request))

    return Route(path, get, methods=["GET"], name=name)


def paper(path: str, name: str, reads: Reads | None = None) -> Route:
    """The page of this address as a PDF: its operation, read to the end of its lists, and its template.

    reads: how its data is found where its page has a way of its own.
    """

    async def get(request: Request) -> Response:
        request.state.asking.take_time()
        data = await (reads(request) if reads else whole(request, name))
        sheet = await sheet_of(request, name, data)
        press: Press = request.app.state.press
        try:
            return as_file(name, sheet, await press.printed(sheet))
        except Busy:
            return busy(request)
        except NotPrinted as error:
            note(request, error)
            return refusal(request, 503, [problem("NOT_PRINTED", error.why)])

    return Route(PLACE + path, get, methods=["GET"], name=f"paper/{name}")


def note(request: Request, error: NotPrinted) -> None:
    """For whoever looks after the server, under the number that the page shows."""
    log.warning("request %s was not printed: %s", request.state.asking.viewer.request_id, error)


def busy(request: Request) -> Response:
    """429: too many wait already."""
    words = say("Others are having long lists printed. Try again in a moment.")
    response = refusal(request, 429, [problem("BUSY", words)])
    response.headers["Retry-After"] = str(WAIT_S)
    return response


async def sheet_of(request: Request, name: str, data: Mapping[str, Any]) -> Sheet:
    """The page as it goes to the press. In a thread: a long list takes the template a while, and others do not wait."""
    viewer = request.state.asking.viewer
    html = await asyncio.to_thread(html_of, f"{name}.html", {**surroundings(request), **UNTRIED, **data})
    now = viewer.now.astimezone(viewer.zone)
    foot = Foot(_of_what(request, viewer.locale), _by_whom(viewer, now), _numbers(viewer.locale))
    return Sheet(html, viewer.locale, viewer.name, now, foot)


def _of_what(request: Request, locale: Locale) -> str:
    """The assembly, and the day that is shown."""
    try:
        day = dt.date.fromisoformat(request.query_params.get("on", ""))
    except ValueError:  # none was asked for, or the page knows none
        day = request.state.asking.viewer.today
    named = assembly(getattr(request.state, "assembly", None), locale)
    return f"{named} · {day_text(day, locale)}"


def assembly(facts: Mapping[str, Any] | None, locale: Locale) -> str:
    """What the assembly is called; the product's name before that is said."""
    known = house(facts, locale)
    return known["name"] if known else say("Luzhi").into(locale)


def _by_whom(viewer: Any, now: dt.datetime) -> str:
    when = hour_text(now, viewer.locale)
    if not viewer.signed_in:
        return say("Printed {when}", when=when).into(viewer.locale)
    return say("Printed by {name}, {when}", name=viewer.name, when=when).into(viewer.locale)


def _numbers(locale: Locale) -> tuple[str, str, str]:
    words = say("Page {page} of {pages}", page="\0", pages="\0").into(locale)
    before, between, after = words.split("\0")
    return before, between, after


def as_file(name: str, sheet: Sheet, pdf: bytes) -> Response:
    """The PDF, to be kept or opened."""
    file = f"luzhi-{name.replace('/', '-')}-{sheet.made:%Y-%m-%d}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{file}"'}
    return Response(pdf, media_type="application/pdf", headers=headers)
