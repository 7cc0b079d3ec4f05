"""The pages: where they are, how they look, and who comes in through them."""

from importlib import import_module
from pathlib import Path
from typing import Any

from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

ROOMS = (
    "home",
    "helping",
    "welcome",
    "members",
    "renewal",
    "bodies",
    "learning",
    "messages",
    "accounts",
    "invitations",
    "requests",
    "grants",
    "reading",
    "readers",
    "access",
    "explanations",
    "materials",
    "activities",
    "hearings",
    "documents",
    "keeping",
    "rooms",
    "apps",
    "backups",
    "exploring",
    "imports",
    "paper",
    "calendar",
    "assembly",
    "jobs",
    "session",
    "single_sign_on",
)


def routes() -> list[BaseRoute]:
    """Every address of a person's browser."""
    rooms = [import_module(f"web.{room}") for room in ROOMS]
    static = Mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static")
    return [static, *(route for room in rooms for route in room.routes)]


def operations() -> list[str]:
    """The text of every document that our own pages ask."""
    from web.rendering import TEMPLATES

    return [file.read_text("utf-8") for file in sorted(TEMPLATES.rglob("*.graphql"))]


def middleware() -> list[Any]:
    """What surrounds every page, outermost first."""
    from web.assembly import Named
    from web.edge import Arriving, Bounded, Patient
    from web.session import Renewing

    return [Patient, Arriving, Named, Renewing, Bounded]


def surrounded(app: ASGIApp) -> ASGIApp:
    """With the headers that every answer carries, those of a page that failed too."""
    from web.edge import Strict

    return Strict(app)


def headers(htmx_url: str, *, encrypted: bool) -> list[tuple[bytes, bytes]]:
    """What every answer carries, those that are no pages too. htmx_url: where scripts may come from, beside us."""
    from web.edge import strict_headers

    return strict_headers(htmx_url, encrypted=encrypted)


def exception_handlers() -> dict[Any, Any]:
    """The pages of what went wrong."""
    from web.edge import HANDLERS

    return HANDLERS
