"""Signing in by the provider: who goes there, who comes back, and who is let in or may link their account.

What must come back as it went waits in the browser under a seal; nothing of a visitor is written down here before.
"""

import datetime as dt
import logging
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from starlette.requests import HTTPConnection

from server.models.accounts.linking import account_link, sign_in_by_provider
from server.models.accounts.opening import SignedIn
from server.schema.arriving import browser_of
from server.schema.cookies import kept

if TYPE_CHECKING:
    from server.oidc.provider import Provider

log = logging.getLogger("luzhi.single_sign_on")

ATTEMPT, MET = "single_sign_on", "single_sign_on_met"
"""The cookies: of who went, and of who came back to link their account. Each text is good for its own purpose only."""
WAITS = dt.timedelta(minutes=10)
BACK = "/single-sign-on/back"
"""Where the provider sends people back to; the operator tells it this address."""


class Failed(Exception):
    """It came to nothing. why: DISTRUSTED, DECLINED, OUT_OF_REACH, STALE, NOT_LINKED."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Back:
    """Who came back from the provider: let in, or, if they went to link their account, met. to: where they go on."""

    to: str
    signed_in: SignedIn | None = None
    met: str = ""


def name_of(request: HTTPConnection) -> str:
    """What people call that way of signing in; empty where there is none."""
    single = request.app.state.settings.single_sign_on
    return single.names[0 if request.state.asking.viewer.locale == "zh" else 1] if single else ""


async def go(request: HTTPConnection, to: str) -> tuple[str, str]:
    """The address of the provider, and what waits in the browser meanwhile. Raises Failed.

    Who is signed in goes there to link their account, others to sign in. to: where they go on afterwards.
    """
    from server.oidc.provider import Attempt
    from server.oidc.refusals import Distrusted, OutOfReach
    from server.oidc.sealed import seal

    viewer, settings, attempt = request.state.asking.viewer, request.app.state.settings, Attempt.new()
    facts = asdict(attempt) | {"session": str(viewer.session or ""), "to": to}
    try:
        address = await _provider(request).address(attempt, viewer.now)
    except (OutOfReach, Distrusted) as error:
        raise _failed(request, error) from error
    return address, seal(facts, ATTEMPT, settings.secret_key, viewer.now + WAITS)


async def come_back(request: HTTPConnection, came: dict[str, list[str]]) -> Back:
    """Lets in whom the provider vouches for. Raises Failed, and Refused for a disabled account or one of the demo."""
    from server.oidc.provider import Attempt
    from server.oidc.refusals import Declined, Distrusted, OutOfReach
    from server.oidc.sealed import seal, unseal

    viewer, key = request.state.asking.viewer, request.app.state.settings.secret_key
    waited = unseal(kept(request, ATTEMPT), ATTEMPT, key, viewer.now)
    if waited is None or waited["session"] != str(viewer.session or ""):
        raise _stale(request)
    attempt = Attempt(waited["state"], waited["nonce"], waited["verifier"])
    try:
        who = await _provider(request).identity(attempt, came, viewer.now)
    except (Declined, Distrusted, OutOfReach) as error:
        raise _failed(request, error) from error
    if waited["session"]:
        return Back(waited["to"], met=seal(asdict(who) | {"session": waited["session"]}, MET, key, viewer.now + WAITS))
    signed_in = await sign_in_by_provider(who.issuer, who.subject, browser_of(request))
    if signed_in is None:
        log.info("single sign-on: nobody here is linked to who came (request %s)", viewer.request_id)
        raise Failed("NOT_LINKED")
    return Back(waited["to"], signed_in)


def has_met(request: HTTPConnection) -> bool:
    """Whether this browser has come back from the provider to link its account."""
    return _met(request) is not None


async def link(request: HTTPConnection, password: str) -> None:
    """Links the account of this session to who came back to it. Raises Failed, and what `account_link` raises."""
    met = _met(request)
    if met is None:
        raise _stale(request)
    viewer = request.state.asking.viewer
    await account_link(viewer, issuer=met["issuer"], subject=met["subject"], password=password)


def _met(request: HTTPConnection) -> dict[str, str] | None:
    viewer, text = request.state.asking.viewer, kept(request, MET)
    if not text or viewer.session is None:
        return None
    from server.oidc.sealed import unseal

    met = unseal(text, MET, request.app.state.settings.secret_key, viewer.now)
    return met if met and met["session"] == str(viewer.session) else None


def _provider(request: HTTPConnection) -> "Provider":
    """The one of this process, made at its first use."""
    from server.oidc.provider import Client, Provider

    state = request.app.state
    if not hasattr(state, "provider"):
        single = state.settings.single_sign_on
        back = f"{state.settings.base_url}{BACK}"
        state.provider = Provider(Client(single.issuer, single.client_id, single.client_secret, back))
    found: Provider = state.provider
    return found


def _stale(request: HTTPConnection) -> Failed:
    log.info("single sign-on: this browser did not go there, or too long ago (request %s)", _number(request))
    return Failed("STALE")


def _failed(request: HTTPConnection, error: Exception) -> Failed:
    from server.oidc.refusals import Distrusted, OutOfReach

    if isinstance(error, Distrusted):
        log.warning("single sign-on refused: %s (request %s)", error.reason, _number(request))
        return Failed("DISTRUSTED")
    if isinstance(error, OutOfReach):
        log.error("single sign-on: the provider cannot be reached (request %s)", _number(request), exc_info=error)
        return Failed("OUT_OF_REACH")
    return Failed("DECLINED")


def _number(request: HTTPConnection) -> str:
    number: str = request.state.asking.viewer.request_id
    return number
