# what is put together here are SELECTs of this module; facts are parameters
"""Who of those in no group could go where: a plan that a person looks at before anything changes (LC-1)."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from tortoise.expressions import Subquery
from tortoise.queryset import QuerySet

from server.models.bodies.tables import Body, BodyKind, BodyMembership, BodyRelation, RelationKind
from server.models.fields import holding
from server.models.learning.covering import Asked
from server.models.learning.leading import gathered, groups_on
from server.models.members.queries import active_seats
from server.models.members.tables import MembershipPost, Person
from server.models.reads import Columns, Read, Statement, read_all
from server.rules.assigning import Open, Proposal, propose
from server.rules.permissions import Action
from server.viewer import Viewer
from server.words import Words, both_names, say


@dataclass(frozen=True)
class Assignment:
    """One line of the plan: this person to this group, and why that one."""

    person: UUID
    person_name: str
    group: UUID
    group_name: str
    why: Words


@dataclass(frozen=True)
class Among:
    """Whom a plan is for. people: these alone. sector: those whose seat stands for it; sectorless: for none at all."""

    people: Collection[UUID] | None = None
    sector: UUID | None = None
    sectorless: bool = False


EVERYONE = Among()


async def preview_assignment(
    viewer: Viewer, *, on: dt.date, term: UUID | None = None, among: Among = EVERYONE
) -> list[Assignment]:
    """A group for everyone who is in none on that day, by sector where a group stems from it, else the smallest.

    Whoever has a place from a later day on is left out. Nothing is changed.
    """
    viewer.must_everywhere(Action.MANAGE_LEARNING)
    return proposed(await read_all(Waiting(on, term, among).reads))


@dataclass(frozen=True)
class Waiting:
    """Those who are in no group on a day and have no later place. term: its key, or what selects it."""

    on: dt.date
    term: Any = None
    among: Among = EVERYONE

    @property
    def reads(self) -> dict[str, Read]:
        """What `proposed` takes."""
        stems = BodyRelation.filter(
            holding(self.on), kind=RelationKind.DERIVED_FROM, source__kind=BodyKind.LEARNING_GROUP
        )
        return {
            "waiting": self._read(_WAITING, {"person_id": UUID, "name_zh": str, "name_en": str}, ("person_id",)),
            "belongs": self._read(_BELONGS, {"person_id": UUID, "body_id": UUID}, ("person_id", "body_id")),
            "sizes": self._read(_SIZES, {"body_id": UUID, "people": int}, ("body_id",)),
            "groups": Columns(Body.filter(groups_on(self.on, self.term)).order_by("id"), ("id", "name_zh", "name_en")),
            "stems": Columns(stems.order_by("id"), ("source_id", "target_id", "target__name_zh", "target__name_en")),
        }

    def first(self, seen: QuerySet[Person], size: int) -> Statement:
        """The keys of the first of them by pinyin, of the people who may be shown."""
        said = self._read(_FIRST, {"key": UUID}, ("sort_pinyin", "key"))
        facts = {**said.facts, "size": size}
        return replace(said, facts=facts, rows={**said.rows, "seen": seen.values("id")})

    def _read(self, sql: str, kinds: Mapping[str, Any], order: tuple[str, ...]) -> Statement:
        asked = Asked(BodyKind.LEARNING_GROUP, self.on, self.on, self.term)  # who is late does not matter here
        keys = {f"only{n}": key for n, key in enumerate(self.among.people or ())}
        said = asked.read(sql, dict(kinds), order, **keys)
        conditions = " ".join(("l.code <> 'DUPLICATE' AND l.person_id NOT IN ({coming})", *self._conditions(keys)))
        shared = {**said.shared, "waiting": f"{_PEOPLE} WHERE {conditions}"}
        return replace(said, rows={**said.rows, **self._rows}, shared=shared)

    def _conditions(self, keys: Collection[str]) -> list[str]:
        found = []
        if self.among.people is not None:
            found.append(f"AND l.person_id IN ({', '.join(f':{name}' for name in keys) or 'NULL'})")
        if self.among.sector is not None:
            found.append("AND l.person_id IN ({in_sector})")
        if self.among.sectorless:
            found.append("AND l.person_id NOT IN ({in_sectors})")
        return found

    @property
    def _rows(self) -> dict[str, Any]:
        places = BodyMembership.filter(primary=True, body__kind=BodyKind.LEARNING_GROUP)
        committees = [BodyKind.SECTOR_GROUP, BodyKind.SPECIAL_COMMITTEE]
        seats = Subquery(active_seats(self.on, self.term).values("id"))
        posts = MembershipPost.filter(holding(self.on), membership_id__in=seats, sector_id__isnull=False)
        return {
            "coming": places.filter(voided_at=None, starts_on__gt=self.on).values("person_id"),
            "placed": places.filter(holding(self.on)).values("body_id", "person_id"),
            "posts": posts.values("membership__person_id", "sector_id"),
            "in_sectors": posts.values("membership__person_id"),
            "in_sector": posts.filter(sector_id=self.among.sector).values("membership__person_id"),
            "sittings": BodyMembership.filter(holding(self.on), body__kind__in=committees).values(
                "person_id", "body_id"
            ),
        }


def proposed(facts: Mapping[str, Any]) -> list[Assignment]:
    """The plan, from what was read."""
    belongs, sizes = gathered(facts["belongs"]), dict(facts["sizes"])
    stems = gathered((group, stem) for group, stem, *_ in facts["stems"])
    groups = {key: names for key, *names in facts["groups"]}
    people = {key: names for key, *names in facts["waiting"]}
    opened = [Open(key, sizes.get(key, 0), frozenset(stems[key])) for key in groups]
    plan = propose([(key, frozenset(belongs[key])) for key in people], opened)
    names = {stem: found for _, stem, *found in facts["stems"]}
    return [
        Assignment(line.person, _known(people[line.person]), line.group, _known(groups[line.group]), _why(line, names))
        for line in plan
    ]


def _known(names: Collection[str]) -> str:
    return next((known for known in names if known), "")


def _why(line: Proposal, stems: Mapping[UUID, Any]) -> Words:
    if line.sector is None:
        return say("The smallest group.")
    return say("The group stems from {body}.", body=both_names(*stems[line.sector]))


_PEOPLE = "SELECT l.person_id, p.name_zh, p.name_en, p.sort_pinyin FROM {listed} l JOIN person p ON p.id = l.person_id"

_WAITING = "SELECT person_id, name_zh, name_en FROM {waiting} waiting"

_BELONGS = """SELECT w.person_id, s.sector_id AS body_id FROM {waiting} w
  JOIN ({posts}) s ON s.membership__person_id = w.person_id
  UNION SELECT w.person_id, s.body_id FROM {waiting} w JOIN ({sittings}) s ON s.person_id = w.person_id"""
"""The sectors for which their seats stand, the committees and sector groups in which they sit."""

_SIZES = "SELECT body_id, COUNT(DISTINCT person_id) AS people FROM ({placed}) placed GROUP BY body_id"

_FIRST = """SELECT person_id AS key, sort_pinyin FROM {waiting} waiting WHERE person_id IN ({seen})
  ORDER BY sort_pinyin, person_id LIMIT :size"""
