"""A plan for many that was done: what it did, whether that still stands, and how it is undone (LC-1)."""

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from server.errors import Conflict, Problem
from server.models import audit
from server.models.audit import AuditEntry
from server.models.bodies.counting import lock_people
from server.models.bodies.news import tell_left
from server.models.bodies.tables import Body, BodyKind, BodyMembership, BodyRole
from server.models.database import transaction
from server.models.history import beside, not_there, void
from server.models.members.people import touch
from server.models.members.tables import Person
from server.models.reads import Columns, Count, Read, read_all
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


async def assignment_done(viewer: Viewer, assignment: UUID) -> Done:
    """What a plan did and whether that still stands. Raises NotThere, also when its retention is over (RT-1)."""
    viewer.must_everywhere(Action.MANAGE_LEARNING)
    return done_of(assignment, await read_all(doing(assignment)))


def doing(assignment: UUID) -> dict[str, Read]:
    """What is read of a plan that was done."""
    columns = ("person_id", "starts_on", "body_id", "voided_at", "ends_on", "role")
    return {
        "entry": Columns(_recorded(assignment).order_by("serial"), ("at", "payload")),
        "undone": Count(AuditEntry.filter(action=UNDONE, object=object_of(assignment))),
        "made": Columns(rows_made(assignment).order_by("id"), columns),
    }


def rows_made(assignment: UUID) -> QuerySet[BodyMembership]:
    """The places that were written when the plan was done."""
    at = Subquery(_recorded(assignment).values("at"))
    return BodyMembership.filter(recorded_at__in=at, body__kind=BodyKind.LEARNING_GROUP)


def done_of(assignment: UUID, facts: Mapping[str, Any]) -> Done:
    """What a plan did, from what was read. Raises NotThere where the trail says nothing of it."""
    entry = next(iter(facts["entry"]), None)
    if entry is None or entry[1] is None:
        raise not_there("id")
    at, payload = entry
    on, plan = _facts(json.loads(payload))
    made = {person: row for person, starts_on, *row in facts["made"] if starts_on == on}
    lines = tuple(Placed(person, group, _as_made(made.get(person), group)) for person, group in plan)
    return Done(assignment, on, at, bool(facts["undone"]), lines)


async def undo_assignment(viewer: Viewer, assignment: UUID) -> Done:
    """Everyone of that plan is where they were before it: in no group, or still entered in one that has ended.

    They are told, since they were told of the place.

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
        await audit.record(viewer, UNDONE, object_of(assignment), {"on": on, "people": sorted(people)})
        for group in await Body.filter(id__in=[group for _, group in plan]).order_by("id"):
            await tell_left(viewer, group, [person for person, where in plan if where == group.id], on)
    return await assignment_done(viewer, assignment)


def object_of(assignment: UUID) -> str:
    """What the trail calls it."""
    return f"asg_{assignment}"


def _recorded(assignment: UUID) -> QuerySet[AuditEntry]:
    return AuditEntry.filter(action=DONE, object=object_of(assignment))


async def _entry(assignment: UUID) -> tuple[AuditEntry, Mapping[str, Any]]:
    """What the trail says of it."""
    entry = await _recorded(assignment).first()
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


def _as_made(row: Sequence[Any] | None, group: UUID) -> bool:
    """row: group, when it was voided, end and role."""
    return row is not None and list(row) == [group, None, None, BodyRole.MEMBER]


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
