"""The tables that the migrations make are those that the models speak of, with every index that they need."""

import importlib
import inspect
from pathlib import Path

import pytest
from tortoise.context import require_context
from tortoise.exceptions import IntegrityError

import server.migrations
from server.models import database, indexes
from server.models.accounts.tables import RoleAssignment
from server.models.members.tables import Person
from server.rules.permissions import Role
from tests import make
from tests.migrations import catalog


async def told():
    """Table -> its columns and what they point to."""
    return {t: (await catalog.columns(t), await catalog.references(t)) for t in await catalog.tables()}


async def test_the_migrations_make_the_tables_of_the_models(bare):
    await database.migrate()
    migrated = await told()
    foreign = "" if database.is_postgres() else "PRAGMA foreign_keys = OFF"
    if foreign:
        await database.connection().execute_query(foreign)
    for table in [*migrated, catalog.OWN]:
        drop = f'DROP TABLE "{table}"' + ("" if foreign else " CASCADE")
        await database.connection().execute_query(drop)
    await require_context().generate_schemas()

    assert migrated == await told()


def test_migrations_import_nothing_from_the_models():
    for path in Path(server.migrations.__path__[0]).glob("0*.py"):
        source = inspect.getsource(importlib.import_module(f"server.migrations.{path.stem}"))
        assert "server" not in source


async def test_every_declared_index_and_trigger_is_there_and_nothing_else(db):
    present = await indexes._present(database.connection())
    triggers = indexes.POSTGRES_TRIGGERS if database.is_postgres() else indexes.SQLITE_TRIGGERS

    assert set(present) == {index.name for index in indexes.INDEXES} | set(triggers)
    assert all(len(name) <= 63 for name in present)
    assert len({index.name for index in indexes.INDEXES}) == len(indexes.INDEXES)


async def test_every_column_that_points_elsewhere_leads_an_index(db):
    led = {(i.table, i.columns[0]) for i in indexes.INDEXES if i.where in ("", f"{i.columns[0]} IS NOT NULL")}

    for table in await catalog.tables():
        for column in await catalog.references(table):
            assert (table, column) in led


async def test_what_is_no_longer_declared_goes_and_what_is_missing_comes(db):
    before = await catalog.everything()
    run = database.connection().execute_query
    await run('CREATE INDEX "ix_term_name_en" ON "term" ("name_en")')
    await run("DROP INDEX ux_term_code")
    if database.is_postgres():
        await run("CREATE TRIGGER tr_old BEFORE TRUNCATE ON term EXECUTE FUNCTION tr_audit_entry_delete()")
        await run("DROP TRIGGER tr_audit_entry_update ON audit_entry")
    else:
        await run("CREATE TRIGGER tr_old BEFORE DELETE ON term BEGIN SELECT 1; END")
        await run("DROP TRIGGER tr_audit_entry_update")

    assert await database.migrate() == []

    assert await catalog.everything() == before


@pytest.mark.parametrize("at", [True, False])
async def test_a_role_is_held_once_until_it_ends_or_is_voided(db, at):
    holder, body = await make.account(), await make.body() if at else None
    first = await make.role(holder, Role.SECRETARY, body)

    with pytest.raises(IntegrityError):
        await make.role(holder, Role.SECRETARY, body)

    await RoleAssignment.filter(id=first.id).update(ends_on=make.TODAY)
    second = await make.role(holder, Role.SECRETARY, body)
    await RoleAssignment.filter(id=second.id).update(voided_at=make.NOW)
    await make.role(holder, Role.SECRETARY, body)
    assert await RoleAssignment.all().count() == 3


async def test_names_of_accounts_differ_in_more_than_case(db):
    await make.account("Admin")

    with pytest.raises(IntegrityError):
        await make.account("admin")


async def test_one_seat_for_one_person_in_one_term(db):
    person, term = await make.person(), await make.term("14")
    await make.seat(person, term)

    with pytest.raises(IntegrityError):
        await make.seat(person, term)
    with pytest.raises(IntegrityError):
        await make.term("14")


async def test_sort_keys_go_by_their_bytes(db):
    for key in ("b", "~", "B", "é", "a4", "一"):
        await make.person(name_en=key, sort_pinyin=key)

    assert await Person.all().order_by("sort_pinyin").values_list("sort_pinyin", flat=True) == [
        "B",
        "a4",
        "b",
        "~",
        "é",
        "一",
    ]
