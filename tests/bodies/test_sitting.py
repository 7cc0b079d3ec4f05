"""Who sits in a body: added, given another role, ended, corrected."""

import datetime as dt

import pytest

from server.errors import Conflict, Invalid, NotThere, Refused
from server.models.audit import AuditEntry
from server.models.bodies import (
    Body,
    BodyKind,
    BodyMembership,
    BodyRole,
    add_body_member,
    change_role,
    correct_body_membership,
    end_body_membership,
    void_body_membership,
)
from server.models.members import Person
from server.rules.permissions import Role
from tests import make

MEMBER = make.viewer(Role.MEMBER)
SECRETARY = make.viewer(Role.SECRETARY)
MARCH, MAY, JULY = (dt.date(2026, month, 1) for month in (3, 5, 7))


def code(refused):
    return [(p.code, p.field) for p in refused.value.problems]


async def test_a_secretary_of_the_body_adds_someone_and_the_seat_is_tied(db):
    term = await make.term()
    body, party = await make.body(term=term), await make.body(BodyKind.OTHER)
    seat = await make.seat(of=term)
    viewer = make.viewer(Role.SECRETARY, body=body)

    row = await add_body_member(
        viewer, body.id, seat.person_id, role=BodyRole.DEPUTY, title=" Vice ", starts_on=MARCH, on_behalf_of=party.id
    )

    row = await BodyMembership.get(id=row.id)
    assert (row.membership_id, row.role, row.title) == (seat.id, BodyRole.DEPUTY, "Vice")
    assert (row.starts_on, row.on_behalf_of_id, row.primary) == (MARCH, party.id, True)
    assert {(await Person.get(id=seat.person_id)).updated_at, (await Body.get(id=body.id)).updated_at} == {make.NOW}
    assert (await AuditEntry.get(serial=1)).object == f"bod_{body.id}"


async def test_the_body_is_read_once_for_all_that_adding_asks_of_it(db, statements):
    body, person = await make.body(), await make.person()

    with statements() as asked:
        await add_body_member(SECRETARY, body.id, person.id, starts_on=make.TODAY)

    assert sum('FROM "body"' in sql and '"kind"' in sql for sql in asked) == 1


async def test_a_plain_member_of_a_sector_is_made_by_the_seat_alone(db):
    sector, who = await make.body(BodyKind.SECTOR), await make.person()

    with pytest.raises(Invalid) as refused:
        await add_body_member(SECRETARY, sector.id, who.id)
    assert code(refused) == [("FOLLOWS_FROM_SEAT", "role")]
    place = await add_body_member(SECRETARY, sector.id, who.id, role=BodyRole.CONVENER)
    with pytest.raises(Invalid) as refused:
        await change_role(SECRETARY, place.id, on=MAY, role=BodyRole.MEMBER)
    assert code(refused) == [("FOLLOWS_FROM_SEAT", "role")]


async def test_nobody_sits_twice_in_one_role_but_may_in_two(db):
    body, who = await make.body(), await make.person()

    await add_body_member(SECRETARY, body.id, who.id, ends_on=MAY)
    with pytest.raises(Conflict) as refused:
        await add_body_member(SECRETARY, body.id, who.id, starts_on=MARCH)
    assert code(refused) == [("SITS_THERE", "person")]
    await add_body_member(SECRETARY, body.id, who.id, starts_on=MAY)
    await add_body_member(SECRETARY, body.id, who.id, role=BodyRole.HEAD, title="Mayor")

    assert await BodyMembership.all().count() == 3


async def test_neither_a_correction_nor_another_role_makes_someone_the_same_twice(db):
    body, who, party = await make.body(), await make.person(), await make.body(BodyKind.OTHER)
    await make.place(body, who, starts_on=MARCH, title="Clerk")
    row = await make.place(body, who, starts_on=MARCH, role=BodyRole.HEAD, title="Clerk")
    early = await make.place(body, who, ends_on=MARCH, title="Clerk")

    for verb in (
        correct_body_membership(SECRETARY, row.id, role=BodyRole.MEMBER, reason="typed wrong"),
        correct_body_membership(SECRETARY, early.id, ends_on=None, reason="never left"),
        change_role(SECRETARY, row.id, on=MAY, role=BodyRole.MEMBER),
    ):
        with pytest.raises(Conflict) as refused:
            await verb
        assert code(refused) == [("SITS_THERE", "person")]

    assert await BodyMembership.filter(voided_at=None).count() == 3
    await correct_body_membership(SECRETARY, row.id, ends_on=JULY, reason="left in July")
    await correct_body_membership(SECRETARY, early.id, on_behalf_of=party.id, reason="forgotten")


async def test_adding_needs_the_right_and_things_that_exist(db):
    body, who = await make.body(), await make.person()

    with pytest.raises(Refused):
        await add_body_member(MEMBER, body.id, who.id)
    with pytest.raises(NotThere):
        await add_body_member(SECRETARY, make.some_id(), who.id)
    with pytest.raises(NotThere):
        await add_body_member(SECRETARY, body.id, make.some_id())
    with pytest.raises(NotThere) as unknown:
        await add_body_member(SECRETARY, body.id, who.id, on_behalf_of=make.some_id())
    assert code(unknown) == [("NOT_THERE", "on_behalf_of")]
    with pytest.raises(Invalid) as refused:
        await add_body_member(SECRETARY, body.id, who.id, starts_on=MAY, ends_on=MAY)

    assert code(refused) == [("ENDS_BEFORE_START", "ends_on")]
    assert await BodyMembership.all().count() == 0


async def test_a_second_learning_group_is_refused_and_nothing_changes(db):
    who = await make.person(name_en="Ann")
    one, two = [await make.body(BodyKind.LEARNING_GROUP, name) for name in ("One", "Two")]
    await make.place(one, who, starts_on=MAY)

    with pytest.raises(Conflict) as refused:
        await add_body_member(SECRETARY, two.id, who.id, starts_on=MARCH)

    assert str(refused.value).startswith("Ann would count in two learning groups at once:")
    assert refused.value.problems[0].rule == "LC-1"
    assert await BodyMembership.all().count() == 1
    await add_body_member(SECRETARY, two.id, who.id, starts_on=MARCH, ends_on=MAY)
    await add_body_member(SECRETARY, two.id, who.id, title="guest", primary=False)


async def test_a_place_ends_on_a_day_or_was_never_if_it_had_not_begun(db):
    body, who = await make.body(), await make.person()
    row, later = await make.place(body, who, starts_on=MARCH), await make.place(body, who, starts_on=JULY)

    ended = await end_body_membership(SECRETARY, row.id, on=MAY)
    voided = await end_body_membership(SECRETARY, later.id, on=MAY)

    assert (ended.ends_on, ended.voided_at) == (MAY, None)
    assert (voided.ends_on, voided.voided_at) == (None, make.NOW)
    for key, problem in ((row.id, ("ENDED_ALREADY", "on")), (later.id, ("VOIDED", None))):
        with pytest.raises(Invalid) as refused:
            await end_body_membership(SECRETARY, key, on=JULY)
        assert code(refused) == [problem]
    with pytest.raises(Refused):
        await end_body_membership(MEMBER, row.id, on=MARCH)


async def test_another_role_begins_the_day_the_old_one_ends(db):
    row = await make.place(await make.body(), await make.person(), starts_on=MARCH, title="Clerk")

    head = await change_role(SECRETARY, row.id, on=MAY, role=BodyRole.HEAD)
    titled = await change_role(SECRETARY, head.id, on=MAY, role=BodyRole.HEAD, title="Chair")

    assert (head.role, head.title, head.starts_on) == (BodyRole.HEAD, "Clerk", MAY)
    assert (titled.title, titled.starts_on) == ("Chair", MAY)
    assert (await BodyMembership.get(id=row.id)).ends_on == MAY
    assert (await BodyMembership.get(id=head.id)).voided_at == make.NOW
    with pytest.raises(Invalid) as refused:
        await change_role(SECRETARY, titled.id, on=JULY, role=BodyRole.HEAD)
    assert code(refused) == [("SAME_ALREADY", "role")]
    with pytest.raises(Refused):
        await change_role(MEMBER, titled.id, on=JULY, role=BodyRole.MEMBER)


async def test_a_wrong_place_is_voided_and_the_right_one_stands_beside_it(db):
    row = await make.place(await make.body(), await make.person(), starts_on=MARCH, title="Clerk")

    right = await correct_body_membership(SECRETARY, row.id, starts_on=None, role=BodyRole.SECRETARY, reason="file")

    old = await BodyMembership.get(id=row.id)
    assert (old.starts_on, old.role, old.voided_reason) == (MARCH, BodyRole.MEMBER, "file")
    assert (right.starts_on, right.role, right.title) == (None, BodyRole.SECRETARY, "Clerk")
    for key, facts, problem in [
        (row.id, {"title": ""}, ("VOIDED", None)),
        (right.id, {"role": BodyRole.SECRETARY}, ("NOTHING_CHANGED", None)),
        (right.id, {"reason": ""}, ("REASON_MISSING", "reason")),
        (right.id, {"starts_on": MAY, "ends_on": MARCH}, ("ENDS_BEFORE_START", "ends_on")),
    ]:
        with pytest.raises(Invalid) as refused:
            await correct_body_membership(SECRETARY, key, **{"reason": "why", **facts})
        assert code(refused) == [problem]
    with pytest.raises(Refused):
        await correct_body_membership(MEMBER, right.id, title="x", reason="why")
    with pytest.raises(NotThere):
        await correct_body_membership(SECRETARY, make.some_id(), title="x", reason="why")


async def test_a_correction_into_two_learning_groups_is_refused(db):
    who = await make.person()
    await make.place(await make.body(BodyKind.LEARNING_GROUP), who, ends_on=MAY)
    row = await make.place(await make.body(BodyKind.LEARNING_GROUP), who, starts_on=MAY)

    with pytest.raises(Conflict):
        await correct_body_membership(SECRETARY, row.id, starts_on=MARCH, reason="earlier")

    assert (await BodyMembership.get(id=row.id)).voided_at is None


async def test_what_was_never_so_is_voided(db):
    row = await make.place(await make.body(), await make.person())

    await void_body_membership(SECRETARY, row.id, reason="another Ann")

    assert (await BodyMembership.get(id=row.id)).voided_reason == "another Ann"
    with pytest.raises(Invalid):
        await void_body_membership(SECRETARY, row.id, reason="another Ann")
    with pytest.raises(Refused):
        await void_body_membership(MEMBER, row.id, reason="another Ann")
