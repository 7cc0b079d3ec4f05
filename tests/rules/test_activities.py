"""Activities by rule: their days, their moves, their majority (AT-1, MJ-1)."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from server.errors import Invalid
from server.rules.activities import (
    MOVES,
    WAS_HELD,
    ActivityKind,
    ActivityState,
    ActivityStep,
    Deadlines,
    Majority,
    ParticipantRole,
    deadlines,
    joint,
    majority,
    sessions_on,
)
from server.rules.calendar import Calendar

P, S, K = ParticipantRole, ActivityState, ActivityKind
THURSDAY = dt.date(2026, 12, 31)


def day(month: int, of: int) -> dt.date:
    return dt.date(2026, month, of)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (K.PLENARY, Deadlines(day(12, 24), day(12, 28), day(12, 28), None)),
        (K.STANDING_COMMITTEE, Deadlines(day(12, 28), day(12, 28), day(12, 29), None)),
        (K.TRAINING, Deadlines(day(12, 28), day(12, 28), day(12, 30), None)),
        (K.CONSULTATION, Deadlines(day(12, 10), day(12, 17), day(12, 30), dt.date(2027, 1, 11))),
    ],
)
def test_days_follow_from_the_one_on_which_it_begins(kind: ActivityKind, expected: Deadlines) -> None:
    assert deadlines(kind, THURSDAY, Calendar()) == expected


def test_materials_are_never_due_before_people_were_told() -> None:
    told = day(12, 22)
    by = deadlines(K.CONSULTATION, THURSDAY, Calendar(), announced_on=told)
    assert by.materials_by == told
    assert by.short(told)
    assert not by.short(day(12, 10)), "the last day that keeps it"


def test_whatever_was_held_leads_to_the_archive_and_nowhere_else() -> None:
    for state in WAS_HELD:
        assert not {ActivityStep.CANCEL, ActivityStep.POSTPONE} & MOVES[state].keys()
    assert set(MOVES) == set(S)
    assert {S.ARCHIVED, S.CANCELLED} == {state for state in S if not MOVES[state]}


@pytest.mark.parametrize(
    ("taking_part", "members", "everyone", "met", "missing"),
    [
        ([], 0, 0, False, 1),
        ([(P.MEMBER, True)], 1, 1, True, 0),
        ([(P.MEMBER, True), (P.OFFICIAL, False)], 1, 2, False, 1),
        ([(P.MEMBER, True), (P.MEMBER, True), (P.OFFICIAL, False)], 2, 3, True, 0),
        ([(P.MEMBER, True), (P.STAFF, False), (P.PRESS, True)], 1, 1, True, 0),
        ([(P.MEMBER, False), (P.EXPERT, True), (P.GUEST, False)], 0, 3, False, 4),
    ],
)
def test_members_are_the_majority_when_they_are_more_than_half(
    taking_part: list[tuple[ParticipantRole, bool]], members: int, everyone: int, met: bool, missing: int
) -> None:
    found = majority(taking_part)
    assert (found.members, found.everyone, found.met, found.missing) == (members, everyone, met, missing)
    more = Majority(found.members + missing, found.everyone + missing)
    assert more.met
    assert missing == 0 or not Majority(members + missing - 1, everyone + missing - 1).met


def test_a_joint_activity_is_held_by_bodies_of_different_kinds() -> None:
    assert joint([K.PLENARY, K.BRIEFING])
    assert not joint([K.PLENARY, K.PLENARY])


@pytest.mark.parametrize("last", [day(12, 30), dt.date(2027, 3, 1)], ids=["before the first", "much later"])
def test_days_come_in_their_order_and_are_not_too_many(last: dt.date) -> None:
    with pytest.raises(Invalid) as caught:
        sessions_on(THURSDAY, last, "9-11", ZoneInfo("Asia/Shanghai"))

    assert [(problem.code, problem.field) for problem in caught.value.problems] == [("DAYS_ORDER", "last_day")]


def test_each_day_has_its_hours() -> None:
    found = sessions_on(THURSDAY, dt.date(2027, 1, 1), "9-11, 14-16", ZoneInfo("Asia/Shanghai"))

    assert [begins.isoformat() for begins, _ in found] == [
        *("2026-12-31T01:00:00+00:00", "2026-12-31T06:00:00+00:00"),
        *("2027-01-01T01:00:00+00:00", "2027-01-01T06:00:00+00:00"),
    ]
