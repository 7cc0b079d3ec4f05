# ruff: noqa: S608  # what is put together here are names and constants of this module; facts are parameters
"""What is read to tell who is in a body of a kind on a day and who is not (LC-1, PC-1).

`server.rules.coverage` is the specification; the statements here give the same answer for any number of members.
"""

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tortoise.queryset import QuerySet

from server.models.bodies.tables import Body, BodyKind
from server.models.members.tables import Term
from server.models.reads import Statement, day, flag
from server.rules.affiliation import PARTY_MEMBERS
from server.rules.coverage import GRACE_DAYS, moved

Kinds = dict[str, Callable[[str], Any]]
BOUND = {BodyKind.PARTY_BRANCH: "party_members"}
"""Whom the rule of a kind binds; all members where the kind does not stand here."""
CODES = ("UNCOVERED", "PENDING", "ENDED_GROUP", "DUPLICATE")
"""Why someone is in none, or in more than one."""


@dataclass(frozen=True)
class Asked:
    """What is asked of the members active on a day of a term (of all active terms).

    late: whoever joined after it is pending. within: only who sits in one of these bodies or has a seat of one of
    these sectors. sensitive: the only sensitive bodies that count, None for all. term: its key, or what selects it.
    """

    kind: BodyKind
    on: dt.date
    late: dt.date
    term: Any = None
    within: tuple[UUID, ...] | None = None
    sensitive: QuerySet[Body] | None = None

    @property
    def of(self) -> str:
        """Whom the rule binds, "all" or "party_members"."""
        return BOUND.get(self.kind, "all")

    @property
    def primary_only(self) -> bool:
        """Whether a title beside the place that counts is none."""
        return self.kind is BodyKind.LEARNING_GROUP

    def read(self, sql: str, kinds: Kinds, order: tuple[str, ...], **more: Any) -> Statement:
        """A statement over the shared tables. more: facts that it alone has."""
        return Statement(sql, self._facts | more, kinds, order, self._rows, self._tables)

    @property
    def _facts(self) -> dict[str, Any]:
        """The values of the names that stand as `:name` in the statements."""
        facts: dict[str, Any] = {"kind": self.kind.value, "on": self.on, "late": self.late, "ever": dt.date.min}
        if self.kind in BOUND:
            facts |= {f"party{n}": word for n, word in enumerate(sorted(PARTY_MEMBERS))}
        return facts | {f"within{n}": key for n, key in enumerate(self.within or ())}

    @property
    def _rows(self) -> dict[str, Any]:
        sensitive = {} if self.sensitive is None else {"sensitive": self.sensitive.values("id")}
        return sensitive if self.term is None else sensitive | {"term": Term.filter(id=self.term).values("id")}

    @property
    def _tables(self) -> dict[str, str]:
        words = ", ".join(f":party{n}" for n in range(len(PARTY_MEMBERS)))
        return {
            "seats": _SEATS.format(
                of_term="m.term_id IN ({term})" if self.term is not None else _ACTIVE_TERM,
                bound=_BOUND.format(words=words) if self.kind in BOUND else "1 = 1",
                within=self._within,
            ),
            "joined": _JOINED,
            "sitting": _SITTING.format(
                counting='bm."primary"' if self.primary_only else "1 = 1",
                standing=_STANDING if self.kind is BodyKind.SECTOR else "",
                seen="1 = 1" if self.sensitive is None else "(NOT b.sensitive OR b.id IN ({sensitive}))",
            ),
            "counted": _COUNTED,
            "listed": _LISTED,
        }

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


def asked_of(
    kind: BodyKind,
    on: dt.date,
    term: Any = None,
    *,
    late: dt.date | None = None,
    within: Collection[UUID] | None = None,
    sensitive: QuerySet[Body] | None = None,
) -> Asked:
    """What is asked, see `Asked`. late: the last day of joining that is past the days of grace, reckoned unless given.

    For a viewer who may not see some sensitive bodies `sensitive` are the others: else absence from the lists would
    tell who sits in them. Guard it with READ_COVERAGE.
    """
    late = late or moved(on, -GRACE_DAYS)
    return Asked(kind, on, late, term, None if within is None else tuple(sorted(within)), sensitive)


def figures(asked: Asked) -> Statement:
    """The figures of the whole: one row of members, none, one, more and pending."""
    return asked.read(f"SELECT {_SUMS} FROM {{counted}}", FIGURES, ())


def tally(asked: Asked) -> Statement:
    """Code (see CODES) and how many people it concerns; a code that concerns nobody has no row."""
    counted = "SELECT code, COUNT(*) AS people FROM {listed} GROUP BY code"
    return asked.read(counted, {"code": str, "people": int}, ("code",))


def sectors(asked: Asked) -> Statement:
    """Sector, its names, whether it is sensitive, and its figures, by sort key; the seats without a sector last."""
    kinds: Kinds = {"sector_id": UUID, "name_zh": str, "name_en": str, "sensitive": flag, **FIGURES}
    return asked.read(_SECTORS, kinds, ("unstated", "sort", "sector_id"))


def without(asked: Asked) -> Statement:
    """Person, first day of the seat, code and both names of everyone in no body, by key."""
    kinds: Kinds = {"person_id": UUID, "joined_on": day, "code": str, "name_zh": str, "name_en": str}
    found = f"{_PEOPLE} WHERE l.code <> 'DUPLICATE'"
    return asked.read(found, kinds, ("person_id",))


def several(asked: Asked) -> Statement:
    """Person, body and both names of the person, for everyone in several, by both keys."""
    kinds: Kinds = {"person_id": UUID, "body_id": UUID, "name_zh": str, "name_en": str}
    return asked.read(_SEVERAL, kinds, ("person_id", "body_id"))


FIGURES: Kinds = dict.fromkeys(("members", "none", "one", "more", "pending"), int)
"""The columns of the figures."""


def _holds(table: str) -> str:
    return (
        f"{table}.voided_at IS NULL AND ({table}.starts_on IS NULL OR {table}.starts_on <= :on) "
        f"AND ({table}.ends_on IS NULL OR {table}.ends_on > :on)"
    )


_ACTIVE_TERM = "m.term_id IN (SELECT t.id FROM term t WHERE t.status = 'active')"
_BOUND = "m.person_id IN (SELECT p.id FROM person p WHERE LOWER(TRIM(p.political_affiliation)) IN ({words}))"

_SEATS = f"""
  SELECT m.id, m.person_id FROM membership m WHERE {{of_term}} AND {{bound}} AND {{within}} AND EXISTS (
    SELECT 1 FROM membership_status s WHERE s.membership_id = m.id AND s.status = 'active' AND {_holds("s")}
  )"""

_JOINED = """
  SELECT begun.person_id, MIN(begun.joined_on) AS joined_on FROM (
    SELECT seats.person_id, seats.id, MAX(COALESCE(s.starts_on, :ever)) AS joined_on FROM {seats} seats
    JOIN membership_status s ON s.membership_id = seats.id AND s.status = 'active' AND s.voided_at IS NULL
      AND (s.starts_on IS NULL OR s.starts_on <= :on)
    WHERE NOT EXISTS (
      SELECT 1 FROM membership_status e WHERE e.membership_id = s.membership_id AND e.status = 'active'
      AND e.voided_at IS NULL AND (e.starts_on IS NULL OR e.starts_on < s.starts_on)
      AND (e.ends_on IS NULL OR e.ends_on >= s.starts_on) AND s.starts_on IS NOT NULL
    ) GROUP BY seats.person_id, seats.id
  ) begun GROUP BY begun.person_id"""

_STANDING = f"""UNION ALL
    SELECT wm.person_id, po.sector_id FROM membership_post po
    JOIN membership wm ON wm.id = po.membership_id
      AND wm.term_id NOT IN (SELECT d.id FROM term d WHERE d.status = 'draft')
    JOIN membership_status ws ON ws.membership_id = wm.id AND ws.status = 'active' AND {_holds("ws")}
    WHERE po.sector_id IS NOT NULL AND {_holds("po")}"""
"""Who belongs to a sector: those whose active seat stands for it."""

_SITTING = f"""
  SELECT si.person_id, si.body_id, CASE WHEN b.ends_on <= :on THEN 1 ELSE 0 END AS ended FROM (
    SELECT bm.person_id, bm.body_id FROM body_membership bm WHERE {{counting}} AND {_holds("bm")} {{standing}}
  ) si JOIN body b ON b.id = si.body_id AND b.kind = :kind AND {{seen}}"""

_COUNTED = """
  SELECT j.person_id, j.joined_on, COALESCE(placed.bodies, 0) AS bodies, COALESCE(placed.places, 0) AS places
  FROM {joined} j LEFT JOIN (
    SELECT person_id, COUNT(DISTINCT CASE WHEN ended = 0 THEN body_id END) AS bodies, COUNT(*) AS places
    FROM {sitting} sitting GROUP BY person_id
  ) placed ON placed.person_id = j.person_id"""

_LISTED = """
  SELECT person_id, joined_on, bodies, CASE WHEN bodies > 1 THEN 'DUPLICATE' WHEN places > 0 THEN 'ENDED_GROUP'
    WHEN joined_on > :late THEN 'PENDING' ELSE 'UNCOVERED' END AS code
  FROM {counted} counted WHERE bodies <> 1"""
"""Who is in none, or in several, and why."""

_SUMS = """COUNT(*) AS members, COALESCE(SUM(CASE WHEN bodies = 0 THEN 1 ELSE 0 END), 0) AS none,
  COALESCE(SUM(CASE WHEN bodies = 1 THEN 1 ELSE 0 END), 0) AS one,
  COALESCE(SUM(CASE WHEN bodies > 1 THEN 1 ELSE 0 END), 0) AS more,
  COALESCE(SUM(CASE WHEN bodies = 0 AND joined_on > :late THEN 1 ELSE 0 END), 0) AS pending"""
"""A sum over nobody is NULL in SQL."""

_SECTORS = f"""
  SELECT summed.*, b.name_zh, b.name_en, b.sensitive, b.sort, CASE WHEN b.id IS NULL THEN 1 ELSE 0 END AS unstated
  FROM (
    SELECT parts.sector_id, {_SUMS} FROM (
      SELECT DISTINCT po.sector_id, c.person_id, c.joined_on, c.bodies FROM {{counted}} c
      JOIN {{seats}} seats ON seats.person_id = c.person_id
      LEFT JOIN membership_post po ON po.membership_id = seats.id AND {_holds("po")}
    ) parts GROUP BY parts.sector_id
  ) summed LEFT JOIN body b ON b.id = summed.sector_id"""

_PEOPLE = """SELECT l.person_id, NULLIF(l.joined_on, :ever) AS joined_on, l.code, p.name_zh, p.name_en
  FROM {listed} l JOIN person p ON p.id = l.person_id"""

_SEVERAL = """SELECT DISTINCT l.person_id, s.body_id, p.name_zh, p.name_en FROM {listed} l
  JOIN {sitting} s ON s.person_id = l.person_id AND s.ended = 0 JOIN person p ON p.id = l.person_id
  WHERE l.code = 'DUPLICATE'"""
