"""Browsers and programs that come to the application, without a network between."""

import datetime as dt
import secrets
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any
from urllib.parse import quote

import httpx
from starlette.applications import Starlette

from server.models.accounts.standing import digest
from server.models.accounts.tables import Account, Session
from server.rules.accounts import session_end
from server.schema import Asking, ask, formatted
from server.schema.arriving import COOKIE
from server.viewer import Viewer
from tests.cast import Cast

HERE = "http://luzhi.test"
ADDRESS = "192.0.2.1"
SignIn = Callable[..., Awaitable[httpx.AsyncClient]]


class Visitors:
    """Opens browsers. The application's lifespan does not run: the database is the test's."""

    def __init__(self, app: Starlette, stack: AsyncExitStack) -> None:
        self.app, self.stack = app, stack

    async def browser(self, *, address: str = ADDRESS, language: str = "en", **how: Any) -> httpx.AsyncClient:
        """One of nobody we know. how: what httpx.AsyncClient takes, such as cookies and headers."""
        transport = httpx.ASGITransport(self.app, client=(address, 40000))
        how["headers"] = {"Accept-Language": language} | how.get("headers", {})
        return await self.stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url=HERE, **how))

    async def signed_in(self, account: Account, **how: Any) -> httpx.AsyncClient:
        """One with a session of that account, opened without its password."""
        return await self.browser(cookies={COOKIE: await open_session(account)}, **how)


async def open_session(account: Account) -> str:
    """What the cookie of a session that begins now says."""
    secret, now = secrets.token_urlsafe(32), dt.datetime.now(dt.UTC)
    span = {"created_at": now, "last_seen_at": now, "expires_at": session_end(now, now)}
    await Session.create(account=account, token_hash=digest(secret), **span)
    return secret


class Asks:
    """`await ask(viewer, "{ viewer { name } }", on="2026-11-22")`: the answer as a client gets it."""

    def __init__(self, cast: Cast, ways: tuple[str, ...] = ()) -> None:
        self.cast, self.ways = cast, ways

    async def __call__(self, viewer: Viewer | str, text: str, **variables: Any) -> dict[str, Any]:
        """viewer: one, or the name of one of the cast. {"data": ...}, and "errors" where there are some."""
        asking = Asking(self.cast[viewer] if isinstance(viewer, str) else viewer, ways=self.ways)
        return formatted(await ask(text, variables, asking, None), asking)


def htmx(block: str, tag: str = "section") -> dict[str, str]:
    """The headers with which htmx 4 asks for one block of a page."""
    return {"HX-Request": "true", "HX-Target": quote(f"{tag}#{block}")}
