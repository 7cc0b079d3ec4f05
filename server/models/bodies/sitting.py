"""Who sits in a body: added, given another role, ended; and corrected where the record was wrong."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, TypedDict, Unpack
from uuid import UUID

from server.errors import Conflict, Invalid, Problem
from server.models import audit
from server.models.bodies.counting import count_once
from server.models.bodies.news import tell_begun, tell_ended, tell_role
from server.models.bodies.tables import FOR_ALL, Body, BodyKind, BodyMembership, BodyRole
from server.models.database import transaction
from server.models.facts import before_and_after, differing, tidy
from server.models.history import beside, end, locked, recorded, sound_reason, span, there, void
from server.models.members.people import living, touch
from server.models.members.tables import Membership
from server.rules.permissions import Action
from server.rules.spans import Span, backwards
from server.viewer import Viewer
from server.words import say


class Place(TypedDict, total=False):
    """What someone is in a body; what is absent is a plain member's, or stays as it is.

    title: free text, as given. on_behalf_of: the body this person stands for there. primary: counts for LC-1.
    """

    role: BodyRole
    title: str
    starts_on: dt.date | None
    ends_on: dt.date | None
    on_behalf_of: UUID | None
    primary: bool


async def add_body_member(viewer: Viewer, body: UUID, person: UUID, **place: Unpack[Place]) -> BodyMembership:
    """Someone sits in the body. Raises Conflict where they do so already, or count in another learning group."""
    viewer.must(Action.MANAGE_BODIES, body)
    async with transaction():
        where = await there(Body, body, "body")
        row = await _seated(viewer, where, person, place)
        await count_once([person], "person", row.starts_on)
        await noted(viewer, "bodies.add_body_member", row, {"place": row.id, **place})
        await tell_begun(viewer, where, [person], row.starts_on, role=row.role, until=row.ends_on)
    return row


async def _seated(viewer: Viewer, body: Body, person: UUID, place: Mapping[str, Any]) -> BodyMembership:
    """The row of someone who sits in the body, tied to the seat in the body's term. The entry is locked."""
    await living(person)
    _reach(viewer, body, place.get("role", BodyRole.MEMBER))
    said = await _sound({"role": BodyRole.MEMBER, "title": "", **place})
    await _not_twice(body.id, person, said)
    seat = await Membership.filter(person_id=person, term_id=body.term_id).first() if body.term_id else None
    return await BodyMembership.create(
        body_id=body.id, person_id=person, membership_id=seat and seat.id, **said, **recorded(viewer)
    )


def follows_from_seat(kind: BodyKind, role: BodyRole) -> Problem | None:
    """Why a place cannot be entered: plain members of a sector are those whose seat stands for it."""
    said = say(
        "Who belongs to a sector follows from the seats. Change what the seat stands for, or choose another role."
    )
    return Problem("FOLLOWS_FROM_SEAT", said, "role") if (kind, role) == (BodyKind.SECTOR, BodyRole.MEMBER) else None


def _reach(viewer: Viewer, body: Body, role: BodyRole) -> None:
    """Whoever names the head of the chairs' meeting makes a chair of the whole assembly."""
    if role is BodyRole.HEAD and body.kind in FOR_ALL:
        viewer.must_everywhere(Action.MANAGE_BODIES)
    if problem := follows_from_seat(body.kind, role):
        raise Invalid(problem)


async def end_body_membership(viewer: Viewer, body_membership: UUID, *, on: dt.date) -> BodyMembership:
    """From that day on this person does not sit there (in this role)."""
    async with transaction():
        row = await place_of(viewer, body_membership, on)
        await end(viewer, row, on)
        await noted(viewer, "bodies.end_body_membership", row, {"place": row.id, "on": on})
        await tell_ended(viewer, await there(Body, row.body_id), [row.person_id], on, row.role)
    return await BodyMembership.get(id=row.id)


async def change_role(
    viewer: Viewer, body_membership: UUID, *, on: dt.date, role: BodyRole, title: str | None = None
) -> BodyMembership:
    """From that day on this person is something else in the body. title: None keeps it."""
    async with transaction():
        row = await place_of(viewer, body_membership, on)
        where = await there(Body, row.body_id)
        _reach(viewer, where, role)
        said = tidy(BodyMembership, {"role": role, "title": row.title if title is None else title})
        if not differing(row, said):
            raise Invalid(Problem("SAME_ALREADY", say("This person is that already."), "role"))
        await _not_twice(row.body_id, row.person_id, said | {"starts_on": on, "ends_on": row.ends_on}, row.id)
        new = await goes_on(viewer, row, on, said)
        await noted(viewer, "bodies.change_role", row, before_and_after(row, said) | {"on": on, "place": new.id})
        await tell_role(viewer, where, [row.person_id], on, role)
    return new


async def goes_on(viewer: Viewer, row: BodyMembership, on: dt.date, said: Mapping[str, Any]) -> BodyMembership:
    """End the row on that day; from then on the same place with these facts."""
    await end(viewer, row, on)
    kept = ("body_id", "person_id", "membership_id", "primary", "role", "title", "on_behalf_of_id", "ends_on")
    facts = {name: getattr(row, name) for name in kept} | dict(said) | {"starts_on": on}
    return await BodyMembership.create(**facts, **recorded(viewer))


async def correct_body_membership(
    viewer: Viewer, body_membership: UUID, *, reason: str, **right: Unpack[Place]
) -> BodyMembership:
    """What was recorded was wrong: the row is voided, the right one stands beside it."""
    reason = sound_reason(reason)
    async with transaction():
        row = await place_of(viewer, body_membership)
        _reach(viewer, await there(Body, row.body_id), right.get("role", row.role))
        said = await _sound({"starts_on": row.starts_on, "ends_on": row.ends_on, **right})
        changed = differing(row, said)
        if not changed:
            raise Invalid(Problem("NOTHING_CHANGED", say("This is what is recorded already.")))
        if changed.keys() & {"role", "title", "starts_on", "ends_on"}:
            await _not_twice(row.body_id, row.person_id, {"role": row.role, "title": row.title} | said, row.id)
        new = await beside(viewer, row, changed, reason)
        await count_once([row.person_id], since=new.starts_on)
        payload = before_and_after(row, changed) | {"wrong": row.id, "right": new.id, "reason": reason}
        await noted(viewer, "bodies.correct_body_membership", row, payload)
    return new


async def void_body_membership(viewer: Viewer, body_membership: UUID, *, reason: str) -> None:
    """This was never so. The row stays, voided, for whoever asks what was recorded."""
    reason = sound_reason(reason)
    async with transaction():
        row = await place_of(viewer, body_membership)
        await void(viewer, row, reason)
        await noted(viewer, "bodies.void_body_membership", row, {"place": row.id, "reason": reason})


async def place_of(viewer: Viewer, body_membership: UUID, on: dt.date | None = None) -> BodyMembership:
    """The row, with the entry of its person locked, if the viewer manages its body.

    Raises Invalid where it was voided, or has ended by that day.
    """
    seen = await there(BodyMembership, body_membership, "body_membership")
    viewer.must(Action.MANAGE_BODIES, seen.body_id)
    await living(seen.person_id)
    row = await locked(BodyMembership, body_membership, "body_membership")
    if row.voided_at is not None:
        raise Invalid(Problem("VOIDED", say("This entry was corrected. Open the one that took its place.")))
    if on is not None and not span(row).overlaps(Span(on)):
        raise Invalid(Problem("ENDED_ALREADY", say("This ended before that day already."), "on"))
    return row


async def noted(viewer: Viewer, action: str, row: BodyMembership, payload: Mapping[str, Any]) -> None:
    """The audit entry of a verb on a place in a body; person and body are marked as changed."""
    await touch(viewer, row.person_id)
    await Body.filter(id=row.body_id).update(updated_at=viewer.now)
    await audit.record(viewer, action, f"bod_{row.body_id}", {"person": row.person_id, **payload})


async def _sound(place: Mapping[str, Any]) -> dict[str, Any]:
    columns = {"on_behalf_of": "on_behalf_of_id"}
    said = tidy(BodyMembership, {columns.get(name, name): fact for name, fact in place.items()})
    if Span(said.get("starts_on"), said.get("ends_on")).empty:
        raise Invalid(backwards("ends_on"))
    if said.get("on_behalf_of_id"):
        await there(Body, said["on_behalf_of_id"], "on_behalf_of")
    return said


async def _not_twice(body: UUID, person: UUID, said: Mapping[str, Any], but: UUID | None = None) -> None:
    """Raises Conflict where this person is the same there on one of these days. but: the row that gives way."""
    same = await BodyMembership.filter(
        body_id=body, person_id=person, role=said["role"], title=said["title"], voided_at=None
    )
    days = Span(said.get("starts_on"), said.get("ends_on"))
    if any(row.id != but and span(row).overlaps(days) for row in same):
        raise Conflict(Problem("SITS_THERE", say("This person sits there in this role already."), "person"))
