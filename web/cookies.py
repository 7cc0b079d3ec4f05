"""Cookies on the answers of pages."""

from starlette.requests import Request
from starlette.responses import Response

from server.schema.cookies import keeping


def keep(request: Request, response: Response, name: str, value: str, seconds: int) -> None:
    """The browser keeps that value so long."""
    response.raw_headers.append(keeping(request, name, value, seconds))


def forget(request: Request, response: Response, name: str) -> None:
    """The browser keeps it no longer; what it is told has to look like what it was told before."""
    keep(request, response, name, "", 0)
