import datetime as dt

import pytest

from server.errors import Invalid
from server.rules.accounts import (
    account_name,
    fit_password,
    fold_name,
    fold_password,
    is_touch_due,
    session_end,
    token_end,
)

NOW = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("Admin", "admin"), (" li.na@office ", "li.na@office"), ("Ａｄｍｉｎ", "admin"), ("李娜", "李娜"), ("a1", "a1")],
)
def test_a_name_is_kept_as_it_is_compared(typed: str, kept: str):
    assert account_name(typed) == kept


@pytest.mark.parametrize("typed", ["", "a", "a b", "-ab", "a" * 61, "a\nb", "<b>"])
def test_a_name_that_cannot_be_told_apart_safely_is_refused(typed: str):
    with pytest.raises(Invalid) as no:
        account_name(typed)

    assert (no.value.problems[0].code, no.value.problems[0].field) == ("ACCOUNT_NAME", "name")


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("eleven char", "PASSWORD_SHORT"),
        ("x" * 1001, "PASSWORD_LONG"),
        ("demo-only-password", "PASSWORD_PUBLISHED"),
        ("ｄｅｍｏ-only-password", "PASSWORD_PUBLISHED"),
    ],
)
def test_a_password_that_does_not_fit_is_refused_with_the_reason(password: str, code: str):
    with pytest.raises(Invalid) as no:
        fit_password(password, field="new")

    assert (no.value.problems[0].code, no.value.problems[0].field) == (code, "new")


def test_the_refusal_of_a_short_password_says_how_long_it_must_be():
    with pytest.raises(Invalid, match="at least 12 characters; this one has 5"):
        fit_password("short")


@pytest.mark.parametrize("password", ["twelve chars", "aaaaaaaaaaaa", "一二三四五六七八九十百千", "x" * 1000])
def test_length_is_all_that_a_password_needs(password: str):
    assert fit_password(password) == password


def test_the_published_password_is_for_the_demo_assembly():
    assert fit_password("demo-only-password", demo=True) == "demo-only-password"


@pytest.mark.parametrize(("typed", "folded"), [("a\0b", "a?b"), ("a\ud800", "a?"), ("x" * 101, "x" * 100)])
def test_a_name_that_no_database_holds_is_still_a_name_to_look_up(typed: str, folded: str):
    assert fold_name(typed) == folded


def test_a_password_that_no_encoding_holds_can_still_be_hashed():
    assert fold_password("a\ud800b") == "a?b"


def test_the_same_password_comes_from_every_input_method():
    assert fold_password("Ｐａｓｓ") == "Pass"


@pytest.mark.parametrize(("seen", "ends"), [(0, 14), (10, 24), (76, 90), (80, 90)])
def test_a_session_slides_for_fourteen_days_and_ends_after_ninety(seen: int, ends: int):
    assert session_end(NOW, NOW + seen * DAY) == NOW + ends * DAY


@pytest.mark.parametrize(("seconds", "due"), [(0, False), (59, False), (60, True)])
def test_use_is_noted_once_a_minute(seconds: int, due: bool):
    assert is_touch_due(NOW - dt.timedelta(seconds=seconds), NOW) is due
    assert is_touch_due(None, NOW)


def test_a_token_lives_from_one_to_730_days():
    assert token_end(NOW, 1) == NOW + DAY
    assert token_end(NOW, 730) == NOW + 730 * DAY


@pytest.mark.parametrize("days", [0, -1, 731])
def test_a_token_without_a_sound_end_is_refused(days: int):
    with pytest.raises(Invalid) as no:
        token_end(NOW, days)

    assert (no.value.problems[0].code, no.value.problems[0].field) == ("TOKEN_DAYS", "days")
