"""What a request brings: who asks, in which language, and whether it comes from our own pages."""

import datetime as dt
from dataclasses import replace
from functools import lru_cache, partial
from secrets import token_urlsafe
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from server.models.accounts.opening import Browser
from server.models.accounts.opening import SignedIn as SignedIn
from server.models.accounts.sessions import sign_in as open_session
from server.models.accounts.sessions import sign_out as close_session
from server.models.viewing import BearerToken, Coming, Credential, SessionCookie
from server.rules.accounts import fold_name
from server.rules.devices import device
from server.rules.limits import device_number, keyed_address, known_device, monthly_address, place_of_device
from server.schema.cookies import Arrival, Header, Headers, headers_of, keeping, kept
from server.schema.patience import KEY
from server.schema.reading import Asking
from server.words import LOCALES, Locale

COOKIE, DEVICE = "luzhi_session", "luzhi_device"
DEVICE_S = 365 * 24 * 3600
FEEDS = "/feeds/"
"""Behind this stands the secret by which somebody's own feed is read."""
NUMBER_BYTES = 16
ITSELF = frozenset({"127.0.0.1", "localhost", "::1"})
"""Names under which only the machine itself reaches itself."""


def same_origin(arrival: Arrival) -> bool:
    """Whether a browser says that our own page asks; a request with neither header, a script, is let through.

    For a socket it is the Origin, which every browser sends there: what it says besides of the site differs.
    """
    headers = headers_of(arrival)
    site = headers.get(b"sec-fetch-site") if arrival["type"] == "http" else None
    if site is not None:
        return site in (b"same-origin", b"none")
    origin = headers.get(b"origin")
    return origin is None or origin.decode("latin-1") == _origin(arrival, headers)


def _origin(arrival: Arrival, headers: Headers) -> str:
    """Ours: what the operator says where the name is theirs, else as it came, a believed proxy's word counting."""
    host, base = headers.get(b"host", b"").decode("latin-1"), urlsplit(arrival["app"].state.settings.base_url)
    scheme = base.scheme if host == base.netloc else arrival.get("scheme", "http").replace("ws", "http")
    return f"{scheme}://{host}"


def base_of(arrival: Arrival, headers: Headers) -> str:
    """The address that others type: what the operator says, unless that leads nobody here but this machine itself."""
    base: str = arrival["app"].state.settings.base_url
    return _origin(arrival, headers) if urlsplit(base).hostname in ITSELF else base


def language(arrival: Arrival, headers: Headers) -> Locale:
    """The chosen language, else the first of the browser's that we speak, else Chinese."""
    return _spoken(kept(arrival, "language", headers), headers.get(b"accept-language", b""))


@lru_cache
def _spoken(chosen: str, wanted: bytes) -> Locale:
    for tag in (chosen, *wanted.decode("latin-1").split(",")):
        for locale in LOCALES:
            if tag.strip().lower().startswith(locale):
                return locale
    return "zh"


def asking_of(arrival: Arrival, headers: Headers | None = None, *, by_itself: bool = False) -> Asking:
    """The context of this request's operations. Who asks is known at once for a visitor; for others `settle` finds out.

    headers: where they were read before. by_itself: see `Coming`. A token that does not hold makes a visitor, and
    says why.
    """
    headers, settings = headers_of(arrival) if headers is None else headers, arrival["app"].state.settings
    now = dt.datetime.now(dt.UTC)
    coming = Coming(
        credential=_credential(arrival, headers),
        now=now,
        zone=settings.timezone,
        locale=language(arrival, headers),
        address_hash=keyed_address(address_of(arrival), settings.secret_key),
        address=address_of(arrival),
        place=monthly_address(address_of(arrival), settings.secret_key, now.date().replace(day=1)),
        by_itself=by_itself,
    )
    known = None if coming.credential else coming.visitor()
    ours = {"secret": settings.secret_key, "ways": settings.ways, "base": partial(base_of, arrival, headers)}
    return Asking(known, settings.data_dir, settings.backup_dir, coming, **ours, patience=arrival.get(KEY))


def _credential(arrival: Arrival, headers: Headers) -> Credential | None:
    if arrival.get("path", "").startswith(FEEDS):  # readers of feeds show nothing but the address
        return BearerToken(arrival["path"].removeprefix(FEEDS))
    scheme, _, token = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    if scheme.lower() == "bearer":
        return BearerToken(token.strip())
    cookie = kept(arrival, COOKIE, headers)
    return SessionCookie(cookie) if cookie else None


def address_of(arrival: Arrival) -> str:
    """From which network address it comes, a believed proxy's word counting; empty where that is not known."""
    client = arrival.get("client")
    return client[0] if client else ""


def is_forwarded(arrival: Arrival) -> bool:
    """Whether a proxy passed this request on."""
    return any(name == b"forwarded" or name.startswith(b"x-forwarded-") for name in headers_of(arrival))


async def sign_in(request: HTTPConnection, name: str, password: str) -> SignedIn:
    """Opens a session. Raises Invalid where the name or password is wrong, Limited after too many of them."""
    browser, number = browser_of(request), _number(request, name)
    if number:
        browser = replace(browser, apart=place_of_device(number, request.app.state.settings.secret_key))
    return await open_session(name, password, browser)


def recognising(request: HTTPConnection, name: str) -> Header:
    """By what the browser is known again when that account is signed in to: nobody at its address can lock it out."""
    number = _number(request, name) or token_urlsafe(NUMBER_BYTES)
    known = known_device(number, fold_name(name), request.app.state.settings.secret_key)
    return keeping(request.scope, DEVICE, known, DEVICE_S)


def _number(request: HTTPConnection, name: str) -> str:
    return device_number(kept(request.scope, DEVICE), fold_name(name), request.app.state.settings.secret_key)


def browser_of(request: HTTPConnection) -> Browser:
    """From where someone signs in."""
    viewer = request.state.asking.viewer
    return Browser(
        now=viewer.now,
        zone=viewer.zone,
        address_hash=viewer.address_hash,
        locale=viewer.locale,
        forwarded=is_forwarded(request),
        device=device(headers_of(request).get(b"user-agent", b"").decode("latin-1")),
        before=viewer.session,
    )


def admitting(arrival: Arrival, signed_in: SignedIn) -> Header:
    """What makes a browser keep that session, as long as it can be good for."""
    seconds = int((signed_in.good_until - signed_in.viewer.now).total_seconds())
    return keeping(arrival, COOKIE, signed_in.token, seconds)


async def sign_out(request: HTTPConnection) -> None:
    """Ends the session of this request."""
    await close_session(request.state.asking.viewer)
