"""The page where the API is tried out: for whom it is, and how strict its policy stays."""

import dataclasses
import re

import httpx
import pytest
from starlette.applications import Starlette

from tests.web.visitors import SignIn
from web.exploring import SCRIPTS, STYLES

CDN = "https://cdn.jsdelivr.net/npm"


def policy(answer: httpx.Response) -> dict[str, list[str]]:
    """Rule -> sources."""
    rules = (part.split() for part in answer.headers["Content-Security-Policy"].split(";"))
    return {name: sources for name, *sources in rules}


@pytest.mark.parametrize("name", ["member", "leader", "chair"])
async def test_who_may_not_explore_is_told_who_may(sign_in: SignIn, name: str) -> None:
    answer = await (await sign_in(name)).get("/graphiql")

    assert answer.status_code == 403
    assert "Your roles do not allow you to explore what the API can be asked." in answer.text
    assert "It needs one of: secretary, auditor, administrator." in answer.text


async def test_a_visitor_signs_in_first_and_comes_back(client: httpx.AsyncClient) -> None:
    answer = await client.get("/graphiql")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/login?next=/graphiql")


async def test_its_files_are_named_one_by_one_and_checked(sign_in: SignIn) -> None:
    answer = await (await sign_in("auditor")).get("/graphiql")

    rules, nonce = policy(answer), re.findall(r'data-nonce="([^"]+)"', answer.text)
    assert rules["script-src"] == ["'self'", "https://cdn.jsdelivr.net", *(f"{CDN}/{name}" for name in SCRIPTS)]
    assert rules["style-src"] == ["'self'", f"'nonce-{nonce[0]}'", *(f"{CDN}/{name}" for name in STYLES)]
    assert rules["connect-src"] == ["'self'"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    for name, integrity in (SCRIPTS | STYLES).items():
        assert f'"{CDN}/{name}" integrity="{integrity}" crossorigin="anonymous"' in answer.text


async def test_each_answer_has_a_nonce_of_its_own(sign_in: SignIn) -> None:
    browser = await sign_in("auditor")

    first, second = policy(await browser.get("/graphiql")), policy(await browser.get("/graphiql"))

    assert first["style-src"] != second["style-src"]


async def test_a_closed_network_fetches_its_own_copies(app: Starlette, sign_in: SignIn) -> None:
    app.state.settings = dataclasses.replace(app.state.settings, graphiql_url="/npm", htmx_url="/htmx.js")

    answer = await (await sign_in("auditor")).get("/graphiql")

    assert policy(answer)["script-src"] == ["'self'"]
    assert 'src="/npm/graphiql@3.9.0/graphiql.min.js" integrity="sha384-' in answer.text
