"""Apps that act for a person: where they may have people sent back to, and how long what they get is good for."""

import datetime as dt
from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit

from server.errors import Invalid, Problem
from server.words import Words, say

CODE_LIFE = dt.timedelta(seconds=60)
ACCESS_LIFE = dt.timedelta(hours=1)
REFRESH_IDLE = dt.timedelta(days=30)
CONSENT_LIFE = dt.timedelta(days=365)
"""However often an app refreshes meanwhile, it asks the person again after that (ASVS 10.4.8)."""
LAST_GIVEN = dt.datetime.max.replace(tzinfo=dt.UTC) - CONSENT_LIFE
"""No calendar holds the end of what is allowed later."""
CODE_KEPT, TOKEN_KEPT = dt.timedelta(days=30), dt.timedelta(days=1)
"""How long after its end one is remembered: a code that is shown twice is noticed, a late token is told that it is."""

LOOPBACK = {"127.0.0.1", "::1", "localhost"}
MOST, LONGEST = 20, 1000
"""Addresses of one app, and letters of one."""


def consent_end(given_at: dt.datetime, renewed_at: dt.datetime | None) -> dt.datetime:
    """The moment from which the app has to ask again, by when it was allowed, and allowed anew."""
    return min(renewed_at or given_at, LAST_GIVEN) + CONSENT_LIFE


def parse_redirects(texts: Iterable[str]) -> list[str]:
    """The addresses, each once, as they were written: they are compared letter by letter. Raises Invalid."""
    written = list(dict.fromkeys(text.strip() for text in texts if text.strip()))
    if not written:
        message = say("Give at least one address to which people are sent back.")
        raise Invalid(Problem("REDIRECTS_MISSING", message, "redirects"))
    if len(written) > MOST:
        raise Invalid(Problem("REDIRECTS_MANY", say("At most {most} addresses.", most=MOST), "redirects"))
    problems = [Problem("REDIRECT", words, "redirects") for text in written if (words := _wrong(text))]
    if problems:
        raise Invalid(*problems)
    return written


def origin(redirect: str) -> str:
    """Scheme, host and port of such an address."""
    parts = urlsplit(redirect)
    return f"{parts.scheme}://{parts.netloc}"


def _wrong(text: str) -> Words | None:
    try:
        parts = urlsplit(text)
        sound = _is_plain(text) and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        sound = False
    if not sound:
        return say("{text} is no address such as https://example.org/back.", text=text[:LONGEST])
    if "#" in text or "@" in parts.netloc:
        return say("{text} has a name, a password or a part after #, which such an address must not have.", text=text)
    if not _is_safe(parts):
        return say("{text} must begin with https://, or with http:// on the same machine, 127.0.0.1.", text=text)
    return None


def _is_plain(text: str) -> bool:
    """Letters that an address consists of, without those that a header or a policy would take for its own."""
    return len(text) <= LONGEST and all("!" <= letter <= "~" and letter not in "\"'\\;,<>`{}|^*" for letter in text)


def _is_safe(parts: SplitResult) -> bool:
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
