"""The trail: it grows with what was committed, shows every tampering, and lets payloads fall due."""

import asyncio
import datetime as dt
from uuid import UUID

import pytest
from tortoise.exceptions import IntegrityError

from server.errors import Invalid, Refused
from server.models import audit
from server.models.audit import AuditEntry, Verification
from server.models.database import connection, is_postgres, transaction
from server.models.members.tables import Term
from server.rules.chain import GENESIS
from server.rules.permissions import Role
from tests import make

LATER = make.NOW + dt.timedelta(days=1)
ADMIN = make.viewer(Role.ADMINISTRATOR, name="admin")


async def some(number, viewer=ADMIN):
    for n in range(number):
        await audit.record(viewer, "term.create", f"trm_{n}", {"n": n})


async def say(sql):
    await connection().execute_query(sql)


async def unguarded(sql):
    """What someone with the keys of the database could do."""
    name = "tr_audit_entry_" + sql.split()[0].lower()
    await say(f"DROP TRIGGER {name}" + (" ON audit_entry" if is_postgres() else ""))
    await say(sql)


async def test_an_entry_says_who_what_and_when(db):
    account, client = UUID(int=1), UUID(int=2)

    await audit.record(make.viewer(account=account, request_id="r1"), "person.change", "per_1", {"name": "单"})
    await audit.record(make.viewer(account=account, client=client), "person.change", "per_2", {})
    await audit.record(make.viewer(name="command line"), "import.apply", "imp_1", {})

    first, second, third = await AuditEntry.all().order_by("serial")
    assert (first.serial, first.at, first.actor, first.on_behalf_of) == (1, make.NOW, f"acc_{account}", "")
    assert (first.action, first.object, first.facts, first.request_id) == (
        "person.change",
        "per_1",
        {"name": "单"},
        "r1",
    )
    assert (second.actor, second.on_behalf_of) == (f"tok_{client}", f"acc_{account}")
    assert third.actor == "command line"
    assert [first.prev_hash, second.prev_hash, third.prev_hash] == [GENESIS, first.hash, second.hash]


async def test_what_was_rolled_back_was_never_done(db):
    async def fail():
        async with transaction():
            await some(2)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()

    assert await audit.verify() == Verification(0, 0, ok=True, first_bad=None)


async def test_a_savepoint_that_fails_takes_only_its_own_entries_along(db):
    async def fail():
        async with transaction():
            await make.term("lost")
            await audit.record(ADMIN, "b.lost", "", {})
            raise RuntimeError

    async with transaction():
        await audit.record(ADMIN, "a.kept", "", {})
        with pytest.raises(RuntimeError):
            await fail()
        async with transaction():
            await make.term("kept")
            await audit.record(ADMIN, "c.kept", "", {})

    assert await AuditEntry.all().order_by("serial").values_list("action", flat=True) == ["a.kept", "c.kept"]
    assert await Term.all().values_list("code", flat=True) == ["kept"]


async def test_entries_of_one_transaction_cost_four_statements(db, statements):
    with statements() as asked:
        async with transaction():
            await some(30)

    assert len(asked) == (4 if is_postgres() else 3)


async def test_four_writers_make_one_chain_without_a_gap(db):
    async def write():
        for n in range(10):
            async with transaction():
                await make.term()
                await audit.record(ADMIN, "term.create", f"trm_{n}", {})

    await asyncio.gather(*(write() for _ in range(4)))

    assert await audit.verify() == Verification(40, 0, ok=True, first_bad=None)
    assert await AuditEntry.all().order_by("serial").values_list("serial", flat=True) == list(range(1, 41))


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM audit_entry WHERE serial = 2",
        "UPDATE audit_entry SET payload = '{}' WHERE serial = 2",
        "UPDATE audit_entry SET payload = NULL WHERE serial = 2",
        "UPDATE audit_entry SET salt = '' WHERE serial = 2",
        "UPDATE audit_entry SET payload = NULL, salt = '', actor = 'me' WHERE serial = 2",
        "UPDATE audit_entry SET payload = NULL, salt = '' WHERE action = 'audit.purge'",
        "UPDATE audit_entry SET hash = 'x' WHERE serial = 2",
        "INSERT INTO audit_entry SELECT * FROM audit_entry WHERE serial = 2",
        "INSERT INTO audit_entry SELECT serial + 1, at, actor, on_behalf_of, action, object, payload, salt, digest, "
        "request_id, prev_hash, hash FROM audit_entry WHERE serial = 4",
    ],
)
async def test_the_database_refuses_to_rewrite_the_trail(db, sql):
    await some(3)
    await audit.record(ADMIN, audit.PURGE, "", {"before": make.NOW - dt.timedelta(days=1)})
    before = await AuditEntry.all().order_by("serial").values()

    with pytest.raises(IntegrityError, match="audit trail"):
        await say(sql)

    assert await AuditEntry.all().order_by("serial").values() == before


async def test_the_database_refuses_to_replace_or_truncate(db):
    await some(2)

    sql = "TRUNCATE audit_entry" if is_postgres() else "REPLACE INTO audit_entry SELECT * FROM audit_entry"
    with pytest.raises(IntegrityError, match="audit trail"):
        await say(sql)

    assert (await audit.verify()).entries == 2


@pytest.mark.parametrize(
    ("sql", "first_bad"),
    [
        ("UPDATE audit_entry SET payload = '{}' WHERE serial = 3", 3),
        ("UPDATE audit_entry SET actor = 'someone else' WHERE serial = 2", 2),
        ("UPDATE audit_entry SET payload = NULL, salt = '' WHERE serial = 4", 4),
        ("UPDATE audit_entry SET payload = NULL WHERE serial = 2", 2),
        ("UPDATE audit_entry SET hash = 'x' WHERE serial = 2", 2),
        ("UPDATE audit_entry SET action = 'audit.purge' WHERE serial = 2", 2),
        ("DELETE FROM audit_entry WHERE serial = 1", 2),
        ("DELETE FROM audit_entry WHERE serial = 3", 4),
    ],
)
async def test_verifying_finds_the_first_entry_that_was_tampered_with(db, sql, first_bad):
    await some(5)
    await unguarded(sql)

    found = await audit.verify()

    assert (found.ok, found.first_bad) == (False, first_bad)


async def test_purged_entries_are_empty_and_the_chain_stays_whole(db):
    await some(3)
    late = make.viewer(Role.ADMINISTRATOR, now=LATER, name="admin")
    await some(2, late)

    emptied = await audit.purge(late, make.NOW + dt.timedelta(hours=1))

    assert emptied == 3
    rows = await AuditEntry.all().order_by("serial").values_list("payload", "salt")
    assert rows[:3] == [(None, "")] * 3
    assert all(payload and salt for payload, salt in rows[3:])
    tombstone = await AuditEntry.get(action=audit.PURGE)
    assert tombstone.facts == {"before": "2026-11-22T03:00:00.000000+00:00", "entries": 3}
    assert (await AuditEntry.get(serial=1)).facts is None
    assert await audit.verify() == Verification(6, 3, ok=True, first_bad=None)


async def test_a_second_purge_finds_nothing_and_writes_nothing(db):
    await some(3)
    late = make.viewer(Role.ADMINISTRATOR, now=LATER)
    await audit.purge(late, LATER)

    assert await audit.purge(late, LATER) == 0
    assert await audit.verify() == Verification(4, 3, ok=True, first_bad=None)


async def test_a_purge_while_someone_verifies_is_no_alarm(db):
    await some(2)
    walk = audit.Walk([])
    await audit.purge(make.viewer(Role.ADMINISTRATOR, now=LATER), LATER)
    for entry in await AuditEntry.all().order_by("serial"):
        walk.step(entry)

    assert (walk.purged, walk.bad, walk.unexplained) == (2, [], {})


async def test_an_emptied_entry_newer_than_the_purge_is_found(db):
    await some(1)
    await some(1, make.viewer(now=LATER))
    await audit.purge(make.viewer(Role.ADMINISTRATOR, now=LATER), LATER)
    await unguarded("UPDATE audit_entry SET payload = NULL, salt = '' WHERE serial = 2")

    assert await audit.verify() == Verification(3, 2, ok=False, first_bad=2)


async def test_purging_needs_a_time_that_has_passed(db):
    await some(1)

    with pytest.raises(Invalid, match="time that has passed"):
        await audit.purge(ADMIN, LATER)

    assert await audit.verify() == Verification(1, 0, ok=True, first_bad=None)


async def test_only_an_administrator_purges(db):
    await some(1)

    with pytest.raises(Refused):
        await audit.purge(make.viewer(Role.AUDITOR, now=LATER), make.NOW)

    assert (await audit.verify()).entries == 1


async def test_a_long_chain_is_verified_in_chunks(db, statements):
    async with transaction():
        await some(2001)

    with statements() as asked:
        assert await audit.verify() == Verification(2001, 0, ok=True, first_bad=None)

    assert len(asked) == 5
