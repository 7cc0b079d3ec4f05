"""Invitations: who has not come in yet, letters, codes at the desk; and coming in by one."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from server.schema.arriving import admitting
from server.schema.invitations.entering import KEEPS_S, LINK, brought, by_email, come_in, expected, say_forgotten
from server.schema.refusals import Invalid, Limited, Refused, as_problems
from web.cookies import forget, keep
from web.formatting import qr
from web.pages import answered, page, posted, show
from web.rendering import refusal, render_long, render_template

ENTER = "/invitation"
WELCOME = "/welcome"
SECRET = re.compile("[A-Za-z0-9_-]{1,64}")
"""What the secret of a link is made of."""


def picture(letter: Mapping[str, Any]) -> Markup:
    """The QR code of a letter's address, named in the letter's language."""
    return qr(letter["link"], letter["locale"])


def issues(path: str, name: str, mutation: str) -> Route:
    """A form whose answer is shown this one time, with the QR code of each letter. As a PDF: `web/paper/letters.py`."""

    async def post(request: Request) -> Response:
        told = await issued(request, name, mutation)
        if isinstance(told, Response):
            return told
        return await render_long(request, f"{name}.html", await answered(request, name) | told)

    return Route(path, post, methods=["POST"], name=mutation)


async def issued(request: Request, name: str, mutation: str) -> dict[str, Any] | Response:
    """What is shown this one time, or the page that says why nothing was issued."""
    given, outcome = await posted(request, name, mutation)
    if outcome.status in (403, 404):
        return refusal(request, outcome.status, outcome.problems)
    if outcome.problems:
        return await show(request, name, outcome.status, problems=outcome.problems, typed=given, tried=mutation)
    payload = next(iter(outcome.data.values()))
    letters = payload["letters"] if "letters" in payload else [payload["letter"]] if payload["letter"] else []
    return {"payload": payload, "pictures": await asyncio.to_thread(_pictures, letters)}


def _pictures(letters: Sequence[Mapping[str, Any]]) -> list[Markup]:
    return [picture(letter) for letter in letters]


async def by_link(request: Request) -> Response:
    """Keeps the secret in a cookie and leads on, so that no other address holds it. Nothing is used up by looking.

    What follows it, such as the mark that ended the sentence in which it was sent, is no part of it.
    """
    response = RedirectResponse(ENTER, 303)
    if secret := SECRET.match(request.path_params["secret"]):
        keep(request, response, LINK, secret[0], KEEPS_S)
    return response


async def enter_page(request: Request) -> Response:
    """Choosing a password: by the link that the browser came by, else by name and code."""
    return await _enter(request)


async def enter(request: Request) -> Response:
    """303 and a cookie; what does not fit 422; limited 429 with Retry-After."""
    async with request.form() as form:
        typed = {name: str(form.get(name, "")) for name in ("by", "name", "oneTimeCode", "new")}
    password = typed.pop("new")
    by = typed.pop("by") == "link"
    try:
        signed_in = await come_in(request, by_link=by, name=typed["name"], code=typed["oneTimeCode"], password=password)
    except (Invalid, Limited, Refused) as error:
        return await _not_done(request, error, _enter, typed)
    response = RedirectResponse(WELCOME, 303)
    response.raw_headers.append(admitting(request, signed_in))
    forget(request, response, LINK)
    return response


async def _not_done(
    request: Request,
    error: Invalid | Limited | Refused,
    again: Callable[..., Awaitable[Response]],
    typed: dict[str, str],
) -> Response:
    status = 429 if isinstance(error, Limited) else 403 if isinstance(error, Refused) else 422
    response = await again(request, status, problems=as_problems(error, request.state.asking), typed=typed)
    if isinstance(error, Limited):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


async def _enter(request: Request, status: int = 200, **more: Any) -> Response:
    await request.state.asking.settle()
    by_code = request.query_params.get("by") == "code"
    invited = None if by_code else await expected(request)
    over = not by_code and invited is None and brought(request)
    return render_template(request, "invitations/enter.html", {"invited": invited, "over": over, **more}, status)


async def forgotten_page(request: Request) -> Response:
    """Whom to ask, and where there is a mail server, what to type."""
    return await _forgotten(request)


async def forgotten(request: Request) -> Response:
    """The same for every name, as quickly, since nobody is looked for now; nothing typed 422; limited 429."""
    async with request.form() as form:
        typed = {"name": str(form.get("name", ""))}
    if not by_email(request):
        return await _forgotten(request)
    try:
        await say_forgotten(request, typed["name"])
    except (Invalid, Limited) as error:
        return await _not_done(request, error, _forgotten, typed)
    return await _forgotten(request, said=True)


async def _forgotten(request: Request, status: int = 200, **more: Any) -> Response:
    await request.state.asking.settle()
    facts = {"by_email": by_email(request), "said": False, **more}
    return render_template(request, "invitations/forgotten.html", facts, status)


routes = [
    page("/invitations", "invitations/list"),
    page("/invitations/letters", "invitations/letters"),
    issues("/invitations/letters", "invitations/letters", "PrintInvitations"),
    page("/invitations/people/{id}", "invitations/person"),
    issues("/invitations/people/{id}", "invitations/person", "IssueCode"),
    page("/accounts/{id}/invitation", "invitations/account", "INVITE"),
    issues("/accounts/{id}/invitation", "invitations/account", "InviteAccount"),
    Route(ENTER, enter_page, methods=["GET"], name="invitation"),
    Route(ENTER, enter, methods=["POST"]),
    Route(ENTER + "/{secret}", by_link, methods=["GET"], name="invitation_link"),
    Route("/forgotten", forgotten_page, methods=["GET"], name="forgotten"),
    Route("/forgotten", forgotten, methods=["POST"]),
]
