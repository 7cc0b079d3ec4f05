"""Signing in and out: a browser gets a cookie, we keep only its hash."""

import datetime as dt
import secrets
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from server.errors import Invalid, Problem, Refused
from server.models import audit
from server.models.accounts.askers import by_session
from server.models.accounts.changing import changing
from server.models.accounts.standing import SESSION, digest, look
from server.models.accounts.tables import Account, Session
from server.models.accounts.tries import forgive, reserve
from server.passwords import COST, Cost, fits, hashed, is_outdated, turn
from server.rules.accounts import SESSION_MAX, fold_name, fold_password, session_end
from server.rules.limits import keyed_address
from server.viewer import Viewer
from server.words import Locale, say


@dataclass(frozen=True)
class SignedIn:
    """The secret for the cookie, the last moment it can be good for, and who it stands for from now on."""

    token: str
    good_until: dt.datetime
    viewer: Viewer


async def sign_in(
    name: str,
    password: str,
    *,
    now: dt.datetime,
    zone: ZoneInfo,
    address: str,
    secret_key: str,
    forwarded: bool = False,
    locale: Locale = "zh",
    cost: Cost = COST,
) -> SignedIn:
    """Let someone in by name and password.

    address: where the request comes from. forwarded: it carries a Forwarded or X-Forwarded header. Raises Invalid
    with the same words for a wrong name, a wrong password and a disabled account; Limited after too many failures;
    Refused for a demo account through a proxy. Sessions that are over, of whatever account, go on the way.
    """
    known, source = fold_name(name), keyed_address(address, secret_key)
    account = await _proven(known, fold_password(password), source, now, cost)
    if account.demo and forwarded:
        message = say(
            "This account belongs to the demo assembly: its password is public, so it only works on the machine itself."
        )
        raise Refused(Problem("DEMO_FORWARDED", message))
    if is_outdated(account.password_hash, cost):
        await _rehash(account, fold_password(password), cost)
    return await _open(account, now=now, zone=zone, address_hash=source, locale=locale)


async def sign_out(viewer: Viewer) -> None:
    """End the session by which the viewer came; nothing happens to one who came without."""
    if viewer.session is None:
        return
    async with changing():
        if await Session.filter(id=viewer.session, ended_at=None).update(ended_at=viewer.now):
            await audit.record(viewer, "account.sign_out", f"acc_{viewer.account}", {})


async def end_sessions(account: UUID, now: dt.datetime) -> int:
    """End every session of the account that still runs; how many there were."""
    return await Session.filter(account_id=account, ended_at=None, expires_at__gt=now).update(ended_at=now)


async def _proven(name: str, password: str, source: str, now: dt.datetime, cost: Cost) -> Account:
    async with turn():
        await reserve(name, source, now)
        account = await Account.get_or_none(name=name)
        right = await fits(password, account.password_hash if account else "", cost)
    if account is None or not right or not account.active:
        raise _wrong()
    await forgive(name, source)
    return account


def _wrong() -> Invalid:
    return Invalid(Problem("WRONG_SIGN_IN", say("The name or the password is not right.")))


async def _rehash(account: Account, password: str, cost: Cost) -> None:
    before, account.password_hash = account.password_hash, await hashed(password, cost)
    await Account.filter(id=account.id, password_hash=before).update(password_hash=account.password_hash)


async def _open(account: Account, *, now: dt.datetime, zone: ZoneInfo, address_hash: str, locale: Locale) -> SignedIn:
    secret = secrets.token_urlsafe(32)
    async with changing():
        if not await Account.exists(id=account.id, active=True, password_hash=account.password_hash):
            raise _wrong()
        await Session.filter(expires_at__lte=now).delete()
        await Session.create(
            account_id=account.id,
            token_hash=digest(secret),
            created_at=now,
            last_seen_at=now,
            expires_at=session_end(now, now),
        )
        found = await look(SESSION, digest(secret), now.astimezone(zone).date())
        viewer = by_session(found, now=now, zone=zone, locale=locale, address_hash=address_hash)
        await audit.record(viewer, "account.sign_in", f"acc_{account.id}", {})
    return SignedIn(secret, now + SESSION_MAX, viewer)
