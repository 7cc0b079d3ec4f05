# ruff: noqa: S608  # what is put together here are SELECTs of ours; facts are parameters
"""What is read, said as data: so it can be read by itself, or along with other things in one statement."""

import datetime as dt
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast
from uuid import UUID

from pypika_tortoise.enums import JoinType
from tortoise.fields import BooleanField, CharField, DateField, DatetimeField, Field, IntField, TextField, UUIDField
from tortoise.fields.relational import RelationalField
from tortoise.models import Model
from tortoise.queryset import AwaitableQuery, QuerySet

from server.models.database import connection, is_postgres

NAME = re.compile(r"(?<!:):([a-z_]+[0-9]*)|\{([a-z_]+)\}")
DRIVER = re.compile(r"\$\d+|\?")
"""A parameter as Tortoise writes it, on either database."""
LIMITS = {"infinity": str(dt.date.max), "-infinity": str(dt.date.min)}
"""How PostgreSQL calls the last and the first day there are."""


@dataclass(frozen=True)
class Columns:
    """These columns of these rows, in their order; each row a tuple."""

    rows: QuerySet[Any]
    names: tuple[str, ...]


@dataclass(frozen=True)
class Count:
    """How many rows there are."""

    rows: QuerySet[Any]


@dataclass(frozen=True)
class Statement:
    """A SELECT of ours, with `:name` for a value and `{name}` for rows or a shared table; each row a tuple.

    facts: value by name. rows: rows by name. kinds: by column, what makes a value of its text. order: columns, with
    ASC or DESC where it matters; the SELECT itself has none. shared: tables by name, each of which may stand in the
    later ones; where several statements become one, what is the same is worked out once.
    """

    sql: str
    facts: Mapping[str, Any]
    kinds: Mapping[str, Callable[[str], Any]]
    order: tuple[str, ...] = ()
    rows: Mapping[str, AwaitableQuery[Any]] = field(default_factory=dict)
    shared: Mapping[str, str] = field(default_factory=dict)


Read = Columns | Count | Statement
Put = Callable[[Any], str]
"""Takes a value, gives the place where it is bound."""


def day(text: str) -> dt.date:
    """A day of its text, as either database writes it."""
    return dt.date.fromisoformat(LIMITS.get(text, text))


def moment(text: str) -> dt.datetime:
    """A moment of its text, as either database writes it; in UTC where it does not say."""
    at = dt.datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=dt.UTC)


def flag(text: str) -> bool:
    """A yes or no of its text, as either database or Python writes it."""
    return text in ("1", "true", "True")


def kinds_of(columns: Columns) -> list[Callable[[str], Any]]:
    """What makes a value of the text of each column, on either database."""
    return kinds_in(columns.rows.model, columns.names)


def kinds_in(model: type[Model], names: Iterable[str]) -> list[Callable[[str], Any]]:
    """The same for columns of a table, or of those to which they lead."""
    return [kind_of(model, name) for name in names]


def kind_of(model: type[Model], name: str) -> Callable[[str], Any]:
    """What makes a value of the text of that column, on either database."""
    field = field_of(model, name)
    return QUICK.get(type(field)) or partial(valued, field)


def valued(field: Field[Any], text: str) -> Any:
    """A value of its text, as a database writes it."""
    text = LIMITS.get(text, text) if isinstance(field, DateField) else text
    return flag(text) if isinstance(field, BooleanField) else field.to_python_value(text)


QUICK: Mapping[type[Field[Any]], Callable[[str], Any]] = {
    BooleanField: flag,
    CharField: str,
    DatetimeField: moment,
    IntField: int,
    TextField: str,
    UUIDField: UUID,
}
"""What a column's kind makes of a text is made so in a tenth of the time."""


def field_of(model: type[Model], name: str) -> Field[Any]:
    """The column at the end of a path such as person__sort."""
    *steps, last = name.lstrip("-").split("__")
    for step in steps:
        model = cast("RelationalField[Model]", model._meta.fields_map[step]).related_model
    return model._meta.pk if last == "pk" else model._meta.fields_map[last]


def rendered(sql: str, statement: Statement, put: Put, tables: Mapping[str, str]) -> str:
    """SQL of a statement. tables: what its shared tables are called there."""

    def place(found: re.Match[str]) -> str:
        name, rows = found[1], found[2]
        if name:
            return put(statement.facts[name])
        return tables.get(rows) or selected(statement.rows[rows], put)

    return NAME.sub(place, sql)


def selected(rows: Any, put: Put) -> str:
    """The SELECT of a queryset of any kind, its values put where the driver takes them."""
    rows._choose_db_if_not_chosen()
    rows._make_query()
    inner(rows.query, rows.model)
    sql, values = rows.query.get_parameterized_sql()
    given = iter(values)
    return DRIVER.sub(lambda _: put(next(given)), sql)


def inner(query: Any, model: type[Model]) -> list[str]:
    """Joins along a key that is never null lose no row: the database may then begin at their other end. Their names.

    Tortoise joins everything as if the other row might not be there. So PostgreSQL read and sorted all members for a
    page of 50, and SQLite looked at every seat to find the one of who asks.
    """
    known = {str(model._meta.db_table): model}
    for join in query._joins:
        name = str(join.item.alias or "")
        near = max((one for one in known if name.startswith(f"{one}__")), key=len, default="")
        far = known[near]._meta.fields_map.get(name.removeprefix(f"{near}__")) if near else None
        key = far and getattr(far, "source_field", None)
        if isinstance(far, RelationalField) and key and not known[near]._meta.fields_map[key].null:
            join.how = JoinType.inner
            known[name] = far.related_model
    return list(known)[1:]


def listed(names: Iterable[str], source: str) -> str:
    """A SELECT of one value: a JSON list of these columns of each row of a source, for `lists_of`."""
    columns = ", ".join(f'"{name}"' for name in names)
    if is_postgres():
        return f"SELECT coalesce(json_agg(json_build_array({columns})), '[]')::text FROM {source}"
    return f"SELECT json_group_array(json_array({columns})) FROM {source}"


def lists_of(text: str, kinds: Sequence[Callable[[str], Any]]) -> list[tuple[Any, ...]]:
    """Its rows. kinds: what makes a value of the text of each column."""
    rows = json.loads(text)
    return [
        tuple(None if one is None else make(str(one)) for make, one in zip(kinds, row, strict=True)) for row in rows
    ]


async def read(wanted: Read) -> Any:
    """What is wanted, by a statement of its own: a list of tuples, or a number for a Count."""
    if isinstance(wanted, Count):
        return await wanted.rows.count()
    if isinstance(wanted, Columns):
        return await wanted.rows.values_list(*wanted.names)
    values: list[Any] = []
    found = await connection().execute_query_dict(_alone(wanted, partial(_bound, values)), values)
    kinds = wanted.kinds.items()
    return [tuple(None if row[name] is None else make(str(row[name])) for name, make in kinds) for row in found]


async def read_all(wanted: Mapping[str, Read]) -> dict[str, Any]:
    """The same by name, a statement each."""
    return {name: await read(one) for name, one in wanted.items()}


def _alone(statement: Statement, put: Put) -> str:
    names = {name: name for name in statement.shared}
    shared = ", ".join(
        f"{name} AS MATERIALIZED ({rendered(sql, statement, put, names)})" for name, sql in statement.shared.items()
    )
    ordered = f" ORDER BY {', '.join(statement.order)}" if statement.order else ""
    found = rendered(statement.sql, statement, put, names)
    return f"{f'WITH {shared} ' if shared else ''}SELECT * FROM ({found}) t{ordered}"


def _bound(values: list[Any], value: Any) -> str:
    value = str(value) if isinstance(value, UUID) else value
    values.append(value if is_postgres() else _plain(value))
    return f"${len(values)}" if is_postgres() else "?"


def _plain(fact: Any) -> Any:
    """As SQLite keeps it: days and keys as text."""
    return str(fact) if isinstance(fact, dt.date | UUID) else fact
