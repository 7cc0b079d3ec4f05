"""People and terms: added, corrected, known by other systems' names."""

import datetime as dt

import pytest

from server.errors import Conflict, Invalid, NotThere, Refused
from server.models.audit import AuditEntry
from server.models.members import (
    Membership,
    Person,
    PersonIdentifier,
    Sex,
    Term,
    TermStatus,
    change_person,
    change_term,
    create_person,
    create_term,
    identifier_add,
)
from server.rules.permissions import Role
from tests import make

SECRETARY = make.viewer(Role.SECRETARY)
MEMBER = make.viewer(Role.MEMBER)


async def test_a_new_person_has_sort_keys_and_can_be_searched(db):
    made = await create_person(SECRETARY, name_zh=" 单文 ", family_name="单", given_name="文", sex=Sex.FEMALE)

    row = await Person.get(id=made.id)
    assert (row.name_zh, row.family_name, row.sex, row.sort_fixed) == ("单文", "单", Sex.FEMALE, False)
    assert row.sort_pinyin.startswith("shan")
    assert "单文" in row.search
    assert row.updated_at == make.NOW
    entry = await AuditEntry.get(serial=1)
    assert (entry.action, entry.object) == ("members.create_person", f"per_{row.id}")


async def test_whoever_may_not_manage_members_adds_nobody(db):
    with pytest.raises(Refused):
        await create_person(MEMBER, name_zh="单文")

    assert await Person.all().count() == 0
    assert await AuditEntry.all().count() == 0


@pytest.mark.parametrize(
    ("facts", "problems"),
    [
        ({}, [("NAME_MISSING", "name_zh")]),
        ({"name_zh": "  "}, [("NAME_MISSING", "name_zh")]),
        ({"name_en": "A", "birth_date": dt.date(2026, 11, 23)}, [("BORN_LATER", "birth_date")]),
        ({"name_en": "A", "email": "nobody"}, [("NOT_AN_ADDRESS", "email")]),
        ({"name_en": "A", "email": "no body@x.org"}, [("NOT_AN_ADDRESS", "email")]),
        ({"name_en": "A" * 201}, [("TOO_LONG", "name_en")]),
        ({"name_en": "A\x00", "unit": ""}, [("BAD_CHARACTER", "name_en")]),
        ({"name_en": "A", "expertise": ["law", "b\x07"]}, [("BAD_CHARACTER", "expertise")]),
    ],
)
async def test_what_a_person_cannot_be_is_said_at_the_field(db, facts, problems):
    facts.pop("unit", None)
    with pytest.raises(Invalid) as refused:
        await create_person(SECRETARY, **facts)

    assert [(p.code, p.field) for p in refused.value.problems] == problems
    assert await Person.all().count() == 0


async def test_a_change_touches_only_what_it_means(db):
    who = await create_person(SECRETARY, name_en="Ann Lee", phone="1", email="ann@example.org", birth_date=make.TODAY)

    changed = await change_person(SECRETARY, who.id, phone="2", birth_date=None)

    assert (changed.phone, changed.email, changed.birth_date) == ("2", "ann@example.org", None)
    entry = await AuditEntry.get(serial=2)
    assert entry.facts == {"phone": ["1", "2"], "birth_date": ["2026-11-22", None]}


async def test_the_same_change_twice_is_written_down_once(db):
    who = await create_person(SECRETARY, name_en="Ann Lee")

    await change_person(SECRETARY, who.id, name_en="Ann Li")
    await change_person(SECRETARY, who.id, name_en="Ann Li")

    assert await AuditEntry.all().count() == 2


async def test_sort_keys_set_by_hand_outlive_a_new_name_until_they_are_cleared(db):
    who = await create_person(SECRETARY, name_zh="曾一")
    made = who.sort_pinyin

    fixed = await change_person(SECRETARY, who.id, sort_pinyin="ceng yi")
    renamed = await change_person(SECRETARY, who.id, name_zh="曾一一")
    cleared = await change_person(SECRETARY, who.id, name_zh="曾一", sort_pinyin="", sort_strokes="")

    assert (fixed.sort_pinyin, fixed.sort_fixed, fixed.sort_strokes) == ("ceng yi", True, who.sort_strokes)
    assert (renamed.sort_pinyin, renamed.sort_fixed) == ("ceng yi", True)
    assert (cleared.sort_pinyin, cleared.sort_fixed) == (made, False)


async def test_sort_keys_may_be_given_at_once(db):
    who = await create_person(SECRETARY, name_zh="曾一", sort_pinyin="ceng yi")

    assert (who.sort_pinyin, who.sort_fixed) == ("ceng yi", True)
    assert who.sort_strokes


async def test_nobody_unknown_or_merged_is_changed(db):
    other = await make.person()
    gone = await make.person(merged_into=other)

    with pytest.raises(NotThere):
        await change_person(SECRETARY, make.some_id(), name_en="A")
    with pytest.raises(Invalid) as refused:
        await change_person(SECRETARY, gone.id, name_en="A")
    with pytest.raises(Refused):
        await change_person(MEMBER, other.id, name_en="A")

    assert refused.value.problems[0].code == "MERGED"


async def test_an_identifier_is_one_persons_alone(db):
    one, two = await make.person(), await make.person()

    await identifier_add(SECRETARY, one.id, scheme="source", value=" 7 ")
    with pytest.raises(Conflict) as refused:
        await identifier_add(SECRETARY, two.id, scheme="source", value="7")

    assert refused.value.problems[0].field == "value"
    assert await PersonIdentifier.all().values_list("person_id", "value") == [(one.id, "7")]


async def test_an_identifier_says_something_and_needs_the_right(db):
    one = await make.person()

    with pytest.raises(Invalid) as refused:
        await identifier_add(SECRETARY, one.id, scheme="", value=" ")
    with pytest.raises(Refused):
        await identifier_add(MEMBER, one.id, scheme="a", value="b")

    assert [p.field for p in refused.value.problems] == ["scheme", "value"]


async def test_a_term_begins_as_a_draft_and_is_changed(db):
    term = await create_term(SECRETARY, code="15", name_zh="十五届", starts_on=dt.date(2027, 1, 1))

    changed = await change_term(SECRETARY, term.id, status=TermStatus.ACTIVE, ends_on=dt.date(2032, 1, 1))
    again = await change_term(SECRETARY, term.id, status=TermStatus.ACTIVE)

    assert (term.status, changed.status, changed.name_zh) == (TermStatus.DRAFT, TermStatus.ACTIVE, "十五届")
    assert again.ends_on == dt.date(2032, 1, 1)
    assert await AuditEntry.all().count() == 2


async def test_a_term_without_a_name_is_called_by_its_code(db):
    numbered, named = await create_term(SECRETARY, code="15"), await create_term(SECRETARY, code="市十五届")

    assert [(term.name_zh, term.name_en) for term in (numbered, named)] == [("", "15"), ("市十五届", "")]
    cleared = await change_term(SECRETARY, numbered.id, name_zh="十五届", name_en="")
    assert (cleared.name_zh, cleared.name_en) == ("十五届", "")
    assert (await change_term(SECRETARY, numbered.id, name_zh="")).name_en == "15"


@pytest.mark.parametrize(
    ("facts", "code", "field"),
    [
        ({}, "CODE_MISSING", "code"),
        ({"code": " "}, "CODE_MISSING", "code"),
        ({"code": "1", "starts_on": make.TODAY, "ends_on": make.TODAY}, "ENDS_BEFORE_START", "ends_on"),
    ],
)
async def test_a_term_needs_a_code_and_days_in_order(db, facts, code, field):
    with pytest.raises(Invalid) as refused:
        await create_term(SECRETARY, **facts)

    assert [(p.code, p.field) for p in refused.value.problems] == [(code, field)]
    assert await Term.all().count() == 0


async def test_two_terms_do_not_share_a_code(db):
    await make.term("15")
    other = await make.term("16")

    with pytest.raises(Conflict):
        await create_term(SECRETARY, code="15")
    with pytest.raises(Conflict):
        await change_term(SECRETARY, other.id, code="15")
    with pytest.raises(Refused):
        await create_term(MEMBER, code="17")
    with pytest.raises(Refused):
        await change_term(MEMBER, other.id, code="17")

    assert sorted(await Term.all().values_list("code", flat=True)) == ["15", "16"]


async def test_a_term_in_progress_gets_another_name_and_its_seats_stay_as_they_were(db):
    term = await make.term("15")
    seat = await make.seat(await make.person("wang"), term)

    await change_term(SECRETARY, term.id, name_en="Fifteenth term")

    assert (await Term.get(id=term.id)).name_en == "Fifteenth term"
    assert (await Membership.get(id=seat.id)).updated_at == seat.updated_at
