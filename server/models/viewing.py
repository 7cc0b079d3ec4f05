"""From a credential to who asks: resolved anew for each request, so that what ended has ended."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from server.errors import Problem, Unauthenticated
from server.models.accounts.holders import viewer_for
from server.models.accounts.sessions import digest
from server.models.accounts.tables import ApiClient, Session
from server.rules.accounts import is_touch_due, session_end
from server.viewer import Viewer
from server.words import Locale, Words, say


@dataclass(frozen=True)
class SessionCookie:
    """What a browser shows."""

    secret: str


@dataclass(frozen=True)
class BearerToken:
    """What a program shows."""

    secret: str


Credential = SessionCookie | BearerToken


async def viewer_of(
    credential: Credential | None,
    *,
    now: dt.datetime,
    zone: ZoneInfo,
    locale: Locale = "zh",
    address_hash: str = "",
) -> Viewer:
    """Who asks. locale: of the request; in a browser it counts where the account has chosen none.

    A session that is unknown or over is a visitor; a token that does not hold raises Unauthenticated (401), since a
    program must not take a visitor's answer for its own. Statements: none for a visitor, else one for the credential,
    one for the given roles, those of `derived_roles` for a person, and once a minute one to note the use.
    """
    around: dict[str, Any] = {"now": now, "zone": zone, "locale": locale, "address_hash": address_hash}
    if credential is None:
        return Viewer(**around)
    by = _by_session if isinstance(credential, SessionCookie) else _by_token
    return await by(credential.secret, around)


async def _by_session(secret: str, around: dict[str, Any]) -> Viewer:
    now = around["now"]
    session = await Session.filter(token_hash=digest(secret)).select_related("account").first()
    if session is None or session.ended_at or session.expires_at <= now or not session.account.active:
        return Viewer(**around)
    if is_touch_due(session.last_seen_at, now):
        ends = session_end(session.created_at, now)
        await Session.filter(id=session.id, ended_at=None).update(last_seen_at=now, expires_at=ends)
    return await viewer_for(session.account, session=session.id, **around)


async def _by_token(secret: str, around: dict[str, Any]) -> Viewer:
    now = around["now"]
    client = await ApiClient.filter(token_hash=digest(secret)).select_related("owner").first()
    if client is None:
        raise _refused("TOKEN_UNKNOWN", say("This token is not known. Check that it was copied whole."))
    if client.revoked_at:
        raise _refused("TOKEN_REVOKED", say("This token was revoked. Ask for a new one."))
    if client.expires_at <= now:
        raise _refused("TOKEN_EXPIRED", say("This token has expired. Ask for a new one."))
    if not client.owner.active:
        raise _refused("TOKEN_OWNER", say("The account behind this token is disabled."))
    if is_touch_due(client.last_used_at, now):
        await ApiClient.filter(id=client.id).update(last_used_at=now)
    return await viewer_for(client.owner, client=client.id, scopes=frozenset(client.scopes), **around)


def _refused(code: str, message: Words) -> Unauthenticated:
    return Unauthenticated(Problem(code, message))
