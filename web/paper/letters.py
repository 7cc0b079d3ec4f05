"""Letters that are told once, as a PDF: the press is there before any is issued, and nothing is lost without it."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.paper.press import Busy, NotPrinted, Press, Prints
from server.words import say
from web.invitations import issued
from web.pages import answered, show
from web.paper.leaves import PLACE, as_file, busy, note, sheet_of
from web.paper.whole import problem
from web.rendering import render_long

TURN_S = 60
"""How long it waits for the press. Issuing and printing come after, and proxies do not wait for all of it for ever."""


def issues_paper(path: str, name: str, mutation: str) -> Route:
    """The form of this address, which answers with its letters as a PDF instead of a page.

    Who waits for the press waits before the mutation, and so does who is told to come again: nothing has happened then.
    """

    async def post(request: Request) -> Response:
        request.state.asking.take_time()
        press: Press = request.app.state.press
        page = _of_page(request)
        try:
            async with press.turn(TURN_S) as prints:
                told = await issued(page, name, mutation)
                return told if isinstance(told, Response) else await _letters(page, name, told, prints)
        except Busy:
            return busy(page)

    return Route(PLACE + path, post, methods=["POST"], name=f"paper/{mutation}")


def _of_page(request: Request) -> Request:
    """The same at the address of the page, for what stands on it leads on from there."""
    return Request({**request.scope, "path": request.scope["path"].removeprefix(PLACE)}, request.receive)


async def _letters(request: Request, name: str, told: Mapping[str, Any], prints: Prints) -> Response:
    """The PDF; the page of the letters where nobody is invited, or where it cannot be printed, for what is in them is
    kept nowhere.
    """
    if not told["pictures"]:
        return await show(request, name, **told)
    data = {**await answered(request, name), **told}
    sheet = await sheet_of(request, name, data)
    try:
        return as_file(name, sheet, await prints(sheet))
    except NotPrinted as error:
        note(request, error)
        return await render_long(request, f"{name}.html", {**data, "problems": _unprinted(request, error)})


def _unprinted(request: Request, error: NotPrinted) -> list[dict[str, Any]]:
    """Why there is a page instead, and the number under which the log says more."""
    number = request.state.asking.viewer.request_id
    why = say("The PDF was not made. {why} Nothing is lost: print this page, it has the letters.", why=error.why)
    return [problem("NOT_PRINTED", why), problem("NUMBER", say("Number of this request: {number}", number=number))]
