"""Who leads a learning group from a day on (LC-2)."""

import datetime as dt
from collections.abc import Collection, Mapping
from uuid import UUID

from tortoise.expressions import Q

from server.errors import Invalid, Problem
from server.models import audit
from server.models.bodies.counting import count_once, lock_people
from server.models.bodies.news import tell_begun, tell_ended
from server.models.bodies.sitting import goes_on
from server.models.bodies.tables import Body, BodyKind, BodyMembership, BodyRole
from server.models.database import transaction
from server.models.history import end
from server.models.learning.joining import all_there, lasting, open_group, row_for
from server.models.members.people import touch
from server.rules.permissions import Action
from server.viewer import Viewer
from server.words import say

LEADING = (BodyRole.HEAD, BodyRole.CO_HEAD)


async def set_leaders(
    viewer: Viewer, group: UUID, *, head: UUID | None, co_heads: Collection[UUID] = (), on: dt.date
) -> None:
    """From that day on these lead the group. Who led before goes on as a plain member if the group counts for them.

    A leader who counts in another group leads here beside it: one person may lead several groups (LC-2).
    """
    viewer.must(Action.MANAGE_LEARNING, group)
    async with transaction():
        await lead(viewer, await open_group(group, on), wanted_roles(head, co_heads), on)


def wanted_roles(head: UUID | None, co_heads: Collection[UUID]) -> dict[UUID, BodyRole]:
    """Person -> role. Raises Invalid where someone stands in it twice."""
    if head in co_heads or len(set(co_heads)) < len(co_heads):
        raise Invalid(Problem("LEADS_TWICE", say("One person leads a group in one role only."), "co_heads"))
    return dict.fromkeys(co_heads, BodyRole.CO_HEAD) | ({head: BodyRole.HEAD} if head else {})


async def lead(viewer: Viewer, group: Body, wanted: Mapping[UUID, BodyRole], on: dt.date) -> None:
    """Let these lead, write it down, and tell who begins or ends. The group must exist on that day."""
    rows = await BodyMembership.filter(lasting(on), body_id=group.id, voided_at=None).order_by("starts_on", "id")
    concerned = {row.person_id for row in rows if row.role in LEADING} | wanted.keys()
    await lock_people(concerned)
    await all_there(wanted.keys())
    placed: set[UUID] = set()
    for row in rows:
        if row.person_id in concerned:
            await _turn(viewer, row, None if row.person_id in placed else wanted.get(row.person_id), on)
            placed.add(row.person_id)
    for person in sorted(wanted.keys() - placed):
        primary = not await _counts_elsewhere(person, on)
        await row_for(viewer, group, person, on, role=wanted[person], primary=primary).save()
    await count_once(concerned, since=on)
    await touch(viewer, *concerned)
    await Body.filter(id=group.id).update(updated_at=viewer.now)
    payload = {"on": on, "leaders": {str(person): role for person, role in wanted.items()}}
    await audit.record(viewer, "learning.set_leaders", f"bod_{group.id}", payload)
    led = {row.person_id: row.role for row in reversed(rows) if row.role in LEADING}
    for role in LEADING:
        new = [person for person, now in wanted.items() if now is role and led.get(person) is not role]
        over = [person for person, was in led.items() if was is role and person not in wanted]
        await tell_begun(viewer, group, new, on, role=role)
        await tell_ended(viewer, group, over, on, role)


async def _turn(viewer: Viewer, row: BodyMembership, role: BodyRole | None, on: dt.date) -> None:
    """What becomes of someone who is in the group: the role wanted, or none, which leaves a plain member."""
    if role is row.role:
        return
    if role is not None or (row.primary and row.role in LEADING):
        await goes_on(viewer, row, on, {"role": role or BodyRole.MEMBER, "title": ""})
    elif row.role in LEADING:
        await end(viewer, row, on)


async def _counts_elsewhere(person: UUID, on: dt.date) -> bool:
    rows = BodyMembership.filter(
        lasting(on), person_id=person, voided_at=None, primary=True, body__kind=BodyKind.LEARNING_GROUP
    )
    return await rows.filter(Q(body__ends_on__isnull=True) | Q(body__ends_on__gt=on)).exists()
