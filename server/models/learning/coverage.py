# ruff: noqa: S608  # what is put together here are names and constants of this module; facts are parameters
"""Who is in a body of a kind on a day and who is not, counted by the database (LC-1, PC-1), and who leads (LC-2).

`server.rules.coverage` is the specification; the statements here give the same answer for any number of members.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from server.models.bodies.tables import BodyKind
from server.models.database import connection
from server.models.learning.leading import leadership_gaps
from server.models.named import bound
from server.rules import coverage as rule
from server.rules.affiliation import PARTY_MEMBERS
from server.rules.coverage import GRACE_DAYS, Figures, Gap, Pair, Place, Seat, Several, Uncovered

SINCE_EVER = dt.date.min
"""Stands for an unknown first day where the earliest is sought."""

BOUND = {BodyKind.PARTY_BRANCH: "party_members"}
"""Whom the rule of a kind binds; all members where the kind does not stand here."""


@dataclass(frozen=True)
class SectorFigures:
    """The figures of one sector; sector None holds the seats that state none."""

    sector: UUID | None
    name_zh: str
    name_en: str
    sensitive: bool
    figures: Figures


@dataclass(frozen=True)
class Coverage:
    """The answer for a kind of body on a day.

    of: whom the rule binds, "all" or "party_members". without: all of `none`, several: all of `more`, both by person
    id. names: person -> (name_zh, name_en) for everyone in these lists. leadership: what LC-2 misses, for learning
    groups only. sectors: by sort key, the seats without a sector last.
    """

    kind: BodyKind
    term: UUID | None
    on: dt.date
    of: str
    figures: Figures
    without: tuple[Uncovered, ...]
    several: tuple[Several, ...]
    names: Mapping[UUID, tuple[str, str]]
    sectors: tuple[SectorFigures, ...]
    leadership: tuple[Gap, ...]

    @property
    def uncovered(self) -> tuple[Uncovered, ...]:
        """In no group, and past the days of grace."""
        return tuple(one for one in self.without if one.code == "UNCOVERED")

    @property
    def pending(self) -> tuple[Uncovered, ...]:
        """In no group yet, within the days of grace."""
        return tuple(one for one in self.without if one.code == "PENDING")

    @property
    def ended_group(self) -> tuple[Uncovered, ...]:
        """Still entered in a group that has ended."""
        return tuple(one for one in self.without if one.code == "ENDED_GROUP")

    @property
    def leadership_incomplete(self) -> tuple[Gap, ...]:
        """Groups without exactly one head."""
        return tuple(gap for gap in self.leadership if gap.problem.code == "LEADERSHIP_INCOMPLETE")


async def coverage(
    kind: BodyKind,
    on: dt.date,
    term: UUID | None = None,
    *,
    grace_days: int = GRACE_DAYS,
    pair: Pair = Pair.PLATFORM,
    within: Collection[UUID] | None = None,
    sensitive: Collection[UUID] | None = None,
) -> Coverage:
    """The members active on that day of the term (of all active terms), by the bodies of that kind they sit in.

    within: only who sits in one of these bodies or has a seat of one of these sectors, for a viewer who may ask of
    those alone; leadership is then what their groups lack. sensitive: the only sensitive bodies that count, for a
    viewer who may not see the others: else absence from the lists would tell who sits in them. A constant number of
    statements. Guard it with READ_COVERAGE.
    """
    asked = _Asked(kind, on, term, grace_days, _sorted(within), _sorted(sensitive))
    figures, sectors = await _figures(asked)
    people = await _rows(asked, _PEOPLE)
    seats = [Seat(_key(row["person_id"]), _joined(row["joined_on"])) for row in people]
    places = [_place(row) for row in await _rows(asked, _PLACES)] if people else []
    listed = rule.coverage(seats, places, on, grace_days, primary_only=asked.primary_only)
    return Coverage(
        kind=kind,
        term=term,
        on=on,
        of=BOUND.get(kind, "all"),
        figures=figures,
        without=listed.without,
        several=listed.several,
        names={_key(row["person_id"]): (row["name_zh"], row["name_en"]) for row in people},
        sectors=sectors,
        leadership=await _leadership(asked, pair),
    )


@dataclass(frozen=True)
class _Asked:
    kind: BodyKind
    on: dt.date
    term: UUID | None
    grace_days: int
    within: tuple[UUID, ...] | None
    sensitive: tuple[UUID, ...] | None

    @property
    def primary_only(self) -> bool:
        return self.kind is BodyKind.LEARNING_GROUP

    @property
    def facts(self) -> dict[str, Any]:
        """The values of the names that stand as `:name` in the statements."""
        late = rule.moved(self.on, -self.grace_days)
        facts: dict[str, Any] = {"kind": self.kind.value, "on": self.on, "late": late, "ever": SINCE_EVER}
        if self.term:
            facts["term"] = self.term
        if self.kind in BOUND:
            facts |= {f"party{n}": word for n, word in enumerate(sorted(PARTY_MEMBERS))}
        facts |= {f"sensitive{n}": key for n, key in enumerate(self.sensitive or ())}
        return facts | {f"within{n}": key for n, key in enumerate(self.within or ())}

    @property
    def parts(self) -> dict[str, str]:
        """The conditions that depend on what is asked."""
        words = ", ".join(f":party{n}" for n in range(len(PARTY_MEMBERS)))
        return {
            "of_term": "m.term_id = :term" if self.term else "t.status = 'active'",
            "bound": f"LOWER(TRIM(p.political_affiliation)) IN ({words})" if self.kind in BOUND else "1 = 1",
            "counting": 'bm."primary"' if self.primary_only else "1 = 1",
            "standing": _STANDING if self.kind is BodyKind.SECTOR else "",
            "seen": self._seen,
            "within": self._within,
        }

    @property
    def _seen(self) -> str:
        if self.sensitive is None:
            return "1 = 1"
        keys = "".join(f", :sensitive{n}" for n in range(len(self.sensitive)))
        return f"(NOT b.sensitive OR b.id IN (NULL{keys}))"

    @property
    def _within(self) -> str:
        if self.within is None:
            return "1 = 1"
        if not self.within:
            return "1 = 0"
        keys = ", ".join(f":within{n}" for n in range(len(self.within)))
        return (
            f"(EXISTS (SELECT 1 FROM membership_post wp WHERE wp.membership_id = m.id AND {_holds('wp')} "
            f"AND wp.sector_id IN ({keys})) OR EXISTS (SELECT 1 FROM body_membership wb "
            f"WHERE wb.person_id = m.person_id AND {_holds('wb')} AND wb.body_id IN ({keys})))"
        )


def _sorted(keys: Collection[UUID] | None) -> tuple[UUID, ...] | None:
    return None if keys is None else tuple(sorted(keys))


def _holds(table: str) -> str:
    return (
        f"{table}.voided_at IS NULL AND ({table}.starts_on IS NULL OR {table}.starts_on <= :on) "
        f"AND ({table}.ends_on IS NULL OR {table}.ends_on > :on)"
    )


_STANDING = f"""UNION ALL
    SELECT wm.person_id, po.sector_id, po.starts_on, po.ends_on FROM membership_post po
    JOIN membership wm ON wm.id = po.membership_id
    JOIN membership_status ws ON ws.membership_id = wm.id AND ws.status = 'active' AND {_holds("ws")}
    WHERE po.sector_id IS NOT NULL AND {_holds("po")}"""
"""Who belongs to a sector: those whose active seat stands for it."""

_COUNTED = f"""
WITH seats AS (
  SELECT DISTINCT m.id, m.person_id FROM membership m
  JOIN membership_status s ON s.membership_id = m.id AND s.status = 'active' AND {_holds("s")}
  JOIN term t ON t.id = m.term_id JOIN person p ON p.id = m.person_id
  WHERE {{of_term}} AND {{bound}} AND {{within}}
), begun AS (
  SELECT seats.person_id, seats.id, MAX(COALESCE(s.starts_on, :ever)) AS joined_on FROM seats
  JOIN membership_status s ON s.membership_id = seats.id AND s.status = 'active' AND s.voided_at IS NULL
    AND (s.starts_on IS NULL OR s.starts_on <= :on)
  WHERE NOT EXISTS (
    SELECT 1 FROM membership_status e WHERE e.membership_id = s.membership_id AND e.status = 'active'
    AND e.voided_at IS NULL AND (e.starts_on IS NULL OR e.starts_on < s.starts_on)
    AND (e.ends_on IS NULL OR e.ends_on >= s.starts_on) AND s.starts_on IS NOT NULL
  ) GROUP BY seats.person_id, seats.id
), joined AS (
  SELECT person_id, MIN(joined_on) AS joined_on FROM begun GROUP BY person_id
), sitting AS (
  SELECT si.*, b.ends_on AS body_ends_on FROM (
    SELECT bm.person_id, bm.body_id, bm.starts_on, bm.ends_on FROM body_membership bm
    WHERE {{counting}} AND {_holds("bm")} {{standing}}
  ) si JOIN body b ON b.id = si.body_id AND b.kind = :kind AND {{seen}}
), placed AS (
  SELECT person_id, COUNT(DISTINCT body_id) AS bodies FROM sitting
  WHERE body_ends_on IS NULL OR body_ends_on > :on GROUP BY person_id
), counted AS (
  SELECT j.person_id, j.joined_on, COALESCE(placed.bodies, 0) AS bodies
  FROM joined j LEFT JOIN placed ON placed.person_id = j.person_id
)"""

_SUMS = """COUNT(*) AS members, SUM(CASE WHEN bodies = 0 THEN 1 ELSE 0 END) AS none,
  SUM(CASE WHEN bodies = 1 THEN 1 ELSE 0 END) AS one, SUM(CASE WHEN bodies > 1 THEN 1 ELSE 0 END) AS more,
  SUM(CASE WHEN bodies = 0 AND joined_on > :late THEN 1 ELSE 0 END) AS pending"""

_FIGURES = f"""{_COUNTED}, parts AS (
  SELECT DISTINCT po.sector_id, c.person_id, c.joined_on, c.bodies FROM counted c
  JOIN seats ON seats.person_id = c.person_id
  LEFT JOIN membership_post po ON po.membership_id = seats.id AND {_holds("po")}
), sums AS (
  SELECT 1 AS whole, NULL AS sector_id, {_SUMS} FROM counted
  UNION ALL SELECT 0, CAST(sector_id AS VARCHAR(36)), {_SUMS} FROM parts GROUP BY sector_id
)
SELECT sums.*, b.name_zh, b.name_en, b.sensitive FROM sums
LEFT JOIN body b ON CAST(b.id AS VARCHAR(36)) = sums.sector_id
ORDER BY whole DESC, CASE WHEN b.id IS NULL THEN 1 ELSE 0 END, b.sort, b.id"""

_PEOPLE = f"""{_COUNTED}
SELECT c.person_id, c.joined_on, p.name_zh, p.name_en FROM counted c JOIN person p ON p.id = c.person_id
WHERE c.bodies <> 1 ORDER BY c.person_id"""

_PLACES = f"""{_COUNTED}
SELECT sitting.* FROM counted c JOIN sitting ON sitting.person_id = c.person_id WHERE c.bodies <> 1"""


async def _leadership(asked: _Asked, pair: Pair) -> tuple[Gap, ...]:
    if asked.kind is not BodyKind.LEARNING_GROUP:
        return ()
    gaps = await leadership_gaps(asked.on, asked.term, pair)
    return tuple(gap for gap in gaps if asked.within is None or gap.where in asked.within)


async def _rows(asked: _Asked, statement: str) -> Sequence[Mapping[str, Any]]:
    sql, values = bound(statement.format(**asked.parts), asked.facts)
    return await connection().execute_query_dict(sql, values)


async def _figures(asked: _Asked) -> tuple[Figures, tuple[SectorFigures, ...]]:
    whole, *parts = await _rows(asked, _FIGURES)
    return _summed(whole), tuple(
        SectorFigures(
            _key(row["sector_id"]) if row["sector_id"] else None,
            row["name_zh"] or "",
            row["name_en"] or "",
            bool(row["sensitive"]),
            _summed(row),
        )
        for row in parts
    )


def _summed(row: Mapping[str, Any]) -> Figures:
    """A sum over nobody is NULL in SQL."""
    return Figures(*(row[name] or 0 for name in ("members", "none", "one", "more", "pending")))


def _place(row: Mapping[str, Any]) -> Place:
    starts_on, ends_on, body_ends_on = (_day(row[name]) for name in ("starts_on", "ends_on", "body_ends_on"))
    return Place(_key(row["person_id"]), _key(row["body_id"]), starts_on, ends_on, body_ends_on)


def _joined(day: dt.date | str) -> dt.date | None:
    joined = _day(day)
    return None if joined == SINCE_EVER else joined


def _day(day: dt.date | str | None) -> dt.date | None:
    """A day as either database gives it."""
    return dt.date.fromisoformat(day) if isinstance(day, str) else day


def _key(key: UUID | str) -> UUID:
    """A key as either database gives it."""
    return UUID(str(key))
