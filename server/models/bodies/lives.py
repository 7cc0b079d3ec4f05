"""The lives of bodies: created, changed, tied to each other, ended."""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any, TypedDict, Unpack
from uuid import UUID, uuid4

from tortoise.expressions import Q

from server.errors import Conflict, Invalid, Problem
from server.models import audit
from server.models.bodies.counting import count_once, lock_people
from server.models.bodies.news import tell_body_ended
from server.models.bodies.tables import FOR_ALL, Body, BodyKind, BodyMembership, BodyRelation, RelationKind
from server.models.database import transaction
from server.models.facts import before_and_after, differing, tidy
from server.models.history import end, locked, recorded, span, there
from server.models.leaving import Left, leave
from server.models.members.tables import Person, Term
from server.rules import names
from server.rules.permissions import Action
from server.rules.spans import Span, backwards
from server.viewer import Viewer
from server.words import say

SORT_LENGTH = 500
"""Characters of a sort key that are kept."""

FAR_REACHING = frozenset({"kind", "sensitive", "parent_id"})
"""What decides who may see or manage a body, and what its head is: a role for that body alone cannot change it."""


class BodyFacts(TypedDict, total=False):
    """What can be said of a body; what is absent stays as it is. term, parent: keys, None for none."""

    kind: BodyKind
    name_zh: str
    name_en: str
    classification: str
    term: UUID | None
    parent: UUID | None
    starts_on: dt.date | None
    ends_on: dt.date | None
    sensitive: bool


async def create_body(viewer: Viewer, **facts: Unpack[BodyFacts]) -> Body:
    """A new body. Within a parent, whoever manages the parent may; elsewhere, whoever manages all bodies."""
    key = uuid4()
    viewer.must(Action.MANAGE_BODIES, facts.get("parent") or key)
    if facts.get("kind") in FOR_ALL:
        viewer.must_everywhere(Action.MANAGE_BODIES)
    async with transaction():
        return await made(viewer, key, facts, "bodies.create_body")


async def made(viewer: Viewer, key: UUID, facts: Mapping[str, Any], action: str) -> Body:
    """The body with its sort key and search text, and the audit entry. Raises Invalid without kind or name."""
    said = await _sound(key, {"name_zh": "", "name_en": "", "kind": None} | dict(facts))
    body = await Body.create(id=key, **said | _keys(said), created_at=viewer.now, updated_at=viewer.now)
    await audit.record(viewer, action, f"bod_{key}", said)
    return body


async def change_body(viewer: Viewer, body: UUID, **facts: Unpack[BodyFacts]) -> Body:
    """Other facts about a body. Raises Conflict where it becomes a learning group and someone counts in another."""
    viewer.must(Action.MANAGE_BODIES, body)
    async with transaction():
        return await changed(viewer, body, facts, "bodies.change_body")


async def changed(viewer: Viewer, body: UUID, facts: Mapping[str, Any], action: str) -> Body:
    """The body with these facts, and the audit entry."""
    row = await locked(Body, body, "body")
    days = {"kind": row.kind, "starts_on": row.starts_on, "ends_on": row.ends_on}
    said = await _sound(body, {"name_zh": row.name_zh, "name_en": row.name_en} | days | dict(facts))
    new = differing(row, said | _keys(said))
    if new.keys() & FAR_REACHING:
        viewer.must_everywhere(Action.MANAGE_BODIES)
    if new:
        await Body.filter(id=body).update(**new, updated_at=viewer.now)
        if new.get("sensitive"):
            await leave(viewer, Left.BODIES, [body], "sensitive")
        if new.keys() & {"kind", "ends_on"}:
            await _count_again(body)
        await audit.record(viewer, action, f"bod_{body}", before_and_after(row, new))
    return await Body.get(id=body)


async def end_body(viewer: Viewer, body: UUID, *, on: dt.date) -> Body:
    """The body does not exist from that day on, and nobody sits in it.

    Only of a learning group the rows stay open, so that coverage tells who is left in an ended group (LC-1).
    """
    viewer.must(Action.MANAGE_BODIES, body)
    async with transaction():
        return await ended(viewer, body, on, "bodies.end_body")


async def ended(viewer: Viewer, body: UUID, on: dt.date, action: str) -> Body:
    """The body ended on that day, and the audit entry; who sits there is told.

    Raises Invalid where it has ended by then.
    """
    row = await locked(Body, body, "body")
    if row.ends_on is not None and row.ends_on <= on:
        said = say("It ended on {day} already.", day=row.ends_on)
        raise Invalid(Problem("ENDED_ALREADY", said, "on"))
    if Span(row.starts_on, on).empty:
        raise Invalid(backwards("on"))
    await Body.filter(id=body).update(ends_on=on, updated_at=viewer.now)
    later = Q(ends_on__isnull=True) | Q(ends_on__gt=on)
    places = await BodyMembership.filter(later, body_id=body, voided_at=None)
    if row.kind is not BodyKind.LEARNING_GROUP:
        await _end_places(viewer, places, on)
    await tell_body_ended(viewer, row, [place.person_id for place in places], on)
    await audit.record(viewer, action, f"bod_{body}", {"ends_on": [row.ends_on, on]})
    return await Body.get(id=body)


async def relate_bodies(
    viewer: Viewer, *, source: UUID, target: UUID, kind: RelationKind, starts_on: dt.date | None = None
) -> BodyRelation:
    """Tie a body to another: derived from, counterpart of, or in the category of it."""
    viewer.must(Action.MANAGE_BODIES, source)
    async with transaction():
        return await related(viewer, source, target, kind, starts_on)


async def related(
    viewer: Viewer, source: UUID, target: UUID, kind: RelationKind, starts_on: dt.date | None
) -> BodyRelation:
    """The tie, and the audit entry. Raises Invalid for a tie to itself, Conflict where the days meet such a tie."""
    if source == target:
        raise Invalid(Problem("ITSELF", say("A body cannot be tied to itself."), "target"))
    await locked(Body, source, "source")
    await there(Body, target, "target")
    same = await BodyRelation.filter(source_id=source, target_id=target, kind=kind, voided_at=None)
    if any(span(row).overlaps(Span(starts_on)) for row in same):
        raise Conflict(Problem("TIED_ALREADY", say("The two are tied in this way already."), "target"))
    facts: dict[str, Any] = {"source_id": source, "target_id": target, "kind": kind, "starts_on": starts_on}
    row = await BodyRelation.create(**facts, **recorded(viewer))
    await _touch(viewer, source, target)
    await audit.record(viewer, "bodies.relate_bodies", f"bod_{source}", facts | {"relation": row.id})
    return row


async def end_relation(viewer: Viewer, relation: UUID, *, on: dt.date) -> None:
    """The tie does not hold from that day on."""
    row = await there(BodyRelation, relation, "relation")
    viewer.must(Action.MANAGE_BODIES, row.source_id)
    async with transaction():
        row = await locked(BodyRelation, relation, "relation")
        if row.voided_at is not None or not span(row).overlaps(Span(on)):
            raise Invalid(Problem("ENDED_ALREADY", say("This tie does not hold on that day."), "on"))
        await end(viewer, row, on)
        await _touch(viewer, row.source_id, row.target_id)
        payload = {"relation": relation, "target": row.target_id, "on": on}
        await audit.record(viewer, "bodies.end_relation", f"bod_{row.source_id}", payload)


async def _sound(key: UUID, facts: Mapping[str, Any]) -> dict[str, Any]:
    said = tidy(Body, {_COLUMN.get(name, name): fact for name, fact in facts.items()})
    problems = []
    if said["kind"] is None:
        problems.append(Problem("KIND_MISSING", say("Choose what kind of body it is."), "kind"))
    if not said["name_zh"] and not said["name_en"]:
        problems.append(Problem("NAME_MISSING", say("Give the name in Chinese or in Latin letters."), "name_zh"))
    if Span(said.get("starts_on"), said.get("ends_on")).empty:
        problems.append(backwards("ends_on"))
    if problems:
        raise Invalid(*problems)
    if said.get("term_id"):
        await there(Term, said["term_id"], "term")
    await _no_loop(key, said.get("parent_id"))
    return said


_COLUMN = {"term": "term_id", "parent": "parent_id"}


async def _no_loop(key: UUID, parent: UUID | None) -> None:
    """Raises Invalid where the body would be a part of itself."""
    while parent is not None:
        if parent == key:
            raise Invalid(Problem("PARENT_LOOP", say("A body cannot be part of itself or of its own parts."), "parent"))
        parent = (await there(Body, parent, "parent")).parent_id


def _keys(said: Mapping[str, Any]) -> dict[str, str]:
    """The columns made from the name: what to sort by, and what to search in."""
    name = (said["name_zh"], said["name_en"])
    return {"sort": names.sort_title(*name)[:SORT_LENGTH], "search": names.search_title(*name)}


async def _count_again(body: UUID) -> None:
    people = [row.person_id for row in await BodyMembership.filter(body_id=body, voided_at=None)]
    await lock_people(people)
    await count_once(people, "kind")


async def _end_places(viewer: Viewer, rows: Collection[BodyMembership], on: dt.date) -> None:
    for row in rows:
        await end(viewer, row, on)
    await Person.filter(id__in=[row.person_id for row in rows]).update(updated_at=viewer.now)


async def _touch(viewer: Viewer, *bodies: UUID) -> None:
    await Body.filter(id__in=bodies).update(updated_at=viewer.now)
