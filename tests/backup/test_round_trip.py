"""From either database into either: every row of every table comes back, and all that guards them."""

import datetime as dt
import os
from pathlib import Path

import pytest
from tortoise.context import require_context
from tortoise.exceptions import IntegrityError
from tortoise.fields import BooleanField

from server.backup import BackupError, NotEmpty
from server.backup.ending import ENDED, HASHES_KEPT, TOKENS
from server.models import audit, database
from server.models.accounts.tables import ApiClient, Consent, Invitation, InvitationChannel, Session
from server.models.changes import Change, Touched
from server.models.database import known_migrations, migrate, tables_of
from tests import make
from tests.backup.conftest import Bare
from tests.backup.houses import connected, content, restore, take
from tests.cast import gather
from tests.migrations import catalog
from tests.migrations.filling import ROWS, fill

KINDS = ("sqlite", "postgres")
PAIRS = [(source, target) for source in KINDS for target in KINDS]
NOW = "__latest__"
MOVING = {"audit_entry", "touched", "change"}
"""Tables in which the restore itself leaves its mark."""


async def say(sql: str) -> None:
    await database.connection().execute_query(sql)


async def believable() -> None:
    """What filling does not know: yes and no of SQLite are whole numbers, and what is touched has letters."""
    await say("UPDATE term SET status = 'active'")
    tables = await catalog.tables()
    if "touched" in tables:
        await say("UPDATE touched SET listed = 'per' WHERE listed LIKE 'listed%'")
    for model in () if database.is_postgres() else require_context().apps["luzhi"].values():
        for name in model._meta.fields_db_projection:
            if isinstance(model._meta.fields_map[name], BooleanField) and model._meta.db_table in tables:
                await say(f'UPDATE "{model._meta.db_table}" SET "{name}" = "{name}" % 2')


async def filled(url: str, path: Path, folder: Path, state: str = NOW) -> dict:
    """A database of that state with rows in every table, backed up; its content."""
    async with connected(url):
        if state != NOW:
            await migrate(state)
        await fill()
        await believable()
        before = await content()
        await take(path, folder)
        return before


@pytest.mark.parametrize(("source", "target"), PAIRS)
async def test_every_row_of_every_table_comes_back(bare_of: Bare, tmp_path: Path, source: str, target: str) -> None:
    path = tmp_path / "all.zip"
    before = await filled(await bare_of(source, migrated=True), path, tmp_path / "one")
    async with connected(await bare_of(target, migrated=True)):
        fresh = await catalog.everything()

        done = await restore(path, tmp_path / "two", keep_tokens=True)

        after = await content()
        assert await catalog.everything() == fresh
    assert done.migrated == []
    assert all(len(rows) >= ROWS for rows in before.values())
    assert after.keys() == before.keys()
    assert {table: after[table] for table in after.keys() - MOVING} == {
        table: before[table] for table in before.keys() - MOVING
    }
    *old, last = sorted(after["audit_entry"], key=lambda row: row["serial"])
    assert old == before["audit_entry"]
    assert (last["serial"], last["action"], last["actor"]) == (ROWS + 1, "backup.restore", "command line")


@pytest.mark.parametrize(
    ("source", "target", "state"),
    [
        ("postgres", "sqlite", "0001_initial"),
        ("sqlite", "postgres", "0005_apps"),
    ],
)
async def test_an_older_backup_is_brought_up_to_this_program(
    bare_of: Bare, tmp_path: Path, source: str, target: str, state: str
) -> None:
    path = tmp_path / "old.zip"
    before = await filled(await bare_of(source), path, tmp_path / "one", state)
    async with connected(await bare_of(target, migrated=True)):
        fresh = await catalog.everything()

        done = await restore(path, tmp_path / "two", keep_tokens=True)

        after = await content()
        known = await known_migrations()
        assert await catalog.everything() == fresh
    assert done.migrated == known[known.index(state) + 1 :]
    for table, rows in before.items():
        if table not in MOVING:
            assert [{name: row[name] for name in rows[0]} for row in after[table]] == rows


@pytest.mark.parametrize("kind", KINDS)
async def test_what_is_restored_is_guarded_and_told_as_before(bare_of: Bare, tmp_path: Path, kind: str) -> None:
    path, other = tmp_path / "cast.zip", "postgres" if kind == "sqlite" else "sqlite"
    async with connected(await bare_of(kind, migrated=True)):
        cast = await gather()
        await audit.record(make.viewer(name="test"), "term.create", "", {"n": 1})
        await take(path, tmp_path / "one")
    async with connected(await bare_of(other)):
        done = await restore(path, tmp_path / "two")

        assert (done.trail.ok, done.trail.entries) == (True, 2)
        for sql in ("DELETE FROM audit_entry", "UPDATE audit_entry SET actor = 'me'"):
            with pytest.raises(IntegrityError, match="audit trail"):
                await say(sql)
        with pytest.raises(IntegrityError):
            await say("DELETE FROM person")
        with pytest.raises(IntegrityError):
            await make.account("ADMIN")
        assert await Touched.all().count() == 0
        told = await Change.filter(thing=f"per_{cast.people['member'].id}").values_list("serial", flat=True)
        assert set(told) == {2}  # what had been written by hand, without an entry, is told with the restore

        await make.term("15")
        assert await Touched.all().count() == 1


async def test_numbers_go_on_after_those_that_were_given(bare_of: Bare, tmp_path: Path) -> None:
    path, given = tmp_path / "numbers.zip", []
    async with connected(await bare_of("postgres", migrated=True)):
        await make.term("14")
        await make.term("15")
        given += await Touched.all().order_by("id").values_list("id", flat=True)
        await Touched.all().delete()
        await take(path, tmp_path / "one")
    for kind in KINDS:
        async with connected(await bare_of(kind)):
            await restore(path, tmp_path / kind)
            await make.term("16")
            given.append((await Touched.get()).id)
    assert given == [1, 2, 3, 3]


@pytest.mark.parametrize("kind", KINDS)
async def test_ways_in_that_may_have_been_closed_since_are_closed(bare_of: Bare, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "ways.zip"
    async with connected(await bare_of(kind, migrated=True)):
        holder = await make.account("holder")
        span = {"created_at": make.NOW, "expires_at": make.NOW + dt.timedelta(days=9)}
        await Session.create(account=holder, token_hash="s", last_seen_at=make.NOW, **span)
        await ApiClient.create(owner=holder, name="mirror", token_hash="t", **span)
        for name, used_at in {"used": make.NOW, "open": None}.items():
            facts = {"account": holder, "channel": InvitationChannel.DESK, "secret_hash": name, "code_hash": name}
            await Invitation.create(used_at=used_at, **facts, **span)
        await take(path, tmp_path / "one")
    for keep in (False, True):
        async with connected(await bare_of(kind)):
            done = await restore(path, tmp_path / f"two{keep}", keep_tokens=keep)

            assert (await Session.get()).ended_at == make.NOW
            assert (await ApiClient.get()).revoked_at == (None if keep else make.NOW)
            assert await Consent.all().count() == 0
            ended = dict(await Invitation.all().values_list("secret_hash", "ended_at"))
            assert ended == {"used": None, "open": make.NOW}  # what was used needs no end
            wanted = dict.fromkeys((ending.name for ending in ENDED), 0) | {"sessions": 1, "invitations": 1}
            assert done.ended == wanted | ({} if keep else {"tokens": 1})


async def test_each_column_with_a_hash_is_ended_or_has_a_reason_to_stay(db: str) -> None:
    ended = {ending.model._meta.db_table for ending in (*ENDED, TOKENS)}
    hashes = {
        (table, column)
        for table in await catalog.tables()
        for column in await catalog.columns(table)
        if "hash" in column
    }
    assert {place for place in hashes if place[0] not in ended} == set(HASHES_KEPT)


async def test_the_tables_are_all_that_migrations_make(db: str) -> None:
    assert await tables_of(await known_migrations()) == set(await catalog.tables())


@pytest.mark.parametrize("kind", KINDS)
async def test_a_database_that_holds_something_is_left_alone_unless_that_is_said(
    bare_of: Bare, tmp_path: Path, kind: str
) -> None:
    path, url = tmp_path / "first.zip", await bare_of(kind, migrated=True)
    async with connected(url):
        await make.term("14")
        await take(path, tmp_path / "data")
        await make.person("后来")
        before = await content()

        with pytest.raises(
            NotEmpty, match=r"This database is not empty: it has 1 rows of audit_entry, 1 rows of person"
        ):
            await restore(path, tmp_path / "data")

        assert await content() == before
        assert (await restore(path, tmp_path / "data", replace=True)).trail.ok
        after = await content()
        assert (len(after["person"]), after["term"]) == (0, before["term"])


async def test_tables_of_others_stay_and_are_not_taken_along(bare_of: Bare, tmp_path: Path) -> None:
    path = tmp_path / "ours.zip"
    for kind in KINDS:
        path.unlink(missing_ok=True)
        async with connected(await bare_of(kind, migrated=True)):
            await say(
                "CREATE TABLE theirs (n integer, what point)" if kind == "postgres" else "CREATE TABLE theirs (n XML)"
            )
            await say("INSERT INTO theirs (n) VALUES (7)")
            taken = await take(path, tmp_path / kind)
            await restore(path, tmp_path / kind, replace=True)

            assert "theirs" not in [table.table for table in taken.manifest.tables]
            assert [row["n"] for row in await catalog.rows("SELECT n FROM theirs")] in ([7], ["7"])


async def test_where_there_is_nothing_there_is_nothing_to_back_up(bare_of: Bare, tmp_path: Path) -> None:
    for kind in KINDS:
        async with connected(await bare_of(kind)):
            with pytest.raises(BackupError, match="There is nothing in this database yet"):
                await take(tmp_path / "none.zip", tmp_path)
    assert not [name for name in os.listdir(tmp_path) if name.startswith("none.zip")]


async def test_rows_that_point_to_nothing_are_not_restored(bare_of: Bare, tmp_path: Path) -> None:
    path = tmp_path / "broken.zip"
    async with connected(await bare_of("sqlite", migrated=True)):
        await make.seat()
        await say("PRAGMA foreign_keys = OFF")
        await say("DELETE FROM person")
        await take(path, tmp_path)
    for kind in KINDS:
        async with connected(await bare_of(kind)):
            with pytest.raises((BackupError, database.Broken), match=r"[Rr]ows"):
                await restore(path, tmp_path)
            assert await catalog.tables() == []
