"""Operations nobody wrote: both roads answer alike for everyone, whatever is asked of what is declared."""

import json
import os
import random
from typing import Any
from uuid import uuid4

import pytest

from server import schema
from server.schema.compiling.marks import NotCompiled
from server.schema.ids import id_of
from server.schema.reading import Asking
from tests import make
from tests.cast import NAMES, Cast
from tests.compiling.generating import Generator
from tests.crowd import grow

FRESH = int(os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid4().hex)[:8], 16)
"""Half of the operations are new in each run, the same for all its processes; the seed stands in the test's name."""


@pytest.mark.parametrize("seed", [1, FRESH])
async def test_both_roads_answer_alike_whatever_is_asked(everyone: Cast, seed: int) -> None:
    await grow(everyone, 0, 5)
    chance, compiled = random.Random(seed), 0
    rows = [everyone.term, everyone.sector, everyone.group, *everyone.people.values(), *everyone.seats.values()]
    ids = [*map(id_of, rows), f"per_{make.some_id()}", f"bod_{make.some_id()}", "none"]
    cursors = await _cursors(everyone)
    for _ in range(250):
        made = Generator(schema.api._schema, chance, ids, cursors)
        text = made.operation()
        viewer = everyone[chance.choice(NAMES[:-1])]
        there, here = Asking(viewer), Asking(viewer)
        ordinary = await schema.api.execute(text, made.variables, there)
        answer = await _compiled(text, made.variables, here)
        said = (text, made.variables, answer)
        if isinstance(answer, NotCompiled):
            assert ordinary.errors or "none" in made.variables.values(), said
            continue
        compiled += 1
        assert ordinary.errors is None, said
        assert json.loads(answer) == ordinary.data, said
        assert here.files_read == there.files_read, said
    assert compiled > 50


async def _compiled(text: str, variables: dict[str, Any], asking: Asking) -> str | NotCompiled:
    try:
        return await schema.compiled.read(text, None, variables, asking)
    except NotCompiled as why:
        return why


async def _cursors(everyone: Cast) -> list[str]:
    """Of each list some places, one of another order, and what is none."""
    text = """{ people { edges { cursor } } members { edges { cursor } } bodies { edges { cursor } }
      changed: people(orderBy: UPDATED) { edges { cursor } } }"""
    lists = (await schema.api.execute(text, None, Asking(everyone["secretary"]))).data
    return [edge["cursor"] for one in (lists or {}).values() for edge in one["edges"]] + ["none"]
