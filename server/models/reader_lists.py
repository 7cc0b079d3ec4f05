# ruff: noqa: S608  # what is put together here are names and constants of this module; facts are parameters
"""What is read of one list of readers, or of what one reader was given: a part of it, chosen by the database."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from tortoise.queryset import QuerySet

from server.models.readers import READING, Kinds, Reach
from server.models.reads import Statement, kind_of
from server.rules.readers import ReaderStanding


@dataclass(frozen=True)
class Listing:
    """A part of a list. column: of a reading, the one that names what is listed. seen: what may be listed; beyond:
    those of it that come after the place where the part begins. order: of them, ending in their key.

    standing, overdue: only those. size: rows at most. backward: from the end of the list.
    """

    reach: Reach
    column: str
    seen: QuerySet[Any]
    beyond: QuerySet[Any]
    order: tuple[str, str]
    standing: ReaderStanding | None
    overdue: bool
    size: int
    backward: bool

    @property
    def entries(self) -> Statement:
        """How long the whole list is, and of each in this part what it is sorted by, and its reading.

        One row more than asked for, where there is one; of an empty part one row whose document is None.
        """
        kinds: Kinds = {"total": int, "place": kind_of(self.seen.model, self._first), **READING}
        whole = f"SELECT COUNT(*) AS total FROM ({_LIST.format(**self._parts, rows='{seen}')}) listed"
        found = f"SELECT whole.total, part.* FROM ({whole}) whole LEFT JOIN {{part}} part ON 1 = 1"
        return self._read(found, kinds, self._order)

    @property
    def people(self) -> Statement:
        """The keys of the people of this part."""
        return self._read("SELECT person_id AS key FROM {part} part", {"key": UUID})

    @property
    def papers(self) -> Statement:
        """The keys of its documents."""
        return self._read("SELECT document_id AS key FROM {part} part", {"key": UUID})

    def _read(self, sql: str, kinds: Kinds, order: tuple[str, ...] = ()) -> Statement:
        facts: dict[str, Any] = {"size": self.size + 1}
        if self.standing:
            facts["stands"] = self.standing.value
        listed = _LIST.format(**self._parts, rows="{beyond}")
        part = f"{listed} ORDER BY {', '.join(self._order)} LIMIT :size"
        columns = ("id", self._first)
        rows = {"seen": self.seen.values(*columns), "beyond": self.beyond.values(*columns)}
        return self.reach.read(sql, kinds, order, rows=rows, shared={"part": part}, **facts)

    @property
    def _first(self) -> str:
        return self.order[0].lstrip("-")

    @cached_property
    def _order(self) -> tuple[str, ...]:
        turned = [name.startswith("-") != self.backward for name in self.order]
        return tuple(
            f"{name} DESC" if down else name for name, down in zip(("place", self.column), turned, strict=True)
        )

    @property
    def _parts(self) -> dict[str, str]:
        such = " AND s.stands = :stands" if self.standing else ""
        late = " AND s.receipt_by < :today AND s.confirmed_at IS NULL" if self.overdue else ""
        return {
            "first": self._first,
            "column": self.column,
            "such": such + late,
            "columns": COLUMNS,
            "stood": "{stood}",
        }


COLUMNS = ", ".join(f"s.{name}" for name in READING)
_LIST = """SELECT p.{first} AS place, {columns} FROM {stood} s JOIN ({rows}) p ON p.id = s.{column} WHERE 1 = 1{such}"""
