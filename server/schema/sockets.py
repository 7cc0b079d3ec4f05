"""Subscriptions, and every other operation, at `/graphql` by the protocol graphql-transport-ws.

Who asks is found out anew for each answer, and at least twice a minute: a session that ended, or a token that was
revoked, ends its sockets. Why this is not Strawberry's handler: docs/decisions/sockets.md.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping
from contextlib import AsyncExitStack, ExitStack, suppress
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from starlette.types import Message, Receive, Scope, Send

from server.models.events import Event, Events
from server.schema.arriving import address_of, asking_of, language, same_origin
from server.schema.asked import BY_POST, Asked, Malformed, read
from server.schema.asking import Asking
from server.schema.cookies import headers_of, is_encrypted
from server.schema.http import limited
from server.schema.operating import Operation
from server.schema.patience import Late, in_time
from server.schema.stored import NotStored
from server.schema.wire import PROTOCOL, Over, as_json, mapping, message_of, short
from server.viewer import Viewer
from server.words import Locale

log = logging.getLogger("luzhi.schema")

FIRST_S = 10.0
"""How long a socket may take to say who it is."""
LOOK_S = 25.0
"""How often is looked who is there, where nothing else asks."""
SEND_S = 10.0
"""How long a message may wait for its reader."""
MOST_OPERATIONS, MOST_SOCKETS, MOST_OF_ACCOUNT, MOST_UNKNOWN = 20, 1000, 20, 50
"""Operations at a time in one socket; sockets of this process, of one account, of one address and nobody known yet."""
T = TypeVar("T")
NOTHING = Asked("", None, None, BY_POST)
"""What is asked for where that is not known here."""
SAYS = {b"authorization": b"authorization", b"accept-language": b"accept-language", b"token": b"authorization"}
"""What the first message may say in place of a header, by its name in small letters."""


class Sockets:
    """Those that this process holds open, counted by account."""

    def __init__(self, events: Events) -> None:
        self.events = events
        self.open = 0
        self.of_account: Counter[UUID] = Counter()
        self.unknown: Counter[str] = Counter()
        """By network address, those that have not said yet who they are."""

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> int:
        """One socket, from its handshake to its end. The code with which it ended."""
        await receive()
        if self.open >= MOST_SOCKETS or self.unknown[address_of(scope)] >= MOST_UNKNOWN:
            headers = [(b"retry-after", b"10"), *scope["app"].always[is_encrypted(scope)]]
            await send({"type": "websocket.http.response.start", "status": 503, "headers": headers})
            await send({"type": "websocket.http.response.body", "body": b"Too many sockets are open.\n"})
            return 1013
        self.open += 1
        try:
            return await self._serve(scope, receive, send)
        finally:
            self.open -= 1

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> int:
        if PROTOCOL not in scope["subprotocols"]:
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.close", "code": 4406, "reason": "Subprotocol not acceptable"})
            return 4406
        await send({"type": "websocket.accept", "subprotocol": PROTOCOL})
        async with AsyncExitStack() as stack:
            return await Socket(scope, receive, send, self, stack).run()

    def not_known_yet(self, address: str) -> ExitStack:
        """Counts one more of that address that has not said who it is, until this is closed."""
        self.unknown[address] += 1
        counted = ExitStack()
        counted.callback(partial(_one_less, self.unknown, address))
        return counted


class Socket:
    """One client. stack: what is undone at its end."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, sockets: Sockets, stack: AsyncExitStack) -> None:
        self.scope, self.receive, self.send = scope, receive, send
        self.sockets, self.stack = sockets, stack
        self.unknown = stack.enter_context(sockets.not_known_yet(address_of(scope)))
        self.headers = dict(headers_of(scope))
        self.viewer: Viewer | None = None
        """Who was there when it was last looked; it decides nothing but whether the socket stays."""
        self.begun = False
        self.over: asyncio.Future[Over] = asyncio.get_running_loop().create_future()
        self.operations: dict[str, Operation] = {}
        self.running: dict[asyncio.Task[None], Operation] = {}
        """Until they are over, though the client may have heard enough of them."""
        self.tasks: set[asyncio.Task[None]] = set()
        self.due = asyncio.Event()

    async def run(self) -> int:
        """Until either side ends it. The code with which it ended."""
        self._keep(self._first_word())
        self._keep(self._hear())
        try:
            over = await self.over
            self._silence()
            if not over.untold:
                await self._send({"type": "websocket.close", "code": over.code, "reason": short(over.reason)})
            return over.code
        finally:
            self._silence()
            await asyncio.gather(*self.tasks, return_exceptions=True)

    def end(self, over: Over) -> None:
        """Have it closed, unless something else was first."""
        if not self.over.done():
            self.over.set_result(over)

    async def tell(self, message: bytes) -> None:
        """Sends it. A reader that does not read ends the socket."""
        if not await self._send({"type": "websocket.send", "text": message.decode()}):
            self.end(Over(1013, "The reader is too slow", untold=True))

    async def _send(self, message: Message) -> bool:
        """Whether it could be sent in time. Where the other side is gone there is nobody to be too slow."""
        try:
            async with asyncio.timeout(SEND_S):
                await self.send(message)
        except TimeoutError:
            return False
        except OSError:
            log.debug("a socket was gone before its answer")
        return True

    def asking(self, *, by_itself: bool = False) -> Asking:
        """Who asks, to be found out anew; each answer is paid as one by HTTP is."""
        return limited(asking_of(self.scope, self.headers, by_itself=by_itself), self.scope["app"].state)

    @property
    def deadline(self) -> float:
        """How long an answer may take, in seconds."""
        return float(self.scope["app"].state.settings.deadline)

    @property
    def locale(self) -> Locale:
        """The language of who is there."""
        return language(self.scope, self.headers)

    async def _hear(self) -> None:
        """Every message, until the client is gone, or says what it must not."""
        try:
            while (received := await self.receive())["type"] != "websocket.disconnect":
                await self._heard(message_of(received))
        except Over as over:
            self.end(over)
        else:
            self.end(Over(int(received.get("code", 1005)), "", untold=True))

    async def _heard(self, message: Mapping[str, Any]) -> None:
        match message:
            case {"type": "connection_init"}:
                await self._begin(mapping(message, "payload"))
            case {"type": "ping"}:
                answer = {"type": "pong"} | ({"payload": payload} if (payload := mapping(message, "payload")) else {})
                await self.tell(as_json(answer))
            case {"type": "pong"}:
                mapping(message, "payload")
            case {"type": "subscribe", "id": str(id), "payload": dict(payload)} if id:
                await self._subscribe(id, payload)
            case {"type": "complete", "id": str(id)}:
                if operation := self.operations.pop(id, None):
                    operation.stop()
            case _:
                raise Over(4400, "Invalid message")

    async def _begin(self, said: Mapping[str, Any]) -> None:
        if self.begun:
            raise Over(4429, "Too many initialisation requests")
        self.begun = True
        for name, value in said.items():
            if header := SAYS.get(name.lower().encode()):
                scheme = b"Bearer " if name.lower() == "token" else b""
                self.headers[header] = scheme + str(value).encode()
        viewer = await self._found(self.asking())
        if viewer.session and not same_origin(self.scope):
            raise Over(4403, "A browser's session counts only from our own pages")
        self._count(viewer)
        self.unknown.close()
        self.viewer = viewer
        await self.stack.enter_async_context(self.sockets.events.heard_by(self._happened))
        await self.tell(as_json({"type": "connection_ack"}))
        self._keep(self._look())

    async def _found(self, asking: Asking) -> Viewer:
        """Who asks. Raises Over where it is nobody, or cannot be found out in time."""
        try:
            await in_time(self.deadline, asking.settle())
        except Late:
            raise Over(1013, "It took too long to find out who you are") from None
        return self.there(asking)

    def there(self, asking: Asking) -> Viewer:
        """Who asks, once that is known. Raises Over where it is nobody, or nobody any more."""
        if asking.rejected:
            raise Over(4401, asking.rejected.problems[0].message.into("en"))
        if not asking.viewer.signed_in:
            raise Over(4401, "Nobody is signed in any more" if self.viewer else "Say who you are")
        return asking.viewer

    def _count(self, viewer: Viewer) -> None:
        count, account = self.sockets.of_account, viewer.account
        if account is None:
            return
        if count[account] >= MOST_OF_ACCOUNT:
            raise Over(4429, "Too many sockets of one account")
        count[account] += 1
        self.stack.callback(partial(_one_less, count, account))

    async def _subscribe(self, id: str, payload: dict[str, Any]) -> None:
        if self.viewer is None:
            raise Over(4401, "Unauthorized")
        if id in self.operations:
            raise Over(4409, f"Subscriber for {id[:40]} already exists")
        try:
            asked = read(payload, BY_POST, self.scope["app"].state.stored.text)
        except NotStored as unknown:
            operation = self.operations[id] = Operation(self, id, NOTHING)
            await operation.refuse(unknown.code, str(unknown))
            return
        except Malformed as malformed:
            raise Over(4400, str(malformed)) from None
        operation = self.operations[id] = Operation(self, id, asked)
        if len(self.running) >= MOST_OPERATIONS:
            await operation.refuse("TOO_MANY", f"One socket runs {MOST_OPERATIONS} operations at a time.")
            return
        operation.task = self._keep(operation.run())
        self.running[operation.task] = operation

    def _happened(self, event: Event) -> None:
        viewer = self.viewer
        if viewer and event.keys & {viewer.account, viewer.client, viewer.session, viewer.person}:
            self.due.set()
        for operation in self.operations.values():
            if operation.watch:
                operation.watch.heard(event)

    async def _first_word(self) -> None:
        await asyncio.sleep(FIRST_S)
        if not self.begun:
            self.end(Over(4408, "Connection initialisation timeout"))

    async def _look(self) -> None:
        """Who is there, from time to time, and when something happened to them."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self.due.wait()
            self.due.clear()
            before = self.viewer
            try:
                self.viewer = await self._found(self.asking(by_itself=True))
            except Over as over:
                self.end(over)
                return
            for operation in self.operations.values():
                if operation.watch:
                    operation.watch.look(as_another=_may_differ(before, self.viewer))

    def _keep(self, work: Any) -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        self.running.pop(task, None)
        if not task.cancelled() and (error := task.exception()):
            log.error("a socket failed", exc_info=error)
            self.end(Over(1011, "Something went wrong here"))

    def _silence(self) -> None:
        """What only waits is ended; a change that is under way comes to its end, though nobody hears of it."""
        for operation in list(self.running.values()):
            operation.stop()
        for task in self.tasks:
            if task not in self.running:
                task.cancel()


def _may_differ(before: Viewer | None, now: Viewer) -> bool:
    """Whether one may see other things than before."""
    return before is None or (before.roles, before.person, before.scopes) != (now.roles, now.person, now.scopes)


def _one_less(count: Counter[T], whose: T) -> None:
    count[whose] -= 1
    if not count[whose]:
        del count[whose]
