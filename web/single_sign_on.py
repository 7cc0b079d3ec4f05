"""Signing in by the provider, and linking one's account to it."""

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from server.schema import single_sign_on as bridge
from server.schema.arriving import admitting, same_origin
from server.schema.refusals import Conflict, Invalid, Limited, Refused, as_problems
from server.words import say
from web.cookies import forget, keep
from web.pages import show, succeed
from web.rendering import DONE, render_template
from web.session import local_address, to_sign_in

MINE = "/me/single-sign-on"
SECONDS = int(bridge.WAITS.total_seconds())
STATUS = {"OUT_OF_REACH": 503, "DISTRUSTED": 403, "NOT_LINKED": 403}
"""Of the page that says why it came to nothing; 422 where it is only to be tried again."""
WITHOUT_QUERY: dict[str, Any] = {"here_with": lambda **_: "/login", "query": {}, "pairs": []}
"""On a page whose address holds a code: nothing of that address stands in it."""
LINKED = "LinkAccount"
DONE[LINKED] = say("Your account is linked.").msgid


async def go(request: Request) -> Response:
    """To the provider, by a link of ours: nobody else's page signs anyone in."""
    await request.state.asking.settle()
    to = MINE if request.state.asking.viewer.session else local_address(request.query_params.get("next"))
    if not bridge.name_of(request) or not same_origin(request):
        return RedirectResponse("/login", 303)
    try:
        address, waits = await bridge.go(request, to)
    except bridge.Failed as failed:
        return _failed(request, failed.why)
    response = RedirectResponse(address, 303)
    keep(request, response, bridge.ATTEMPT, waits, SECONDS)
    return response


async def back(request: Request) -> Response:
    """From the provider: in, or on to linking, or why not."""
    await request.state.asking.settle()
    if not bridge.name_of(request):
        return RedirectResponse("/login", 303)
    came = {name: request.query_params.getlist(name) for name in request.query_params}
    try:
        response = _on(request, await bridge.come_back(request, came))
    except bridge.Failed as failed:
        response = _failed(request, failed.why)
    except Refused as error:
        response = _failed(request, "REFUSED", as_problems(error, request.state.asking))
    forget(request, response, bridge.ATTEMPT)
    return response


def _on(request: Request, came: bridge.Back) -> Response:
    response = RedirectResponse(came.to, 303)
    if came.signed_in:
        response.raw_headers.append(admitting(request, came.signed_in))
    else:
        keep(request, response, bridge.MET, came.met, SECONDS)
    return response


def _failed(request: Request, why: str, problems: list[dict[str, Any]] | None = None) -> Response:
    said = {"why": why, "reasons": problems or [], **WITHOUT_QUERY}
    return render_template(request, "session/single_sign_on.html", said, STATUS.get(why, 403 if problems else 422))


async def mine(request: Request) -> Response:
    """Whether one's own account is linked, and the way to link it."""
    await request.state.asking.settle()
    if not request.state.asking.viewer.session:
        return to_sign_in(request)
    return await _mine(request)


async def link(request: Request) -> Response:
    """Links it, by the present password."""
    async with request.form() as typed:
        password = str(typed.get("password", ""))
    try:
        await bridge.link(request, password)
    except bridge.Failed as failed:
        return _failed(request, failed.why)
    except (Invalid, Conflict, Limited) as error:
        response = await _mine(
            request, 429 if isinstance(error, Limited) else 422, as_problems(error, request.state.asking)
        )
        if isinstance(error, Limited):
            response.headers["Retry-After"] = str(error.retry_after)
        return response
    response = succeed(request, MINE, LINKED)
    forget(request, response, bridge.MET)
    return response


async def _mine(request: Request, status: int = 200, problems: list[dict[str, Any]] | None = None) -> Response:
    met = bridge.has_met(request)
    return await show(request, "accounts/single_sign_on", status, met=met, problems=problems or [])


routes = [
    Route("/single-sign-on", go, methods=["GET"], name="single_sign_on"),
    Route(bridge.BACK, back, methods=["GET"], name="single_sign_on_back"),
    Route(MINE, mine, methods=["GET"], name="accounts/single_sign_on"),
    Route(MINE, link, methods=["POST"]),
]
