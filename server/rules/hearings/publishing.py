"""What is published of a draw so that anyone can recompute it, and the recomputation (HE-2)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from server.errors import Invalid, Problem
from server.rules.hearings.lottery import Applicant, Draw, draw, list_hash
from server.rules.hearings.parties import Capacity
from server.words import Words, say


@dataclass(frozen=True)
class Publication:
    """A draw as it is published. committed, listed: as they were before; the others with the result."""

    committed: str
    listed: str
    seed: bytes
    public: str
    tolerance: Fraction | None
    places: Mapping[Capacity, int]
    applicants: tuple[Applicant, ...]
    drawn: tuple[int, ...]
    reserve: tuple[int, ...]

    def as_json(self) -> dict[str, Any]:
        """The published file, which `web/static/lottery.py` reads. Without a tolerance it is 1: everything is in it."""
        return {
            "commitment": self.committed,
            "list_hash": self.listed,
            "seed": self.seed.hex(),
            "public": self.public,
            "tolerance": str(Fraction(1) if self.tolerance is None else self.tolerance),
            "places": {capacity.value: n for capacity, n in self.places.items()},
            "applications": [[each.serial, each.capacity.value, each.position.value] for each in self.applicants],
            "drawn": list(self.drawn),
            "reserve": list(self.reserve),
        }


def publication(
    made: Draw, applicants: Sequence[Applicant], *, seed: bytes, committed: str, public: str, tolerance: Fraction | None
) -> Publication:
    """What is published of a draw that was made with these."""
    return Publication(
        committed,
        list_hash(applicants),
        seed,
        public,
        tolerance,
        made.places,
        tuple(applicants),
        tuple(made.drawn),
        tuple(made.reserve),
    )


def verify(published: Publication) -> list[Problem]:
    """What is wrong with a published draw; nothing where it is as the rule makes it."""
    return list(_wrong(published))


def _wrong(published: Publication) -> Iterator[Problem]:
    try:
        made = draw(
            published.applicants,
            published.places,
            seed=published.seed,
            committed=published.committed,
            public=published.public,
            tolerance=published.tolerance,
        )
    except Invalid as refused:
        yield from refused.problems
        return
    if list_hash(published.applicants) != published.listed:
        yield _problem("LIST_CHANGED", say("This is not the list whose sum was published when applications closed."))
    if tuple(made.drawn) != published.drawn:
        yield _problem("OTHERS_DRAWN", say("The rule draws others than those who were published."))
    if tuple(made.reserve) != published.reserve:
        yield _problem("OTHER_RESERVE", say("The rule keeps others in reserve, or in another order."))


def _problem(code: str, words: Words) -> Problem:
    return Problem(code, words, None, "HE-2")
