"""Who must be there for a hearing to begin (HE-3)."""

from dataclasses import dataclass
from fractions import Fraction

from server.words import Words, say


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

    @property
    def words(self) -> Words:
        """Who must be there, for whoever notes it."""
        if self.panel:
            return say("At least {people} of the panel must be here.", people=self.people)
        return say("At least {share} of the delegates must be here.", share=self.share)

    def met(self, present: int, expected: int) -> bool:
        """Whether it may begin."""
        return present >= self.needed(expected)


SOMEBODY = Quorum()
"""The least that is asked."""
