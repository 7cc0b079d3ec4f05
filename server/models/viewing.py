"""From a credential to who asks: valid now for each request, so that what ended has ended.

Who comes is looked up by the statement of `standing`: alone, or beside the statement that reads the answer. That one is
then written for the viewer that the last request with this credential had, and its answer counts only where it says of
who asks, in the same breath, what was said then.
"""

import datetime as dt
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from server.errors import Unauthenticated
from server.models.accounts.askers import ELSEWHERE, by_feed, by_session, by_token
from server.models.accounts.standing import APP, FEED, SESSION, TOKEN, Kind, Seen, digest, look, seen
from server.models.accounts.uses import note_use
from server.rules.accounts import APP_PREFIX
from server.viewer import Viewer
from server.words import Locale

log = logging.getLogger("luzhi.accounts")
MOST = 4096
"""Sessions, and tokens, of which is remembered how they stood last; the one not used for longest goes."""


@dataclass(frozen=True)
class SessionCookie:
    """What a browser shows."""

    secret: str


@dataclass(frozen=True)
class BearerToken:
    """What a program shows."""

    secret: str


@dataclass(frozen=True)
class FeedAddress:
    """What a calendar program shows: the address of a feed. keyed: its secret, hashed as it is kept."""

    keyed: str


Credential = SessionCookie | BearerToken | FeedAddress


class Memory:
    """How each credential stood when it was last looked up: its digest -> what was seen. It decides nothing."""

    def __init__(self) -> None:
        self.last: dict[str, Seen] = {}

    def keep(self, digest: str, found: Seen) -> None:
        """Remembers it as the last."""
        self.last.pop(digest, None)
        self.last[digest] = found
        if len(self.last) > MOST:
            del self.last[next(iter(self.last))]


SEEN = {SESSION: Memory(), TOKEN: Memory(), APP: Memory(), FEED: Memory()}
"""What this process has seen."""


@dataclass
class Coming:
    """Who comes with a request, before it is known who that is. locale: of the request, see `askers`.

    address: from where, as far as that is believed; only what is hashed of it is ever kept.
    by_itself: nobody does anything, a program of ours looks for them: it is no use of their session.
    """

    credential: Credential | None
    now: dt.datetime
    zone: ZoneInfo
    locale: Locale = "zh"
    address_hash: str = ""
    address: str = ""
    place: str = ""
    by_itself: bool = False
    kind: Kind = field(init=False)
    """By what; a visitor shows nothing, which is like a session that nobody knows."""
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        self.kind = _kind(self.credential)
        self.digest = _digest(self.credential)

    @property
    def values(self) -> tuple[str, dt.date]:
        """What the statement of `standing` binds: the digest, and the day."""
        return self.digest, self.now.astimezone(self.zone).date()

    async def viewer(self) -> Viewer:
        """Who asks: one statement, none for a visitor.

        A session that is unknown or over is a visitor; a token that does not hold raises Unauthenticated (401), since a
        program must not take a visitor's answer for its own.
        """
        return self.judged(await look(self.kind, *self.values)) if self.credential else self.visitor()

    def visitor(self) -> Viewer:
        """Nobody we know."""
        return Viewer(locale=self.locale, **self._around)

    def supposed(self) -> "Supposed | None":
        """Who asks, if nothing changed; None for who was not seen before, or whose time is over. No statement."""
        found = SEEN[self.kind].last.get(self.digest)
        if found is None or found.until <= self.now:
            return None
        try:
            return Supposed(self, found.facts, self._viewer(found))
        except Unauthenticated:  # from another address than the last time; `viewer` says it
            return None

    def judged(self, found: Seen | None, supposed: "Supposed | None" = None) -> Viewer:
        """Who asks by what was found: the guess only where that is right. It is remembered, and its use noted."""
        if found and supposed and found.facts == supposed.facts and found.until > self.now:
            viewer = supposed.guess
        else:
            SEEN[self.kind].last.pop(self.digest, None)
            viewer = self._found(found)
        if found and viewer.signed_in:
            SEEN[self.kind].keep(self.digest, found)
            if not self.by_itself:
                note_use(viewer, found.used)
        return viewer

    def _found(self, found: Seen | None) -> Viewer:
        try:
            return self._viewer(found)
        except Unauthenticated as refusal:
            if found and refusal.problems[0].code == ELSEWHERE:
                log.warning("token tok_%s was refused to %s", found.standing.credential, self.address or "nowhere")
            raise

    def _viewer(self, found: Seen | None) -> Viewer:
        if self.kind in (SESSION, FEED):
            by = by_session if self.kind is SESSION else by_feed
            return by(found, locale=self.locale, **self._around)
        return by_token(found, locale=self.locale, address=self.address, **self._around)

    @property
    def _around(self) -> dict[str, Any]:
        """What is known of a request whoever comes."""
        return {"now": self.now, "zone": self.zone, "address_hash": self.address_hash, "place": self.place}


def _kind(credential: Credential | None) -> Kind:
    """What a text says it is. One that lies about that is unknown."""
    if not isinstance(credential, BearerToken):
        return FEED if isinstance(credential, FeedAddress) else SESSION
    return APP if credential.secret.startswith(APP_PREFIX) else TOKEN


def _digest(credential: Credential | None) -> str:
    """As it is kept; empty for a visitor."""
    if isinstance(credential, FeedAddress):
        return credential.keyed
    return digest(credential.secret) if credential else ""


@dataclass(frozen=True)
class Supposed:
    """Who asks, if nothing has changed since the last request. It is no viewer: nothing may be decided by its guess.

    The guess is for one use: to write a statement that asks, beside what it reads, whether it is right.
    """

    coming: Coming
    facts: str
    guess: Viewer

    def confirmed(self, row: Mapping[str, Any]) -> Viewer:
        """Who asks by the columns that the statement has beside its answer: the guess itself only where it is right.

        Raises Unauthenticated as `Coming.viewer` does.
        """
        return self.coming.judged(seen(row), self)
