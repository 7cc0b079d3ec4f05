"""Many uncovered members to groups at once: a plan that a person looks at, then the plan as it was looked at (LC-1)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from tortoise.expressions import Subquery

from server.errors import Conflict, Invalid, Problem
from server.models import audit
from server.models.bodies.counting import batches, count_once, lock_people, named, place_in
from server.models.bodies.tables import Body, BodyKind, BodyMembership
from server.models.database import transaction
from server.models.fields import holding
from server.models.history import end
from server.models.learning.coverage import coverage
from server.models.learning.joining import counting, joined, open_group
from server.models.learning.leading import derivations, groups_on
from server.models.members.queries import active_seats
from server.models.members.tables import MembershipPost
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


async def preview_assignment(viewer: Viewer, *, on: dt.date, term: UUID | None = None) -> list[Assignment]:
    """A group for everyone who is in none on that day, by sector where a group stems from it, else the smallest.

    Whoever has a place from a later day on is left out. Nothing is changed.
    """
    _must(viewer)
    groups = {group.id: group for group in await Body.filter(groups_on(on, term))}
    answer = await coverage(BodyKind.LEARNING_GROUP, on, term)
    sizes, stems = await _sizes(on), await derivations(on)
    opened = [Open(key, sizes[key], frozenset(stems[key])) for key in sorted(groups)]
    coming = await _coming(on)
    sectors = await _sectors(on, term)
    waiting = [(one.person, frozenset(sectors[one.person])) for one in answer.without if one.person not in coming]
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


async def apply_assignment(viewer: Viewer, *, plan: Sequence[tuple[UUID, UUID]], on: dt.date) -> int:
    """Do what the plan says, whole or not at all; how many were placed. plan: person, group.

    Raises Conflict, for each, where someone was covered meanwhile.
    """
    _must(viewer)
    groups: dict[UUID, list[UUID]] = defaultdict(list)
    for person, group in plan:
        groups[group].append(person)
    people = [person for person, _ in plan]
    if not people or len(set(people)) < len(people):
        raise Invalid(Problem("PLAN_UNCLEAR", say("Name each person once, and at least one."), "plan"))
    async with transaction():
        await lock_people(people)
        await _out_of_ended(viewer, people, on)
        for group in sorted(groups):
            await joined(viewer, await open_group(group, on, "plan"), groups[group], on)
        await count_once(people, "plan", on)
        payload = {"on": on, "plan": {str(group): sorted(those) for group, those in groups.items()}}
        await audit.record(viewer, "learning.apply_assignment", "", payload)
    return len(people)


def _must(viewer: Viewer) -> None:
    """A plan reaches all groups, so it asks for a role that does."""
    viewer.must_everywhere(Action.MANAGE_LEARNING)


async def _out_of_ended(viewer: Viewer, people: Collection[UUID], on: dt.date) -> None:
    """End the rows in groups that have ended; refuse where a row counts."""
    rows = [row for batch in batches(people) for row in await counting(on, batch)]
    covered = [row for row in rows if place_in(row).holds(on)]
    if covered:
        raise Conflict(*(_covered(row) for row in covered))
    for row in rows:
        await end(viewer, row, on)


def _covered(row: BodyMembership) -> Problem:
    said = say(
        "{person} was placed in {group} meanwhile. Make the plan anew.",
        person=name(row.person),
        group=name(row.body),
    )
    return Problem("COVERED_MEANWHILE", said, "plan", rule="LC-1")


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
    """Person -> what their seats stand for and which committees they sit in on that day."""
    seats = Subquery(active_seats(on, term).values("id"))
    posts = MembershipPost.filter(holding(on), membership_id__in=seats, sector_id__isnull=False)
    stems: dict[UUID, set[UUID]] = defaultdict(set)
    for person, sector in await posts.values_list("membership__person_id", "sector_id"):
        stems[person].add(sector)
    places = BodyMembership.filter(holding(on), body__kind__in=[BodyKind.SECTOR_GROUP, BodyKind.SPECIAL_COMMITTEE])
    for person, body in await places.values_list("person_id", "body_id"):
        stems[person].add(body)
    return stems


def _why(line: Proposal, stems: dict[UUID, Body]) -> Words:
    if line.sector is None:
        return say("The smallest group.")
    return say("The group stems from {body}.", body=name(stems[line.sector]))
