"""The order in which people speak, what the presiding officer changes, and when one's turn comes (HE-3)."""

import datetime as dt
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from server.errors import Invalid
from server.rules.hearings import (
    Capacity,
    Clock,
    Position,
    Reordering,
    Speaker,
    Turn,
    lawful_order,
    next_speaker,
    reordered,
    turn_of,
)
from server.rules.hearings.speaking import reordering_problems, waiting

NINE = dt.datetime(2026, 11, 10, 1, tzinfo=dt.UTC)
"""Nine o'clock in Tianjin."""
TIANJIN = ZoneInfo("Asia/Shanghai")
A, B, C, D, E = (UUID(int=n) for n in range(1, 6))
OFFICER = UUID(int=99)
PRO, CON, NEUTRAL = Position


def minutes(n: float) -> dt.timedelta:
    return dt.timedelta(minutes=n)


def speakers(*told: str) -> list[Speaker]:
    """Such as "affected for", in the order in which they applied; what an invited one is stands last."""
    parts = [each.split() for each in told]
    return [
        Speaker(UUID(int=n), Capacity(what), Position(side), NINE + minutes(n), *map(Capacity, known))
        for n, (what, side, *known) in enumerate(parts, 1)
    ]


@pytest.mark.parametrize(
    ("told", "order"),
    [
        (["expert for", "public for", "affected for"], [3, 2, 1]),
        (["lawyer for", "member for", "public against", "expert against"], [2, 3, 1, 4]),  # a class of two kinds each
        (["public for", "public for", "public against", "public against"], [1, 3, 2, 4]),  # by turns
        (["public against", "public for", "public for"], [1, 2, 3]),  # whoever applied first begins
        (["public for", "public for", "public for", "public against"], [1, 4, 2, 3]),  # one side is through
        (["public neutral", "public against", "public for"], [2, 3, 1]),  # the neutral ones after both sides
        (["public neutral", "public neutral"], [1, 2]),
        (["affected neutral", "public for"], [1, 2]),  # but before the next class
        (["public for", "invited for expert", "invited against affected"], [3, 1, 2]),  # by what they are
        (["invited for", "public for"], [2, 1]),  # of whom nothing is known comes with the experts
        ([], []),
    ],
)
def test_people_speak_in_the_lawful_order(told: list[str], order: list[int]) -> None:
    assert [each.id.int for each in lawful_order(speakers(*told))] == order


def test_of_the_same_time_the_lower_id_comes_first() -> None:
    both = [Speaker(each, Capacity.PUBLIC, PRO, NINE) for each in (B, A)]

    assert [each.id for each in lawful_order(both)] == [A, B]


MANY = some.lists(some.tuples(some.sampled_from(list(Capacity)), some.sampled_from(list(Position))), max_size=12)


@settings(max_examples=50, deadline=None)
@given(MANY, some.randoms())
def test_the_order_holds_everyone_once_however_they_are_given(
    kinds: list[tuple[Capacity, Position]], chance: object
) -> None:
    given_so = [Speaker(UUID(int=n), *kind, NINE + minutes(n)) for n, kind in enumerate(kinds)]
    order = lawful_order(given_so)
    chance.shuffle(given_so)

    assert lawful_order(given_so) == order
    assert len(order) == len({each.id for each in order}) == len(kinds)
    assert [each.turn for each in order] == sorted(each.turn for each in order)


def change(speaker: UUID, before: UUID | None, reason: str = "must catch a train") -> Reordering:
    return Reordering(speaker, before, reason, OFFICER, NINE)


@pytest.mark.parametrize(
    ("log", "order"),
    [
        ([], [A, B, C, D]),
        ([change(D, A)], [D, A, B, C]),
        ([change(A, None)], [B, C, D, A]),
        ([change(A, C)], [B, A, C, D]),
        ([change(D, A), change(D, None)], [A, B, C, D]),
        ([change(D, A), change(C, D)], [C, D, A, B]),
        ([change(E, A)], [A, B, C, D]),  # withdrawn since
        ([change(A, E)], [B, C, D, A]),  # before someone who withdrew since
        ([change(A, A)], [A, B, C, D]),
    ],
)
def test_the_presiding_officer_changes_the_order(log: list[Reordering], order: list[UUID]) -> None:
    assert reordered([A, B, C, D], log) == order


@pytest.mark.parametrize(
    ("wanted", "codes"),
    [
        (change(D, C), []),
        (change(D, None), []),
        (change(D, C, " "), ["NO_REASON"]),
        (change(E, C), ["NOT_A_SPEAKER"]),
        (change(A, C), ["HAS_SPOKEN"]),
        (change(D, A), ["NOT_A_PLACE"]),  # before someone who has spoken
        (change(D, E), ["NOT_A_PLACE"]),
        (change(D, D), ["NOT_A_PLACE"]),
        (change(E, A, ""), ["NO_REASON", "NOT_A_SPEAKER", "NOT_A_PLACE"]),
    ],
)
def test_a_change_of_the_order_needs_a_reason_and_people_who_wait(wanted: Reordering, codes: list[str]) -> None:
    found = list(reordering_problems(wanted, [A, B, C, D], {A}))

    assert [each.code for each in found] == codes
    assert all(each.rule == "HE-3" for each in found)


@pytest.mark.parametrize(
    ("begun", "absent", "queue"),
    [
        (set(), set(), [A, B, C]),
        ({A}, set(), [B, C]),
        ({A}, {B}, [C]),
        ({A, C}, {B}, []),
        ({A, C}, set(), [B]),  # who was called and not there speaks when they are
    ],
)
def test_the_next_one_is_the_first_who_waits_and_is_there(
    begun: set[UUID], absent: set[UUID], queue: list[UUID]
) -> None:
    assert waiting([A, B, C], begun, absent) == queue
    assert next_speaker([A, B, C], begun, absent) == (queue[0] if queue else None)


FIVE_EACH = dict.fromkeys([A, B, C, D], minutes(5))
RUNNING = Clock(minutes(5)).start(NINE)


@pytest.mark.parametrize(
    ("speaker", "speaking", "after", "between", "nth", "about"),
    [
        (B, None, 0, 0, 1, 0),
        (D, None, 0, 0, 3, 10),
        (D, RUNNING, 2, 0, 3, 15),  # three minutes are left of the one who speaks
        (D, RUNNING, 2, 2, 3, 21),  # and two for questions after each of the three
        (B, RUNNING, 9, 0, 1, 9),  # who overruns may end at any moment
        (B, RUNNING.pause(NINE + minutes(1)), 7, 0, 1, 11),  # a pause holds everyone up
    ],
)
def test_whoever_waits_knows_their_number_and_about_when(
    speaker: UUID, speaking: Clock | None, after: float, between: float, nth: int, about: float
) -> None:
    now = NINE + minutes(after)

    turn = turn_of(speaker, [B, C, D], FIVE_EACH, now, speaking=speaking, between=minutes(between))

    assert turn == Turn(nth, NINE + minutes(about))


def test_whoever_does_not_wait_has_no_turn() -> None:
    with pytest.raises(Invalid) as refused:
        turn_of(A, [B, C], FIVE_EACH, NINE)

    assert [each.code for each in refused.value.problems] == ["NOT_WAITING"]


@pytest.mark.parametrize(
    ("turn", "en", "zh"),
    [
        (
            Turn(3, NINE + minutes(320)),
            "You are number 3 of those who wait, about 14:20.",
            "您在等候发言的人中排第 3 位，约 14:20。",
        ),
        (Turn(1, NINE), "You are next, about 09:00.", "下一位就是您，约 09:00。"),
    ],
)
def test_a_turn_is_told_in_the_time_of_the_assembly(turn: Turn, en: str, zh: str) -> None:
    words = turn.words(TIANJIN)

    assert (words.into("en"), words.into("zh")) == (en, zh)
