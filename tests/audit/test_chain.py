"""How a payload is written down, and what the hash of an entry covers."""

import datetime as dt
import enum
from dataclasses import replace
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from server.rules.chain import GENESIS, Link, canonical, salted_digest
from tests import make

NOON = dt.datetime(2026, 11, 22, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
LINK = Link(1, NOON, "admin", "", "person.create", "per_1", "0" * 64, "req", GENESIS)


class Colour(enum.Enum):
    RED = "red"


class Word(enum.StrEnum):
    YES = "yes"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({"b": 1, "a": None}, '{"a":null,"b":1}'),
        ([True, 3, "三"], '[true,3,"三"]'),
        (NOON, '"2026-11-22T04:00:00.000000+00:00"'),
        (dt.date(2026, 11, 22), '"2026-11-22"'),
        (Decimal("1.50"), '"1.50"'),
        (UUID(int=7), '"00000000-0000-0000-0000-000000000007"'),
        ((Colour.RED, Word.YES), '["red","yes"]'),
        ({Colour.RED: {"x"}}, '{"red":["x"]}'),
        (frozenset({"b", "a"}), '["a","b"]'),
    ],
)
def test_one_meaning_has_one_way_of_writing(value, written):
    assert canonical(value) == written


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (1.5, "float has no single way"),
        (object(), "object has no single way"),
        (make.NOW.replace(tzinfo=None), "without a zone"),
        ({1: "a"}, "names in a payload are strings"),
    ],
)
def test_what_has_no_single_way_of_writing_is_refused(value, why):
    with pytest.raises(TypeError, match=why):
        canonical(value)


def test_the_digest_needs_the_salt():
    assert salted_digest("s", "{}") == "728553df17b21bb0ddfde2a545afc1e59f994391695b9a85efa41aac3427f4f1"
    assert salted_digest("t", "{}") != salted_digest("s", "{}")


@pytest.mark.parametrize(
    "change",
    [
        {"serial": 2},
        {"at": NOON + dt.timedelta(microseconds=1)},
        {"actor": "a"},
        {"on_behalf_of": "b"},
        {"action": "c"},
        {"object": "d"},
        {"digest": "e"},
        {"request_id": "f"},
        {"prev_hash": "g"},
    ],
)
def test_the_hash_covers_every_field(change):
    assert replace(LINK, **change).hash() != LINK.hash()


def test_the_hash_does_not_depend_on_the_zone_a_time_is_told_in():
    assert replace(LINK, at=NOON.astimezone(dt.UTC)).hash() == LINK.hash()
