"""Operations that are stored: asked for by their hash, and in a house that wants it so the only ones that run."""

import json
import subprocess
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import parse, print_ast, separate_operations

from server.app import create
from server.schema.media import RESPONSE
from server.settings import Settings, SettingsError
from tests import stored
from tests.cast import Cast
from tests.test_serving import LUZHI
from tests.web.test_programs import bearer
from tests.web.visitors import Visitors

LIST = stored.documents()["learning/list"]
SHOW = stored.documents()["learning/show"]
OWN = "query Office($id: ID!) {\n  # the office's own\n  person(id: $id) { id name }\n}\n"
TYPENAMES = "query Office { viewer { name __typename } }"
NOT_FOUND = {"message": "PersistedQueryNotFound", "extensions": {"code": "PERSISTED_QUERY_NOT_FOUND"}}
NOT_STORED = {
    "message": "Here only operations that are stored are run, and this is none of them.",
    "extensions": {"code": "PERSISTED_QUERY_NOT_FOUND"},
}
House = Callable[..., Awaitable[httpx.AsyncClient]]


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def hashed(text: str, **more: Any) -> dict[str, Any]:
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": digest(text)}}, **more}


@pytest.fixture
async def house(db: str, everyone: Cast, tmp_path: Path) -> Any:
    """`await house(LUZHI_OPERATIONS="stored")`: the secretary's program, at a house with these settings."""
    async with AsyncExitStack() as stack:

        async def opened(**settings: str) -> httpx.AsyncClient:
            chosen = {"LUZHI_DATABASE_URL": db, "LUZHI_DATA_DIR": str(tmp_path), "LUZHI_LOG": "warning"}
            app = create(Settings.from_environment(chosen | settings))
            return await bearer(Visitors(app, stack), everyone["secretary"], "all:write")

        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A deployment's own operations."""
    own = tmp_path / "own" / "office"
    own.mkdir(parents=True)
    (own / "office.graphql").write_text(OWN)
    (own / "client.json").write_text(json.dumps({digest(TYPENAMES): TYPENAMES}))
    (own / "README.txt").write_text("what is no operation is left alone")
    return own.parent


def answered(answer: httpx.Response) -> Any:
    """An answer, but for what it cost and what is left."""
    found = answer.json()
    found.pop("extensions", None)
    return found


async def test_a_stored_operation_is_asked_for_by_its_hash(house: House) -> None:
    program = await house()

    whole = answered(await program.post("/graphql", json={"query": LIST}))
    assert "errors" not in whole
    for text in (LIST, LIST.strip(), print_ast(parse(LIST))):
        assert answered(await program.post("/graphql", json=hashed(text))) == whole
    told = {"extensions": json.dumps(hashed(LIST)["extensions"])}
    assert answered(await program.get("/graphql", params=told)) == whole


async def test_of_several_operations_one_is_named_or_asked_for_alone(house: House, everyone: Cast) -> None:
    program, group = await house(), {"id": f"bod_{everyone.group.id}"}
    apart = separate_operations(parse(SHOW))
    name = next(name for name, document in apart.items() if "query" in print_ast(document).split("(")[0])

    by_name = answered(await program.post("/graphql", json=hashed(SHOW, operationName=name, variables=group)))
    alone = answered(await program.post("/graphql", json=hashed(print_ast(apart[name]), variables=group)))

    assert "errors" not in by_name
    assert alone == by_name


@pytest.mark.parametrize(("accept", "status"), [("application/json", 200), (RESPONSE.decode().split(";")[0], 400)])
async def test_an_unknown_hash_is_told_in_the_words_that_clients_know(house: House, accept: str, status: int) -> None:
    program = await house()

    answer = await program.post("/graphql", json=hashed("{ __typename }"), headers={"Accept": accept})

    assert (answer.status_code, answered(answer)) == (status, {"errors": [NOT_FOUND]})
    again = await program.post("/graphql", json=hashed("{ __typename }", query="{ __typename }"))
    assert answered(again) == {"data": {"__typename": "Query"}}


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"persistedQuery": "x"}, "persistedQuery must have version 1 and sha256Hash."),
        ({"persistedQuery": {"version": 1}}, "persistedQuery must have version 1 and sha256Hash."),
        ({"persistedQuery": {"version": 2, "sha256Hash": digest(LIST)}}, "persistedQuery must have version 1"),
        ({"persistedQuery": {"version": 1, "sha256Hash": digest("x")}}, "sha256Hash is not that of the query."),
        ([], "extensions must be an object."),
        ({}, ""),
        ({"persistedQuery": None}, ""),
    ],
)
async def test_what_is_no_hash_of_the_text_is_a_bad_request(house: House, said: Any, message: str) -> None:
    answer = await (await house()).post("/graphql", json={"query": LIST, "extensions": said})

    if not message:
        assert "errors" not in answered(answer)
        return
    (error,) = answered(answer)["errors"]
    assert (answer.status_code, error["extensions"]["code"]) == (400, "BAD_REQUEST")
    assert message in error["message"]


async def test_a_house_can_run_stored_operations_only(house: House, folder: Path, everyone: Cast) -> None:
    program = await house(LUZHI_OPERATIONS="stored", LUZHI_OPERATIONS_DIR=str(folder))
    one = {"id": f"per_{everyone.people['member'].id}"}
    shown = {"data": {"person": {"id": one["id"], "name": everyone.people["member"].name_en}}}

    for text in (OWN, OWN.replace("\n", " \n\n").replace("the office's own", "a client's"), print_ast(parse(OWN))):
        answer = await program.post("/graphql", json={"query": text, "variables": one})
        assert answered(answer) == shown
    assert answered(await program.post("/graphql", json=hashed(OWN, variables=one))) == shown
    assert "errors" not in answered(await program.post("/graphql", json={"query": TYPENAMES}))
    assert "errors" not in answered(await program.post("/graphql", json={"query": LIST}))


@pytest.mark.parametrize(
    "text",
    [
        "{ viewer { name } }",
        "{ __schema { queryType { name } } }",
        "query Office($id: ID!) { person(id: $id) { id name } viewer { name } }",
        "{ no such",
        '{ "',
        "{ a" + " " * 1000 + "a" * 90_000 + " }",
        "\ud83d",
    ],
)
async def test_nothing_else_is_run_there(house: House, folder: Path, text: str) -> None:
    program = await house(LUZHI_OPERATIONS="stored", LUZHI_OPERATIONS_DIR=str(folder))

    answer = await program.post(
        "/graphql", content=json.dumps({"query": text}), headers={"Content-Type": "application/json"}
    )

    if text == "\ud83d":  # half a character is no JSON to us
        assert answer.status_code == 400
        return
    assert (answer.status_code, answered(answer)) == (200, {"errors": [NOT_STORED]})
    assert answered(await program.post("/graphql", json=hashed(text, query=text))) == {"errors": [NOT_STORED]}


async def test_pages_of_such_a_house_work_as_ever(db: str, tmp_path: Path, everyone: Cast) -> None:
    chosen = {"LUZHI_DATABASE_URL": db, "LUZHI_DATA_DIR": str(tmp_path), "LUZHI_OPERATIONS": "stored"}
    async with AsyncExitStack() as stack:
        app = create(Settings.from_environment(chosen | {"LUZHI_LOG": "warning"}))
        browser = await Visitors(app, stack).signed_in(everyone.accounts["secretary"])

        assert (await browser.get("/learning-groups")).status_code == 200


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.graphql", "{ nobody }", "a.graphql has an operation that cannot be run: Cannot query field 'nobody'"),
        ("a.graphql", "{ viewer {", "a.graphql has an operation that cannot be run: Syntax Error"),
        ("a.graphql", "fragment A on Person { id }", "cannot be run: There is no operation in it."),
        ("a.graphql", b"\xff", "a.graphql cannot be read"),
        ("a.json", "{", "a.json cannot be read"),
        ("a.json", "[]", "a.json is neither {hash: text} nor a manifest of operations."),
        ("a.json", '{"operations": [{"id": "x"}]}', "a.json is neither {hash: text} nor a manifest of operations."),
        ("a.json", '{"d41d8": "{ viewer { name } }"}', "a.json names an operation d41d8, which is not its SHA-256."),
    ],
)
def test_an_operation_that_cannot_be_run_stops_the_house(tmp_path: Path, name: str, content: Any, words: str) -> None:
    (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    chosen = {"LUZHI_DATA_DIR": str(tmp_path), "LUZHI_OPERATIONS_DIR": str(tmp_path)}

    with pytest.raises(SettingsError) as caught:
        create(Settings.from_environment(chosen))

    assert words in str(caught.value)
    assert "LUZHI_OPERATIONS_DIR: " in str(caught.value)


def test_the_manifest_of_apollo_is_read(tmp_path: Path) -> None:
    body = "query Office { viewer { name __typename } }"
    manifest = {
        "format": "apollo-persisted-query-manifest",
        "version": 1,
        "operations": [{"id": digest(body), "name": "Office", "type": "query", "body": body}],
    }
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))

    app = create(Settings.from_environment({"LUZHI_DATA_DIR": str(tmp_path), "LUZHI_OPERATIONS_DIR": str(tmp_path)}))

    assert app.state.stored.text(hashed(body)) == body


@pytest.mark.parametrize("command", ["check", "serve"])
def test_the_commands_say_so_before_they_begin(tmp_path: Path, command: str) -> None:
    where = str(tmp_path / "nowhere")
    given = {"LUZHI_DATA_DIR": str(tmp_path), "LUZHI_METRICS_ADDRESS": "off", "LUZHI_OPERATIONS_DIR": where}
    done = subprocess.run([LUZHI, command], check=False, env=given, capture_output=True, text=True)

    assert done.stderr == f"Error: LUZHI_OPERATIONS_DIR: {where} is not a folder.\n"
    assert done.returncode == 1
