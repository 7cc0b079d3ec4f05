"""Checkpoints: whoever writes the whole trail anew still does not go through what was kept elsewhere."""

import datetime as dt
import json

import pytest
from click.testing import CliRunner

from server.checkpoints import Checkpoint, NoCheckpoint, opened
from server.cli import luzhi
from server.models import audit, database
from server.models.audit import AuditEntry
from server.rules.chain import GENESIS
from tests import make
from tests.audit.test_verify_command import at, three
from tests.web.visitors import SignIn

KEY = "s" * 40
POINT = Checkpoint.now(3, "ab" * 32, dt.datetime(2026, 11, 29, 10, tzinfo=dt.UTC))


@pytest.fixture
def says(db_url, monkeypatch):
    """Runs `luzhi audit`: (exit code, standard output, standard error)."""
    monkeypatch.setenv("LUZHI_DATABASE_URL", db_url)
    monkeypatch.setenv("LUZHI_SECRET_KEY", KEY)

    def run(*arguments):
        done = CliRunner().invoke(luzhi, ["audit", *map(str, arguments)])
        return done.exit_code, done.stdout, done.stderr

    return run


def test_what_is_sealed_is_opened_again_and_can_be_read_by_people():
    text = POINT.sealed(KEY)

    assert opened(text, KEY) == POINT
    assert json.loads(text) | {"seal": ""} == {
        "serial": 3,
        "hash": "ab" * 32,
        "at": "2026-11-29T10:00:00+00:00",
        "seal": "",
    }


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "3",
        "{}",
        POINT.sealed("another" * 8),
        POINT.sealed(KEY).replace('"serial": 3', '"serial": 2'),
        POINT.sealed(KEY).replace("abab", "cdcd", 1),
        json.dumps({"serial": 3, "hash": "", "at": "", "seal": "a.b.c"}),
    ],
)
def test_what_is_none_of_ours_or_was_changed_is_not_opened(text):
    with pytest.raises(NoCheckpoint):
        opened(text, KEY)


async def anew():
    """All entries written anew, each fitting the one before: the trail is whole by itself."""
    facts = [entry async for entry in AuditEntry.all().order_by("serial")]
    await AuditEntry.all().delete()
    before = GENESIS
    for entry in facts:
        entry.actor, entry.prev_hash = "nobody", before
        entry.hash = before = entry.link().hash()
        await AuditEntry.create(**{name: getattr(entry, name) for name in entry._meta.db_fields})


async def cut():
    """The newest entries taken off."""
    await AuditEntry.filter(serial__gt=2).delete()


async def unguarded():
    """As whoever may change the database can."""
    on = " ON audit_entry" if database.is_postgres() else ""
    for act in ("update", "delete"):
        await database.connection().execute_query(f"DROP TRIGGER tr_audit_entry_{act}{on}")


@pytest.mark.parametrize(("harm", "bad"), [(anew, 3), (cut, 3)])
def test_a_trail_that_was_forged_or_cut_off_does_not_go_through_it(db_url, says, tmp_path, harm, bad):
    at(db_url, three)
    kept = tmp_path / "kept.json"
    kept.write_text(says("checkpoint")[1], "utf-8")
    at(db_url, three)

    whole = says("verify", "--checkpoint", kept)
    at(db_url, unguarded, harm)
    alone, through = says("verify"), says("verify", "--checkpoint", kept, "--json")

    assert (whole[0], alone[0]) == (0, 0)
    assert (through[0], json.loads(through[1])["first_bad"]) == (1, bad)


def test_a_file_that_is_no_checkpoint_is_told(says, tmp_path):
    kept = tmp_path / "kept.json"
    kept.write_text(POINT.sealed("another" * 8), "utf-8")

    code, _, complained = says("verify", "--checkpoint", kept)

    assert (code, "is no checkpoint of this house" in complained) == (1, True)


async def test_an_auditor_takes_it_along_and_nobody_else(sign_in: SignIn):
    auditor, member = await sign_in("auditor"), await sign_in("member")
    await audit.record(make.viewer(name="test"), "term.create", "", {})

    page, answer = await auditor.get("/audit"), await auditor.get("/export/checkpoint")

    assert 'href="/export/checkpoint"' in page.text
    assert json.loads(answer.text)["serial"] == (await audit.end())[0] > 0
    assert answer.headers["Cache-Control"] == "no-store"
    assert (await member.get("/export/checkpoint")).status_code == 403
