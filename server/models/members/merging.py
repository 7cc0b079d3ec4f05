"""Two entries of one person become one: everything moves to the entry that stays, and the other points to it."""

from typing import Any, TypeVar
from uuid import UUID

from tortoise.fields import ReverseRelation

from server.errors import Invalid, Problem
from server.models import audit, bodies
from server.models.database import transaction
from server.models.facts import differing
from server.models.fields import Dated
from server.models.history import sound_reason, span, void
from server.models.leaving import Left, leave
from server.models.members.merging_activities import merge_participations
from server.models.members.merging_hearings import merge_hearings
from server.models.members.merging_readings import merge_readings
from server.models.members.people import NAMES, PersonFacts, keys, living, touch
from server.models.members.seats import history, standing
from server.models.members.tables import (
    Membership,
    MembershipPost,
    MembershipStatus,
    Person,
    Term,
)
from server.rules.permissions import Action
from server.viewer import Viewer
from server.words import say

H = TypeVar("H", MembershipStatus, MembershipPost)
NOT_FILLED = {"family_name", "given_name", "sort_pinyin", "sort_strokes"}
FILLED = [name for name in PersonFacts.__annotations__ if name not in NOT_FILLED]
MERGED = "The same stands in the entry that it was merged into."


async def merge_people(viewer: Viewer, *, keep: UUID, drop: UUID, reason: str) -> Person:
    """`drop` was a double of `keep`. Empty facts of `keep` are filled from it; nothing that `keep` says changes.

    Raises Invalid where both have seats of one term whose days meet, or count in two learning groups at once: those
    are for a person to decide first. The audit entry names each row that moved.
    """
    viewer.must(Action.MERGE_PEOPLE)
    reason = sound_reason(reason)
    if keep == drop:
        raise Invalid(Problem("SAME_PERSON", say("Choose two different entries."), "drop"))
    async with transaction():
        stays, goes = await _both(keep, drop)
        moved: dict[str, Any] = {
            "bodies": await _merge_bodies(viewer, stays, goes),
            "seats": await _merge_seats(viewer, keep, drop),
            "identifiers": await _move(goes.identifiers, keep),
            "accounts": await _move(goes.accounts, keep),
            "messages": await _move(goes.messages, keep),
            "readings": await merge_readings(stays, goes),
            "participations": await merge_participations(stays, goes),
            "hearings": await merge_hearings(stays, goes),
            "requests": await _move(goes.requests, keep),
            "merged_before": await _move(goes.merged, keep, "merged_into_id"),
            "facts": await _fill(stays, goes),
        }
        await _move_wishes(viewer, stays, goes)
        await Person.filter(id=drop).update(merged_into_id=keep)
        await touch(viewer, keep, drop)
        await leave(viewer, Left.PEOPLE, [drop], "merged", keep)
        await audit.record(viewer, "members.merge_people", f"per_{keep}", {"drop": drop, "reason": reason, **moved})
    return await Person.get(id=keep)


async def _both(keep: UUID, drop: UUID) -> tuple[Person, Person]:
    """Both entries, locked in the order of their keys, so that two merges cannot wait for each other."""
    rows = {key: await living(key, "keep" if key == keep else "drop") for key in sorted((keep, drop))}
    return rows[keep], rows[drop]


async def _move(rows: ReverseRelation[Any], keep: UUID, column: str = "person_id") -> list[UUID]:
    moved: list[UUID] = [row.id for row in await rows.all()]
    await rows.all().update(**{column: keep})
    return sorted(moved)


async def _move_wishes(viewer: Viewer, stays: Person, goes: Person) -> None:
    """What is on its way goes on; what the entry that stays chose of messages counts, else what the double chose."""
    await goes.deliveries.all().update(person_id=stays.id)
    if await stays.message_choices.filter(ended_at=None).exists():
        await goes.message_choices.filter(ended_at=None).update(ended_at=viewer.now)
    await goes.message_choices.all().update(person_id=stays.id)
    if await stays.message_hours.all().exists():
        await goes.message_hours.all().delete()
    await goes.message_hours.all().update(person_id=stays.id)


async def _fill(stays: Person, goes: Person) -> list[str]:
    """Facts that only the double had. A name comes whole: its parts may belong to another way of writing it."""
    missing = {name: getattr(goes, name) for name in FILLED if not getattr(stays, name)}
    filled = differing(stays, missing)
    if filled:
        said = {name: filled.get(name, getattr(stays, name)) for name in NAMES}
        await Person.filter(id=stays.id).update(**filled | keys(said, stays.sort_fixed, stays))
    return sorted(filled)


async def _merge_seats(viewer: Viewer, keep: UUID, drop: UUID) -> list[UUID]:
    kept = {seat.term_id: seat for seat in await Membership.filter(person_id=keep)}
    moved = await Membership.filter(person_id=drop).order_by("id")
    for seat in moved:
        if seat.term_id in kept:
            await _join(viewer, kept[seat.term_id], seat)
        else:
            await Membership.filter(id=seat.id).update(person_id=keep, updated_at=viewer.now)
    return [seat.id for seat in moved]


async def _join(viewer: Viewer, kept: Membership, double: Membership) -> None:
    """Two seats of one term: the history of the double becomes part of the other, where the days allow."""
    await _join_history(viewer, MembershipStatus, kept, double)
    await _join_history(viewer, MembershipPost, kept, double)
    await double.body_memberships.all().update(membership_id=kept.id)
    await Membership.filter(id=kept.id).update(no=kept.no or double.no, updated_at=viewer.now)
    await leave(viewer, Left.MEMBERS, [double.id], "merged", kept.id)


async def _join_history(viewer: Viewer, model: type[H], kept: Membership, double: Membership) -> None:
    standing_there = await history(model, kept.id)
    for row in await history(model, double.id):
        meeting = [other for other in standing_there if span(other).overlaps(span(row))]
        if not meeting:
            await model.filter(id=row.id).update(membership_id=kept.id)
        elif any(span(other).covers(span(row)) and _says_as_much(other, row) for other in meeting):
            await void(viewer, row, MERGED)
        else:
            raise Invalid(await _two_seats(kept))


def _says_as_much(kept: H, row: H) -> bool:
    if isinstance(row, MembershipStatus):
        return not differing(kept, {"status": row.status})
    return not differing(kept, {name: fact for name, fact in standing(row).items() if fact})


async def _two_seats(kept: Membership) -> Problem:
    term = await Term.get(id=kept.term_id)
    return Problem(
        "TWO_SEATS",
        say(
            "Both entries have a seat in term {term}, and the two say different things about the same days. "
            "Correct the one that is wrong, then merge.",
            term=term.code,
        ),
        "drop",
    )


async def _merge_bodies(viewer: Viewer, stays: Person, goes: Person) -> list[UUID]:
    kept = await stays.body_memberships.filter(voided_at=None)
    for row in await goes.body_memberships.filter(voided_at=None):
        for other in kept:
            if (row.body_id, row.role, row.title) == (other.body_id, other.role, other.title):
                await _void_covered(viewer, row, other)
    moved = await _move(goes.body_memberships, stays.id)
    if clash := await bodies.two_groups_at_once(stays.id):
        raise Invalid(clash)
    return moved


async def _void_covered(viewer: Viewer, row: Dated, other: Dated) -> None:
    if span(other).covers(span(row)):
        await void(viewer, row, MERGED)
    elif span(row).covers(span(other)):
        await void(viewer, other, MERGED)
