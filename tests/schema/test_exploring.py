"""Who may ask what can be asked, and who is told names that they did not know."""

from typing import Any

import pytest

from tests.cast import NAMES, Cast
from tests.web.test_programs import bearer
from tests.web.visitors import Asks, SignIn, Visitors

EXPLORERS = {"admin", "secretary", "auditor"}
WHOLE = "{ __schema { queryType { name } } }"
ASKED = [
    WHOLE,
    '{ __type(name: "Query") { name } }',
    '{ viewer { name } a: __type(name: "Query") { name } }',
    '{ ... on Query { ... { __type(name: "Query") { name } } } }',
    "{ ...F } fragment F on Query { __schema { types { name } } }",
    "query ($name: String!) { __type(name: $name) { name } }",
]
OTHERS = ["{ __typename }", "{ viewer { __typename } }", "mutation { __typename }"]
WRONG = [
    ("{ viewr { name } }", {}),
    ("{ viewer { nam } }", {}),
    ("{ viewer }", {}),
    ("{ people(frst: 1) { totalCount } }", {}),
    ("{ people(orderBy: PINYIM) { totalCount } }", {}),
    ("query ($by: Ordre) { people(orderBy: $by) { totalCount } }", {}),
    ("{ node(id: 1) { ... on Persn { id } } }", {}),
    ("mutation { personCreate(person: {nameEm: 1}) { __typename } }", {}),
    ("query ($by: Order) { people(orderBy: $by) { totalCount } }", {"by": "PINYIM"}),
    ("mutation ($p: PersonChange!) { personCreate(person: $p) { __typename } }", {"p": {"nameEm": 1}}),
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("text", ASKED)
async def test_the_api_is_explored_by_those_who_may(ask: Asks, name: str, text: str) -> None:
    answer = await ask(name, text, name="Query")

    if name in EXPLORERS:
        assert "errors" not in answer
        assert "Query" in str(answer["data"])
    else:
        (error,) = answer["errors"]
        code = "SIGNED_OUT" if name == "visitor" else "ROLE"
        told = {"code": code, "kind": "REFUSED", "field": None, "rule": "the permission table"}
        assert (answer["data"], error["extensions"]) == (None, told)


@pytest.mark.parametrize("name", ["visitor", "member"])
@pytest.mark.parametrize("text", OTHERS)
async def test_of_what_type_an_answer_is_everyone_may_ask(ask: Asks, name: str, text: str) -> None:
    assert "errors" not in await ask(name, text)


async def test_a_text_that_looks_like_it_is_no_introspection(ask: Asks) -> None:
    texts = ['{ people(search: "__schema") { totalCount } }', "{ viewer { name } } # __type"]

    assert ["errors" in await ask("member", text) for text in texts] == [False, False]


async def test_every_token_explores(visitors: Visitors, everyone: Cast) -> None:
    program = await bearer(visitors, everyone["secretary"], "audit:read")

    for text in ASKED:
        answer = await program.post("/graphql", json={"query": text, "variables": {"name": "Query"}})
        assert "errors" not in answer.json()
    assert (await program.get("/graphql", params={"query": WHOLE})).json()["data"]["__schema"]


@pytest.mark.parametrize(("accept", "status"), [("application/graphql-response+json", 403), ("application/json", 200)])
@pytest.mark.parametrize("name", ["visitor", "leader"])
async def test_a_refusal_to_explore_has_no_data(sign_in: SignIn, name: str, accept: str, status: int) -> None:
    browser = await sign_in(name)

    answer = await browser.post("/graphql", json={"query": WHOLE}, headers={"Accept": accept})

    assert (answer.status_code, list(answer.json())) == (status, ["errors"])


@pytest.mark.parametrize(("text", "variables"), WRONG)
async def test_only_who_is_signed_in_is_told_what_might_be_meant(
    ask: Asks, text: str, variables: dict[str, Any]
) -> None:
    told, untold = [(await ask(name, text, **variables))["errors"][0] for name in ("member", "visitor")]

    meant = " Did you mean "
    assert meant in told["message"]
    assert untold == told | {"message": told["message"].rpartition(meant)[0]}
    assert meant not in untold["message"]
