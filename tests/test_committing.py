"""Writes that share a commit: each answered after its own, none lost, none hurt by another."""

import asyncio
import logging
import sqlite3
import sys
from contextlib import asynccontextmanager
from functools import partial

import asyncpg
import pytest
from tortoise.exceptions import TransactionManagementError

from server.app import create
from server.models import audit, database
from server.models.audit import AuditEntry, Verification
from server.models.committing import GroupCommit
from server.models.members.tables import Term
from server.settings import Settings
from tests import make
from tests.recorder import TASKS

READER = make.viewer(name="reader")
MANY = 50


class Transactions:
    """The database's own, counted. go_on: while it is not set, none commits."""

    def __init__(self):
        self.committed = 0
        self.go_on = asyncio.Event()
        self.go_on.set()

    @asynccontextmanager
    async def begin(self):
        async with database.transaction():
            yield
            await self.go_on.wait()
        self.committed += 1


@pytest.fixture
async def counted(db):
    return Transactions()


@pytest.fixture
async def group(counted):
    return GroupCommit(counted.begin)


async def add(codes):
    """An act: a term of each code; one called "bad" cannot be."""
    if "bad" in codes:
        raise ValueError("bad")
    await Term.bulk_create([Term(code=code) for code in codes])


async def codes():
    return sorted(await Term.all().values_list("code", flat=True))


async def started(*works):
    tasks = [asyncio.create_task(work) for work in works]
    await asyncio.sleep(0)
    return tasks


async def test_what_arrives_while_a_commit_is_under_way_goes_with_the_next(group, counted):
    in_flight = asyncio.Event()

    async def first(items):
        await add(items)
        in_flight.set()

    counted.go_on.clear()
    (one,) = await started(group.write(first, "first"))
    await in_flight.wait()
    answered_after = []

    async def ask(n):
        await group.write(add, f"{n:02}")
        answered_after.append(counted.committed)

    others = await started(*(ask(n) for n in range(MANY)))
    assert (counted.committed, one.done(), answered_after) == (0, False, [])
    counted.go_on.set()
    await asyncio.gather(one, *others)

    assert counted.committed == 2
    assert answered_after == [2] * MANY
    assert await codes() == [*(f"{n:02}" for n in range(MANY)), "first"]


async def test_a_batch_is_one_call_for_each_act_in_the_order_of_arrival(group, counted):
    called = []

    async def even(items):
        called.append(("even", items))

    async def odd(items):
        called.append(("odd", items))

    await asyncio.gather(*(group.write(odd if n % 2 else even, n) for n in range(6)))

    assert called == [("even", [0, 2, 4]), ("odd", [1, 3, 5])]
    assert counted.committed == 1


async def test_a_write_that_fails_hurts_its_caller_alone(group, counted):
    wanted = [f"{n:02}" for n in range(MANY)]
    wanted[17] = wanted[31] = "bad"

    told = await asyncio.gather(*(group.write(add, code) for code in wanted), return_exceptions=True)

    assert [n for n, said in enumerate(told) if said is not None] == [17, 31]
    assert [repr(told[n]) for n in (17, 31)] == ["ValueError('bad')"] * 2
    assert await codes() == [code for code in wanted if code != "bad"]
    assert counted.committed < 15


async def test_the_write_of_a_caller_who_is_cancelled_goes_all_the_same(group):
    staying, leaving = await started(group.write(add, "stays"), group.write(add, "leaves"))
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    await staying

    assert await codes() == ["leaves", "stays"]


async def test_what_fails_when_nobody_waits_is_logged(group, caplog):
    (gone,) = await started(group.write(add, "bad"))
    gone.cancel()
    group.leave(add, "bad")
    group.leave(add, "good")
    await group.settle()

    assert await codes() == ["good"]
    assert [(record.levelno, str(record.exc_info[1])) for record in caplog.records] == [(logging.ERROR, "bad")] * 2


async def test_it_stands_outside_the_transaction_of_who_hands_in(group, counted):
    async def fail():
        async with database.transaction():
            await make.term("lost")
            group.leave(add, "kept")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    await group.settle()

    assert (await codes(), counted.committed) == (["kept"], 1)


async def test_everyone_is_told_when_no_transaction_can_begin():
    @asynccontextmanager
    async def locked():
        raise TransactionManagementError("locked")
        yield

    group = GroupCommit(locked)
    told = await asyncio.gather(*(group.write(add, n) for n in range(3)), return_exceptions=True)

    assert [repr(said) for said in told] == ["TransactionManagementError('locked')"] * 3


async def test_a_loop_that_ends_before_its_time_leaves_nobody_waiting(group):
    in_flight = asyncio.Event()

    async def stuck(items):
        if "bad" in items:
            raise ValueError
        in_flight.set()
        await asyncio.Event().wait()

    works = await started(*(group.write(stuck, item) for item in ("1st half", "1st half", "2nd half", "bad")))
    await in_flight.wait()
    group.leave(stuck, "waits, too")
    works += await started(group.write(stuck, "waits"))
    for task in asyncio.all_tasks() - {asyncio.current_task(), *works}:
        task.cancel()
    told = await asyncio.gather(*works, return_exceptions=True)

    assert [type(said) for said in told] == [asyncio.CancelledError] * 5
    await group.write(add, "after")
    assert await codes() == ["after"]


async def test_entries_recorded_at_once_cost_one_commit(db, statements):
    with statements() as asked:
        await asyncio.gather(*(record(n) for n in range(MANY)))

    assert [sql.split()[0] for sql in asked] == [*(["SELECT"] if database.is_postgres() else []), "SELECT", "INSERT"]
    assert await audit.verify() == Verification(MANY, 0, ok=True, first_bad=None)


async def test_who_records_while_another_process_writes_is_answered_after_a_commit_for_all(db, statements):
    with statements() as asked:
        async with other_writer(db) as somebody_waits:
            recording = await started(*(record(n) for n in range(MANY)))
            while not await somebody_waits():
                assert not any(task.done() for task in recording)
            recording += await started(*(record(n) for n in range(MANY)))
            assert not any(task.done() for task in recording)
        await asyncio.gather(*recording)

    assert [sql.split()[0] for sql in asked] == [*(["SELECT"] if database.is_postgres() else []), "SELECT", "INSERT"]
    assert (await audit.verify()).entries == 2 * MANY


async def test_three_processes_make_one_chain(db):
    others = [await recorder(db, name, "25") for name in ("a", "b")]
    await asyncio.gather(*(record(n) for n in range(MANY)))
    said = [line for other in others for line in (await other.communicate())[0].decode().split()]

    assert [other.returncode for other in others] == [0, 0]
    assert await audit.verify() == Verification(len(said) + MANY, 0, ok=True, first_bad=None)
    assert len(said) == 2 * 25 * TASKS


async def test_nothing_that_was_answered_is_lost_when_the_process_is_killed(db):
    process = await recorder(db, "killed")
    said = [await process.stdout.readline() for _ in range(200)]
    process.kill()
    said += (await process.communicate())[0].splitlines()

    promised = {line.decode().strip() for line in said}
    kept = set(await AuditEntry.all().values_list("object", flat=True))
    assert promised <= kept
    assert len(kept - promised) <= TASKS
    assert (await audit.verify()).ok


async def test_closing_waits_for_what_nobody_waits_for(db_url, tmp_path):
    chosen = {"LUZHI_DATABASE_URL": db_url, "LUZHI_DATA_DIR": str(tmp_path), "LUZHI_LOG": "warning"}
    app = create(Settings.from_environment(chosen))
    async with app.router.lifespan_context(app):
        database.write_soon(add, "left")

    await database.connect(db_url)
    assert await codes() == ["left"]
    await database.close()


async def record(n):
    await audit.record(READER, "members.read_file", f"per_{n}", {})


async def recorder(url, *words):
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.recorder", url, *words, stdout=asyncio.subprocess.PIPE
    )


@asynccontextmanager
async def other_writer(url):
    """Another process has its turn at the audit chain meanwhile. Gives a look at whether somebody waits for his."""
    if database.is_postgres():
        other = await asyncpg.connect(url)
        async with other.transaction():
            await other.execute(f"SELECT pg_advisory_xact_lock({database.AUDIT_LOCK})")
            yield lambda: other.fetchval("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        await other.close()
    else:
        file = sqlite3.connect(url.removeprefix("sqlite:///").partition("?")[0], isolation_level=None)
        file.execute("BEGIN IMMEDIATE")
        yield partial(asyncio.sleep, 0, True)  # SQLite does not tell
        file.rollback()
        file.close()
