"""Days as files write them, and what is said of those that are none."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.errors import Invalid, Problem
from server.rules.dates import Day, parse_day, span_problem

MARCH = dt.date(2024, 3, 1)


def read_or_refused(text):
    try:
        parse_day(text)
    except Invalid as refusal:
        return refusal.problems[0].code
    return "READ"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "2024-03-01",
            "2024-3-1",
            " 2024-03-01 ",
            "2024年3月1日",
            "2024年03月01日",
            "2024 年 3 月 1 日",
            "2024年3月1号",
        ),
        *(
            "2024.3.1",
            "2024.03.01",
            "2024．3．1",
            "2024/3/1",
            "2024/03/01",
            "20240301",
            "２０２４－０３－０１",
            "2024–03–01",
        ),
        *("2024-03-01T00:00:00Z", "2024-03-01 00:00:00", "2024/3/1 0:00", "2024-03-01T00:00:00.000+00:00"),
    ],
)
def test_a_full_date_is_read_however_it_is_written(text):
    assert parse_day(text) == Day(MARCH, precise=True)


@pytest.mark.parametrize("text", ["2024-03", "2024-3", "2024.3", "2024/03", "2024年3月", "202403"])
def test_a_month_is_its_first_day_and_not_precise(text):
    assert parse_day(text) == Day(MARCH, precise=False)


@pytest.mark.parametrize("text", ["1970", "1970年", " 1970 ", "1970."])
def test_a_year_is_its_first_day_and_not_precise(text):
    assert parse_day(text) == Day(dt.date(1970, 1, 1), precise=False)


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("", "BAD_DATE", " is no date that can be read. Write it like 2024-03-01, or 2024-03, or 2024."),
        ("soon", "BAD_DATE", "soon is no date that can be read. Write it like 2024-03-01, or 2024-03, or 2024."),
        (
            "1/3/2024",
            "BAD_DATE",
            "1/3/2024 is no date that can be read. Write it like 2024-03-01, or 2024-03, or 2024.",
        ),
        ("24-3-1", "BAD_DATE", "24-3-1 is no date that can be read. Write it like 2024-03-01, or 2024-03, or 2024."),
        (
            "x" * 99,
            "BAD_DATE",
            "x" * 40 + " is no date that can be read. Write it like 2024-03-01, or 2024-03, or 2024.",
        ),
        (
            "2024-03-01T09:30:00Z",
            "BAD_DATE",
            "2024-03-01T09:30:00Z is no date that can be read. Write it like 2024-03-01, or 2024-03, or 2024.",
        ),
        ("2023-02-29", "IMPOSSIBLE_DATE", "There is no such day: 2023-02-29. That month has 28 days."),
        ("2024年4月31日", "IMPOSSIBLE_DATE", "There is no such day: 2024年4月31日. That month has 30 days."),
        ("2024-03-00", "IMPOSSIBLE_DATE", "There is no such day: 2024-03-00. That month has 31 days."),
        (
            "2024-13-01",
            "IMPOSSIBLE_DATE",
            "There is no such month: 2024-13-01. The year comes first, from 0001, then the month, 01 to 12.",
        ),
        (
            "2024-00",
            "IMPOSSIBLE_DATE",
            "There is no such month: 2024-00. The year comes first, from 0001, then the month, 01 to 12.",
        ),
        (
            "0000",
            "IMPOSSIBLE_DATE",
            "There is no such month: 0000. The year comes first, from 0001, then the month, 01 to 12.",
        ),
    ],
)
def test_what_is_no_date_is_refused_with_what_to_write(text, code, message):
    with pytest.raises(Invalid) as refusal:
        parse_day(text, "start_date")

    (problem,) = refusal.value.problems
    assert (problem.code, str(problem.message), problem.field) == (code, message, "start_date")


@given(st.dates())
def test_every_day_is_read_back_from_each_form(day):
    for text in (day.isoformat(), f"{day.year:04}年{day.month}月{day.day}日", f"{day.year:04}.{day.month}.{day.day}"):
        assert parse_day(text) == Day(day)
    assert parse_day(day.isoformat()[:7]) == Day(day.replace(day=1), precise=False)
    assert parse_day(day.isoformat()[:4]) == Day(day.replace(month=1, day=1), precise=False)


@given(st.text(alphabet="0123456789-/.年月日 T:Z", max_size=12))
def test_any_text_is_a_day_or_refused(text):
    assert read_or_refused(text) in {"READ", "BAD_DATE", "IMPOSSIBLE_DATE"}


@pytest.mark.parametrize(
    ("starts", "ends"),
    [(None, None), ("2024-03-01", None), (None, "2024-03-01"), ("2024-02-29", "2024-03-01"), ("2023", "2024")],
)
def test_a_span_that_begins_before_it_ends_is_fine(starts, ends):
    assert span_problem(starts and parse_day(starts), ends and parse_day(ends)) is None


@pytest.mark.parametrize(
    ("starts", "ends", "message"),
    [
        ("2024-03-01", "2024-03-01", "The end must be later than the beginning."),
        ("2024-03-02", "2024-03-01", "The end must be later than the beginning."),
        *(
            (
                starts,
                ends,
                "With only a month or year given, the end is not later than the beginning. Give the full dates.",
            )
            for starts, ends in (("2010-05-06", "2010"), ("2010", "2010"), ("2011", "2010-05-06"))
        ),
    ],
)
def test_a_span_that_holds_on_no_day_is_a_problem(starts, ends, message):
    problem = span_problem(parse_day(starts), parse_day(ends), "end_date")

    assert isinstance(problem, Problem)
    assert (problem.code, str(problem.message), problem.field) == ("ENDS_BEFORE_START", message, "end_date")
