"""Help: a page for each role, made of the permission table, of the pages there are, and of a few steps."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from web.guide import STEPS
from web.pages import answered, page
from web.rendering import NotFound, render_template


async def role_page(request: Request) -> Response:
    """What a role may do here, and where."""
    return render_template(request, "help/show.html", await of_role(request))


async def of_role(request: Request) -> Mapping[str, Any]:
    """The data of its page. Raises NotFound for a role that there is not."""
    role = request.path_params["role"].upper()
    if role not in STEPS:
        raise NotFound
    return await answered(request, "help/show") | {"role": role}


routes = [
    page("/help", "help/list"),
    Route("/help/{role}", role_page, methods=["GET"], name="help/show"),
]
