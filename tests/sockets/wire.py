"""A client of the protocol in the process, without a network between: what it says and hears, message by message."""

import asyncio
import json
from contextlib import suppress
from typing import Any

from starlette.applications import Starlette
from starlette.types import Message

from server.schema.arriving import COOKIE
from tests.web.visitors import ADDRESS, HERE

PATIENCE_S = 15
PROTOCOL = "graphql-transport-ws"


class Wire:
    """One socket. deaf: it takes no message."""

    def __init__(
        self,
        app: Starlette,
        *,
        cookie: str = "",
        protocols: tuple[str, ...] = (PROTOCOL,),
        address: str = ADDRESS,
        **headers: str,
    ) -> None:
        said = {"host": HERE.removeprefix("http://"), "accept-language": "en", **headers}
        said |= {"cookie": f"{COOKIE}={cookie}"} if cookie else {}
        scope = {
            "type": "websocket",
            "path": "/graphql",
            "scheme": "ws",
            "client": (address, 40000),
            "headers": [(name.encode(), value.encode()) for name, value in said.items()],
            "subprotocols": list(protocols),
        }
        self._there: asyncio.Queue[Message] = asyncio.Queue()
        self._here: asyncio.Queue[Message] = asyncio.Queue()
        self.hearing = asyncio.Event()
        self.hearing.set()
        self._there.put_nowait({"type": "websocket.connect"})
        self.task = asyncio.create_task(app(scope, self._there.get, self._take))

    async def __aenter__(self) -> "Wire":
        """With the socket open."""
        assert (await self.raw())["type"] == "websocket.accept"
        return self

    async def __aexit__(self, *_: object) -> None:
        """Goes away, as a browser that is closed."""
        self._there.put_nowait({"type": "websocket.disconnect", "code": 1005})
        self.hearing.set()
        with suppress(asyncio.CancelledError):
            await asyncio.wait_for(self.task, PATIENCE_S)

    async def _take(self, message: Message) -> None:
        await self.hearing.wait()
        self._here.put_nowait(message)

    async def raw(self) -> Message:
        """The next message as the server sends it."""
        return await asyncio.wait_for(self._here.get(), PATIENCE_S)

    async def hear(self) -> Any:
        """The next message of the protocol, or the code with which the socket was closed."""
        message = await self.raw()
        return message["code"] if message["type"] == "websocket.close" else json.loads(message["text"])

    def say(self, type: str, **more: Any) -> None:
        """A message of the protocol."""
        self.text(json.dumps({"type": type, **more}))

    def text(self, text: str) -> None:
        """Whatever a client may send."""
        self._there.put_nowait({"type": "websocket.receive", "text": text})

    async def begin(self, **payload: Any) -> Any:
        """Says who it is; what it hears then."""
        self.say("connection_init", payload=payload)
        return await self.hear()

    def ask(self, query: str, id: str = "1", **variables: Any) -> None:
        """Subscribes."""
        self.say("subscribe", id=id, payload={"query": query, "variables": variables})

    async def data(self) -> Any:
        """The data of the next message, which is an answer."""
        message = await self.hear()
        assert message["type"] == "next", message
        return message["payload"]["data"]
