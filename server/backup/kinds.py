"""Values as a backup writes them: the same text for the same value, whichever database it came from."""

import base64
import datetime as dt
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

Dialect = Literal["sqlite", "postgres"]
Kind = Literal["key", "time", "day", "clock", "yes", "whole", "text", "json", "number", "float", "bytes"]
Act = Callable[[Any], Any]

POSTGRES: dict[str, Kind] = {
    "uuid": "key",
    "timestamp with time zone": "time",
    "date": "day",
    "time with time zone": "clock",
    "time without time zone": "clock",
    "boolean": "yes",
    "smallint": "whole",
    "integer": "whole",
    "bigint": "whole",
    "character": "text",
    "character varying": "text",
    "text": "text",
    "json": "json",
    "jsonb": "json",
    "numeric": "number",
    "double precision": "float",
    "bytea": "bytes",
}
"""What PostgreSQL calls a type -> what it holds."""

SQLITE: dict[str, Kind] = {
    "CHAR(36)": "key",
    "TIMESTAMP": "time",
    "DATE": "day",
    "TIME": "clock",
    "INT": "whole",
    "INTEGER": "whole",
    "BIGINT": "whole",
    "SMALLINT": "whole",
    "TEXT": "text",
    "JSON": "json",
    "REAL": "float",
    "BLOB": "bytes",
}
"""The same of SQLite, where a yes or no is a whole number, and a number with a point is a text."""


class Unknown(Exception):
    """A column is of a type that no backup was made for yet."""


def kind_of(dialect: Dialect, declared: str) -> Kind:
    """What a column of that declared type holds. Raises Unknown."""
    if dialect == "sqlite" and declared.startswith("VARCHAR"):
        return "text"
    try:
        return (POSTGRES if dialect == "postgres" else SQLITE)[declared]
    except KeyError as error:
        raise Unknown(f"{declared} is a type of {dialect} that backups do not know") from error


def writer(dialect: Dialect, kind: Kind) -> Act | None:
    """From what the driver reads to what stands in the file; None where that is the same."""
    if kind == "bytes":
        return _some(lambda value: base64.b64encode(value).decode())
    return _some(_FROM_POSTGRES[kind]) if dialect == "postgres" and kind in _FROM_POSTGRES else None


def reader(dialect: Dialect, kind: Kind, source: Dialect) -> Act | None:
    """From what stands in a file of `source` to what the driver of `dialect` writes; None where that is the same."""
    if kind == "bytes":
        return _some(base64.b64decode)
    if dialect == "postgres":
        return _some(_INTO_POSTGRES[kind]) if kind in _INTO_POSTGRES else None
    if kind == "whole":
        return _some(int)
    return _some(_compact) if kind == "json" and source == "postgres" else None


def _some(act: Act) -> Act:
    return lambda value: None if value is None else act(value)


def _utc(value: dt.datetime) -> str:
    """As it is kept on SQLite."""
    return value.astimezone(dt.UTC).isoformat(" ")


def _time(text: str) -> dt.datetime:
    value = dt.datetime.fromisoformat(text)
    return value if value.tzinfo else value.replace(tzinfo=dt.UTC)


def _compact(text: str) -> str:
    """JSON as the models write it on SQLite; PostgreSQL puts spaces into it."""
    return json.dumps(json.loads(text), separators=(",", ":"))


_FROM_POSTGRES: dict[Kind, Act] = {
    "key": str,
    "time": _utc,
    "day": dt.date.isoformat,
    "clock": dt.time.isoformat,
    "number": str,
}
_INTO_POSTGRES: dict[Kind, Act] = {
    "key": UUID,
    "time": _time,
    "day": dt.date.fromisoformat,
    "clock": dt.time.fromisoformat,
    "yes": bool,
    "number": Decimal,
}
