"""What the assembly is called and whom to ask: on every page, and the page where an administrator says it."""

import time
from typing import Any

from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from server import schema
from web.edge import QUIET, SAFE
from web.pages import document, form, page

ADDRESS = "/assembly"
FRESH_S = 5.0
"""How long a process goes by what it read; its own change counts at once, those of others within this."""


class Named:
    """Tells every page what the assembly is called. Stands inside Arriving.

    What was known last is told also where the database does not answer, so that the page of that says whom to ask.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.facts: dict[str, Any] | None = None
        self.until = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http" or scope["path"].startswith(QUIET):
            await self.app(scope, receive, send)
            return
        scope["state"]["assembly"] = self.facts
        await self._look(scope)
        scope["state"]["assembly"] = self.facts
        try:
            await self.app(scope, receive, send)
        finally:
            if scope["path"] == ADDRESS and scope["method"] not in SAFE:
                self.until = 0.0

    async def _look(self, scope: Scope) -> None:
        if time.monotonic() < self.until:
            return
        asking = schema.Asking(scope["state"]["asking"].coming.visitor())
        found = await schema.ask_for_pages(document("assembly/whom").text, {}, asking, None)
        self.facts, self.until = found["assembly"], time.monotonic() + FRESH_S


routes: list[BaseRoute] = [
    page(ADDRESS, "assembly/change", "MANAGE_ASSEMBLY"),
    form(ADDRESS, "assembly/change", "ChangeAssembly", then="/", done="It is written down, and stands on every page."),
]
