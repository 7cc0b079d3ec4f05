"""What an account's name and password must be, and how long its sessions and tokens live."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable

from server.errors import Invalid, Problem
from server.words import say

DEMO_PASSWORD = "demo-only-password"  # noqa: S105  # published on purpose, for the demo assembly only
PASSWORD_MIN = 12
PASSWORD_MAX = 1000
NEAR = ("luzhi", "履职", "政协", "委员", "zhengxie", "weiyuan", "cppcc")
"""Words that everyone here thinks of first; those of the account, its person and the assembly join them."""
NEAR_MIN, NEAR_MIN_ASCII = 2, 4
"""The fewest characters of such a word: two hanzi, or four letters."""
NAME_MAX = 100
NAME = re.compile(r"\w[\w.@-]{1,59}")

IDLE = dt.timedelta(days=14)
SESSION_MAX = dt.timedelta(days=90)
TOUCH = dt.timedelta(minutes=1)
"""How often at most a session or token notes that it was used."""

TOKEN_PREFIX, APP_PREFIX, REFRESH_PREFIX = "lz_", "lza_", "lzr_"
"""What the token of a program, of an app that acts for someone, and one to get new ones begin with."""
TOKEN_DAYS = 365
TOKEN_DAYS_MAX = 730
FEED_SCOPES = ("announcements:read",)
"""What the address of a feed carries: not who has read what, which lies with documents."""
WARNED = dt.timedelta(days=14)
"""How long before the end of a token its owner is reminded."""
OVERLAP = dt.timedelta(days=7)
"""How long an old secret works beside the one that replaces it, unless something else is said."""


def fold_name(name: str) -> str:
    """The name as it is kept and compared: full-width and half-width, capital and small letters are the same.

    Whatever is typed becomes a text that a database can hold: cut, and with "?" for what cannot be shown.
    """
    folded = unicodedata.normalize("NFKC", name).strip().casefold()
    return "".join(c if c.isprintable() else "?" for c in folded[:NAME_MAX])


def account_name(name: str) -> str:
    """The name as it is kept. Raises Invalid for one that cannot be typed or told apart safely."""
    folded = fold_name(name)
    if NAME.fullmatch(folded):
        return folded
    message = say(
        "A name has 2 to 60 letters, digits, dots, hyphens, underscores or @, and begins with a letter or digit."
    )
    raise Invalid(Problem("ACCOUNT_NAME", message, "name"))


def fold_password(password: str) -> str:
    """The password as it is hashed, the same from every keyboard and input method."""
    return unicodedata.normalize("NFKC", password).encode(errors="replace").decode()


def fit_password(password: str, *, field: str = "password", demo: bool = False) -> str:
    """The password as it is hashed. Raises Invalid if too short, too long, or the published one of the demo."""
    folded = fold_password(password)
    if len(folded) < PASSWORD_MIN:
        message = say(
            "A password has at least {least} characters; this one has {count}. Several words are easy to keep.",
            least=PASSWORD_MIN,
            count=len(folded),
        )
        raise Invalid(Problem("PASSWORD_SHORT", message, field))
    if len(folded) > PASSWORD_MAX:
        raise Invalid(
            Problem("PASSWORD_LONG", say("A password has at most {most} characters.", most=PASSWORD_MAX), field)
        )
    if folded == DEMO_PASSWORD and not demo:
        message = say("Everyone knows this password from the demo assembly. Choose another one.")
        raise Invalid(Problem("PASSWORD_PUBLISHED", message, field))
    return folded


def must_not_rest_on(password: str, names: Iterable[str], *, field: str = "password") -> None:
    """Raises Invalid where the password is too short without the words that lie near. names: whose words do."""
    left, found = _bare(password), list[str]()
    for word in sorted({*NEAR, *_words(names)}, key=len, reverse=True):
        if word in left:
            left, found = left.replace(word, ""), [*found, word]
    if found and len(left) < PASSWORD_MIN:
        message = say(
            "Without {words} it has {count} characters. Names of the account, its person and the assembly are tried "
            "first and do not count; add other words.",
            words=tuple(found),
            count=len(left),
        )
        raise Invalid(Problem("PASSWORD_NEAR", message, field))


def _words(names: Iterable[str]) -> set[str]:
    """Each name as a whole and in its parts, where they are long enough to mean something."""
    parts = {_bare(part) for name in names for part in (name, *re.split(r"[\W_]+", name))}
    return {part for part in parts if len(part) >= (NEAR_MIN_ASCII if part.isascii() else NEAR_MIN)}


def _bare(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def session_end(created_at: dt.datetime, seen_at: dt.datetime) -> dt.datetime:
    """When a session ends by itself: 14 days after it was last seen, 90 days after it began."""
    return min(seen_at + IDLE, created_at + SESSION_MAX)


def is_touch_due(seen_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Is it long enough ago that its use was noted?"""
    return seen_at is None or now - seen_at >= TOUCH


def ends_soon(end: dt.datetime, now: dt.datetime) -> bool:
    """Is the end of a token so near that its owner should know?"""
    return now < end <= now + WARNED


def token_end(now: dt.datetime, days: int) -> dt.datetime:
    """When a token ends that is issued now. Raises Invalid unless 1 to 730 days."""
    if 1 <= days <= TOKEN_DAYS_MAX:
        return now + dt.timedelta(days=days)
    raise Invalid(Problem("TOKEN_DAYS", say("A token is valid for 1 to {most} days.", most=TOKEN_DAYS_MAX), "days"))
