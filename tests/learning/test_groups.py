"""Learning groups: created, led, filled, left and ended (LC-1, LC-2)."""

import asyncio
import datetime as dt

import pytest

from server.errors import Conflict, Invalid, NotThere, Refused
from server.models.audit import AuditEntry
from server.models.bodies import Body, BodyKind, BodyMembership, BodyRelation, BodyRole, RelationKind
from server.models.learning import (
    add_members,
    create_group,
    end_group,
    move_member,
    remove_member,
    rename_group,
    set_leaders,
    set_stem,
)
from server.rules.permissions import Role
from tests import make

SECRETARY = make.viewer(Role.SECRETARY)
MEMBER = make.viewer(Role.MEMBER)
MARCH, MAY, JULY, SEPTEMBER = (dt.date(2026, month, 1) for month in (3, 5, 7, 9))
HEAD, CO_HEAD, PLAIN = BodyRole.HEAD, BodyRole.CO_HEAD, BodyRole.MEMBER


def code(refused):
    return [(p.code, p.field) for p in refused.value.problems]


async def group(name="", **facts):
    return await make.body(BodyKind.LEARNING_GROUP, name, **facts)


async def places(who):
    """Where this person is by right: (group, role, primary, start, end)."""
    rows = await BodyMembership.filter(person_id=who.id, voided_at=None).order_by("starts_on", "id")
    return [(row.body_id, row.role, row.primary, row.starts_on, row.ends_on) for row in rows]


async def test_a_group_is_created_derived_and_led_at_once(db):
    sector, head, other = await make.body(BodyKind.SECTOR), await make.person(), await make.person()
    elsewhere = await group()
    await make.place(elsewhere, other)

    made = await create_group(
        SECRETARY, name_zh="春", starts_on=MAY, derived_from=sector.id, head=head.id, co_heads=[other.id]
    )

    assert (made.kind, made.name_zh, made.starts_on) == (BodyKind.LEARNING_GROUP, "春", MAY)
    tie = await BodyRelation.get(source_id=made.id)
    assert (tie.target_id, tie.kind) == (sector.id, RelationKind.DERIVED_FROM)
    assert await places(head) == [(made.id, HEAD, True, MAY, None)]
    assert (made.id, CO_HEAD, False, MAY, None) in await places(other)


async def test_a_group_may_begin_without_leaders_or_today(db):
    head = await make.person()

    bare = await create_group(SECRETARY, name_en="Bare")
    led = await create_group(SECRETARY, name_en="Led", head=head.id)

    assert await BodyMembership.filter(body_id=bare.id).count() == 0
    assert await places(head) == [(led.id, HEAD, True, make.TODAY, None)]


async def test_a_group_needs_the_right_a_name_and_a_stem(db):
    unit = await make.body(BodyKind.UNIT)

    with pytest.raises(Refused):
        await create_group(make.viewer(Role.GROUP_LEADER, body=await group()), name_en="A")
    for facts, problem in [
        ({"name_en": ""}, ("NAME_MISSING", "name_zh")),
        ({"name_en": "A", "derived_from": unit.id}, ("NOT_A_STEM", "derived_from")),
        ({"name_en": "A", "head": unit.id, "co_heads": [unit.id]}, ("LEADS_TWICE", "co_heads")),
        ({"name_en": "A", "co_heads": [unit.id, unit.id]}, ("LEADS_TWICE", "co_heads")),
    ]:
        with pytest.raises(Invalid) as refused:
            await create_group(SECRETARY, **facts)
        assert code(refused) == [problem]
    with pytest.raises(NotThere):
        await create_group(SECRETARY, name_en="A", head=make.some_id())

    assert await Body.filter(kind=BodyKind.LEARNING_GROUP).count() == 1


async def test_a_leader_names_and_ends_the_own_group_only(db):
    own, other, sector = await group("Own"), await group("Other"), await make.body(BodyKind.SECTOR)
    leader, who = make.viewer(Role.GROUP_LEADER, body=own), await make.person()
    await make.place(own, who)

    renamed = await rename_group(leader, own.id, name_en="New")
    ended = await end_group(leader, own.id, on=MAY)

    assert (renamed.name_en, ended.ends_on) == ("New", MAY)
    assert await places(who) == [(own.id, PLAIN, True, None, None)]
    with pytest.raises(Refused):
        await rename_group(leader, other.id, name_en="New")
    with pytest.raises(Refused):
        await end_group(leader, other.id, on=MAY)
    for verb in (rename_group(SECRETARY, sector.id, name_en="x"), end_group(SECRETARY, sector.id, on=MAY)):
        with pytest.raises(Invalid) as refused:
            await verb
        assert code(refused) == [("NOT_A_GROUP", "group")]


async def test_new_leaders_take_over_and_old_ones_go_on_as_members(db):
    one, old, new, guest, plain = await group(), *[await make.person() for _ in range(4)]
    await make.place(one, old, HEAD, title="First")
    await make.place(one, guest, CO_HEAD, primary=False)
    await make.place(one, new)
    await make.place(one, plain)

    await set_leaders(SECRETARY, one.id, head=new.id, co_heads=[], on=MAY)

    assert sorted((r, s, e) for _, r, _, s, e in await places(old) if s) == [(PLAIN, MAY, None)]
    assert [(r, s) for _, r, _, s, _ in await places(new) if s] == [(HEAD, MAY)]
    assert [(r, e) for _, r, _, _, e in await places(guest)] == [(CO_HEAD, MAY)]
    assert await places(plain) == [(one.id, PLAIN, True, None, None)]


async def test_the_same_leaders_again_change_no_row_and_another_choice_that_day_replaces_the_first(db):
    one, ann, bob = await group(), await make.person(), await make.person()

    await set_leaders(SECRETARY, one.id, head=ann.id, on=MAY)
    await set_leaders(SECRETARY, one.id, head=ann.id, on=JULY)
    assert await places(ann) == [(one.id, HEAD, True, MAY, None)]
    await set_leaders(SECRETARY, one.id, head=bob.id, co_heads=[ann.id], on=MAY)

    assert await places(ann) == [(one.id, CO_HEAD, True, MAY, None)]
    assert await places(bob) == [(one.id, HEAD, True, MAY, None)]


async def test_whoever_stood_in_a_group_twice_leads_once(db):
    one, ann = await group(), await make.person()
    await make.place(one, ann, HEAD, starts_on=MARCH)
    await make.place(one, ann, CO_HEAD, starts_on=MAY, primary=False)
    await make.place(one, ann, title="Guide", starts_on=JULY, primary=False)

    await set_leaders(SECRETARY, one.id, head=ann.id, on=JULY)

    assert await places(ann) == [
        (one.id, HEAD, True, MARCH, None),
        (one.id, CO_HEAD, False, MAY, JULY),
        (one.id, PLAIN, False, JULY, None),
    ]


async def test_leaders_of_an_ended_group_or_another_kind_are_refused(db):
    ended, later, ann = await group(ends_on=MAY), await group(starts_on=JULY), await make.person()
    leader = make.viewer(Role.GROUP_LEADER, body=ended)

    for key in (ended.id, later.id):
        with pytest.raises(Invalid) as refused:
            await set_leaders(SECRETARY, key, head=ann.id, on=MAY)
        assert code(refused) == [("GROUP_NOT_THEN", "on")]
    with pytest.raises(Refused):
        await set_leaders(leader, later.id, head=ann.id, on=JULY)

    assert await places(ann) == []


async def test_people_are_added_with_their_seats(db):
    term = await make.term()
    one, seat, guest = await group(term=term), await make.seat(of=term), await make.person()

    rows = await add_members(SECRETARY, one.id, people=[seat.person_id, guest.id, guest.id], on=MAY)

    assert {(row.person_id, row.membership_id) for row in rows} == {(seat.person_id, seat.id), (guest.id, None)}
    assert await BodyMembership.filter(body_id=one.id, starts_on=MAY, recorded_at=make.NOW).count() == 2
    entry = await AuditEntry.get(serial=1)
    assert entry.facts == {"people": sorted([str(seat.person_id), str(guest.id)]), "on": "2026-05-01"}
    with pytest.raises(Conflict) as refused:
        await add_members(SECRETARY, one.id, people=[guest.id], on=JULY)
    assert code(refused) == [("IN_GROUP", "people")]


async def test_nobody_is_added_who_counts_elsewhere_now_or_later(db):
    one, two, ended = await group(), await group(), await group(ends_on=MARCH)
    now, later, free = [await make.person() for _ in range(3)]
    await make.place(one, now)
    await make.place(one, later, starts_on=SEPTEMBER)
    await make.place(ended, free)

    with pytest.raises(Conflict) as refused:
        await add_members(SECRETARY, two.id, people=[now.id, later.id, free.id], on=MAY)

    assert code(refused) == [("TWO_GROUPS", "people")] * 2
    assert await BodyMembership.filter(body_id=two.id).count() == 0
    await add_members(SECRETARY, two.id, people=[free.id], on=MAY)


async def test_adding_needs_people_who_exist_and_the_right(db):
    one, gone = await group(), await make.person(merged_into=await make.person())

    with pytest.raises(Invalid) as refused:
        await add_members(SECRETARY, one.id, people=[], on=MAY)
    assert code(refused) == [("NOBODY", "people")]
    for key in (gone.id, make.some_id()):
        with pytest.raises(NotThere):
            await add_members(SECRETARY, one.id, people=[key], on=MAY)
    with pytest.raises(Refused):
        await add_members(MEMBER, one.id, people=[gone.id], on=MAY)


async def test_a_move_ends_one_row_and_starts_the_other_on_the_same_day(db):
    one, two, ann = await group(), await group(), await make.person()
    await make.place(one, ann, starts_on=MARCH)

    await move_member(SECRETARY, ann.id, to_group=two.id, on=MAY, reason="asked")

    assert await places(ann) == [(one.id, PLAIN, True, MARCH, MAY), (two.id, PLAIN, True, MAY, None)]
    entry = await AuditEntry.get(action="learning.move_member")
    assert entry.facts == {"person": str(ann.id), "from": [str(one.id)], "on": "2026-05-01", "reason": "asked"}
    with pytest.raises(Invalid) as refused:
        await move_member(SECRETARY, ann.id, to_group=two.id, on=JULY, reason="asked")
    assert code(refused) == [("NOT_IN_GROUP", "person")]


async def test_a_move_mends_who_counts_in_two_groups(db):
    one, two, ann = await group(), await group(), await make.person()
    await make.place(one, ann)
    kept = await make.place(two, ann)

    row = await move_member(SECRETARY, ann.id, to_group=two.id, on=MAY, reason="double")

    assert row.id == kept.id
    assert [(g, e) for g, _, _, _, e in await places(ann) if e is None] == [(two.id, None)]


async def test_a_move_needs_both_groups_a_reason_and_room(db):
    one, two, ann = await group(), await group(), await make.person()
    await make.place(one, ann, ends_on=SEPTEMBER)
    await make.place(one, ann, starts_on=SEPTEMBER)

    with pytest.raises(Conflict):
        await move_member(SECRETARY, ann.id, to_group=two.id, on=MAY, reason="asked")
    with pytest.raises(Invalid):
        await move_member(SECRETARY, ann.id, to_group=two.id, on=MAY, reason="")
    for leader in (make.viewer(Role.GROUP_LEADER, body=body) for body in (one, two)):
        with pytest.raises(Refused):
            await move_member(leader, ann.id, to_group=two.id, on=MAY, reason="asked")

    assert len(await places(ann)) == 2
    assert {end for *_, end in await places(ann)} == {SEPTEMBER, None}


async def test_whoever_is_removed_is_in_the_group_no_more(db):
    one, ann = await group(), await make.person()
    await make.place(one, ann, starts_on=MARCH)
    await make.place(one, ann, HEAD, starts_on=JULY)

    await remove_member(SECRETARY, one.id, ann.id, on=MAY, reason="left")

    assert await places(ann) == [(one.id, PLAIN, True, MARCH, MAY)]
    with pytest.raises(Invalid) as refused:
        await remove_member(SECRETARY, one.id, ann.id, on=MAY, reason="left")
    assert code(refused) == [("NOT_IN_GROUP", "person")]
    with pytest.raises(Refused):
        await remove_member(MEMBER, one.id, ann.id, on=MAY, reason="left")
    with pytest.raises(Invalid):
        await remove_member(SECRETARY, one.id, ann.id, on=MAY, reason="")


@pytest.mark.parametrize("tries", range(3))
async def test_of_two_moves_at_the_same_moment_one_passes(db, tries):
    start, two, three, ann = await group(), await group(), await group(), await make.person()
    await make.place(start, ann, starts_on=MARCH)

    answers = await asyncio.gather(
        *(move_member(SECRETARY, ann.id, to_group=key, on=MAY, reason="asked") for key in (two.id, three.id)),
        return_exceptions=True,
    )

    counting = [g for g, _, _, _, end in await places(ann) if end is None]
    assert len(counting) == 1
    assert sum(isinstance(answer, BodyMembership) for answer in answers) in (1, 2)


async def test_of_two_additions_at_the_same_moment_one_passes(db):
    one, two, people = await group(), await group(), [await make.person() for _ in range(5)]
    forward = [who.id for who in people]

    answers = await asyncio.gather(
        add_members(SECRETARY, one.id, people=forward, on=MAY),
        add_members(SECRETARY, two.id, people=forward[::-1], on=MAY),
        return_exceptions=True,
    )

    assert sorted(type(answer).__name__ for answer in answers) == ["Conflict", "list"]
    assert await BodyMembership.all().count() == 5


async def test_a_name_tells_groups_apart_unless_the_other_has_ended_and_it_is_meant(db):
    lasting, ended = await group("Spring", name_zh="春"), await group("Autumn", ends_on=MARCH)
    later = await group("Winter", starts_on=SEPTEMBER)

    async def said(**facts):
        with pytest.raises(Conflict) as refused:
            await create_group(SECRETARY, **facts)
        return [(p.code, p.field) for p in refused.value.problems], str(refused.value)

    apart = "Give a name that tells the two apart."
    assert await said(name_zh=" 春 ") == (
        [("NAME_TAKEN", "name_zh")],
        f"There is already a group called {lasting.name_en}. {apart}",
    )
    assert (await said(name_en="spring", name_zh="泉", reuse_name=True))[0] == [("NAME_TAKEN", "name_en")]
    assert (await said(name_en="Winter"))[1] == f"There is already a group called {later.name_en}. {apart}"
    assert (await said(name_en="Autumn", starts_on=dt.date(2020, 1, 1)))[0] == [("NAME_TAKEN", "name_en")]
    assert await said(name_en="Autumn") == (
        [("NAME_HAD", "name_en")],
        "A group called Autumn existed until 1 March 2026. Confirm that its name is used again, or give another.",
    )
    assert await Body.filter(kind=BodyKind.LEARNING_GROUP).count() == 3
    again = await create_group(SECRETARY, name_en="Autumn", reuse_name=True)
    assert again.id != ended.id


async def test_a_group_is_not_renamed_to_what_another_is_called(db):
    one, two = await group("Spring"), await group("Autumn", name_zh="秋")
    await group("Winter", ends_on=MARCH)

    for name, problem in (("Spring", "NAME_TAKEN"), ("Winter", "NAME_HAD")):
        with pytest.raises(Conflict) as refused:
            await rename_group(SECRETARY, two.id, name_en=name, name_zh="秋")
        assert code(refused) == [(problem, "name_en")]
    assert (await Body.get(id=two.id)).name_en == "Autumn"
    await Body.filter(id=two.id).update(name_en="Spring")
    assert (await rename_group(SECRETARY, two.id, name_en="Spring", name_zh="泉")).name_zh == "泉"
    assert (await rename_group(SECRETARY, one.id, name_en="Winter", reuse_name=True)).name_en == "Winter"


async def ties(of):
    """What the group derives from by right: (stem, start, end)."""
    rows = await BodyRelation.filter(source_id=of.id, voided_at=None).order_by("starts_on", "id")
    return [(row.target_id, row.starts_on, row.ends_on) for row in rows]


async def test_a_group_derives_from_another_stem_from_a_day_on(db):
    one, arts, law = await group(), await make.body(BodyKind.SECTOR), await make.body()
    leader = make.viewer(Role.GROUP_LEADER, body=one)

    await set_stem(leader, one.id, derived_from=arts.id, on=MARCH)
    await set_stem(leader, one.id, derived_from=law.id, on=MAY)
    assert await ties(one) == [(arts.id, MARCH, MAY), (law.id, MAY, None)]
    entry = await AuditEntry.filter(action="learning.set_stem").order_by("-serial").first()
    assert entry.facts == {"on": "2026-05-01", "from": [str(arts.id)], "to": str(law.id)}

    await set_stem(leader, one.id, derived_from=law.id, on=JULY)
    assert await AuditEntry.filter(action="learning.set_stem").count() == 2
    await set_stem(leader, one.id, derived_from=None, on=JULY)
    await set_stem(leader, one.id, derived_from=None, on=SEPTEMBER)
    assert await ties(one) == [(arts.id, MARCH, MAY), (law.id, MAY, JULY)]
    assert await AuditEntry.filter(action="learning.set_stem").count() == 3


async def test_a_stem_that_would_begin_later_or_end_gives_way(db):
    one, arts, law = await group(), await make.body(BodyKind.SECTOR), await make.body()
    facts = {"source": one, "kind": RelationKind.DERIVED_FROM}
    await BodyRelation.create(**facts, target=arts, starts_on=SEPTEMBER)
    await BodyRelation.create(**facts, target=law, starts_on=MARCH, ends_on=JULY)

    await set_stem(SECRETARY, one.id, derived_from=law.id, on=MAY)

    assert await ties(one) == [(law.id, MARCH, MAY), (law.id, MAY, None)]


async def test_a_stem_is_a_committee_or_sector_of_a_group_that_exists_and_is_ones_own(db):
    one, unit, other, arts = await group(), await make.body(BodyKind.UNIT), await group(), await make.body()
    ended = await group(ends_on=MARCH)

    for key, facts, problem in [
        (one.id, {"derived_from": unit.id}, ("NOT_A_STEM", "derived_from")),
        (ended.id, {"derived_from": arts.id}, ("GROUP_NOT_THEN", "on")),
        (arts.id, {"derived_from": unit.id}, ("NOT_A_GROUP", "group")),
    ]:
        with pytest.raises(Invalid) as refused:
            await set_stem(SECRETARY, key, **facts, on=MAY)
        assert code(refused) == [problem]
    with pytest.raises(Refused):
        await set_stem(make.viewer(Role.GROUP_LEADER, body=other), one.id, derived_from=arts.id, on=MAY)
    with pytest.raises(NotThere):
        await set_stem(SECRETARY, one.id, derived_from=make.some_id(), on=MAY)
    assert await ties(one) == []
