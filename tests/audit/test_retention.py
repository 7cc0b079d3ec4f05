"""The retention of the reading ledger (RT-1): what is old is emptied, a tombstone says which, the chain stays whole."""

import datetime as dt
import json
from typing import Any

import pytest
from tortoise.exceptions import IntegrityError

from server.checkpoints import Checkpoint
from server.errors import Refused
from server.models import audit
from server.models.audit import AuditEntry, Verification
from server.models.database import transaction
from server.rules.permissions import Role
from server.rules.retention import RecordClass
from tests import make
from tests.audit.test_trail import say, unguarded

READING = RecordClass.READING
NOW = make.NOW
OLD = dt.datetime(2021, 11, 22, 1, 59, tzinfo=dt.UTC)
"""A minute too old."""
ADMIN = make.viewer(Role.ADMINISTRATOR, name="job")


async def entry(action: str, at: dt.datetime) -> None:
    await audit.record(make.viewer(name="test", now=at), action, "doc_1", {"number": "7"})


async def years() -> None:
    """Two readings and a grant of long ago, and a reading that is still kept."""
    for action in ("reading.open", "documents.grant", "reading.page"):
        await entry(action, OLD)
    await entry("reading.open", OLD + dt.timedelta(minutes=1))


async def payloads() -> list[bool]:
    return [row.payload is not None for row in await AuditEntry.all().order_by("serial")]


async def test_what_is_old_of_the_class_is_emptied_and_nothing_else(db: str) -> None:
    await years()

    assert await audit.purge_class(ADMIN, READING) == 2

    assert await payloads() == [False, True, False, True, True]
    assert await audit.verify() == Verification(5, 2, ok=True, first_bad=None)
    assert (await AuditEntry.get(action=audit.PURGE)).facts == {
        "class": "reading",
        "before": "2021-11-22T02:00:00.000000+00:00",
        "purged_at": "2026-11-22T02:00:00.000000+00:00",
        "first": 1,
        "last": 3,
        "entries": 2,
    }


async def test_a_second_time_nothing_is_due_and_nothing_is_written(db: str) -> None:
    await years()
    await audit.purge_class(ADMIN, READING)

    assert await audit.purge_class(ADMIN, READING) == 0
    assert await AuditEntry.all().count() == 5

    later = make.viewer(Role.ADMINISTRATOR, name="job", now=NOW + dt.timedelta(minutes=1))
    assert await audit.purge_class(later, READING) == 1
    assert await audit.verify() == Verification(6, 3, ok=True, first_bad=None)


async def test_many_are_emptied_in_portions_each_with_its_tombstone(db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "PORTION", 2)
    async with transaction():
        for _ in range(5):
            await entry("reading.page", OLD)

    assert await audit.purge_class(ADMIN, READING) == 5

    stones = [row.facts or {} for row in await AuditEntry.filter(action=audit.PURGE).order_by("serial")]
    assert [(one["first"], one["last"], one["entries"]) for one in stones] == [(1, 2, 2), (3, 4, 2), (5, 5, 1)]
    assert await audit.verify() == Verification(8, 5, ok=True, first_bad=None)


async def test_a_checkpoint_of_before_still_fits(db: str) -> None:
    await years()
    serial, found = await audit.end()
    point = Checkpoint.now(serial, found, NOW)

    await audit.purge_class(ADMIN, READING)

    assert (await audit.verify({point.serial: point.hash})).ok
    assert not (await audit.verify({point.serial: "0" * 64})).ok


@pytest.mark.parametrize("serial", [2, 4])
async def test_what_was_emptied_beside_it_is_found(db: str, serial: int) -> None:
    """Of another class, or not old enough: no tombstone speaks of it."""
    await years()
    await audit.purge_class(ADMIN, READING)

    await unguarded(f"UPDATE audit_entry SET payload = NULL, salt = '' WHERE serial = {serial}")

    assert await audit.verify() == Verification(5, 3, ok=False, first_bad=serial)


async def test_an_old_reading_beyond_the_last_one_of_a_tombstone_is_found(db: str) -> None:
    await years()
    await audit.purge_class(ADMIN, READING)
    await entry("reading.page", OLD)

    await unguarded("UPDATE audit_entry SET payload = NULL, salt = '' WHERE serial = 6")

    assert await audit.verify() == Verification(6, 3, ok=False, first_bad=6)


async def test_a_purge_while_someone_verifies_is_no_alarm(db: str) -> None:
    await years()
    walk = audit.Walk([])
    await audit.purge_class(ADMIN, READING)
    for row in await AuditEntry.all().order_by("serial"):
        walk.step(row)

    assert (walk.purged, walk.bad, walk.unexplained) == (2, [], {})


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_entry SET payload = NULL, salt = '' WHERE action = 'audit.purge'",
        "DELETE FROM audit_entry WHERE payload IS NULL",
        "UPDATE audit_entry SET payload = '{}' WHERE payload IS NULL",
        "UPDATE audit_entry SET action = 'reading.open' WHERE serial = 2",
    ],
)
async def test_the_database_lets_nothing_else_be_changed(db: str, sql: str) -> None:
    await years()
    await audit.purge_class(ADMIN, READING)

    with pytest.raises(IntegrityError):
        await say(sql)

    assert (await audit.verify()).ok


@pytest.mark.parametrize(
    "facts", [{"class": "nothing of ours"}, {"first": "x"}, {"before": "once"}, {"first": 2}, {"last": 1}]
)
async def test_a_tombstone_that_does_not_fit_explains_nothing(db: str, facts: dict[str, Any]) -> None:
    await years()
    await say("UPDATE audit_entry SET payload = NULL, salt = '' WHERE serial IN (1, 3)")
    whole = {"class": "reading", "before": OLD + dt.timedelta(minutes=1), "first": 1, "last": 3}

    await audit.record(ADMIN, audit.PURGE, "", whole | facts)

    found = await audit.verify()
    assert (found.ok, found.first_bad) == (False, 3 if facts == {"last": 1} else 1)


async def test_only_an_administrator_or_the_system_purges(db: str) -> None:
    await years()

    with pytest.raises(Refused):
        await audit.purge_class(make.viewer(Role.AUDITOR), READING)

    assert all(await payloads())
    assert json.loads((await AuditEntry.get(serial=1)).payload or "") == {"number": "7"}
