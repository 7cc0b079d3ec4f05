"""LC-1: on any day a person counts in one learning group. Checked after writing, within the same transaction."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from server.errors import Conflict, Problem
from server.models.bodies.tables import BodyKind, BodyMembership
from server.models.members.tables import Person
from server.rules.coverage import Place, overlap
from server.words import name, say

BATCH = 5000
"""People in one statement; SQLite takes 32,766 parameters, PostgreSQL's driver 32,767."""


async def lock_people(people: Iterable[UUID]) -> None:
    """Keep these entries for this transaction, in the order of their keys, so that two moves cannot both pass."""
    for batch in batches(people):
        await Person.filter(id__in=batch).order_by("id").select_for_update(no_key=True).values_list("id")


async def count_once(people: Iterable[UUID], field: str | None = None, since: dt.date | None = None) -> None:
    """Raises Conflict, once for each of these people who would count in two learning groups on one day.

    since: days before it are not looked at, None for all: what was wrong in the past stops nobody from mending it.
    """
    problems = [_problem(rows, field) for batch in batches(people) for rows in await _clashes(batch, since)]
    if problems:
        raise Conflict(*problems)


async def two_groups_at_once(person: UUID) -> Problem | None:
    """The problem that this person counts in two learning groups on one day, if so."""
    return next((_problem(rows, "drop") for rows in await _clashes([person], None)), None)


def batches(keys: Iterable[UUID]) -> list[list[UUID]]:
    """The keys, each once, in order, in portions that one statement can take."""
    keys = sorted(set(keys))
    return [keys[n : n + BATCH] for n in range(0, len(keys), BATCH)]


def place_in(row: BodyMembership) -> Place:
    """The row as the rule sees it; its body must be fetched with it."""
    return Place(row.person_id, row.body_id, row.starts_on, row.ends_on, row.body.ends_on, row.primary)


async def _clashes(people: Sequence[UUID], since: dt.date | None) -> list[tuple[BodyMembership, BodyMembership]]:
    """For each of these people who has such: two rows of different groups that count on one day."""
    rows = BodyMembership.filter(
        person_id__in=people, voided_at=None, primary=True, body__kind=BodyKind.LEARNING_GROUP
    ).order_by("person_id", "starts_on", "id")
    held: dict[UUID, list[BodyMembership]] = defaultdict(list)
    for row in await rows.select_related("body", "person"):
        held[row.person_id].append(row)
    found = (_clash(theirs, since) for theirs in held.values() if len(theirs) > 1)
    return [pair for pair in found if pair]


def _clash(rows: Sequence[BodyMembership], since: dt.date | None) -> tuple[BodyMembership, BodyMembership] | None:
    places = [_clipped(place_in(row), since) for row in rows]
    for row, place in zip(rows, places, strict=True):
        for other, beside in zip(rows, places, strict=True):
            if overlap([beside], place):
                return row, other
    return None


def _clipped(place: Place, since: dt.date | None) -> Place:
    """The place, as if it began on that day if it began before."""
    return replace(place, starts_on=max(place.starts_on or since, since)) if since else place


def _problem(rows: tuple[BodyMembership, BodyMembership], field: str | None) -> Problem:
    said = say(
        "{person} would count in two learning groups at once: {one} and {other}. Move instead of adding.",
        person=name(rows[0].person),
        one=name(rows[0].body),
        other=name(rows[1].body),
    )
    return Problem("TWO_GROUPS", said, field, rule="LC-1")
