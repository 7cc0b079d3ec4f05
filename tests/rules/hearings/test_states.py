"""Both state machines of a hearing, what stands in a step's way, and its activity's state (HE-1 to HE-4)."""

from itertools import pairwise

import pytest

from server.rules.hearings import (
    ACTIVITY_STATE,
    BLOCKS,
    PROFILES,
    ApplicationState,
    HearingState,
    HearingStep,
    NoticePart,
    Standing,
    application_moves,
    moves,
    outcome,
)
from server.rules.hearings.states import APPLICATION_MOVES, HEARING_MOVES, PHASES, STEPS

S, T = HearingState, HearingStep
LONG_ROAD = (
    S.DRAFT,
    S.APPROVED,
    S.ANNOUNCED,
    S.APPLICATIONS_OPEN,
    S.APPLICATIONS_CLOSED,
    S.SELECTED,
    S.LIST_PUBLISHED,
    S.READY,
    S.IN_SESSION,
    S.RECORD_OPEN,
    S.RECORD_FINAL,
    S.REPORT_DRAFT,
    S.REPORT_PUBLISHED,
    S.OUTCOMES_FED_BACK,
    S.ARCHIVED,
)


def test_a_hearing_goes_from_its_draft_to_the_archive_step_by_step() -> None:
    for before, after in pairwise(LONG_ROAD):
        assert after in moves(before).values()


def test_the_sitting_adjourns_and_resumes_and_a_postponed_hearing_is_announced_again() -> None:
    assert moves(S.IN_SESSION) == {T.ADJOURN: S.ADJOURNED, T.OPEN_RECORD: S.RECORD_OPEN}
    assert moves(S.ADJOURNED) == {T.RESUME: S.IN_SESSION}
    assert moves(S.POSTPONED) == {T.ANNOUNCE: S.ANNOUNCED, T.CANCEL: S.CANCELLED}
    assert [state for state in S if T.POSTPONE in moves(state)] == [S.READY]


def test_it_is_cancelled_only_before_it_sits() -> None:
    can = {state for state in S if T.CANCEL in moves(state)}

    assert can == set(LONG_ROAD[:8]) | {S.POSTPONED}


def test_every_state_has_its_moves_and_is_reached_by_one() -> None:
    assert set(HEARING_MOVES) == set(HearingState)
    assert {to for each in HEARING_MOVES.values() for to in each.values()} == set(HearingState) - {S.DRAFT}
    assert set(APPLICATION_MOVES) == set(ApplicationState)
    reached = {to for each in APPLICATION_MOVES.values() for to in each.values()}
    assert reached == set(ApplicationState) - {ApplicationState.SUBMITTED}


A = ApplicationState


@pytest.mark.parametrize(
    ("state", "reached"),
    [
        (A.SUBMITTED, [A.ELIGIBLE, A.INELIGIBLE, A.WITHDRAWN]),
        (A.ELIGIBLE, [A.SELECTED, A.RESERVE, A.NOT_SELECTED, A.WITHDRAWN]),
        (A.SELECTED, [A.CONFIRMED, A.WITHDRAWN]),
        (A.RESERVE, [A.SELECTED, A.WITHDRAWN]),
        (A.CONFIRMED, [A.ATTENDED, A.ABSENT, A.WITHDRAWN]),
        *[(over, []) for over in (A.INELIGIBLE, A.NOT_SELECTED, A.ATTENDED, A.ABSENT, A.WITHDRAWN)],
    ],
)
def test_an_application_goes_on(state: ApplicationState, reached: list[ApplicationState]) -> None:
    assert list(application_moves(state).values()) == reached


FULL = Standing(
    days_left=30, notice_days=30, present=10, expected=15, quorum=PROFILES["prefecture"].quorum, window_over=True
)
TODAY = {"days_left": 0}


def standing(**facts: object) -> Standing:
    return Standing(**(FULL.__dict__ | facts))


@pytest.mark.parametrize(
    ("state", "step", "facts", "becomes", "codes"),
    [
        (S.APPROVED, T.ANNOUNCE, {}, S.ANNOUNCED, []),
        (S.APPROVED, T.ANNOUNCE, {"days_left": 29}, None, ["NOTICE_TOO_SHORT"]),
        (S.APPROVED, T.ANNOUNCE, {"days_left": 29, "good_cause": " "}, None, ["NOTICE_TOO_SHORT"]),
        (S.APPROVED, T.ANNOUNCE, {"days_left": 29, "good_cause": "flood"}, S.ANNOUNCED, []),
        (S.POSTPONED, T.ANNOUNCE, {"days_left": 3}, None, ["NOTICE_TOO_SHORT"]),  # it needs a new notice
        (S.APPROVED, T.ANNOUNCE, {"missing": (NoticePart.PLACE,)}, None, ["NOTICE_INCOMPLETE"]),
        (S.READY, T.START, TODAY, S.IN_SESSION, []),
        (S.READY, T.START, TODAY | {"present": 9}, S.POSTPONED, ["NO_QUORUM"]),
        (S.READY, T.START, {"present": 0, "days_left": 1}, None, ["NOT_THE_DAY", "NO_QUORUM"]),
        (S.READY, T.START, TODAY | {"undecided": 1}, None, ["CHALLENGE_UNDECIDED"]),
        (S.READY, T.START, TODAY | {"both": 1}, None, ["PANEL_SPEAKS"]),
        (S.READY, T.START, TODAY | {"both": 1, "present": 9}, None, ["NO_QUORUM", "PANEL_SPEAKS"]),
        (S.RECORD_OPEN, T.FINISH_RECORD, {}, S.RECORD_FINAL, []),
        (S.RECORD_OPEN, T.FINISH_RECORD, {"window_over": False}, None, ["CORRECTIONS_POSSIBLE"]),
        (S.RECORD_OPEN, T.FINISH_RECORD, {"window_over": False, "all_signed": True}, S.RECORD_FINAL, []),
        (S.RECORD_OPEN, T.FINISH_RECORD, {"unanswered": 2}, None, ["CORRECTIONS_UNANSWERED"]),
        (S.REPORT_DRAFT, T.PUBLISH_REPORT, {}, S.REPORT_PUBLISHED, []),
        (S.REPORT_DRAFT, T.PUBLISH_REPORT, {"undisposed": 1}, None, ["STATEMENTS_UNDISPOSED"]),
        (S.REPORT_DRAFT, T.PUBLISH_REPORT, {"unfounded": 1}, None, ["NOT_ADOPTED_WITHOUT_REASON"]),
        (S.DRAFT, T.START, TODAY, None, ["NOT_NOW"]),
        (S.ARCHIVED, T.CANCEL, {}, None, ["NOT_NOW"]),
    ],
)
def test_a_step_leads_on_or_it_is_said_what_stands_in_the_way(
    state: HearingState, step: HearingStep, facts: dict[str, object], becomes: HearingState | None, codes: list[str]
) -> None:
    found = outcome(state, step, standing(**facts))

    assert found.state is becomes
    assert [each.code for each in found.problems] == codes


def test_every_block_was_tried_and_says_its_rule_in_both_languages() -> None:
    words = [block.words(standing(missing=(NoticePart.PLACE,))) for block in BLOCKS]

    assert len({block.code for block in BLOCKS}) == len(BLOCKS) == 10
    assert {block.rule for block in BLOCKS} == {"HE-1", "HE-2", "HE-3", "HE-4"}
    assert all(each.into("zh") != each.into("en") for each in words)


def test_a_quorum_that_fails_says_how_many_are_missed() -> None:
    found = outcome(S.READY, T.START, standing(days_left=0, present=9))

    assert str(found.problems[0].message) == "9 of 15 are here, 10 must be: it is postponed. Give notice again."


ACTIVITY = (
    "draft",
    "approved",
    "announced",
    "open",
    "closed_for_rsvp",
    "in_progress",
    "held",
    "attendance_locked",
    "archived",
    "cancelled",
    "postponed",
)


def test_every_phase_goes_with_a_state_of_its_activity() -> None:
    assert set(ACTIVITY_STATE) == set(HearingState)
    assert set(ACTIVITY_STATE.values()) == set(ACTIVITY)


def test_an_activity_never_goes_back_while_its_hearing_goes_on() -> None:
    road = [ACTIVITY.index(ACTIVITY_STATE[state]) for state in LONG_ROAD]

    assert road == sorted(road)


def test_an_incomplete_notice_says_what_is_missing() -> None:
    lacking = (NoticePart.COMMITMENT, NoticePart.PLACE)

    (problem,) = outcome(S.APPROVED, T.ANNOUNCE, standing(missing=lacking)).problems

    assert str(problem.message) == (
        "The notice does not say everything that it must: the commitment to the seed, the place of the hearing."
    )


def test_a_step_out_of_turn_is_told_where_the_hearing_stands_and_what_can_be_done() -> None:
    (early,) = outcome(HearingState.ANNOUNCED, HearingStep.START, Standing()).problems
    (late,) = outcome(HearingState.CANCELLED, HearingStep.START, Standing()).problems
    assert (early.code, early.rule) == ("NOT_NOW", "HE-1")
    assert str(early.message) == (
        "Not now. The hearing stands at: notice is given. What can be done: open applications, cancel it."
    )
    assert str(late.message) == "Not any more. The hearing stands at: cancelled, for good."


def test_each_phase_and_each_step_has_a_name() -> None:
    assert (set(PHASES), set(STEPS)) == (set(HearingState), set(HearingStep))
