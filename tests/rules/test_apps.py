"""Where an app may have people sent back to, and what scopes carry together."""

import datetime as dt

import pytest

from server.errors import Invalid
from server.rules.apps import CONSENT_LIFE, LAST_GIVEN, LONGEST, MOST, consent_end, origin, parse_redirects
from server.rules.permissions import ROOM, carried, together, within

GOOD = [
    "https://office.example.org/back",
    "https://office.example.org:8443/back?from=luzhi&x=1",
    "http://127.0.0.1:4711/back",
    "http://[::1]/back",
    "http://localhost:3000/",
]


def test_redirects_are_kept_once_as_they_were_written():
    assert parse_redirects([f" {GOOD[0]} ", *GOOD, ""]) == GOOD


@pytest.mark.parametrize(
    "written",
    [
        "http://office.example.org/back",
        "http://127.0.0.1.example.org/",
        "https://office.example.org/back#here",
        "https://office.example.org/back#",
        "https://name@office.example.org/",
        "https://office.example.org\\@evil.example/",
        "https://*.example.org/back",
        "https://office.example.org/ back",
        "https://例子.example/back",
        "https://office.example.org/;script-src",
        "https://office.example.org:0/",
        "https://office.example.org:99999/",
        "https://[::1/",
        "https:///back",
        "javascript:alert(1)",
        "myapp://back",
        "/back",
        "back",
        f"https://office.example.org/{'x' * LONGEST}",
    ],
)
def test_others_are_refused(written: str):
    with pytest.raises(Invalid) as no:
        parse_redirects([GOOD[0], written])

    assert [(problem.code, problem.field) for problem in no.value.problems] == [("REDIRECT", "redirects")]


def test_none_and_too_many_are_refused():
    for written, code in (
        ([" "], "REDIRECTS_MISSING"),
        ([f"{GOOD[0]}/{n}" for n in range(MOST + 1)], "REDIRECTS_MANY"),
    ):
        with pytest.raises(Invalid) as no:
            parse_redirects(written)
        assert no.value.problems[0].code == code


def test_the_origin_of_a_redirect_is_scheme_host_and_port():
    assert [origin(one) for one in GOOD[1:4]] == [
        "https://office.example.org:8443",
        "http://127.0.0.1:4711",
        "http://[::1]",
    ]


def test_what_scopes_carry_is_spelled_out():
    assert carried(["learning:write"]) == {"learning:read", "learning:write"}
    assert carried(["all:read"]) == {f"{room}:read" for room in ROOM.values()}
    assert carried([]) == frozenset()


@pytest.mark.parametrize(
    ("several", "left"),
    [
        ([["all:read"], ["members:write"]], {"members:read"}),
        ([["members:write"], ["members:write"], ["all:read"]], {"members:read"}),
        ([["members:read"], ["learning:write"]], set()),
        ([["all:write"], ["members:read", "audit:read"]], {"members:read", "audit:read"}),
    ],
)
def test_together_scopes_carry_what_each_of_them_does(several: list[list[str]], left: set[str]):
    assert together(*several) == left


def test_scopes_within_others_are_those_carried_whole():
    asked = ["all:read", "members:read", "members:write", "audit:read"]

    assert within(asked, ["members:write"]) == ["members:read", "members:write"]
    assert within(asked, ["all:read"], ["all:write"]) == ["all:read", "members:read", "audit:read"]
    assert within(asked, []) == []


def test_consent_ends_a_year_after_it_was_last_given_and_no_later_than_the_calendar():
    given = dt.datetime(2026, 11, 29, tzinfo=dt.UTC)
    assert consent_end(given, None) == given + CONSENT_LIFE
    assert consent_end(given, given + dt.timedelta(days=9)) == given + dt.timedelta(days=9) + CONSENT_LIFE
    assert consent_end(dt.datetime.max.replace(tzinfo=dt.UTC), None) == LAST_GIVEN + CONSENT_LIFE
