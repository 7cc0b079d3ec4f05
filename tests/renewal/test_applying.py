"""The change to the next term is done as it was planned, by each kind of person, in one transaction, and taken back."""

import asyncio
import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from server.errors import Conflict, Invalid, NotThere, Refused
from server.models import renewal
from server.models.accounts.holders import roles_of_all
from server.models.accounts.tables import Account, RoleAssignment
from server.models.audit import AuditEntry, verify
from server.models.bodies.tables import Body, BodyKind, BodyMembership
from server.models.changes import Audience, Change, ChangeKind
from server.models.learning import coverage
from server.models.members import active_seats, change_term
from server.models.members.tables import Membership, MembershipStatus, Status, Term, TermStatus, Tombstone
from server.models.renewal import apply_renewal, carry_seats, end_leavers, renewal_plan, undo_renewal
from server.models.renewal.leaving import end_access
from server.rules.permissions import Role
from tests import make
from tests.renewal.conftest import AFTER, DAY, EVE, LEAVERS, World, everything, ways_in

OPEN, SHUT = (True, 1, 1, 1), (False, 0, 0, 0)


async def roles_on(world: World, name: str, day: dt.date) -> list[str]:
    account = await Account.get(id=world.accounts[name].id)
    return sorted(role.role.value for role in (await roles_of_all([account], day))[account.id])


async def statuses(world: World, name: str, term: Term) -> list[tuple[Status, dt.date | None, dt.date | None]]:
    rows = MembershipStatus.filter(membership__person=world.people[name], membership__term=term, voided_at=None)
    return [(row.status, row.starts_on, row.ends_on) for row in await rows.order_by("starts_on")]


async def test_the_plan_says_what_is_going_to_happen_and_what_is_not_in_order(world: World) -> None:
    plan = await renewal_plan(world.office, world.draft.id)

    counts = plan.counts()
    assert (counts["stays"], counts["leaves"], counts["comes"]) == (1, 5, 1)
    assert (counts["bodies_carried"], counts["bodies_ended"]) == (1, 1)
    assert counts["places_ended"] == 7
    assert (counts["accounts_ended"], counts["accounts_kept"]) == (4, 1)
    assert (counts["sessions"], counts["tokens"], counts["consents"]) == (1, 1, 1)
    assert {(end.account_name, str(end.why)) for end in plan.roles} == {
        ("chair", "Its holder leaves."),
        ("deputy", "Its holder leaves, and stood in for another."),
        ("stand_in", "It stands in for someone who leaves."),
    }
    assert [(account.name, account.keeps) for account in plan.accounts if account.keeps] == [
        ("clerk", (Role.SECRETARY,))
    ]
    assert {concern.code: [str(name) for name in concern.names] for concern in plan.concerns()} == {
        "NO_GROUP_HEAD": ["Spring"],
        "NO_GROUP": ["Comes"],
        "NO_HEAD": ["Chairs' Meeting"],
        "NO_CONVENER": ["Arts"],
    }


async def test_nothing_is_changed_by_looking_or_planning(world: World) -> None:
    before = await everything()

    await renewal_plan(world.office, world.draft.id)

    assert await everything() == before
    assert {seat.term_id for seat in await active_seats(AFTER)} == {world.former.id}


async def test_seats_end_and_begin_on_the_day(world: World) -> None:
    await apply_renewal(world.office, world.draft.id, code="16")

    for name in ("stays", *LEAVERS):
        active, ended = await statuses(world, name, world.former)
        assert (active[0], active[2]) == (Status.ACTIVE, DAY)
        assert ended == (Status.ENDED, DAY, None)
    for name in ("stays", "comes"):
        assert await statuses(world, name, world.draft) == [(Status.ACTIVE, DAY, None)]
    terms = {term.code: (term.status, term.starts_on, term.ends_on) for term in await Term.all()}
    assert terms["15"][0::2] == (TermStatus.ACTIVE, DAY)
    assert terms["16"] == (TermStatus.ACTIVE, DAY, None)


async def test_what_people_may_follows_from_the_days_alone(world: World) -> None:
    before = {name: await roles_on(world, name, EVE) for name in world.accounts}

    await apply_renewal(world.office, world.draft.id, code="16")

    assert {name: await roles_on(world, name, EVE) for name in world.accounts} == before
    for day in (DAY, AFTER):
        assert await roles_on(world, "stays", day) == ["member"]
        assert await roles_on(world, "clerk", day) == ["secretary"]
        for name in ("leaves", "head", "deputy", "chair", "stand_in"):
            assert await roles_on(world, name, day) == [], name
    assert before["head"] == ["group_leader", "member"]
    assert before["leaves"] == ["convener", "member"]
    assert before["deputy"] == ["member", "secretary"]


async def test_coverage_goes_on_without_a_gap(world: World) -> None:
    await apply_renewal(world.office, world.draft.id, code="16")

    members = {day: (await coverage(BodyKind.LEARNING_GROUP, day)).figures for day in (EVE, DAY, AFTER)}
    assert [(members[day].members, members[day].one) for day in (EVE, DAY, AFTER)] == [(6, 3), (2, 1), (2, 1)]


async def test_bodies_go_on_or_end_and_who_stays_keeps_the_place(world: World) -> None:
    await apply_renewal(world.office, world.draft.id, code="16")

    spring, law = [await Body.get(id=world.bodies[name].id) for name in ("spring", "law")]
    assert (spring.term_id, spring.ends_on) == (world.draft.id, None)
    assert (law.term_id, law.ends_on) == (world.former.id, DAY)
    ends = {
        (await row.body).name_en + " " + (await row.person).name_en: row.ends_on
        for row in await BodyMembership.filter(voided_at=None)
    }
    assert ends.pop("Spring Stays") is None
    assert set(ends.values()) == {DAY}


async def test_the_access_of_who_leaves_ends_on_the_day_whatever_day_the_job_comes(world: World) -> None:
    await apply_renewal(world.office, world.draft.id, code="16")

    assert str(await end_leavers(world.on(EVE))) == "0 accounts of members who left were ended."
    assert await ways_in(world.accounts["leaves"]) == OPEN
    assert str(await end_leavers(world.on(DAY))) == "4 accounts of members who left were ended."
    assert str(await end_leavers(world.on(AFTER))) == "0 accounts of members who left were ended."
    assert await ways_in(world.accounts["leaves"]) == SHUT
    assert await ways_in(world.accounts["clerk"]) == OPEN
    assert await ways_in(world.accounts["stays"]) == OPEN
    assert (await Term.get(code="15")).status is TermStatus.CLOSED


async def test_on_the_day_itself_everything_ends_at_once(world: World) -> None:
    done = await apply_renewal(world.on(DAY), world.draft.id, code=" 16 ")

    assert done.done_at is not None
    assert await ways_in(world.accounts["leaves"]) == SHUT
    assert await ways_in(world.accounts["clerk"]) == OPEN
    assert (await Term.get(code="15")).status is TermStatus.CLOSED
    assert str(await end_leavers(world.on(DAY))) == "0 accounts of members who left were ended."


async def test_who_comes_back_before_the_day_keeps_the_account(world: World) -> None:
    await apply_renewal(world.office, world.draft.id, code="16")
    await make.seat(world.people["leaves"], await Term.get(code="16"), starts_on=DAY)

    assert str(await end_leavers(world.on(DAY))) == "3 accounts of members who left were ended."
    assert await ways_in(world.accounts["leaves"]) == OPEN


async def test_twice_is_once(world: World) -> None:
    first = await apply_renewal(world.office, world.draft.id, code="16")
    after = await everything()

    again = await apply_renewal(world.on(EVE), world.draft.id, code="16")

    assert again.id == first.id
    assert await everything() == after
    assert await AuditEntry.filter(action="renewal.apply").count() == 1


async def test_the_trail_and_the_feed_tell_it(world: World) -> None:
    await apply_renewal(world.office, world.draft.id, code="16")

    entry = await AuditEntry.get(action="renewal.apply")
    assert entry.object == f"trm_{world.draft.id}"
    assert entry.facts
    assert entry.facts["leaves"] == sorted(str(world.people[name].id) for name in LEAVERS)
    assert entry.facts["counts"]["accounts_kept"] == 1
    told = {change.thing for change in await Change.filter(serial=entry.serial)}
    assert {f"mem_{seat.id}" for seat in world.seats.values()} <= told
    assert {f"trm_{world.former.id}", f"trm_{world.draft.id}", f"per_{world.people['leaves'].id}"} <= told
    assert (await verify()).ok


async def test_half_way_nothing_is_done(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    before = await everything()

    async def fails(*_: object) -> int:
        raise RuntimeError("the power went out")

    monkeypatch.setattr("server.models.renewal.applying.end_access", fails)
    with pytest.raises(RuntimeError):
        await apply_renewal(world.on(DAY), world.draft.id, code="16")

    assert await everything() == before
    assert await renewal.Renewal.all().count() == 0
    assert await AuditEntry.filter(action="renewal.apply").count() == 0
    assert end_access is not fails


@pytest.mark.parametrize("role", [None, *(role for role in Role if role not in (Role.SECRETARY, Role.ADMINISTRATOR))])
async def test_it_is_refused_to_others(world: World, role: Role | None) -> None:
    other = make.viewer(role, account=world.accounts["stays"].id)

    for act in (
        lambda: renewal_plan(other, world.draft.id),
        lambda: apply_renewal(other, world.draft.id, code="16"),
        lambda: undo_renewal(other, world.draft.id),
        lambda: end_leavers(other),
        lambda: carry_seats(other, world.draft.id, everyone=True),
    ):
        with pytest.raises(Refused):
            await act()


async def test_two_who_do_it_at_the_same_moment_do_it_once(world: World) -> None:
    one, two = await asyncio.gather(
        *(apply_renewal(viewer, world.draft.id, code="16") for viewer in (world.office, world.on(EVE)))
    )

    assert one.id == two.id
    assert await renewal.Renewal.all().count() == 1
    assert await AuditEntry.filter(action="renewal.apply").count() == 1


async def test_it_is_refused_to_a_secretary_of_one_body_and_to_programs(world: World) -> None:
    local = make.viewer(Role.SECRETARY, body=world.bodies["law"], account=world.accounts["boss"].id)
    program = replace(world.office, client=make.some_id(), scopes=frozenset({"all:write"}))
    system = make.viewer(Role.ADMINISTRATOR, name="command line")

    for viewer, code in ((local, "REACH"), (program, "NOT_BY_PROGRAM"), (system, "NOT_BY_PROGRAM")):
        with pytest.raises(Refused) as refused:
            await apply_renewal(viewer, world.draft.id, code="16")
        assert refused.value.problems[0].code == code
    assert await renewal.Renewal.all().count() == 0


async def test_it_wants_the_code_a_day_and_seats(world: World) -> None:
    async def refused(kind: type[Exception] = Invalid, code: str = "16") -> str:
        with pytest.raises(kind) as why:
            await apply_renewal(world.office, world.draft.id, code=code)
        return why.value.problems[0].code

    assert await refused(code="15") == "CODE_DIFFERS"
    await Term.filter(id=world.draft.id).update(starts_on=None)
    assert await refused() == "DAY_MISSING"
    await Term.filter(id=world.draft.id).update(starts_on=dt.date(2000, 1, 1))
    assert await refused() == "BEFORE_FORMER"
    await Term.filter(id=world.draft.id).update(starts_on=DAY)
    await Term.filter(id=world.former.id).update(status=TermStatus.CLOSED)
    assert await refused(Conflict) == "NOT_IN_PROGRESS"
    await Term.filter(id=world.former.id).update(status=TermStatus.ACTIVE)
    await renewal.take_back_seats(world.office, world.draft.id, people=[world.people[n].id for n in ("stays", "comes")])
    assert await refused() == "NOBODY_SEATED"


async def test_of_a_term_that_follows_none_there_is_no_plan(world: World) -> None:
    for act in (renewal_plan(world.office, world.former.id), renewal_plan(world.office, make.some_id())):
        with pytest.raises(NotThere):
            await act
    with pytest.raises(NotThere):
        await apply_renewal(world.office, world.former.id, code="15")


async def test_before_its_day_it_is_taken_back_whole_and_can_be_done_again(world: World) -> None:
    before, later = await everything(), world.on(EVE)
    await apply_renewal(world.office, world.draft.id, code="16")

    await undo_renewal(later, world.draft.id)

    def held(rows: dict[str, list[dict[str, object]]]) -> dict[str, list[dict[str, object]]]:
        return {table: [row for row in found if not row.get("voided_at")] for table, found in rows.items()}

    now = held(await everything())
    for row in (*now["membership_status"], *now["membership_post"]):
        if row["membership_id"] not in {seat.id for seat in world.seats.values()}:
            assert row["starts_on"] == DAY
            row["starts_on"] = None
    for row in (*before["membership_status"], *before["membership_post"]):
        if row["membership_id"] not in {seat.id for seat in world.seats.values()}:
            row["starts_on"] = None
    assert now == held(before)
    await apply_renewal(later, world.draft.id, code="16")
    assert await roles_on(world, "leaves", DAY) == []
    assert (await verify()).ok


async def test_from_its_day_on_only_a_backup_helps(world: World) -> None:
    await apply_renewal(world.office, world.draft.id, code="16")

    with pytest.raises(Conflict) as refused:
        await undo_renewal(world.on(DAY), world.draft.id)

    assert "restoring a backup" in str(refused.value.problems[0].message)
    assert (await Term.get(code="16")).status is TermStatus.ACTIVE


async def test_it_is_not_taken_back_where_something_was_built_on_it(world: World) -> None:
    await apply_renewal(world.office, world.draft.id, code="16")
    await BodyMembership.filter(person=world.people["head"]).update(ends_on=EVE)
    await RoleAssignment.filter(account=world.accounts["chair"]).update(ends_on=None)
    await MembershipStatus.filter(membership=world.seats["leaves"], status=Status.ENDED).update(ends_on=AFTER)
    await Body.filter(id=world.bodies["law"].id).update(ends_on=AFTER)

    with pytest.raises(Conflict) as refused:
        await undo_renewal(world.on(EVE), world.draft.id)

    said = str(refused.value.problems[0].message)
    assert all(name in said for name in ("Head", "chair", "Leaves", "Law"))
    with pytest.raises(NotThere):
        await undo_renewal(world.on(EVE), world.former.id)


async def test_seats_that_were_over_or_planned_otherwise_are_left_or_voided(world: World) -> None:
    gone = await make.seat(None, world.former, starts_on=DAY.replace(year=2023), ends_on=DAY.replace(year=2024))
    named = await make.seat(None, world.former, status=Status.NOMINATED, starts_on=DAY.replace(year=2026))
    await MembershipStatus.filter(membership=world.seats["leaves"]).update(ends_on=AFTER)
    await MembershipStatus.create(membership=world.seats["leaves"], status=Status.SUSPENDED, starts_on=AFTER)

    await apply_renewal(world.office, world.draft.id, code="16")

    assert await MembershipStatus.filter(membership=gone).count() == 1
    assert await MembershipStatus.filter(membership=named, status=Status.ENDED, starts_on=DAY).count() == 1
    assert [row[0] for row in await statuses(world, "leaves", world.former)] == [Status.ACTIVE, Status.ENDED]
    await undo_renewal(world.on(EVE), world.draft.id)
    assert await statuses(world, "leaves", world.former) == [
        (Status.ACTIVE, dt.date(2022, 1, 10), AFTER),
        (Status.SUSPENDED, AFTER, None),
    ]


async def test_more_people_cost_no_more_statements(world: World, statements: Callable[[], Any]) -> None:
    async def asked() -> list[int]:
        counts = []
        for act in (
            lambda: renewal_plan(world.office, world.draft.id),
            lambda: apply_renewal(world.office, world.draft.id, code="16"),
            lambda: undo_renewal(world.on(EVE), world.draft.id),
        ):
            with statements() as sent:
                await act()
            counts.append(len(sent))
        return counts

    few = await asked()
    for _ in range(20):
        who = await make.person()
        await make.seat(who, world.former, starts_on=EVE)
        await make.place(world.bodies["spring"], who, starts_on=EVE)
        await make.role(await make.account(person=who), Role.CHAIR, starts_on=EVE)
        await make.body(BodyKind.LEARNING_GROUP, term=world.former)

    assert await asked() == few


async def test_who_keeps_a_copy_is_told_of_seats_when_they_are_decided_and_when_they_are_not(world: World) -> None:
    seat = await Membership.get(person=world.people["stays"], term=world.draft)

    async def told() -> dict[Audience, ChangeKind]:
        return {row.audience: row.kind for row in await Change.filter(thing=f"mem_{seat.id}")}

    assert await told() == {Audience.ALL: ChangeKind.CHANGED}
    await apply_renewal(world.office, world.draft.id, code="16")
    assert await told() == {Audience.ALL: ChangeKind.CHANGED, Audience.OPEN: ChangeKind.CHANGED}
    await undo_renewal(world.on(EVE), world.draft.id)
    assert await told() == {Audience.ALL: ChangeKind.CHANGED, Audience.OPEN: ChangeKind.GONE}
    assert await Tombstone.filter(object_id=seat.id, reason="planned").count() == 1


async def test_a_draft_that_follows_none_shows_its_seats_when_it_begins(world: World) -> None:
    other = await make.term("X", status=TermStatus.DRAFT)
    seat = await make.seat(None, other)

    await change_term(world.office, other.id, status=TermStatus.ACTIVE)

    assert await Change.filter(thing=f"mem_{seat.id}", audience=Audience.OPEN, kind=ChangeKind.CHANGED).count() == 1


async def test_a_role_given_for_later_stands_in_the_way_of_taking_back(world: World) -> None:
    await apply_renewal(world.office, world.draft.id, code="16")
    before = await everything()
    await make.role(world.accounts["chair"], Role.CHAIR, starts_on=AFTER)

    with pytest.raises(Conflict) as refused:
        await undo_renewal(world.on(EVE), world.draft.id)

    assert refused.value.problems[0].code == "CHANGED_SINCE"
    await RoleAssignment.filter(starts_on=AFTER).delete()
    assert await everything() == before
