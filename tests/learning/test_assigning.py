"""Many uncovered members to groups at once: a plan, and the plan as it was looked at."""

import datetime as dt

import pytest

from server.errors import Conflict, Invalid, NotThere, Refused
from server.models.audit import AuditEntry, purge
from server.models.bodies import Body, BodyKind, BodyMembership, BodyRelation, RelationKind
from server.models.learning import (
    Among,
    apply_assignment,
    assignment_done,
    coverage,
    hindrances,
    move_member,
    preview_assignment,
    undo_assignment,
)
from server.rules.permissions import Role
from tests import make

SECRETARY = make.viewer(Role.SECRETARY)
ON = make.TODAY
LATER = ON + dt.timedelta(days=9)


@pytest.fixture
async def world(db):
    """Two groups, one of them of the sector Arts; three members in none, one of whom is in Arts."""
    term, arts = await make.term(), await make.body(BodyKind.SECTOR, "Arts")
    near, far = [await make.body(BodyKind.LEARNING_GROUP, name) for name in ("Near", "Far")]
    await BodyRelation.create(source=near, target=arts, kind=RelationKind.DERIVED_FROM)
    people = {name: await make.person(name_en=name) for name in ("ann", "bob", "cid", "dan", "eve")}
    for name, who in people.items():
        await make.seat(who, term, sector=arts if name in ("ann", "dan") else None)
    for who in (people["dan"], *[await make.person() for _ in range(3)]):
        await make.place(near, who)
    await make.place(await make.body(BodyKind.LEARNING_GROUP, "Gone", ends_on=ON), people["cid"])
    await make.place(far, people["eve"], starts_on=LATER)
    return {"term": term, "arts": arts, "near": near, "far": far} | people


async def test_the_plan_goes_by_sector_and_else_to_the_smallest(world):
    plan = await preview_assignment(SECRETARY, on=ON, term=world["term"].id)

    lines = {line.person_name: (line.group_name, str(line.why)) for line in plan}
    assert lines["ann"] == ("Near", "The group stems from Arts.")
    assert {lines["bob"], lines["cid"]} == {("Far", "The smallest group.")}
    assert len(plan) == 3
    assert await BodyMembership.all().count() == 6
    assert await AuditEntry.all().count() == 0


async def test_a_committee_someone_sits_in_counts_as_a_stem(world):
    committee = await make.body(name_en="Law")
    await make.place(committee, world["bob"])
    await BodyRelation.create(source=world["near"], target=committee, kind=RelationKind.DERIVED_FROM)

    plan = await preview_assignment(SECRETARY, on=ON)

    assert [str(line.why) for line in plan if line.person_name == "bob"] == ["The group stems from Law."]


async def test_the_plan_is_done_as_it_was_looked_at(world):
    plan = [(line.person, line.group) for line in await preview_assignment(SECRETARY, on=ON)]

    assert await hindrances(SECRETARY, plan=plan, on=ON) == ()
    await apply_assignment(SECRETARY, plan=plan, on=ON)

    found = await coverage(BodyKind.LEARNING_GROUP, ON)
    assert [one.person for one in found.without] == [world["eve"].id]
    assert await BodyMembership.filter(person_id=world["cid"].id, ends_on=ON).count() == 1
    assert await AuditEntry.filter(action="learning.apply_assignment").count() == 1
    with pytest.raises(Conflict) as refused:
        await apply_assignment(SECRETARY, plan=plan, on=ON)
    assert [p.code for p in refused.value.problems] == ["COVERED_MEANWHILE"] * 3


async def test_a_plan_is_refused_as_a_whole_when_someone_was_covered_meanwhile(world):
    plan = [(line.person, line.group) for line in await preview_assignment(SECRETARY, on=ON)]
    await make.place(world["far"], world["ann"])

    with pytest.raises(Conflict) as refused:
        await apply_assignment(SECRETARY, plan=plan, on=ON)

    assert str(refused.value) == "ann was placed in Far meanwhile. Make the plan anew."
    assert await BodyMembership.all().count() == 7


async def test_a_plan_that_meets_a_later_place_is_refused(world):
    plan = [(world["eve"].id, world["near"].id)]
    with pytest.raises(Conflict) as refused:
        await apply_assignment(SECRETARY, plan=plan, on=ON)

    assert [(p.code, p.field) for p in refused.value.problems] == [("TWO_GROUPS", "plan")]
    assert str(refused.value) == "eve has a place in Far from 1 December 2026 on. Leave this person out."
    assert await hindrances(SECRETARY, plan=plan, on=ON) == refused.value.problems


async def test_a_plan_names_each_person_once(world):
    line = (world["ann"].id, world["near"].id)

    for plan in ([], [line, line]):
        with pytest.raises(Invalid) as refused:
            await apply_assignment(SECRETARY, plan=plan, on=ON)
        assert [(p.code, p.field) for p in refused.value.problems] == [("PLAN_UNCLEAR", "plan")]


async def test_a_leader_of_one_group_makes_no_plan_for_all(world):
    leader = make.viewer(Role.GROUP_LEADER, body=world["near"])

    with pytest.raises(Refused):
        await preview_assignment(leader, on=ON)
    with pytest.raises(Refused):
        await apply_assignment(leader, plan=[(world["ann"].id, world["near"].id)], on=ON)


async def test_without_groups_there_is_no_plan(db):
    await make.seat()

    assert await preview_assignment(SECRETARY, on=ON) == []


async def test_a_plan_can_be_for_some_alone(world):
    async def names(**among):
        return {line.person_name for line in await preview_assignment(SECRETARY, on=ON, among=Among(**among))}

    assert await names(people=frozenset({world["bob"].id, world["dan"].id})) == {"bob"}
    assert await names(sector=world["arts"].id) == {"ann"}
    assert await names(sectorless=True) == {"bob", "cid"}
    assert await names(people=frozenset()) == set()


async def test_what_stands_in_the_way_of_a_plan_is_known_before_it_is_done(world):
    ann, later = world["ann"], await make.body(BodyKind.LEARNING_GROUP, "Later", starts_on=LATER)
    gone = await Body.get(name_en="Gone")

    async def why(*plan):
        return [str(problem.message) for problem in await hindrances(SECRETARY, plan=plan, on=ON)]

    assert await why() == ["Name each person once, and at least one."]
    assert await why((world["dan"].id, world["far"].id)) == ["dan was placed in Near meanwhile. Make the plan anew."]
    assert await why((ann.id, later.id)) == ["Later begins on 1 December 2026. Choose that day or a later one."]
    assert await why((ann.id, gone.id)) == ["Gone ended on 22 November 2026. Choose an earlier day, or another group."]
    assert await why((ann.id, world["arts"].id)) == ["This body is not a learning group."]
    with pytest.raises(NotThere):
        await why((ann.id, make.some_id()))
    with pytest.raises(Refused):
        await hindrances(make.viewer(Role.GROUP_LEADER, body=world["near"]), plan=[], on=ON)


async def test_what_a_plan_did_is_kept_and_undone_as_a_whole(world):
    plan = [(line.person, line.group) for line in await preview_assignment(SECRETARY, on=ON)]
    before = (await coverage(BodyKind.LEARNING_GROUP, ON)).without

    key = await apply_assignment(SECRETARY, plan=plan, on=ON)
    done = await assignment_done(SECRETARY, key)
    assert (done.on, done.at, done.undone, done.undoable) == (ON, make.NOW, False, True)
    assert {(line.person, line.group, line.still) for line in done.lines} == {(*line, True) for line in plan}

    undone = await undo_assignment(SECRETARY, key)

    assert (undone.undone, undone.undoable) == (True, False)
    assert not any(line.still for line in undone.lines)
    assert (await coverage(BodyKind.LEARNING_GROUP, ON)).without == before
    rows = await BodyMembership.filter(person_id=world["cid"].id, voided_at=None)
    assert [(row.starts_on, row.ends_on) for row in rows] == [(None, None)]
    entry = await AuditEntry.get(action="learning.undo_assignment")
    assert entry.facts == {"on": ON.isoformat(), "people": sorted(str(person) for person, _ in plan)}
    with pytest.raises(Conflict) as refused:
        await undo_assignment(SECRETARY, key)
    assert [p.code for p in refused.value.problems] == ["UNDONE_ALREADY"]


async def test_undoing_gives_a_row_in_an_ended_group_its_own_end_again(world):
    gone, hal, ivy = await Body.get(name_en="Gone"), await make.person(), await make.person()
    await make.place(gone, hal, ends_on=LATER)
    await make.place(gone, ivy, starts_on=ON)
    key = await apply_assignment(SECRETARY, plan=[(who.id, world["far"].id) for who in (hal, ivy)], on=ON)

    await undo_assignment(SECRETARY, key)

    async def spans(who):
        rows = await BodyMembership.filter(person_id=who.id, voided_at=None)
        return [(row.body_id, row.starts_on, row.ends_on) for row in rows]

    assert await spans(hal) == [(gone.id, None, LATER)]
    assert await spans(ivy) == [(gone.id, ON, None)]


async def test_nothing_is_undone_where_someone_was_moved_since(world):
    ann, bob, near, far = (world[name] for name in ("ann", "bob", "near", "far"))
    key = await apply_assignment(SECRETARY, plan=[(ann.id, near.id), (bob.id, far.id)], on=ON)
    await move_member(SECRETARY, ann.id, to_group=far.id, on=LATER, reason="asked")

    done = await assignment_done(SECRETARY, key)
    with pytest.raises(Conflict) as refused:
        await undo_assignment(SECRETARY, key)

    assert {(line.person, line.still) for line in done.lines} == {(ann.id, False), (bob.id, True)}
    assert str(refused.value) == "The place of ann was changed since. Move or remove these people one by one."
    assert await BodyMembership.filter(person_id=bob.id, voided_at=None).count() == 1


async def test_what_was_done_is_not_known_to_others_nor_after_its_retention(world):
    key = await apply_assignment(SECRETARY, plan=[(world["ann"].id, world["near"].id)], on=ON)
    leader = make.viewer(Role.GROUP_LEADER, body=world["near"])

    for verb in (assignment_done, undo_assignment):
        with pytest.raises(Refused):
            await verb(leader, key)
        with pytest.raises(NotThere):
            await verb(SECRETARY, make.some_id())
    await purge(make.viewer(Role.ADMINISTRATOR, now=make.NOW + dt.timedelta(days=1)), make.NOW + dt.timedelta(hours=1))
    with pytest.raises(NotThere):
        await assignment_done(SECRETARY, key)
