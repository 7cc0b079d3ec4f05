"""The draw of delegates by lot, which anyone can check and nobody can grind (HE-2).

In the notice: the commitment, which is the SHA-256 of 32 random bytes (the seed) in hex; the places of each capacity;
the tolerance; and which public value will be taken, one that will be known only after applications closed, such as the
numbers drawn in a lottery of that day. At closing the list is frozen and its SHA-256 published: one line for each
application that takes part, in order of arrival, `serial capacity position` with one space between and a line feed
behind, in ASCII, such as `7 affected for`.

Rank: the SHA-256 in hex of `seed:public:serial` in UTF-8, the seed in hex, ascending. Whoever made the seed does not
know the public value when the list is frozen, and whoever applies knows neither. We go down the list by rank. Who comes
up has a place where one of their capacity is left, unless the sides could not be kept in balance then, whoever came
after. Where they cannot be anyway, they are kept as near as these applications allow, and it is said.
`web/static/lottery.py` does the same with nothing of ours.
"""

import enum
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from server.errors import Invalid, Problem
from server.rules.hearings.balancing import Kind, Reach
from server.rules.hearings.composition import balance
from server.rules.hearings.parties import Capacity, Position
from server.words import Words, say

SEED_BYTES = 32


@dataclass(frozen=True)
class Applicant:
    """An application that takes part in a draw. serial: from 1, in order of arrival; rejected ones leave gaps."""

    serial: int
    capacity: Capacity
    position: Position

    @property
    def kind(self) -> Kind:
        """What they are to the balance."""
        return self.capacity, self.position


class Why(enum.Enum):
    """Why someone has a place, or has none. The first two have one, the last is not even in reserve."""

    RANK = "rank"
    BALANCE = "balance"
    CLASS_FULL = "class_full"
    PASSED_FOR_BALANCE = "passed_for_balance"
    NO_PLACES = "no_places"


DRAWN = frozenset({Why.RANK, Why.BALANCE})
RESERVE = frozenset({Why.CLASS_FULL, Why.PASSED_FOR_BALANCE})


@dataclass(frozen=True)
class Entry:
    """What became of one application. place: by rank among those of its capacity, from 1; of: places of that."""

    applicant: Applicant
    rank: str
    place: int
    of: int
    why: Why

    @property
    def words(self) -> Words:
        """Why, for whoever applied."""
        return WORDS[self.why](self.place, self.of)


WORDS = {
    Why.RANK: lambda n, of: say("Drawn: number {n} of this capacity, which has {of} places.", n=n, of=of),
    Why.BALANCE: lambda n, of: say(
        "Drawn as number {n} of this capacity, which has {of} places: others were passed over to balance the sides.",
        n=n,
        of=of,
    ),
    Why.CLASS_FULL: lambda n, of: say("In reserve: number {n} of this capacity, which has {of} places.", n=n, of=of),
    Why.PASSED_FOR_BALANCE: lambda n, of: say(
        "In reserve: number {n} of this capacity, which has {of} places, passed over to balance the sides.", n=n, of=of
    ),
    Why.NO_PLACES: lambda n, of: say("This hearing has no places for this capacity."),
}


@dataclass(frozen=True)
class Draw:
    """The result. entries: by rank. balance: see `balance`. held: it is within the tolerance; else nothing could be."""

    entries: tuple[Entry, ...]
    places: Mapping[Capacity, int]
    balance: Fraction | None
    held: bool

    @property
    def drawn(self) -> list[int]:
        """Serials of those who have a place, by rank."""
        return [each.applicant.serial for each in self.entries if each.why in DRAWN]

    @property
    def reserve(self) -> list[int]:
        """Serials of those who come next, by rank."""
        return [each.applicant.serial for each in self.entries if each.why in RESERVE]

    @property
    def unfilled(self) -> dict[Capacity, int]:
        """Places for which nobody applied; they can be filled by invitation (facts.md, H15)."""
        had = Counter(each.applicant.capacity for each in self.entries)
        return {capacity: n - had[capacity] for capacity, n in self.places.items() if n > had[capacity]}


def commitment(seed: bytes) -> str:
    """What the notice says of the seed, in hex. Raises Invalid where it is not 32 bytes."""
    if len(seed) != SEED_BYTES:
        raise Invalid(Problem("BAD_SEED", say("A seed has {n} bytes.", n=SEED_BYTES), "seed", "HE-2"))
    return hashlib.sha256(seed).hexdigest()


def list_hash(applicants: Sequence[Applicant]) -> str:
    """What is published of the frozen list, in hex. Raises Invalid where serials do not ascend from 1 or later."""
    serials = [0, *(each.serial for each in applicants)]
    if any(later <= earlier for earlier, later in pairwise(serials)):
        words = say("The list must be in order of arrival, each number once.")
        raise Invalid(Problem("BAD_LIST", words, "applications", "HE-2"))
    lines = (f"{each.serial} {each.capacity.value} {each.position.value}\n" for each in applicants)
    return hashlib.sha256("".join(lines).encode("ascii")).hexdigest()


def rank(seed: bytes, public: str, serial: int) -> str:
    """The lot of an application, in hex; the lowest comes first."""
    return hashlib.sha256(f"{seed.hex()}:{public}:{serial}".encode()).hexdigest()


def draw(
    applicants: Sequence[Applicant],
    places: Mapping[Capacity, int],
    *,
    seed: bytes,
    committed: str,
    public: str,
    tolerance: Fraction | None,
) -> Draw:
    """Who is drawn, who is in reserve, and why. committed: as the notice had it. Raises Invalid."""
    _must_be_sound(applicants, seed, committed, public)
    ranked = sorted(applicants, key=lambda each: (rank(seed, public, each.serial), each.serial))
    drawn = _drawn(ranked, places, Fraction(1) if tolerance is None else tolerance)
    entries, seen = [], Counter[Capacity]()
    for each in ranked:
        seen[each.capacity] += 1
        place, of = seen[each.capacity], places.get(each.capacity, 0)
        entries.append(Entry(each, rank(seed, public, each.serial), place, of, _why(each in drawn, place, of)))
    apart = balance(each.position for each in drawn)
    return Draw(tuple(entries), places, apart, tolerance is None or (apart or 0) <= tolerance)


def _must_be_sound(applicants: Sequence[Applicant], seed: bytes, committed: str, public: str) -> None:
    list_hash(applicants)
    if commitment(seed) != committed:
        words = say("This is not the seed that the notice committed to: the draw cannot be made with it.")
        raise Invalid(Problem("SEED_NOT_COMMITTED", words, "seed", "HE-2"))
    if not public.strip():
        raise Invalid(Problem("NO_PUBLIC_VALUE", say("Enter the result of the public draw."), "public", "HE-2"))


def _drawn(ranked: Sequence[Applicant], places: Mapping[Capacity, int], tolerance: Fraction) -> set[Applicant]:
    reach = Reach.of((each.kind for each in ranked), places)
    limit = max(tolerance, reach.nearest())
    drawn = set()
    for each in ranked:
        taken = reach.taking(each.kind)
        if taken and taken.nearest() <= limit:
            reach = taken
            drawn.add(each)
        else:
            reach = reach.passing(each.kind)
    return drawn


def _why(drawn: bool, place: int, of: int) -> Why:
    if not of:
        return Why.NO_PLACES
    if drawn:
        return Why.RANK if place <= of else Why.BALANCE
    return Why.PASSED_FOR_BALANCE if place <= of else Why.CLASS_FULL
