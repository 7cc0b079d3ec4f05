"""Coming in by an invitation, for the pages: what a browser brings, and whom it lets in."""

import datetime as dt
from dataclasses import dataclass

from starlette.requests import HTTPConnection

from server.models.accounts.opening import SignedIn
from server.models.invitations import Shown, enter, forgot, invited_by_link
from server.rules.messages import EMAIL
from server.schema.arriving import browser_of
from server.schema.cookies import kept

LINK = "invitation"
"""The cookie that keeps the secret of a link, so that it stands in no address but the first."""
KEEPS_S = 3600


@dataclass(frozen=True)
class Expected:
    """Whom a link lets in. name: of the account; until: when it ends."""

    name: str
    until: dt.datetime


async def expected(request: HTTPConnection) -> Expected | None:
    """Whom the link lets in by which this browser came; None where it does not hold. Nothing is used up."""
    secret = kept(request, LINK)
    found = await invited_by_link(secret, request.state.asking.viewer.now) if secret else None
    return Expected(found.account.name, found.expires_at) if found else None


def brought(request: HTTPConnection) -> bool:
    """Whether this browser came by a link, be it good or not."""
    return bool(kept(request, LINK))


async def say_forgotten(request: HTTPConnection, typed: str) -> None:
    """Writes down that somebody has forgotten their password. Raises Invalid, Limited."""
    await forgot(typed, browser_of(request))


def by_email(request: HTTPConnection) -> bool:
    """Whether a way in can be sent."""
    return EMAIL in request.state.asking.ways


async def come_in(request: HTTPConnection, *, by_link: bool, name: str, code: str, password: str) -> SignedIn:
    """Lets in whom the link or the code is for. Raises Invalid, Limited, and Refused for a demo account by a proxy."""
    shown = Shown(secret=kept(request, LINK)) if by_link and kept(request, LINK) else Shown(name=name, code=code)
    key = request.app.state.settings.secret_key
    return await enter(shown, password, browser_of(request), key=key)
