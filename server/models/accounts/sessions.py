"""Signing in and out, and looking after one's own sessions."""

from typing import Any
from uuid import UUID

from tortoise.expressions import Q

from server.errors import Invalid, Problem
from server.models import audit
from server.models.accounts.changing import changing
from server.models.accounts.opening import Browser, SignedIn, end_sessions, open_session
from server.models.accounts.proving import in_browser, prove
from server.models.accounts.tables import Account, Session
from server.models.accounts.tries import forgive, reserve
from server.models.history import not_there, there
from server.passwords import COST, Cost, fits, hashed, is_outdated, turn
from server.rules.accounts import fold_name, fold_password
from server.rules.permissions import Action
from server.viewer import Viewer
from server.words import say


async def sign_in(name: str, password: str, browser: Browser, *, cost: Cost = COST) -> SignedIn:
    """Let someone in by name and password.

    Raises Invalid with the same words for a wrong name, a wrong password and a disabled account; Limited after too many
    failures; Refused for a demo account through a proxy.
    """
    known, given = fold_name(name), fold_password(password)
    account = await _proven(known, given, browser, cost)
    if is_outdated(account.password_hash, cost):
        await _rehash(account, given, cost)
    signed_in = await open_session(account, browser, by="password")
    if signed_in is None:
        raise _wrong()
    return signed_in


async def sign_out(viewer: Viewer) -> None:
    """End the session by which the viewer came; nothing happens to one who came without."""
    if viewer.session is None:
        return
    async with changing():
        if await Session.filter(id=viewer.session, ended_at=None).update(ended_at=viewer.now):
            await audit.record(viewer, "account.sign_out", f"acc_{viewer.account}", {})


def own_sessions(viewer: Viewer) -> Q:
    """Those of one's own account that still run; none for programs, however they came by a token."""
    mine: Any = {"account_id__in": [viewer.account] if viewer.account and viewer.client is None else []}
    return Q(**mine, ended_at=None, expires_at__gt=viewer.now)


async def session_end(viewer: Viewer, *, session: UUID, password: str, cost: Cost = COST) -> None:
    """End one of one's own sessions. Raises Invalid for a wrong password, Limited, NotThere, Refused to programs."""
    account = await in_browser(viewer)
    if not await Session.filter(own_sessions(viewer), id=session).exists():
        raise not_there("session")
    await prove(viewer, account, password, cost=cost)
    async with changing():
        if not await Session.filter(own_sessions(viewer), id=session).update(ended_at=viewer.now):
            raise not_there("session")
        await _note(viewer, account.id, 1)


async def session_end_others(viewer: Viewer, *, password: str, cost: Cost = COST) -> None:
    """End every session of one's own but this one. Raises Invalid for a wrong password, Limited, Refused."""
    account = await in_browser(viewer)
    await prove(viewer, account, password, cost=cost)
    async with changing():
        await _note(viewer, account.id, await end_sessions(account.id, viewer.now, but=viewer.session))


async def account_sign_out(viewer: Viewer, *, account: UUID) -> None:
    """End every session of an account, as administrator; it can sign in again at once. Raises NotThere."""
    viewer.must(Action.MANAGE_ACCOUNTS)
    async with changing():
        await there(Account, account, "account")
        await _note(viewer, account, await end_sessions(account, viewer.now))


async def _note(viewer: Viewer, account: UUID, ended: int) -> None:
    facts = {"own": viewer.account == account, "sessions": ended}
    await audit.record(viewer, "account.end_sessions", f"acc_{account}", facts)


async def _proven(name: str, password: str, browser: Browser, cost: Cost) -> Account:
    async with turn():
        await reserve(name, browser.place, browser.now)
        account = await Account.get_or_none(name=name)
        right = await fits(password, account.password_hash if account else "", cost)
    if account is None or not right or not account.active:
        raise _wrong()
    await forgive(name, browser.place)
    return account


def _wrong() -> Invalid:
    return Invalid(Problem("WRONG_SIGN_IN", say("The name or the password is not right.")))


async def _rehash(account: Account, password: str, cost: Cost) -> None:
    before, account.password_hash = account.password_hash, await hashed(password, cost)
    await Account.filter(id=account.id, password_hash=before).update(password_hash=account.password_hash)
