"""Connections for reading alone: as many as there are, none ever lost, whatever happens on one."""

import asyncio

import asyncpg
import pytest
from tortoise.exceptions import OperationalError

from server.models.database import connection, transaction
from server.models.postgres import READERS, PooledClient, Readers

postgres = pytest.mark.parametrize("db_url", ["postgres"], indirect=True)
WHO = "SELECT pg_backend_pid() AS pid"


@pytest.fixture
def client(db: str) -> PooledClient:
    found = connection()
    assert isinstance(found, PooledClient)
    return found


async def pid(client: PooledClient) -> int:
    (row,) = await client.execute_query_dict(WHO)
    return row["pid"]


@postgres
async def test_one_after_the_other_is_read_by_one_connection(client: PooledClient):
    assert len({await pid(client) for _ in range(5)}) == 1


@postgres
async def test_as_many_are_read_at_once_as_there_are_readers(client: PooledClient):
    slow = "SELECT pg_backend_pid() AS pid, pg_sleep(0.05)"

    rows = await asyncio.gather(*(client.execute_query_dict(slow) for _ in range(3 * READERS)))

    assert len({row["pid"] for (row,) in rows}) == READERS
    assert client.readers.idle.qsize() == READERS


@postgres
async def test_a_statement_that_fails_says_so_and_costs_no_connection(client: PooledClient):
    before = await pid(client)

    with pytest.raises(OperationalError):
        await client.execute_query_dict("SELECT nothing")

    assert await pid(client) == before


@postgres
async def test_one_that_is_given_up_while_it_reads_is_not_used_again(client: PooledClient):
    before = await pid(client)
    reading = asyncio.create_task(client.execute_query_dict("SELECT pg_sleep(60)"))
    await asyncio.sleep(0)
    assert client.readers.idle.qsize() == READERS - 1
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    await asyncio.gather(*client.readers.ending)

    assert await pid(client) != before
    assert client.readers.idle.qsize() == READERS


@postgres
async def test_one_that_the_server_ended_is_connected_anew(client: PooledClient):
    before, heard = await pid(client), asyncio.Event()
    reader = client.readers.idle.get_nowait()
    assert reader
    reader.add_termination_listener(lambda _: heard.set())
    client.readers.idle.put_nowait(reader)
    async with transaction() as other:
        await other.execute_query("SELECT pg_terminate_backend($1)", [before])
    await heard.wait()

    assert await pid(client) != before


@postgres
async def test_within_a_transaction_its_own_connection_reads(client: PooledClient):
    async with transaction() as own:
        (inside,), (again,) = await own.execute_query_dict(WHO), await own.execute_query_dict(WHO)

    assert inside == again
    assert inside["pid"] != await pid(client)


@postgres
async def test_what_is_still_read_is_read_to_its_end_while_all_are_closed(client: PooledClient):
    await pid(client)
    reading = asyncio.create_task(client.readers.fetch("SELECT pg_sleep(0.05)", []))
    await asyncio.sleep(0)
    assert client.readers.idle.qsize() == READERS - 1
    closing = asyncio.create_task(client.readers.close())

    assert len(await reading) == 1
    await closing


async def test_who_cannot_connect_keeps_no_place():
    readers = Readers({"host": "127.0.0.1", "port": 1, "user": "nobody"})

    with pytest.raises(OSError, match="1"):
        await readers.fetch("SELECT 1", [])

    assert readers.idle.qsize() == READERS
    await readers.close()


@postgres
async def test_the_first_to_read_connects(db: str):
    found = connection()
    assert isinstance(found, PooledClient)
    await found.close()
    assert found._pool is None

    assert await found.execute_query_dict("SELECT 1 AS one") == [{"one": 1}]


@postgres
async def test_days_are_written_as_iso_has_them_whatever_is_usual_there(db: str, client: PooledClient):
    name = db.rpartition("/")[2].partition("?")[0]
    await client.execute_script(f"ALTER DATABASE \"{name}\" SET datestyle TO 'SQL, DMY'")
    try:
        await client.close()
        for read in (client.execute_query_dict, client.execute_query):
            assert "2026-11-23" in str(await read("SELECT date '2026-11-23'::text AS day"))
    finally:
        await client.execute_script(f'ALTER DATABASE "{name}" RESET datestyle')


@postgres
async def test_one_that_cannot_even_be_closed_keeps_no_place(
    client: PooledClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    async def broken(*_: object, **__: object) -> None:
        raise OSError("the line is cut")

    await pid(client)
    reading = asyncio.create_task(client.execute_query_dict("SELECT pg_sleep(1)"))
    await asyncio.sleep(0)
    monkeypatch.setattr(asyncpg.Connection, "close", broken)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    await asyncio.gather(*client.readers.ending)

    assert client.readers.idle.qsize() == READERS
    assert "did not close by itself" in caplog.text
    monkeypatch.undo()
    assert await pid(client)


@postgres
async def test_who_waits_may_be_the_first_to_connect(db: str):
    found = connection()
    assert isinstance(found, PooledClient)
    await found.close()

    waiting = await found.one_more()

    assert await waiting.fetchval("SELECT 1") == 1
    await waiting.close()
