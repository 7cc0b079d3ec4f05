import datetime as dt
from uuid import UUID

import pytest

from server.rules.mishaps import LONGEST, Mishap, mishap, sealed, told_path, unsealed

KEY, MINE, OTHERS = "k" * 32, UUID(int=1), UUID(int=2)
AT = dt.datetime(2026, 11, 22, 14, 30, 5, 678, dt.timezone(dt.timedelta(hours=8)))
PERSON = "per_0193f0c2-7b1e-7c3a-9d53-3c1f0a7e2b11"
SECRET = "Zk3v9-QbX0r_T7uYw2LmN5sD8fGhJ1pA6cE4iO0xKtU"


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/", "/"),
        ("/members", "/members"),
        (f"/members/{PERSON}/change", f"/members/{PERSON}/change"),
        ("/learning-groups/bod_" + "0" * 32, "/learning-groups/bod_" + "0" * 32),
        ("/calendar/2027", "/calendar/2027"),
        ("/calendar/2026-11-22", "/calendar/2026-11-22"),
        (f"/invitation/{SECRET}", "/invitation/…"),
        ("/invitation/plain", "/invitation/…"),
        ("/feeds/plain", "/feeds/…"),
        ("/Invitation/plain", "/…/…"),
        ("/invitation/plain/more", "/invitation/…/more"),
        ("/invitation/", "/invitation/"),
        (f"/invitations/{SECRET}", "/invitations/…"),
        (f"/{SECRET}", "/…"),
        ("/7QK2-M4XP-9TRB", "/…"),
        ("/members/Mei Member", "/members/…"),
        ("/成员/梅", "/…/…"),
        ("/a b\r\nBcc: x@example.org", "/…"),
        ("//else.example/x", "//…/x"),
        ("", "/"),
        ("/13800138000", "/…"),
    ],
)
def test_what_may_be_a_secret_or_was_typed_is_not_told_of_a_path(path: str, told: str) -> None:
    assert told_path(path) == told


def test_a_path_is_told_as_far_as_it_is_short() -> None:
    told = told_path("/members" * 100)

    assert (len(told), told[:16], told[-1]) == (LONGEST, "/members/members", "…")


def test_what_was_sealed_for_an_account_is_read_by_that_one_alone() -> None:
    said = mishap("/members", status=404, number="a" * 32, at=AT)
    text = sealed(said, MINE, KEY)

    assert said == Mishap("/members", 404, "a" * 32, dt.datetime(2026, 11, 22, 6, 30, 5, tzinfo=dt.UTC))
    assert unsealed(text, MINE, KEY) == said
    assert unsealed(text, OTHERS, KEY) is None
    assert unsealed(text, MINE, "another key") is None


@pytest.mark.parametrize("change", [("404", "500"), ("/members", "/accounts"), ("aaaa", "bbbb"), ("2026", "2027")])
def test_what_was_changed_since_is_nothing(change: tuple[str, str]) -> None:
    text = sealed(mishap("/members", status=404, number="a" * 32, at=AT), MINE, KEY)

    assert unsealed(text.replace(*change, 1), MINE, KEY) is None
    assert unsealed("", MINE, KEY) is None
    assert unsealed("é " * 20, MINE, KEY) is None
