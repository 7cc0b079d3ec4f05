"""One operation of a socket: a subscription until it is over, anything else once."""

import asyncio
import json
import logging
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from graphql import OperationType
from strawberry.schema.exceptions import CannotGetOperationTypeError
from strawberry.types.execution import PreExecutionError

from server import schema
from server.schema.affording import refused
from server.schema.asked import Asked
from server.schema.asking import Asking
from server.schema.http import UNRESOLVED, operations, told
from server.schema.patience import Late, in_time
from server.schema.problems import took_too_long, wrong
from server.schema.waiting import Ended, kind_of, waiting
from server.schema.watching import Ask, Nobody, Watch, watch
from server.schema.wire import Over, as_json

if TYPE_CHECKING:
    from server.schema.sockets import Socket

log = logging.getLogger("luzhi.schema")

UNCLEAR = {
    "message": "Say in operationName which of the operations to run, by a name that is there.",
    "extensions": {"code": UNRESOLVED},
}


class Operation:
    """One operation of a socket, from its subscribing to its completion."""

    def __init__(self, socket: "Socket", id: str, asked: Asked) -> None:
        self.socket, self.id, self.asked = socket, id, asked
        self.watch: Watch | None = None
        self.task: asyncio.Task[None] | None = None
        self.silent = False

    @property
    def kind(self) -> OperationType | None:
        """Of what is asked, as far as it can be read."""
        return kind_of(self.asked.query, self.asked.name)

    def stop(self) -> None:
        """The client, or nobody, wants to hear more of it."""
        self.silent = True
        if self.task and self.kind is not OperationType.MUTATION:
            self.task.cancel()
            self.socket.running.pop(self.task, None)

    async def run(self) -> None:
        """Answers, and completes. A fault of ours is logged, with the number that the answer tells."""
        asking = self.socket.asking()
        try:
            await self._answer(asking)
        except Ended as ended:
            await self._last("error", ended.errors)
        except (Over, Nobody):
            self.socket.due.set()
        except Late:
            await self.refuse("DEADLINE", took_too_long(self.socket.deadline).into(self.socket.locale))
        except Exception as error:  # the last resort of an operation, as of a request: it logs, and says so
            number = asking.viewer.request_id if asking.known else ""
            log.exception("request %s failed", number, exc_info=error)
            await self.refuse("INTERNAL", wrong(number).into(self.socket.locale), requestId=number)
        else:
            await self._last("complete")

    async def _answer(self, asking: Asking) -> None:
        if self.kind is not OperationType.SUBSCRIPTION:
            await self._once(asking)
            return
        asked, here = self.asked, replace(asking, known=self.socket.viewer)  # whose language it is, if it does not fit
        afforded = refused(schema.api.texts, asked.query, asked.variables or {}, asking, asked.name)
        if refusal := await in_time(self.socket.deadline, afforded):
            raise Ended.by(refusal, here)
        ask: Ask = partial(self.socket.asking, by_itself=True)
        ready = waiting(asked.query, asked.name, here)
        self.watch = watch(ready, asked.variables or {}, ask, here, seconds=self.socket.deadline)
        async with aclosing(self.watch.answers()) as answers:
            async for answer in answers:
                await self._next(answer)

    async def refuse(self, code: str, message: str, **more: str) -> None:
        """An answer that is none."""
        await self._last("error", [{"message": message, "extensions": {"code": code, **more}}])

    async def _once(self, asking: Asking) -> None:
        asked = self.asked
        if asked.name is None and operations(asked.query) > 1:
            raise Ended([UNCLEAR])
        answer = schema.ask(asked.query, asked.variables, asking, asked.name, allowed_operation_types=asked.kinds)
        try:
            found = await in_time(self.socket.deadline, answer)
        except CannotGetOperationTypeError as unclear:
            raise Ended([UNCLEAR]) from unclear
        await asking.settle()
        self.socket.there(asking)
        if isinstance(found, bytes):
            await self._next(b'{"data":' + found + told(asking) + b"}")
            return
        said = schema.formatted(found, asking)
        if isinstance(found, PreExecutionError):
            raise Ended(said["errors"])
        await self._next(as_json(said)[:-1] + told(asking) + b"}")

    async def _next(self, payload: bytes) -> None:
        if not self.silent:
            head = b'{"id":' + json.dumps(self.id).encode() + b',"type":"next","payload":'
            await self.socket.tell(head + payload + b"}")

    async def _last(self, kind: str, payload: object = None) -> None:
        """From now on its id is free for another."""
        if self.silent:
            return
        self.socket.operations.pop(self.id, None)
        message: dict[str, object] = {"id": self.id, "type": kind}
        await self.socket.tell(as_json(message if payload is None else message | {"payload": payload}))
