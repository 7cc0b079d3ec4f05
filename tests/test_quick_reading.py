"""SQLite: what is read quickly is read on the spot, with the same result."""

import sqlite3
from pathlib import Path

import pytest
from tortoise.exceptions import OperationalError

from server.models import sqlite
from server.models.database import connection, transaction
from server.models.sqlite import ImmediateClient
from tests import make

sqlite_only = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
TERMS = "SELECT code FROM term WHERE code < ? ORDER BY code"


@pytest.fixture
def client(db: str, monkeypatch: pytest.MonkeyPatch) -> ImmediateClient:
    """Everything is quick enough, however busy the machine is."""
    monkeypatch.setattr(sqlite, "QUICK_S", 60)
    found = connection()
    assert isinstance(found, ImmediateClient)
    return found


async def codes(client: ImmediateClient) -> list[str]:
    return [row["code"] for row in await client.execute_query_dict(TERMS, ["z"])]


@sqlite_only
async def test_what_was_quick_takes_no_thread_the_next_time(client: ImmediateClient):
    await make.term("a")
    first, there = await codes(client), client.reader
    second = await codes(client)

    assert (first, there, second) == (["a"], None, ["a"])
    assert client.reader is not None


@sqlite_only
async def test_what_is_slow_is_left_to_the_thread(client: ImmediateClient, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sqlite, "QUICK_S", 0)
    for _ in range(2):
        assert await codes(client) == []

    assert client.reader is None


@sqlite_only
async def test_what_is_committed_is_seen_and_what_is_not_is_not(client: ImmediateClient):
    for _ in range(2):
        assert await codes(client) == []
    async with transaction() as own:
        await make.term("b")
        assert await client.execute_query_dict(TERMS, ["z"]) == []
        assert await own.execute_query_dict(TERMS, ["z"]) == [{"code": "b"}]

    assert await codes(client) == ["b"]


@sqlite_only
async def test_an_error_is_the_same_on_the_spot(client: ImmediateClient):
    await client.execute_script("CREATE TABLE passing (a)")
    for _ in range(2):
        assert await client.execute_query_dict("SELECT a FROM passing") == []
    await client.execute_script("DROP TABLE passing")

    with pytest.raises(OperationalError, match="passing"):
        await client.execute_query_dict("SELECT a FROM passing")


@sqlite_only
async def test_nothing_can_be_written_on_the_spot(client: ImmediateClient):
    await codes(client)
    await codes(client)
    assert client.reader

    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        client.reader.execute("DELETE FROM term")


@sqlite_only
async def test_what_is_locked_is_waited_for_by_the_thread(client: ImmediateClient, tmp_path: Path):
    await make.term("a")
    await codes(client)
    locking = sqlite3.connect(tmp_path / "other.db", isolation_level=None)
    locking.execute("CREATE TABLE term (code)")
    locking.execute("BEGIN EXCLUSIVE")
    client.reader = sqlite3.connect(tmp_path / "other.db", timeout=0)

    assert await codes(client) == ["a"]

    locking.close()


@sqlite_only
async def test_only_so_many_are_known_as_quick(client: ImmediateClient, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sqlite, "KEPT", 2)

    for number in (1, 2, 1, 3):
        await client.execute_query_dict(f"SELECT {number} AS n")

    assert list(client.quick) == ["SELECT 1 AS n", "SELECT 3 AS n"]
