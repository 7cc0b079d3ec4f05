"""The composition root: settings, database, schema and pages put together. The only file that knows all."""

import contextlib
import logging
import os
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

import web
from server import downloads
from server.metrics import Measured
from server.models import database
from server.models.health import unready
from server.schema.http import graphql
from server.settings import Settings


def create(settings: Settings | None = None) -> Starlette:
    """The application. Settings come from the environment unless given, as tests do."""
    settings = settings or Settings.from_environment(os.environ)
    logging.basicConfig(level=settings.log.upper())
    app = Starlette(
        routes=[*ROUTES, *web.routes()],
        middleware=[Middleware(middleware) for middleware in (Measured, *web.middleware())],
        exception_handlers=web.exception_handlers(),
        lifespan=_living,
    )
    app.state.settings = settings
    return app


@contextlib.asynccontextmanager
async def _living(app: Starlette) -> AsyncIterator[None]:
    await database.connect(app.state.settings.database_url)
    try:
        yield
    finally:
        await database.close()


async def healthz(_: Request) -> Response:
    """The process lives."""
    return PlainTextResponse("ok\n")


async def readyz(_: Request) -> Response:
    """The database answers and its tables are today's; else 503 with what to do."""
    problem = await unready()
    return JSONResponse({"ready": not problem, "detail": problem}, 503 if problem else 200)


ROUTES: list[BaseRoute] = [
    Route("/graphql", graphql, methods=["GET", "POST"]),
    Route("/export/people", downloads.people, methods=["GET"]),
    Route("/healthz", healthz),
    Route("/readyz", readyz),
]
