"""Many uncovered members to groups at once: a plan, and the plan as it was looked at."""

import datetime as dt

import pytest

from server.errors import Conflict, Invalid, Refused
from server.models.audit import AuditEntry
from server.models.bodies import BodyKind, BodyMembership, BodyRelation, RelationKind
from server.models.learning import apply_assignment, coverage, preview_assignment
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

    assert await apply_assignment(SECRETARY, plan=plan, on=ON) == 3

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
    with pytest.raises(Conflict) as refused:
        await apply_assignment(SECRETARY, plan=[(world["eve"].id, world["near"].id)], on=ON)

    assert [(p.code, p.field) for p in refused.value.problems] == [("TWO_GROUPS", "plan")]


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
