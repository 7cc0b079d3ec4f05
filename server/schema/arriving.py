"""What a request brings: who asks, in which language, and whether it comes from our own pages."""

import datetime as dt
from functools import lru_cache
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from server.models.accounts.sessions import SignedIn
from server.models.accounts.sessions import sign_in as open_session
from server.models.accounts.sessions import sign_out as close_session
from server.models.viewing import BearerToken, Coming, Credential, SessionCookie
from server.rules.limits import keyed_address
from server.schema.reading import Asking
from server.words import LOCALES, Locale

COOKIE = "luzhi_session"


def same_origin(request: HTTPConnection) -> bool:
    """Whether a browser says that our own page asks; a request with neither header, a script, is let through."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is None or origin == _origin(request)


def _origin(request: HTTPConnection) -> str:
    """Ours: what the operator says where the name is theirs, else as it came, a believed proxy's word counting."""
    host, base = request.headers.get("Host", ""), urlsplit(request.app.state.settings.base_url)
    scheme = base.scheme if host == base.netloc else request.url.scheme
    return f"{scheme}://{host}"


def language(request: HTTPConnection) -> Locale:
    """The chosen language, else the first of the browser's that we speak, else Chinese."""
    return _spoken(request.cookies.get("language", ""), request.headers.get("Accept-Language", ""))


@lru_cache
def _spoken(chosen: str, wanted: str) -> Locale:
    for tag in (chosen, *wanted.split(",")):
        for locale in LOCALES:
            if tag.strip().lower().startswith(locale):
                return locale
    return "zh"


def asking_of(request: HTTPConnection) -> Asking:
    """The context of this request's operations. Who asks is known at once for a visitor; for others `settle` finds out.

    A token that does not hold makes a visitor, and says why.
    """
    settings = request.app.state.settings
    coming = Coming(
        credential=_credential(request),
        now=dt.datetime.now(dt.UTC),
        zone=settings.timezone,
        locale=language(request),
        address_hash=keyed_address(_address(request), settings.secret_key),
    )
    return Asking(None if coming.credential else coming.visitor(), settings.data_dir, coming)


def _credential(request: HTTPConnection) -> Credential | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return BearerToken(token.strip())
    cookie = request.cookies.get(COOKIE)
    return SessionCookie(cookie) if cookie else None


def _address(request: HTTPConnection) -> str:
    return request.client.host if request.client else ""


def is_forwarded(request: HTTPConnection) -> bool:
    """Whether a proxy passed this request on."""
    return any(name == "forwarded" or name.startswith("x-forwarded-") for name in request.headers)


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
