"""The clock of a statement, and how long who spoke: for people, sectors and members (HE-3, MJ-2)."""

import datetime as dt
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from server.errors import Invalid
from server.rules.hearings import Clock, ClockState, Pause, Spoken, budget_left, member_share
from server.rules.hearings.totals import by_person, by_sector

NINE = dt.datetime(2026, 11, 10, 1, tzinfo=dt.UTC)


def at(seconds: float) -> dt.datetime:
    return NINE + dt.timedelta(seconds=seconds)


def s(seconds: float) -> dt.timedelta:
    return dt.timedelta(seconds=seconds)


FRESH = Clock(s(300))
RUNNING = FRESH.start(NINE)
PAUSED = RUNNING.pause(at(60))
RESUMED = PAUSED.resume(at(90))
ENDED = RESUMED.end(at(200))


@pytest.mark.parametrize(
    ("clock", "now", "state", "used", "remaining", "overrun"),
    [
        (FRESH, 0, ClockState.WAITING, 0, 300, 0),
        (RUNNING, 40, ClockState.RUNNING, 40, 260, 0),
        (RUNNING, 300, ClockState.RUNNING, 300, 0, 0),
        (RUNNING, 360, ClockState.RUNNING, 360, -60, 60),  # not cut off
        (PAUSED, 500, ClockState.PAUSED, 60, 240, 0),  # it stands still
        (RESUMED, 100, ClockState.RUNNING, 70, 230, 0),
        (RESUMED, 390, ClockState.RUNNING, 360, -60, 60),
        (ENDED, 9999, ClockState.ENDED, 170, 130, 0),  # whenever it is asked
        (PAUSED.end(at(80)), 9999, ClockState.ENDED, 60, 240, 0),  # within a pause
        (RUNNING.end(at(310)), 9999, ClockState.ENDED, 310, -10, 10),
        (RUNNING, -5, ClockState.RUNNING, 0, 300, 0),  # a machine whose clock is behind
    ],
)
def test_a_clock_shows_what_was_used_what_is_left_and_what_was_overrun(
    clock: Clock, now: float, state: ClockState, used: float, remaining: float, overrun: float
) -> None:
    assert clock.state is state
    assert (clock.used(at(now)), clock.remaining(at(now)), clock.overrun(at(now))) == (
        s(used),
        s(remaining),
        s(overrun),
    )


def test_it_keeps_its_pauses() -> None:
    assert RESUMED.pause(at(100)).end(at(130)).pauses == (Pause(at(60), at(90)), Pause(at(100), at(130)))


MOVES = ("start", "pause", "resume", "end")
ALLOWED = {
    ClockState.WAITING: {"start"},
    ClockState.RUNNING: {"pause", "end"},
    ClockState.PAUSED: {"resume", "end"},
    ClockState.ENDED: set(),
}


@pytest.mark.parametrize("clock", [FRESH, RUNNING, PAUSED, ENDED], ids=[each.value for each in ClockState])
@pytest.mark.parametrize("move", MOVES)
def test_a_clock_does_what_its_state_allows(clock: Clock, move: str) -> None:
    if move in ALLOWED[clock.state]:
        assert getattr(clock, move)(at(300)) != clock
        return
    with pytest.raises(Invalid) as refused:
        getattr(clock, move)(at(300))
    assert [(each.code, each.rule) for each in refused.value.problems] == [("CLOCK_STATE", "HE-3")]


@pytest.mark.parametrize(("clock", "move"), [(RUNNING, "end"), (PAUSED, "resume"), (RESUMED, "pause")])
def test_nothing_happens_before_what_happened_last(clock: Clock, move: str) -> None:
    with pytest.raises(Invalid) as refused:
        getattr(clock, move)(at(-1))

    assert [each.code for each in refused.value.problems] == ["CLOCK_BACKWARDS"]


@settings(max_examples=50, deadline=None)
@given(some.lists(some.integers(0, 100), max_size=9))
def test_spoken_and_paused_time_are_the_whole_time(steps: list[int]) -> None:
    clock, now, spoken = RUNNING, 0, 0
    for step in steps:
        running = clock.state is ClockState.RUNNING
        now, spoken = now + step, spoken + step * running
        clock = (clock.pause if running else clock.resume)(at(now))

    assert clock.used(at(now)) == clock.end(at(now)).used(at(now + 50)) == s(spoken)


ANN, BEN, CY = (UUID(int=n) for n in range(1, 4))
ARTS, TRADE = UUID(int=11), UUID(int=12)


def spoke(person: UUID, seconds: float, sector: UUID | None = None, *, member: bool = False) -> Spoken:
    return Spoken(person, FRESH.start(NINE).end(at(seconds)), sector, member)


STATEMENTS = [
    spoke(ANN, 100, ARTS, member=True),
    spoke(BEN, 200, ARTS, member=True),
    spoke(ANN, 50, ARTS, member=True),
    spoke(CY, 90),
    Spoken(CY, RUNNING, TRADE),
]


def test_time_is_added_up_for_people_and_sectors_while_one_still_speaks() -> None:
    assert by_person(STATEMENTS, at(10)) == {ANN: s(150), BEN: s(200), CY: s(100)}
    assert by_sector(STATEMENTS, at(10)) == {ARTS: s(350), None: s(90), TRADE: s(10)}


def test_a_sector_sees_what_is_left_of_its_time_and_what_it_overran() -> None:
    budgets = {ARTS: s(300), TRADE: s(300), UUID(int=13): s(60)}

    assert budget_left(budgets, STATEMENTS, at(10)) == {ARTS: s(-50), TRADE: s(290), UUID(int=13): s(60)}


@pytest.mark.parametrize(
    ("statements", "of_speakers", "of_time", "warns"),
    [
        (STATEMENTS[:4], Fraction(2, 3), Fraction(350, 440), False),
        ([spoke(ANN, 60, member=True), spoke(BEN, 60)], Fraction(1, 2), Fraction(1, 2), False),  # a half is enough
        ([spoke(ANN, 60, member=True), spoke(BEN, 61)], Fraction(1, 2), Fraction(60, 121), True),
        ([spoke(ANN, 90, member=True), spoke(BEN, 10), spoke(CY, 10)], Fraction(1, 3), Fraction(9, 11), True),
        ([spoke(BEN, 0)], Fraction(0), None, True),
        ([], None, None, False),
    ],
)
def test_the_share_of_members_warns_under_a_half_of_speakers_or_of_time(
    statements: list[Spoken], of_speakers: Fraction | None, of_time: Fraction | None, warns: bool
) -> None:
    share = member_share(statements, at(0))

    assert (share.of_speakers, share.of_time, share.warns) == (of_speakers, of_time, warns)
