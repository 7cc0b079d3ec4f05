"""When sessions, tokens, feeds and apps were last used: noted by the way, at most once a minute each."""

import datetime as dt
from uuid import UUID

from server.models.accounts.tables import ApiClient, CalendarFeed, Consent, Session
from server.models.database import write_soon
from server.rules.accounts import is_touch_due, session_end
from server.viewer import Viewer

Use = tuple[UUID, dt.datetime]
"""Of which session, token, feed or consent to an app, and when."""


def note_use(viewer: Viewer, noted_at: dt.datetime | None) -> None:
    """Note that the session, token or feed by which one came was used, if that is due; a session lasts longer by it.

    noted_at: when its use was last noted, as the row says in `last_seen_at` or `last_used_at`; None for never. Nobody
    waits: it is written with the next shared commit, and a clean shutdown waits for that. A crash may lose it, and the
    next request finds it due again. A viewer who came with neither is no use.
    """
    if not is_touch_due(noted_at, viewer.now):
        return
    if viewer.session:
        write_soon(_sessions_seen, (viewer.session, viewer.now))
    elif viewer.feed:
        write_soon(_feeds_used, (viewer.feed, viewer.now))
    elif viewer.app and viewer.client:
        write_soon(_apps_used, (viewer.client, viewer.now))
    elif viewer.client:
        write_soon(_tokens_used, (viewer.client, viewer.now))


async def _sessions_seen(uses: list[Use]) -> None:
    """Two statements for all. What ended meanwhile stays as it is: endings wait for the same lock."""
    last = _last(uses)
    sessions = await Session.filter(id__in=list(last), ended_at=None).only("id", "created_at")
    for session in sessions:
        session.last_seen_at = last[session.id]
        session.expires_at = session_end(session.created_at, session.last_seen_at)
    if sessions:
        await Session.bulk_update(sessions, fields=["last_seen_at", "expires_at"])


async def _tokens_used(uses: list[Use]) -> None:
    clients = [ApiClient(id=key, last_used_at=at) for key, at in _last(uses).items()]
    await ApiClient.bulk_update(clients, fields=["last_used_at"])


async def _feeds_used(uses: list[Use]) -> None:
    feeds = [CalendarFeed(id=key, last_used_at=at) for key, at in _last(uses).items()]
    await CalendarFeed.bulk_update(feeds, fields=["last_used_at"])


async def _apps_used(uses: list[Use]) -> None:
    consents = [Consent(id=key, last_used_at=at) for key, at in _last(uses).items()]
    await Consent.bulk_update(consents, fields=["last_used_at"])


def _last(uses: list[Use]) -> dict[UUID, dt.datetime]:
    return dict(sorted(uses, key=lambda use: use[1]))
