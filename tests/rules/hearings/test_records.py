"""The record, its corrections, the report and its dispositions (HE-4); the panel and who cannot be on it (HE-2)."""

import datetime as dt

import pytest

from server.errors import Invalid
from server.rules.calendar import Calendar
from server.rules.hearings import (
    Challenge,
    Correction,
    CorrectionState,
    Decision,
    Disposed,
    Disposition,
    Position,
    conflicts,
    disposition_problems,
    panel_problems,
    sitting,
)
from server.rules.hearings.panel import decided, undecided
from server.rules.hearings.records import (
    answered,
    correction_problems,
    corrections_until,
    counts,
    late_by,
    report_due,
    unanswered,
    undisposed,
    window_over,
    without_reason,
)


def nov(day: int) -> dt.date:
    return dt.date(2026, 11, day)


@pytest.mark.parametrize(
    ("today", "spoke", "codes"),
    [
        (1, True, ["RECORD_NOT_OPEN"]),
        (2, True, []),
        (7, True, []),  # the fifth day after it was opened
        (8, True, ["CORRECTIONS_OVER"]),
        (2, False, ["NOT_A_SPEAKER"]),
        (8, False, ["NOT_A_SPEAKER", "CORRECTIONS_OVER"]),
    ],
)
def test_whoever_spoke_asks_for_corrections_within_five_days(today: int, spoke: bool, codes: list[str]) -> None:
    found = list(correction_problems(nov(2), 5, nov(today), spoke=spoke))

    assert [each.code for each in found] == codes
    assert all(each.rule == "HE-4" for each in found)
    assert window_over(nov(2), 5, nov(today)) is ("CORRECTIONS_OVER" in codes)


def test_the_last_day_for_corrections_is_named() -> None:
    (problem,) = correction_problems(nov(2), 5, nov(8), spoke=True)

    assert corrections_until(nov(2), 5) == nov(7)
    assert str(problem.message) == "Corrections could be asked for until 7 November 2026."


ASKED, ACCEPTED, REFUSED = CorrectionState


@pytest.mark.parametrize("state", [ACCEPTED, REFUSED])
def test_a_correction_is_answered_once_and_with_a_reason(state: CorrectionState) -> None:
    assert answered(Correction(), state, " as the tape has it ") == Correction(state, "as the tape has it")


@pytest.mark.parametrize(
    ("correction", "state", "reason", "code"),
    [
        (Correction(), ACCEPTED, "", "NO_REASON"),
        (Correction(), REFUSED, " ", "NO_REASON"),
        (Correction(REFUSED, "no"), ACCEPTED, "yes", "CORRECTION_ANSWERED"),
        (Correction(), ASKED, "yes", "CORRECTION_ANSWERED"),
    ],
)
def test_an_answer_without_a_reason_or_a_second_one_is_refused(
    correction: Correction, state: CorrectionState, reason: str, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        answered(correction, state, reason)

    assert [each.code for each in refused.value.problems] == [code]


def test_corrections_without_an_answer_are_counted() -> None:
    assert unanswered([Correction(), Correction(ACCEPTED, "yes"), Correction()]) == 2


@pytest.mark.parametrize(("final", "due"), [(nov(2), nov(11)), (nov(6), nov(17)), (nov(7), nov(17))])
def test_the_report_is_due_within_seven_working_days_of_the_final_record(final: dt.date, due: dt.date) -> None:
    assert report_due(Calendar(), final, 7) == due


@pytest.mark.parametrize(("today", "days"), [(10, 0), (11, 0), (12, 1), (20, 9)])
def test_a_late_report_is_late_by_so_many_days(today: int, days: int) -> None:
    assert late_by(nov(11), nov(today)) == days


ADOPTED, PARTLY, NOT_ADOPTED, NOTED = Disposed


@pytest.mark.parametrize(
    ("outcome", "reason", "codes"),
    [
        (NOT_ADOPTED, "", ["NOT_ADOPTED_WITHOUT_REASON"]),
        (NOT_ADOPTED, " \n", ["NOT_ADOPTED_WITHOUT_REASON"]),
        (NOT_ADOPTED, "The law does not allow it.", []),
        *[(outcome, "", []) for outcome in (ADOPTED, PARTLY, NOTED)],
    ],
)
def test_what_is_not_adopted_needs_a_reason(outcome: Disposed, reason: str, codes: list[str]) -> None:
    found = list(disposition_problems(outcome, reason))

    assert [each.code for each in found] == codes
    assert all((each.field, each.rule) == ("reason", "HE-4") for each in found)


PRO, CON, NEUTRAL = Position
TOLD = [
    Disposition(PRO, ADOPTED, "good"),
    Disposition(PRO, ADOPTED),
    Disposition(PRO, NOT_ADOPTED, "too dear"),
    Disposition(CON, PARTLY, "the half of it"),
    Disposition(NEUTRAL),
]


def test_the_report_counts_statements_by_position_and_what_became_of_them() -> None:
    found = counts(TOLD)

    none = {ADOPTED: 0, PARTLY: 0, NOT_ADOPTED: 0, NOTED: 0, None: 0}
    assert found == {
        PRO: none | {ADOPTED: 2, NOT_ADOPTED: 1},
        CON: none | {PARTLY: 1},
        NEUTRAL: none | {None: 1},
    }


def test_statements_without_a_disposition_and_dispositions_without_a_reason_are_counted() -> None:
    assert (undisposed(TOLD), without_reason(TOLD)) == (1, 1)


@pytest.mark.parametrize(
    ("panel", "speakers", "least", "codes"),
    [
        ("abc", "xyz", 3, []),
        ("abcde", "", 3, []),
        ("abcd", "", 3, ["PANEL_SIZE"]),  # even
        ("a", "", 3, ["PANEL_SIZE"]),
        ("", "", 1, ["PANEL_SIZE"]),
        ("a", "x", 1, []),
        ("abc", "xb", 3, ["PANEL_SPEAKS"]),
        ("ab", "ab", 1, ["PANEL_SIZE", "PANEL_SPEAKS"]),
    ],
)
def test_a_panel_is_odd_large_enough_and_does_not_speak(
    panel: str, speakers: str, least: int, codes: list[str]
) -> None:
    assert [each.code for each in panel_problems(panel, speakers, least)] == codes


def test_whoever_hears_and_speaks_is_named() -> None:
    assert conflicts("abc", "xcb") == ["b", "c"]


UPHELD, DISMISSED = Decision


@pytest.mark.parametrize(("decision", "left"), [(UPHELD, ["a", "c"]), (DISMISSED, ["a", "b", "c"])])
def test_a_member_whose_challenge_is_upheld_leaves_the_panel(decision: Decision, left: list[str]) -> None:
    challenge = decided(Challenge("b", "an interest of their own"), decision, "heard both", statements=0)

    assert (challenge.decision, challenge.decided_because) == (decision, "heard both")
    assert sitting("abc", [challenge]) == left
    assert undecided([challenge]) == 0


def test_an_undecided_challenge_waits_and_moves_nobody() -> None:
    challenge = Challenge("b", "an interest of their own")

    assert undecided([challenge]) == 1
    assert sitting("abc", [challenge]) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("challenge", "reason", "statements", "code"),
    [
        (Challenge("b", "why"), "", 0, "NO_REASON"),
        (Challenge("b", "why"), "so", 1, "STATEMENTS_BEGUN"),
        (Challenge("b", "why", DISMISSED, "so"), "so", 0, "CHALLENGE_DECIDED"),
    ],
)
def test_a_challenge_is_decided_once_with_a_reason_and_before_anyone_speaks(
    challenge: Challenge[str], reason: str, statements: int, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        decided(challenge, UPHELD, reason, statements=statements)

    assert [(each.code, each.rule) for each in refused.value.problems] == [(code, "HE-2")]
