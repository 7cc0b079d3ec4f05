"""`luzhi audit verify`, as operators and scripts call it."""

import asyncio
import json

import pytest
from click.testing import CliRunner

from server.cli import luzhi
from server.models import audit, database
from tests import make


@pytest.fixture
def says(db_url, monkeypatch):
    """Runs the command: (exit code, standard output, standard error)."""
    monkeypatch.setenv("LUZHI_DATABASE_URL", db_url)
    monkeypatch.setenv("LUZHI_SECRET_KEY", "s" * 40)

    def run(*arguments):
        done = CliRunner().invoke(luzhi, ["audit", "verify", *arguments])
        return done.exit_code, done.stdout, done.stderr

    return run


def at(url, *work):
    async def run():
        await database.connect(url)
        try:
            for act in work:
                await act()
        finally:
            await database.close()

    asyncio.run(run())


async def three():
    for n in range(3):
        await audit.record(make.viewer(name="test"), "term.create", "", {"n": n})


async def tamper():
    client = database.connection()
    await client.execute_query(
        "DROP TRIGGER tr_audit_entry_update" + (" ON audit_entry" if database.is_postgres() else "")
    )
    await client.execute_query("UPDATE audit_entry SET payload = '{}' WHERE serial = 2")


def test_a_whole_trail_is_told_in_a_sentence_and_in_json(db_url, says):
    at(db_url, three)

    assert says() == (0, "The audit trail is whole: 3 entries, 0 of them purged.\n", "")
    code, said, complained = says("--json")
    assert (code, json.loads(said), complained) == (0, {"entries": 3, "purged": 0, "ok": True, "first_bad": None}, "")


def test_a_trail_tampered_with_ends_with_1_and_names_the_entry(db_url, says):
    at(db_url, three, tamper)

    code, said, complained = says("--json")

    assert (code, json.loads(said)) == (1, {"entries": 3, "purged": 0, "ok": False, "first_bad": 2})
    assert complained.startswith("Entry 2 does not fit")
    assert says()[:2] == (1, "")
