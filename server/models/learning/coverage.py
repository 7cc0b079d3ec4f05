"""Who is in a body of a kind on a day and who is not, counted by the database (LC-1, PC-1), and who leads (LC-2)."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from tortoise.queryset import QuerySet

from server.models.bodies.tables import Body, BodyKind
from server.models.learning import covering
from server.models.learning.covering import Asked
from server.models.learning.leading import gaps_of, leading_reads
from server.models.reads import Read, read_all
from server.rules import coverage as rule
from server.rules.coverage import Figures, Gap, Pair, Several, Uncovered


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
    pair: Pair = Pair.PLATFORM,
    within: Collection[UUID] | None = None,
    sensitive: QuerySet[Body] | None = None,
) -> Coverage:
    """The members active on that day of the term (of all active terms), by the bodies of that kind they sit in.

    within, sensitive: see `covering.asked_of`; leadership is then what their groups lack. A constant number of
    statements.
    """
    asked = covering.asked_of(kind, on, term, within=within, sensitive=sensitive)
    return _made(asked, await read_all(_reads(asked)), pair)


def leadership_reads(asked: Asked) -> dict[str, Read]:
    """What `leadership` takes."""
    return {**leading_reads(asked.on, asked.term)} if asked.kind is BodyKind.LEARNING_GROUP else {}


def leadership(asked: Asked, facts: Mapping[str, Any], pair: Pair = Pair.PLATFORM) -> list[Gap]:
    """What LC-2 misses in the groups that are asked for, from what `leading_reads` tells; for learning groups only."""
    if asked.kind is not BodyKind.LEARNING_GROUP:
        return []
    return [gap for gap in gaps_of(facts, pair) if asked.within is None or gap.where in asked.within]


def figures_of(row: Sequence[Any]) -> Figures:
    """From the columns of `covering.FIGURES`."""
    return Figures(*row)


def sectors_of(rows: Iterable[Sequence[Any]]) -> list[SectorFigures]:
    """From what `covering.sectors` tells."""
    return [
        SectorFigures(key, name_zh or "", name_en or "", bool(sensitive), figures_of(row))
        for key, name_zh, name_en, sensitive, *row in rows
    ]


def _reads(asked: Asked) -> dict[str, Read]:
    return {
        "figures": covering.figures(asked),
        "sectors": covering.sectors(asked),
        "without": covering.without(asked),
        "several": covering.several(asked),
        **leadership_reads(asked),
    }


def _made(asked: Asked, facts: Mapping[str, Any], pair: Pair) -> Coverage:
    gaps = [
        rule.uncovered(person, joined_on, asked.on, ended=code == "ENDED_GROUP")
        for person, joined_on, code, _, _ in facts["without"]
    ]
    doubles = groupby(facts["several"], key=lambda row: row[0])
    return Coverage(
        kind=asked.kind,
        term=asked.term,
        on=asked.on,
        of=asked.of,
        figures=figures_of(facts["figures"][0]),
        without=tuple(gaps),
        several=tuple(Several(person, tuple(body for _, body, _, _ in rows)) for person, rows in doubles),
        names={row[0]: (row[-2], row[-1]) for row in (*facts["without"], *facts["several"])},
        sectors=tuple(sectors_of(facts["sectors"])),
        leadership=tuple(leadership(asked, facts, pair)),
    )
