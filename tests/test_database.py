"""Connections, transactions and migrations, as several tasks and several processes use them."""

import asyncio
import contextvars
import sqlite3
import sys
from pkgutil import iter_modules

import pytest
from click.testing import CliRunner
from tortoise.exceptions import ConfigurationError, OperationalError, TransactionManagementError

import server.migrations
from server.cli import luzhi
from server.models import audit, database
from server.models.audit import Verification
from server.models.members.tables import Term
from tests import make

MIGRATE = """
import asyncio, sys
from server.models import database as d

async def go():
    await d.connect(sys.argv[1])
    print(*await d.migrate())
    await d.close()

asyncio.run(go())
"""

MORE_THAN_THE_POOL_HAS = 12
MIGRATIONS = sorted(module.name for module in iter_modules(server.migrations.__path__))


async def python(*arguments):
    """What another process printed; it must end well."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    said, complained = await process.communicate()
    assert process.returncode == 0, complained.decode()
    return said.decode().split()


async def terms():
    return await Term.all().count()


async def test_two_processes_read_then_write_200_times_each_and_none_fails(db):
    await make.term("count", name_en="0")

    await asyncio.gather(*(python("-m", "tests.writer", db, "200") for _ in range(2)))

    assert (await Term.get(code="count")).name_en == "400"
    assert await audit.verify() == Verification(400, 0, ok=True, first_bad=None)


async def test_processes_that_start_at_once_migrate_once(bare_url):
    said = await asyncio.gather(*(python("-c", MIGRATE, bare_url) for _ in range(3)))

    assert sorted(said) == [[], [], MIGRATIONS]


async def test_the_connection_is_found_from_a_task_that_knows_nothing_of_it(db):
    await make.term("14")

    count = await asyncio.create_task(terms(), context=contextvars.Context())

    assert count == 1


async def test_a_transaction_is_seen_by_its_own_task_only_until_it_commits(db):
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def write():
        async with database.transaction():
            await make.term("14")
            begun.set()
            await go_on.wait()

    writing = asyncio.create_task(write())
    await begun.wait()
    counting = asyncio.create_task(terms())
    if database.is_postgres():
        assert await counting == 0
    go_on.set()
    await writing
    if not database.is_postgres():  # one connection: the reader waits its turn
        assert await counting == 1
    assert await Term.all().count() == 1


async def test_a_cancelled_transaction_leaves_nothing_and_holds_nothing(db):
    begun = asyncio.Event()

    async def write():
        async with database.transaction():
            await make.term("lost")
            begun.set()
            await asyncio.Event().wait()

    writing = asyncio.create_task(write())
    await begun.wait()
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing

    async with database.transaction():
        await make.term("kept")
    assert await Term.all().values_list("code", flat=True) == ["kept"]


@pytest.mark.parametrize("times", [1, 2, 3])
async def test_who_is_cancelled_again_on_the_way_out_sees_the_database_as_before(db, times):
    """The second time while it rolls back, the third while it gives the connection back."""
    begun, context = asyncio.Event(), contextvars.copy_context()

    async def write():
        async with database.transaction():
            await make.term("lost")
            begun.set()
            await asyncio.Event().wait()

    writing = asyncio.create_task(write(), context=context)
    await begun.wait()
    for _ in range(times):
        writing.cancel()
        await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        await writing

    await asyncio.create_task(make.term("kept"), context=context)
    assert await Term.all().values_list("code", flat=True) == ["kept"]


async def test_transactions_cancelled_at_their_begin_keep_no_connection(db):
    async def write():
        async with database.transaction():
            pytest.fail("it must not begin")

    for _ in range(MORE_THAN_THE_POOL_HAS):
        async with asyncio.timeout(5):
            await terms()  # so that a connection is ready, and BEGIN the first that has to wait
        writing = asyncio.create_task(write())
        await asyncio.sleep(0)
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing

    async with database.transaction():
        await make.term("kept")
    assert await terms() == 1


async def test_a_begin_cancelled_while_it_waits_gives_the_connection_back(tmp_path):
    url = f"sqlite:///{tmp_path}/waiting.db"
    await database.connect(url)
    await database.migrate()
    other = await asyncio.to_thread(_locked, tmp_path / "waiting.db")

    async def write():
        async with database.transaction():
            await make.term("lost")

    writing = asyncio.create_task(write())
    await asyncio.sleep(0)
    writing.cancel()
    other.rollback()
    other.close()
    with pytest.raises(asyncio.CancelledError):
        await writing

    await write()
    assert await Term.all().count() == 1
    await database.close()


async def test_a_writer_that_waited_too_long_says_so_and_can_try_again(tmp_path):
    await database.connect(f"sqlite:///{tmp_path}/busy.db?busy_timeout=1")
    await database.migrate()
    other = await asyncio.to_thread(_locked, tmp_path / "busy.db")

    with pytest.raises(TransactionManagementError, match="locked"):
        async with database.transaction():
            pytest.fail("it must not begin")
    other.rollback()
    other.close()

    async with database.transaction():
        await make.term("14")
    assert await Term.all().count() == 1
    await database.close()


def _locked(path):
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("BEGIN IMMEDIATE")
    return connection


async def test_sqlite_watches_references_and_keeps_a_write_ahead_log(tmp_path):
    await database.connect(f"sqlite:///{tmp_path}/new folder/luzhi.db")
    run = database.connection().execute_query

    told = [(await run(f"PRAGMA {name}"))[1][0][0] for name in ("foreign_keys", "journal_mode", "busy_timeout")]

    assert told == [1, "wal", 15000]
    await database.close()


async def test_rows_made_in_bulk_outside_a_transaction_are_one_of_their_own(db):
    await Term.bulk_create([Term(code=str(n)) for n in range(3)])

    assert await Term.all().count() == 3


async def test_a_script_inside_a_transaction_is_rolled_back_with_it(db):
    async def fail():
        async with database.transaction() as client:
            await client.execute_script("CREATE TABLE a (n INT); CREATE TABLE b (s TEXT DEFAULT ';');\n")
            await client.execute_script("INSERT INTO a VALUES (1)")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()

    with pytest.raises(OperationalError):
        await database.connection().execute_query("SELECT * FROM a")


async def test_a_database_that_cannot_be_is_refused_and_another_can_follow(tmp_path):
    with pytest.raises(ConfigurationError):
        await database.connect("oracledb://nowhere")
    await database.connect(f"sqlite:///{tmp_path}/luzhi.db")

    await database.health()
    assert not await database.migrations_applied()

    await database.close()


def luzhi_says(url, *arguments):
    done = CliRunner().invoke(luzhi, arguments, env={"LUZHI_DATABASE_URL": url})
    return done.exit_code, done.stdout, done.stderr


def test_luzhi_migrate_says_what_it_applied(bare_url, tmp_path, monkeypatch):
    monkeypatch.setenv("LUZHI_SECRET_KEY", "s" * 40)
    applied = "".join(f"Applied {name}.\n" for name in MIGRATIONS)

    assert luzhi_says(bare_url, "migrate") == (0, "", f"{applied}The database is up to date.\n")
    assert luzhi_says(bare_url, "migrate") == (0, "", "The database is up to date.\n")


def test_luzhi_migrate_says_when_nothing_answers(monkeypatch):
    monkeypatch.setenv("LUZHI_SECRET_KEY", "s" * 40)

    code, said, complained = luzhi_says("postgres://luzhi@127.0.0.1:1/luzhi", "migrate")

    assert (code, said) == (1, "")
    assert complained.startswith("Error: The database does not answer (")


def test_luzhi_migrate_says_what_to_do_about_rows_that_point_to_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("LUZHI_SECRET_KEY", "s" * 40)
    url = f"sqlite:///{tmp_path}/luzhi.db"
    luzhi_says(url, "migrate")
    with sqlite3.connect(tmp_path / "luzhi.db") as careless:
        careless.execute("INSERT INTO term_year VALUES ('1', 1, '2026-01-01', '2027-01-01', 'nowhere')")
    careless.close()

    code, said, complained = luzhi_says(url, "migrate")

    assert (code, said) == (1, "")
    assert "1 rows point to rows that do not exist, in term_year (to term)" in complained
    assert "Restore the last backup" in complained


async def test_a_file_that_cannot_be_opened_does_not_block_the_next_try(tmp_path):
    (tmp_path / "luzhi.db").mkdir()
    await database.connect(f"sqlite:///{tmp_path}/luzhi.db")

    for _ in range(2):
        with pytest.raises(sqlite3.OperationalError, match="unable to open"):
            async with database.transaction():
                pytest.fail("it must not begin")

    await database.close()


async def test_the_files_of_a_database_are_for_their_owner_alone(tmp_path):
    await database.connect(f"sqlite:///{tmp_path / 'data' / 'luzhi.db'}")
    await database.migrate()
    await make.term("14")

    modes = {file.name: oct(file.stat().st_mode & 0o777) for file in (tmp_path / "data").iterdir()}
    await database.close()

    assert modes == dict.fromkeys(("luzhi.db", "luzhi.db-wal", "luzhi.db-shm"), "0o600")
