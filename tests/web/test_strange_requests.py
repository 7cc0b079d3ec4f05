"""Whatever is sent to `/graphql`, the answer says what is wrong with it, and never that something is wrong here."""

import ast
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.schema.codes import CODES, listed
from tests.cast import Cast
from tests.web.test_programs import bearer, post
from tests.web.visitors import Visitors

ROOT = Path(__file__).parent.parent.parent
JSON = {"Content-Type": "application/json"}
ASK = b'{"query": "{ __typename }", "variables": %s}'
PEOPLE = """query ($n: Int, $s: String, $d: Date, $t: DateTime) {
  people(first: $n, search: $s, activeOn: $d, updatedSince: $t) { totalCount }
}"""


def nested(depth: int, left: bytes = b"[", right: bytes = b"]") -> bytes:
    return left * depth + right * depth


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "The body is not JSON."),
        (b"\x00", "The body is not JSON."),
        (b"\xef\xbb\xbf{}", "The body is not JSON."),
        (b"\xff\xfe{\x00}\x00", "The body is not in UTF-8."),
        (b"\x1f\x8b\x08\x00\x00", "The body is not in UTF-8."),
        (b"[]", "The body must be a JSON object."),
        (b'[{"query": "{ __typename }"}]', "The body must be a JSON object."),
        (b"{}", "query must be a text."),
        (b'{"query": 1}', "query must be a text."),
        (ASK % b"NaN", "The body is not JSON."),
        (ASK % b'{"n": NaN}', "The body is not JSON."),
        (ASK % b'{"n": -Infinity}', "The body is not JSON."),
        (ASK % b'{"n": 1e999}', "The body is not JSON."),
        (ASK % (b'{"n": 1' + b"0" * 5000 + b"}"), "The body is not JSON."),
        (ASK % nested(32), "The body is nested more than 32 deep."),
        (ASK % nested(900), "The body is nested more than 32 deep."),
        (ASK % nested(40_000), "The body is not JSON."),
        (ASK % nested(9000, b'{"a":', b"}").replace(b":}", b":1}", 1), "The body is not JSON."),
        (ASK % (b'{"a": ' + nested(40, b'{"a":', b"}").replace(b":}", b":1}", 1) + b"}"), "more than 32 deep."),
        (ASK % b"[]", "variables must be an object."),
    ],
)
async def test_a_body_that_is_none_is_told_why(client: httpx.AsyncClient, body: bytes, words: str) -> None:
    answer = await client.post("/graphql", content=body, headers=JSON)

    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["extensions"]) == (400, {"code": "BAD_REQUEST"})
    assert error["message"].endswith(words)


async def test_what_is_as_deep_as_it_may_be_is_read(client: httpx.AsyncClient) -> None:
    body = ASK % (b'{"a": ' + nested(30) + b', "b": [' + b"[]," * 100 + b"[]]}")

    assert (await client.post("/graphql", content=body, headers=JSON)).json()["data"] == {"__typename": "Query"}


async def test_an_address_of_too_many_parts_is_not_read(client: httpx.AsyncClient, visitors: Visitors) -> None:
    program = await visitors.browser(headers={"Authorization": "Bearer lz_nobody"})

    answer = await program.get("/graphql?" + "&".join(["query={__typename}"] * 1000))

    assert answer.status_code == 401  # the token comes first


async def test_an_address_of_too_many_parts_is_told_so(visitors: Visitors, everyone: Cast) -> None:
    program = await bearer(visitors, everyone["secretary"], "all:read")

    answer = await program.get("/graphql?" + "&".join(["query={__typename}"] * 1000))

    assert (answer.status_code, answer.json()["errors"][0]["message"]) == (400, "The address has more than 20 parts.")


@pytest.mark.parametrize(
    "given",
    [
        {"n": 2**31},
        {"n": 10**400},
        {"n": 1.5},
        {"n": 1e308},
        {"n": True},
        {"n": "1"},
        {"n": []},
        {"s": "\x00"},
        {"s": "x" * 90_000},
        {"s": " " * 90_000},
        {"s": "\u202e\ufeff\u0000🏃" * 1000},
        {"s": {"a": 1}},
        {"d": "9999-99-99"},
        {"d": "0000-00-00"},
        {"d": "9999-12-31"},
        {"d": "0001-01-01"},
        {"d": 10**30},
        {"t": "9999-12-31T23:59:59-23:59"},
        {"t": "0001-01-01T00:00:00+23:59"},
        {"t": "x" * 90_000},
        {f"v{n}": n for n in range(5000)},
    ],
    ids=lambda given: str(given)[:30],
)
async def test_a_variable_of_any_kind_is_answered_or_refused(
    visitors: Visitors, everyone: Cast, given: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    program = await bearer(visitors, everyone["secretary"], "all:read")

    with caplog.at_level(logging.WARNING):
        answer = await program.post("/graphql", json={"query": PEOPLE, "variables": given})

    assert answer.status_code in (200, 400)
    codes = {error["extensions"]["code"] for error in answer.json().get("errors", [])}
    assert codes <= CODES.keys() - {"INTERNAL"}
    assert len(answer.content) < 10_000
    assert caplog.records == []


async def test_at_most_five_errors_stand_in_an_answer(client: httpx.AsyncClient, visitors: Visitors) -> None:
    before = await post(client, "{ viewer { " + " ".join(f"x{n}" for n in range(40)) + " } }")

    assert len(before["errors"]) == 5


async def test_what_is_quoted_is_cut(client: httpx.AsyncClient) -> None:
    (error,) = (await post(client, "{ " + "x" * 50_000 + " }"))["errors"]

    assert len(error["message"]) == 503


async def test_more_than_a_hundred_kilobytes_are_not_read(client: httpx.AsyncClient) -> None:
    taken = 0

    async def portions() -> AsyncIterator[bytes]:
        nonlocal taken
        for _ in range(200):
            taken += 1
            yield b" " * 10_000

    answer = await client.post("/graphql", content=portions(), headers=JSON)

    assert (answer.status_code, taken) == (413, 11)
    assert answer.json()["errors"][0]["message"] == "The request is larger than 100 kB."


def test_each_code_that_is_told_is_in_the_list() -> None:
    places = [*(ROOT / "server" / "schema").rglob("*.py")]
    places += [ROOT / "server" / "rules" / "budgets.py", ROOT / "server" / "models" / "accounts" / "askers.py"]
    told = {code for place in places for code in codes(ast.parse(place.read_text("utf-8")))}

    assert told - ONLY_IN_PROBLEMS <= CODES.keys()
    assert {"PAGE_SIZE", "TOKEN_OWNER", "COST_LIMIT", "NOT_THERE"} <= told
    assert listed("SECRET_CODE", "INVALID") == "INVALID"


ONLY_IN_PROBLEMS = {
    *("NO_SUCH_SCOPE", "SCOPES_MISSING", "NO_AGREEMENT"),
    *("STATE_SECRET", "TOO_LARGE", "UNREADABLE", "BUSY", "FILE_LOST"),
}
"""Which only mutations meet, and whoever brings or takes a file."""
CALLS = {"Problem": 0, "_refused": 0, "_failed": 3}
"""Where the code stands among what these are called with."""


def codes(module: ast.Module) -> set[str]:
    calls = [node for node in ast.walk(module) if isinstance(node, ast.Call)]
    places = [(call.args, CALLS.get(call.func.id, 99)) for call in calls if isinstance(call.func, ast.Name)]
    found = [given[place] for given, place in places if len(given) > place]
    texts = {one.value for one in found if isinstance(one, ast.Constant) and isinstance(one.value, str)}
    return {text for text in texts if text.isupper()}
