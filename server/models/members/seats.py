"""Seats: taken, and what becomes of them from a day on."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, TypedDict, TypeVar, Unpack
from uuid import UUID

from server.errors import Invalid, Problem
from server.models import audit, bodies
from server.models.database import transaction
from server.models.facts import before_and_after, differing, tidy, unique
from server.models.fields import Dated
from server.models.history import end, locked, recorded, sound_reason, span, there
from server.models.members.news import tell_post, tell_seated, tell_status
from server.models.members.people import living, touch
from server.models.members.tables import Membership, MembershipPost, MembershipStatus, PostKind, Status, Term
from server.rules.permissions import Action
from server.viewer import Viewer
from server.words import say

H = TypeVar("H", MembershipStatus, MembershipPost)


class PostFacts(TypedDict, total=False):
    """What a seat stands for; what is absent stays as it is. sector: a body of that kind."""

    kind: PostKind
    sector: UUID | None
    unit: str
    residence_area: str


async def seat_person(
    viewer: Viewer,
    person: UUID,
    *,
    term: UUID,
    starts_on: dt.date | None,
    no: str = "",
    status: Status = Status.ACTIVE,
    reason: str = "",
    **facts: Unpack[PostFacts],
) -> Membership:
    """A seat in a term. starts_on: None where unknown. Raises Conflict if this person has one in it already."""
    viewer.must(Action.MANAGE_MEMBERS)
    async with transaction():
        await living(person)
        await there(Term, term, "term")
        post = await sound_post(facts)
        seated = Problem("SEATED_ALREADY", say("This person has a seat in this term already."), "term")
        with unique(seated):
            seat = await Membership.create(person_id=person, term_id=term, **tidy(Membership, {"no": no}))
        begun: dict[str, Any] = {"membership_id": seat.id, "starts_on": starts_on} | recorded(viewer)
        await MembershipStatus.create(status=status, **begun, **tidy(MembershipStatus, {"reason": reason}))
        await MembershipPost.create(**post, **begun)
        payload = {"seat": seat.id, "term": term, "no": no, "status": status, "starts_on": starts_on, **post}
        await noted(viewer, "members.seat_person", seat, payload)
        await tell_seated(viewer, seat, status, starts_on)
    return seat


async def change_status(
    viewer: Viewer, membership: UUID, *, status: Status, on: dt.date, reason: str
) -> MembershipStatus:
    """From that day on the seat is something else: active, suspended, resigned ... A seat is never deleted."""
    viewer.must(Action.MANAGE_MEMBERS)
    said: dict[str, Any] = {"status": status, "reason": sound_reason(reason)}
    async with transaction():
        seat = await locked(Membership, membership, "membership")
        running = await _running(MembershipStatus, seat, on)
        if running.status is status:
            raise Invalid(Problem("SAME_ALREADY", say("The seat is that already on this day."), "status"))
        await end(viewer, running, on)
        row = await MembershipStatus.create(membership_id=membership, starts_on=on, **said, **recorded(viewer))
        payload = {"status": [running.status, status], "on": on, "reason": said["reason"]}
        await noted(viewer, "members.change_status", seat, payload)
        await tell_status(viewer, seat, status, on)
    return row


async def change_post(viewer: Viewer, membership: UUID, *, on: dt.date, **facts: Unpack[PostFacts]) -> MembershipPost:
    """From that day on the seat stands for something else. What is not said stays as it was."""
    viewer.must(Action.MANAGE_MEMBERS)
    async with transaction():
        seat = await locked(Membership, membership, "membership")
        running = await _running(MembershipPost, seat, on)
        before = standing(running)
        after = before | await sound_post(facts)
        changed = differing(running, after)
        if not changed:
            raise Invalid(Problem("SAME_ALREADY", say("The seat stands for exactly that already on this day.")))
        await end(viewer, running, on)
        row = await MembershipPost.create(membership_id=membership, starts_on=on, **after, **recorded(viewer))
        await noted(viewer, "members.change_post", seat, before_and_after(running, changed) | {"on": on})
        await tell_post(viewer, seat, on)
    return row


async def sound_post(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a post. Raises Invalid where the sector is a body of another kind."""
    said = {("sector_id" if name == "sector" else name): fact for name, fact in facts.items()}
    sector = said.get("sector_id")
    if sector is not None:
        body = await there(bodies.Body, sector, "sector")
        if body.kind is not bodies.BodyKind.SECTOR:
            raise Invalid(Problem("NOT_A_SECTOR", say("This body is not a sector. Choose a sector."), "sector"))
    return tidy(MembershipPost, said)


def standing(post: MembershipPost) -> dict[str, Any]:
    """What the post says, without its days."""
    return {name: getattr(post, name) for name in ("kind", "sector_id", "unit", "residence_area")}


async def history(model: type[H], membership: UUID) -> list[H]:
    """The rows of a seat that were not voided, in order of time."""
    rows = await model.filter(membership_id=membership, voided_at=None)
    return sorted(rows, key=lambda row: row.starts_on or dt.date.min)


async def noted(viewer: Viewer, action: str, seat: Membership, payload: Mapping[str, Any]) -> None:
    """The audit entry of a verb on a seat; seat and person are marked as changed."""
    await Membership.filter(id=seat.id).update(updated_at=viewer.now)
    await touch(viewer, seat.person_id)
    await audit.record(viewer, action, f"mem_{seat.id}", {"person": seat.person_id, **payload})


async def _running(model: type[H], seat: Membership, on: dt.date) -> H:
    """The last row of the history, which must have begun before that day and have no end."""
    rows = await history(model, seat.id)
    if not rows or not _begun_before(rows[-1], on):
        raise Invalid(
            Problem(
                "NOT_AFTER_LAST",
                say("The last entry begins on or after this day. Choose a later day, or correct that entry."),
                "on",
            )
        )
    if span(rows[-1]).ends_on is not None:
        raise Invalid(Problem("ENDED_ALREADY", say("The last entry has ended. Correct its end first."), "on"))
    return rows[-1]


def _begun_before(row: Dated, on: dt.date) -> bool:
    return row.starts_on is None or row.starts_on < on
