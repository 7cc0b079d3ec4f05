"""Bodies: created, changed, tied, ended."""

import datetime as dt

import pytest

from server.errors import Conflict, Invalid, NotThere, Refused
from server.models.audit import AuditEntry
from server.models.bodies import (
    Body,
    BodyKind,
    BodyMembership,
    BodyRelation,
    RelationKind,
    change_body,
    create_body,
    end_body,
    end_relation,
    relate_bodies,
)
from server.rules.permissions import Role
from tests import make

SECRETARY = make.viewer(Role.SECRETARY)
MEMBER = make.viewer(Role.MEMBER)
MARCH, MAY, JULY = (dt.date(2026, month, 1) for month in (3, 5, 7))


def code(refused):
    return [(p.code, p.field) for p in refused.value.problems]


async def test_a_new_body_can_be_sorted_and_searched(db):
    term = await make.term()

    made = await create_body(SECRETARY, kind=BodyKind.SECTOR, name_zh="文艺界", name_en="Arts", term=term.id)

    row = await Body.get(id=made.id)
    assert (row.kind, row.name_zh, row.term_id, row.sensitive) == (BodyKind.SECTOR, "文艺界", term.id, False)
    assert row.sort.startswith("wen")
    assert "arts" in row.search
    entry = await AuditEntry.get(serial=1)
    assert (entry.action, entry.object) == ("bodies.create_body", f"bod_{row.id}")


async def test_a_secretary_of_one_body_makes_its_parts_and_no_others(db):
    parent = await make.body()
    viewer = make.viewer(Role.SECRETARY, body=parent)

    part = await create_body(viewer, kind=BodyKind.UNIT, name_en="Part", parent=parent.id)
    with pytest.raises(Refused):
        await create_body(viewer, kind=BodyKind.UNIT, name_en="Alone")
    with pytest.raises(Refused):
        await create_body(MEMBER, kind=BodyKind.UNIT, name_en="Mine", parent=parent.id)

    assert (part.parent_id, await Body.all().count()) == (parent.id, 2)


@pytest.mark.parametrize(
    ("facts", "problems"),
    [
        ({"name_en": "A"}, [("KIND_MISSING", "kind")]),
        ({"kind": BodyKind.UNIT, "name_en": " "}, [("NAME_MISSING", "name_zh")]),
        (
            {"kind": BodyKind.UNIT, "name_en": "A", "starts_on": MAY, "ends_on": MARCH},
            [("ENDS_BEFORE_START", "ends_on")],
        ),
        ({"kind": BodyKind.UNIT, "name_en": "A", "classification": "x" * 101}, [("TOO_LONG", "classification")]),
    ],
)
async def test_what_a_body_cannot_be_is_said_at_the_field(db, facts, problems):
    with pytest.raises(Invalid) as refused:
        await create_body(SECRETARY, **facts)

    assert code(refused) == problems
    assert await Body.all().count() == 0


async def test_a_body_is_in_a_term_and_a_parent_that_exist(db):
    for field in ("term", "parent"):
        with pytest.raises(NotThere) as refused:
            await create_body(SECRETARY, kind=BodyKind.UNIT, name_en="A", **{field: make.some_id()})
        assert code(refused) == [("NOT_THERE", field)]


async def test_a_change_touches_only_what_it_means(db):
    body = await make.body(name_en="Old", classification="c")

    changed = await change_body(SECRETARY, body.id, name_en="New")
    await change_body(SECRETARY, body.id, name_en="New")

    assert (changed.name_en, changed.classification, changed.kind) == ("New", "c", BodyKind.SPECIAL_COMMITTEE)
    assert "new" in changed.search
    assert await AuditEntry.all().count() == 1
    with pytest.raises(Refused):
        await change_body(MEMBER, body.id, name_en="Mine")
    with pytest.raises(NotThere):
        await change_body(SECRETARY, make.some_id(), name_en="Mine")


async def test_a_body_is_no_part_of_its_own_parts(db):
    top = await make.body()
    part = await make.body(parent=top)

    for key in (top.id, part.id):
        with pytest.raises(Invalid) as refused:
            await change_body(SECRETARY, top.id, parent=key)
        assert code(refused) == [("PARENT_LOOP", "parent")]


async def test_a_body_becomes_a_learning_group_only_if_nobody_counts_twice(db):
    body, group, who = await make.body(), await make.body(BodyKind.LEARNING_GROUP), await make.person(name_en="Ann")
    await make.place(body, who)
    await make.place(group, who, ends_on=MAY)
    await make.place(await make.body(BodyKind.LEARNING_GROUP, ends_on=MARCH), who)

    with pytest.raises(Conflict) as refused:
        await change_body(SECRETARY, body.id, kind=BodyKind.LEARNING_GROUP)
    assert code(refused) == [("TWO_GROUPS", "kind")]
    assert (await Body.get(id=body.id)).kind is BodyKind.SPECIAL_COMMITTEE

    await BodyMembership.filter(body_id=group.id).update(voided_at=make.NOW)
    with pytest.raises(Conflict):
        await change_body(SECRETARY, body.id, kind=BodyKind.LEARNING_GROUP)
    await BodyMembership.filter(body_id=body.id).update(starts_on=MARCH)
    await change_body(SECRETARY, body.id, kind=BodyKind.LEARNING_GROUP)


async def test_when_a_body_ends_nobody_sits_in_it_any_more(db):
    body = await make.body(starts_on=MARCH)
    sitting, done, future = [
        await make.place(body, await make.person(), starts_on=start, ends_on=end)
        for start, end in [(None, None), (None, MARCH), (JULY, None)]
    ]

    ended = await end_body(SECRETARY, body.id, on=MAY)

    assert ended.ends_on == MAY
    assert (await BodyMembership.get(id=sitting.id)).ends_on == MAY
    assert (await BodyMembership.get(id=done.id)).ends_on == MARCH
    assert (await BodyMembership.get(id=future.id)).voided_at == make.NOW


async def test_a_body_ends_once_after_it_began(db):
    body = await make.body(starts_on=MARCH)

    with pytest.raises(Refused):
        await end_body(MEMBER, body.id, on=MAY)
    with pytest.raises(Invalid) as refused:
        await end_body(SECRETARY, body.id, on=MARCH)
    assert code(refused) == [("ENDS_BEFORE_START", "on")]
    await end_body(SECRETARY, body.id, on=MAY)
    with pytest.raises(Invalid) as refused:
        await end_body(SECRETARY, body.id, on=JULY)
    assert code(refused) == [("ENDED_ALREADY", "on")]

    assert (await end_body(SECRETARY, body.id, on=dt.date(2026, 4, 1))).ends_on == dt.date(2026, 4, 1)


async def test_two_bodies_are_tied_once_on_any_day(db):
    group, sector = await make.body(BodyKind.LEARNING_GROUP), await make.body(BodyKind.SECTOR)
    facts = {"source": group.id, "target": sector.id, "kind": RelationKind.DERIVED_FROM}

    tie = await relate_bodies(SECRETARY, **facts, starts_on=MARCH)
    with pytest.raises(Conflict) as refused:
        await relate_bodies(SECRETARY, **facts, starts_on=MAY)
    assert code(refused) == [("TIED_ALREADY", "target")]
    await end_relation(SECRETARY, tie.id, on=MAY)
    await relate_bodies(SECRETARY, **facts, starts_on=MAY)

    assert sorted(await BodyRelation.all().values_list("starts_on", flat=True)) == [MARCH, MAY]
    with pytest.raises(Invalid) as refused:
        await end_relation(SECRETARY, tie.id, on=JULY)
    assert code(refused) == [("ENDED_ALREADY", "on")]


async def test_a_tie_needs_two_bodies_and_the_right(db):
    one, two = await make.body(), await make.body()
    tie = await relate_bodies(SECRETARY, source=one.id, target=two.id, kind=RelationKind.COUNTERPART)

    with pytest.raises(Invalid) as refused:
        await relate_bodies(SECRETARY, source=one.id, target=one.id, kind=RelationKind.COUNTERPART)
    assert code(refused) == [("ITSELF", "target")]
    with pytest.raises(NotThere):
        await relate_bodies(SECRETARY, source=one.id, target=make.some_id(), kind=RelationKind.COUNTERPART)
    with pytest.raises(Refused):
        await relate_bodies(MEMBER, source=two.id, target=one.id, kind=RelationKind.COUNTERPART)
    with pytest.raises(Refused):
        await end_relation(MEMBER, tie.id, on=MAY)
    await BodyRelation.filter(id=tie.id).update(voided_at=make.NOW)
    with pytest.raises(Invalid):
        await end_relation(SECRETARY, tie.id, on=MAY)
