"""How a request comes: by POST as whoever it is, by GET, or over a socket."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple, Protocol
from urllib.parse import quote

import httpx
from websockets import ConnectionClosed, Subprotocol
from websockets.sync.client import ClientConnection, connect

from tests.hostile.requests import Hostile

PATIENCE_S = 60
LONGEST = 30_000
"""What is longer than that is no address."""


class Told(NamedTuple):
    """What an answer says: its status, or the code with which a socket was closed, 200 where neither; codes; data."""

    status: int
    codes: set[str]
    data: Any = None


class Way(Protocol):
    """Sends one, and says what it was told."""

    def __call__(self, one: Hostile) -> Told: ...


class Post:
    """By POST, with whatever says who it is."""

    def __init__(self, client: httpx.Client, **headers: str) -> None:
        self.client, self.headers = client, headers

    def __call__(self, one: Hostile) -> Told:
        """One request."""
        return _told(self.client.post("/graphql", content=one.sent, headers=one.headers | self.headers))


class Get(Post):
    """By GET; what is no query, or too long for an address, by POST."""

    def __call__(self, one: Hostile) -> Told:
        """One request."""
        asked = f"query={quote(one.query)}&variables={quote(json.dumps(one.variables or {}))}"
        if not one.query or len(asked) > LONGEST:
            return super().__call__(one)
        return _told(self.client.get(f"/graphql?{asked}", headers=self.headers))


def _told(answer: httpx.Response) -> Told:
    said = answer.json()
    return Told(answer.status_code, {one["extensions"]["code"] for one in said.get("errors", [])}, said.get("data"))


class Socket:
    """Over a socket, opened anew where it was closed."""

    def __init__(self, address: str, token: str) -> None:
        self.address, self.token = f"{address.replace('http', 'ws')}/graphql", token
        self.open: ClientConnection | None = None
        self.stack = ExitStack()
        self.asked = 0

    def __call__(self, one: Hostile) -> Told:
        """One operation; what is no query takes the place of its payload."""
        payload = one.sent.decode("utf-8", "replace") or "null"
        self.asked += 1
        socket = self.open = self.open or self._opened()
        try:
            socket.send(f'{{"type": "subscribe", "id": "{self.asked}", "payload": {payload}}}')
            return self._heard(socket)
        except ConnectionClosed:
            self.close()
            return Told(socket.close_code or 0, set())

    def _heard(self, socket: ClientConnection) -> Told:
        message = json.loads(socket.recv(PATIENCE_S))
        if message["type"] == "error":
            return Told(200, {one["extensions"]["code"] for one in message["payload"]})
        answer = message["payload"]
        assert json.loads(socket.recv(PATIENCE_S))["type"] == "complete"
        return Told(200, {one["extensions"]["code"] for one in answer.get("errors", [])}, answer.get("data"))

    def _opened(self) -> ClientConnection:
        protocols = [Subprotocol("graphql-transport-ws")]
        socket = self.stack.enter_context(connect(self.address, subprotocols=protocols, max_size=None))
        socket.send(json.dumps({"type": "connection_init", "payload": {"token": self.token}}))
        assert json.loads(socket.recv(PATIENCE_S)) == {"type": "connection_ack"}
        return socket

    def close(self) -> None:
        """Goes away."""
        self.open = None
        self.stack.close()


@contextmanager
def socket(address: str, token: str) -> Iterator[Socket]:
    """One that is closed in the end."""
    way = Socket(address, token)
    try:
        yield way
    finally:
        way.close()
