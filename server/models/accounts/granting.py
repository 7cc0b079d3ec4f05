"""What apps show to get tokens, and what comes of it: codes and refresh tokens that count once, and their line."""

import contextlib
import datetime as dt
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from server.models import audit
from server.models.accounts.changing import changing
from server.models.accounts.standing import digest
from server.models.accounts.tables import App, AppCode, AppToken, Consent
from server.models.sweeping import sweep
from server.rules.apps import ACCESS_LIFE, CODE_KEPT, REFRESH_IDLE, TOKEN_KEPT, consent_end
from server.rules.permissions import within
from server.viewer import Viewer


@dataclass(frozen=True)
class Shown:
    """What is known of what an app shows. app: the one that it says it is, unless that is disabled."""

    app: App | None
    code: AppCode | None
    token: AppToken | None


@contextlib.asynccontextmanager
async def shown(app: str, *, code: str = "", token: str = "") -> AsyncIterator[Shown]:
    """What is known of these. Where there is something that counts once, nobody else sees it until the end."""
    found = await _look(app, code, token)
    if found.code is None and found.token is None:
        yield found
        return
    async with changing():
        yield await _look(app, code, token)


def scopes_of(row: AppCode | AppToken) -> list[str]:
    """What is left of its scopes: what its account still allows and its app still may have."""
    return within(row.scopes, row.consent.scopes, row.consent.app.scopes)


def is_sound(row: AppCode | AppToken, now: dt.datetime) -> bool:
    """Whether it still counts: in time, not used or revoked, the account open, the app connected, something left."""
    spent = row.used_at or (row.revoked_at if isinstance(row, AppToken) else None) or row.consent.ended_at
    in_time = min(row.expires_at, _end(row)) > now
    return not spent and in_time and row.consent.account.active and bool(scopes_of(row))


def _end(row: AppCode | AppToken) -> dt.datetime:
    """When the consent behind it has to be given anew."""
    return consent_end(row.consent.created_at, row.consent.renewed_at)


async def keep(viewer: Viewer, of: AppCode | AppToken, *, access: str, refresh: str, scopes: Sequence[str]) -> None:
    """Use up a code or a refresh token, and keep the hashes of what was given for it. scopes: of the access token."""
    line = of.line if isinstance(of, AppToken) else of.id
    await type(of).filter(id=of.id).update(used_at=viewer.now)
    for secret, held, life, again in (
        (access, scopes, ACCESS_LIFE, False),
        (refresh, of.scopes, min(REFRESH_IDLE, _end(of) - viewer.now), True),
    ):
        await AppToken.create(
            consent_id=of.consent_id,
            line=line,
            refresh=again,
            token_hash=digest(secret),
            scopes=list(held),
            created_at=viewer.now,
            expires_at=viewer.now + life,
        )


async def withdraw(viewer: Viewer, of: AppCode | AppToken) -> None:
    """Revoke all that came of a code: it, or what came of it, was shown a second time, so someone else has it."""
    line = of.line if isinstance(of, AppToken) else of.id
    ended = await _revoke(line, viewer.now)
    acting = _acting(viewer, of.consent)
    await audit.record(acting, "app.reused", f"app_{of.consent.app_id}", {"tokens": ended})


async def revoke(viewer: Viewer, token: AppToken) -> None:
    """Revoke a token that its app gives back: with one to get new ones, all of its line."""
    if token.refresh:
        await _revoke(token.line, viewer.now)
    else:
        await AppToken.filter(id=token.id, revoked_at=None).update(revoked_at=viewer.now)


async def forget_codes_and_tokens(viewer: Viewer) -> int:
    """Delete those of apps that ended so long ago that nobody has to be told so. How many."""
    codes = await sweep(AppCode.filter(expires_at__lte=viewer.now - CODE_KEPT))
    return codes + await sweep(AppToken.filter(expires_at__lte=viewer.now - TOKEN_KEPT))


async def _revoke(line: UUID, now: dt.datetime) -> int:
    return await AppToken.filter(line=line, revoked_at=None).update(revoked_at=now)


def _acting(viewer: Viewer, consent: Consent) -> Viewer:
    """The app as the one who acts, in the name of the account."""
    account = consent.account
    return replace(viewer, account=account.id, name=account.name, client=consent.id, app=consent.app_id, session=None)


async def _look(app: str, code: str, token: str) -> Shown:
    with_all = ("consent__app", "consent__account")
    codes = AppCode.filter(code_hash=digest(code)).select_related(*with_all)
    tokens = AppToken.filter(token_hash=digest(token)).select_related(*with_all)
    return Shown(await _app(app), await codes.first() if code else None, await tokens.first() if token else None)


async def _app(id: str) -> App | None:
    prefix, _, key = id.partition("_")
    try:
        return await App.get_or_none(id=UUID(key), disabled_at=None) if prefix == "app" else None
    except ValueError:
        return None
