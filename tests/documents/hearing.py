"""A socket of one reader at one server: what it is told of a document by itself, and what it asks meanwhile."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import count

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

TOLD = "{ node { ... on Document { title versions { name } } } }"
WAITS = {
    "named": f"subscription($ids: [ID!]) {{ changed(ids: $ids) {TOLD} }}",
    "listed": f"subscription {{ changed(collections: [DOCUMENTS]) {TOLD} }}",
}
"""Both ways to wait for it."""
PROTOCOL = "graphql-transport-ws"
Told = Callable[[str, dict | None], None]
"""Takes which way it was, and the document or None."""


@dataclass
class Socket:
    """wire: the connection. told: called with each word that comes by itself. wrong: what ended it."""

    wire: ClientConnection
    told: Told
    wrong: Callable[[str], None]
    numbers: count = field(default_factory=count)
    awaited: dict[str, asyncio.Future] = field(default_factory=dict)

    async def ask(self, payload: dict) -> dict:
        """The data of one answer."""
        number = str(next(self.numbers))
        self.awaited[number] = asyncio.get_running_loop().create_future()
        await self.wire.send(json.dumps({"type": "subscribe", "id": number, "payload": payload}))
        return await self.awaited[number]

    async def wait_for(self, document: str) -> None:
        """From now on it is told of it."""
        for way, query in WAITS.items():
            payload = {"query": query, "variables": {"ids": [document]} if "$ids" in query else {}}
            await self.wire.send(json.dumps({"type": "subscribe", "id": way, "payload": payload}))
        await self.ask({"query": "{ viewer { name } }"})

    async def hear(self) -> None:
        """Until it is closed."""
        with suppress(ConnectionClosed):
            async for text in self.wire:
                self._heard(json.loads(text))
        if self.wire.close_code != 1000:
            self.wrong(f"a socket was closed: {self.wire.close_code} {self.wire.close_reason}")

    def _heard(self, message: dict) -> None:
        which, kind = message.get("id", ""), message["type"]
        if kind == "next" and which in WAITS:
            self.told(which, message["payload"]["data"]["changed"]["node"])
        elif kind == "next":
            answered = self.awaited.pop(which)
            if not answered.done():  # who asked may have gone
                answered.set_result(message["payload"]["data"])
        elif kind == "error" or (kind == "complete" and which in WAITS):
            self.wrong(f"a subscription ended: {message}")


@asynccontextmanager
async def hearing(
    address: str, token: str, document: str, told: Told, wrong: Callable[[str], None]
) -> AsyncIterator[Socket]:
    """A socket that is told of this document."""
    async with connect(f"{address.replace('http', 'ws')}/graphql", subprotocols=[PROTOCOL], proxy=None) as wire:
        await wire.send(json.dumps({"type": "connection_init", "payload": {"token": token}}))
        assert json.loads(await wire.recv()) == {"type": "connection_ack"}
        socket = Socket(wire, told, wrong)
        hears = asyncio.create_task(socket.hear())
        await socket.wait_for(document)
        yield socket
        await wire.close()
        await hears
