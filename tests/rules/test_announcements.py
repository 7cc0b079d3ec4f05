"""Announcements by rule: what each must say, whom they are for, what leaves the house, how timely they are (AD-2)."""

import datetime as dt
from typing import Any
from uuid import UUID

import pytest

from server.rules.announcements import (
    MISSING,
    NEEDED,
    STEPS,
    AnnouncementAudience,
    AnnouncementKind,
    AnnouncementStanding,
    AnnouncementState,
    AnnouncementStep,
    Lag,
    ReadStanding,
    Timeliness,
    Told,
    missing,
    read_standing,
    standing,
    text_leaves,
    timeliness,
    title_leaves,
    unfitting,
    unsound_times,
    writers_step,
)
from server.rules.documents import Level

K, S, A, T = AnnouncementKind, AnnouncementState, AnnouncementAudience, AnnouncementStep
MONDAY = dt.date(2026, 11, 2)
NOON = dt.datetime(2026, 11, 2, 4, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
SCHOOLS, ROADS = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (K.INFORMATION, ["origin", "occurred_on"]),
        (K.SITUATION, ["origin", "occurred_on"]),
        (K.DISPLAY, ["display_until", "comment_until"]),
        (K.NOTICE, []),
    ],
)
def test_each_kind_says_what_it_must(kind: AnnouncementKind, fields: list[str]) -> None:
    assert [problem.field for problem in missing(kind, {})] == fields
    assert missing(kind, dict.fromkeys(fields, "something")) == []


def test_whatever_is_needed_has_its_words() -> None:
    assert {name for names in NEEDED.values() for name in names} == set(MISSING)


@pytest.mark.parametrize(
    ("kind", "display", "comments", "codes"),
    [
        (K.NOTICE, None, None, []),
        (K.NOTICE, 0, 0, []),
        (K.NOTICE, -1, None, ["DISPLAY_SHORT"]),
        (K.DISPLAY, 3, None, ["DISPLAY_SHORT"]),
        (K.DISPLAY, 4, 4, []),
        (K.NOTICE, 4, 5, ["COMMENTS_OUTSIDE"]),
        (K.NOTICE, None, -1, ["COMMENTS_OUTSIDE"]),
        (K.NOTICE, None, 9, []),
    ],
)
def test_it_is_displayed_long_enough_and_comments_end_within(
    kind: AnnouncementKind, display: int | None, comments: int | None, codes: list[str]
) -> None:
    days: Any = [None if n is None else MONDAY + n * DAY for n in (display, comments)]
    found = unsound_times(kind, first=MONDAY, display_until=days[0], comment_until=days[1])
    assert [problem.code for problem in found] == codes


@pytest.mark.parametrize(
    ("level", "audience", "named", "fields"),
    [
        (Level.PUBLIC, A.EVERYONE, [], []),
        (Level.INTERNAL, A.EVERYONE, [], ["level"]),
        (Level.INTERNAL, A.MEMBERS, [], []),
        (Level.WORK_SENSITIVE, A.MEMBERS, [], ["audience"]),
        (Level.WORK_SENSITIVE, A.ROLES, ["chair"], []),
        (Level.INTERNAL, A.BODIES, [], ["bodies"]),
        (Level.PUBLIC, A.ROLES, [], ["roles"]),
    ],
)
def test_level_and_audience_go_together(
    level: Level, audience: AnnouncementAudience, named: list[str], fields: list[str]
) -> None:
    assert [problem.field for problem in unfitting(level, audience, named)] == fields


def test_only_what_is_public_leaves_whole_and_nothing_of_what_is_work_sensitive() -> None:
    assert [(title_leaves(level), text_leaves(level)) for level in Level] == [
        (True, True),
        (True, False),
        (False, False),
    ]


@pytest.mark.parametrize(
    ("state", "at", "until", "expected"),
    [
        (S.DRAFT, None, None, AnnouncementStanding.DRAFT),
        (S.SUBMITTED, None, None, AnnouncementStanding.SUBMITTED),
        (S.WITHDRAWN, NOON, None, AnnouncementStanding.WITHDRAWN),
        (S.PUBLISHED, None, None, AnnouncementStanding.SCHEDULED),
        (S.PUBLISHED, NOON + DAY, None, AnnouncementStanding.SCHEDULED),
        (S.PUBLISHED, NOON, None, AnnouncementStanding.DISPLAYED),
        (S.PUBLISHED, NOON, MONDAY, AnnouncementStanding.DISPLAYED),
        (S.PUBLISHED, NOON - 2 * DAY, MONDAY - DAY, AnnouncementStanding.OVER),
    ],
)
def test_how_it_stands_follows_from_its_state_and_times(
    state: AnnouncementState, at: dt.datetime | None, until: dt.date | None, expected: AnnouncementStanding
) -> None:
    assert standing(state, at, until, now=NOON, today=MONDAY) is expected


@pytest.mark.parametrize(
    ("seen", "expected"), [(None, ReadStanding.UNREAD), (1, ReadStanding.EARLIER), (2, ReadStanding.READ)]
)
def test_what_was_read_before_a_correction_is_not_read_as_it_stands(seen: int | None, expected: ReadStanding) -> None:
    assert read_standing(seen, 2) is expected


def test_who_writes_a_draft_can_change_hand_in_and_discard_it_and_no_more() -> None:
    found = {(step, state) for state in S for step in STEPS[state] if writers_step(step, state)}
    assert found == {(T.CHANGE, S.DRAFT), (T.SUBMIT, S.DRAFT), (T.WITHDRAW, S.DRAFT)}
    assert STEPS[S.WITHDRAWN] == ()


def test_days_to_publication_and_to_first_reading_are_told_for_each_department() -> None:
    told = [
        Told(SCHOOLS, MONDAY, MONDAY + 1 * DAY, MONDAY + 2 * DAY),
        Told(ROADS, MONDAY, MONDAY + 30 * DAY),
        Told(SCHOOLS, MONDAY, MONDAY + 9 * DAY),
        Told(SCHOOLS, MONDAY, MONDAY + 3 * DAY, MONDAY + 3 * DAY),
        Told(SCHOOLS, MONDAY, MONDAY - 2 * DAY, MONDAY - DAY),
    ]
    assert timeliness(told) == [
        Timeliness(SCHOOLS, 4, 1, to_publication=Lag(1, 9), to_reading=Lag(2, 3)),
        Timeliness(ROADS, 1, 1, to_publication=Lag(30, 30), to_reading=None),
    ]
