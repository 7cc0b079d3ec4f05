"""`/graphql` by its address: tokens, what they may, and everything that ends at the next request."""

import datetime as dt
import json
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from server.models.accounts import account_disable, role_end, token_issue, token_revoke
from server.models.accounts.tables import ApiClient, RoleAssignment, Session
from server.models.members import Person
from server.rules.permissions import Role
from server.viewer import Viewer
from tests import make
from tests.cast import Cast
from tests.web.visitors import HERE, SignIn, Visitors

WHO = "{ viewer { name } }"
PEOPLE = "{ people { totalCount } }"
ADD = 'mutation { personCreate(person: {nameEn: "Xu"}) { __typename ... on Problems { problems { code message } } } }'

PART = '--b\r\nContent-Disposition: form-data; name="query"\r\n\r\n{}\r\n--b--\r\n'
KINDS = {
    "application/json": json.dumps({"query": ADD}).encode(),
    "text/plain": json.dumps({"query": ADD}).encode(),
    "text/plain;charset=UTF-8": json.dumps({"query": ADD}).encode(),
    "application/x-www-form-urlencoded": urlencode({"query": ADD}).encode(),
    "multipart/form-data; boundary=b": PART.format(ADD).encode(),
}
"""The same change, as each kind of body that a form or a script of another page can send."""
ELSEWHERE = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": HERE},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
]
HOME: list[dict[str, str]] = [{"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": HERE}, {}]
"""Our pages, what the person typed or opened themselves, and a script without any browser."""


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


async def bearer(visitors: Visitors, viewer: Viewer, *scopes: str, days: int = 1) -> httpx.AsyncClient:
    """A program with a token of that viewer, issued now."""
    from dataclasses import replace

    issued = await token_issue(replace(viewer, now=now()), name="mirror", scopes=scopes, days=days)
    return await visitors.browser(headers={"Authorization": f"Bearer {issued.token}"})


async def post(program: httpx.AsyncClient, query: str, **headers: str) -> dict[str, Any]:
    return (await program.post("/graphql", json={"query": query}, headers=headers)).json()


async def test_get_needs_a_token(client: httpx.AsyncClient, sign_in: SignIn) -> None:
    for browser in (client, await sign_in("secretary")):
        answer = await browser.get("/graphql", params={"query": WHO})

        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
        assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_get_answers_queries_of_tokens_and_nothing_else(visitors: Visitors, everyone: Cast) -> None:
    program = await bearer(visitors, everyone["secretary"], "all:write")

    asked = await program.get("/graphql", params={"query": WHO})
    change = await program.get("/graphql", params={"query": ADD})

    assert asked.json()["data"] == {"viewer": {"name": "secretary"}}
    assert (change.status_code, change.headers["Allow"]) == (405, "POST")
    assert change.json()["errors"][0]["message"] == "mutations are not allowed when using GET"
    assert (await post(program, PEOPLE))["data"]["people"]["totalCount"] == len(everyone.people)


@pytest.mark.parametrize("token", ["", "nonsense", "lz_nonsense", "lz_" + "a" * 43])
async def test_a_bad_token_is_401_and_says_so(client: httpx.AsyncClient, token: str) -> None:
    answer = await client.post("/graphql", json={"query": WHO}, headers={"Authorization": f"Bearer {token}"})

    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.json()["errors"][0]["extensions"]["code"] == "TOKEN_UNKNOWN"


async def test_a_token_may_what_its_scopes_and_its_owner_may(visitors: Visitors, everyone: Cast) -> None:
    reads = await bearer(visitors, everyone["secretary"], "members:read")
    writes = await bearer(visitors, everyone["secretary"], "members:write")
    other = await bearer(visitors, everyone["secretary"], "audit:read")

    assert (await post(reads, PEOPLE))["data"]["people"]["totalCount"] == 5
    refused = (await post(reads, ADD))["data"]["personCreate"]["problems"]
    assert refused == [{"code": "SCOPE", "message": "This token lacks the scope members:write."}]
    assert (await post(writes, ADD))["data"]["personCreate"]["__typename"] == "PersonPayload"
    assert (await post(other, PEOPLE))["errors"][0]["message"] == "This token lacks the scope members:read."
    assert (await post(other, "{ audit { totalCount } }"))["errors"][0]["extensions"]["code"] == "ROLE"


async def test_a_revoked_token_is_dead_at_the_next_request(visitors: Visitors, everyone: Cast) -> None:
    program = await bearer(visitors, everyone["secretary"], "all:read")
    assert (await post(program, WHO))["data"]["viewer"]["name"] == "secretary"

    await token_revoke(everyone["secretary"], token=(await ApiClient.get()).id)

    answer = await program.post("/graphql", json={"query": WHO})
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (401, "TOKEN_REVOKED")


async def test_a_token_ends_by_itself(visitors: Visitors, everyone: Cast) -> None:
    program = await bearer(visitors, everyone["secretary"], "all:read")

    await ApiClient.all().update(expires_at=now())

    answer = await program.post("/graphql", json={"query": WHO})
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (401, "TOKEN_EXPIRED")


async def test_a_disabled_account_is_out_at_the_next_request(
    visitors: Visitors, sign_in: SignIn, everyone: Cast
) -> None:
    browser = await sign_in("secretary")
    program = await bearer(visitors, everyone["secretary"], "all:read")

    await account_disable(everyone["admin"], account=everyone.accounts["secretary"].id)

    assert (await browser.get("/members")).headers["Location"] == "/login?next=/members"
    answer = await program.post("/graphql", json={"query": WHO})
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (401, "TOKEN_OWNER")


async def test_an_ended_session_is_a_visitor_at_the_next_request(sign_in: SignIn) -> None:
    browser = await sign_in("secretary")
    assert (await browser.get("/members")).status_code == 200

    await Session.all().update(ended_at=now())

    assert (await browser.get("/members")).status_code == 303
    assert (await post(browser, WHO))["data"]["viewer"]["name"] == ""


async def test_a_role_that_ends_today_is_gone_at_the_next_request(sign_in: SignIn, everyone: Cast) -> None:
    browser = await sign_in("custodian")
    assert (await browser.get("/permissions")).status_code == 200

    role = await RoleAssignment.get(role=Role.CUSTODIAN)
    today = now().astimezone(make.ZONE).date()
    await role_end(make.viewer(Role.ADMINISTRATOR, now=now()), assignment=role.id, on=today)

    assert (await browser.get("/permissions")).status_code == 403


@pytest.mark.parametrize("headers", ELSEWHERE, ids=str)
@pytest.mark.parametrize("kind", KINDS)
async def test_a_session_counts_only_from_our_own_pages_whatever_is_sent(
    sign_in: SignIn, headers: dict[str, str], kind: str
) -> None:
    browser = await sign_in("secretary")

    answer = await browser.post("/graphql", content=KINDS[kind], headers={"Content-Type": kind, **headers})

    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (403, "CROSS_SITE")
    assert "secretary" not in answer.text
    assert not await Person.filter(name_en="Xu").exists()


@pytest.mark.parametrize("headers", HOME, ids=str)
@pytest.mark.parametrize("kind", KINDS)
async def test_from_our_own_pages_only_json_is_an_operation(
    sign_in: SignIn, headers: dict[str, str], kind: str
) -> None:
    browser = await sign_in("secretary")

    answer = await browser.post("/graphql", content=KINDS[kind], headers={"Content-Type": kind, **headers})

    is_json = kind == "application/json"
    assert answer.status_code == (200 if is_json else 415)
    assert await Person.filter(name_en="Xu").exists() is is_json


@pytest.mark.parametrize("headers", ELSEWHERE, ids=str)
async def test_a_token_counts_from_anywhere_and_a_visitor_has_nothing_to_lose(
    visitors: Visitors, client: httpx.AsyncClient, everyone: Cast, headers: dict[str, str]
) -> None:
    program = await bearer(visitors, everyone["secretary"], "all:read")

    assert (await post(program, WHO, **headers))["data"]["viewer"]["name"] == "secretary"
    assert (await post(client, WHO, **headers))["data"]["viewer"]["name"] == ""


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"query=%7Bviewer%7Bname%7D%7D", "application/x-www-form-urlencoded", 415),
        (b"{ viewer { name } }", "text/plain", 415),
        (b"not JSON", "application/json", 400),
        (b"[" * 90_000, "application/json", 400),
        (b'{"query": "{ viewer { name } }", "variables": {"a": "\\ud800"}}', "application/json", 400),
        (b"[]", "application/json", 400),
        (b'{"query": ""}', "application/json", 400),
        (b'{"query": 1}', "application/json", 400),
        (b'{"query": "{ viewer { name } }", "variables": []}', "application/json", 400),
        (b'{"query": "{ viewer { name } }", "operationName": 1}', "application/json", 400),
        (b" " * 100_001, "application/json", 413),
    ],
)
async def test_what_is_no_request_of_the_protocol_is_said_to_be_none(
    client: httpx.AsyncClient, body: bytes, kind: str, status: int
) -> None:
    answer = await client.post("/graphql", content=body, headers={"Content-Type": kind})

    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (status, "BAD_REQUEST")


@pytest.mark.parametrize(
    "body",
    [
        {"query": WHO, "operationName": "other"},
        {"query": "fragment A on Me { name }"},
        {"query": "query A { viewer { name } } query B { viewer { today } }"},
        {"query": "query A { viewer { name } } query B { viewer { today } }", "operationName": ""},
        {"query": "query A { viewer { name } } query B { viewer { today } }", "operationName": "C"},
    ],
)
async def test_which_operation_is_meant_must_be_clear(client: httpx.AsyncClient, body: dict[str, str]) -> None:
    answer = await client.post("/graphql", json=body)

    assert (answer.status_code, list(answer.json())) == (400, ["errors"])
    assert answer.json()["errors"][0]["extensions"] == {"code": "OPERATION_RESOLUTION_FAILURE"}


async def test_of_several_operations_the_named_one_is_run(client: httpx.AsyncClient) -> None:
    query = "query A { viewer { name } } query B { viewer { signedIn } }"

    answer = await client.post("/graphql", json={"query": query, "operationName": "B"})

    told = {"cost": {"cost": 2, "limit": 10_000, "remaining": 299_990}}
    assert answer.json() == {"data": {"viewer": {"signedIn": False}}, "extensions": told}


@pytest.mark.parametrize(("accept", "status"), [("application/graphql-response+json", 400), ("*/*", 200)])
@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("query ($on: Date!) { people(activeOn: $on) { totalCount } }", "BAD_USER_INPUT"),
    ],
)
async def test_a_query_that_was_not_run_has_no_data(
    client: httpx.AsyncClient, query: str, code: str, accept: str, status: int
) -> None:
    for variables in (None, {}, {"on": None}):
        body = {"query": query, "variables": variables}
        answer = await client.post("/graphql", json=body, headers={"Accept": accept})

        assert (answer.status_code, list(answer.json())) == (status, ["errors"])
        assert answer.json()["errors"][0]["extensions"] == {"code": code}
        assert answer.headers["Content-Type"] == f"{accept if status == 400 else 'application/json'}; charset=utf-8"
