"""The rule profiles: the published values, each with its source; and whether delegates make a hearing (HE-1, HE-2)."""

from fractions import Fraction

import pytest

from server.rules.hearings import (
    PROFILES,
    Capacity,
    Delegate,
    Family,
    NoticePart,
    Position,
    Profile,
    Selection,
    balance,
    mix_problems,
)
from server.rules.hearings.notice import missing, parts
from server.rules.hearings.profiles import OURS, VALUES
from server.rules.hearings.quorum import Quorum

THIRD, TWO_THIRDS, FIFTH = Fraction(1, 3), Fraction(2, 3), Fraction(1, 5)


def test_a_hearing_by_members_is_the_default_and_the_only_one_at_which_nobody_else_applies() -> None:
    assert list(PROFILES) == ["members_hear", "prefecture", "legislative", "light", "committee"]
    assert [key for key, profile in PROFILES.items() if profile.family is Family.MEMBERS] == ["members_hear"]
    assert [key for key, profile in PROFILES.items() if profile.majority] == ["members_hear"]
    assert [key for key, profile in PROFILES.items() if profile.answer_working_days] == ["members_hear"]


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("members_hear", (10, None, 5, 10, None, False, None, Quorum(Fraction(1, 2)), 1, Selection.FIFO)),
        ("prefecture", (30, 15, 15, 15, THIRD, True, FIFTH, Quorum(TWO_THIRDS), 3, Selection.LOTTERY)),
        ("legislative", (20, None, None, 10, None, False, FIFTH, Quorum(TWO_THIRDS), 1, Selection.COLLECTIVE)),
        ("light", (10, None, 5, 10, None, False, FIFTH, Quorum(TWO_THIRDS), 1, Selection.FIFO)),
        ("committee", (7, None, None, 1, None, False, None, Quorum(people=2, panel=True), 1, Selection.FIFO)),
    ],
)
def test_a_profile_has_the_values_of_its_rules(key: str, values: tuple[object, ...]) -> None:
    profile = PROFILES[key]
    fields = "notice_days list_days material_days min_delegates public_share affected_gt_public balance_tolerance"

    found = [getattr(profile, name) for name in (*fields.split(), "quorum", "panel_odd_min", "selection")]

    assert tuple(found) == values


@pytest.mark.parametrize("profile", PROFILES.values(), ids=list(PROFILES))
def test_what_every_profile_has_in_common(profile: Profile) -> None:
    assert (profile.speak_limit_s, profile.question_limit_s) == (300, 300)
    assert (profile.correction_days, profile.minutes_working_days, profile.report_working_days) == (5, 7, 7)


def test_only_a_light_hearing_has_no_civil_servants_and_only_a_committee_wants_statements_before() -> None:
    assert [key for key, profile in PROFILES.items() if not profile.civil_servants] == ["light"]
    assert [key for key, profile in PROFILES.items() if profile.statement_hours == 24] == ["committee"]


@pytest.mark.parametrize("profile", PROFILES.values(), ids=list(PROFILES))
def test_every_value_says_where_it_is_from(profile: Profile) -> None:
    assert set(profile.sources) <= set(VALUES)
    assert all(source[0] == "H" or source == "MJ-1" for source in profile.sources.values())


@pytest.mark.parametrize(
    ("key", "field", "source"),
    [
        ("prefecture", "notice_days", "H2"),
        ("prefecture", "material_days", "H2b"),
        ("prefecture", "quorum", "H1"),
        ("legislative", "selection", "H4"),
        ("light", "notice_days", "H3"),
        ("light", "selection", "H15"),
        ("committee", "notice_days", "H8"),
        ("committee", "registration_days", "H9"),
        ("committee", "quorum", "H10"),
        ("members_hear", "notice_days", OURS),
        ("members_hear", "correction_days", "H6"),
        ("members_hear", "minutes_working_days", "H7"),
    ],
)
def test_a_value_is_from_that_source(key: str, field: str, source: str) -> None:
    assert PROFILES[key].source(field) == source


@pytest.mark.parametrize(
    ("quorum", "expected", "needed"),
    [
        (Quorum(TWO_THIRDS), 15, 10),
        (Quorum(TWO_THIRDS), 16, 11),  # ten and two thirds
        (Quorum(TWO_THIRDS), 17, 12),
        (Quorum(Fraction(1, 2)), 9, 5),
        (Quorum(people=2), 7, 2),
        (Quorum(TWO_THIRDS), 0, 1),  # nobody makes no hearing
    ],
)
def test_a_quorum_is_rounded_up_and_never_nobody(quorum: Quorum, expected: int, needed: int) -> None:
    assert quorum.needed(expected) == needed
    assert quorum.met(needed, expected)
    assert not quorum.met(needed - 1, expected)


PRO, CON, NEUTRAL = Position


@pytest.mark.parametrize(
    ("positions", "apart"),
    [
        ([PRO, CON], Fraction(0)),
        ([PRO] * 6 + [CON] * 4, FIFTH),
        ([PRO] * 4 + [CON] * 6 + [NEUTRAL] * 10, FIFTH),  # the neutral ones do not count
        ([PRO], Fraction(1)),
        ([NEUTRAL, NEUTRAL], None),
        ([], None),
    ],
)
def test_the_balance_is_how_far_the_sides_are_apart(positions: list[Position], apart: Fraction | None) -> None:
    assert balance(positions) == apart


def of(affected: int = 0, public: int = 0, expert: int = 0, *, pro: int = 0, con: int = 0) -> list[Delegate]:
    capacities = [Capacity.AFFECTED] * affected + [Capacity.PUBLIC] * public + [Capacity.EXPERT] * expert
    sides = [PRO] * pro + [CON] * con + [NEUTRAL] * (len(capacities) - pro - con)
    return [Delegate(capacity, side) for capacity, side in zip(capacities, sides, strict=True)]


@pytest.mark.parametrize(
    ("key", "delegates", "codes"),
    [
        ("prefecture", of(4, 3, 8, pro=6, con=4), []),
        ("prefecture", of(4, 3, 7), ["TOO_FEW_DELEGATES"]),
        ("prefecture", of(3, 2, 10), []),  # a third exactly
        ("prefecture", of(3, 2, 11), ["TOO_FEW_OF_THE_PUBLIC"]),
        ("prefecture", of(3, 3, 9), ["TOO_FEW_AFFECTED"]),
        ("prefecture", of(4, 3, 8, pro=7, con=4), ["OUT_OF_BALANCE"]),
        ("prefecture", [], ["TOO_FEW_DELEGATES", "TOO_FEW_OF_THE_PUBLIC", "TOO_FEW_AFFECTED"]),
        ("legislative", of(public=10, pro=6, con=4), []),
        ("legislative", of(public=9, pro=1), ["TOO_FEW_DELEGATES", "OUT_OF_BALANCE"]),
        ("light", [*of(public=9), Delegate(Capacity.PUBLIC, civil_servant=True)], ["CIVIL_SERVANT"]),
        ("committee", of(expert=1, pro=1), []),
    ],
)
def test_delegates_make_a_hearing_or_it_is_said_why_not(key: str, delegates: list[Delegate], codes: list[str]) -> None:
    problems = list(mix_problems(PROFILES[key], delegates))

    assert [each.code for each in problems] == codes
    assert all(each.rule in ("HE-1", "HE-2") and each.field == "delegates" for each in problems)


def test_a_share_is_written_as_people_write_it() -> None:
    (problem,) = mix_problems(PROFILES["prefecture"], of(3, 2, 11))

    assert str(problem.message) == (
        "Only 5 of 16 delegates are affected parties or of the public: that is less than 1/3 of them."
    )


@pytest.mark.parametrize(("key", "number"), [("members_hear", 10), ("prefecture", 14), ("legislative", 12)])
def test_a_notice_says_what_its_readers_must_know(key: str, number: int) -> None:
    assert len(parts(PROFILES[key])) == number


def test_only_a_draw_by_lot_is_committed_to_and_only_the_public_is_told_who_can_apply() -> None:
    drawn = [key for key, profile in PROFILES.items() if NoticePart.COMMITMENT in parts(profile)]

    assert drawn == ["prefecture"]
    assert NoticePart.CONDITIONS not in parts(PROFILES["members_hear"])


def test_what_a_notice_does_not_say_is_missing() -> None:
    said = set(NoticePart) - {NoticePart.PLACE, NoticePart.PUBLIC_DRAW}

    assert missing(PROFILES["prefecture"], said) == [NoticePart.PLACE, NoticePart.PUBLIC_DRAW]
    assert missing(PROFILES["light"], said) == [NoticePart.PLACE]
