"""Spans of days, half-open: one holds from its first day up to, but not on, the day of its end."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from server.errors import Invalid, Problem
from server.words import say


@dataclass(frozen=True)
class Span:
    """A span of days; None is unknown (since ever) or open (for ever)."""

    starts_on: dt.date | None = None
    ends_on: dt.date | None = None

    @property
    def empty(self) -> bool:
        """It would hold on no day at all."""
        return self.starts_on is not None and self.ends_on is not None and self.starts_on >= self.ends_on

    def overlaps(self, other: "Span") -> bool:
        """There is a day on which both hold."""
        return _before(self.starts_on, other.ends_on) and _before(other.starts_on, self.ends_on)

    def covers(self, other: "Span") -> bool:
        """Whenever the other holds, this one does."""
        begun = self.starts_on is None or (other.starts_on is not None and self.starts_on <= other.starts_on)
        return begun and (self.ends_on is None or (other.ends_on is not None and other.ends_on <= self.ends_on))


def stretched(history: Sequence[Span], at: int, right: Span) -> list[Span]:
    """The history with `right` in the place of number `at`: its neighbours stretch or shrink to meet it.

    history: in order of time. Raises Invalid where `right` holds on no day, would swallow a neighbour whole, or
    leaves days with nothing after the last entry.
    """
    if right.empty:
        raise Invalid(backwards("ends_on"))
    spans = [*history[:at], right, *history[at + 1 :]]
    if at > 0:
        spans[at - 1] = _meeting(replace(spans[at - 1], ends_on=right.starts_on), right.starts_on, "starts_on")
    if at + 1 < len(spans):
        spans[at + 1] = _meeting(replace(spans[at + 1], starts_on=right.ends_on), right.ends_on, "ends_on")
    elif right.ends_on != history[at].ends_on and right.ends_on is not None:
        raise Invalid(
            Problem("NOTHING_FOLLOWS", say("Nothing follows this entry. Record what came next instead."), "ends_on")
        )
    return spans


def backwards(field: str) -> Problem:
    """The span ends before, or on the day, it begins."""
    return Problem("ENDS_BEFORE_START", say("The end must be later than the beginning."), field)


def _before(start: dt.date | None, end: dt.date | None) -> bool:
    return start is None or end is None or start < end


def _meeting(neighbour: Span, edge: dt.date | None, field: str) -> Span:
    if edge is None or neighbour.empty:
        raise Invalid(
            Problem(
                "SWALLOWS_NEIGHBOUR",
                say("With these days the entry would take the place of the one beside it. Correct that one first."),
                field,
            )
        )
    return neighbour
