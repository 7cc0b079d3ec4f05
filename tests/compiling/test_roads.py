"""The compiled road and the ordinary one answer alike, for everyone of the cast, on both databases."""

import datetime as dt
import json
from typing import Any

import pytest

from server import schema
from server.models.database import connection
from server.schema.compiling.marks import NotCompiled
from server.schema.compiling.plans import Compiler
from server.schema.reading import Asking
from tests.cast import NAMES, Cast
from tests.web.test_statements import Statements

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


async def test_a_value_that_no_enum_knows_takes_no_row_out_of_its_list(everyone: Cast) -> None:
    await connection().execute_query("UPDATE body SET kind = 'circle'")

    text = await compiler.read("{ bodies { edges { node { kind } } } }", None, {}, Asking(everyone["secretary"]))

    assert [edge["node"]["kind"] for edge in json.loads(text)["bodies"]["edges"]] == ["circle"] * 3


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        ("mutation { accountLocale(locale: ZH) { __typename } }", {}),
        ("{ nothing }", {}),
        ("{ terms { name }", {}),
        ("{ people { edges { node { readings { totalCount } } } } }", {}),
        ("query A { terms { id } } query B { terms { id } }", {}),
        ("query($id: ID!) { person(id: $id) { name } }", {"id": "none"}),
        ("query($id: ID!) { person(id: $id) { name } }", {"id": "per_none"}),
        ("query($id: ID!) { person(id: $id) { name } }", {}),
        ("query($term: String) { people(term: $term) { totalCount } }", {"term": "99"}),
        ("query($after: String) { people(after: $after) { totalCount } }", {"after": "nowhere"}),
        ("{ terms { id } } #" + "x" * 10_000, {}),
    ],
)
async def test_what_cannot_be_compiled_says_so(everyone: Cast, text: str, variables: dict[str, Any]) -> None:
    for _ in range(2):
        with pytest.raises(NotCompiled):
            await compiler.read(text, None, variables, Asking(everyone["secretary"]))


async def test_who_may_not_gets_no_statement(everyone: Cast) -> None:
    with pytest.raises(NotCompiled):
        await compiler.read("{ people { totalCount } }", None, {}, Asking(everyone["visitor"]))


async def test_a_plan_serves_all_requests_of_its_shape_and_no_other(everyone: Cast, statements: Statements) -> None:
    text = "query($search: String) { people(search: $search) { edges { node { nameEn } } } }"
    found = []
    for name, search in (("member", "mei"), ("leader", "lin"), ("auditor", "wen"), ("member", "mei member")):
        with statements() as asked:
            answer = json.loads(await compiler.read(text, None, {"search": search}, Asking(everyone[name])))
        found.append(([edge["node"]["nameEn"] for edge in answer["people"]["edges"]], len(asked)))

    assert found == [(["Mei Member"], 1), (["Lin Leader"], 1), (["Wen Chair"], 1), (["Mei Member"], 1)]


async def test_plans_are_forgotten_when_they_are_too_many(everyone: Cast) -> None:
    few = Compiler(schema.api._schema)

    async def ask(number: int) -> None:
        await few.read(f"{{ people(first: {number}) {{ totalCount }} }}", None, {}, Asking(everyone["member"]))

    await ask(1)
    few.plans.most = few.plans.weight * 2 + 10
    for number in range(2, 5):
        await ask(number)

    assert len(few.plans) == 2


async def test_the_first_and_the_last_day_there_are_read_alike(everyone: Cast) -> None:
    await type(everyone.term).filter(id=everyone.term.id).update(starts_on=dt.date.min, ends_on=dt.date.max)

    ordinary, compiled = await answers("{ terms { startsOn endsOn } }", Asking(everyone["member"]))

    assert compiled == ordinary == {"terms": [{"startsOn": "0001-01-01", "endsOn": "9999-12-31"}]}


@pytest.mark.parametrize("by", ["literal", "variable"])
async def test_a_code_longer_than_any_is_that_of_no_term(everyone: Cast, by: str) -> None:
    code, asking = "1" * 500, Asking(everyone["secretary"])
    text, variables = {
        "literal": (f'{{ people(term: "{code}") {{ totalCount }} }}', {}),
        "variable": ("query($term: String) { people(term: $term) { totalCount } }", {"term": code}),
    }[by]

    with pytest.raises(NotCompiled):
        await compiler.read(text, None, variables, asking)
    result = schema.formatted(await schema.ask(text, variables, asking, None), asking)

    assert result["errors"][0]["extensions"]["code"] == "NO_SUCH_TERM"


@pytest.mark.parametrize(
    "text",
    [
        '{ bodies(updatedSince: "9000-01-03T00:00:00Z") { totalCount } }',
        *(f'{{ bodies(on: "9000-01-0{day}") {{ totalCount }} }}' for day in range(2, 6)),
    ],
)
async def test_a_day_of_the_document_is_not_taken_for_a_marked_one(everyone: Cast, text: str) -> None:
    lasting = dt.date(2100, 1, 1)
    await type(everyone.group).filter(id=everyone.group.id).update(ends_on=lasting)

    ordinary, compiled = await answers(text, Asking(everyone["secretary"]))

    assert compiled == ordinary


async def test_a_code_of_one_blank_is_not_that_of_two(everyone: Cast) -> None:
    text, asking = "query($term: String) { people(term: $term) { totalCount } }", Asking(everyone["secretary"])
    await type(everyone.term).create(code="  ")
    await type(everyone.term).filter(id=everyone.term.id).update(code=" ")

    found = [json.loads(await compiler.read(text, None, {"term": term}, asking)) for term in (" ", "  ")]

    assert [one["people"]["totalCount"] for one in found] == [4, 0]
    with pytest.raises(NotCompiled):
        await compiler.read(text, None, {"term": " " * 41}, asking)


@pytest.mark.parametrize(
    "text",
    [
        "query($long: ID) { audit(object: $long) { totalCount } }",
        "query($long: String!) { audit(action: $long) { totalCount } }",
        "query($long: String!) { accounts(search: $long) { totalCount } }",
    ],
)
async def test_a_text_longer_than_its_column_is_that_of_no_row(everyone: Cast, text: str) -> None:
    asking, long = Asking(everyone["admin"]), "per_" + "1" * 500

    found = [
        schema.formatted(await schema.ask(text, {"long": long}, asking, None), asking),
        schema.formatted(await schema.api.execute(text, {"long": long}, asking), asking),
    ]

    assert [list(one["data"].values()) for one in found] == [[{"totalCount": 0}]] * 2


WIDE = {
    "fields": f"{{ terms {{ {' '.join(f'a{n}: code' for n in range(500))} }} }}",
    "edges": f"{{ people(first: 1) {{ {' '.join(f'a{n}: edges {{ cursor }}' for n in range(200))} }} }}",
    "links": f"{{ members {{ edges {{ node {{ {' '.join(f'a{n}: term {{ id }}' for n in range(65))} }} }} }} }}",
    "lists": f"{{ people {{ edges {{ node {{ {'memberships { person { ' * 40} id {'} }' * 40} }} }} }} }}",
}
"""What is more than SQLite takes in one statement."""


@pytest.mark.parametrize("what", WIDE)
async def test_what_is_too_much_for_one_statement_takes_the_ordinary_road(everyone: Cast, what: str) -> None:
    asking = Asking(everyone["member"])

    result = schema.formatted(await schema.ask(WIDE[what], {}, asking, None), asking)

    assert "errors" not in result
    assert result == schema.formatted(await schema.api.execute(WIDE[what], {}, asking), asking)
