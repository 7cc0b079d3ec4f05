"""Who is in a learning group on a day, who is not and why (LC-1), and which groups are led as they must be (LC-2)."""

import datetime as dt
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.rules.coverage import (
    Coverage,
    Figures,
    Group,
    Pair,
    Place,
    Seat,
    Several,
    by_sector,
    coverage,
    leadership,
    overlap,
)
from server.rules.spans import Span

TODAY = dt.date(2026, 11, 22)
ANN, BEN, CAI, DAN = (UUID(int=n) for n in range(1, 5))
RED, BLUE, GREEN = (UUID(int=n) for n in range(11, 14))
EAST, WEST = UUID(int=21), UUID(int=22)


def day(number):
    """That many days after today."""
    return TODAY + dt.timedelta(days=number)


def figures(covered):
    return (covered.members, covered.none, covered.one, covered.more, covered.pending)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "body_ends_on", "counts"),
    [
        (None, None, None, True),
        (day(0), None, None, True),
        (day(1), None, None, False),
        (day(-9), day(1), None, True),
        (day(-9), day(0), None, False),
        (None, None, day(1), True),
        (None, None, day(0), False),
        (None, day(1), day(-5), False),
    ],
)
def test_a_row_counts_from_its_first_day_up_to_its_own_end_or_its_bodys(starts_on, ends_on, body_ends_on, counts):
    covered = coverage([Seat(ANN)], [Place(ANN, RED, starts_on, ends_on, body_ends_on)], TODAY)

    assert figures(covered) == (1, int(not counts), int(counts), 0, 0)


def test_bodies_are_counted_and_not_titles():
    seats = [Seat(ANN), Seat(BEN), Seat(CAI)]
    places = [Place(ANN, RED), Place(ANN, RED), Place(BEN, GREEN), Place(BEN, BLUE), Place(DAN, RED)]

    covered = coverage(seats, places, TODAY)

    assert figures(covered) == (3, 1, 1, 1, 0)
    assert covered.several == (Several(BEN, (BLUE, GREEN)),)
    assert [one.person for one in covered.without] == [CAI]


def test_for_learning_groups_only_primary_rows_count():
    places = [Place(ANN, RED, primary=False), Place(BEN, RED), Place(BEN, BLUE, primary=False)]
    seats = [Seat(ANN), Seat(BEN)]

    assert figures(coverage(seats, places, TODAY, primary_only=True)) == (2, 1, 1, 0, 0)
    assert figures(coverage(seats, places, TODAY)) == (2, 0, 1, 1, 0)


@pytest.mark.parametrize(
    ("joined_on", "grace_days", "pending"),
    [
        (None, 30, False),
        (day(0), 30, True),
        (day(-29), 30, True),
        (day(-30), 30, False),
        (day(-1), 0, False),
        (day(-1), 2, True),
    ],
)
def test_a_new_member_is_pending_for_the_days_of_grace_and_never_covered(joined_on, grace_days, pending):
    covered = coverage([Seat(ANN, joined_on)], [], TODAY, grace_days)

    assert figures(covered) == (1, 1, 0, 0, int(pending))


@pytest.mark.parametrize(
    ("seat", "places", "pending", "code", "why"),
    [
        (Seat(ANN), [], False, "UNCOVERED", "In no such body on 22 November 2026."),
        (Seat(ANN), [Place(ANN, RED, ends_on=day(0))], False, "UNCOVERED", "In no such body on 22 November 2026."),
        (
            Seat(ANN),
            [Place(ANN, RED, ends_on=day(-3), body_ends_on=day(-2))],
            False,
            "UNCOVERED",
            "In no such body on 22 November 2026.",
        ),
        (
            Seat(ANN, day(-2)),
            [],
            True,
            "PENDING",
            "Joined on 20 November 2026; to be placed before 20 December 2026.",
        ),
        (
            Seat(ANN),
            [Place(ANN, RED, body_ends_on=day(0))],
            False,
            "ENDED_GROUP",
            "Still entered in a body that has ended.",
        ),
        (
            Seat(ANN, day(-2)),
            [Place(ANN, RED, body_ends_on=day(-1))],
            True,
            "ENDED_GROUP",
            "Still entered in a body that has ended.",
        ),
    ],
)
def test_who_is_uncovered_is_told_why(seat, places, pending, code, why):
    (without,) = coverage([seat], places, TODAY).without

    assert (without.person, without.pending, without.code, str(without.why)) == (ANN, pending, code, why)


def test_the_uncovered_stand_in_order_of_their_ids():
    covered = coverage([Seat(CAI), Seat(ANN), Seat(BEN)], [], TODAY)

    assert [one.person for one in covered.without] == [ANN, BEN, CAI]


def test_two_seats_are_one_member_who_joined_with_the_first():
    assert figures(coverage([Seat(ANN, day(-2)), Seat(ANN, day(-300))], [], TODAY)) == (1, 1, 0, 0, 0)
    assert figures(coverage([Seat(ANN, day(-2)), Seat(ANN, day(-3))], [], TODAY)) == (1, 1, 0, 0, 1)
    assert figures(coverage([Seat(ANN, day(-2)), Seat(ANN)], [], TODAY)) == (1, 1, 0, 0, 0)


def test_nobody_is_covered_where_there_is_nobody():
    assert coverage([], [Place(ANN, RED)], TODAY) == Coverage(0, 0, 0, 0, 0, (), ())


def test_the_picture_shows_each_sector():
    seats = [Seat(ANN, sector=EAST), Seat(BEN, day(0), EAST), Seat(CAI, sector=WEST), Seat(DAN), Seat(ANN, sector=WEST)]
    places = [Place(ANN, RED), Place(ANN, BLUE), Place(CAI, RED)]

    picture = by_sector(seats, coverage(seats, places, TODAY))

    assert picture == {
        EAST: Figures(members=2, none=1, one=0, more=1, pending=1),
        WEST: Figures(members=2, none=0, one=1, more=1, pending=0),
        None: Figures(members=1, none=1, one=0, more=0, pending=0),
    }


DAYS = st.none() | st.integers(-3, 3).map(day)
PLACES = st.builds(
    Place, st.sampled_from([ANN, BEN, CAI]), st.sampled_from([RED, BLUE]), DAYS, DAYS, DAYS, st.booleans()
)
SEATS = st.builds(Seat, st.sampled_from([ANN, BEN, DAN]), DAYS, st.sampled_from([EAST, WEST, None]))


@given(st.lists(SEATS, max_size=6), st.lists(PLACES, max_size=8), st.booleans())
def test_the_figures_always_add_up(seats, places, primary_only):
    covered = coverage(seats, places, TODAY, primary_only=primary_only)

    assert covered.members == covered.none + covered.one + covered.more == len({seat.person for seat in seats})
    assert covered.none == len(covered.without)
    assert covered.more == len(covered.several)
    assert covered.pending == sum(one.pending for one in covered.without)
    for part in by_sector(seats, covered).values():
        assert part.members == part.none + part.one + part.more


NEW = Place(ANN, BLUE, day(0), day(10))


@pytest.mark.parametrize(
    ("changes", "meets"),
    [
        ({}, True),
        ({"starts_on": None, "ends_on": None}, True),
        ({"ends_on": day(0)}, False),
        ({"ends_on": day(1)}, True),
        ({"starts_on": day(10)}, False),
        ({"starts_on": day(9)}, True),
        ({"body_ends_on": day(0)}, False),
        ({"body_ends_on": day(1)}, True),
        ({"starts_on": day(5), "body_ends_on": day(3)}, False),
        ({"primary": False}, False),
        ({"person": BEN}, False),
        ({"body": BLUE}, False),
    ],
)
def test_a_primary_place_meets_those_in_other_groups_that_share_a_day(changes, meets):
    row = replace(Place(ANN, RED), **changes)

    assert overlap([row], NEW) == ([row] if meets else [])


@pytest.mark.parametrize("new", [replace(NEW, primary=False), replace(NEW, ends_on=day(0))])
def test_a_secondary_or_empty_place_meets_nothing(new):
    assert overlap([Place(ANN, RED)], new) == []


def test_an_open_place_meets_one_in_the_future():
    future = Place(ANN, RED, day(400))

    assert overlap([future], replace(NEW, ends_on=None)) == [future]


@given(PLACES, PLACES)
def test_places_meet_exactly_when_there_is_a_day_on_which_both_count(row, new):
    sharing = any(row.holds(day(n)) and new.holds(day(n)) for n in range(-5, 6))
    rivals = row.person == new.person and row.body != new.body and row.primary and new.primary

    assert overlap([row], new) == ([row] if sharing and rivals else [])


@given(st.lists(PLACES, max_size=6))
def test_who_never_overlaps_is_never_in_two_groups(places):
    kept = []
    for place in places:
        if not overlap(kept, place):
            kept.append(place)

    for number in range(-4, 5):
        assert coverage([Seat(ANN), Seat(BEN)], kept, day(number), primary_only=True).more == 0


def test_the_span_of_a_place_ends_with_its_body():
    assert Place(ANN, RED, day(0), day(9), day(5)).span == Span(day(0), day(5))
    assert Place(ANN, RED, day(0), day(5), day(9)).span == Span(day(0), day(5))
    assert Place(ANN, RED).span == Span()


def gaps(*arguments):
    return [(gap.where, gap.problem.code, str(gap.problem.message)) for gap in leadership(*arguments)]


LED = Group(RED, frozenset({ANN}), frozenset({BEN}), category=EAST)
LONE = Group(BLUE, frozenset({ANN}), category=WEST)


@pytest.mark.parametrize(
    ("group", "message"),
    [
        (replace(LED, heads=frozenset(), co_heads=frozenset({ANN, BEN})), "This group has no head. Name one."),
        (
            replace(LED, heads=frozenset({ANN, BEN})),
            "This group has 2 heads. Keep one and make the others co-heads.",
        ),
    ],
)
def test_a_group_has_exactly_one_head(group, message):
    assert gaps([group], {ANN}, {BEN}) == [(RED, "LEADERSHIP_INCOMPLETE", message)]
    assert leadership([group], {ANN}, {BEN})[0].problem.rule == "LC-2"


def test_one_person_may_lead_several_groups():
    assert gaps([LED, LONE], {ANN}, {BEN}) == []


def test_no_groups_lack_nothing():
    assert gaps([], {ANN}, {BEN}) == []


@pytest.mark.parametrize(
    ("party_group", "vice_chairs", "pair", "missing"),
    [
        ({ANN}, {BEN}, Pair.PLATFORM, []),
        ({ANN}, {BEN}, Pair.CATEGORY, [WEST]),
        ({ANN}, {BEN}, Pair.GROUP, [BLUE]),
        ({ANN}, set(), Pair.PLATFORM, [None]),
        (set(), {BEN}, Pair.PLATFORM, [None]),
        ({CAI}, {DAN}, Pair.CATEGORY, [EAST, WEST]),
        ({BEN}, {ANN}, Pair.GROUP, [BLUE]),
    ],
)
def test_the_pair_leads_together_wherever_the_setting_wants_it(party_group, vice_chairs, pair, missing):
    found = leadership([LED, LONE], party_group, vice_chairs, pair)

    assert [gap.where for gap in found] == missing
    assert {gap.problem.code for gap in found} <= {"PAIR_MISSING"}


def test_the_missing_pair_is_named_by_where_it_is_missing():
    assert [str(leadership([LONE], set(), set(), pair)[0].problem.message) for pair in Pair] == [
        "No party-group member leads the groups together with a non-party vice-chair.",
        "No party-group member leads this category's groups together with a non-party vice-chair.",
        "No party-group member leads this group together with a non-party vice-chair.",
    ]


def test_groups_of_one_category_share_their_pair():
    second = Group(BLUE, frozenset({BEN}), category=EAST)
    first = Group(RED, frozenset({ANN}), category=EAST)

    assert gaps([first, second], {ANN}, {BEN}, Pair.CATEGORY) == []
    assert [gap.where for gap in leadership([first, second], {ANN}, {BEN}, Pair.GROUP)] == [RED, BLUE]


def test_a_group_that_nobody_leads_lacks_both():
    assert [gap.problem.code for gap in leadership([Group(RED)], {ANN}, {BEN}, Pair.GROUP)] == [
        "LEADERSHIP_INCOMPLETE",
        "PAIR_MISSING",
    ]
