"""What takes too long is stopped, and so is what nobody waits for: the database works on neither."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.types import Message

from server.models.database import connection, is_postgres, transaction
from server.models.members.tables import Person
from server.models.sqlite import ImmediateClient
from server.schema.asking import Asking
from server.schema.compiling.texts import LONGEST
from server.schema.patience import LOOK_S, Over, Patience
from tests import make
from tests.cast import Cast
from tests.sockets.wire import Wire
from tests.test_metrics import counted
from tests.waiting import until
from tests.web.test_programs import WHO, bearer
from tests.web.visitors import SignIn, Visitors, open_session

TERMS = "{ terms { code } }"
ROADS = [TERMS, TERMS + "#" + "x" * LONGEST]
SEATS = "{ viewer { person { memberships { term { code } } } } }"
WORKING = """SELECT count(*) AS many FROM pg_stat_activity
WHERE datname = current_database() AND state = 'active' AND query LIKE '%term%' AND pid <> pg_backend_pid()"""


@dataclass
class Slow:
    """Reading terms takes minutes. rows: that SQLite has worked on."""

    rows: int = 0

    def row(self, number: int) -> int:
        self.rows += 1
        time.sleep(0.002)
        return number

    async def working(self) -> bool:
        """Whether the database works on them now."""
        if is_postgres():
            (row,) = await connection().execute_query_dict(WORKING)
            return bool(row["many"])
        before = self.rows
        await asyncio.sleep(0.02)
        return self.rows > before

    async def until(self, working: bool) -> None:
        async def so() -> bool:
            return await self.working() is working

        await until(so)

    async def end(self) -> None:
        """From now on they are read as quickly as ever."""
        await connection().execute_query("DROP VIEW term")
        await connection().execute_query("ALTER TABLE real_term RENAME TO term")


@pytest.fixture
async def slow(everyone: Cast) -> Slow:
    return await slow_down()


async def slow_down() -> Slow:
    found = Slow()
    await connection().execute_query("DELETE FROM touched")  # else the next change would tell of terms, and read them
    await connection().execute_script("ALTER TABLE term RENAME TO real_term")
    if is_postgres():
        view = "CREATE VIEW term AS SELECT real_term.* FROM real_term, (SELECT pg_sleep(200)) s"
    else:
        client = connection()
        assert isinstance(client, ImmediateClient)
        assert client._connection
        await client._connection.create_function("slow", 1, found.row)
        view = """CREATE VIEW term AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
            SELECT real_term.* FROM real_term, (SELECT max(slow(i)) FROM n)"""
    await connection().execute_query(view)
    return found


@pytest.fixture
def hasty(app: Starlette) -> Starlette:
    app.state.settings = replace(app.state.settings, deadline=0.3)
    return app


@pytest.mark.parametrize("query", ROADS, ids=["compiled", "ordinary"])
async def test_an_answer_that_takes_too_long_is_stopped_in_the_database(
    hasty: Starlette, slow: Slow, visitors: Visitors, everyone: Cast, query: str
) -> None:
    program = await bearer(visitors, everyone["secretary"], "all:read")

    answer = await program.post("/graphql", json={"query": query})

    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["extensions"]) == (504, {"code": "DEADLINE"})
    assert error["message"].startswith("This took longer than 0.3 seconds and was stopped;")
    await slow.until(working=False)
    assert (await (await visitors.browser()).post("/graphql", json={"query": WHO})).status_code == 200


async def test_a_page_that_takes_too_long_is_stopped_too(hasty: Starlette, slow: Slow, sign_in: SignIn) -> None:
    browser = await sign_in("secretary")

    page = await browser.get("/terms")

    assert (page.status_code, "This took too long" in page.text) == (504, True)
    assert ("Page: /terms\n" in page.text, "Answer: 504\n" in page.text, "<form" in page.text) == (True, True, False)
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    await slow.until(working=False)
    assert (await browser.get("/healthz")).status_code == 200


@pytest.mark.parametrize("kind", ["query", "subscription"])
async def test_what_takes_too_long_over_a_socket_is_stopped_too(hasty: Starlette, everyone: Cast, kind: str) -> None:
    async with Wire(hasty, cookie=await open_session(everyone.accounts["member"])) as wire:
        await wire.begin()
        slow = await slow_down()

        wire.ask(f"{kind} {SEATS}")
        message = await wire.hear()

        assert (message["id"], message["type"]) == ("1", "error")
        (error,) = message["payload"]
        assert error["extensions"] == {"code": "DEADLINE"}
        assert error["message"].startswith("This took longer than 0.3 seconds and was stopped;")
        await slow.until(working=False)
        await slow.end()
        wire.ask(SEATS)
        assert (await wire.data())["viewer"]["person"]["memberships"] == [{"term": {"code": everyone.term.code}}]


async def test_who_begins_or_is_looked_for_is_found_in_time(hasty: Starlette, everyone: Cast) -> None:
    async with Wire(hasty, cookie=await open_session(everyone.accounts["member"])) as wire:
        slow = await slow_down()

        assert await wire.begin() == 1013

        await slow.until(working=False)


@pytest.mark.parametrize("way", ["complete", "close"])
async def test_what_nobody_hears_over_a_socket_is_stopped(app: Starlette, everyone: Cast, way: str) -> None:
    async with Wire(app, cookie=await open_session(everyone.accounts["secretary"])) as wire:
        await wire.begin()
        slow = await slow_down()
        wire.ask(TERMS)
        await slow.until(working=True)
        if way == "complete":
            wire.say("complete", id="1")
            await slow.until(working=False)

    await slow.until(working=False)


async def test_what_is_quick_is_not_watched(hasty: Starlette, visitors: Visitors) -> None:
    assert (await (await visitors.browser()).post("/graphql", json={"query": WHO})).status_code == 200
    await asyncio.sleep(0)
    assert [task for task in asyncio.all_tasks() if "Patience" in repr(task)] == []


def leaving(body: bytes) -> tuple[Callable[[], Awaitable[Message]], asyncio.Event]:
    """What a client says that goes away at an event."""
    came: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]
    leave = asyncio.Event()

    async def receive() -> Message:
        if came:
            return came.pop()
        await leave.wait()
        return {"type": "http.disconnect"}

    return receive, leave


@pytest.mark.parametrize("path", ["/graphql", "/terms"])
async def test_what_nobody_waits_for_is_stopped(
    app: Starlette, slow: Slow, visitors: Visitors, everyone: Cast, path: str
) -> None:
    program = await bearer(visitors, everyone["secretary"], "all:read")
    method, body = ("POST", b'{"query": "{ terms { code } }"}') if path == "/graphql" else ("GET", b"")
    before, sent = given_up(method, path), []
    receive, leave = leaving(body)

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"content-type", b"application/json"), (b"authorization", program.headers["Authorization"].encode())]
    scope = {"type": "http", "method": method, "path": path, "headers": headers, "query_string": b"", "root_path": ""}
    answering = asyncio.create_task(app(scope, receive, send))
    await slow.until(working=True)
    leave.set()
    await answering

    await slow.until(working=False)
    assert all(message.get("status", 499) == 499 for message in sent)
    assert given_up(method, path) == before + 1


def given_up(method: str, path: str) -> float:
    """How often nobody waited for it; where that came before it was known which page it is, it has no name."""
    return counted(method, path, "499") + counted(method, "none", "499")


@asynccontextmanager
async def served(app: Starlette) -> AsyncIterator[int]:
    """On a real socket."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, lifespan="off", log_level="error"))
    serving = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await serving


async def test_a_hang_up_is_noticed(app: Starlette, slow: Slow, visitors: Visitors, everyone: Cast) -> None:
    program = await bearer(visitors, everyone["secretary"], "all:read")
    async with served(app) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(
            b"GET /terms HTTP/1.1\r\nHost: a\r\nAuthorization: %b\r\n\r\n" % program.headers["Authorization"].encode()
        )
        await slow.until(working=True)
        writer.close()

        await slow.until(working=False)


async def test_a_change_that_is_stopped_is_undone_and_holds_up_nobody(slow: Slow) -> None:
    async def change(name: str, statement: str) -> None:
        async with transaction():
            await make.person(name_en=name)
            await connection().execute_query(statement)

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(change("Gone", "SELECT * FROM term"), 0.3)
    await slow.until(working=False)
    await change("There", "SELECT 1")

    assert await Person.filter(name_en__in=["Gone", "There"]).values_list("name_en", flat=True) == ["There"]


async def test_only_who_gives_up_is_stopped(slow: Slow) -> None:
    """On SQLite the statements of all stand in one queue."""
    first = asyncio.create_task(connection().execute_query("SELECT * FROM term"))
    await slow.until(working=True)
    others = [asyncio.create_task(connection().execute_query("SELECT 1 AS one")) for _ in range(5)]
    given_up = asyncio.create_task(connection().execute_query("SELECT * FROM term"))
    await asyncio.sleep(0)
    given_up.cancel()
    first.cancel()

    assert [rows[0]["one"] for _, rows in await asyncio.gather(*others)] == [1] * 5
    assert all(
        isinstance(one, asyncio.CancelledError) for one in await asyncio.gather(first, given_up, return_exceptions=True)
    )
    await slow.until(working=False)


async def messages(*found: Message) -> AsyncIterator[Message]:
    for message in found:
        yield message
    await asyncio.Event().wait()


async def test_the_time_begins_when_all_has_come() -> None:
    came = messages({"type": "http.request", "more_body": True}, {"type": "http.request"})
    patience = Patience(came.__anext__, "POST", seconds=0.0)

    await patience.receive()
    await asyncio.sleep(3 * LOOK_S)
    assert patience.given_up() is None

    patience = Patience(came.__anext__, "POST", seconds=0.0)
    await patience.receive()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.sleep(60)
    assert patience.given_up() is Over.LATE
    await asyncio.sleep(0)


async def test_what_takes_long_says_so() -> None:
    patience = Patience(messages().__anext__, "GET", seconds=2 * LOOK_S)
    asking = Asking(None, patience=patience)

    await asyncio.sleep(1.5 * LOOK_S)
    asking.take_time()
    await asyncio.sleep(2 * LOOK_S)

    assert patience.given_up() is None


async def test_what_came_while_watching_is_kept() -> None:
    patience = Patience(messages({"type": "http.request", "body": b"a"}).__anext__, "GET", seconds=60)

    await asyncio.sleep(2 * LOOK_S)

    assert await patience.receive() == {"type": "http.request", "body": b"a"}
    patience.end()


@pytest.mark.parametrize("path", ["/graphql?query={terms{code}}", "/terms"])
async def test_another_cancelling_is_not_ours(visitors: Visitors, everyone: Cast, slow: Slow, path: str) -> None:
    program = await bearer(visitors, everyone["secretary"], "all:read")
    asked = asyncio.create_task(program.get(path))
    await slow.until(working=True)
    asked.cancel()

    with pytest.raises(asyncio.CancelledError):
        await asked
