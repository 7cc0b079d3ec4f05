"""Who may take folders over or stand in, on which days, and whose hand counts as whose (RD-2, RD-5)."""

import datetime as dt
from dataclasses import replace

import pytest

from server.rules.keeping import (
    LONGEST,
    Party,
    arranges,
    day_problems,
    deputy_problems,
    is_one_hand,
    principals,
    taker_problems,
    within,
)
from server.rules.permissions import Action, HeldRole, Role, may
from tests.make import TODAY, some_id

DAY = dt.timedelta(days=1)
KEEPER, TAKER, OFFICE, HERE = some_id(), some_id(), some_id(), some_id()
KEEPS, TAKES = Party(KEEPER, some_id()), Party(TAKER, some_id())


@pytest.mark.parametrize(
    ("taker", "by", "code"),
    [
        (TAKES, KEEPS, None),
        (TAKES, Party(OFFICE), None),
        (KEEPS, KEEPS, "SAME_HANDS"),
        (replace(TAKES, person=KEEPS.person), KEEPS, "SAME_HANDS"),
        (TAKES, TAKES, "GIVES_ONESELF"),
        (TAKES, Party(OFFICE, TAKES.person), "GIVES_ONESELF"),
        (replace(TAKES, active=False), KEEPS, "ACCOUNT_CLOSED"),
        (replace(TAKES, works=False), KEEPS, "NOT_OFFICE"),
        (Party(TAKER), Party(OFFICE), None),  # offices without a person are not one person
    ],
)
def test_who_takes_over_is_somebody_else_who_works_here(taker: Party, by: Party, code: str | None) -> None:
    found = taker_problems(KEEPS, taker, by, "to")

    assert [(one.code, one.field) for one in found] == ([(code, "to")] if code else [])


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        (TODAY, TODAY, None),
        (TODAY + DAY, TODAY + LONGEST * DAY, None),
        (TODAY - DAY, TODAY, ("PAST", "starts_on")),
        (TODAY + DAY, TODAY, ("ENDS_FIRST", "last_day")),
        (TODAY, TODAY + LONGEST * DAY, ("TOO_LONG", "last_day")),
    ],
)
def test_a_deputy_has_days_that_begin_and_end(first: dt.date, last: dt.date, found: tuple[str, str] | None) -> None:
    problems = deputy_problems(first, last, TODAY)

    assert [(one.code, one.field) for one in problems] == ([found] if found else [])


def test_nothing_is_handed_over_in_the_past() -> None:
    assert [one.code for one in day_problems(TODAY - DAY, TODAY)] == ["PAST"]
    assert day_problems(TODAY, TODAY) == []


def test_the_office_arranges_for_others_and_a_keeper_only_for_themselves() -> None:
    assert arranges([HeldRole(Role.SECRETARY)])
    assert arranges([HeldRole(Role.ADMINISTRATOR)])
    assert not arranges([HeldRole(Role.SECRETARY, HERE), HeldRole(Role.CUSTODIAN), HeldRole(Role.CHAIR)])


def test_a_deputy_and_who_is_away_are_one_hand() -> None:
    deputy = [HeldRole(Role.CUSTODIAN, deputy_for=KEEPER)]

    assert principals(deputy) == {KEEPER}
    assert is_one_hand(TAKER, deputy, KEEPER, None)  # who is away gave it
    assert is_one_hand(TAKER, deputy, OFFICE, KEEPER)  # another deputy gave it for them
    assert is_one_hand(KEEPER, [], TAKER, KEEPER)  # their deputy gave it
    assert is_one_hand(TAKER, [], TAKER, None)
    assert not is_one_hand(TAKER, [], KEEPER, None)
    assert not is_one_hand(None, [], None, None)


def test_who_may_by_a_role_of_their_own_acts_for_nobody_else() -> None:
    lent = HeldRole(Role.CUSTODIAN, deputy_for=KEEPER)
    own = HeldRole(Role.CUSTODIAN, HERE)

    assert may([lent, own], Action.MANAGE_DOCUMENTS, body=HERE).by == own
    assert may([lent, own], Action.MANAGE_DOCUMENTS, body=some_id()).by == lent


def test_a_role_for_one_body_keeps_its_folders_and_one_for_all_keeps_all() -> None:
    assert within({HERE}, HERE)
    assert within({None}, HERE)
    assert within({None}, None)
    assert not within({HERE}, None)
    assert not within({HERE}, some_id())
    assert not within(set(), None)
