"""How near the sides can still be brought, whoever is drawn from those who are left (HE-2)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from server.rules.hearings.parties import Capacity, Position

Kind = tuple[Capacity, Position]
SIGN = {Position.FOR: 1, Position.AGAINST: -1, Position.NEUTRAL: 0}


@dataclass(frozen=True)
class Reach:
    """A draw on its way. left: places that will be filled yet. rest: applications that did not come up yet, by kind.

    apart: for minus against among those who have a place; sides: for plus against.
    """

    left: Mapping[Capacity, int]
    rest: Counter[Kind]
    apart: int = 0
    sides: int = 0

    @classmethod
    def of(cls, kinds: Iterable[Kind], places: Mapping[Capacity, int]) -> "Reach":
        """The beginning. Where fewer apply than there are places, some stay empty."""
        rest = Counter(kinds)
        had = Counter[Capacity]()
        for (capacity, _), n in rest.items():
            had[capacity] += n
        return cls({capacity: min(n, had[capacity]) for capacity, n in places.items()}, rest)

    def passing(self, kind: Kind) -> "Reach":
        """After one of that kind came up and has no place."""
        return replace(self, rest=self.rest - Counter([kind]))

    def taking(self, kind: Kind) -> "Reach | None":
        """After one of that kind came up and has one; None where there is none left for them."""
        capacity, position = kind
        if not (n := self.left.get(capacity, 0)):
            return None
        left, sign = {**self.left, capacity: n - 1}, SIGN[position]
        return Reach(left, self.rest - Counter([kind]), self.apart + sign, self.sides + abs(sign))

    def nearest(self) -> Fraction:
        """The smallest |for - against| / (for + against) with which the places left can be filled; 1 if they cannot."""
        widest = {self.apart: self.sides}
        for capacity, n in self.left.items():
            ways = self._ways(capacity, n)
            sums = ((a + b, s + t) for a, s in widest.items() for b, t in ways.items())
            widest = dict(sorted(sums))  # of those equally apart the last has the most sides, which is the nearest
        found = (Fraction(abs(apart), sides) if sides else Fraction(0) for apart, sides in widest.items())
        return min(found, default=Fraction(2))

    def _ways(self, capacity: Capacity, n: int) -> dict[int, int]:
        """How n places of a capacity can be filled: for minus against -> the most for plus against."""
        pro, con, neither = (self.rest[capacity, side] for side in (Position.FOR, Position.AGAINST, Position.NEUTRAL))
        pairs = ((f, a) for f in range(min(n, pro) + 1) for a in range(min(n - f, con) + 1))
        return dict(sorted((f - a, f + a) for f, a in pairs if n - f - a <= neither))
