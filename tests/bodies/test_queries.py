"""Which bodies are seen, and what someone is by sitting in them."""

import datetime as dt

from server.models.bodies import (
    Body,
    BodyKind,
    BodyMembership,
    BodyRole,
    derived_roles,
    sensitive_seen,
    visible_bodies,
    visible_body_memberships,
)
from server.models.members import Status, TermStatus
from server.rules.permissions import Role
from tests import make

MARCH, MAY = dt.date(2026, 3, 1), dt.date(2026, 5, 1)
ON = make.TODAY


async def seen(viewer):
    bodies = await Body.filter(visible_bodies(viewer)).values_list("name_en", flat=True)
    titles = await BodyMembership.filter(visible_body_memberships(viewer)).values_list("title", flat=True)
    return sorted(bodies), sorted(titles)


async def test_a_sensitive_body_is_seen_by_the_right_by_sitting_in_it_and_by_working_for_it(db):
    who, past = await make.person(), await make.person()
    open_, closed = await make.body(name_en="Open"), await make.body(name_en="Closed", sensitive=True)
    await make.place(open_, who, title="o")
    await make.place(closed, who, title="c")
    await make.place(closed, past, title="p", ends_on=MAY)
    await make.place(open_, who, title="wrong", voided_at=make.NOW)
    everything = (["Closed", "Open"], ["c", "o", "p"])

    assert await seen(make.viewer(Role.SECRETARY)) == everything
    assert await seen(make.viewer(Role.MEMBER, person=who.id)) == everything
    assert await seen(make.viewer(Role.SECRETARY, body=closed)) == everything
    assert await seen(make.viewer(Role.MEMBER, person=past.id)) == (["Open"], ["o"])
    assert await seen(make.viewer(Role.MEMBER)) == (["Open"], ["o"])
    assert await seen(make.viewer()) == ([], [])


async def test_a_sensitive_sector_is_seen_by_those_whose_seat_stands_for_it(db):
    sector, who, past = (
        await make.body(BodyKind.SECTOR, "Closed", sensitive=True),
        await make.person(),
        await make.person(),
    )
    await make.seat(who, sector=sector)
    await make.seat(past, sector=sector, status=Status.RESIGNED)
    await make.place(sector, await make.person(), BodyRole.CONVENER, title="c")

    assert await seen(make.viewer(Role.MEMBER, person=who.id)) == (["Closed"], ["c"])
    assert await seen(make.viewer(Role.MEMBER, person=past.id)) == ([], [])
    assert await sensitive_seen(make.viewer(Role.MEMBER, person=who.id)) == [sector]
    assert await sensitive_seen(make.viewer(Role.MEMBER, person=past.id)) == []
    assert sensitive_seen(make.viewer(Role.SECRETARY)) is None


async def test_roles_follow_from_seats_and_bodies_in_two_statements(db, statements):
    who = await make.person()
    await make.seat(who, await make.term("14"), starts_on=MARCH)
    await make.seat(who, await make.term("13", status=TermStatus.CLOSED))
    named = {
        "group": (BodyKind.LEARNING_GROUP, BodyRole.CO_HEAD),
        "led": (BodyKind.LEARNING_GROUP, BodyRole.HEAD),
        "sector": (BodyKind.SECTOR, BodyRole.CONVENER),
        "part": (BodyKind.SECTOR_GROUP, BodyRole.CONVENER),
        "committee": (BodyKind.SPECIAL_COMMITTEE, BodyRole.HEAD),
        "chairs": (BodyKind.CHAIRS_MEETING, BodyRole.HEAD),
        "bureau": (BodyKind.DEPARTMENT, BodyRole.CONTACT),
        "no role": (BodyKind.SECTOR, BodyRole.HEAD),
    }
    bodies = {}
    for name, (kind, role) in named.items():
        bodies[name] = await make.body(kind, name, ends_on=dt.date(2027, 1, 1) if name == "led" else None)
        await make.place(bodies[name], who, role, starts_on=MARCH)
    await make.place(await make.body(BodyKind.LEARNING_GROUP, ends_on=MAY), who, BodyRole.HEAD, starts_on=MARCH)
    await make.place(bodies["group"], who, BodyRole.HEAD, starts_on=MARCH, ends_on=MAY)

    with statements() as asked:
        roles = await derived_roles(who.id, ON)

    assert len(asked) == 2
    assert {(r.role, r.body, str(r.body_name), r.since, r.until) for r in roles} == {
        (Role.MEMBER, None, "", MARCH, None),
        (Role.GROUP_LEADER, bodies["group"].id, "group", MARCH, None),
        (Role.GROUP_LEADER, bodies["led"].id, "led", MARCH, dt.date(2027, 1, 1)),
        (Role.CONVENER, bodies["sector"].id, "sector", MARCH, None),
        (Role.CONVENER, bodies["part"].id, "part", MARCH, None),
        (Role.CHAIR, bodies["committee"].id, "committee", MARCH, None),
        (Role.CHAIR, None, "", MARCH, None),
        (Role.DEPARTMENT, bodies["bureau"].id, "bureau", MARCH, None),
    }
    assert [str(role.source) for role in roles if role.role is Role.MEMBER] == ["Active seat in term 14"]
    assert await derived_roles(who.id, MARCH - dt.timedelta(days=1)) == []
