"""Feeds: secret addresses at which calendar programs fetch what their owner is invited to. Shown once, kept hashed."""

import secrets
from dataclasses import dataclass
from uuid import UUID

from server.errors import Conflict, Invalid, Problem, Refused
from server.models import audit
from server.models.accounts.changing import changing
from server.models.accounts.tables import CalendarFeed
from server.models.facts import tidy
from server.models.history import locked, not_there
from server.rules.accounts import FEED_PREFIX, MOST_FEEDS, keyed_feed
from server.rules.permissions import Action
from server.viewer import Viewer
from server.words import say


@dataclass(frozen=True)
class OpenedFeed:
    """A new feed: the only time that its secret is seen."""

    id: UUID
    secret: str


async def feed_add(viewer: Viewer, *, name: str, secret_key: str) -> OpenedFeed:
    """A feed of the viewer's own. secret_key: of the house, by which the secret is hashed.

    Raises Invalid without a name and where there are too many already; Refused to a token.
    """
    account = _own(viewer)
    said = tidy(CalendarFeed, {"name": name})
    if not said["name"]:
        raise Invalid(Problem("FEED_NAME", say("Name the program or the phone that will fetch it."), "name"))
    secret = FEED_PREFIX + secrets.token_urlsafe(32)
    async with changing():
        if await CalendarFeed.filter(account_id=account, revoked_at=None).count() >= MOST_FEEDS:
            message = say("You have {count} calendar addresses already. End one first.", count=MOST_FEEDS)
            raise Invalid(Problem("TOO_MANY", message, "name"))
        row = await CalendarFeed.create(
            **said, account_id=account, token_hash=keyed_feed(secret, secret_key), created_at=viewer.now
        )
        await audit.record(viewer, "feed.add", f"cfd_{row.id}", said)
    return OpenedFeed(row.id, secret)


async def feed_end(viewer: Viewer, *, feed: UUID) -> CalendarFeed:
    """The viewer's own feed answers no more, from now on. Raises Conflict where it has ended, NotThere, Refused."""
    account = _own(viewer)
    async with changing():
        row = await locked(CalendarFeed, feed, "id")
        if row.account_id != account:
            raise not_there("id")
        if not await CalendarFeed.filter(id=feed, revoked_at=None).update(revoked_at=viewer.now):
            raise Conflict(Problem("ENDED_ALREADY", say("This calendar address has ended already."), "id"))
        await audit.record(viewer, "feed.end", f"cfd_{feed}", {"name": row.name})
    return await CalendarFeed.get(id=feed)


def _own(viewer: Viewer) -> UUID:
    """Whose feeds they are. A token makes none: it would outlive itself by one."""
    viewer.must(Action.KEEP_PROGRAMS)
    if viewer.client or viewer.account is None:
        raise Refused(Problem("FEED_BY_TOKEN", say("Sign in to see to your calendar addresses.")))
    return viewer.account
