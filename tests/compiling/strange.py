"""Rows that nobody would write but that the columns can hold: in every table that a type reads."""

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from typing import Any

from tortoise import fields
from tortoise.exceptions import IntegrityError
from tortoise.models import Model

from server.models.bodies import Body
from server.models.imports import ImportRow, ImportRun
from server.models.jobs import JobRun
from server.models.leaving import Left
from server.models.members import Membership, Person
from server.schema.rows import READINGS
from tests import make
from tests.compiling.values import TEXTS

EACH = 5
"""Rows of each table."""
MADE_ELSEWHERE = {ImportRun, ImportRow, JobRun}
"""What is in their JSON has a form of its own; `tests.furnished` makes some."""
ODD = ("", *TEXTS)
TODAY = make.TODAY
HELD: dict[type[fields.Field[Any]], Sequence[Any]] = {
    fields.BooleanField: (True, False),
    fields.IntField: (-(2**31), 2**31 - 1, 0, 7),
    fields.BigIntField: (1, 7, 2**63 - 1),
    fields.DateField: (
        dt.date(1, 1, 2),
        dt.date(9999, 12, 30),
        TODAY,
        TODAY - dt.timedelta(1),
        TODAY + dt.timedelta(1),
    ),
    fields.DatetimeField: (
        make.NOW,
        make.NOW.replace(microsecond=1),
        make.NOW.replace(microsecond=999_990),
        dt.datetime(1, 1, 2, tzinfo=dt.UTC),
        dt.datetime(9999, 12, 30, 23, 59, 59, 999_999, tzinfo=dt.UTC),
    ),
}
"""What a column of that kind can hold."""
MEANT = {
    "collection": [one.value for one in Left],
    "political_affiliation": ["中共党员", "CPC", " 中共 ", "民盟", '"none"', ""],
}
"""Columns whose texts mean something to the program."""


async def fill(chance: random.Random) -> None:
    """Some rows in every table, tied to each other and to what is there."""
    models = sorted(READINGS.keys() - MADE_ELSEWHERE, key=lambda model: model.__name__)
    keys = [row.id for model in (Person, Body, Membership) for row in await model.all().order_by("id")]
    for _ in range(EACH):
        for model in models:
            there = {target: await target.all().order_by("id") for target in _targets(model)}
            facts = {name: _value(name, column, chance, there, keys) for name, column in _columns(model)}
            try:
                await model.create(**facts)
            except IntegrityError:  # the seat, the role or the year is taken: there is one row less
                continue


def _columns(model: type[Model]) -> Iterator[tuple[str, Any]]:
    for name, column in model._meta.fields_map.items():
        if not column.pk and not isinstance(column, fields.relational.BackwardFKRelation) and not column.reference:
            yield name, column


def _targets(model: type[Model]) -> set[type[Model]]:
    return {column.related_model for _, column in _columns(model) if hasattr(column, "related_model")}


def _value(name: str, column: Any, chance: random.Random, there: dict[type[Model], list[Any]], keys: list[Any]) -> Any:
    if column.null and chance.random() < 0.4:
        return None
    if hasattr(column, "related_model"):
        rows = there[column.related_model]
        return chance.choice(rows) if rows or not column.null else None
    if isinstance(column, fields.UUIDField):
        return chance.choice(keys)
    if isinstance(column, fields.JSONField):
        return chance.sample(TEXTS, chance.randrange(4))
    return _plain(name, column, chance)


def _plain(name: str, column: Any, chance: random.Random) -> Any:
    known = list(getattr(column, "enum_type", ())) or MEANT.get(name) or HELD.get(type(column))
    if known:
        return chance.choice(known)
    text = chance.choice(ODD)
    return text[: column.constraints.get("max_length", len(text))]
