import datetime as dt
from uuid import UUID

import pytest

from server.rules.invitations import (
    ALPHABET,
    LIFE,
    AccountNaming,
    InviteeStanding,
    Way,
    account_names,
    fold_code,
    grouped,
    may_invite,
    spelled,
    standing,
)
from server.rules.permissions import ALLOWED, Action, HeldRole, Role
from tests import make

HERE, THERE = UUID(int=1), UUID(int=2)
OFFICE = make.viewer(Role.SECRETARY)
ADMIN = make.viewer(Role.ADMINISTRATOR)
NOW = make.NOW


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ({"account": False}, InviteeStanding.NO_ACCOUNT),
        ({"active": False}, InviteeStanding.DISABLED),
        ({"active": False, "came_in": True}, InviteeStanding.DISABLED),
        ({"came_in": True}, InviteeStanding.IN),
        ({"came_in": True, "newest": Way(NOW + LIFE, False)}, InviteeStanding.IN),
        ({}, InviteeStanding.NOT_INVITED),
        ({"newest": Way(NOW + LIFE, False)}, InviteeStanding.INVITED),
        ({"newest": Way(NOW + LIFE, True)}, InviteeStanding.LAPSED),
        ({"newest": Way(NOW, False)}, InviteeStanding.LAPSED),
        ({"newest": Way(NOW + dt.timedelta(seconds=1), False)}, InviteeStanding.INVITED),
    ],
)
def test_how_far_someone_has_come_in(facts: dict[str, object], found: InviteeStanding) -> None:
    given = {"account": True, "active": True, "came_in": False, "newest": None, "now": NOW} | facts

    assert standing(**given) is found


@pytest.mark.parametrize(
    "typed", ["ABCD-EFGH-JKMN", "abcd efgh jkmn", "ａｂｃｄ－ＥＦＧＨ－ＪＫＭＮ", " ABCDEFGHJKMN. "]
)
def test_a_code_is_the_same_however_it_is_typed(typed: str) -> None:
    assert fold_code(typed) == "ABCDEFGHJKMN"
    assert grouped(fold_code(typed)) == "ABCD-EFGH-JKMN"


def test_no_letter_of_a_code_is_taken_for_another() -> None:
    assert len(set(ALPHABET)) == len(ALPHABET) == 30
    assert set("01OILU") & set(ALPHABET) == set()


def test_who_may_less_issues_nothing_for_who_may_more() -> None:
    """So nobody becomes what they are not by resetting a password at the desk."""
    beyond = {role for role in Role if not may_invite(OFFICE, [HeldRole(role)])}

    assert beyond == {Role.CUSTODIAN, Role.DEPARTMENT, Role.AUDITOR, Role.ADMINISTRATOR}
    assert [role for role in Role if not may_invite(ADMIN, [HeldRole(role)])] == []


def test_whatever_the_table_says_an_account_is_issued_only_by_who_may_all_that_it_may_or_gives_roles() -> None:
    for issuer in set(Role) - set(ALLOWED[Action.MANAGE_ACCOUNTS]):
        for holder in Role:
            all_of_it = all(issuer in ALLOWED[action] for action in ALLOWED if holder in ALLOWED[action])
            becomes = holder is Role.CHAIR and issuer in ALLOWED[Action.MANAGE_BODIES]
            assert not may_invite(make.viewer(issuer), [HeldRole(holder)]) or all_of_it or becomes, (issuer, holder)


def test_who_names_the_head_of_the_chairs_meeting_lets_in_the_chair_of_the_assembly() -> None:
    chair = [HeldRole(Role.CHAIR)]

    assert may_invite(OFFICE, chair)
    assert not may_invite(make.viewer(Role.CUSTODIAN), chair)
    assert not may_invite(make.viewer(roles=(HeldRole(Role.SECRETARY, HERE, "Culture"),)), chair)


def test_who_says_who_sits_in_a_body_lets_in_whoever_acts_for_it_by_a_place() -> None:
    """The office could make itself the contact of a department, and so lets its contact in."""
    contact = [HeldRole(Role.DEPARTMENT, THERE)]

    assert may_invite(OFFICE, contact)
    assert not may_invite(make.viewer(Role.CHAIR), contact)
    assert not may_invite(make.viewer(roles=(HeldRole(Role.SECRETARY, HERE, "Culture"),)), contact)


def test_a_role_for_one_body_is_only_weighed_there() -> None:
    here = make.viewer(roles=(HeldRole(Role.SECRETARY, HERE, "Culture"),))

    assert may_invite(OFFICE, [HeldRole(Role.SECRETARY, HERE)])
    assert may_invite(here, [HeldRole(Role.GROUP_LEADER, HERE)])
    assert not may_invite(here, [HeldRole(Role.GROUP_LEADER, THERE)])
    assert not may_invite(here, [HeldRole(Role.SECRETARY)])


def test_a_token_issues_nothing_beyond_its_scopes() -> None:
    token = make.viewer(Role.ADMINISTRATOR, scopes=frozenset({"accounts:write"}), client=HERE)
    whole = make.viewer(Role.ADMINISTRATOR, scopes=frozenset({"all:write"}), client=HERE)

    refused = may_invite(token, [HeldRole(Role.ADMINISTRATOR)])

    assert (refused.code, bool(may_invite(whole, [HeldRole(Role.ADMINISTRATOR)]))) == ("BEYOND_YOURS", True)
    assert "see members and bodies" in str(refused.reason)
    assert may_invite(token, [HeldRole(Role.CUSTODIAN)]).code == "BEYOND_YOURS"
    assert may_invite(whole, [HeldRole(Role.CUSTODIAN)])


@pytest.mark.parametrize(
    ("pinyin", "name"),
    [
        ("shan4单 xiao3小 ming2明", "shanxiaoming"),
        ("smith john", "smithjohn"),
        ("lü4吕", "memberl"),
        ("lv4吕 bu4布", "lvbu"),
        ("", "member"),
        ("1", "member"),
    ],
)
def test_a_name_is_spelled_by_pinyin(pinyin: str, name: str) -> None:
    assert spelled(pinyin) == name


def test_names_are_unique_among_each_other_and_among_those_there_are() -> None:
    people = [("101", "wang2王 wei3伟"), ("101", "wang2王 wei3伟"), ("", "wang2王 wei3伟"), ("7", "li3李 na4娜")]

    by_pinyin = account_names(AccountNaming.PINYIN, people, ["Wangwei"])
    by_number = account_names(AccountNaming.NUMBER, people, [])

    assert by_pinyin == ["wangwei2", "wangwei3", "wangwei4", "lina"]
    assert by_number == ["101", "wangwei", "wangwei2", "lina"]
