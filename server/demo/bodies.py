"""The terms and bodies of the demo, and how bodies stem from each other."""

import datetime as dt
from itertools import pairwise
from typing import Any
from uuid import UUID

from server.demo import assembly
from server.demo.assembly import COMMITTEES, DEPARTMENTS, NAMES, OF_COMMITTEES, OF_SECTORS, SECTORS, SENSITIVE, Named
from server.demo.rows import GROUP_ENDED, GROUPS_FOUNDED, LAST_TERM, NEXT_TERM, TERM, Rows, key, recorded
from server.models.assembly import ONLY, Assembly
from server.models.bodies import Body, BodyKind, BodyRelation, RelationKind
from server.models.members import Term, TermStatus, TermYear
from server.rules import names

FIRST_DAYS = {
    "14": ((2020, 1, 13), (2021, 1, 11), (2022, 1, 10), (2023, 1, 9), (2024, 1, 15), (2025, 1, 13)),
    "15": ((2025, 1, 13), (2026, 1, 12), (2027, 1, 11), (2028, 1, 10), (2029, 1, 15), (2030, 1, 14)),
}
"""Code of a term -> the first days of its plenaries, and the last day."""


def add_names(rows: Rows) -> None:
    """What the assembly is called, and whom to ask."""
    rows.houses.append(Assembly(id=ONLY, **NAMES))


def add_terms(rows: Rows) -> None:
    """Two terms of five years: the 14th is closed, the 15th active."""
    facts = (
        ("14", "第十四届", "14th Assembly", LAST_TERM, TERM, TermStatus.CLOSED),
        ("15", "第十五届", "15th Assembly", TERM, NEXT_TERM, TermStatus.ACTIVE),
    )
    for code, zh, en, starts_on, ends_on, status in facts:
        days = {"starts_on": starts_on, "ends_on": ends_on}
        rows.terms.append(Term(id=key("term", code), code=code, name_zh=zh, name_en=en, status=status, **days))
        firsts = [dt.date(*day) for day in FIRST_DAYS[code]]
        for n, (begun, ended) in enumerate(pairwise(firsts), 1):
            year = {"id": key("year", code, n), "term_id": key("term", code)}
            rows.years.append(TermYear(**year, n=n, starts_on=begun, ends_on=ended))


def add_bodies(rows: Rows) -> None:
    """34 sectors, 10 committees, 30 learning groups, party bodies, departments; of three kinds one has ended."""
    for n, sector in enumerate(SECTORS):
        _add(rows, BodyKind.SECTOR, n, Named(sector.zh, sector.en), sensitive=n in SENSITIVE)
    this_term: dict[str, Any] = {"term_id": key("term", "15"), "starts_on": TERM}
    for n, name in enumerate((*COMMITTEES, assembly.ENDED_COMMITTEE)):
        committee = _add(rows, BodyKind.SPECIAL_COMMITTEE, n, name, **this_term, **_ended(n, COMMITTEES))
        branch = Named(f"{name.zh}党支部", f"Party Branch of the {name.en}")
        _add(rows, BodyKind.PARTY_BRANCH, n, branch, **this_term, parent_id=committee, **_ended(n, COMMITTEES))
    groups = (*OF_COMMITTEES, *(name for name, _ in OF_SECTORS))
    for n, name in enumerate((*groups, assembly.ENDED_GROUP)):
        founded = this_term | {"starts_on": GROUPS_FOUNDED}
        _add(rows, BodyKind.LEARNING_GROUP, n, name, **founded, **_ended(n, groups))
    _add(rows, BodyKind.CHAIRS_MEETING, 0, assembly.CHAIRS_MEETING, **this_term)
    _add(rows, BodyKind.STANDING_COMMITTEE, 0, assembly.STANDING_COMMITTEE, **this_term)
    _add(rows, BodyKind.READING_GROUP, 0, assembly.READING_GROUP, **this_term)
    party = _add(rows, BodyKind.PARTY_GROUP, 0, assembly.PARTY_GROUP)
    _add(rows, BodyKind.THEORY_STUDY_CENTRE, 0, assembly.STUDY_CENTRE, parent_id=party)
    _add(rows, BodyKind.OTHER, 0, assembly.OFFICE, classification="机关")
    for n, name in enumerate(DEPARTMENTS):
        _add(rows, BodyKind.DEPARTMENT, n, name)


def add_relations(rows: Rows) -> None:
    """Learning groups derive from committees and sectors; a sector has its counterpart committee."""
    for n in range(len(COMMITTEES)):
        _tie(rows, _group(n), body(BodyKind.SPECIAL_COMMITTEE, n), RelationKind.DERIVED_FROM, GROUPS_FOUNDED)
    for n, (_, sectors) in enumerate(OF_SECTORS, len(COMMITTEES)):
        for sector in sectors:
            _tie(rows, _group(n), body(BodyKind.SECTOR, sector), RelationKind.DERIVED_FROM, GROUPS_FOUNDED)
    for n, facts in enumerate(SECTORS):
        committee = body(BodyKind.SPECIAL_COMMITTEE, facts.committee)
        _tie(rows, body(BodyKind.SECTOR, n), committee, RelationKind.COUNTERPART, TERM)


def body(kind: BodyKind, n: int = 0) -> UUID:
    """The key of the n-th body of a kind."""
    return key("body", kind.value, n)


def _group(n: int) -> UUID:
    return body(BodyKind.LEARNING_GROUP, n)


def _ended(n: int, lasting: tuple[Named, ...]) -> dict[str, Any]:
    """The one after the lasting ones has ended."""
    return {"ends_on": GROUP_ENDED} if n == len(lasting) else {}


def _add(rows: Rows, kind: BodyKind, n: int, name: Named, **facts: Any) -> UUID:
    keys = {"sort": names.sort_title(*name), "search": names.search_title(*name)}
    stamps = {"created_at": rows.now, "updated_at": rows.now}
    row = Body(id=body(kind, n), kind=kind, name_zh=name.zh, name_en=name.en, **keys, **stamps, **facts)
    rows.bodies.append(row)
    return row.id


def _tie(rows: Rows, source: UUID, target: UUID, kind: RelationKind, since: dt.date) -> None:
    facts: dict[str, Any] = {"source_id": source, "target_id": target, "kind": kind, "starts_on": since}
    rows.relations.append(BodyRelation(id=key("tie", source, target, kind), **facts, **recorded(since, rows.now)))
