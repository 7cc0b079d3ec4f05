"""The draft of the next term, which is the plan: named, filled with seats, and what becomes of bodies said."""

import datetime as dt
from collections.abc import Collection
from typing import Any
from uuid import UUID, uuid4

from tortoise.expressions import Subquery
from tortoise.queryset import QuerySet

from server.errors import Conflict, Invalid, Problem
from server.models import audit
from server.models.bodies.counting import batches, lock_people
from server.models.bodies.tables import BodyKind, BodyMembership
from server.models.database import BATCH, transaction
from server.models.facts import before_and_after, differing, unique
from server.models.history import locked, not_there, recorded
from server.models.leaving import Left, leave
from server.models.members.people import touch
from server.models.members.tables import Membership, MembershipPost, MembershipStatus, Person, Status, Term, TermStatus
from server.models.members.terms import code_taken, sound
from server.models.renewal.queries import (
    bodies_then,
    decidable,
    keys,
    of_sector,
    posts_before,
    statuses_before,
    to_carry,
)
from server.models.renewal.tables import TermBody
from server.rules.permissions import Action
from server.viewer import Viewer
from server.words import say


async def begin_renewal(
    viewer: Viewer,
    *,
    code: str,
    starts_on: dt.date | None,
    name_zh: str = "",
    name_en: str = "",
    ends_on: dt.date | None = None,
    follows: UUID | None = None,
) -> Term:
    """Name the next term and its first day. A draft of that code is taken up again.

    follows: the term that ends; the one in progress unless given. Raises Invalid where several are, or none; Conflict
    where the code is that of a term that is no draft, or another draft follows that term already.
    """
    viewer.must_everywhere(Action.RENEW)
    if starts_on is None:
        raise Invalid(day_missing())
    said = sound({"code": code, "name_zh": name_zh, "name_en": name_en, "starts_on": starts_on, "ends_on": ends_on})
    async with transaction():
        former = await _former(follows)
        if former.starts_on and starts_on <= former.starts_on:
            raise Invalid(_too_early(former))
        row = await Term.filter(code=said["code"]).select_for_update(no_key=True).first()
        if row and row.status is not TermStatus.DRAFT:
            raise Conflict(code_taken(said["code"]))
        await _only_draft(former, row)
        facts = said | {"follows_id": former.id, "status": TermStatus.DRAFT}
        if row is None:
            with unique(code_taken(said["code"])):
                row = await Term.create(**facts)
            await audit.record(viewer, "renewal.begin", f"trm_{row.id}", facts)
        elif changed := differing(row, facts):
            await Term.filter(id=row.id).update(**changed, updated_at=viewer.now)
            await audit.record(viewer, "renewal.begin", f"trm_{row.id}", before_and_after(row, changed))
    return await Term.get(id=row.id)


async def carry_seats(
    viewer: Viewer, term: UUID, *, people: Collection[UUID] = (), sector: UUID | None = None, everyone: bool = False
) -> int:
    """These people stay: seats in the draft with office, sector and unit as they are. How many were new.

    people: chosen ones; sector: all whose seat stands for it; everyone: all who have a seat. Who has one in the draft
    already keeps that. Raises Invalid where nobody is meant, or a chosen one has no seat to carry over.
    """
    viewer.must_everywhere(Action.RENEW)
    async with transaction():
        draft = await drafted(term)
        await _all_seated(term, people)
        wanted = _meant(to_carry(term), term, people, sector, everyone)
        found = sorted(await keys(wanted))
        if found:
            await lock_people(found)
            await _seat(viewer, draft, found)
            await _noted(viewer, "renewal.carry_seats", draft, found)
    return len(found)


async def take_back_seats(
    viewer: Viewer, term: UUID, *, people: Collection[UUID] = (), sector: UUID | None = None, everyone: bool = False
) -> int:
    """These people have no seat in the draft after all. How many had one.

    people: chosen ones, who come too; sector, everyone: of those who would stay. Raises Invalid where nobody is meant;
    Conflict where places in bodies hang on such a seat.
    """
    viewer.must_everywhere(Action.RENEW)
    async with transaction():
        draft = await drafted(term)
        seated = Person.filter(id__in=Subquery(Membership.filter(term_id=term).values("person_id")))
        staying = Subquery(statuses_before(term).values("membership__person_id"))
        rows = _meant(seated if people else seated.filter(id__in=staying), term, people, sector, everyone)
        found = sorted(await keys(rows))
        if found:
            await lock_people(found)
            await _unseat(viewer, term, found)
            await _noted(viewer, "renewal.take_back_seats", draft, found)
    return len(found)


async def decide_bodies(
    viewer: Viewer, term: UUID, *, carried: bool, bodies: Collection[UUID] = (), kind: BodyKind | None = None
) -> int:
    """These bodies go on in the next term, or end with the one before. For how many that was new.

    bodies: chosen ones; kind: all of that kind of which it can be said. Raises Invalid where none is meant, or of a
    chosen one it cannot be said.
    """
    viewer.must_everywhere(Action.RENEW)
    if not bodies and kind is None:
        raise Invalid(Problem("NOTHING_CHOSEN", say("Choose at least one body."), "bodies"))
    async with transaction():
        draft = await drafted(term)
        rows = bodies_then(term).filter(decidable(term))
        found = {*await keys(rows.filter(id__in=list(bodies)) if bodies else rows.filter(kind=kind))}
        if {*bodies} - found:
            said = say("Only learning groups, sectors and bodies of the term that ends go on or end with it.")
            raise Invalid(Problem("NOT_DECIDABLE", said, "bodies"))
        new = await _say(draft, found, carried)
        if new:
            await Term.filter(id=term).update(updated_at=viewer.now)
            payload = {"bodies": sorted(new), "carried": carried}
            await audit.record(viewer, "renewal.decide_bodies", f"trm_{term}", payload)
    return len(new)


async def drafted(term: UUID) -> Term:
    """The draft of a next term, locked. Raises NotThere, or Conflict where it was decided already."""
    row = await locked(Term, term, "term")
    if row.follows_id is None:
        raise not_there("term")
    if row.status is not TermStatus.DRAFT:
        said = say("This change of term was decided already. Look at it, or take it back first.")
        raise Conflict(Problem("DECIDED_ALREADY", said))
    return row


def day_missing() -> Problem:
    """No change without a day."""
    return Problem("DAY_MISSING", say("Say on which day the next term begins."), "starts_on")


async def _former(follows: UUID | None) -> Term:
    if follows is not None:
        row = await locked(Term, follows, "follows")
        if row.status is TermStatus.ACTIVE:
            return row
        raise Invalid(Problem("NOT_IN_PROGRESS", say("Choose a term that is in progress."), "follows"))
    rows = await Term.filter(status=TermStatus.ACTIVE).order_by("id").select_for_update(no_key=True)
    if len(rows) == 1:
        return rows[0]
    said = say("Several terms are in progress. Choose the one that ends.")
    none = say("No term is in progress, so none can be followed. Set the present one to be in progress first.")
    raise Invalid(Problem("WHICH_TERM", said if rows else none, "follows"))


def _too_early(former: Term) -> Problem:
    said = say("The term before began on {day}. Choose a later day.", day=former.starts_on)
    return Problem("BEFORE_FORMER", said, "starts_on")


async def _only_draft(former: Term, row: Term | None) -> None:
    other = Term.filter(follows_id=former.id).exclude(id=row.id) if row else Term.filter(follows_id=former.id)
    if found := await other.first():
        said = say("The term {code} follows it already. Go on with that one.", code=found.code)
        raise Conflict(Problem("FOLLOWED_ALREADY", said, "code"))


def _meant(
    rows: QuerySet[Person], term: UUID, people: Collection[UUID], sector: UUID | None, everyone: bool
) -> QuerySet[Person]:
    if people:
        return rows.filter(id__in=list(people))
    if sector is not None:
        return rows.filter(of_sector(term, sector))
    if everyone:
        return rows
    raise Invalid(Problem("NOBODY", say("Choose at least one person."), "people"))


async def _all_seated(term: UUID, people: Collection[UUID]) -> None:
    if not people:
        return
    held = Person.filter(id__in=Subquery(statuses_before(term).values("membership__person_id")))
    if await held.filter(id__in=list(people)).count() < len({*people}):
        said = say("Someone chosen has no seat in the term that ends. Give newcomers a seat on their own page.")
        raise Invalid(Problem("NO_SEAT_BEFORE", said, "people"))


async def _seat(viewer: Viewer, draft: Term, people: list[UUID]) -> None:
    """Seats from the first day on, with what the last post of each person's seat says."""
    columns = ("kind", "sector_id", "unit", "residence_area")
    rows = posts_before(draft.id).order_by("starts_on", "id")
    posts = {row["membership__person_id"]: row for row in await rows.values("membership__person_id", *columns)}
    seats = [Membership(id=uuid4(), person_id=person, term_id=draft.id) for person in people]
    begun: dict[str, Any] = {"starts_on": draft.starts_on} | recorded(viewer)
    stands = {person: {name: posts[person][name] for name in columns} for person in people if person in posts}
    await Membership.bulk_create(seats, BATCH)
    await MembershipStatus.bulk_create(
        [MembershipStatus(id=uuid4(), membership_id=seat.id, status=Status.ACTIVE, **begun) for seat in seats], BATCH
    )
    await MembershipPost.bulk_create(
        [MembershipPost(id=uuid4(), membership_id=s.id, **stands.get(s.person_id, {}), **begun) for s in seats], BATCH
    )


async def _unseat(viewer: Viewer, term: UUID, people: list[UUID]) -> None:
    """A plan is no fact: what stood only in it is gone."""
    seats = await keys(Membership.filter(term_id=term, person_id__in=people))
    if await BodyMembership.filter(membership_id__in=seats).exists():
        said = say("Places in bodies hang on one of these seats. End those first.")
        raise Conflict(Problem("SEAT_USED", said, "people"))
    for batch in batches(seats):
        await MembershipStatus.filter(membership_id__in=batch).delete()
        await MembershipPost.filter(membership_id__in=batch).delete()
        await Membership.filter(id__in=batch).delete()
    await leave(viewer, Left.MEMBERS, seats, "taken back")


async def _noted(viewer: Viewer, action: str, draft: Term, people: list[UUID]) -> None:
    await touch(viewer, *people)
    await Term.filter(id=draft.id).update(updated_at=viewer.now)
    await audit.record(viewer, action, f"trm_{draft.id}", {"people": people})


async def _say(draft: Term, bodies: Collection[UUID], carried: bool) -> list[UUID]:
    """Those of which it was not said yet."""
    said = {row.body_id: row for row in await TermBody.filter(term_id=draft.id, body_id__in=list(bodies))}
    turned = [row.id for row in said.values() if row.carried is not carried]
    await TermBody.filter(id__in=turned).update(carried=carried)
    fresh = sorted({*bodies} - said.keys())
    await TermBody.bulk_create([TermBody(id=uuid4(), term_id=draft.id, body_id=b, carried=carried) for b in fresh])
    return [*fresh, *(row.body_id for row in said.values() if row.id in turned)]
