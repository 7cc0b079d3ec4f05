"""The product, but it is killed as the power fails: when the change is done, and its answer has not left yet."""

import os
import signal
from collections.abc import Awaitable, Callable

from starlette.types import Message, Receive, Scope, Send

from server.app import create as product

App = Callable[[Scope, Receive, Send], Awaitable[None]]


def create() -> App:
    """For uvicorn."""
    app = product()

    async def dying(scope: Scope, receive: Receive, send: Send) -> None:
        async def sent(message: Message) -> None:
            if scope["type"] == "http" and scope["path"] == "/graphql":
                os.kill(os.getpid(), signal.SIGKILL)
            await send(message)

        await app(scope, receive, sent)

    return dying
