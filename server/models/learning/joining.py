"""Shared by the verbs of learning groups: the group on a day, who is in it, and the rows of those who come."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from tortoise.expressions import Q

from server.errors import Conflict, Invalid, Problem
from server.models.bodies.counting import batches
from server.models.bodies.news import tell_begun
from server.models.bodies.tables import Body, BodyKind, BodyMembership
from server.models.fields import holding
from server.models.history import not_there, recorded, there
from server.models.members.people import touch
from server.models.members.tables import Membership, Person
from server.viewer import Viewer
from server.words import name, say


async def learning_group(group: UUID, field: str = "group") -> Body:
    """The group. Raises Invalid for a body of another kind."""
    return _a_group(await there(Body, group, field), field)


async def open_group(group: UUID, on: dt.date, field: str = "group") -> Body:
    """The group, which must exist on that day."""
    return existing(await there(Body, group, field), on, field)


async def open_groups(groups: Collection[UUID], on: dt.date, field: str) -> list[Body]:
    """The groups, by key, each of which must exist on that day; one statement."""
    return all_open(await Body.filter(id__in=groups).order_by("id"), groups, on, field)


def all_open(found: Sequence[Body], groups: Collection[UUID], on: dt.date, field: str) -> list[Body]:
    """The groups that were found, which must be all that were asked for, and each exist on that day."""
    if len(found) < len(set(groups)):
        raise not_there(field)
    return [existing(body, on, field) for body in found]


def existing(body: Body, on: dt.date, field: str) -> Body:
    """The body, which must be a learning group and exist on that day."""
    _a_group(body, field)
    if body.starts_on is not None and body.starts_on > on:
        said = say(
            "{group} begins on {begins}. Choose that day or a later one.", group=name(body), begins=body.starts_on
        )
        raise Invalid(Problem("GROUP_NOT_THEN", said, "on"))
    if body.ends_on is not None and body.ends_on <= on:
        said = say(
            "{group} ended on {ended}. Choose an earlier day, or another group.", group=name(body), ended=body.ends_on
        )
        raise Invalid(Problem("GROUP_NOT_THEN", said, "on"))
    return body


def _a_group(body: Body, field: str) -> Body:
    if body.kind is not BodyKind.LEARNING_GROUP:
        raise Invalid(Problem("NOT_A_GROUP", say("This body is not a learning group."), field))
    return body


async def joined(
    viewer: Viewer, group: Body, people: Iterable[UUID], on: dt.date, left: Iterable[Body] = ()
) -> list[BodyMembership]:
    """The rows of new members, tied to their seats in the group's term; a few statements for any number of people.

    They are told. left: the groups from which they move here. The entries must be locked. Raises Invalid for doubles
    and unknown people, Conflict for who is in the group.
    """
    rows: list[BodyMembership] = []
    for batch in batches(people):
        await all_there(batch)
        await _none_inside(group.id, batch, on)
        seats = await Membership.filter(person_id__in=batch, term_id=group.term_id) if group.term_id else []
        seat = {row.person_id: row.id for row in seats}
        new = [row_for(viewer, group, person, on, membership_id=seat.get(person)) for person in batch]
        await BodyMembership.bulk_create(new, batch_size=500)
        await touch(viewer, *batch)
        rows += new
    await Body.filter(id=group.id).update(updated_at=viewer.now)
    await tell_begun(viewer, group, [row.person_id for row in rows], on, left=left)
    return rows


def row_for(viewer: Viewer, group: Body, person: UUID, on: dt.date, **facts: Any) -> BodyMembership:
    """A row that begins on that day, not yet saved."""
    return BodyMembership(body_id=group.id, person_id=person, starts_on=on, **facts, **recorded(viewer))


async def all_there(people: Collection[UUID]) -> None:
    """Raises NotThere where one of these people is unknown, or was merged away."""
    if await Person.filter(id__in=people, merged_into_id=None).count() < len(people):
        raise not_there("people")


async def _none_inside(group: UUID, people: Collection[UUID], on: dt.date) -> None:
    rows = BodyMembership.filter(lasting(on), body_id=group, person_id__in=people, voided_at=None)
    inside = {row.person_id: row.person for row in await rows.select_related("person")}
    if inside:
        raise Conflict(*(_inside(person) for _, person in sorted(inside.items())))


def _inside(person: Person) -> Problem:
    said = say("{person} is in this group already.", person=name(person))
    return Problem("IN_GROUP", said, "people")


async def counting(on: dt.date, people: Collection[UUID], **where: Any) -> list[BodyMembership]:
    """The rows by which these people count in learning groups on that day, ended groups included."""
    rows = BodyMembership.filter(
        holding(on), person_id__in=people, primary=True, body__kind=BodyKind.LEARNING_GROUP, **where
    )
    return await rows.select_related("body", "person").order_by("id")


def lasting(on: dt.date) -> Q:
    """Rows that hold on that day or later."""
    return Q(ends_on__isnull=True) | Q(ends_on__gt=on)
