"""The change of term done, in one transaction, by a named human; and taken back before its day."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID, uuid4

from tortoise.expressions import Q

from server.errors import Conflict, Invalid, Problem, Refused
from server.models import audit
from server.models.accounts.tables import RoleAssignment
from server.models.bodies.counting import batches, lock_people
from server.models.bodies.tables import Body, BodyMembership
from server.models.database import append_lock, transaction
from server.models.facts import unique
from server.models.history import locked, not_there
from server.models.leaving import Left, leave
from server.models.members.tables import (
    Membership,
    MembershipPost,
    MembershipStatus,
    Person,
    Status,
    Term,
    TermStatus,
)
from server.models.reads import read_all
from server.models.renewal.drafting import day_missing, drafted
from server.models.renewal.leaving import end_access
from server.models.renewal.news import tell_decided, tell_taken_back
from server.models.renewal.plan import Plan
from server.models.renewal.planning import plan_of, planning
from server.models.renewal.queries import LIVE, keys
from server.models.renewal.tables import Renewal
from server.models.renewal.writing import CHANGED, DATED, Written, take_back, touched_since
from server.rules.permissions import Action
from server.rules.renewal import RenewalPart
from server.viewer import Viewer
from server.words import Words, name, say

LISTED = 20
"""Reasons that a refusal lists; more help nobody."""
OVER = "The term ended."
TAKEN_BACK = "The change of term was taken back."


async def renewal_plan(viewer: Viewer, term: UUID) -> Plan:
    """What the change to that term would do, or did. Raises NotThere."""
    viewer.must_everywhere(Action.RENEW)
    return plan_of(await read_all(planning(viewer, term)))


async def apply_renewal(viewer: Viewer, term: UUID, *, code: str) -> Renewal:
    """Do what the plan says. code: that of the new term, typed once more. Done twice it is done once.

    Raises Refused to programs; Invalid for another code, a draft without a first day or without seats; NotThere.
    """
    viewer.must_everywhere(Action.RENEW)
    _named_human(viewer)
    async with transaction():
        await locked(Term, term, "term")
        if done := await Renewal.filter(term_id=term, undone_at=None).first():
            return done
        draft = await drafted(term)
        if code.strip() != draft.code:
            said = say("Type {code}, the code of the term that begins.", code=draft.code)
            raise Invalid(Problem("CODE_DIFFERS", said, "code"))
        plan = await _locked_plan(viewer, draft)
        return await _apply(viewer, plan, _sound_day(plan))


async def undo_renewal(viewer: Viewer, term: UUID) -> Term:
    """Before its day: everything is as it was, and the plan a draft again. Who was told of it is told.

    Raises Conflict once the day has come, and, for each, where something that it wrote was changed since; NotThere.
    """
    viewer.must_everywhere(Action.RENEW)
    _named_human(viewer)
    async with transaction():
        row = await locked(Term, term, "term")
        done = await Renewal.filter(term_id=term, undone_at=None).select_for_update(no_key=True).first()
        if done is None:
            raise not_there("term")
        if done.on <= viewer.today:
            said = say(
                "This change took effect on {day}. It can only be undone by restoring a backup from before it.",
                day=done.on,
            )
            raise Conflict(Problem("DAY_COME", said))
        await _untouched(done)
        with unique(
            Problem("CHANGED_SINCE", say("A role was given since that stands in the way. End that one first."))
        ):
            await take_back(viewer, done.written, TAKEN_BACK)
        await Renewal.filter(id=done.id).update(undone_at=viewer.now)
        concerned = await _touch(viewer, [row.id, done.former_id])
        await leave(viewer, Left.MEMBERS, await keys(Membership.filter(term_id=term)), "planned")
        payload = {"former": done.former_id, "on": done.on, "people": concerned}
        await audit.record(viewer, "renewal.undo", f"trm_{term}", payload)
        await tell_taken_back(viewer, plan_of(await read_all(planning(viewer, term))), done.on)
    return await Term.get(id=term)


def _named_human(viewer: Viewer) -> None:
    if viewer.account is None or viewer.client is not None:
        said = say("A change of term is decided by a person who is signed in, not by a program.")
        raise Refused(Problem("NOT_BY_PROGRAM", said))


async def _locked_plan(viewer: Viewer, draft: Term) -> Plan:
    """The plan, with everyone whom it concerns kept for this transaction."""
    former: Any = draft.follows_id  # `drafted` knows no draft without one
    await locked(Term, former, "term")
    terms: dict[str, Any] = {"term_id__in": [draft.id, former]}
    await lock_people(await keys(Membership.filter(**terms), "person_id"))
    return plan_of(await read_all(planning(viewer, draft.id)))


def _sound_day(plan: Plan) -> dt.date:
    former = plan.former
    if plan.on is None:
        raise Invalid(day_missing())
    if former.starts_on and plan.on <= former.starts_on:
        said = say("The term before began on {day}. Choose a later day.", day=former.starts_on)
        raise Invalid(Problem("BEFORE_FORMER", said, "starts_on"))
    if former.status is not TermStatus.ACTIVE:
        said = say("The term before is not in progress, so nothing can take over from it.")
        raise Conflict(Problem("NOT_IN_PROGRESS", said))
    if not plan.after:
        said = say("Nobody has a seat in the next term yet. Carry seats over, or add who comes.")
        raise Invalid(Problem("NOBODY_SEATED", said))
    return plan.on


async def _apply(viewer: Viewer, plan: Plan, on: dt.date) -> Renewal:
    written = Written(viewer)
    await _end_seats(written, plan.former.id, on)
    await _begin_seats(plan.term.id, on)
    await _turn_bodies(written, plan, on)
    places = [(place.id, place.starts_on, place.ends_on) for place in plan.places_ended()]
    await written.end(BodyMembership, places, on)
    await _turn_terms(written, plan, on, now=on <= viewer.today)
    await append_lock()  # from here on accounts: see `changing`
    roles = [(role.given.id, role.starts_on, role.ends_on) for role in plan.roles]
    await written.end(RoleAssignment, roles, on)
    counts = plan.counts()
    await _touch(viewer, [plan.term.id, plan.former.id])
    done = await Renewal.create(
        term_id=plan.term.id,
        former_id=plan.former.id,
        on=on,
        applied_at=viewer.now,
        applied_by_id=viewer.account,
        counts=counts,
        written=written.told(),
    )
    await audit.record(viewer, "renewal.apply", f"trm_{plan.term.id}", _payload(plan, on, counts))
    await tell_decided(viewer, plan, on)
    if on <= viewer.today:
        await end_access(viewer, done)
    return await Renewal.get(id=done.id)


def _payload(plan: Plan, on: dt.date, counts: dict[str, int]) -> dict[str, Any]:
    return {
        "former": plan.former.id,
        "on": on,
        "counts": counts,
        **{part.value: sorted(plan.people(part)) for part in RenewalPart},
        "bodies_ended": sorted(plan.ending),
        "bodies_carried": sorted(plan.carried),
        "roles_ended": sorted(role.given.id for role in plan.roles),
    }


async def _end_seats(written: Written, former: UUID, on: dt.date) -> None:
    """Each seat that is held, suspended or nominated then is ended from that day; what was planned later is void."""
    rows = await MembershipStatus.filter(membership__term_id=former, voided_at=None).order_by("starts_on", "id")
    histories: dict[UUID, list[MembershipStatus]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.starts_on or dt.date.min):
        histories[row.membership_id].append(row)
    live = {seat: rows for seat, rows in histories.items() if _is_live(rows, on)}
    running = [(row.id, row.starts_on, row.ends_on) for rows in live.values() for row in rows if _lasts(row, on)]
    await written.end(MembershipStatus, running, on)
    facts: dict[str, Any] = {"status": Status.ENDED, "starts_on": on, "reason": OVER}
    await written.make(MembershipStatus, [{"id": uuid4(), "membership_id": seat, **facts} for seat in sorted(live)])


def _is_live(rows: Iterable[MembershipStatus], on: dt.date) -> bool:
    """By the last row that begins before that day, if it reaches up to it; and nothing says already how it ended."""
    begun = [row for row in rows if row.starts_on is None or row.starts_on < on]
    over = any(row.starts_on == on and row.status not in LIVE for row in rows)
    return (
        bool(begun) and begun[-1].status in LIVE and (begun[-1].ends_on is None or begun[-1].ends_on >= on) and not over
    )


def _lasts(row: MembershipStatus, on: dt.date) -> bool:
    return row.ends_on is None or row.ends_on > on


async def _begin_seats(term: UUID, on: dt.date) -> None:
    """What was planned begins on the day at the earliest: a plan is no fact, so its rows are set, not corrected."""
    early: Any = Q(starts_on__isnull=True) | Q(starts_on__lt=on)
    later: Any = Q(ends_on__isnull=True) | Q(ends_on__gt=on)
    seats = await keys(Membership.filter(term_id=term))
    for batch in batches(seats):
        for model in (MembershipStatus, MembershipPost):
            await model.filter(early, later, membership_id__in=batch, voided_at=None).update(starts_on=on)


async def _turn_bodies(written: Written, plan: Plan, on: dt.date) -> None:
    concerned = [*plan.ending, *plan.carried]
    found = Body.filter(id__in=concerned).select_for_update(no_key=True).order_by("id")
    rows = await found.values("id", "term_id", "ends_on")
    await written.change(Body, [row for row in rows if row["id"] in plan.ending], ends_on=on)
    await written.change(Body, [row for row in rows if row["id"] not in plan.ending], term_id=plan.term.id)


async def _turn_terms(written: Written, plan: Plan, on: dt.date, *, now: bool) -> None:
    """The former one is over from that day by its days; its state says so once the day has come."""
    rows = {row["id"]: row for row in await Term.filter(id__in=[plan.term.id, plan.former.id]).values()}
    over = TermStatus.CLOSED if now else TermStatus.ACTIVE
    await written.change(Term, [rows[plan.former.id]], ends_on=on, status=over)
    await written.change(Term, [rows[plan.term.id]], status=TermStatus.ACTIVE)


async def _touch(viewer: Viewer, terms: Sequence[UUID]) -> int:
    """Whoever keeps a copy asks again for the seats of these terms and their people. How many people."""
    seats = Membership.filter(term_id__in=list(terms))
    people = await keys(seats, "person_id")
    await seats.update(updated_at=viewer.now)
    for batch in batches(people):
        await Person.filter(id__in=batch).update(updated_at=viewer.now)
    return len({*people})


async def _untouched(done: Renewal) -> None:
    """Raises Conflict, for each, where something is not as it was written."""
    found = await touched_since(done.written, done.on, done.applied_at)
    if found:
        called = [await _called(table, key) for table, key in found[:LISTED]]
        whose = {str(words): words for words in called}.values()
        said = say(
            "This was changed since, so the change of term cannot be taken back as a whole: {what}.", what=(*whose,)
        )
        raise Conflict(Problem("CHANGED_SINCE", said))


async def _called(table: str, key: UUID) -> Words | str:
    """What people call that row: whose it is, or its own name."""
    row: Any = await (DATED | CHANGED)[table].get(id=key)
    if isinstance(row, MembershipStatus):
        return name(await (await row.membership).person)
    if isinstance(row, BodyMembership):
        return name(await row.person)
    return str((await row.account).name) if isinstance(row, RoleAssignment) else name(row)
