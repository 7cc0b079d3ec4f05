"""Coming in and going out: the sign-in page, the cookie, and what a browser prefers."""

from typing import Any
from urllib.parse import quote, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server import schema
from server.schema.arriving import COOKIE, admitting, recognising, sign_in, sign_out
from server.schema.refusals import Invalid, Limited, as_problems
from server.words import LOCALES
from web.cookies import forget, keep
from web.rendering import render_template

PREFERENCES = {"language": LOCALES, "text": ("normal", "large"), "theme": ("auto", "light", "dark")}
YEAR_S = 365 * 24 * 3600
CHOOSE = "mutation ChooseLanguage($locale: String!) { accountLocale(locale: $locale) { __typename } }"


class Renewing:
    """Hands the browser its new cookie where a session took the place of the one it came by. Stands inside Arriving."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        asking = scope.get("state", {}).get("asking")

        async def with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start" and asking and asking.renewed:
                message["headers"] = [*message["headers"], admitting(scope, asking.renewed)]
            await send(message)

        await self.app(scope, receive, with_cookie)


async def login_page(request: Request) -> Response:
    """The sign-in page; who is in already goes home."""
    await request.state.asking.settle()
    if request.state.asking.viewer.signed_in:
        return RedirectResponse(local_address(request.query_params.get("next")), 303)
    return render_template(request, "session/login.html", {"next": local_address(request.query_params.get("next"))})


async def login(request: Request) -> Response:
    """303 and a cookie; wrong 422; limited 429 with Retry-After."""
    async with request.form() as typed:
        name, password = str(typed.get("username", "")), str(typed.get("password", ""))
    target = local_address(request.query_params.get("next"))
    try:
        signed_in = await sign_in(request, name, password)
    except (Invalid, Limited) as error:
        return _again(request, error, name, target)
    response = RedirectResponse(target, 303)
    response.raw_headers += [admitting(request, signed_in), recognising(request, name)]
    return response


def _again(request: Request, error: Invalid | Limited, name: str, target: str) -> Response:
    limited = isinstance(error, Limited)
    said: dict[str, Any] = {
        "problems": as_problems(error, request.state.asking),
        "typed": {"username": name},
        "next": target,
    }
    response = render_template(request, "session/login.html", said, 429 if limited else 422)
    if isinstance(error, Limited):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


async def logout(request: Request) -> Response:
    """Ends the session at once, here and in every copy of its cookie."""
    await sign_out(request)
    response = RedirectResponse("/login", 303)
    forget(request, response, COOKIE)
    return response


async def preferences(request: Request) -> Response:
    """Language, text size and theme, kept in this browser; the language also with the account, for the next one."""
    async with request.form() as typed:
        chosen = {name: str(typed[name]) for name in PREFERENCES if name in typed}
        back = local_address(str(typed.get("back", "")))
    chosen = {name: value for name, value in chosen.items() if value in PREFERENCES[name]}
    asking = request.state.asking
    if "language" in chosen and asking.viewer.session:
        await schema.ask_for_pages(CHOOSE, {"locale": chosen["language"]}, asking, None)
    response = RedirectResponse(back, 303)
    for name, value in chosen.items():
        keep(request, response, name, value, YEAR_S)
    return response


def to_sign_in(request: Request) -> Response:
    """To the sign-in page and back again."""
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse("/login" if here == "/" else f"/login?next={quote(here)}", 303)


def local_address(target: str | None) -> str:
    """An address of ours, never another site's."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or urlsplit(target).netloc:
        return "/"
    return target


routes = [
    Route("/login", login_page, methods=["GET"], name="login"),
    Route("/login", login, methods=["POST"]),
    Route("/logout", logout, methods=["POST"], name="logout"),
    Route("/preferences", preferences, methods=["POST"], name="preferences"),
]
