"""Who is seen, and who held a seat on which day."""

import datetime as dt

import pytest

from server.models.bodies import BodyKind, BodyRole, sitting_in
from server.models.members import (
    Person,
    Status,
    active_on,
    active_seats,
    change_status,
    create_person,
    in_sector,
    matching,
    of_term,
    visible_people,
)
from server.rules.permissions import Role
from tests import make

SECRETARY = make.viewer(Role.SECRETARY)
MARCH, MAY = dt.date(2026, 3, 1), dt.date(2026, 5, 1)


async def found(where):
    return sorted(await Person.filter(where).values_list("name_en", flat=True))


async def test_active_is_what_the_status_says_on_the_day(db):
    term, other = await make.term(), await make.term()
    ann, bob = await make.person(name_en="Ann"), await make.person(name_en="Bob")
    seat = await make.seat(ann, term, starts_on=MARCH)
    await make.seat(bob, other, status=Status.NOMINATED)
    await change_status(SECRETARY, seat.id, status=Status.RESIGNED, on=MAY, reason="letter")

    assert await found(active_on(MARCH)) == ["Ann"]
    assert await found(active_on(MARCH - dt.timedelta(days=1))) == []
    assert await found(active_on(MAY)) == []
    assert await found(active_on(MARCH, other.id)) == []
    assert await found(of_term(other.id)) == ["Bob"]
    assert [row.id for row in await active_seats(MARCH, term.id)] == [seat.id]


async def test_people_are_found_by_sector_and_body_as_of_a_day(db):
    sector, body = await make.body(BodyKind.SECTOR), await make.body()
    ann, bob = await make.person(name_en="Ann"), await make.person(name_en="Bob")
    seat = await make.seat(ann, sector=sector, starts_on=MARCH)
    await make.place(body, bob, ends_on=MAY)
    await make.place(sector, bob, BodyRole.CONVENER)
    await change_status(SECRETARY, seat.id, status=Status.RESIGNED, on=MAY, reason="letter")

    assert await found(in_sector(sector.id, MARCH)) == ["Ann"]
    assert await found(in_sector(sector.id, MAY)) == []
    assert await found(sitting_in(sector.id, MARCH)) == ["Ann", "Bob"]
    assert await found(sitting_in(sector.id, MAY)) == ["Bob"]
    assert await found(in_sector(sector.id, MARCH - dt.timedelta(days=1))) == []
    assert await found(sitting_in(body.id, MARCH)) == ["Bob"]
    assert await found(sitting_in(body.id, MAY)) == []


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("单", ["Shan Wen"]),
        ("shan", ["Shan Wen"]),
        ("shàn wén", ["Shan Wen"]),
        ("WEN sh", ["Shan Wen"]),
        ("o'neil", ["Zoë O'Neil"]),
        ("%", []),
        ("_", []),
        ("", ["Shan Wen", "Zoë O'Neil"]),
    ],
)
async def test_each_word_of_a_search_is_found_in_the_names(db, query, names):
    await create_person(SECRETARY, name_zh="单文", name_en="Shan Wen")
    await create_person(SECRETARY, name_en="Zoë O'Neil")

    assert await found(matching(query)) == names


async def test_whoever_may_not_read_the_register_sees_nobody(db):
    kept = await make.person(name_en="Ann")
    await make.person(name_en="Ann again", merged_into=kept)

    assert await found(visible_people(make.viewer(Role.MEMBER))) == ["Ann"]
    assert await found(visible_people(make.viewer())) == []
