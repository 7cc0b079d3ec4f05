"""A plan for many, done as it was looked at: what stands in its way, what it did, and how it is undone (LC-1)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from tortoise.expressions import Q

from server.errors import Conflict, Invalid, Problem
from server.models import audit
from server.models.audit import AuditEntry
from server.models.bodies.counting import batches, count_once, lock_people, place_in
from server.models.bodies.tables import BodyKind, BodyMembership, BodyRole
from server.models.database import transaction
from server.models.history import beside, end, not_there, void
from server.models.learning.joining import counting, joined, open_groups
from server.models.members.people import touch
from server.models.members.tables import Person
from server.rules.permissions import Action
from server.viewer import Viewer
from server.words import Words, name, say

DONE, UNDONE = "learning.apply_assignment", "learning.undo_assignment"
WHY_VOID = "The placing of many was undone."

Plan = Sequence[tuple[UUID, UUID]]
"""Person, group."""


@dataclass(frozen=True)
class Placed:
    """One person of a plan that was done. still: the place is as the plan made it."""

    person: UUID
    group: UUID
    still: bool


@dataclass(frozen=True)
class Done:
    """A plan that was done. on: the first day of the places. at: when it was done."""

    id: UUID
    on: dt.date
    at: dt.datetime
    undone: bool
    lines: tuple[Placed, ...]

    @property
    def undoable(self) -> bool:
        """Nobody of it was touched since."""
        return not self.undone and all(line.still for line in self.lines)


async def hindrances(viewer: Viewer, *, plan: Plan, on: dt.date) -> tuple[Problem, ...]:
    """What stands in the way of a plan as things are; nothing is changed."""
    viewer.must_everywhere(Action.MANAGE_LEARNING)
    people = [person for person, _ in plan]
    try:
        _named_once(people)
        await open_groups({group for _, group in plan}, on, "plan")
        await _rows_left(people, on)
    except (Conflict, Invalid) as refused:
        return refused.problems
    return ()


async def apply_assignment(viewer: Viewer, *, plan: Plan, on: dt.date) -> UUID:
    """Do what the plan says, whole or not at all; the key under which it can be looked at and undone.

    Rows in groups that have ended are ended too. Raises Conflict, for each, where someone was covered meanwhile.
    """
    viewer.must_everywhere(Action.MANAGE_LEARNING)
    key, people = uuid4(), [person for person, _ in plan]
    _named_once(people)
    groups: dict[UUID, list[UUID]] = defaultdict(list)
    for person, group in plan:
        groups[group].append(person)
    async with transaction():
        await lock_people(people)
        left = await _rows_left(people, on)
        for row in left:
            await end(viewer, row, on)
        for where in await open_groups(groups, on, "plan"):
            await joined(viewer, where, groups[where.id], on)
        await count_once(people, "plan", on)
        payload = {
            "on": on,
            "plan": {str(group): sorted(those) for group, those in groups.items()},
            "left": {str(row.id): row.ends_on for row in left},
        }
        await audit.record(viewer, DONE, _object(key), payload)
    return key


async def assignment_done(viewer: Viewer, assignment: UUID) -> Done:
    """What a plan did and whether that still stands. Raises NotThere, also when its retention is over (RT-1)."""
    viewer.must_everywhere(Action.MANAGE_LEARNING)
    entry, facts = await _entry(assignment)
    on, plan = _facts(facts)
    made = {row.person_id: row for row in await _made(entry, on, [person for person, _ in plan])}
    undone = await AuditEntry.filter(action=UNDONE, object=_object(assignment)).exists()
    lines = tuple(Placed(person, group, _as_made(made.get(person), group)) for person, group in plan)
    return Done(assignment, on, entry.at, undone, lines)


async def undo_assignment(viewer: Viewer, assignment: UUID) -> Done:
    """Everyone of that plan is where they were before it: in no group, or still entered in one that has ended.

    Raises Conflict where it was undone, or, for each, where someone was moved or made a leader since.
    """
    viewer.must_everywhere(Action.MANAGE_LEARNING)
    async with transaction():
        entry, facts = await _entry(assignment)
        on, plan = _facts(facts)
        people = [person for person, _ in plan]
        await lock_people(people)
        await _untouched(await assignment_done(viewer, assignment))
        for row in await _made(entry, on, people):
            await void(viewer, row, WHY_VOID)
        ended = Q(ends_on=on, voided_at=None) | Q(voided_at=entry.at)
        for row in await BodyMembership.filter(ended, id__in=list(facts["left"])).order_by("id"):
            was = facts["left"][str(row.id)]
            await beside(viewer, row, {"ends_on": dt.date.fromisoformat(was) if was else None}, WHY_VOID)
        await touch(viewer, *people)
        await audit.record(viewer, UNDONE, _object(assignment), {"on": on, "people": sorted(people)})
    return await assignment_done(viewer, assignment)


def _object(assignment: UUID) -> str:
    return f"asg_{assignment}"


def _named_once(people: Collection[UUID]) -> None:
    if not people or len(set(people)) < len(people):
        raise Invalid(Problem("PLAN_UNCLEAR", say("Name each person once, and at least one."), "plan"))


async def _rows_left(people: Collection[UUID], on: dt.date) -> list[BodyMembership]:
    """Their rows in groups that have ended. Raises Conflict, for each, where a row counts on that day or later."""
    rows = [row for batch in batches(people) for row in await counting(on, batch)]
    covered = [row for row in rows if place_in(row).holds(on)]
    if covered:
        raise Conflict(*(_covered(row) for row in covered))
    await _nothing_later(people, on)
    return rows


def _covered(row: BodyMembership) -> Problem:
    said = say(
        "{person} was placed in {group} meanwhile. Make the plan anew.",
        person=name(row.person),
        group=name(row.body),
    )
    return Problem("COVERED_MEANWHILE", said, "plan", rule="LC-1")


async def _nothing_later(people: Collection[UUID], on: dt.date) -> None:
    """Raises Conflict, for each, where a place in a learning group begins later."""
    later = BodyMembership.filter(
        person_id__in=people, voided_at=None, starts_on__gt=on, primary=True, body__kind=BodyKind.LEARNING_GROUP
    )
    rows = await later.select_related("person", "body").order_by("starts_on", "id")
    if rows:
        raise Conflict(*(_comes_later(row) for row in {row.person_id: row for row in rows}.values()))


def _comes_later(row: BodyMembership) -> Problem:
    said = say(
        "{person} has a place in {group} from {day} on. Leave this person out.",
        person=name(row.person),
        group=name(row.body),
        day=row.starts_on,
    )
    return Problem("TWO_GROUPS", said, "plan", rule="LC-1")


async def _entry(assignment: UUID) -> tuple[AuditEntry, Mapping[str, Any]]:
    """What the trail says of it."""
    entry = await AuditEntry.filter(action=DONE, object=_object(assignment)).first()
    facts = entry.facts if entry else None
    if entry is None or facts is None:
        raise not_there("id")
    return entry, facts


def _facts(facts: Mapping[str, Any]) -> tuple[dt.date, Plan]:
    """The day, and person, group."""
    plan = [(UUID(person), UUID(group)) for group, people in facts["plan"].items() for person in people]
    return dt.date.fromisoformat(facts["on"]), plan


async def _made(entry: AuditEntry, on: dt.date, people: Iterable[UUID]) -> list[BodyMembership]:
    """The rows that the plan made."""
    made = BodyMembership.filter(
        person_id__in=list(people), recorded_at=entry.at, starts_on=on, body__kind=BodyKind.LEARNING_GROUP
    )
    return await made.order_by("id")


def _as_made(row: BodyMembership | None, group: UUID) -> bool:
    return (
        row is not None
        and row.body_id == group
        and row.voided_at is None
        and row.ends_on is None
        and row.role is BodyRole.MEMBER
    )


async def _untouched(done: Done) -> None:
    """Raises Conflict where it is not to be undone any more."""
    if done.undone:
        raise Conflict(Problem("UNDONE_ALREADY", say("This was undone already."), "id"))
    moved = [line.person for line in done.lines if not line.still]
    if moved:
        rows = await Person.filter(id__in=moved).order_by("sort_pinyin", "id")
        raise Conflict(*(Problem("CHANGED_SINCE", _changed(row), "id") for row in rows))


def _changed(person: Person) -> Words:
    return say("The place of {person} was changed since. Move or remove these people one by one.", person=name(person))
