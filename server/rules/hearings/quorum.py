"""Who must be there for a hearing to begin (HE-3)."""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Quorum:
    """This share of those who are expected, and never fewer than `people`.

    panel: it is reckoned among those who hear; else among the delegates, who are heard.
    """

    share: Fraction = Fraction(0)
    people: int = 1
    panel: bool = False

    def needed(self, expected: int) -> int:
        """So many of that number, rounded up."""
        return max(-(-self.share.numerator * expected // self.share.denominator), self.people)

    def met(self, present: int, expected: int) -> bool:
        """Whether it may begin."""
        return present >= self.needed(expected)


SOMEBODY = Quorum()
"""The least that is asked."""
