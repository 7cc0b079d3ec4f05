"""Who may ask what can be asked, and who is told names that they did not know."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from server.models.accounts import token_issue
from tests.apps.coming import House
from tests.cast import NAMES, Cast
from tests.web.test_programs import now
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


@pytest.fixture
async def house(everyone: Cast, visitors: Visitors, sign_in: SignIn, ask: Asks, client: httpx.AsyncClient) -> House:
    """The application with an app that people can connect."""
    return await House.with_an_app(everyone, visitors, sign_in, ask, client)


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


@pytest.mark.parametrize("name", ["secretary", "member", "department"])
async def test_every_token_explores_whoever_owns_it(visitors: Visitors, everyone: Cast, name: str) -> None:
    owner = everyone.accounts[name].id
    issued = await token_issue(
        replace(everyone["admin"], now=now()), name="mirror", scopes=["audit:read"], owner=owner, days=1
    )
    program = await visitors.browser(headers={"Authorization": f"Bearer {issued.token}"})

    for text in ASKED:
        answer = await program.post("/graphql", json={"query": text, "variables": {"name": "Query"}})
        assert "errors" not in answer.json()
        assert "Query" in answer.text
    assert (await program.get("/graphql", params={"query": WHOLE})).json()["data"]["__schema"]


@pytest.mark.parametrize("name", ["member", "secretary"])
async def test_an_app_explores_for_whomever_it_acts(house: House, name: str) -> None:
    """Its person may not, in a browser, unless their role explores; a visitor's own browser beside it may not."""
    token = (await house.tokens(name))["access_token"]

    for text in ASKED[:2]:
        assert "errors" not in (await house.query(token, text)).json()
    by_browser = (await (await house.sign_in(name)).post("/graphql", json={"query": WHOLE})).json()
    assert code(by_browser) == ("" if name in EXPLORERS else "ROLE")
    assert code((await house.visitor.post("/graphql", json={"query": WHOLE})).json()) == "SIGNED_OUT"


def code(answer: dict[str, Any]) -> str:
    """Of the first error; empty where there is none."""
    return str(answer["errors"][0]["extensions"]["code"]) if "errors" in answer else ""


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
