"""The draft of the next term is the plan: it is named, seats are carried into it and taken back, bodies are decided."""

import datetime as dt
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import pytest

from server.errors import Conflict, DomainError, Invalid, NotThere
from server.models.audit import AuditEntry
from server.models.bodies.tables import BodyKind, BodyRole
from server.models.learning import coverage
from server.models.members import active_on, change_term, in_sector, posts_on
from server.models.members.tables import (
    Membership,
    MembershipPost,
    MembershipStatus,
    Person,
    Status,
    Term,
    TermStatus,
    Tombstone,
)
from server.models.renewal import (
    apply_renewal,
    begin_renewal,
    carry_seats,
    decide_bodies,
    renewal_plan,
    take_back_seats,
)
from server.rules.permissions import Role
from server.rules.renewal import RenewalPart
from tests import make
from tests.imports.bringing import brought
from tests.renewal.conftest import AFTER, BEGAN, DAY, LEAVERS, World

OFFICE = make.viewer(Role.SECRETARY)


async def refused(kind: type[DomainError], act: Callable[[], Awaitable[Any]]) -> tuple[str, str | None]:
    with pytest.raises(kind) as why:
        await act()
    return why.value.problems[0].code, why.value.problems[0].field


async def test_the_next_term_is_named_and_taken_up_again(db: str) -> None:
    former = await make.term("15", starts_on=BEGAN)

    first = await begin_renewal(OFFICE, code=" 16 ", starts_on=DAY, name_zh="第十六届")
    again = await begin_renewal(OFFICE, code="16", starts_on=AFTER, name_zh="第十六届", ends_on=dt.date(2032, 1, 12))

    assert first.id == again.id
    assert (again.code, again.status, again.follows_id) == ("16", TermStatus.DRAFT, former.id)
    assert (again.starts_on, again.ends_on) == (AFTER, dt.date(2032, 1, 12))
    assert await AuditEntry.filter(action="renewal.begin").count() == 2
    await begin_renewal(OFFICE, code="16", starts_on=AFTER, name_zh="第十六届", ends_on=dt.date(2032, 1, 12))
    assert await AuditEntry.filter(action="renewal.begin").count() == 2


async def test_a_next_term_needs_a_term_to_follow_a_day_and_a_code_of_its_own(db: str) -> None:
    def begin(**facts: Any) -> Callable[[], Awaitable[Any]]:
        return lambda: begin_renewal(OFFICE, **{"code": "16", "starts_on": DAY} | facts)

    assert await refused(Invalid, begin()) == ("WHICH_TERM", "follows")
    former = await make.term("15", starts_on=BEGAN)
    assert await refused(Invalid, begin(starts_on=None)) == ("DAY_MISSING", "starts_on")
    assert await refused(Invalid, begin(starts_on=BEGAN)) == ("BEFORE_FORMER", "starts_on")
    assert await refused(Invalid, begin(code="")) == ("CODE_MISSING", "code")
    assert await refused(Conflict, begin(code="15")) == ("CODE_TAKEN", "code")
    other = await make.term("A")
    assert await refused(Invalid, begin()) == ("WHICH_TERM", "follows")
    closed = await make.term("9", status=TermStatus.CLOSED)
    assert await refused(Invalid, begin(follows=closed.id)) == ("NOT_IN_PROGRESS", "follows")
    assert await refused(NotThere, begin(follows=make.some_id())) == ("NOT_THERE", "follows")
    assert (await begin_renewal(OFFICE, code="B", starts_on=DAY, follows=other.id)).follows_id == other.id
    assert await refused(Conflict, begin(code="C", follows=other.id)) == ("FOLLOWED_ALREADY", "code")
    assert (await begin_renewal(OFFICE, code="16", starts_on=DAY, follows=former.id)).follows_id == former.id


async def test_the_plan_is_decided_on_its_own_page_only(world: World) -> None:
    act = partial(change_term, world.office, world.draft.id, status=TermStatus.ACTIVE)

    assert await refused(Invalid, act) == ("BY_RENEWAL", "status")
    assert (await change_term(world.office, world.draft.id, name_en="Sixteenth")).name_en == "Sixteenth"


async def test_seats_are_carried_over_as_they_are_and_taken_back_without_a_trace(world: World) -> None:
    people = [world.people[name].id for name in ("head", "leaves")]

    assert await carry_seats(world.office, world.draft.id, people=people) == 2
    assert await carry_seats(world.office, world.draft.id, people=people) == 0

    seat = await Membership.get(person_id=people[0], term=world.draft)
    status, post = await MembershipStatus.get(membership=seat), await MembershipPost.get(membership=seat)
    assert (status.status, status.starts_on) == (Status.ACTIVE, DAY)
    assert (post.sector_id, post.unit, post.starts_on) == (world.bodies["arts"].id, "Port", DAY)
    assert await take_back_seats(world.office, world.draft.id, people=people) == 2
    assert await take_back_seats(world.office, world.draft.id, people=people) == 0
    assert await Membership.filter(term=world.draft).count() == 2
    assert (
        await MembershipPost.filter(membership=seat).count()
        == await MembershipStatus.filter(membership=seat).count()
        == 0
    )
    assert await Tombstone.filter(object_id=seat.id).count() == 1


async def test_a_whole_sector_or_everyone_stays_or_leaves_at_once(world: World) -> None:
    lone = await make.person(name_en="Lone")
    await make.seat(lone, world.former, starts_on=BEGAN)
    arts, term = world.bodies["arts"].id, world.draft.id

    assert await carry_seats(world.office, term, sector=arts) == len(LEAVERS)
    assert (await renewal_plan(world.office, term)).people(RenewalPart.LEAVES) == [lone.id]
    assert await carry_seats(world.office, term, everyone=True) == 1
    assert await take_back_seats(world.office, term, sector=arts) == 6
    assert await take_back_seats(world.office, term, everyone=True) == 1
    plan = await renewal_plan(world.office, term)
    assert [str(plan.after[person].name) for person in plan.after] == ["Comes"]


async def test_who_resigned_before_is_not_carried_and_who_gave_up_the_new_seat_leaves(world: World) -> None:
    gone = await make.seat(None, world.former, starts_on=BEGAN, ends_on=BEGAN.replace(year=2023))
    new = await Membership.get(person=world.people["stays"], term=world.draft)
    await MembershipStatus.filter(membership=new).update(ends_on=DAY)
    await MembershipStatus.create(membership=new, status=Status.RESIGNED, starts_on=DAY)

    plan = await renewal_plan(world.office, world.draft.id)

    assert world.people["stays"].id in plan.people(RenewalPart.LEAVES)
    assert gone.person_id not in plan.before
    assert await carry_seats(world.office, world.draft.id, everyone=True) == len(LEAVERS)


async def test_a_plan_for_nobody_or_strangers_is_refused(world: World) -> None:
    term, stranger = world.draft.id, (await make.person()).id
    seat = await Membership.get(person=world.people["stays"], term=world.draft)
    await make.place(world.bodies["party"], world.people["stays"], membership=seat)
    whom = [world.people["stays"].id]

    assert await refused(Invalid, lambda: carry_seats(world.office, term)) == ("NOBODY", "people")
    assert await refused(Invalid, lambda: take_back_seats(world.office, term)) == ("NOBODY", "people")
    strange = await refused(Invalid, lambda: carry_seats(world.office, term, people=[stranger]))
    assert strange == ("NO_SEAT_BEFORE", "people")
    assert await refused(Conflict, lambda: take_back_seats(world.office, term, people=whom)) == ("SEAT_USED", "people")
    assert await refused(NotThere, lambda: carry_seats(world.office, world.former.id, everyone=True)) == (
        "NOT_THERE",
        "term",
    )


async def test_bodies_go_on_or_end_as_it_is_said(world: World) -> None:
    term, spring, law = world.draft.id, world.bodies["spring"].id, world.bodies["law"].id

    assert await decide_bodies(world.office, term, carried=True, bodies=[spring, law]) == 1
    assert await decide_bodies(world.office, term, carried=False, kind=BodyKind.SECTOR) == 1
    assert await decide_bodies(world.office, term, carried=False, kind=BodyKind.SECTOR) == 0
    plan = await renewal_plan(world.office, term)
    assert {str(body.name): body.carried for body in plan.bodies if body.said} == {
        "Spring": True,
        "Law": True,
        "Arts": False,
    }
    assert {"SECTOR_ENDS"} <= {concern.code for concern in plan.concerns()}
    assert await decide_bodies(world.office, term, carried=True, kind=BodyKind.SECTOR) == 1
    act = partial(decide_bodies, world.office, term, carried=True, bodies=[world.bodies["party"].id])
    assert await refused(Invalid, act) == ("NOT_DECIDABLE", "bodies")
    assert await refused(Invalid, lambda: decide_bodies(world.office, term, carried=True)) == (
        "NOTHING_CHOSEN",
        "bodies",
    )


async def test_what_was_decided_is_no_plan_any_more(world: World) -> None:
    await apply_renewal(world.office, world.draft.id, code="16")

    act = partial(carry_seats, world.office, world.draft.id, everyone=True)
    assert (await refused(Conflict, act))[0] == "DECIDED_ALREADY"


async def test_a_role_of_a_body_that_ends_ends_with_it_and_no_work_is_lost(world: World) -> None:
    await make.role(world.accounts["head"], Role.SECRETARY, world.bodies["law"], starts_on=BEGAN)
    await make.role(world.accounts["deputy"], Role.CUSTODIAN, starts_on=BEGAN)

    plan = await renewal_plan(world.office, world.draft.id)

    assert ("head", "The body for which it is held ends.") in {(end.account_name, str(end.why)) for end in plan.roles}
    assert {account.name: account.keeps for account in plan.accounts if account.keeps} == {
        "clerk": (Role.SECRETARY,),
        "deputy": (Role.CUSTODIAN,),
    }


async def test_what_is_not_in_order_is_told_of_seats_too(world: World) -> None:
    ann, bob, cid = [await make.person(name_en=name) for name in ("Ann", "Bob", "Cid")]
    bare = await make.seat(ann, world.draft)
    await MembershipPost.filter(membership=bare).delete()
    await make.seat(bob, world.draft)
    await make.seat(cid, world.draft, status=Status.NOMINATED, sector=world.bodies["arts"])
    await MembershipStatus.filter(membership=world.seats["stays"]).update(status=Status.SUSPENDED)

    concerns = (await renewal_plan(world.office, world.draft.id)).concerns()

    told = {concern.code: [str(name) for name in concern.names] for concern in concerns}
    assert (told["NO_POST"], told["NO_SECTOR"], told["NOMINATED"]) == (["Ann"], ["Bob"], ["Cid"])
    assert told["SUSPENDED"] == ["Stays"]


async def test_a_group_with_two_heads_and_a_stay_with_another_post_are_told(world: World) -> None:
    await carry_seats(world.office, world.draft.id, everyone=True)
    await make.place(world.bodies["spring"], world.people["clerk"], role=BodyRole.HEAD, starts_on=BEGAN)
    seat = await Membership.get(person=world.people["clerk"], term=world.draft)
    await MembershipPost.filter(membership=seat).update(unit="Harbour")

    plan = await renewal_plan(world.office, world.draft.id)

    assert {concern.code for concern in plan.concerns()} == {"MANY_GROUP_HEADS", "NO_GROUP"}
    assert [
        (str(was.name), was.post and was.post.unit, will.post and will.post.unit) for was, will in plan.differing()
    ] == [("Clerk", "Port", "Harbour")]


async def test_seats_of_a_draft_count_nowhere_until_it_is_decided(world: World) -> None:
    who, arts = world.people["comes"], world.bodies["arts"].id

    assert await Person.filter(active_on(AFTER), id=who.id).count() == 0
    assert await Person.filter(in_sector(arts, AFTER), id=who.id).count() == 0
    assert await posts_on(AFTER).filter(membership__term=world.draft).count() == 0
    assert (await coverage(BodyKind.SECTOR, AFTER)).figures.members == 6
    assert await Person.filter(active_on(AFTER, world.draft.id), id=who.id).count() == 1
    assert (await coverage(BodyKind.SECTOR, AFTER, world.draft.id)).figures.members == 2


async def test_newcomers_are_imported_into_the_draft(world: World, tmp_path: Any) -> None:
    file = tmp_path / "newcomers.csv"
    file.write_text("id,name_zh,sector\nn-1,新来,文艺界\n", "utf-8")
    await brought(file, term="16")

    plan = await renewal_plan(world.office, world.draft.id)
    assert sorted(plan.after[person].name.into("zh") for person in plan.people(RenewalPart.COMES)) == ["Comes", "新来"]
    await apply_renewal(world.office, world.draft.id, code="16")
    row = await MembershipStatus.get(membership__person__name_zh="新来")
    assert (row.status, row.starts_on, (await Term.get(code="16")).status) == (Status.ACTIVE, DAY, TermStatus.ACTIVE)
    again = await brought(file, term="16")
    assert again["term_memberships"]["same"] == 1
