"""The draw by lot: in balance where that can be, the same for everyone, and nothing to gain (HE-2)."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from server.errors import Invalid
from server.rules.hearings import (
    Applicant,
    Capacity,
    Draw,
    Position,
    Why,
    balance,
    balanced,
    commitment,
    draw,
    list_hash,
)
from server.rules.hearings.lottery import rank
from server.words import LOCALES

AFFECTED, PUBLIC, MEMBER, EXPERT, *_ = Capacity
PRO, CON, NEUTRAL = Position
ZEROS = bytes(32)
DRAWN_ON = "2026-11-29 03 11 17"
FIFTH = Fraction(1, 5)


def applicants(*kinds: tuple[Capacity, Position]) -> list[Applicant]:
    return [Applicant(serial, *kind) for serial, kind in enumerate(kinds, 1)]


def drawn(
    list_of: Sequence[Applicant],
    places: dict[Capacity, int],
    tolerance: Fraction | None = FIFTH,
    *,
    seed: bytes = ZEROS,
    public: str = DRAWN_ON,
) -> Draw:
    return draw(list_of, places, seed=seed, committed=commitment(seed), public=public, tolerance=tolerance)


def test_the_seed_is_committed_to_by_its_sha256() -> None:
    assert commitment(ZEROS) == "66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925"


def test_the_list_has_the_sha256_of_its_lines() -> None:
    frozen = [Applicant(1, AFFECTED, PRO), Applicant(2, PUBLIC, NEUTRAL), Applicant(4, EXPERT, CON)]

    assert list_hash(frozen) == "149144fa542e118b0ad35acf2ca25f1cfeb32a9c3ee2e53dea8c69848d4aef61"


def test_a_rank_is_the_sha256_of_seed_public_value_and_serial() -> None:
    assert rank(ZEROS, DRAWN_ON, 7) == "5f34cd54e8237500df297de4563008691ed43548b7d4babfbf3131779eefa002"


@pytest.mark.parametrize("serials", [(2, 1), (1, 1), (0, 1), (-1,)])
def test_a_list_that_is_not_in_order_of_arrival_has_no_sum(serials: tuple[int, ...]) -> None:
    with pytest.raises(Invalid) as refused:
        list_hash([Applicant(serial, PUBLIC, PRO) for serial in serials])

    assert [each.code for each in refused.value.problems] == ["BAD_LIST"]


@pytest.mark.parametrize(
    ("seed", "committed", "public", "code"),
    [
        (ZEROS, commitment(bytes(31) + b"\1"), DRAWN_ON, "SEED_NOT_COMMITTED"),
        (ZEROS, commitment(ZEROS).upper(), DRAWN_ON, "SEED_NOT_COMMITTED"),
        (bytes(31), commitment(ZEROS), DRAWN_ON, "BAD_SEED"),
        (ZEROS, commitment(ZEROS), " ", "NO_PUBLIC_VALUE"),
    ],
)
def test_nothing_is_drawn_with_another_seed_or_without_the_public_draw(
    seed: bytes, committed: str, public: str, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        draw(applicants((PUBLIC, PRO)), {PUBLIC: 1}, seed=seed, committed=committed, public=public, tolerance=FIFTH)

    assert [(each.code, each.rule) for each in refused.value.problems] == [(code, "HE-2")]


def test_without_sides_everyone_is_drawn_by_rank_within_their_capacity() -> None:
    list_of = applicants(*[(AFFECTED, NEUTRAL), (PUBLIC, NEUTRAL)] * 4, (EXPERT, NEUTRAL))
    by_rank = sorted(list_of, key=lambda each: rank(ZEROS, DRAWN_ON, each.serial))

    found = drawn(list_of, {AFFECTED: 2, PUBLIC: 3})

    assert [each.applicant for each in found.entries] == by_rank
    assert found.drawn == [
        each.serial
        for each in by_rank
        if each in [a for a in by_rank if a.capacity is AFFECTED][:2] + [a for a in by_rank if a.capacity is PUBLIC][:3]
    ]
    assert Counter(each.why for each in found.entries) == {Why.RANK: 5, Why.CLASS_FULL: 3, Why.NO_PLACES: 1}
    assert (found.balance, found.held, found.unfilled) == (None, True, {})


def test_where_one_side_would_be_too_many_others_are_passed_over() -> None:
    found = drawn(applicants(*[(PUBLIC, PRO)] * 20, *[(PUBLIC, CON)] * 5), {PUBLIC: 10})

    sides = Counter(each.applicant.position for each in found.entries if each.applicant.serial in found.drawn)
    assert sides == {PRO: 6, CON: 4}
    assert (found.balance, found.held) == (FIFTH, True)
    why = Counter(each.why for each in found.entries)
    assert why[Why.BALANCE] == why[Why.PASSED_FOR_BALANCE] > 0
    assert all((each.place <= 10) is (each.why in (Why.RANK, Why.PASSED_FOR_BALANCE)) for each in found.entries)


def test_where_no_choice_is_in_balance_the_nearest_one_is_drawn_and_it_is_said() -> None:
    found = drawn(applicants(*[(PUBLIC, PRO)] * 9, (PUBLIC, CON), (PUBLIC, NEUTRAL)), {PUBLIC: 10})

    assert (found.balance, found.held) == (Fraction(7, 9), False)
    assert {10, 11} <= set(found.drawn)


def test_places_for_which_nobody_applies_stay_empty() -> None:
    found = drawn(applicants((PUBLIC, PRO), (PUBLIC, CON)), {PUBLIC: 3, AFFECTED: 2})

    assert sorted(found.drawn) == [1, 2]
    assert found.unfilled == {PUBLIC: 1, AFFECTED: 2}


def test_everyone_is_told_why_in_both_languages() -> None:
    list_of = applicants(*[(PUBLIC, PRO)] * 20, *[(PUBLIC, CON)] * 5, (EXPERT, PRO))
    words = {each.why: each.words for each in drawn(list_of, {PUBLIC: 10}).entries}

    assert set(words) == set(Why)
    assert str(words[Why.NO_PLACES]) == "This hearing has no places for this capacity."
    assert "该类名额 10 个" in words[Why.RANK].into("zh")
    assert all(len({each.into(locale) for locale in LOCALES}) == 2 for each in words.values())


KINDS = some.tuples(some.sampled_from([AFFECTED, PUBLIC, EXPERT]), some.sampled_from(list(Position)))
LISTS = some.lists(KINDS, max_size=8).map(lambda kinds: applicants(*kinds))
PLACES = some.fixed_dictionaries({AFFECTED: some.integers(0, 3), PUBLIC: some.integers(0, 4)})
TOLERANCES = some.sampled_from([Fraction(0), FIFTH, Fraction(1, 3), None])
SEEDS = some.binary(min_size=32, max_size=32)
FEW = settings(max_examples=60, deadline=None)


def every_choice(list_of: Sequence[Applicant], places: dict[Capacity, int]) -> Iterator[list[Applicant]]:
    """Each way to fill the places as far as there are applicants."""
    groups = [([each for each in list_of if each.capacity is capacity], n) for capacity, n in places.items()]
    for parts in product(*(combinations(group, min(n, len(group))) for group, n in groups)):
        yield [each for part in parts for each in part]


@FEW
@given(LISTS, PLACES, TOLERANCES, SEEDS)
def test_the_tolerance_holds_or_no_choice_at_all_is_nearer(
    list_of: list[Applicant], places: dict[Capacity, int], tolerance: Fraction | None, seed: bytes
) -> None:
    found = drawn(list_of, places, tolerance, seed=seed)

    choices = list(every_choice(list_of, places))
    assert {each.serial for each in list_of if each.serial in found.drawn} in [{a.serial for a in c} for c in choices]
    assert found.held is any(balanced((each.position for each in choice), tolerance) for choice in choices)
    if not found.held:
        assert (found.balance or 0) == min(balance(each.position for each in choice) or 0 for choice in choices)


@FEW
@given(LISTS, PLACES, TOLERANCES, SEEDS)
def test_whoever_is_first_by_rank_has_the_place_if_that_is_in_balance(
    list_of: list[Applicant], places: dict[Capacity, int], tolerance: Fraction | None, seed: bytes
) -> None:
    plain = set(drawn(list_of, places, None, seed=seed).drawn)

    if balanced((each.position for each in list_of if each.serial in plain), tolerance):
        assert set(drawn(list_of, places, tolerance, seed=seed).drawn) == plain


@FEW
@given(LISTS, PLACES, TOLERANCES, SEEDS)
def test_the_same_facts_give_the_same_draw(
    list_of: list[Applicant], places: dict[Capacity, int], tolerance: Fraction | None, seed: bytes
) -> None:
    backwards = dict(reversed(places.items()))

    assert (
        drawn(list_of, places, tolerance, seed=seed).entries == drawn(list_of, backwards, tolerance, seed=seed).entries
    )


@FEW
@given(LISTS, PLACES, SEEDS, some.lists(KINDS, max_size=5))
def test_false_applications_take_places_by_chance_alone_and_put_nobody_else_before_others(
    list_of: list[Applicant], places: dict[Capacity, int], seed: bytes, false: list[tuple[Capacity, Position]]
) -> None:
    more = [*list_of, *(Applicant(len(list_of) + n, *kind) for n, kind in enumerate(false, 1))]

    before, after = drawn(list_of, places, None, seed=seed), drawn(more, places, None, seed=seed)

    true = {each.serial for each in list_of}
    assert [e.applicant for e in after.entries if e.applicant.serial in true] == [e.applicant for e in before.entries]
    assert true & set(after.drawn) <= set(before.drawn)


def test_no_time_of_arrival_is_better_than_another() -> None:
    list_of = applicants(*[(PUBLIC, NEUTRAL)] * 10)
    seeds = [hashlib.sha256(str(n).encode()).digest() for n in range(400)]

    times = Counter(serial for seed in seeds for serial in drawn(list_of, {PUBLIC: 5}, seed=seed).drawn)

    assert sum(times.values()) == 2000
    assert all(160 <= times[each.serial] <= 240 for each in list_of)  # 200 each; four standard deviations


def test_another_public_value_is_another_draw() -> None:
    list_of = applicants(*[(PUBLIC, NEUTRAL)] * 30)

    assert drawn(list_of, {PUBLIC: 5}).drawn != drawn(list_of, {PUBLIC: 5}, public="2026-11-29 03 11 18").drawn
