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
from server.rules.accounts import FEED_SCOPES, OVERLAP, TOKEN_DAYS, TOKEN_DAYS_MAX, TOKEN_PREFIX, TOUCH, token_end
from server.rules.addresses import parse_networks
from server.rules.permissions import Action, parse_scopes
from server.viewer import Viewer
from server.words import say


@dataclass(frozen=True)
class IssuedToken:
    """A new token: the only time that its secret is seen."""

    id: UUID
    token: str
    expires_at: dt.datetime


async def token_issue(
    viewer: Viewer,
    *,
    name: str,
    scopes: Iterable[str],
    days: int = TOKEN_DAYS,
    owner: UUID | None = None,
    addresses: Iterable[str] = (),
) -> IssuedToken:
    """Make a token that may what its owner may, within its scopes. owner: the viewer's own account if not given.

    addresses: the networks from which alone it may be used; from everywhere if none is given. Raises Invalid for the
    name, the scopes, the days (1 to 730), the addresses or a disabled owner; Refused to a token; NotThere.
    """
    _must_issue(viewer, owner)
    return await _issue(viewer, name, scopes, days, owner, addresses)


async def feed_issue(viewer: Viewer, *, name: str) -> IssuedToken:
    """A token by which a reader of feeds gets the announcements that are for the viewer, and may nothing else: for
    whoever may keep programs, and as long as tokens last at most. Raises Invalid for the name; Refused to a token.
    """
    _not_by_token(viewer)
    viewer.must(Action.KEEP_PROGRAMS)
    return await _issue(viewer, name, FEED_SCOPES, TOKEN_DAYS_MAX)


async def _issue(
    viewer: Viewer,
    name: str,
    scopes: Iterable[str],
    days: int,
    owner: UUID | None = None,
    addresses: Iterable[str] = (),
) -> IssuedToken:
    facts = tidy(ApiClient, {"name": name, "scopes": parse_scopes(scopes), "addresses": parse_networks(addresses)})
    if not facts["name"]:
        raise Invalid(Problem("TOKEN_NAME", say("Name the program that will use this token."), "name"))
    expires_at, secret = token_end(viewer.now, days), TOKEN_PREFIX + secrets.token_urlsafe(32)
    async with changing():
        holder = await _open_owner(owner or _own(viewer))
        client = await ApiClient.create(
            **facts, owner_id=holder.id, token_hash=digest(secret), created_at=viewer.now, expires_at=expires_at
        )
        facts |= {"owner": f"acc_{holder.id}", "expires_at": expires_at}
        await audit.record(viewer, "token.issue", f"tok_{client.id}", facts)
    return IssuedToken(client.id, secret, expires_at)


async def token_rotate(
    viewer: Viewer, *, token: UUID, until: dt.datetime | None = None, days: int | None = None
) -> IssuedToken:
    """A new token in the place of one's own, or of anyone's as administrator, with a secret of its own.

    until: when the old one ends, seven days from now if not given, never later than it would have. days: until the new
    one ends, for who may issue tokens; if not given it ends when the old one would have. Raises Invalid for a time gone
    by, the days or a disabled owner; Conflict for one that has ended or was replaced; Refused to a token; NotThere.
    """
    _not_by_token(viewer)
    async with changing():
        row = await _own_or_managed(viewer, token)
        _must_live(viewer, row)
        if days is not None:
            _must_issue(viewer, row.owner_id)
        expires_at = row.expires_at if days is None else token_end(viewer.now, days)
        last = _old_end(viewer, row, until)
        await _open_owner(row.owner_id)
        secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
        new = await ApiClient.create(
            name=row.name,
            scopes=row.scopes,
            addresses=row.addresses,
            owner_id=row.owner_id,
            token_hash=digest(secret),
            created_at=viewer.now,
            expires_at=expires_at,
        )
        await ApiClient.filter(id=row.id).update(expires_at=last, replaced_by_id=new.id)
        facts = {"name": row.name, "new": f"tok_{new.id}", "until": last, "expires_at": expires_at}
        await audit.record(viewer, "token.rotate", f"tok_{row.id}", facts)
    return IssuedToken(new.id, secret, expires_at)


async def token_addresses(viewer: Viewer, *, token: UUID, addresses: Iterable[str]) -> None:
    """Say from which networks alone one's own token, or anyone's as administrator, may be used; none: from everywhere.

    Raises Invalid for what is no network; Conflict for a token that has ended; Refused to a token; NotThere.
    """
    _not_by_token(viewer)
    networks = parse_networks(addresses)
    async with changing():
        row = await _own_or_managed(viewer, token)
        _must_issue(viewer, row.owner_id)
        _must_live(viewer, row, replaced=True)
        if row.addresses != networks:
            await ApiClient.filter(id=row.id).update(addresses=networks)
            facts = {"name": row.name, "addresses": [row.addresses, networks]}
            await audit.record(viewer, "token.addresses", f"tok_{row.id}", facts)


async def token_revoke(viewer: Viewer, *, token: UUID) -> None:
    """End a token now: the viewer's own, or anyone's as administrator. Raises Conflict if it is revoked, NotThere."""
    async with changing():
        row = await _own_or_managed(viewer, token)
        if not await ApiClient.filter(id=token, revoked_at=None).update(revoked_at=viewer.now):
            raise Conflict(Problem("REVOKED_ALREADY", say("This token is revoked already."), "token"))
        await audit.record(viewer, "token.revoke", f"tok_{token}", {"name": row.name})


async def _own_or_managed(viewer: Viewer, token: UUID) -> ApiClient:
    row = await locked(ApiClient, token, "token")
    if row.owner_id != viewer.account and not viewer.may(Action.MANAGE_ACCOUNTS):
        raise not_there("token")
    return row


async def _open_owner(owner: UUID) -> Account:
    holder = await there(Account, owner, "owner")
    if not holder.active:
        raise Invalid(Problem("OWNER_DISABLED", say("The account {name} is disabled.", name=holder.name), "owner"))
    return holder


def _must_live(viewer: Viewer, row: ApiClient, *, replaced: bool = False) -> None:
    """replaced: one that was replaced will do, while it lasts."""
    if row.revoked_at or row.expires_at <= viewer.now:
        raise Conflict(Problem("TOKEN_ENDED", say("This token has ended. Issue a new one."), "token"))
    if row.replaced_by_id and not replaced:
        raise Conflict(
            Problem("ROTATED_ALREADY", say("This token was replaced already. Look at the new one."), "token")
        )


def _old_end(viewer: Viewer, row: ApiClient, until: dt.datetime | None) -> dt.datetime:
    if until and until < viewer.now - TOUCH:
        raise Invalid(Problem("UNTIL_PAST", say("Choose a time that is still to come."), "until"))
    return min(until or viewer.now + OVERLAP, row.expires_at)


def _not_by_token(viewer: Viewer) -> None:
    if viewer.client:
        message = say("A token cannot make tokens. Sign in to make one.")
        raise Refused(Problem("TOKEN_BY_TOKEN", message))


def _must_issue(viewer: Viewer, owner: UUID | None) -> None:
    _not_by_token(viewer)
    viewer.must(Action.ISSUE_TOKEN if owner in (None, viewer.account) else Action.MANAGE_ACCOUNTS)


def _own(viewer: Viewer) -> UUID:
    if viewer.account is None:
        raise Invalid(Problem("OWNER_MISSING", say("Say for which account the token is."), "owner"))
    return viewer.account
