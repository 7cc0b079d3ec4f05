"""What a backup says of itself: what is in it, of when, and the hash of each part."""

import datetime as dt
import json
from dataclasses import asdict, dataclass, field
from typing import Any

from server.backup.faults import Unfit
from server.backup.kinds import Dialect
from server.backup.source import Table

FORMAT, VERSION = "luzhi-backup", 1
"""The version goes up where an older program could not read the file right."""
LONGEST = 64 * 1024 * 1024
"""Bytes of a manifest: more would not be one."""


@dataclass(frozen=True)
class Part:
    """One stream of the file. bytes, sha256: of what is in it, before it is compressed."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Rows:
    """The rows of a table: one line each, its values in the order of the columns. counters: as in `Table`."""

    table: str
    columns: list[str]
    rows: int
    counters: dict[str, int]
    part: Part

    @classmethod
    def of(cls, table: Table, rows: int, part: Part) -> "Rows":
        """What was written of a table."""
        return cls(table.name, [column.name for column in table.columns], rows, table.counters, part)


@dataclass(frozen=True)
class Trail:
    """The audit trail as it was written: its length, its last hash, and whether each entry fitted the one before."""

    entries: int
    hash: str
    first_bad: int | None


@dataclass(frozen=True)
class Manifest:
    """All of it. migrations: those that the tables had. files: of the data directory, by their path in it."""

    product: str
    taken_at: dt.datetime
    database: Dialect
    migrations: list[str]
    tables: list[Rows]
    files: list[Part]
    trail: Trail
    format: str = field(default=FORMAT)
    version: int = field(default=VERSION)

    @property
    def rows(self) -> int:
        """In all tables."""
        return sum(table.rows for table in self.tables)

    def text(self) -> str:
        """As it stands in the file."""
        return json.dumps(asdict(self), default=dt.datetime.isoformat, ensure_ascii=False, indent=1)


def manifest_of(text: bytes) -> Manifest:
    """Raises Unfit for what is no manifest, or one of a newer format."""
    try:
        said = json.loads(text)
        if said["format"] != FORMAT:
            raise Unfit("This file is not a backup of Luzhi.")
        if said["version"] > VERSION:
            raise Unfit(f"This backup was made by a newer Luzhi ({said['product']}). Install that one first.")
        return _manifest(said)
    except (ValueError, KeyError, TypeError) as error:
        raise Unfit(f"The manifest of this backup cannot be read ({error!r}).") from error


def _manifest(said: dict[str, Any]) -> Manifest:
    tables = [Rows(**row | {"part": Part(**row["part"])}) for row in said["tables"]]
    whole = said | {
        "taken_at": dt.datetime.fromisoformat(said["taken_at"]),
        "tables": tables,
        "files": [Part(**row) for row in said["files"]],
        "trail": Trail(**said["trail"]),
    }
    return Manifest(**whole)
