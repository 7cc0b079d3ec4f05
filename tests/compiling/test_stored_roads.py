"""The operations of our pages and documents: both roads answer them alike, for everyone of the cast."""

import datetime as dt
import random
from collections.abc import Iterator
from typing import Any

import pytest
from graphql import FieldNode, OperationDefinitionNode, get_named_type, type_from_ast
from strawberry import Schema

from server import schema
from server.schema.compiling.plans import Compiler
from tests import stored
from tests.cast import NAMES
from tests.compiling import test_documented
from tests.compiling.comparing import Answer, Asked, compiled, judge, ordinary
from tests.compiling.house import STRAY, House
from tests.compiling.values import Values
from tests.web.test_statements import Statements
from web.pages import document

pytestmark = STRAY
Operation = tuple[str, str, OperationDefinitionNode]
"""Its name, its document, and what stands there."""


def _of_pages() -> Iterator[Operation]:
    for name in stored.documents():
        yield name, document(name).text, document(name).query


def _of_documents() -> Iterator[Operation]:
    for name, text in test_documented.QUERIES.items():
        found = test_documented.query(text)
        assert found
        yield name, text, found


@pytest.mark.parametrize("house", [1], indirect=True)
@pytest.mark.parametrize("whose", ["pages", "documents"])
async def test_both_roads_answer_what_is_stored_alike(house: House, whose: str, statements: Statements) -> None:
    over, found = (schema.pages, _of_pages()) if whose == "pages" else (schema.api, _of_documents())
    compiler, wrong = Compiler(over._schema, dates=whose == "pages"), []
    for name, text, operation in found:
        assert operation.name
        for who in NAMES:
            given = _given(operation, over, house, random.Random(f"{name}:{who}"), dates=compiler.dates)
            asked = Asked(text, given, who, house.viewers[who], name=operation.name.value)
            there = await ordinary(asked, over)
            with statements() as sent:
                here = await compiled(asked, compiler)
            said = judge(there, here)
            if said or (isinstance(here, Answer) and len(sent) != 1):
                wrong.append((name, who, given, said or sent))

    assert wrong == []


def _given(
    operation: OperationDefinitionNode, over: Schema, house: House, chance: random.Random, *, dates: bool
) -> dict[str, Any]:
    """A value for each variable, by its name and the first thing that is asked for."""
    values = Values(chance, house.stock, over._schema)
    first = next(node.name.value for node in operation.selection_set.selections if isinstance(node, FieldNode))
    found = {}
    for node in operation.variable_definitions or ():
        kind, name = type_from_ast(over._schema, node.type), node.variable.name.value
        value = values.of(kind, name, first)
        found[name] = _dated(value, get_named_type(kind).name) if dates else value
    return found


def _dated(value: Any, kind: str) -> Any:
    """As the forms of pages give it: a day or a time where it is one."""
    read = {"Date": dt.date.fromisoformat, "DateTime": dt.datetime.fromisoformat}.get(kind)
    try:
        return read(value) if read and value is not None else value
    except (TypeError, ValueError):
        return None
