"""What a request brings: who asks, in which language, and whether it comes from our own pages."""

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection, cookie_parser

from server.models.accounts.sessions import SignedIn
from server.models.accounts.sessions import sign_in as open_session
from server.models.accounts.sessions import sign_out as close_session
from server.models.viewing import BearerToken, Coming, Credential, SessionCookie
from server.rules.limits import keyed_address
from server.schema.patience import KEY
from server.schema.reading import Asking
from server.words import LOCALES, Locale

COOKIE = "luzhi_session"
COOKIES = b"cookie"
"""The header that they come in."""
Arrival = Mapping[str, Any]
"""A request as ASGI hands it over; Starlette's requests are such, too."""
Headers = Mapping[bytes, bytes]
"""By their names in small letters."""


def headers_of(arrival: Arrival) -> Headers:
    """All that came, read in one go; of several of one name the first, but of cookies all."""
    headers: dict[bytes, bytes] = dict(reversed(arrival["headers"]))
    if COOKIES in headers:
        headers[COOKIES] = b"; ".join(value for name, value in arrival["headers"] if name == COOKIES)
    return headers


def same_origin(arrival: Arrival) -> bool:
    """Whether a browser says that our own page asks; a request with neither header, a script, is let through."""
    headers = headers_of(arrival)
    site = headers.get(b"sec-fetch-site")
    if site is not None:
        return site in (b"same-origin", b"none")
    origin = headers.get(b"origin")
    return origin is None or origin.decode("latin-1") == _origin(arrival, headers)


def _origin(arrival: Arrival, headers: Headers) -> str:
    """Ours: what the operator says where the name is theirs, else as it came, a believed proxy's word counting."""
    host, base = headers.get(b"host", b"").decode("latin-1"), urlsplit(arrival["app"].state.settings.base_url)
    scheme = base.scheme if host == base.netloc else arrival.get("scheme", "http")
    return f"{scheme}://{host}"


def language(headers: Headers) -> Locale:
    """The chosen language, else the first of the browser's that we speak, else Chinese."""
    return _spoken(_cookies(headers).get("language", ""), headers.get(b"accept-language", b""))


@lru_cache
def _spoken(chosen: str, wanted: bytes) -> Locale:
    for tag in (chosen, *wanted.decode("latin-1").split(",")):
        for locale in LOCALES:
            if tag.strip().lower().startswith(locale):
                return locale
    return "zh"


def asking_of(arrival: Arrival, headers: Headers | None = None) -> Asking:
    """The context of this request's operations. Who asks is known at once for a visitor; for others `settle` finds out.

    headers: where they were read before. A token that does not hold makes a visitor, and says why.
    """
    headers, settings = headers_of(arrival) if headers is None else headers, arrival["app"].state.settings
    coming = Coming(
        credential=_credential(headers),
        now=dt.datetime.now(dt.UTC),
        zone=settings.timezone,
        locale=language(headers),
        address_hash=keyed_address(_address(arrival), settings.secret_key),
    )
    known = None if coming.credential else coming.visitor()
    return Asking(known, settings.data_dir, coming, patience=arrival.get(KEY))


def _credential(headers: Headers) -> Credential | None:
    scheme, _, token = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    if scheme.lower() == "bearer":
        return BearerToken(token.strip())
    cookie = _cookies(headers).get(COOKIE)
    return SessionCookie(cookie) if cookie else None


def _cookies(headers: Headers) -> Mapping[str, str]:
    sent = headers.get(COOKIES)
    return cookie_parser(sent.decode("latin-1")) if sent else {}


def _address(arrival: Arrival) -> str:
    client = arrival.get("client")
    return client[0] if client else ""


def is_forwarded(arrival: Arrival) -> bool:
    """Whether a proxy passed this request on."""
    return any(name == b"forwarded" or name.startswith(b"x-forwarded-") for name in headers_of(arrival))


async def sign_in(request: HTTPConnection, name: str, password: str) -> SignedIn:
    """Opens a session. Raises Invalid where the name or password is wrong, Limited after too many of them."""
    settings, viewer = request.app.state.settings, request.state.asking.viewer
    return await open_session(
        name,
        password,
        now=viewer.now,
        zone=viewer.zone,
        address=_address(request),
        secret_key=settings.secret_key,
        forwarded=is_forwarded(request),
        locale=viewer.locale,
    )


async def sign_out(request: HTTPConnection) -> None:
    """Ends the session of this request."""
    await close_session(request.state.asking.viewer)
