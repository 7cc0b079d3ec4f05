"""From every earlier state, with rows in every table, to steps that may come one day: nothing is lost."""

from pkgutil import iter_modules

import pytest
from tortoise.exceptions import IntegrityError

from server.models.database import Broken, connection, is_postgres, migrate
from server.models.indexes import INDEXES, POSTGRES_FUNCTIONS, POSTGRES_TRIGGERS, SQLITE_TRIGGERS
from tests.migrations import catalog, drill
from tests.migrations.filling import ROWS, fill

STATES = sorted(module.name for module in iter_modules(drill.__path__))
DRILL = drill.__name__
REMOVED = {("membership", "no")}
"""What the drill takes away on purpose."""
FRESH = {}
"""On PostgreSQL (True) and on SQLite: what `fresh` found."""


async def say(sql):
    await connection().execute_query(sql)


async def dress():
    """The indexes and triggers that an earlier state had, as far as today's list tells."""
    for index in INDEXES:
        if {c for c in index.columns if "(" not in c} <= set(await catalog.columns(index.table)):
            await say(index.sql)
    triggers = (*POSTGRES_FUNCTIONS, *POSTGRES_TRIGGERS.values()) if is_postgres() else SQLITE_TRIGGERS.values()
    touching = "touched" in await catalog.tables()
    for sql in triggers:
        if touching or "_touches" not in sql:
            await say(sql)


def without_removed(content):
    return {
        table: [{c: v for c, v in row.items() if (table, c) not in REMOVED} for row in rows]
        for table, rows in content.items()
    }


@pytest.fixture
async def fresh(bare):
    """All that there is in an empty database that took all steps at once. Found once for each kind of database."""
    if is_postgres() not in FRESH:
        await migrate(migrations=DRILL)
        FRESH[is_postgres()] = await catalog.everything()
        for table in [*await catalog.tables(), catalog.OWN]:
            await say(f'DROP TABLE "{table}"' + (" CASCADE" if is_postgres() else ""))
    return FRESH[is_postgres()]


@pytest.mark.parametrize("state", STATES[:-1])
async def test_nothing_is_lost_from_an_earlier_state_to_the_last_and_the_end_is_as_if_made_fresh(fresh, state):
    await migrate(state, DRILL)
    await dress()
    await fill()
    before = await catalog.content()
    pointing = {table: await catalog.references(table) for table in before}

    assert await migrate(migrations=DRILL) == STATES[STATES.index(state) + 1 :]

    after = await catalog.content()
    assert all(len(rows) >= ROWS if table == "touched" else len(rows) == ROWS for table, rows in before.items())
    for table, rows in without_removed(before).items():
        kept = [{column: row[column] for column in rows[0]} for row in after[table]]
        assert kept == rows
        assert pointing[table].items() <= (await catalog.references(table)).items()
    assert await catalog.everything() == fresh


async def test_after_the_drill_the_trail_is_still_guarded_and_sort_keys_go_by_bytes(bare):
    await migrate()
    await fill()
    await migrate(migrations=DRILL)

    for sql in (
        "DELETE FROM audit_entry",
        "UPDATE audit_entry SET actor = 'me'",
        "INSERT INTO audit_entry SELECT * FROM audit_entry WHERE serial = 1",
    ):
        with pytest.raises(IntegrityError, match="audit trail"):
            await say(sql)
    await say("UPDATE person SET sort_pinyin = 'B' WHERE sort_pinyin = 'sort_pinyin1'")
    await say("UPDATE person SET sort_pinyin = 'a' WHERE sort_pinyin = 'sort_pinyin2'")
    found = await catalog.rows("SELECT sort_pinyin FROM person ORDER BY sort_pinyin")
    assert [row["sort_pinyin"] for row in found] == ["B", "a", "sort_pinyin3"]


async def test_the_new_constraint_and_the_foreign_keys_hold(bare):
    await migrate(migrations=DRILL)
    await fill()

    with pytest.raises(IntegrityError):
        await say("UPDATE membership_post SET ends_on = '2025-01-01'")
    with pytest.raises(IntegrityError):
        await say("DELETE FROM person")


async def test_rows_that_point_to_nothing_stop_a_migration_and_nothing_has_changed(bare):
    await migrate()
    await fill()
    if is_postgres():  # which never lets such rows be
        with pytest.raises(IntegrityError):
            await say("DELETE FROM person")
        return
    await say("PRAGMA foreign_keys = OFF")
    await say("DELETE FROM person")
    before = await catalog.everything()

    with pytest.raises(Broken, match=r"rows point to rows that do not exist, in .*membership \(to person\)"):
        await migrate(migrations=DRILL)

    assert await catalog.everything() == before
    assert (await catalog.rows("PRAGMA foreign_keys"))[0]["foreign_keys"] == 1
    assert len((await catalog.content())["membership"]) == ROWS
