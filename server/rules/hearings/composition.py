"""Whether those who are chosen make a hearing: how many, of what kind, and the sides in balance (HE-1, HE-2)."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from server.errors import Problem
from server.rules.hearings.parties import Capacity, Position
from server.rules.hearings.profiles import Profile
from server.words import Words, say


@dataclass(frozen=True)
class Delegate:
    """One who was chosen. civil_servant: in service now."""

    capacity: Capacity
    position: Position = Position.NEUTRAL
    civil_servant: bool = False


def balance(positions: Iterable[Position]) -> Fraction | None:
    """How far the sides are apart: |for - against| / (for + against), from 0 to 1; None where nobody takes one."""
    count = Counter(positions)
    sides = count[Position.FOR] + count[Position.AGAINST]
    return Fraction(abs(count[Position.FOR] - count[Position.AGAINST]), sides) if sides else None


def balanced(positions: Iterable[Position], tolerance: Fraction | None) -> bool:
    """Whether the sides are near enough. No tolerance, or no sides: they are."""
    return tolerance is None or (balance(positions) or 0) <= tolerance


def mix_problems(profile: Profile, delegates: Iterable[Delegate]) -> Iterator[Problem]:
    """What keeps these delegates from being those of a hearing under that profile."""
    chosen = list(delegates)
    if len(chosen) < profile.min_delegates:
        words = say(
            "{n} delegates are too few: there must be at least {least}.", n=len(chosen), least=profile.min_delegates
        )
        yield _problem("TOO_FEW_DELEGATES", words)
    if not profile.civil_servants and any(each.civil_servant for each in chosen):
        yield _problem("CIVIL_SERVANT", say("Civil servants in service cannot be delegates of this hearing."))
    yield from _share_problems(profile, Counter(each.capacity for each in chosen), len(chosen))
    if not balanced((each.position for each in chosen), profile.balance_tolerance):
        yield Problem("OUT_OF_BALANCE", say("One side has far more delegates than the other."), "delegates", "HE-2")


def _share_problems(profile: Profile, count: Counter[Capacity], total: int) -> Iterator[Problem]:
    affected, public = count[Capacity.AFFECTED], count[Capacity.PUBLIC]
    if profile.public_share and Fraction(affected + public, total or 1) < profile.public_share:
        words = say(
            "Only {n} of {total} delegates are affected parties or of the public: that is less than {share} of them.",
            n=affected + public,
            total=total,
            share=profile.public_share,
        )
        yield _problem("TOO_FEW_OF_THE_PUBLIC", words)
    if profile.affected_gt_public and affected <= public:
        words = say(
            "There must be more affected parties ({affected}) than delegates of the public ({public}).",
            affected=affected,
            public=public,
        )
        yield _problem("TOO_FEW_AFFECTED", words)


def _problem(code: str, words: Words) -> Problem:
    return Problem(code, words, "delegates", "HE-1")
