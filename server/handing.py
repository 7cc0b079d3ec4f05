"""What is handed out of documents: a page as a picture, a document as its file. Decided anew for each request.

Nothing of it is kept by anyone: no store, no tag by which an old answer could be confirmed, no part of a file.
"""

from collections.abc import AsyncIterator, Callable, Coroutine
from typing import IO, Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from server.downloads import rejected
from server.leaf import WIDTHS
from server.schema.readings import file_of, page_of
from server.schema.readings.giving import House

PIECE = 1 << 18
LOCKED = "default-src 'none'; sandbox"
"""Content policy of a file: whatever it is, nothing in it runs here."""


async def page(request: Request) -> Response:
    """`/reading/ID/pages/N?width=900`: page N, from 1, of one's own opening, as JPEG."""
    asked = request.query_params.get("width", "")
    width = int(asked) if asked.isdecimal() and len(asked) < 6 else WIDTHS[1]
    n = request.path_params["n"]
    picture = await page_of(request.state.asking, house(request), request.path_params["id"], n, width)
    return Response(picture, media_type="image/jpeg", headers={"Cache-Control": "no-store"})


async def file(request: Request) -> Response:
    """`/documents/ID/file`: the file as it came, where it may be kept."""
    asking = request.state.asking
    if no := await rejected(asking):
        return no
    given = await file_of(asking, house(request), request.path_params["id"])
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(given.name, safe='')}",
        "Content-Length": str(given.size),
        "Content-Security-Policy": LOCKED,
        "Cache-Control": "no-store",
    }
    return StreamingResponse(_pieces(given.file), media_type=given.type, headers=headers)


def house(request: Request) -> House:
    """Where the files of this house lie, and what opens them."""
    return House(request.app.state.shelves, request.app.state.leaves)


async def _pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    with file:
        while piece := file.read(PIECE):
            yield piece


def _given(path: str, give: Callable[[Request], Coroutine[Any, Any, Response]]) -> Route:
    """GET alone: to ask for the head of it would be an opening that shows nothing."""
    route = Route(path, give)
    route.methods = {"GET"}
    return route


ROUTES: list[BaseRoute] = [_given("/reading/{id}/pages/{n:int}", page), _given("/documents/{id}/file", file)]
