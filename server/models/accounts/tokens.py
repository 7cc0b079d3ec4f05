"""Tokens by which programs ask in the name of an account: shown once, kept as hashes, always with an end."""

import datetime as dt
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from server.errors import Conflict, Invalid, Problem, Refused
from server.models import audit
from server.models.accounts.changing import changing
from server.models.accounts.standing import digest
from server.models.accounts.tables import Account, ApiClient
from server.models.facts import tidy
from server.models.history import locked, not_there, there
from server.rules.accounts import TOKEN_DAYS, token_end
from server.rules.permissions import Action, parse_scopes
from server.viewer import Viewer
from server.words import say

PREFIX = "lz_"
"""What a token begins with, so that people and scanners for lost secrets know it."""


@dataclass(frozen=True)
class IssuedToken:
    """A new token: the only time that its secret is seen."""

    id: UUID
    token: str
    expires_at: dt.datetime


async def token_issue(
    viewer: Viewer, *, name: str, scopes: Iterable[str], days: int = TOKEN_DAYS, owner: UUID | None = None
) -> IssuedToken:
    """Make a token that may what its owner may, within its scopes. owner: the viewer's own account if not given.

    Raises Invalid for the name, the scopes, the days (1 to 730) or a disabled owner; Refused to a token; NotThere.
    """
    _must_issue(viewer, owner)
    facts = tidy(ApiClient, {"name": name, "scopes": parse_scopes(scopes)})
    if not facts["name"]:
        raise Invalid(Problem("TOKEN_NAME", say("Name the program that will use this token."), "name"))
    expires_at, secret = token_end(viewer.now, days), PREFIX + secrets.token_urlsafe(32)
    async with changing():
        holder = await there(Account, owner or _own(viewer), "owner")
        if not holder.active:
            raise Invalid(Problem("OWNER_DISABLED", say("The account {name} is disabled.", name=holder.name), "owner"))
        client = await ApiClient.create(
            **facts, owner_id=holder.id, token_hash=digest(secret), created_at=viewer.now, expires_at=expires_at
        )
        facts |= {"owner": f"acc_{holder.id}", "expires_at": expires_at}
        await audit.record(viewer, "token.issue", f"tok_{client.id}", facts)
    return IssuedToken(client.id, secret, expires_at)


async def token_revoke(viewer: Viewer, *, token: UUID) -> None:
    """End a token now: the viewer's own, or anyone's as administrator. Raises Conflict if it is revoked, NotThere."""
    async with changing():
        row = await locked(ApiClient, token, "token")
        if row.owner_id != viewer.account and not viewer.may(Action.MANAGE_ACCOUNTS):
            raise not_there("token")
        if not await ApiClient.filter(id=token, revoked_at=None).update(revoked_at=viewer.now):
            raise Conflict(Problem("REVOKED_ALREADY", say("This token is revoked already."), "token"))
        await audit.record(viewer, "token.revoke", f"tok_{token}", {"name": row.name})


def _must_issue(viewer: Viewer, owner: UUID | None) -> None:
    if viewer.client:
        message = say("A token cannot make tokens. Sign in to make one.")
        raise Refused(Problem("TOKEN_BY_TOKEN", message))
    viewer.must(Action.ISSUE_TOKEN if owner in (None, viewer.account) else Action.MANAGE_ACCOUNTS)


def _own(viewer: Viewer) -> UUID:
    if viewer.account is None:
        raise Invalid(Problem("OWNER_MISSING", say("Say for which account the token is."), "owner"))
    return viewer.account
