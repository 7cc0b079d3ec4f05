"""Cookies of ours: for no script, for no other site, encrypted where the way is, and then of a name that says so.

`__Host-` before a name (ASVS 3.3.3): a browser takes such a cookie only from this very host, over https and for all
paths. So neither a neighbour under the same domain nor someone on an unencrypted line can put one in its place.
"""

from collections.abc import Mapping
from typing import Any

from starlette.requests import cookie_parser
from starlette.responses import Response

HOST = "__Host-"
COOKIES = b"cookie"
"""The header that they come in."""
Arrival = Mapping[str, Any]
"""A request as ASGI hands it over; Starlette's requests are such, too."""
Headers = Mapping[bytes, bytes]
"""By their names in small letters."""
Header = tuple[bytes, bytes]


def headers_of(arrival: Arrival) -> Headers:
    """All that came, read in one go; of several of one name the first, but of cookies all."""
    headers: dict[bytes, bytes] = dict(reversed(arrival["headers"]))
    if COOKIES in headers:
        headers[COOKIES] = b"; ".join(value for name, value in arrival["headers"] if name == COOKIES)
    return headers


def is_encrypted(arrival: Arrival) -> bool:
    """Whether people reach us by https: the operator says so, or a proxy that is believed."""
    base: str = arrival["app"].state.settings.base_url
    return base.startswith("https:") or arrival.get("scheme") in ("https", "wss")


def called(arrival: Arrival, name: str) -> str:
    """The name by which that cookie is set and read. On an encrypted way the plain one counts for nothing."""
    return HOST + name if is_encrypted(arrival) else name


def kept(arrival: Arrival, name: str, headers: Headers | None = None) -> str:
    """What the browser keeps under that name; empty for nothing. headers: where they were read before."""
    sent = (headers_of(arrival) if headers is None else headers).get(COOKIES)
    return cookie_parser(sent.decode("latin-1")).get(called(arrival, name), "") if sent else ""


def keeping(arrival: Arrival, name: str, value: str, seconds: int) -> Header:
    """The header that makes a browser keep that value so long; what it kept is forgotten after 0 seconds."""
    response = Response()
    response.set_cookie(
        called(arrival, name),
        value,
        max_age=seconds,
        httponly=True,
        samesite="lax",
        secure=is_encrypted(arrival),
        path="/",
    )
    return response.raw_headers[-1]
