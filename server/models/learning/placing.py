"""A plan for many, done as it was looked at: what stands in its way, and the doing of it (LC-1)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from server.errors import Conflict, Invalid, Problem
from server.models import audit
from server.models.bodies.counting import batches, count_once, lock_people
from server.models.bodies.tables import Body, BodyKind, BodyMembership
from server.models.database import transaction
from server.models.fields import holding
from server.models.history import end
from server.models.learning.joining import all_open, counting, joined, open_groups
from server.models.learning.placed import DONE, Plan, object_of
from server.models.reads import Columns, Read, read, read_all
from server.rules.coverage import Place
from server.rules.permissions import Action
from server.viewer import Viewer
from server.words import both_names, say


async def hindrances(viewer: Viewer, *, plan: Plan, on: dt.date) -> tuple[Problem, ...]:
    """What stands in the way of a plan as things are; nothing is changed."""
    viewer.must_everywhere(Action.MANAGE_LEARNING)
    return hindered(plan, on, await read_all(hindering(plan, on)))


def hindering(plan: Plan, on: dt.date) -> dict[str, Read]:
    """What is read to tell what stands in the way of a plan."""
    groups = Body.filter(id__in=list(dict.fromkeys(group for _, group in plan))).order_by("id")
    people = list(dict.fromkeys(person for person, _ in plan))
    return {"bodies": Columns(groups, _BODY), "held": _held(people, on), "coming": _coming(people, on)}


def hindered(plan: Plan, on: dt.date, facts: Mapping[str, Any]) -> tuple[Problem, ...]:
    """What stands in the way of a plan, from what was read. Raises NotThere for a group that is unknown."""
    try:
        _named_once([person for person, _ in plan])
        bodies = [Body(**dict(zip(_BODY, row, strict=True))) for row in facts["bodies"]]
        all_open(bodies, {group for _, group in plan}, on, "plan")
        _in_none(facts["held"], facts["coming"], on)
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
        await audit.record(viewer, DONE, object_of(key), payload)
    return key


def _named_once(people: Collection[UUID]) -> None:
    if not people or len(set(people)) < len(people):
        raise Invalid(Problem("PLAN_UNCLEAR", say("Name each person once, and at least one."), "plan"))


async def _rows_left(people: Collection[UUID], on: dt.date) -> list[BodyMembership]:
    """Their rows in groups that have ended. Raises Conflict, for each, where a row counts on that day or later."""
    rows, held = [], []
    for batch in batches(people):
        held += await read(_held(batch, on))
        rows += await counting(on, batch)
    _in_none(held, [row for batch in batches(people) for row in await read(_coming(batch, on))], on)
    return rows


_BODY = ("id", "kind", "starts_on", "ends_on", "name_zh", "name_en")
_NAMES = ("person__name_zh", "person__name_en", "body__name_zh", "body__name_en")


def _held(people: Collection[UUID], on: dt.date) -> Columns:
    """The rows by which they count on that day, ended groups included: names, and what tells whether each does."""
    rows = BodyMembership.filter(
        holding(on), person_id__in=people, primary=True, body__kind=BodyKind.LEARNING_GROUP
    ).order_by("id")
    return Columns(rows, (*_NAMES, "person_id", "body_id", "starts_on", "ends_on", "body__ends_on"))


def _coming(people: Collection[UUID], on: dt.date) -> Columns:
    """Their places in learning groups that begin later: names, person and first day."""
    rows = BodyMembership.filter(
        person_id__in=people, voided_at=None, starts_on__gt=on, primary=True, body__kind=BodyKind.LEARNING_GROUP
    )
    return Columns(rows.order_by("starts_on", "id"), (*_NAMES, "person_id", "starts_on"))


def _in_none(held: Sequence[Any], coming: Sequence[Any], on: dt.date) -> None:
    """Raises Conflict, for each of these rows that counts on that day; else for each person with a later place."""
    covered = [
        _covered(names)
        for *names, person, body, starts_on, ends_on, gone_on in held
        if Place(person, body, starts_on, ends_on, gone_on).holds(on)
    ]
    if covered:
        raise Conflict(*covered)
    later = {person: _comes_later(names, day) for *names, person, day in coming}
    if later:
        raise Conflict(*later.values())


def _covered(names: Sequence[str]) -> Problem:
    said = say(
        "{person} was placed in {group} meanwhile. Make the plan anew.",
        person=both_names(*names[:2]),
        group=both_names(*names[2:]),
    )
    return Problem("COVERED_MEANWHILE", said, "plan", rule="LC-1")


def _comes_later(names: Sequence[str], day: dt.date) -> Problem:
    said = say(
        "{person} has a place in {group} from {day} on. Leave this person out.",
        person=both_names(*names[:2]),
        group=both_names(*names[2:]),
        day=day,
    )
    return Problem("TWO_GROUPS", said, "plan", rule="LC-1")
