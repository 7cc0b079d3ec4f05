"""No page looks at everyone once for each of its rows: what hangs on a row is found by a key."""

import re
from collections.abc import Iterator
from itertools import product
from typing import Any

from graphql import get_named_type, is_non_null_type, type_from_ast

from server import schema
from server.models.database import connection, is_postgres
from server.schema.compiling.marks import Given, NotCompiled
from server.schema.compiling.plans import Plan
from server.schema.ids import MODEL
from server.viewer import Viewer
from tests import stored
from tests.cast import Cast
from tests.compiling.test_stored import example
from tests.furnished import furnish
from web.pages import document

TABLES = ("body_membership", "membership_status", "membership_post", "membership", "person", "body")
ANALYZED = {
    "ix_body_membership_membership_id": "4867 3",
    "ix_body_membership_person_id_id": "4867 3 1",
    "ix_body_membership_body_id_person_id": "4867 61 1",
    "sqlite_autoindex_body_membership_1": "4867 1",
    "ux_membership_person_id_term_id": "2000 1 1",
    "ix_membership_term_id": "2000 2000",
    "sqlite_autoindex_membership_1": "2000 1",
    "ix_membership_status_membership_id_id": "2167 1 1",
    "sqlite_autoindex_membership_status_1": "2167 1",
    "ix_membership_post_sector_id": "2500 74",
    "ix_membership_post_membership_id_id": "2500 2 1",
    "sqlite_autoindex_membership_post_1": "2500 1",
    "ix_person_sort_pinyin_id": "2020 1 1",
    "sqlite_autoindex_person_1": "2020 1",
    "ix_body_kind_sort_id": "114 29 1 1",
    "ix_body_parent_id": "114 114",
    "sqlite_autoindex_body_1": "114 1",
}
"""Index -> rows of its table, and rows of one key."""
MANY = re.compile(r"SCAN (person|membership|membership_status|membership_post|body_membership|audit_entry)\b")


async def test_nothing_is_read_whole_for_each_row(everyone: Cast) -> None:
    await furnish(everyone)
    if is_postgres():
        return  # it weighs the ways by how many rows it sees itself, and here there are few
    await as_if_there_were_many()

    found = []
    for name, who in product(stored.documents(), ("secretary", "member", "leader")):
        async for plan, given in plans(name, everyone[who]):
            found += [(name, who, said) for said in await wholes(plan, given)]

    assert found == []


async def as_if_there_were_many() -> None:
    """What SQLite believes of the tables is what ANALYZE found in an assembly of two thousand."""
    await connection().execute_query("ANALYZE")
    await connection().execute_query("DELETE FROM sqlite_stat1")
    for index, stat in ANALYZED.items():
        table = next(table for table in TABLES if re.match(rf"(ix|ux|sqlite_autoindex)_{table}(_|$)", index))
        await connection().execute_query("INSERT INTO sqlite_stat1 VALUES (?, ?, ?)", [table, index, stat])
    await connection().execute_query("ANALYZE sqlite_schema")


async def wholes(plan: Plan, given: Given) -> list[str]:
    """The tables that are read whole within something that is done for each row."""
    values = [value if isinstance(value, int | float | str | None) else str(value) for value in plan.bound(given)]
    _, rows = await connection().execute_query(f"EXPLAIN QUERY PLAN {plan.sql}", values)
    steps = {row["id"]: (row["parent"], row["detail"]) for row in rows}

    def around(step: int) -> Iterator[str]:
        while step in steps:
            step, said = steps[step]
            yield said

    return [
        said
        for step, (_, said) in steps.items()
        if MANY.match(said) and any("CORRELATED" in outer for outer in around(step))
    ]


async def plans(name: str, viewer: Viewer) -> Any:
    """The plans of a page's query, for IDs of each kind that it takes."""
    query, text = document(name).query, document(name).text
    kinds = {
        one.variable.name.value: type_from_ast(schema.pages._schema, one.type)
        for one in query.variable_definitions or ()
    }
    needed = {key: kind for key, kind in kinds.items() if is_non_null_type(kind)}
    ids = [key for key, kind in needed.items() if get_named_type(kind).name == "ID"]
    for prefixes in product(MODEL, repeat=len(ids)):
        values = {
            key: example(kind, dict(zip(ids, prefixes, strict=True)).get(key, "")) for key, kind in needed.items()
        }
        try:
            plan = await schema.compiled_pages.plan(text, query.name.value, values, viewer)
            yield plan, Given(values, viewer)
        except NotCompiled:
            continue


def test_the_pattern_knows_a_table_read_whole() -> None:
    assert MANY.match("SCAN membership_status")
    assert not MANY.match("SEARCH membership_status USING INDEX x (membership_id=?)")
