"""Who of those in no group could go where: a plan that a person looks at before anything changes (LC-1)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from tortoise.expressions import Subquery

from server.models.bodies.counting import named
from server.models.bodies.tables import Body, BodyKind, BodyMembership
from server.models.fields import holding
from server.models.learning.coverage import coverage
from server.models.learning.leading import derivations, gathered, groups_on
from server.models.members.queries import active_seats
from server.models.members.tables import MembershipPost
from server.models.reads import read
from server.rules.assigning import Open, Proposal, propose
from server.rules.permissions import Action
from server.viewer import Viewer
from server.words import Words, name, say


@dataclass(frozen=True)
class Assignment:
    """One line of the plan: this person to this group, and why that one."""

    person: UUID
    person_name: str
    group: UUID
    group_name: str
    why: Words


@dataclass(frozen=True)
class Among:
    """Whom a plan is for. people: these alone. sector: those whose seat stands for it; sectorless: for none at all."""

    people: frozenset[UUID] | None = None
    sector: UUID | None = None
    sectorless: bool = False

    def holds(self, person: UUID, sectors: Collection[UUID]) -> bool:
        """This person, who stands for these sectors, is meant."""
        return (
            (self.people is None or person in self.people)
            and (self.sector is None or self.sector in sectors)
            and not (self.sectorless and sectors)
        )


EVERYONE = Among()


async def preview_assignment(
    viewer: Viewer, *, on: dt.date, term: UUID | None = None, among: Among = EVERYONE
) -> list[Assignment]:
    """A group for everyone who is in none on that day, by sector where a group stems from it, else the smallest.

    Whoever has a place from a later day on is left out. Nothing is changed.
    """
    viewer.must_everywhere(Action.MANAGE_LEARNING)
    groups = {group.id: group for group in await Body.filter(groups_on(on, term))}
    answer = await coverage(BodyKind.LEARNING_GROUP, on, term)
    sizes, stems = await _sizes(on), gathered(await read(derivations(on)))
    opened = [Open(key, sizes[key], frozenset(stems[key])) for key in sorted(groups)]
    coming = await _coming(on)
    sectors = await _sectors(on, term)
    asked = [one.person for one in answer.without if among.holds(one.person, sectors[one.person])]
    committees = await _committees(on)
    waiting = [(key, frozenset(sectors[key] | committees[key])) for key in asked if key not in coming]
    plan = propose(waiting, opened)
    stem = {body.id: body for body in await Body.filter(id__in={line.sector for line in plan if line.sector})}
    return [
        Assignment(
            line.person,
            next(known for known in answer.names[line.person] if known),
            line.group,
            named(groups[line.group]),
            _why(line, stem),
        )
        for line in plan
    ]


async def _sizes(on: dt.date) -> dict[UUID, int]:
    """Group -> people who count in it on that day."""
    members: dict[UUID, set[UUID]] = defaultdict(set)
    rows = BodyMembership.filter(holding(on), primary=True, body__kind=BodyKind.LEARNING_GROUP)
    for body, person in await rows.values_list("body_id", "person_id"):
        members[body].add(person)
    return defaultdict(int, {body: len(people) for body, people in members.items()})


async def _coming(on: dt.date) -> set[UUID]:
    """People whose place in a learning group begins later."""
    rows = BodyMembership.filter(voided_at=None, starts_on__gt=on, primary=True, body__kind=BodyKind.LEARNING_GROUP)
    return {row.person_id for row in await rows}


async def _sectors(on: dt.date, term: UUID | None) -> dict[UUID, set[UUID]]:
    """Person -> the sectors for which their seats stand on that day; a set for every key."""
    seats = Subquery(active_seats(on, term).values("id"))
    posts = MembershipPost.filter(holding(on), membership_id__in=seats, sector_id__isnull=False)
    return _gathered(await posts.values_list("membership__person_id", "sector_id"))


async def _committees(on: dt.date) -> dict[UUID, set[UUID]]:
    """Person -> the committees and sector groups in which they sit on that day; a set for every key."""
    places = BodyMembership.filter(holding(on), body__kind__in=[BodyKind.SECTOR_GROUP, BodyKind.SPECIAL_COMMITTEE])
    return _gathered(await places.values_list("person_id", "body_id"))


def _gathered(pairs: Iterable[tuple[UUID, UUID]]) -> dict[UUID, set[UUID]]:
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for person, body in pairs:
        found[person].add(body)
    return found


def _why(line: Proposal, stems: dict[UUID, Body]) -> Words:
    if line.sector is None:
        return say("The smallest group.")
    return say("The group stems from {body}.", body=name(stems[line.sector]))
