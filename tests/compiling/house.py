"""A database full of rows of every kind, and what is needed to ask for them: all of it follows from a seed."""

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from graphql import GraphQLField

from server import schema
from server.models.fields import Keyed
from server.rules.permissions import Action
from server.schema.compiling.plans import Compiler
from server.schema.guard import Needs
from server.schema.ids import PREFIX, id_of
from server.schema.reading import Asking
from server.viewer import Viewer
from tests import make
from tests.cast import Cast, gather
from tests.compiling.asking import askers
from tests.compiling.comparing import Asked
from tests.compiling.generating import Generator
from tests.compiling.strange import fill
from tests.compiling.values import CODES, Stock
from tests.crowd import grow
from tests.furnished import furnish

STRAY = [
    # where one of two root fields fails, graphql-core cancels what of the other one was not begun
    pytest.mark.filterwarnings("ignore:coroutine '.*' was never awaited:RuntimeWarning"),
    # and where that is let go, it may not even be possible to warn
    pytest.mark.filterwarnings(
        "ignore:Exception ignored in. <coroutine object:pytest.PytestUnraisableExceptionWarning"
    ),
]
"""For tests in which operations fail."""
MEANT = 0.9
"""How many operations ask for what this viewer may ask for at all."""


@dataclass(frozen=True)
class House:
    """viewers: everyone who asks, by name."""

    seed: int
    cast: Cast
    stock: Stock
    viewers: dict[str, Viewer]
    compiler: Compiler

    def operation(self, number: int) -> Asked:
        """The operation of that number, and who asks."""
        chance = random.Random(f"{self.seed}:{number}")
        who = self._who(chance)
        made = Generator(schema.api._schema, chance, self.stock)
        text = made.operation(self._roots(who, chance))
        return Asked(text, made.variables, who, self.viewers[who])

    def _who(self, chance: random.Random) -> str:
        """Someone, mostly who may ask for more than nothing."""
        found = chance.choices(list(self.viewers), k=3)
        readers = [name for name in found if self.viewers[name].may(Action.READ_REGISTER)]
        return (readers or found)[0]

    def _roots(self, who: str, chance: random.Random) -> list[str]:
        """Root fields: mostly those that this viewer may ask for."""
        kind = schema.api._schema.query_type
        assert kind is not None
        roots = list(kind.fields)
        allowed = [name for name in roots if self._may(who, kind.fields[name])]
        return allowed if allowed and chance.random() < MEANT else roots

    def _may(self, who: str, one: GraphQLField) -> bool:
        guards = one.extensions["strawberry-definition"].extensions
        return all(self.viewers[who].may(guard.action) for guard in guards if isinstance(guard, Needs))


async def build(seed: int, monkeypatch: pytest.MonkeyPatch) -> House:
    """Fills the empty database."""
    chance = random.Random(seed)
    monkeypatch.setattr(make, "_numbers", itertools.count(1))
    for model in _tables(Keyed):
        monkeypatch.setattr(model._meta.pk, "default", lambda: UUID(int=chance.getrandbits(128), version=4))
    cast = await gather()
    await grow(cast, 0, 3)
    examples = await furnish(cast)
    await fill(chance)
    ids = {letters: [id_of(row) for row in await model.all().order_by("id")] for model, letters in PREFIX.items()}
    ids["asg"] = examples["coverage/{id}"]
    codes = tuple(await cast.term.all().order_by("code").values_list("code", flat=True))
    stock = Stock(ids, await _cursors(cast), codes + CODES)
    return House(seed, cast, stock, askers(cast), Compiler(schema.api._schema, schema.api.texts))


def _tables(of: type[Keyed]) -> list[type[Keyed]]:
    below = of.__subclasses__()
    return [model for one in below for model in (_tables(one) or [one])]


async def _cursors(cast: Cast) -> dict[str, list[str]]:
    """Of each list the places of its rows, in each of its orders: by the name of its field."""
    found: dict[str, list[str]] = {}
    for name, text in _lists():
        result = await schema.api.execute(text, None, Asking(cast["admin"]))
        found.setdefault(name, []).extend(_places(result.data))
    return {name: places for name, places in found.items() if places}


def _lists() -> Iterator[tuple[str, str]]:
    for kind in schema.api._schema.type_map.values():
        for name, one in getattr(kind, "fields", {}).items():
            if "after" in getattr(one, "args", ()):
                orders = one.args["orderBy"].type.of_type.values if "orderBy" in one.args else ()
                for how in [f"(orderBy: {order})" for order in orders] or [""]:
                    yield name, f"{{ {WAYS.get(kind.name, '%s') % f'{name}{how} {{ edges {{ cursor }} }}'} }}"


WAYS = {
    "Person": "people { edges { node { %s } } }",
    "ImportRun": "importRuns { edges { node { %s } } }",
    "CoverageLists": "coverage { lists { %s } }",
}
"""How the lists of these types are reached; those of other types stand at the root."""


def _places(answer: Any) -> Iterator[str]:
    if isinstance(answer, dict):
        for key, value in answer.items():
            yield from [value] if key == "cursor" else _places(value)
    elif isinstance(answer, list):
        for one in answer:
            yield from _places(one)
