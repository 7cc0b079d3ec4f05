# ruff: noqa: S608  # what is put together here are names of ours; what is written is bound
"""Rows of several tables, written by one statement, however many they are.

While a shared commit sends a statement, all who wait for it wait for that too. SQLite knows no such statement; to it
nothing travels, so each table has one of its own there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tortoise.fields import CharField, Field
from tortoise.models import Model

from server.models.database import connection, is_postgres


@dataclass(frozen=True)
class Rows:
    """These columns of these rows. new: they are added; else those with the same `id`, the last column, are changed."""

    model: type[Model]
    columns: tuple[str, ...]
    rows: Sequence[Mapping[str, Any]]
    new: bool = False

    @property
    def table(self) -> str:
        """In quotes."""
        return f'"{self.model._meta.db_table}"'

    @property
    def fields(self) -> list[Field[Any]]:
        """Of the columns."""
        return [self.model._meta.fields_map[name] for name in self.columns]

    def values(self) -> list[list[Any]]:
        """Of each row, as the driver takes them."""
        named = list(zip(self.columns, self.fields, strict=True))
        return [[field.to_db_value(row[name], self.model) for name, field in named] for row in self.rows]


async def write(*several: Rows) -> None:
    """Writes them, in the transaction of this task."""
    there = [rows for rows in several if rows.rows]
    if is_postgres() and there:
        await _at_once(there)
    elif there:
        for rows in there:
            await connection().execute_many(_one(rows), rows.values())


async def _at_once(several: Sequence[Rows]) -> None:
    """An array of values for each column: so the statement is the same for any number of rows."""
    parts, values = [], list[Any]()
    for rows in several:
        arrays = [f"${len(values) + n}::{_kind(field)}[]" for n, field in enumerate(rows.fields, 1)]
        parts.append(_all(rows, f"unnest({', '.join(arrays)}) AS given({_names(rows)})"))
        values += map(list, zip(*rows.values(), strict=True))
    *before, last = parts
    first = ", ".join(f"w{n} AS ({part})" for n, part in enumerate(before))
    await connection().execute_query(f"{f'WITH {first} ' if first else ''}{last}", values)


def _kind(field: Field[Any]) -> str:
    """A cast to a text of so many letters would cut it; the column refuses what is too long."""
    return "TEXT" if isinstance(field, CharField) else str(field.get_for_dialect("postgres", "SQL_TYPE"))


def _all(rows: Rows, given: str) -> str:
    if rows.new:
        return f"INSERT INTO {rows.table} ({_names(rows)}) SELECT * FROM {given}"
    changes = ", ".join(f'"{name}" = given."{name}"' for name in rows.columns[:-1])
    return f'UPDATE {rows.table} SET {changes} FROM {given} WHERE {rows.table}."id" = given."id"'


def _one(rows: Rows) -> str:
    if rows.new:
        return f"INSERT INTO {rows.table} ({_names(rows)}) VALUES ({', '.join('?' * len(rows.columns))})"
    changes = ", ".join(f'"{name}" = ?' for name in rows.columns[:-1])
    return f'UPDATE {rows.table} SET {changes} WHERE "id" = ?'


def _names(rows: Rows) -> str:
    return ", ".join(f'"{name}"' for name in rows.columns)
