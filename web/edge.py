"""What surrounds every page: the headers of a strict house, the viewer of the request, and the pages of refusal."""

import asyncio
import logging
import re
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.schema import Action
from server.schema.arriving import asking_of, same_origin
from server.schema.asking import Asking
from server.schema.cookies import is_encrypted
from server.schema.documents.bringing import MOST_BYTES as FILE_BYTES
from server.schema.documents.bringing import MOST_TOGETHER
from server.schema.http import till
from server.schema.patience import KEY, Over, Patience
from server.schema.refusals import Conflict, Invalid, Limited, NotThere, Refused, as_problems
from web.mishaps import told
from web.rendering import NotFound, Unreadable, house, refusal, templates

log = logging.getLogger("luzhi.web")
LASTING = ("/static/", "/assets/")
"""Files that are new at a new address only."""
QUIET = (*LASTING, "/healthz", "/readyz")
"""Addresses that ask nobody who they are."""
MOST_BYTES = 1_000_000
"""How much may be sent with a form; with a file, by who may import, as much as the settings say."""
A_FILE = re.compile("/documents/[^/]+/versions")
"""Where files of documents come in, by who keeps some."""
MATERIALS = re.compile("/materials/[^/]+/files")
"""Where departments deliver, many files at once."""
YEAR_S = 365 * 24 * 3600
SAFE = {"GET", "HEAD", "OPTIONS"}
LEAVING = "/logout"
"""What nobody is ever kept from."""
A_PAGE = 1_000
"""Points that a page, a form or a file is paid with, whatever it shows: a thousand times in a minute, by default."""
FAULTS = 400
"""The first status of them: what a browser must not keep."""
REACHED_WITHIN_S = 2
"""How long the page of what failed waits for the database to say who asks."""
GONE = 499
"""Counted as the status where nobody waited for an answer."""


class Strict:
    """A strict content policy, no framing, no guessing of types; nothing of a person in any cache."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        kept, htmx = scope["path"].startswith(LASTING), scope["app"].state.settings.htmx_url

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                there = kept and message["status"] < FAULTS
                always = strict_headers(htmx, kept=there, encrypted=is_encrypted(scope))
                given = message.get("headers", [])
                said = {name for name, _ in given}
                ours = (header for header in always if header[0] not in said)
                message["headers"] = [*given, *ours]
            await send(message)

        await self.app(scope, receive, with_headers)


@lru_cache
def strict_headers(htmx_url: str, *, kept: bool = False, encrypted: bool = False) -> list[tuple[bytes, bytes]]:
    """What every answer carries, names in small letters, as ASGI has them.

    kept: it may stay in caches. encrypted: it goes over https, and browsers are to come by nothing else from now on.
    """
    return Headers(
        {
            "Content-Security-Policy": policy(htmx_url),
            "Cache-Control": "public, max-age=31536000, immutable" if kept else "no-store",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
            **({"Strict-Transport-Security": f"max-age={YEAR_S}; includeSubDomains"} if encrypted else {}),
        }
    ).raw


class Patient:
    """Ends what takes too long, and what nobody waits for, until the answer begins. Stands around all that may wait."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http" or scope["path"].startswith(QUIET):
            await self.app(scope, receive, send)
            return
        patience = scope[KEY] = Patience(receive, scope["method"], scope["app"].state.settings.deadline)

        async def begun(message: Message) -> None:
            patience.end()
            await send(message)

        try:
            await self.app(scope, patience.receive, begun)
        except asyncio.CancelledError:
            over = patience.given_up()
            if over is None:
                raise
            response = late(Request(scope)) if over is Over.LATE else Response(status_code=GONE)
            await response(scope, receive, send)
        finally:
            patience.end()


def late(request: Request) -> Response:
    """504, which finds nobody out: that might take as long again."""
    number = _asking(request).presume().request_id
    log.warning("request %s took too long and was ended", number)
    return alone(request, 504, number)


def _asking(request: Request) -> Asking:
    """What came with the request, also where it failed before that was noted."""
    if not hasattr(request.state, "asking"):
        request.state.asking = asking_of(request.scope)
    asking: Asking = request.state.asking
    return asking


def alone(request: Request, status: int, number: str) -> Response:
    """A page that needs nothing of what failed, and from which nothing can be sent."""
    facts = {
        "house": house(getattr(request.state, "assembly", None), "zh"),
        "mishap": told(request.state.asking, request.url.path, status, sends=False),
        "problems": _numbered(number),
    }
    return HTMLResponse(templates.get_template(f"errors/{status}.html").render(facts), status)


def _numbered(number: str) -> list[dict[str, Any]]:
    return [{"field": None, "code": "INTERNAL", "message": number, "rule": None}]


def policy(htmx_url: str, *, forms: str = "", scripts: str = "", styles: str = "", fonts: str = "") -> str:
    """The content policy of a page: nothing but ours and htmx, and what that page needs from elsewhere besides.

    forms: where else the answer to its form may lead. All are sources as a Content-Security-Policy names them.
    """
    rules = {
        "default-src": "'none'",
        "script-src": f"'self' {origin(htmx_url)} {scripts}",
        "style-src": f"'self' {styles}",
        "img-src": "'self' data:",
        "font-src": f"'self' {fonts}",
        "connect-src": "'self'",
        "form-action": f"'self' {forms}",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(" ".join([name, *sources.split()]) for name, sources in rules.items())


def origin(url: str) -> str:
    """Where it is fetched from; empty for a path of ours."""
    place = urlsplit(url)
    return f"{place.scheme}://{place.netloc}" if place.netloc else ""


class Arriving:
    """Notes who comes, refuses posts that another site sends with our cookie, and finds out who asks.

    For what is only read, that is left to whoever answers: the statement that reads can find it out. `asking.viewer`
    raises until then, so that nobody can forget it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http" or scope["path"].startswith(QUIET):
            await self.app(scope, receive, send)
            return
        scope.setdefault("state", {})["asking"] = asking = asking_of(scope)
        if scope["method"] not in SAFE and not same_origin(scope):
            response = Response("This form was sent from another site.\n", 403, media_type="text/plain")
            await response(scope, receive, send)
            return
        if scope["method"] not in SAFE:
            await asking.settle()
        try:
            await _pay(asking, scope)
        except Limited as error:
            response = await limited(Request(scope), error)
            await response(scope, receive, send)
            return
        await self.app(scope, receive, send)


async def _pay(asking: Asking, scope: Scope) -> None:
    """A page is paid by the account. Visitors see what costs little; one must not keep others of an address out."""
    if asking.suppose() is None:
        await asking.settle()
    asking.till = till(scope["app"].state)
    if not asking.by_visitor and scope["path"] != LEAVING:
        asking.pay(A_PAGE)


class TooLarge(Exception):
    """More is sent than this address takes."""


class Bounded:
    """Stops reading a body as soon as it is too large, whatever its length is said to be. Stands inside Arriving."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "http":
            receive = bounded(receive, most_bytes(scope), Headers(scope=scope).get("Content-Length", ""))
        await self.app(scope, receive, send)


def most_bytes(scope: Scope) -> int:
    """How much this viewer may send to this address."""
    if scope["method"] in SAFE:
        return MOST_BYTES
    viewer = scope["state"]["asking"].viewer
    if scope["path"] == "/imports" and viewer.may(Action.IMPORT_PEOPLE):
        return int(scope["app"].state.settings.upload_limit)
    if A_FILE.fullmatch(scope["path"]) and viewer.may(Action.MANAGE_DOCUMENTS):
        return FILE_BYTES + MOST_BYTES
    if MATERIALS.fullmatch(scope["path"]) and viewer.may(Action.DELIVER_MATERIALS):
        return MOST_TOGETHER + MOST_BYTES
    return MOST_BYTES


def bounded(receive: Receive, most: int, declared: str = "") -> Receive:
    """The same, but it raises TooLarge once more than that many bytes came, or at once where they are declared."""
    expected, came = int(declared[:20]) if declared.isdecimal() else 0, 0

    async def counted() -> Message:
        nonlocal came
        if expected > most:
            raise TooLarge
        message = await receive()
        came += len(message.get("body", b""))
        if came > most:
            raise TooLarge
        return message

    return counted


async def refused(request: Request, error: Refused) -> Response:
    """403 with the reason; who is not signed in is sent to sign in, and comes back."""
    await request.state.asking.settle()
    if not request.state.asking.viewer.signed_in and request.method == "GET":
        from web.session import to_sign_in

        return to_sign_in(request)
    return refusal(request, 403, as_problems(error, request.state.asking))


async def not_found(request: Request, _: Exception) -> Response:
    """404, the same for what does not exist and for what is not for this viewer."""
    await request.state.asking.settle()
    return refusal(request, 404)


async def unacceptable(request: Request, error: Invalid | Conflict) -> Response:
    """422 with the problems, for addresses that make no sense."""
    await request.state.asking.settle()
    return refusal(request, 422, as_problems(error, request.state.asking))


async def unreadable(request: Request, error: Unreadable) -> Response:
    """422 with what in the address is not of its type."""
    await request.state.asking.settle()
    return refusal(request, 422, error.problems)


async def limited(request: Request, error: Limited) -> Response:
    """429 with how long to wait."""
    await request.state.asking.settle()
    response = refusal(request, 429, as_problems(error, request.state.asking))
    response.headers["Retry-After"] = str(error.retry_after)
    return response


async def too_large(request: Request, _: Exception) -> Response:
    """413, after no more than the limit was read."""
    await request.state.asking.settle()
    return refusal(request, 413)


async def http_error(request: Request, error: HTTPException) -> Response:
    """What the router says: a page for people who follow a link, others in a line."""
    if hasattr(request.state, "asking") and (error.status_code == 404 or _followed(request, error)):
        await request.state.asking.settle()
        response = refusal(request, error.status_code)
        response.headers.update(error.headers or {})
        return response
    return Response(f"{error.detail}\n", error.status_code, error.headers, media_type="text/plain")


def _followed(request: Request, error: HTTPException) -> bool:
    """A link to where only a form goes, such as an address that was kept."""
    return error.status_code == 405 and request.method in SAFE


async def broken(request: Request, error: Exception) -> Response:
    """500: logged with the number that the page shows. Where the database answers, it can be sent to the office."""
    asking, reached = _asking(request), True
    try:
        async with asyncio.timeout(REACHED_WITHIN_S):
            await asking.reach()
    except Exception:  # whatever keeps us from knowing who asks, they get an answer
        log.exception("nobody can be asked who sent that request")
        reached = False
    number = asking.presume().request_id
    log.error("request %s failed", number, exc_info=error)
    return refusal(request, 500, _numbered(number)) if reached else alone(request, 500, number)


HANDLERS: dict[Any, Any] = {
    Refused: refused,
    Invalid: unacceptable,
    Conflict: unacceptable,
    NotThere: not_found,
    NotFound: not_found,
    Unreadable: unreadable,
    Limited: limited,
    TooLarge: too_large,
    HTTPException: http_error,
    Exception: broken,
}
