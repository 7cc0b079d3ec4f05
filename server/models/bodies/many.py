"""Many places in bodies at once, all or none. People are locked before all else, then bodies, each in one order."""

import datetime as dt
from collections.abc import Iterable, Sequence
from uuid import UUID

from server.models import bulk
from server.models.bodies.sitting import Place, add_body_member, end_body_membership
from server.models.bodies.tables import BodyMembership
from server.models.database import transaction
from server.models.members.tables import Person
from server.rules.permissions import Action
from server.viewer import Viewer

NewPlace = tuple[UUID, UUID, Place]
"""Body, person, and as what."""


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
