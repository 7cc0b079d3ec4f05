"""What a database is made of, told so that two can be compared: both kinds, from their own catalogs."""

from typing import Any

from server.models.database import connection, is_postgres

OWN = "tortoise_migrations"

POSTGRES = {
    "columns": "SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default, "
    "collation_name FROM information_schema.columns WHERE table_schema = 'public'",
    "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "constraints": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE connamespace = 'public'::regnamespace",
    "triggers": "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "functions": "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
}


async def rows(sql: str) -> list[dict[str, Any]]:
    """The rows of a query."""
    _, found = await connection().execute_query(sql)
    return [dict(row) for row in found]


async def tables() -> list[str]:
    """The names of our tables."""
    sql = (
        "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'"
        if is_postgres()
        else "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    )
    return sorted(row["name"] for row in await rows(sql) if row["name"] != OWN)


async def columns(table: str) -> dict[str, tuple[str, bool]]:
    """Column -> (type with its length, may be null)."""
    if not is_postgres():
        return {r["name"]: (r["type"], not r["notnull"]) for r in await rows(f'PRAGMA table_info("{table}")')}
    found = await rows(POSTGRES["columns"] + f" AND table_name = '{table}'")
    return {
        r["column_name"]: (f"{r['data_type']} {r['character_maximum_length'] or ''}".strip(), r["is_nullable"] == "YES")
        for r in found
    }


async def references(table: str) -> dict[str, tuple[str, str]]:
    """Column -> (table it points to, what happens on delete)."""
    if not is_postgres():
        return {r["from"]: (r["table"], r["on_delete"]) for r in await rows(f'PRAGMA foreign_key_list("{table}")')}
    found = await rows(
        "SELECT a.attname AS column, c.confrelid::regclass::text AS target, c.confdeltype::text AS rule "
        "FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] "
        f"WHERE c.contype = 'f' AND c.conrelid = '\"{table}\"'::regclass"
    )
    rules = {"a": "NO ACTION", "c": "CASCADE", "n": "SET NULL", "r": "RESTRICT"}
    return {r["column"]: (r["target"], rules[r["rule"]]) for r in found}


async def everything() -> dict[str, Any]:
    """All that `CREATE` made, in an order that does not depend on when it was made."""
    if is_postgres():
        return {name: sorted(map(str, await rows(sql))) for name, sql in POSTGRES.items()}
    found = await rows("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {f"{r['type']} {r['name']}": r["sql"] for r in found}


async def content() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, by its key."""
    found = {}
    for table in await tables():
        key = "serial" if table == "audit_entry" else "id"
        found[table] = await rows(f'SELECT * FROM "{table}" ORDER BY "{key}"')
    return found
