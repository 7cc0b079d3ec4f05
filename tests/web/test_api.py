"""`/graphql` stands before everything else, and lacks nothing of it: headers, counting, the last resort."""

import logging
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.types import Message

from server.models.database import connection
from tests.test_metrics import counted
from tests.web.test_programs import PEOPLE, WHO, bearer, post
from tests.web.visitors import Visitors

OURS = {"content-type", "content-length", "www-authenticate", "allow", "ratelimit", "ratelimit-policy"}
"""Headers that an answer of the API has of its own."""


async def test_every_answer_of_the_api_has_the_headers_of_a_page(client: httpx.AsyncClient) -> None:
    page = (await client.get("/healthz")).headers
    answers = [
        await client.post("/graphql", json={"query": WHO}),
        await client.post("/graphql", content=b"no JSON"),
        await client.get("/graphql"),
        await client.put("/graphql"),
    ]

    assert [answer.status_code for answer in answers] == [200, 415, 401, 405]
    for answer in answers:
        assert {name: value for name, value in answer.headers.items() if name not in OURS} == {
            name: value for name, value in page.items() if name not in OURS
        }


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"])
async def test_other_methods_are_told_which_there_are(client: httpx.AsyncClient, method: str) -> None:
    answer = await client.request(method, "/graphql")

    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, POST")
    assert method == "HEAD" or answer.json()["errors"][0]["extensions"] == {"code": "BAD_REQUEST"}


async def test_the_address_is_one_and_leads_nowhere_else(client: httpx.AsyncClient) -> None:
    assert (await client.post("/graphql/", json={"query": WHO})).status_code == 404


@pytest.mark.parametrize(
    ("method", "body", "label", "status"),
    [
        ("POST", b'{"query": "{ __typename }"}', "POST", "200"),
        ("POST", b"no JSON", "POST", "400"),
        ("GET", b"", "GET", "401"),
        ("PUT", b"", "other", "405"),
    ],
)
async def test_each_request_is_counted_once(
    client: httpx.AsyncClient, method: str, body: bytes, label: str, status: str
) -> None:
    before = counted(label, "/graphql", status)

    await client.request(method, "/graphql", content=body, headers={"Content-Type": "application/json"})

    assert counted(label, "/graphql", status) == before + 1


async def test_a_fault_of_ours_is_logged_once_and_tells_only_its_number(
    visitors: Visitors, caplog: pytest.LogCaptureFixture
) -> None:
    program = await visitors.browser(headers={"Authorization": "Bearer lz_nobody", "Accept-Language": "en"})
    await connection().execute_query("ALTER TABLE api_client RENAME TO gone")

    with caplog.at_level(logging.WARNING):
        answer = await program.post("/graphql", json={"query": WHO})

    ((logged, told),) = [(record, record.args) for record in caplog.records]
    (number,) = told if isinstance(told, tuple) else ()
    assert (logged.name, logged.levelname, "api_client" in str(logged.exc_info)) == ("luzhi.schema", "ERROR", True)
    message = f"Something went wrong here. Tell the office this number: {number}."
    extensions = {"code": "INTERNAL", "requestId": number}
    assert answer.status_code == 500
    assert answer.json() == {"errors": [{"message": message, "extensions": extensions}]}
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_fault_before_anything_is_run_is_a_fault_of_ours(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def validate(*_: object) -> None:
        raise LookupError("/secret/path")

    monkeypatch.setattr("server.schema.compiling.texts.validate", validate)  # a library fails
    answer = await client.post("/graphql", json={"query": "mutation NobodyAskedBefore { __typename }"})

    (error,) = answer.json()["errors"]
    assert (answer.status_code, list(answer.json()), error["extensions"]["code"]) == (500, ["errors"], "INTERNAL")
    assert "secret" not in answer.text
    assert [record.args for record in caplog.records] == [(error["extensions"]["requestId"],)]


async def test_who_goes_before_all_was_said_is_no_fault_of_ours(
    app: Starlette, caplog: pytest.LogCaptureFixture
) -> None:
    came: list[Message] = [{"type": "http.request", "body": b'{"query"', "more_body": True}]
    sent: list[Message] = []
    before = counted("POST", "/graphql", "499")

    async def receive() -> Message:
        return came.pop() if came else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": "/graphql", "headers": headers, "query_string": b""}
    with caplog.at_level(logging.DEBUG, "luzhi"):
        await app(scope, receive, send)

    assert (sent, caplog.records) == ([], [])
    assert counted("POST", "/graphql", "499") == before + 1


async def test_what_is_said_to_be_too_large_is_not_read(client: httpx.AsyncClient) -> None:
    taken = 0

    async def portions() -> AsyncIterator[bytes]:
        nonlocal taken
        for _ in range(20):
            taken += 1
            yield b" " * 10_000

    json = {"Content-Type": "application/json"}
    said = await client.post("/graphql", content=portions(), headers=json | {"Content-Length": "100001"})
    assert (said.status_code, taken) == (413, 0)

    unsaid = await client.post("/graphql", content=portions(), headers=json | {"Content-Length": "9"})
    assert (unsaid.status_code, taken) == (413, 11)


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/json", 200),
        ("application/json;charset=utf-8", 200),
        ('Application/JSON; charset="UTF-8"', 200),
        ("application/json; charset=iso-8859-1", 415),
        ("application/json; charset=utf-16", 415),
        ("application/jsonp", 415),
        ("", 415),
    ],
)
async def test_a_request_is_json_in_utf_8(client: httpx.AsyncClient, kind: str, status: int) -> None:
    body = b'{"query": "{ __typename }"}'

    assert (await client.post("/graphql", content=body, headers={"Content-Type": kind})).status_code == status


@pytest.mark.parametrize("text", [b"\xff", b"\xed\xa0\x80", b"\\uD800", b"\\udfff"])
async def test_no_half_character_comes_in(client: httpx.AsyncClient, text: bytes) -> None:
    body = b'{"query": "{ __typename }", "variables": {"a": "%s"}}' % text

    answer = await client.post("/graphql", content=body, headers={"Content-Type": "application/json"})

    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (400, "BAD_REQUEST")


async def test_a_whole_character_comes_in_however_it_is_written(client: httpx.AsyncClient) -> None:
    for body in (rb'{"query": "{ __typename }", "variables": {"a": "\ud83c\udfc3"}}', '{"query": "{ 跑🏃 }"}'.encode()):
        answer = await client.post("/graphql", content=body, headers={"Content-Type": "application/json"})

        assert answer.status_code == 200


@pytest.mark.parametrize("name", ["variables", "extensions"])
async def test_a_program_asks_by_address(visitors: Visitors, everyone: Any, name: str) -> None:
    program = await bearer(visitors, everyone["secretary"], "all:read")
    query = {"query": "query A($first: Int) { people(first: $first) { edges { cursor } } }", "operationName": "A"}

    good = await program.get("/graphql", params=query | {name: '{"first": 1}'})
    wrong = [await program.get("/graphql", params=query | {name: text}) for text in ("{", "[]", "1", r'["\ud800"]')]

    edges = 1 if name == "variables" else len(everyone.people)
    assert len(good.json()["data"]["people"]["edges"]) == edges
    assert [answer.status_code for answer in wrong] == [400] * 4


async def test_no_subscription_is_answered_and_no_other_method_named_for_it(client: httpx.AsyncClient) -> None:
    answer = await client.post("/graphql", json={"query": "subscription { viewer { name } }"})

    assert (answer.status_code, "Allow" in answer.headers) == (400, False)
    assert answer.json()["errors"][0]["message"] == "subscriptions are not allowed when using POST"


async def test_cookies_may_come_in_several_headers(visitors: Visitors, everyone: Any) -> None:
    browser = await visitors.signed_in(everyone.accounts["member"])
    (session,) = [f"{name}={value}" for name, value in browser.cookies.items()]
    other = await visitors.browser()

    answer = await other.post(
        "/graphql",
        json={"query": WHO},
        headers=[("Cookie", "language=zh"), ("Cookie", session), ("Cookie", "theme=dark")],
    )

    assert answer.json()["data"] == {"viewer": {"name": "member"}}


async def test_the_language_is_that_of_the_request(visitors: Visitors, everyone: Any) -> None:
    program = await bearer(visitors, everyone["secretary"], "audit:read")

    said = [await post(program, PEOPLE, **{"Accept-Language": language}) for language in ("en", "zh-CN,en")]

    assert [answer["errors"][0]["message"] for answer in said] == [
        "This token lacks the scope members:read.",
        "此令牌没有授权范围 members:read。",
    ]
