"""Who speaks when at a hearing: the lawful order, what the presiding officer changes of it, whose turn it is (HE-3)."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from uuid import UUID
from zoneinfo import ZoneInfo

from server.errors import Invalid, Problem
from server.rules.hearings.clock import Clock
from server.rules.hearings.parties import Capacity, Position
from server.words import Words, say

CLASSES = {
    Capacity.AFFECTED: 0,
    Capacity.PUBLIC: 1,
    Capacity.MEMBER: 1,
    Capacity.EXPERT: 2,
    Capacity.LAWYER: 2,
}
"""Whom we hear before whom; see facts.md, H5."""


@dataclass(frozen=True)
class Speaker:
    """One who will speak. applied_at: aware. invited_as: what an invited one is, never INVITED."""

    id: UUID
    capacity: Capacity
    position: Position
    applied_at: dt.datetime
    invited_as: Capacity | None = None

    @property
    def turn(self) -> int:
        """Their class. An invited one of whom nothing else is known comes with the experts."""
        what = self.invited_as if self.capacity is Capacity.INVITED else self.capacity
        return CLASSES[what or Capacity.EXPERT]


def lawful_order(speakers: Iterable[Speaker]) -> list[Speaker]:
    """Class by class; in a class for and against by turns, each side by time of application, and then the neutral ones.

    The side that applied first begins. Where one side is through, the other goes on. Of the same time the lower id.
    """
    queue = sorted(speakers, key=lambda each: (each.turn, each.applied_at, each.id))
    return [each for turn in sorted(set(CLASSES.values())) for each in _by_turns([s for s in queue if s.turn == turn])]


def _by_turns(queue: Sequence[Speaker]) -> Iterator[Speaker]:
    sides = [each for each in queue if each.position is not Position.NEUTRAL]
    first = [each for each in sides if each.position is sides[0].position]
    second = [each for each in sides if each.position is not sides[0].position]
    for pair in zip_longest(first, second):
        yield from (each for each in pair if each)
    yield from (each for each in queue if each.position is Position.NEUTRAL)


@dataclass(frozen=True)
class Reordering:
    """What the presiding officer changed. before: who comes right after them; None: they come last."""

    speaker: UUID
    before: UUID | None
    reason: str
    by: UUID
    at: dt.datetime


def reordered(order: Sequence[UUID], log: Iterable[Reordering]) -> list[UUID]:
    """The order after all that was changed, in the order of the log. Who is no more in it changes nothing."""
    found = list(order)
    for each in log:
        if each.speaker in found and each.speaker != each.before:
            found.remove(each.speaker)
            found.insert(found.index(each.before) if each.before in found else len(found), each.speaker)
    return found


def reordering_problems(change: Reordering, order: Collection[UUID], begun: Collection[UUID]) -> Iterator[Problem]:
    """What keeps the presiding officer from that change. begun: who spoke, or speaks now."""
    if not change.reason.strip():
        yield _problem("NO_REASON", say("Say why the order is changed: it is written into the record."), "reason")
    if change.speaker not in order:
        yield _problem("NOT_A_SPEAKER", say("Not on the list of speakers."), "speaker")
    elif change.speaker in begun:
        yield _problem("HAS_SPOKEN", say("Their turn has begun already."), "speaker")
    if change.before is not None and (change.before not in order or change.before in begun):
        yield _problem("NOT_A_PLACE", say("Choose someone whose turn has not begun."), "before")
    if change.before == change.speaker:
        yield _problem("NOT_A_PLACE", say("Choose someone else whom they speak before."), "before")


def _problem(code: str, words: Words, field: str) -> Problem:
    return Problem(code, words, field, "HE-3")


def waiting(order: Iterable[UUID], begun: Collection[UUID], absent: Collection[UUID] = ()) -> list[UUID]:
    """Whose turn is still to come, the next one first. absent: called and not there; they lose no turn by it."""
    return [each for each in order if each not in begun and each not in absent]


def next_speaker(order: Iterable[UUID], begun: Collection[UUID], absent: Collection[UUID] = ()) -> UUID | None:
    """Who speaks next; None where all have."""
    return next(iter(waiting(order, begun, absent)), None)


@dataclass(frozen=True)
class Turn:
    """When someone's turn comes. nth: from 1, of those who wait. about: aware, an estimate."""

    nth: int
    about: dt.datetime

    def words(self, zone: ZoneInfo) -> Words:
        """For whoever waits. zone: of the assembly."""
        time = f"{self.about.astimezone(zone):%H:%M}"
        if self.nth == 1:
            return say("You are next, about {time}.", time=time)
        return say("You are number {n} of those who wait, about {time}.", n=self.nth, time=time)


def turn_of(
    speaker: UUID,
    queue: Sequence[UUID],
    allotted: Mapping[UUID, dt.timedelta],
    now: dt.datetime,
    *,
    speaking: Clock | None = None,
    between: dt.timedelta = dt.timedelta(0),
) -> Turn:
    """When their turn comes if everyone uses their time and nobody more.

    queue: see `waiting`. speaking: the clock of who speaks now. between: for questions, after each. Raises Invalid
    where they do not wait.
    """
    if speaker not in queue:
        raise Invalid(_problem("NOT_WAITING", say("They have spoken, or are not on the list."), "speaker"))
    ahead = queue[: queue.index(speaker)]
    current = max(speaking.remaining(now), dt.timedelta(0)) + between if speaking else dt.timedelta(0)
    return Turn(len(ahead) + 1, now + current + sum((allotted[each] + between for each in ahead), dt.timedelta(0)))
