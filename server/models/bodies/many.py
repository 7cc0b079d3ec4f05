"""Many bodies, or places in them, at once, all or none. People are locked first, then bodies, each in one order."""

import datetime as dt
from collections.abc import Iterable, Sequence
from uuid import UUID

from server.errors import Conflict, Problem
from server.models import bulk
from server.models.bodies.lives import create_body
from server.models.bodies.sitting import Place, add_body_member, end_body_membership
from server.models.bodies.tables import Body, BodyKind, BodyMembership
from server.models.database import transaction
from server.models.members.tables import Person
from server.rules.permissions import Action
from server.viewer import Viewer
from server.words import both_names, say

NewPlace = tuple[UUID, UUID, Place]
"""Body, person, and as what."""


async def create_bodies(
    viewer: Viewer, names: Sequence[tuple[str, str]], *, kind: BodyKind, term: UUID | None = None
) -> list[Body]:
    """A body of that kind for each pair of names, in Chinese and in English, each as by `create_body`.

    Raises Conflict for each name that such a body has already: who sends a list twice has it once.
    """
    viewer.must_everywhere(Action.MANAGE_BODIES)

    async def create(pair: tuple[str, str]) -> Body:
        zh, en = pair
        if await _taken(kind, zh, en):
            taken = say("There is a body of this kind by the name {name} already.", name=both_names(zh, en))
            raise Conflict(Problem("NAME_TAKEN", taken, "names"))
        return await create_body(viewer, kind=kind, name_zh=zh, name_en=en, term=term)

    async with transaction():
        return await bulk.each(names, create)


async def _taken(kind: BodyKind, name_zh: str, name_en: str) -> bool:
    there = Body.filter(kind=kind, ends_on__isnull=True)
    return any(
        [await there.filter(**{c: name}).exists() for c, name in (("name_zh", name_zh), ("name_en", name_en)) if name]
    )


async def add_body_members(viewer: Viewer, places: Sequence[NewPlace]) -> list[BodyMembership]:
    """Each as by `add_body_member`. Raises what that raises, each problem with its item."""
    viewer.must(Action.MANAGE_BODIES)

    async def add(place: NewPlace) -> BodyMembership:
        body, person, facts = place
        return await add_body_member(viewer, body, person, **facts)

    async with transaction():
        await _lock(person for _, person, _ in places)
        return await bulk.each(places, add, by=lambda place: place[:2])


async def end_body_memberships(viewer: Viewer, places: Sequence[UUID], *, on: dt.date) -> list[BodyMembership]:
    """Each as by `end_body_membership`. Raises what that raises, each problem with its item."""
    viewer.must(Action.MANAGE_BODIES)

    async def end(place: UUID) -> BodyMembership:
        return await end_body_membership(viewer, place, on=on)

    async with transaction():
        known = {row.id: row for row in await BodyMembership.filter(id__in=list(places))}
        await _lock(row.person_id for row in known.values())
        return await bulk.each(places, end, by=lambda place: known[place].body_id if place in known else place)


async def _lock(people: Iterable[UUID]) -> None:
    """For this transaction alone."""
    await Person.filter(id__in=sorted(set(people))).order_by("id").select_for_update(no_key=True)
