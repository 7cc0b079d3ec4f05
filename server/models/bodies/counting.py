"""LC-1: on any day a person counts in one learning group. Checked after writing, within the same transaction."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations
from uuid import UUID

from server.errors import Conflict, Problem
from server.models.bodies.tables import Body, BodyKind, BodyMembership
from server.models.history import span
from server.models.members.tables import Person
from server.rules.spans import Span
from server.words import say

BATCH = 5000
"""People in one statement; SQLite takes 32,766 parameters, PostgreSQL's driver 32,767."""


async def lock_people(people: Iterable[UUID]) -> None:
    """Keep these entries for this transaction, in the order of their keys, so that two moves cannot both pass."""
    for batch in _batches(sorted(set(people))):
        await Person.filter(id__in=batch).order_by("id").select_for_update(no_key=True).values_list("id")


async def count_once(people: Iterable[UUID], field: str | None = None) -> None:
    """Raises Conflict, once for each of these people who would count in two learning groups on one day."""
    problems = [
        _problem(rows, field) for batch in _batches(sorted(set(people))) for rows in (await _clashes(batch)).values()
    ]
    if problems:
        raise Conflict(*problems)


async def two_groups_at_once(person: UUID) -> Problem | None:
    """The problem that this person counts in two learning groups on one day, if so."""
    clashes = await _clashes([person])
    return _problem(clashes[person], "drop") if clashes else None


async def _clashes(people: Sequence[UUID]) -> dict[UUID, tuple[BodyMembership, BodyMembership]]:
    """Person -> two rows of different groups that count on one day. What lies after the end of a group is no matter."""
    rows = BodyMembership.filter(
        person_id__in=people, voided_at=None, primary=True, body__kind=BodyKind.LEARNING_GROUP
    ).order_by("person_id", "starts_on", "id")
    held: dict[UUID, list[BodyMembership]] = defaultdict(list)
    for row in await rows.select_related("body", "person"):
        held[row.person_id].append(row)
    found = {}
    for person, theirs in held.items():
        clash = next((pair for pair in combinations(theirs, 2) if _clash(*pair)), None)
        if clash:
            found[person] = clash
    return found


def _clash(one: BodyMembership, other: BodyMembership) -> bool:
    return one.body_id != other.body_id and _counting(one).overlaps(_counting(other))


def _counting(row: BodyMembership) -> Span:
    """The days on which the row counts: those of the row, up to the end of its group."""
    days = span(row)
    ends = [day for day in (days.ends_on, row.body.ends_on) if day is not None]
    return Span(days.starts_on, min(ends, default=None))


def _problem(rows: tuple[BodyMembership, BodyMembership], field: str | None) -> Problem:
    person, (one, other) = rows[0].person, (row.body for row in rows)
    return Problem(
        "TWO_GROUPS",
        say(
            "{person} would count in two learning groups at once: {one} and {other}. Move instead of adding.",
            person=person.name_zh or person.name_en,
            one=named(one),
            other=named(other),
        ),
        field,
        rule="LC-1",
    )


def named(body: Body) -> str:
    """The name people know it by."""
    return body.name_zh or body.name_en


def _batches(keys: Sequence[UUID]) -> list[Sequence[UUID]]:
    return [keys[n : n + BATCH] for n in range(0, len(keys), BATCH)]
