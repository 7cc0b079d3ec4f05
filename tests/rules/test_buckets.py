"""Buckets: what was spent comes back by itself, and nobody spends what is another's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.rules import buckets
from server.rules.buckets import Buckets, Spent


def test_what_was_spent_comes_back_within_a_minute() -> None:
    found = Buckets()

    spent = [found.spend("a", amount, 60, now) for amount, now in ((50, 0), (20, 0), (20, 9), (20, 10), (60, 70))]

    assert spent == [
        Spent(60, 10, 0, 50),
        Spent(60, 10, 10, 50),
        Spent(60, 19, 1, 41),
        Spent(60, 0, 0, 60),
        Spent(60, 0, 0, 60),
    ]


def test_who_has_nothing_left_takes_nothing_from_others() -> None:
    found = Buckets()

    assert found.spend("a", 60, 60, 0).wait == 0
    assert found.spend("a", 1, 60, 0).wait == 1
    assert found.spend("b", 60, 60, 0).wait == 0


def test_what_is_more_than_there_can_be_takes_all() -> None:
    assert Buckets().spend("a", 1000, 60, 0) == Spent(60, 0, 0, 60)


def test_buckets_are_forgotten_when_they_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buckets, "MOST", 2)
    found = Buckets()

    for name in "abac":
        found.spend(name, 1, 60, 0)

    assert list(found.kept) == ["a", "c"]


@given(st.lists(st.tuples(st.integers(1, 100), st.floats(0, 50)), max_size=30))
def test_no_more_is_spent_than_came(steps: list[tuple[int, float]]) -> None:
    found, now, spent = Buckets(), 0.0, 0
    for amount, pause in steps:
        now += pause
        if found.spend("a", amount, 100, now).wait == 0:
            spent += amount

    assert spent <= 100 + now * 100 / 60 + 0.001
