"""No operation of our own pages takes the ordinary road, but where what is told is weighed in Python."""

import datetime as dt
from itertools import product
from typing import Any

import pytest
from graphql import get_named_type, get_nullable_type, is_enum_type, is_list_type, is_non_null_type, type_from_ast

from server import schema
from server.rules.permissions import HeldRole, Role
from server.schema.compiling.marks import NotCompiled
from server.schema.ids import ASSIGNMENT, MODEL
from tests import make, stored
from web.pages import document

EVERYTHING = make.viewer(roles=tuple(HeldRole(role) for role in Role))


WEIGHED = ["activities/screen", "hearings/status", "keeping/check", "keeping/show", "readers/remind", "rooms/plan"]


@pytest.mark.usefixtures("db")
async def test_every_page_is_read_in_one_statement() -> None:
    assert sorted([name for name in stored.documents() if not await compiles(name)]) == WEIGHED


async def compiles(name: str) -> bool:
    """Whether the query of a page is compiled, for IDs of some kinds."""
    query, text = document(name).query, document(name).text
    assert query.name
    needed = {
        node.variable.name.value: type_from_ast(schema.pages._schema, node.type)
        for node in query.variable_definitions or ()
        if is_non_null_type(type_from_ast(schema.pages._schema, node.type))
    }
    ids = [name for name, kind in needed.items() if get_named_type(kind).name == "ID"]
    for kinds in product((*MODEL, ASSIGNMENT), repeat=len(ids)):
        prefixes = dict(zip(ids, kinds, strict=True))
        values = {name: example(kind, prefixes.get(name, "")) for name, kind in needed.items()}
        try:
            await schema.compiled_pages.plan(text, query.name.value, values, EVERYTHING)
        except NotCompiled:
            continue
        return True
    return False


def example(kind: Any, prefix: str) -> Any:
    if is_list_type(get_nullable_type(kind)):
        return []
    named = get_named_type(kind)
    if is_enum_type(named):
        return next(iter(named.values))
    return {"ID": f"{prefix}_{make.some_id()}", "Int": 1, "Boolean": True, "Date": dt.date(2026, 1, 1)}.get(
        named.name, "x"
    )
