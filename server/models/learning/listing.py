# ruff: noqa: S608  # what is put together here are names and constants of this module; facts are parameters
"""What is read of one list behind the figures of coverage: a part of it by pinyin, chosen by the database."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from tortoise.queryset import QuerySet

from server.models.bodies.tables import BodyMembership
from server.models.fields import holding
from server.models.learning.covering import Asked, Kinds
from server.models.members.tables import Person
from server.models.reads import Statement, day

Place = Sequence[Any]
"""The sort key and the key of a person."""


@dataclass(frozen=True)
class Listing:
    """A part of a list. code: of the list, see `covering.CODES`. seen: the people who may be shown.

    size: rows at most. backward: from the end of the list. after, before: only what is beyond that place.
    """

    asked: Asked
    code: str
    seen: QuerySet[Person]
    size: int
    backward: bool = False
    after: Place | None = None
    before: Place | None = None

    @property
    def entries(self) -> Statement:
        """How long the whole list is, then person, sort key, first day of the seat and bodies of each of this part.

        One row more than asked for, where there is one; of an empty part one row without a person.
        """
        kinds: Kinds = {"total": int, "person_id": UUID, "sort_pinyin": str, "joined_on": day, "bodies": int}
        whole = f"SELECT COUNT(*) AS total FROM ({_LIST}) list"
        found = f"SELECT whole.total, part.* FROM ({whole}) whole LEFT JOIN {{part}} part ON 1 = 1"
        return self._read(found, kinds, (f"sort_pinyin{self._way}", f"person_id{self._way}"))

    @property
    def people(self) -> Statement:
        """The keys of the people of this part."""
        return self._read("SELECT person_id AS key FROM {part} part", {"key": UUID})

    @property
    def everyone(self) -> Statement:
        """The keys of all people of the whole list, whoever may be shown."""
        found = "SELECT person_id FROM {listed} listed WHERE code = :code"
        return self._read(found, {"person_id": UUID}, ("person_id",))

    def places(self, rows: QuerySet[BodyMembership]) -> Statement:
        """Person and body for each of these rows that puts someone of this part into a body of the kind, by name."""
        return self._placed(rows, _PLACES, {"person_id": UUID, "body_id": UUID}, ("sort", "id"))

    def bodies(self, rows: QuerySet[BodyMembership]) -> Statement:
        """The keys of these bodies."""
        return self._placed(rows, f"SELECT body_id AS key FROM ({_PLACES}) placed", {"key": UUID}, ())

    def _placed(self, rows: QuerySet[BodyMembership], sql: str, kinds: Kinds, order: tuple[str, ...]) -> Statement:
        asked, said = self.asked, self._read(sql, kinds, order)
        counting = rows.filter(holding(asked.on), body__kind=asked.kind)
        placed = counting.filter(primary=True) if asked.primary_only else counting
        return replace(said, rows={**said.rows, "placed": placed.values("id", "person_id", "body_id")})

    def _read(self, sql: str, kinds: Kinds, order: tuple[str, ...] = ()) -> Statement:
        facts: dict[str, Any] = {"code": self.code, "size": self.size + 1}
        for name, place in (("after", self.after), ("before", self.before)):
            if place:
                facts |= {f"{name}_pinyin": place[0], f"{name}_person": place[1]}
        said, way = self.asked.read(sql, kinds, order, **facts), self._way
        part = f"{_LIST}{self._beyond} ORDER BY p.sort_pinyin{way}, p.id{way} LIMIT :size"
        return replace(
            said,
            rows={**said.rows, "seen": self.seen.values("id", "sort_pinyin")},
            shared={**said.shared, "part": part},
        )

    @property
    def _way(self) -> str:
        return " DESC" if self.backward else ""

    @property
    def _beyond(self) -> str:
        return "".join(
            f" AND (p.sort_pinyin {sign} :{name}_pinyin"
            f" OR (p.sort_pinyin = :{name}_pinyin AND p.id {sign} :{name}_person))"
            for name, sign, place in (("after", ">", self.after), ("before", "<", self.before))
            if place
        )


_LIST = """SELECT l.person_id, p.sort_pinyin, NULLIF(l.joined_on, :ever) AS joined_on, l.bodies FROM {listed} l
  JOIN ({seen}) p ON p.id = l.person_id WHERE l.code = :code"""

_PLACES = """SELECT part.person_id, bm.body_id, b.sort, bm.id FROM {part} part
  JOIN ({placed}) bm ON bm.person_id = part.person_id JOIN body b ON b.id = bm.body_id"""
