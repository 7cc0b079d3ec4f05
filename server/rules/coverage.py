"""Who is in a body of a kind and who is not (LC-1; PC-1 counts the same way), and whether groups are led (LC-2)."""

import datetime as dt
import enum
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from server.errors import Problem
from server.rules.spans import Span
from server.words import Words, say

GRACE_DAYS = 30
"""Days after joining in which a member without a body is pending (LC-1)."""

Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(frozen=True)
class Seat:
    """A seat that is active on the day and whose holder the rule binds.

    joined_on: first day of the seat's unbroken activity, None where unknown. sector: on that day, where one is stated.
    """

    person: UUID
    joined_on: dt.date | None = None
    sector: UUID | None = None


@dataclass(frozen=True)
class Place:
    """A row that puts a person into a body, with that body's own end. Voided rows are no places."""

    person: UUID
    body: UUID
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    body_ends_on: dt.date | None = None
    primary: bool = True

    @property
    def span(self) -> Span:
        """The days on which it counts: it ends with its body at the latest."""
        return Span(self.starts_on, min((end for end in (self.ends_on, self.body_ends_on) if end), default=None))

    def holds(self, on: dt.date) -> bool:
        """It counts on that day."""
        return _holds(self.span, on)

    def outlived(self, on: dt.date) -> bool:
        """The row would still hold on that day, but its body has ended."""
        return _holds(Span(self.starts_on, self.ends_on), on) and not self.holds(on)


@dataclass(frozen=True)
class Uncovered:
    """A member in no such body. code: UNCOVERED, PENDING or ENDED_GROUP; why: the same in words."""

    person: UUID
    pending: bool
    code: str
    why: Words


@dataclass(frozen=True)
class Several:
    """A member in more than one such body. bodies: their ids in order."""

    person: UUID
    bodies: tuple[UUID, ...]


@dataclass(frozen=True)
class Figures:
    """People counted: members = none + one + more; pending is part of none."""

    members: int
    none: int
    one: int
    more: int
    pending: int


@dataclass(frozen=True)
class Coverage(Figures):
    """The figures and who stands behind them, by person id: all of `none`, all of `more`."""

    without: tuple[Uncovered, ...]
    several: tuple[Several, ...]


def coverage(
    seats: Iterable[Seat],
    places: Iterable[Place],
    on: dt.date,
    grace_days: int = GRACE_DAYS,
    *,
    primary_only: bool = False,
) -> Coverage:
    """Counts distinct bodies for each person who holds one of the seats; LC-1.

    places: the rows in bodies of the kind asked for; `primary_only` for learning groups. As SQL, a row counts when
        voided_at IS NULL AND (NOT :primary_only OR "primary")
        AND (starts_on IS NULL OR starts_on <= :on) AND (ends_on IS NULL OR ends_on > :on)
        AND (body.ends_on IS NULL OR body.ends_on > :on)
    and a person is none, one or more by COUNT(DISTINCT body_id); pending is: none, and
        every seat's joined_on is known and MIN(joined_on) > :on - :grace_days.
    """
    joined = _gather((seat.person, seat.joined_on) for seat in seats)
    counting = [place for place in places if place.primary or not primary_only]
    bodies = _gather((place.person, place.body) for place in counting if place.holds(on))
    ended = {place.person for place in counting if place.outlived(on)}
    without = tuple(
        uncovered(person, _first(joined[person]), on, grace_days, ended=person in ended)
        for person in sorted(joined.keys() - bodies.keys())
    )
    several = tuple(
        Several(person, tuple(sorted(bodies[person])))
        for person in sorted(joined.keys() & bodies.keys())
        if len(bodies[person]) > 1
    )
    figures = _figures(joined.keys(), without, several)
    return Coverage(**vars(figures), without=without, several=several)


def uncovered(
    person: UUID, joined_on: dt.date | None, on: dt.date, grace_days: int = GRACE_DAYS, *, ended: bool
) -> Uncovered:
    """Why someone who joined on that day (None: unknown) is in no such body; ended: but still entered in one."""
    until = moved(joined_on, grace_days) if joined_on else on
    pending = joined_on is not None and joined_on > moved(on, -grace_days)
    if ended:
        return Uncovered(person, pending, "ENDED_GROUP", say("Still entered in a body that has ended."))
    if pending:
        why = say("Joined on {joined}; to be placed before {until}.", joined=joined_on, until=until)
        return Uncovered(person, pending, "PENDING", why)
    return Uncovered(person, pending, "UNCOVERED", say("In no such body on {day}.", day=on))


def moved(day: dt.date, days: int) -> dt.date:
    """The day so many days later, or earlier where negative; at most the first or last one of the calendar."""
    return dt.date.fromordinal(min(max(day.toordinal() + days, 1), dt.date.max.toordinal()))


def by_sector(seats: Iterable[Seat], covered: Coverage) -> dict[UUID | None, Figures]:
    """Sector -> its figures, for the picture; None holds the seats of no sector. Covered: the answer for these seats.

    Whoever holds two seats in two sectors counts in both, so the parts can add up to more than the whole.
    """
    sectors = _gather((seat.sector, seat.person) for seat in seats)
    return {sector: _figures(people, covered.without, covered.several) for sector, people in sectors.items()}


def overlap(rows: Iterable[Place], new: Place) -> list[Place]:
    """The person's primary places in other bodies with a day in common with the new one, the future included; LC-1.

    Two titles in one body are one place, so rows of the same body are not in each other's way. As SQL, each side's
    end being the earlier of the row's and its body's:
        person_id = :person AND body_id <> :body AND "primary" AND voided_at IS NULL
        AND (starts_on IS NULL OR :end IS NULL OR starts_on < :end)
        AND (end IS NULL OR :starts_on IS NULL OR end > :starts_on)
    """
    if not new.primary or new.span.empty:
        return []
    others = (row for row in rows if row.primary and row.person == new.person and row.body != new.body)
    return [row for row in others if not row.span.empty and row.span.overlaps(new.span)]


class Pair(enum.Enum):
    """Where a party-group member must lead together with a non-party vice-chair."""

    PLATFORM = "platform"
    CATEGORY = "category"
    GROUP = "group"


@dataclass(frozen=True)
class Group:
    """A learning group on a day and who leads it. category: the committee or sector it derives from, where stated."""

    id: UUID
    heads: frozenset[UUID] = frozenset()
    co_heads: frozenset[UUID] = frozenset()
    category: UUID | None = None


@dataclass(frozen=True)
class Gap:
    """What leadership lacks. where: a group; a category; None for the platform, or for the groups of no category."""

    where: UUID | None
    problem: Problem


def leadership(
    groups: Sequence[Group],
    party_group: Collection[UUID],
    vice_chairs: Collection[UUID],
    pair: Pair = Pair.PLATFORM,
) -> list[Gap]:
    """What is missing by LC-2: exactly one head in each group, and the pair wherever the setting wants it.

    party_group: members of the party group. vice_chairs: vice-chairs of the assembly who belong to no party
    organisation. Heads and co-heads both lead; one person may lead several groups.
    """
    headless = [Gap(group.id, problem) for group in groups if (problem := _heads(group))]
    units = _gather((_unit(group, pair), leader) for group in groups for leader in group.heads | group.co_heads)
    unpaired = [
        Gap(unit, _UNPAIRED[pair])
        for unit in dict.fromkeys(_unit(group, pair) for group in groups)
        if not _paired(units.get(unit, set()), party_group, vice_chairs)
    ]
    return headless + unpaired


_UNPAIRED = {
    pair: Problem("PAIR_MISSING", message, rule="LC-2")
    for pair, message in (
        (Pair.PLATFORM, say("No party-group member leads the groups together with a non-party vice-chair.")),
        (
            Pair.CATEGORY,
            say("No party-group member leads this category's groups together with a non-party vice-chair."),
        ),
        (Pair.GROUP, say("No party-group member leads this group together with a non-party vice-chair.")),
    )
}


def _holds(span: Span, on: dt.date) -> bool:
    return (span.starts_on is None or span.starts_on <= on) and (span.ends_on is None or span.ends_on > on)


def _gather(pairs: Iterable[tuple[Key, Value]]) -> dict[Key, set[Value]]:
    gathered: dict[Key, set[Value]] = {}
    for key, value in pairs:
        gathered.setdefault(key, set()).add(value)
    return gathered


def _first(days: Collection[dt.date | None]) -> dt.date | None:
    """The earliest day; None where one is unknown, because that may be earlier than all."""
    known = [day for day in days if day]
    return min(known) if len(known) == len(days) else None


def _figures(people: Collection[UUID], without: Iterable[Uncovered], several: Iterable[Several]) -> Figures:
    missing = [one for one in without if one.person in people]
    more = sum(one.person in people for one in several)
    pending = sum(one.pending for one in missing)
    return Figures(len(people), len(missing), len(people) - len(missing) - more, more, pending)


def _heads(group: Group) -> Problem | None:
    count = len(group.heads)
    if count == 1:
        return None
    none = say("This group has no head. Name one.")
    many = say("This group has {count} heads. Keep one and make the others co-heads.", count=count)
    return Problem("LEADERSHIP_INCOMPLETE", many if count else none, rule="LC-2")


def _unit(group: Group, pair: Pair) -> UUID | None:
    return {Pair.PLATFORM: None, Pair.CATEGORY: group.category, Pair.GROUP: group.id}[pair]


def _paired(leaders: Collection[UUID], party_group: Collection[UUID], vice_chairs: Collection[UUID]) -> bool:
    return any(leader in party_group for leader in leaders) and any(leader in vice_chairs for leader in leaders)
