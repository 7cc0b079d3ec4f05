"""How much may be spent in a time: a bucket for each who spends, which fills by itself. No clock in here."""

import math
from collections.abc import Hashable
from dataclasses import dataclass

WINDOW_S = 60
"""A bucket that is empty is full again after that long."""
MOST = 10_000
"""Buckets that are kept; the one not used for longest goes, and is full when it comes again."""


@dataclass(frozen=True)
class Rates:
    """Points a minute of one account in browsers, of its programs, and of the visitors of one address."""

    visitor: int = 300_000
    session: int = 1_000_000
    token: int = 1_000_000


@dataclass(frozen=True)
class Spent:
    """What came of spending. wait: whole seconds until there is enough; 0 where there was. full: until it is full."""

    most: int
    remaining: int
    wait: int
    full: int


class Buckets:
    """Of one process. Who empties a bucket of theirs takes nothing from any other."""

    def __init__(self) -> None:
        self.kept: dict[Hashable, tuple[float, float]] = {}
        """What was in it, and when."""

    def spend(self, whose: Hashable, amount: int, most: int, now: float) -> Spent:
        """Takes so much out of a bucket that holds so much, where it is there; what is more than full takes all."""
        level, at = self.kept.pop(whose, (most, now))
        a_second = most / WINDOW_S
        level = min(most, level + (now - at) * a_second)
        amount = min(amount, most)
        wait = math.ceil((amount - level) / a_second) if amount > level else 0
        level -= 0 if wait else amount
        self.kept[whose] = (level, now)
        if len(self.kept) > MOST:
            del self.kept[next(iter(self.kept))]
        return Spent(most, int(level), wait, math.ceil((most - level) / a_second))
