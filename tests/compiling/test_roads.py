"""The compiled road and the ordinary one answer alike, for everyone of the cast, on both databases."""

import json
from typing import Any

import pytest

from server import schema
from server.schema.compiling.plans import Compiler
from server.schema.reading import Asking
from tests.cast import NAMES, Cast

compiler = Compiler(schema.api._schema)

OPERATIONS = [
    "{ terms { id code name nameZh startsOn status years { n startsOn } __typename } }",
    """{ people { totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      edges { cursor node { id name nameZh sex expertise updatedAt } } } }""",
    """{ people(first: 2, orderBy: UPDATED) { pageInfo { hasNextPage endCursor }
      edges { node { nameEn memberships { no term { code } } } } } }""",
    "{ people(last: 2) { pageInfo { hasPreviousPage startCursor endCursor } edges { cursor node { nameEn } } } }",
    '{ people(search: "mei") { edges { node { nameEn } } } }',
    "{ members(first: 3) { totalCount edges { cursor node { id no person { name } term { code } } } } }",
    """{ bodies { edges { node { id kind name parent { name } children { name }
      relations { kind target { name } } } } } }""",
    """query Q { all: people(first: 1) { it: edges { n: node { a: name ...F } } } }
    fragment F on Person { b: nameEn bodyMemberships { role body { name ... @skip(if: true) { kind } } } }""",
]


async def answers(text: str, asking: Asking, variables: dict[str, Any] | None = None) -> tuple[Any, Any]:
    ordinary = await schema.api.execute(text, variables, asking)
    assert not ordinary.errors
    return ordinary.data, json.loads(await compiler.read(text, None, variables or {}, asking) or "null")


@pytest.mark.parametrize("text", OPERATIONS)
async def test_both_roads_answer_alike(everyone: Cast, text: str) -> None:
    for name in NAMES[:-1]:
        ordinary, compiled = await answers(text, Asking(everyone[name]))
        assert compiled == ordinary, name
