"""The composition root: settings, database, schema and pages put together. The only file that knows all."""

import asyncio
import contextlib
import gc
import logging
import os
import re
import time
from collections.abc import AsyncIterator
from secrets import token_hex

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

import web
from server import downloads, handing
from server.errors import Unauthenticated
from server.files import Shelves
from server.jobs.runner import Runner
from server.leaf import Leaves
from server.metrics import Measured, note, note_closed, note_opened
from server.models import database
from server.models.events import Events
from server.models.health import unready
from server.paper.press import Press
from server.rules.buckets import Buckets
from server.schema import api, granting
from server.schema.cookies import is_encrypted
from server.schema.http import Answer, answered, broken, late
from server.schema.patience import KEY, Over, Patience
from server.schema.sockets import Sockets
from server.schema.stored import NotRunnable, Stored, in_folder
from server.settings import Settings, SettingsError
from server.settings.known import ASSETS

log = logging.getLogger("luzhi.schema")

API = "/graphql"
SECRET = re.compile(r"^(/invitation/|/feeds/calendar/).+")
GONE = 499
"""Counted as the status where nobody waited for an answer."""
BROKEN = 1006
"""Counted as the code of a socket that ended without one."""


def create(settings: Settings | None = None) -> Starlette:
    """The application. Settings come from the environment unless given, as tests do."""
    settings = settings or Settings.from_environment(os.environ)
    logging.basicConfig(level=settings.log.upper())
    logging.getLogger("uvicorn.access").addFilter(without_secrets)
    return Luzhi(settings)


def without_secrets(line: logging.LogRecord) -> bool:
    """Takes the secret of an invitation or a feed out of a line that tells what was asked for; each line stays."""
    if isinstance(line.args, tuple):
        line.args = tuple(SECRET.sub(r"\1...", part) if isinstance(part, str) else part for part in line.args)
    return True


class Luzhi(Starlette):
    """Starlette for the pages; the API stands before its layers, and does itself what little of them it needs."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(
            routes=[*ROUTES, *_copies(settings), *web.routes()],
            middleware=[Middleware(middleware) for middleware in (Measured, *web.middleware())],
            exception_handlers={**web.exception_handlers(), Unauthenticated: downloads.unauthenticated},
            lifespan=_living,
        )
        self.state.settings = settings
        self.state.stored = stored(settings)
        self.state.buckets = Buckets()
        self.state.press = Press()
        self.state.shelves = Shelves.at(settings.files_url)
        self.state.leaves = Leaves()
        self.sockets = Sockets(Events())
        self.always = {way: web.headers(settings.htmx_url, encrypted=way) for way in (False, True)}

    def build_middleware_stack(self) -> ASGIApp:
        """Starlette's own answers to what failed stand within ours."""
        return web.surrounded(super().build_middleware_stack())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
            return
        if scope["type"] != "http" or scope["path"] != API:
            await super().__call__(scope, receive, send)
            return
        started, status, scope["app"] = time.perf_counter(), GONE, self
        patience = scope[KEY] = Patience(receive, scope["method"], self.state.settings.deadline)
        try:
            answer = await _answered(scope, patience)
            patience.end()
            status = answer.status
            await self._send(answer, send, self.always[is_encrypted(scope)])
        except ClientDisconnect:
            pass  # nobody is there to be told
        finally:
            patience.end()
            note(scope["method"], API, status, started)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Subscriptions; there is no socket at any other address."""
        scope["app"], code = self, BROKEN
        if scope["path"] != API:
            await receive()
            await send({"type": "websocket.close"})
            return
        note_opened()
        try:
            code = await self.sockets.serve(scope, receive, send)
        finally:
            note_closed(code)

    async def _send(self, answer: Answer, send: Send, always: list[tuple[bytes, bytes]]) -> None:
        length = b"%d" % len(answer.body)
        headers = [(b"content-type", answer.media), (b"content-length", length), *answer.headers, *always]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})


def _copies(settings: Settings) -> list[BaseRoute]:
    """What browsers else fetch from elsewhere, where the deployment keeps it."""
    if settings.assets_dir is None:
        return []
    if not settings.assets_dir.is_dir():
        raise SettingsError(f"LUZHI_ASSETS_DIR: there is no folder {settings.assets_dir}. luzhi assets makes it.")
    return [Mount(ASSETS, StaticFiles(directory=settings.assets_dir))]


def stored(settings: Settings) -> Stored:
    """The operations that are stored. Raises SettingsError for one of the deployment's own that cannot be run."""
    try:
        own = in_folder(settings.operations_dir, api._schema)
    except NotRunnable as error:
        raise SettingsError(f"LUZHI_OPERATIONS_DIR: {error}") from error
    return Stored.of([*web.operations(), *own], only=settings.operations == "stored")


async def _answered(scope: Scope, patience: Patience) -> Answer:
    try:
        return await answered(scope, patience.receive)
    except ClientDisconnect:
        raise
    except asyncio.CancelledError:
        match patience.given_up():
            case Over.LATE:
                return late(scope)
            case Over.GONE:
                raise ClientDisconnect from None
        raise
    except Exception:  # the last resort of a request: it logs, and says so
        number = token_hex(16)
        log.exception("request %s failed", number)
        return broken(scope, number)


@contextlib.asynccontextmanager
async def _living(app: Luzhi) -> AsyncIterator[None]:
    await database.connect(app.state.settings.database_url)
    jobs = Runner(app.state.settings)
    jobs.start()
    gc.collect()
    gc.freeze()  # what is there now stays; looking through it again and again would hold up answers
    try:
        yield
    finally:
        app.sockets.events.close()
        await jobs.close()
        app.state.leaves.close()
        await database.close()


async def healthz(_: Request) -> Response:
    """The process lives."""
    return PlainTextResponse("ok\n")


async def readyz(_: Request) -> Response:
    """The database answers and its tables are today's; else 503 with what to do."""
    problem = await unready()
    return JSONResponse({"ready": not problem, "detail": problem}, 503 if problem else 200)


ROUTES: list[BaseRoute] = [
    Route("/export/attendance", downloads.attendance, methods=["GET"]),
    Route("/export/checkpoint", downloads.checkpoint, methods=["GET"]),
    Route("/export/people", downloads.people, methods=["GET"]),
    Route("/export/readers", downloads.readers, methods=["GET"]),
    Route("/export/renewal", downloads.renewal, methods=["GET"]),
    Route("/export/template", downloads.template, methods=["GET"]),
    *handing.ROUTES,
    *granting.ROUTES,
    Route("/healthz", healthz),
    Route("/readyz", readyz),
]
