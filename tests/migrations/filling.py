"""Rows in every table of a database in whatever state it is, told by its own catalog and not by today's models."""

import datetime as dt
import uuid
from typing import Any

from server.models.database import connection, is_postgres
from server.rules.chain import GENESIS
from tests.migrations import catalog

ROWS = 3
BEYOND = 1_000_000
"""Numbers that the database has not given by itself, where filling one table fills another."""


async def fill() -> None:
    """ROWS rows in each table, each pointing to others wherever it can."""
    pointing = {table: await catalog.references(table) for table in await catalog.tables()}
    ids: dict[str, list[uuid.UUID]] = {}
    while left := [table for table in pointing if table not in ids]:
        nullable = {table: await catalog.columns(table) for table in left}
        ready = [
            table
            for table in left
            if all(
                target in ids or target == table or nullable[table][column][1]
                for column, (target, _) in pointing[table].items()
            )
        ]
        best = max(ready, key=lambda table: sum(target in ids for target, _ in pointing[table].values()))
        ids[best] = [await _row(best, n, pointing[best], ids) for n in range(1, ROWS + 1)]


async def _row(table: str, n: int, pointing: dict[str, tuple[str, str]], ids: dict[str, Any]) -> uuid.UUID:
    key = uuid.uuid4()
    values: dict[str, Any] = {}
    for column, (kind, _) in (await catalog.columns(table)).items():
        if column in pointing:
            target = ids.get(pointing[column][0])
            values[column] = target[n - 1] if target else None
        else:
            values[column] = key if column == "id" and "int" not in kind.lower() else _value(column, kind.lower(), n)
    if table == "touched":
        values["id"] = BEYOND + n
    if table == "audit_entry":
        values |= {"serial": n, "hash": f"hash{n}", "prev_hash": f"hash{n - 1}" if n > 1 else GENESIS}
    names = ", ".join(f'"{name}"' for name in values)
    places = ", ".join(f"${i}" if is_postgres() else "?" for i in range(1, len(values) + 1))
    given = [str(v) if isinstance(v, uuid.UUID) else v for v in values.values()]
    await connection().execute_query(f'INSERT INTO "{table}" ({names}) VALUES ({places})', given)
    return key


def _value(column: str, kind: str, n: int) -> Any:
    day = dt.date(2026, 12 if column.startswith("ends") else 1, n)
    for word, value in {
        "json": f'{{"n": {n}}}',
        "timestamp": dt.datetime(2026, 1, n, 8, 30, tzinfo=dt.UTC),
        "date": day,
        "bool": True,
        "int": n,
        "uuid": uuid.uuid4(),
        "char(36)": uuid.uuid4(),
    }.items():
        if word in kind:
            return value
    return f"{column}{n}"
