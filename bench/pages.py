"""What a page costs: the list of 50 members as the product answers it, and its template alone."""

import datetime as dt
import hashlib
import secrets
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request

from bench.report import Page
from server.app import create
from server.models import database
from server.models.accounts.tables import Account, Session
from server.schema.arriving import COOKIE, asking_of
from server.settings import Settings
from web.pages import answered
from web.rendering import render_template

NAME, PATH = "members/list", "/members"
TIMES, ROUNDS = 50, 9


async def page(url: str, data_dir: Path) -> Page:
    """Medians of rounds in which the three are measured in turn."""
    chosen = {"LUZHI_DATABASE_URL": url, "LUZHI_DATA_DIR": str(data_dir), "LUZHI_LOG": "warning"}
    app = create(Settings.from_environment(chosen))
    await database.connect(url)
    try:
        scope = _scope(app, await _session())
        request = Request(scope)
        request.state.asking = asking_of(request)
        data = await answered(request, NAME)

        async def template() -> None:
            render_template(request, f"{NAME}.html", data)

        async def shown() -> None:
            render_template(request, f"{NAME}.html", await answered(request, NAME))

        async def whole() -> None:
            await _get(app, dict(scope, state={}))

        found = [[await _cost(act) for act in (whole, shown, template)] for _ in range(ROUNDS)]
    finally:
        await database.close()
    return Page(*(median(times) for times in zip(*found, strict=True)))


async def _cost(act: Callable[[], Awaitable[None]]) -> float:
    """Processor time of this process for one of it, in ms."""
    await act()
    before = time.process_time()
    for _ in range(TIMES):
        await act()
    return (time.process_time() - before) / TIMES * 1000


async def _session() -> str:
    """The cookie of a new session of the member who asks."""
    secret, now = secrets.token_urlsafe(32), dt.datetime.now(dt.UTC)
    account = await Account.get(name="asking")
    await Session.create(
        account=account,
        token_hash=hashlib.sha256(secret.encode()).hexdigest(),
        created_at=now,
        last_seen_at=now,
        expires_at=now + dt.timedelta(days=1),
    )
    return secret


def _scope(app: Starlette, secret: str) -> dict[str, Any]:
    headers = [(b"host", b"127.0.0.1"), (b"cookie", f"{COOKIE}={secret}".encode()), (b"accept-language", b"en")]
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": PATH,
        "raw_path": PATH.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "app": app,
        "state": {},
        "path_params": {},
    }


async def _get(app: Starlette, scope: dict[str, Any]) -> None:
    """One request, as a server hands it over. Raises ValueError where the answer is no page."""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        if message.get("status", 200) != 200:
            raise ValueError(message)

    await app(scope, receive, send)
