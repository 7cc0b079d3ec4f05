"""The protocol graphql-transport-ws, check by check, against the running product, by a plain client."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets import ClientConnection, ConnectionClosed, InvalidStatus, Subprotocol, connect

from tests.browser import product

PROTOCOL = Subprotocol("graphql-transport-ws")
PATIENCE_S = 20
QUERY = "{ viewer { name } }"
WAITS = "subscription { changed(collections: [PEOPLE]) { id } }"
ACK = {"type": "connection_ack"}


@dataclass(frozen=True)
class Luzhi:
    """Where the product answers, by sockets and by HTTP, and a token of a program that may all."""

    sockets: str
    address: str
    token: str
    folder: Path


@pytest.fixture(scope="module")
def luzhi(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Luzhi]:
    folder = tmp_path_factory.mktemp("product")
    with product.running(folder) as address:
        token = product.token(folder, "admin", "all:write")
        yield Luzhi(f"{address.replace('http', 'ws')}/graphql", address, token, folder)


class Client:
    """What a client says and hears, message by message."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def say(self, type: str, **more: Any) -> None:
        await self.socket.send(json.dumps({"type": type, **more}))

    async def hear(self) -> Any:
        """The next message, or the code with which the socket was closed."""
        try:
            return json.loads(await asyncio.wait_for(self.socket.recv(), PATIENCE_S))
        except ConnectionClosed:
            return self.socket.close_code

    async def subscribe(self, query: str, id: str = "1", **more: Any) -> None:
        await self.say("subscribe", id=id, payload={"query": query, **more})


@asynccontextmanager
async def client(luzhi: Luzhi, **how: Any) -> AsyncIterator[Client]:
    """Connected, and nothing said."""
    async with connect(luzhi.sockets, **{"subprotocols": [PROTOCOL]} | how) as socket:
        yield Client(socket)


@asynccontextmanager
async def acknowledged(luzhi: Luzhi) -> AsyncIterator[Client]:
    async with client(luzhi) as one:
        await one.say("connection_init", payload={"Authorization": f"Bearer {luzhi.token}", "Accept-Language": "en"})
        assert await one.hear() == ACK
        yield one


async def test_connect(luzhi: Luzhi) -> None:
    async with acknowledged(luzhi) as one:
        assert one.socket.subprotocol == PROTOCOL


async def test_init_once(luzhi: Luzhi) -> None:
    async with acknowledged(luzhi) as one:
        await one.say("connection_init")

        assert await one.hear() == 4429


async def test_timeout_without_init(luzhi: Luzhi) -> None:
    """After ten seconds, whatever else is said meanwhile; a little later where the machine is busy."""
    began = time.monotonic()
    async with client(luzhi) as one:
        await one.say("ping")

        assert [await one.hear(), await one.hear()] == [{"type": "pong"}, 4408]
    assert 9 < time.monotonic() - began < 12


@pytest.mark.parametrize(
    "message",
    [
        {"type": "nonsense"},
        {"type": 1},
        {},
        {"type": "subscribe", "id": "1"},
        {"type": "subscribe", "id": "1", "payload": {}},
        {"type": "subscribe", "id": "1", "payload": {"query": 1}},
        {"type": "subscribe", "id": "1", "payload": {"query": QUERY, "variables": []}},
        {"type": "subscribe", "id": "1", "payload": {"query": QUERY, "operationName": {}}},
        {"type": "subscribe", "id": "1", "payload": {"query": QUERY, "extensions": ""}},
        {"type": "subscribe", "id": "", "payload": {"query": QUERY}},
        {"type": "subscribe", "payload": {"query": QUERY}},
        {"type": "complete"},
        {"type": "ping", "payload": "text"},
    ],
    ids=str,
)
async def test_a_message_of_unknown_type_or_form(luzhi: Luzhi, message: dict[str, Any]) -> None:
    async with acknowledged(luzhi) as one:
        await one.socket.send(json.dumps(message))

        assert await one.hear() == 4400


@pytest.mark.parametrize(
    "text", ["", "{", "nonsense", "[]", "null", '"text"', '{"type": "ping", "payload": "\\ud800"}']
)
async def test_invalid_json(luzhi: Luzhi, text: str) -> None:
    async with acknowledged(luzhi) as one:
        await one.socket.send(text)

        assert await one.hear() == 4400


async def test_deeply_nested_json(luzhi: Luzhi) -> None:
    async with acknowledged(luzhi) as one:
        await one.socket.send("[" * 50_000)

        assert await one.hear() == 4400


async def test_a_binary_message(luzhi: Luzhi) -> None:
    async with acknowledged(luzhi) as one:
        await one.socket.send(json.dumps({"type": "ping"}).encode())

        assert await one.hear() == 4400


async def test_a_message_that_is_too_large(luzhi: Luzhi) -> None:
    async with acknowledged(luzhi) as one:
        await one.say("ping", payload={"text": "x" * 99_000})
        assert (await one.hear())["type"] == "pong"

        await one.say("ping", payload={"text": "x" * 100_000})
        assert await one.hear() == 1009


async def test_a_duplicate_id(luzhi: Luzhi) -> None:
    async with acknowledged(luzhi) as one:
        await one.subscribe(WAITS)
        await one.subscribe(WAITS)

        assert await one.hear() == 4409


async def test_complete_by_client(luzhi: Luzhi) -> None:
    """Its id is free again, nothing more comes, and to complete it twice does no harm."""
    async with acknowledged(luzhi) as one:
        await one.subscribe(WAITS)
        await one.say("complete", id="1")
        await one.say("complete", id="1")
        await one.subscribe(QUERY)

        assert (await one.hear())["payload"]["data"] == {"viewer": {"name": "admin"}}
        assert await one.hear() == {"id": "1", "type": "complete"}


async def test_complete_by_server(luzhi: Luzhi) -> None:
    async with acknowledged(luzhi) as one:
        await one.subscribe(QUERY, "a")

        message = await one.hear()
        assert message["payload"].pop("extensions").keys() == {"cost"}
        assert message == {"id": "a", "type": "next", "payload": {"data": {"viewer": {"name": "admin"}}}}
        assert await one.hear() == {"id": "a", "type": "complete"}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { changed { id } viewer { name } }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { __schema { types { name } } }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription($ids: [ID!]!) { changed(ids: $ids) { id } }", "BAD_USER_INPUT"),
        ("subscription { changed { id } }", "NOTHING_NAMED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("query A { viewer { name } } subscription B { viewer { name } }", "OPERATION_RESOLUTION_FAILURE"),
    ],
)
async def test_an_error_message_for_an_invalid_document(luzhi: Luzhi, query: str, code: str) -> None:
    async with acknowledged(luzhi) as one:
        await one.subscribe(query)
        message = await one.hear()
        assert (message["id"], message["type"]) == ("1", "error")
        assert {error["extensions"]["code"] for error in message["payload"]} == {code}

        await one.subscribe(QUERY)
        assert (await one.hear())["type"] == "next"


async def test_ping_with_payload(luzhi: Luzhi) -> None:
    async with acknowledged(luzhi) as one:
        await one.say("ping", payload={"any": ["thing"]})

        assert await one.hear() == {"type": "pong", "payload": {"any": ["thing"]}}


async def test_pong_unasked(luzhi: Luzhi) -> None:
    async with acknowledged(luzhi) as one:
        await one.say("pong", payload={"any": "thing"})
        await one.say("pong")
        await one.say("ping")

        assert await one.hear() == {"type": "pong"}


async def test_subscribe_before_ack(luzhi: Luzhi) -> None:
    async with client(luzhi) as one:
        await one.subscribe(QUERY)

        assert await one.hear() == 4401


@pytest.mark.parametrize("protocols", [None, [Subprotocol("graphql-ws")], [Subprotocol("nonsense")]])
async def test_a_wrong_subprotocol(luzhi: Luzhi, protocols: list[Subprotocol] | None) -> None:
    async with client(luzhi, subprotocols=protocols) as one:
        assert one.socket.subprotocol is None
        assert await one.hear() == 4406


async def test_the_right_subprotocol_among_others(luzhi: Luzhi) -> None:
    async with client(luzhi, subprotocols=[Subprotocol("graphql-ws"), PROTOCOL]) as one:
        assert one.socket.subprotocol == PROTOCOL


@pytest.mark.parametrize(
    "payload", [None, {}, {"Authorization": "Bearer nonsense"}, {"token": "lz_nonsense"}, {"token": 1}, {"token": "林"}]
)
async def test_unauthorised(luzhi: Luzhi, payload: dict[str, Any] | None) -> None:
    async with client(luzhi) as one:
        await one.say("connection_init", payload=payload)

        assert await one.hear() == 4401


async def test_an_init_that_is_none(luzhi: Luzhi) -> None:
    async with client(luzhi) as one:
        await one.say("connection_init", payload="text")

        assert await one.hear() == 4400


@pytest.mark.parametrize("name", ["Authorization", "authorization", "token", "header"])
async def test_a_token_in_the_first_message_or_in_the_header(luzhi: Luzhi, name: str) -> None:
    bearer = f"Bearer {luzhi.token}"
    headers = {"Authorization": bearer} if name == "header" else {}
    async with client(luzhi, additional_headers=headers) as one:
        await one.say("connection_init", payload={name: luzhi.token if name == "token" else bearer})

        assert await one.hear() == ACK


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", ""])
async def test_a_browsers_session_from_another_page(luzhi: Luzhi, origin: str) -> None:
    async with client(
        luzhi, origin=origin or luzhi.address, additional_headers={"Cookie": await signed_in(luzhi)}
    ) as one:
        await one.say("connection_init")

        assert await one.hear() == (4403 if origin else ACK)


async def signed_in(luzhi: Luzhi) -> str:
    """The cookies of a browser after its sign-in."""
    async with httpx.AsyncClient() as browser:
        form = {"username": "member", "password": "demo-only-password"}
        answer = await browser.post(f"{luzhi.address}/login", data=form)
        return f"luzhi_session={answer.cookies['luzhi_session']}"


async def test_a_token_counts_from_any_page(luzhi: Luzhi) -> None:
    async with client(luzhi, origin="https://elsewhere.example") as one:
        await one.say("connection_init", payload={"token": luzhi.token})

        assert await one.hear() == ACK


async def test_there_is_no_socket_elsewhere(luzhi: Luzhi) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(luzhi.sockets.replace("/graphql", "/members"), subprotocols=[PROTOCOL])

    assert refused.value.response.status_code == 403


async def test_nothing_of_all_this_was_an_error_of_ours(luzhi: Luzhi) -> None:
    log = (luzhi.folder / "server.log").read_text()

    assert "Traceback" not in log
    assert "ERROR" not in log
