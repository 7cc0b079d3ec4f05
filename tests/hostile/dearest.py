"""Of each root field the dearest operations that the budget of a token allows, by cost and by rows, and one beyond."""

from collections.abc import Callable, Iterator
from functools import cache
from itertools import product
from typing import Any, NamedTuple

from graphql import GraphQLField, get_named_type, is_abstract_type, is_leaf_type

from server import schema
from server.rules.budgets import SHAPE, Budgets, Cost, misshapen
from server.schema.compiling.texts import LONGEST, Texts
from tests.hostile.requests import SDL, Hostile, call, roots

TEXTS = Texts(schema.api._schema)
BUDGET = Budgets().token
WAYS: dict[str, Callable[[Cost], int]] = {"many rows": lambda cost: cost.rows, "dear": lambda cost: cost.cost}
"""By what an operation is the most that is allowed."""
NODES = ("Body", "Person", "Membership", "BodyMembership", "Account")
"""As what a Node is asked, where it can be anything: those on which most hangs."""
SIZES = (1, 3, 10, 30, 100)
AROUND = 30
"""Tokens that stand around what is selected: the braces, the root field, what it is told."""


@cache
def widest() -> list[Hostile]:
    """All of them, about things by their types."""
    return [one for name, field in roots().items() for one in _widest(name, field)]


def _widest(name: str, one: GraphQLField) -> Iterator[Hostile]:
    queries = {query: cost for query in wide(name, one) if (cost := TEXTS.of(query).cost(None, {}))}
    allowed = {query: cost for query, cost in queries.items() if cost.cost <= BUDGET and not misshapen(cost)}
    beyond = [query for query in queries if query not in allowed]
    yield from (Hostile(f"{name}, beyond what is allowed", query) for query in beyond[-1:])
    most = {max(allowed, key=lambda query: by(allowed[query])): way for way, by in WAYS.items() if allowed}
    yield from (Hostile(f"{name}, as {way} as allowed", query) for query, way in most.items())
    if name in ("bodies", "people"):  # what is longer takes the ordinary road
        yield from (
            Hostile(f"{name}, as {way} as allowed, and long", f"{query}#{' ' * LONGEST}") for query, way in most.items()
        )


def wide(name: str, one: GraphQLField) -> Iterator[str]:
    """Operations with all, or little, of everything that hangs on a root field, ever deeper, on pages of every size."""
    for kind, leaves in product(NODES if name in ("node", "changes") else NODES[:1], (1, 1000)):
        for depth in range(1, 8):
            chosen = whole(get_named_type(one.type), Chosen(depth, kind, leaves))
            if chosen.count(" ") + AROUND > SHAPE.tokens:
                break
            query = f"{{ {call(name, one, 'first: N')} {chosen} }}"
            if name == "node":
                query = query.replace("<Node>", f"<{kind}>")
            yield from (query.replace("first: N", f"first: {size}") for size in SIZES)


class Chosen(NamedTuple):
    """How deep, as what something is asked that can be of several types, and how many of its values."""

    depth: int
    node: str
    leaves: int

    @property
    def within(self) -> "Chosen":
        """One level down."""
        return self._replace(depth=self.depth - 1)


def whole(kind: Any, how: Chosen) -> str:
    """What can be selected of a type."""
    if is_abstract_type(kind):
        here = {one.name: one for one in SDL.get_possible_types(kind)}
        of = here.get(how.node) or next(iter(here.values()))
        return f"{{ __typename ... on {of.name} {whole(of, how)} }}"
    fields = getattr(kind, "fields", None)
    if is_leaf_type(kind) or fields is None:
        return ""
    values, links = [], []
    for name, one in fields.items():
        inner = get_named_type(one.type)
        if is_leaf_type(inner):
            values.append(call(name, one))
        elif how.depth > 1 and (chosen := whole(inner, how.within)):
            links.append(f"{call(name, one, 'first: N')} {chosen}")
    return f"{{ {' '.join([*values[: how.leaves], *links] or ['__typename'])} }}"
