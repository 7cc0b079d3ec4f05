"""Members of learning groups: added, moved, removed (LC-1)."""

import datetime as dt
from collections.abc import Collection
from uuid import UUID

from server.errors import Invalid, Problem
from server.models import audit
from server.models.bodies.counting import count_once, lock_people
from server.models.bodies.news import tell_left
from server.models.bodies.tables import Body, BodyMembership
from server.models.database import transaction
from server.models.history import end, sound_reason
from server.models.learning.joining import counting, joined, lasting, learning_group, open_group
from server.models.members.people import touch
from server.rules.permissions import Action
from server.viewer import Viewer
from server.words import say


async def add_members(viewer: Viewer, group: UUID, *, people: Collection[UUID], on: dt.date) -> list[BodyMembership]:
    """These people count in the group from that day on. Raises Conflict, for each, where they count in another."""
    viewer.must(Action.MANAGE_LEARNING, group)
    if not people:
        raise Invalid(Problem("NOBODY", say("Choose at least one person."), "people"))
    async with transaction():
        where = await open_group(group, on)
        await lock_people(people)
        rows = await joined(viewer, where, people, on)
        await count_once(people, "people", on)
        await audit.record(viewer, "learning.add_members", f"bod_{group}", {"people": sorted(set(people)), "on": on})
    return rows


async def move_member(viewer: Viewer, person: UUID, *, to_group: UUID, on: dt.date, reason: str) -> BodyMembership:
    """Out of the group where this person counts, and into the other on the same day (LC-1).

    Who counts in several by mistake counts in that one alone afterwards.
    """
    viewer.must(Action.MANAGE_LEARNING, to_group)
    reason = sound_reason(reason)
    async with transaction():
        where = await open_group(to_group, on, "to_group")
        await lock_people([person])
        left = await _leave(viewer, person, to_group, on)
        here = await counting(on, [person], body_id=to_group)
        row = here[0] if here else (await joined(viewer, where, [person], on, left))[0]
        if here:
            for group in left:
                await tell_left(viewer, group, [person], on)
        await count_once([person], "person", on)
        payload = {"person": person, "from": [group.id for group in left], "on": on, "reason": reason}
        await audit.record(viewer, "learning.move_member", f"bod_{to_group}", payload)
    return row


async def remove_member(viewer: Viewer, group: UUID, person: UUID, *, on: dt.date, reason: str) -> None:
    """From that day on this person is in the group no more, in no role."""
    viewer.must(Action.MANAGE_LEARNING, group)
    reason = sound_reason(reason)
    async with transaction():
        where = await learning_group(group)
        await lock_people([person])
        rows = await BodyMembership.filter(lasting(on), body_id=group, person_id=person, voided_at=None)
        if not rows:
            raise Invalid(Problem("NOT_IN_GROUP", say("This person is not in the group on that day."), "person"))
        for row in rows:
            await end(viewer, row, on)
        await touch(viewer, person)
        payload = {"person": person, "on": on, "reason": reason}
        await audit.record(viewer, "learning.remove_member", f"bod_{group}", payload)
        await tell_left(viewer, where, [person], on)


async def _leave(viewer: Viewer, person: UUID, to_group: UUID, on: dt.date) -> list[Body]:
    """End what counts for this person elsewhere; the groups that were left, by key."""
    rows = [row for row in await counting(on, [person]) if row.body_id != to_group]
    if not rows:
        said = say("This person counts in no other group on that day. Add instead of moving.")
        raise Invalid(Problem("NOT_IN_GROUP", said, "person"))
    for row in rows:
        viewer.must(Action.MANAGE_LEARNING, row.body_id)
        await end(viewer, row, on)
    return sorted({row.body_id: row.body for row in rows}.values(), key=lambda group: group.id)
