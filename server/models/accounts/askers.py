"""Who asks, from what the statement of `standing` said: pure, so that it holds for a text of now and one remembered."""

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

from server.errors import Problem, Unauthenticated
from server.models.accounts.standing import Seen
from server.rules.accounts import FEED_SCOPES
from server.rules.addresses import is_within
from server.viewer import Viewer
from server.words import LOCALES, Locale, Words, say

ELSEWHERE = "TOKEN_ADDRESS"
"""The code of the refusal that is logged: someone else may have that token."""


def by_session(
    seen: Seen | None, *, now: dt.datetime, zone: ZoneInfo, locale: Locale, address_hash: str, place: str = ""
) -> Viewer:
    """Who a browser's session stands for; a visitor where it is unknown or over.

    locale: of the request; it counts where the account has chosen none.
    """
    standing = seen.standing if seen and seen.until > now else None
    if standing is None or standing.over or not standing.active:
        return Viewer(now=now, zone=zone, locale=locale, address_hash=address_hash, place=place)
    return Viewer(
        now=now,
        zone=zone,
        account=standing.account,
        name=standing.name,
        person=standing.person,
        roles=standing.roles,
        session=standing.credential,
        locale=next((known for known in LOCALES if known == standing.locale), locale),
        demo=standing.demo,
        address_hash=address_hash,
        place=place,
    )


def by_feed(
    seen: Seen | None, *, now: dt.datetime, zone: ZoneInfo, locale: Locale, address_hash: str, place: str = ""
) -> Viewer:
    """For whom a calendar feed reads, and no more than a calendar needs; a visitor where it is unknown or has ended."""
    viewer = by_session(seen, now=now, zone=zone, locale=locale, address_hash=address_hash, place=place)
    return replace(viewer, session=None, feed=viewer.session, scopes=FEED_SCOPES) if viewer.session else viewer


def by_token(
    seen: Seen | None,
    *,
    now: dt.datetime,
    zone: ZoneInfo,
    locale: Locale,
    address_hash: str,
    place: str = "",
    address: str = "",
) -> Viewer:
    """Who a token stands for. Raises Unauthenticated (401): a program must not take a visitor's answer for its own.

    address: from where it comes, as far as that is believed.
    """
    if seen is None:
        raise _refused("TOKEN_UNKNOWN", say("This token is not known. Check that it was copied whole."))
    standing = seen.standing
    if standing.over:
        raise _refused("TOKEN_REVOKED", say("This token was revoked. Ask for a new one."))
    if seen.until <= now:
        raise _refused("TOKEN_EXPIRED", say("This token has expired. Ask for a new one."))
    if not standing.active:
        raise _refused("TOKEN_OWNER", say("The account behind this token is disabled."))
    if standing.addresses and not is_within(address, standing.addresses):
        raise _refused(ELSEWHERE, say("This token is not to be used from this network address."))
    return Viewer(
        now=now,
        zone=zone,
        account=standing.account,
        name=standing.name,
        person=standing.person,
        roles=standing.roles,
        scopes=standing.scopes,
        client=standing.credential,
        app=standing.app,
        locale=locale,
        demo=standing.demo,
        address_hash=address_hash,
        place=place,
    )


def _refused(code: str, message: Words) -> Unauthenticated:
    return Unauthenticated(Problem(code, message))
