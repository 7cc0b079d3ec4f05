"""Everything the domain may say no with. Raised below, translated once at the edge."""

from dataclasses import dataclass

from server.words import Words


@dataclass(frozen=True)
class Problem:
    """One thing the person can mend.

    code: SCREAMING_SNAKE, stable for programs. field: the input's name as Python writes it, or None for the whole
    form. rule: the number in the domain's list of rules, such as "LC-1", where one applies. item: of many changes at
    once, the place of the one that is meant, from 0.
    """

    code: str
    message: Words
    field: str | None = None
    rule: str | None = None
    item: int | None = None


class DomainError(Exception):
    """The domain says no, for one or several reasons."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(str(p.message) for p in problems))
        self.problems = problems


class Invalid(DomainError):
    """The input, or the state of the thing, does not allow this. Pages answer 422."""


class Refused(DomainError):
    """The viewer may not do this, and may know it. Pages answer 403 with the reason."""


class Conflict(DomainError):
    """Someone else was faster, or the same exists already. Pages answer 422 and keep what was typed."""


class NotThere(DomainError):
    """It does not exist, or not for this viewer: the same words for both. Pages answer 404."""


class Limited(DomainError):
    """Too many tries. `retry_after` is in seconds; pages answer 429."""

    def __init__(self, retry_after: int, *problems: Problem) -> None:
        super().__init__(*problems)
        self.retry_after = retry_after


class Unauthenticated(DomainError):
    """The token that was shown does not hold. HTTP answers 401 with the reason."""
