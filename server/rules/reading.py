"""What reading comes to: how far someone is, how long it took, when an opening is over (RD-3)."""

import datetime as dt
import secrets
from collections.abc import Iterable

BEAT_S = 20
"""An open reader says so often that it is open, and hears whether it may stay so."""
LONGEST_S = 60
"""Between two signs of life someone was reading; after a longer time nobody knows, and none of it counts."""
SILENT = dt.timedelta(minutes=30)
"""An opening without a sign of life for that long is over. A telephone that sleeps for a while loses none."""
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Of a reading number, printed and read out: none looks like another."""
NUMBER = 12
NOTE = 10_000
"""The longest note, in characters."""


def reading_number() -> str:
    """A new one."""
    return "".join(secrets.choice(LETTERS) for _ in range(NUMBER))


def seconds_between(last: dt.datetime, now: dt.datetime) -> int:
    """How many of the seconds between two signs of life count as reading."""
    passed = int((now - last).total_seconds())
    return passed if 0 < passed <= LONGEST_S else 0


def pages_in(text: str) -> set[int]:
    """The pages that are written as 1-3,7."""
    parts = [part.partition("-") for part in text.split(",") if part]
    return {page for first, _, last in parts for page in range(int(first), int(last or first) + 1)}


def pages_text(pages: Iterable[int]) -> str:
    """Pages as 1-3,7."""
    spans: list[list[int]] = []
    for page in sorted(set(pages)):
        if spans and spans[-1][1] == page - 1:
            spans[-1][1] = page
        else:
            spans.append([page, page])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in spans)
