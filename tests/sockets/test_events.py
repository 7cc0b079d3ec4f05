"""What is told to those who wait for changes, on both databases."""

import asyncio

import pytest

from server.models import audit
from server.models.audit import AuditEntry
from server.models.bodies import change_body
from server.models.database import connection, is_postgres, transaction
from server.models.events import Event, Events, since
from server.models.members import change_person
from server.rules.permissions import Role
from tests import make
from tests.cast import Cast
from tests.postgres.house import ask
from tests.waiting import until

PATIENCE_S = 15


class Ear:
    """Hears, and is asked what came."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[Event] = asyncio.Queue()

    def __call__(self, event: Event) -> None:
        self.heard.put_nowait(event)

    async def next(self) -> Event:
        return await asyncio.wait_for(self.heard.get(), PATIENCE_S)


async def test_a_change_is_told_by_its_keys_to_all_who_listen(everyone: Cast) -> None:
    events, one, other = Events(), Ear(), Ear()
    async with events.heard_by(one), events.heard_by(other):
        await change_body(everyone["secretary"], everyone.sector.id, name_en="Letters")

        for event in (await one.next(), await other.next()):
            assert (event.keys, event.wide) == (frozenset({everyone.sector.id}), False)


async def test_what_was_not_committed_or_only_read_is_not_told(everyone: Cast) -> None:
    events, ear, admin = Events(), Ear(), everyone["admin"]
    person = everyone.people["member"].id
    async with events.heard_by(ear):
        with pytest.raises(RuntimeError):
            await _undone(everyone)
        await audit.record(admin, "members.read_file", f"per_{person}", {})
        await change_person(everyone["secretary"], person, education="night school")

        event = await ear.next()
        assert event.serial == (await AuditEntry.all().order_by("-serial").first()).serial
        assert ear.heard.empty()


async def _undone(everyone: Cast) -> None:
    async with transaction():
        await change_body(everyone["secretary"], everyone.sector.id, name_en="Letters")
        raise RuntimeError


@pytest.mark.parametrize(
    ("action", "wide"), [("imports.apply", True), ("imports.undo", True), ("imports.discard", False)]
)
@pytest.mark.usefixtures("db")
async def test_an_import_is_wide(action: str, wide: bool) -> None:
    async with transaction():
        await audit.record(make.viewer(Role.SECRETARY), action, f"imp_{make.some_id()}", {})

    (event,) = await since(0)
    assert event.wide is wide


async def test_who_came_later_is_not_told_of_what_was(everyone: Cast) -> None:
    events, ear = Events(), Ear()
    await change_body(everyone["secretary"], everyone.sector.id, name_en="Letters")
    async with events.heard_by(ear):
        await change_body(everyone["secretary"], everyone.group.id, name_en="Summer")

        assert (await ear.next()).keys == {everyone.group.id}


async def test_a_connection_that_was_lost_costs_no_event(everyone: Cast, db: str) -> None:
    """On SQLite there is none to lose."""
    events, ear = Events(), Ear()
    async with events.heard_by(ear):
        await change_body(everyone["secretary"], everyone.sector.id, name_en="Letters")
        await ear.next()

        if is_postgres():
            ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
            await ask(db, ended)
        await change_body(everyone["secretary"], everyone.sector.id, name_en="Music")

        assert (await ear.next()).keys == {everyone.sector.id}


async def test_a_database_that_does_not_answer_is_asked_again(
    everyone: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("server.models.events.AGAIN_S", 0.01)
    events, ear = Events(), Ear()
    async with events.heard_by(ear):
        await connection().execute_query("ALTER TABLE audit_entry RENAME TO away")
        events._grown.set()
        await until(lambda: "trying again" in caplog.text)
        await connection().execute_query("ALTER TABLE away RENAME TO audit_entry")
        await change_body(everyone["secretary"], everyone.sector.id, name_en="Letters")

        assert (await ear.next()).keys == {everyone.sector.id}
