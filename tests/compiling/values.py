"""What generated operations ask with: what is there, what is not, and what no one would write."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLInputObjectType,
    GraphQLList,
    get_named_type,
    get_nullable_type,
    is_enum_type,
    is_input_object_type,
    is_list_type,
)

LONG = "長" * 500
TEXTS = (
    *("mei", "", "  ", "王", "Lin Le", "%", "wen'", "文艺", "K", "MEI MEMBER", "Méi", "zhang san", "Crowd 00", LONG),
    *('"quoted" and \\back\\', "a\nb\tc", "𠮷野家 😀", "e\u0301 \u2028 \ufeff", "$1 ? :x", "'; --", "_", "\U0010ffff"),
)
DAYS = ("2026-11-22", "2026-11-12", "2026-11-11", "2020-01-01", "2019-12-31", "2026-03-01", "2040-11-22")
NO_DAYS = ("2026-02-30", "", "tomorrow", "2026-11-22T00:00:00Z", 20261122)
LIMITS = ("0001-01-01", "9999-12-31", "9000-01-02", "1582-10-10")
TIMES = ("2026-11-22T02:00:00Z", "2026-03-01T09:30:00+08:00", "2001-01-01T00:00:00", "2030-01-01T00:00:00.123456Z")
LAST_TIMES = (
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999+00:00",
    "0001-01-01T00:00:00+14:00",
    "9000-01-03T00:00:00Z",
)
SIZES = (1, 2, 3, 50, 100)
NUMBERS = (0, -1, 101, 2_147_483_647, -2_147_483_648)
NO_IDS = ("none", "", "per_", "per_none", "bod_{0}", "xyz_00000000-0000-0000-0000-000000000000", 5)
NO_CURSORS = ("none", "", "WyJhIl0", "WyJhIiwiYiJd", LONG)
CODES = ("14", "14", "99", "", " ", LONG)


@dataclass(frozen=True)
class Stock:
    """What is there to be asked for. ids: letters of a table -> its IDs. cursors: root field -> places in its list."""

    ids: Mapping[str, list[str]]
    cursors: Mapping[str, list[str]]
    codes: tuple[str, ...] = CODES


@dataclass(frozen=True)
class Values:
    """Chooses values, mostly such as fit."""

    chance: random.Random
    stock: Stock
    schema: Any

    def of(self, kind: Any, argument: str, field: str) -> Any:
        """A value for an argument of a field, null at times where it may be. kind: a GraphQL input type."""
        if kind is get_nullable_type(kind) and self.chance.random() < 0.1:
            return None
        kind = get_nullable_type(kind)
        if is_list_type(kind):
            return self._list(kind, argument, field)
        named = get_named_type(kind)
        if is_enum_type(named):
            return self.chance.choice(list(named.values))
        if is_input_object_type(named):
            return self._input(named)
        return self._plain(named.name, argument, field)

    def _list(self, kind: GraphQLList[Any], argument: str, field: str) -> list[Any]:
        return [self.of(kind.of_type, argument, field) for _ in range(self.chance.choice((0, 1, 1, 2, 3)))]

    def _input(self, kind: GraphQLInputObjectType) -> dict[str, Any]:
        return {name: self.of(part.type, name, kind.name) for name, part in kind.fields.items()}

    def _plain(self, kind: str, argument: str, field: str) -> Any:
        match kind:
            case "ID":
                return self._id(argument, field)
            case "String":
                return self._text(argument, field)
            case "Date":
                return self._one(DAYS, LIMITS, NO_DAYS)
            case "DateTime":
                return self._one(TIMES, LAST_TIMES, ("", "now", "2026-11-22"))
            case "Int":
                return self._one(SIZES, NUMBERS, (2**31, 10**20))
            case "Boolean":
                return self.chance.random() < 0.5
        raise AssertionError(f"say here what values a {kind} has")

    def _id(self, argument: str, field: str) -> Any:
        ids = self.stock.ids
        fitting = ids.get(FITTING.get((field, argument), FITTING.get(argument, "")), [])
        if fitting and self.chance.random() < 0.92:
            return self.chance.choice(fitting)
        return self._one(self.chance.choice(list(ids.values())), NO_IDS, NO_IDS)

    def _text(self, argument: str, field: str) -> str:
        if argument in ("after", "before"):
            own = self.stock.cursors.get(field) or list(NO_CURSORS)
            return self._one(own, self.chance.choice(list(self.stock.cursors.values())), NO_CURSORS)
        if argument == "term":
            return self._one(self.stock.codes, CODES, TEXTS)
        if argument == "action":
            return self.chance.choice(("account", "members.", "", "account.enable", "%", LONG))
        return self.chance.choice(TEXTS)

    def _one(self, usual: Any, odd: Any, wrong: Any) -> Any:
        luck = self.chance.random()
        return self.chance.choice(usual if luck < 0.85 else odd if luck < 0.97 else wrong)


FITTING: dict[Any, str] = {
    "sector": "bod",
    "body": "bod",
    "parent": "bod",
    "people": "per",
    "person": "per",
    "group": "bod",
    "object": "per",
    ("person", "id"): "per",
    ("member", "id"): "mem",
    ("membershipStatus", "id"): "sta",
    ("membershipPost", "id"): "pos",
    ("term", "id"): "trm",
    ("body", "id"): "bod",
    ("bodyMembership", "id"): "bdm",
    ("bodyRelation", "id"): "rel",
    ("learningGroup", "id"): "bod",
    ("account", "id"): "acc",
    ("app", "id"): "app",
    ("importRun", "id"): "imp",
    ("coverageAssignment", "id"): "asg",
    ("request", "id"): "req",
    ("message", "id"): "msg",
    ("mailing", "id"): "mai",
    "mailing": "mai",
    "on": "doc",
    "document": "doc",
    "folder": "fol",
    "room": "rom",
    "activity": "act",
    ("activity", "id"): "act",
    ("hearing", "id"): "hea",
    "hearing": "hea",
    ("activitySession", "id"): "sit",
    ("checkInCode", "session"): "sit",
    ("document", "id"): "doc",
    ("folder", "id"): "fol",
    ("grant", "id"): "grt",
    ("reading", "id"): "rds",
    ("readingRoom", "id"): "rom",
    ("roomDocuments", "id"): "doc",
    ("paperCopies", "id"): "cpy",
    ("loans", "id"): "lon",
    ("accessRequest", "id"): "arq",
    ("explanation", "id"): "exp",
    ("materialRequest", "id"): "mrq",
    ("keeping", "account"): "acc",
    ("keeping", "to"): "acc",
}
"""Argument, or field and argument -> the letters of the table that is meant."""
