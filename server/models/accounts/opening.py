"""Sessions as rows: opened for a browser, renewed, ended. The browser gets a secret, we keep only its hash."""

import datetime as dt
import secrets
from dataclasses import dataclass, replace
from uuid import UUID
from zoneinfo import ZoneInfo

from server.errors import Problem, Refused
from server.models import audit
from server.models.accounts.askers import by_session
from server.models.accounts.changing import changing
from server.models.accounts.standing import SESSION, digest, look
from server.models.accounts.tables import Account, Session
from server.models.sweeping import sweep
from server.rules.accounts import SESSION_MAX, session_end
from server.viewer import Viewer
from server.words import Locale, say


@dataclass(frozen=True)
class Browser:
    """From where someone signs in.

    address_hash: keyed, see `limits.keyed_address`. forwarded: the request carries a Forwarded or X-Forwarded header.
    device: in a few words. before: the session that it had until now, which ends. apart: where tries of a browser that
    has signed in to this account before are counted, see `limits.place_of_device`.
    """

    now: dt.datetime
    zone: ZoneInfo
    address_hash: str
    locale: Locale = "zh"
    forwarded: bool = False
    device: str = ""
    before: UUID | None = None
    apart: str = ""

    @property
    def place(self) -> str:
        """Where its tries are counted: with all others of its address, unless it is known."""
        return self.apart or self.address_hash


@dataclass(frozen=True)
class SignedIn:
    """The secret for the cookie, the last moment it can be good for, and who it stands for from now on."""

    token: str
    good_until: dt.datetime
    viewer: Viewer


async def open_session(account: Account, browser: Browser, *, by: str) -> SignedIn | None:
    """A session for that account, and the end of the one the browser had; None where the account changed meanwhile.

    by: how its holder was proven, for the trail. Raises Refused for a demo account through a proxy.
    """
    _refuse_forwarded(account, browser)
    secret = secrets.token_urlsafe(32)
    async with changing():
        if not await _is_as_proven(account):
            return None
        if browser.before:
            await Session.filter(id=browser.before, ended_at=None).update(ended_at=browser.now)
        await _create(account.id, secret, browser.now, browser.device)
        found = await look(SESSION, digest(secret), browser.now.astimezone(browser.zone).date())
        viewer = by_session(
            found, now=browser.now, zone=browser.zone, locale=browser.locale, address_hash=browser.address_hash
        )
        await audit.record(viewer, "account.sign_in", f"acc_{account.id}", {"by": by})
    return SignedIn(secret, browser.now + SESSION_MAX, viewer)


async def renew_session(viewer: Viewer) -> SignedIn | None:
    """A new session, with an id of its own, in place of the viewer's; None for who came without. In a transaction."""
    if viewer.session is None or viewer.account is None:
        return None
    before, secret = await Session.get(id=viewer.session), secrets.token_urlsafe(32)
    await Session.filter(id=before.id, ended_at=None).update(ended_at=viewer.now)
    session = await _create(viewer.account, secret, viewer.now, before.device)
    return SignedIn(secret, viewer.now + SESSION_MAX, replace(viewer, session=session.id))


async def end_sessions(account: UUID, now: dt.datetime, *, but: UUID | None = None) -> int:
    """End every session of the account that still runs; how many there were. but: one that stays."""
    running = Session.filter(account_id=account, ended_at=None, expires_at__gt=now)
    return await (running.exclude(id=but) if but else running).update(ended_at=now)


async def forget_sessions(viewer: Viewer) -> int:
    """Delete the sessions, of whatever account, that have ended by themselves. How many."""
    return await sweep(Session.filter(expires_at__lte=viewer.now))


async def _create(account: UUID, secret: str, now: dt.datetime, device: str) -> Session:
    return await Session.create(
        account_id=account,
        token_hash=digest(secret),
        device=device,
        created_at=now,
        last_seen_at=now,
        expires_at=session_end(now, now),
    )


async def _is_as_proven(account: Account) -> bool:
    """Whether what let its holder in is still so."""
    proofs = {name: getattr(account, name) for name in ("password_hash", "oidc_issuer", "oidc_subject")}
    return await Account.exists(id=account.id, active=True, **proofs)


def _refuse_forwarded(account: Account, browser: Browser) -> None:
    if account.demo and browser.forwarded:
        message = say(
            "This account belongs to the demo assembly: its password is public, so it only works on the machine itself."
        )
        raise Refused(Problem("DEMO_FORWARDED", message))
