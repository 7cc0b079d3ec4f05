"""Two processes over one database: what one does, the other tells; and how a socket ends with its process."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from server.models.accounts import token_issue
from server.models.accounts.tables import RoleAssignment
from tests.browser import product
from tests.cast import Cast
from tests.sockets.test_subscriptions import now

PATIENCE_S = 20
BODY = "mutation($id: ID!, $name: String!) { bodyChange(id: $id, change: {nameEn: $name}) { __typename } }"
END = "mutation($id: ID!) { roleEnd(id: $id) { __typename } }"
WAITS = "subscription { changed(collections: [BODIES]) { node { ... on Body { nameEn } } } }"


@pytest.fixture
def two(db_url: str, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The addresses of two servers, each a process of its own."""
    with contextlib.ExitStack() as stack:
        addresses = []
        for name in ("one", "other"):
            (folder := tmp_path / name).mkdir()
            settings = {"LUZHI_DATABASE_URL": db_url, "LUZHI_SECRET_KEY": "k" * 40}
            addresses.append(stack.enter_context(product.serving(folder, **settings)))
        yield (addresses[0], addresses[1])


@contextlib.contextmanager
def subscribed(address: str, token: str) -> Iterator[ClientConnection]:
    """A socket that waits for changes of bodies."""
    with connect(f"{address.replace('http', 'ws')}/graphql", subprotocols=["graphql-transport-ws"]) as socket:
        for message in ({"type": "connection_init", "payload": {"token": token}}, subscribe("list", WAITS)):
            socket.send(json.dumps(message))
        assert hear(socket) == {"type": "connection_ack"}
        socket.send(json.dumps(subscribe("settled", "subscription { viewer { name } }")))
        assert hear(socket)["id"] == "settled"
        yield socket


def subscribe(id: str, query: str) -> dict[str, object]:
    return {"type": "subscribe", "id": id, "payload": {"query": query}}


def hear(socket: ClientConnection) -> dict:
    return json.loads(socket.recv(PATIENCE_S))


def change(address: str, token: str, query: str, **variables: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    answer = httpx.post(f"{address}/graphql", json={"query": query, "variables": variables}, headers=headers).json()
    assert "errors" not in answer, answer
    assert "Problems" not in str(answer), answer


async def test_a_change_in_one_process_reaches_who_waits_at_another(everyone: Cast, two: tuple[str, str]) -> None:
    one, other = two
    admin, auditor = [
        (await token_issue(now(everyone[name]), name="mirror", scopes=[scope], days=1, owner=owner)).token
        for name, scope, owner in [
            ("admin", "all:write", None),
            ("admin", "members:read", everyone.accounts["auditor"].id),
        ]
    ]
    held = await RoleAssignment.get(account=everyone.accounts["auditor"])
    with subscribed(other, auditor) as socket:
        change(one, admin, BODY, id=f"bod_{everyone.sector.id}", name="Letters")
        payload = hear(socket)["payload"]
        assert payload["data"] == {"changed": {"node": {"nameEn": "Letters"}}}
        assert payload.keys() == {"data", "extensions"}

        change(one, admin, END, id=f"rol_{held.id}")
        change(one, admin, BODY, id=f"bod_{everyone.sector.id}", name="Music")
        message = hear(socket)
        assert (message["id"], message["type"]) == ("list", "error")
        assert "Music" not in str(message)


def test_a_server_that_stops_says_that_it_goes_away(tmp_path: Path) -> None:
    with contextlib.ExitStack() as server, contextlib.ExitStack() as client:
        address = server.enter_context(product.running(tmp_path))
        socket = client.enter_context(subscribed(address, product.token(tmp_path, "admin")))

        server.close()

        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(PATIENCE_S)
        assert closed.value.rcvd
        assert closed.value.rcvd.code == 1001
    assert "Traceback" not in (tmp_path / "server.log").read_text()
