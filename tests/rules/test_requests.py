import datetime as dt

import pytest

from server.errors import Invalid
from server.rules.calendar import Calendar
from server.rules.requests import RequestField, RequestState, due_on, is_late, late_by, soon, text_of, value_of
from tests import make


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        (RequestField.PHONE, " 010-1234 ", "010-1234"),
        (RequestField.EXPERTISE, "law、water, schools;roads\nart", ["law", "water", "schools", "roads", "art"]),
        (RequestField.FOCUS_TOPICS, " ", []),
        (RequestField.BIRTH_DATE, "1960年3月1日", dt.date(1960, 3, 1)),
        (RequestField.BIRTH_DATE, "", None),
    ],
)
def test_what_is_asked_becomes_what_the_file_keeps(field: RequestField, text: str, value: object) -> None:
    assert value_of(field, text) == value


def test_a_day_that_is_none_is_told_beside_what_was_typed() -> None:
    with pytest.raises(Invalid) as refusal:
        value_of(RequestField.BIRTH_DATE, "in spring")

    assert (refusal.value.problems[0].code, refusal.value.problems[0].field) == ("BAD_DATE", "wanted")


@pytest.mark.parametrize(
    ("value", "text"), [(None, ""), ("a", "a"), (["law", "water"], "law、water"), (make.TODAY, "2026-11-22")]
)
def test_a_value_is_shown_as_text(value: object, text: str) -> None:
    assert text_of(value) == text


def test_the_office_answers_within_ten_working_days_and_is_late_after() -> None:
    due = due_on(Calendar({}), make.TODAY)

    assert due == dt.date(2026, 12, 4)
    assert not is_late(due, due, RequestState.OPEN)
    assert is_late(due, due + dt.timedelta(days=1), RequestState.OPEN)
    assert not is_late(due, due + dt.timedelta(days=1), RequestState.DECLINED)


def test_how_late_it_is_counts_every_day_and_what_is_due_soon_those_that_are_worked() -> None:
    due = dt.date(2026, 11, 20)

    assert [late_by(due, due + dt.timedelta(days=n), RequestState.OPEN) for n in (-1, 0, 1, 3)] == [0, 0, 1, 3]
    assert late_by(due, due + dt.timedelta(days=3), RequestState.ACCEPTED) == 0
    assert soon(Calendar({}), due) == dt.date(2026, 11, 24)
