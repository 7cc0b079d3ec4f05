"""What an export says, whatever its format: bodies, and people in portions with their seats and memberships."""

import datetime as dt
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from server.imports.columns import COLUMNS, Column
from server.imports.filling import tells_all
from server.imports.seats import in_time
from server.imports.values import KEEP
from server.models.bodies import Body, BodyIdentifier, BodyMembership, BodyRelation
from server.models.members import (
    Membership,
    MembershipPost,
    MembershipStatus,
    Person,
    PersonIdentifier,
    Term,
    TermYear,
)
from server.rules.permissions import Action
from server.viewer import Viewer

SOURCE = "source"
PORTION = 1000
Facts = dict[str, Any]
"""Field of the list of columns -> value; KEEP where the viewer may not see it."""


@dataclass(slots=True)
class Someone:
    """A person with all that an export says of them; voided: memberships that were found to be wrong."""

    facts: Facts
    seats: list[Facts] = field(default_factory=list)
    memberships: list[Facts] = field(default_factory=list)
    voided: list[Facts] = field(default_factory=list)


class Gathering:
    """The register as this viewer may take it away. In memory: all bodies, and an id for each person."""

    def __init__(self, viewer: Viewer) -> None:
        self.guarded = viewer.may(Action.READ_FILE).allowed
        self.sensitive = viewer.may(Action.READ_SENSITIVE).allowed
        self.corrections = viewer.may(Action.MANAGE_MEMBERS).allowed and viewer.may(Action.MANAGE_BODIES).allowed
        self.rows: dict[UUID, Body] = {}
        self.ids: dict[UUID, str] = {}
        self.bodies: dict[UUID, Facts] = {}
        self.unique: set[str] = set()
        self.terms: dict[UUID, str] = {}
        self.term_facts: list[Facts] = []
        self.needless: set[str] = set()
        self.people: list[tuple[str, str, UUID]] = []

    @property
    def columns(self) -> list[Column]:
        """Those that this viewer may take away."""
        fitting = [column for column in COLUMNS if column.field not in self.needless]
        return [column for column in fitting if self.guarded or not column.guarded]

    async def load(self) -> None:
        """Terms, bodies, and the order of the people: by pinyin, then by id."""
        await self._load_terms()
        await self._load_bodies()
        ids = await _main_ids(PersonIdentifier.filter(scheme=SOURCE).values_list("person_id", "value"))
        people = await Person.filter(merged_into_id=None).values_list("id", "sort_pinyin", "name_zh", "name_en")
        self.people = sorted((str(sort), ids.get(key, f"per_{key}"), key) for key, sort, _, _ in people)
        odd = {
            "name_zh": any(not tells_all(zh, en) for _, _, zh, en in people),
            "body_zh": any(not tells_all(row.name_zh, row.name_en) for row in self.rows.values()),
        }
        self.needless = {name for name, needed in odd.items() if not needed}

    async def _load_terms(self) -> None:
        years: dict[UUID, list[Facts]] = defaultdict(list)
        for year in await TermYear.all().order_by("n"):
            years[year.term_id].append({"n": year.n, **_days(year)})
        terms = await Term.all().order_by("code")
        self.terms = {term.id: term.code for term in terms}
        self.term_facts = [
            {
                "term": term.code,
                "term_zh": term.name_zh,
                "term_en": term.name_en,
                "term_start": term.starts_on,
                "term_end": term.ends_on,
                "term_status": term.status,
                "term_years": years[term.id],
            }
            for term in terms
        ]

    async def _load_bodies(self) -> None:
        rows = await (Body.all() if self.sensitive else Body.filter(sensitive=False))
        main = await _main_ids(BodyIdentifier.filter(scheme=SOURCE).values_list("body_id", "value"))
        self.ids = {row.id: main.get(row.id, f"bod_{row.id}") for row in rows}
        names = [name for row in rows for name in {row.name_zh, row.name_en} - {""}]
        self.unique = {name for name in names if names.count(name) == 1} - set(self.ids.values())
        self.rows = {row.id: row for row in sorted(rows, key=lambda row: (row.sort, self.ids[row.id]))}
        others: dict[UUID, list[tuple[str, str]]] = defaultdict(list)
        for pair in await BodyIdentifier.all():
            others[pair.body_id].append((pair.scheme, pair.value))
        ties = await self._ties()
        self.bodies = {key: self._body(row, others[key]) | {"body_ties": ties[key]} for key, row in self.rows.items()}

    async def _ties(self) -> dict[UUID, list[Facts]]:
        found: dict[UUID, list[Facts]] = defaultdict(list)
        ties = BodyRelation.filter(source_id__in=[*self.rows], target_id__in=[*self.rows]).select_related("voided_by")
        for row in sorted(await ties, key=lambda row: (row.kind.value, self.ids[row.target_id], *in_time(row))):
            if row.voided_at is None or self.corrections:
                item = {"kind": row.kind.value, "organization_id": self.ids[row.target_id]}
                found[row.source_id].append(item | _days(row) | _voided(row))
        return found

    def _body(self, row: Body, identifiers: list[tuple[str, str]]) -> Facts:
        return {
            "body_id": self.ids[row.id],
            "body": row.name_zh or row.name_en,
            "body_zh": row.name_zh,
            "body_en": row.name_en,
            "body_kind": row.kind,
            "classification": row.classification,
            "body_term": self.terms.get(row.term_id, "") if row.term_id else "",
            "parent": self.ref(row.parent_id),
            "parent_id": self.ids.get(row.parent_id, "") if row.parent_id else "",
            "body_start": row.starts_on,
            "body_end": row.ends_on,
            "sensitive": row.sensitive,
            "body_identifiers": _others(identifiers, self.ids[row.id]),
        }

    def ref(self, key: UUID | None) -> str:
        """How to name a body so that an import finds it: by its name where only one has it, else by its id."""
        if key is None:
            return ""
        row = self.rows.get(key)
        if row is None:
            return KEEP
        return next((name for name in (row.name_zh, row.name_en) if name in self.unique), self.ids[key])

    async def portions(self) -> AsyncIterator[list[Someone]]:
        """The people, in order."""
        for at in range(0, len(self.people), PORTION):
            yield await self._portion(self.people[at : at + PORTION])

    async def _portion(self, people: list[tuple[str, str, UUID]]) -> list[Someone]:
        keys = [key for _, _, key in people]
        rows = {row.id: row for row in await Person.filter(id__in=keys)}
        pairs = _by(await PersonIdentifier.filter(person_id__in=keys), "person_id")
        seats = _by(await Membership.filter(person_id__in=keys), "person_id")
        seat_keys = [seat.id for held in seats.values() for seat in held]
        statuses = _by(await self._told(MembershipStatus.filter(membership_id__in=seat_keys)), "membership_id")
        posts = _by(await self._told(MembershipPost.filter(membership_id__in=seat_keys)), "membership_id")
        places = _by(await self._told(BodyMembership.filter(person_id__in=keys)), "person_id")
        found = []
        for _, named, key in people:
            if key not in rows:
                continue
            someone = Someone(self._person(named, rows[key], [(pair.scheme, pair.value) for pair in pairs[key]]))
            for seat in sorted(seats[key], key=lambda seat: self.terms[seat.term_id]):
                someone.seats.append(self._seat(seat, statuses[seat.id], posts[seat.id]))
            terms = {seat.id: self.terms[seat.term_id] for seat in seats[key]}
            for place in self._places(places[key], terms):
                (someone.voided if "voided_at" in place else someone.memberships).append(place)
            found.append(someone)
        return found

    async def _told(self, rows: Any) -> list[Any]:
        """The rows, those that were found to be wrong only for whoever may see corrections."""
        return list(await (rows.select_related("voided_by") if self.corrections else rows.filter(voided_at=None)))

    def _person(self, id: str, row: Person, identifiers: list[tuple[str, str]]) -> Facts:
        facts = {column.field: getattr(row, column.field, "") for column in self.columns if column.group == "person"}
        fixed = {name: getattr(row, name) if row.sort_fixed else "" for name in ("sort_pinyin", "sort_strokes")}
        return facts | fixed | {
            "id": id,
            "name": row.name_zh or row.name_en,
            "name_zh": row.name_zh,
            "identifiers": _others(identifiers, id),
        }  # fmt: skip

    def _seat(self, seat: Membership, statuses: list[Any], posts: list[Any]) -> Facts:
        """The newest status and post; the older ones, and those that were found to be wrong, in `earlier`."""
        statuses, posts = sorted(statuses, key=_standing_last), sorted(posts, key=_standing_last)
        facts: Facts = {"term": self.terms[seat.term_id], "no": seat.no}
        if statuses and (last := statuses[-1]).voided_at is None:
            statuses.pop()
            facts |= {"status": last.status, "status_start": last.starts_on, "status_end": last.ends_on}
            facts["status_reason"] = last.reason
        if posts and (last := posts[-1]).voided_at is None:
            posts.pop()
            facts |= self._post(last) | {"post_start": last.starts_on, "post_end": last.ends_on}
        earlier = [{"status": row.status.value, "reason": row.reason, **_days(row), **_voided(row)} for row in statuses]
        told = [{**self._post(row), **_days(row), **_voided(row)} for row in posts]
        earlier += [{**item, "post": item["post"].value} for item in told if item["sector"] != KEEP]
        return facts | ({"earlier": earlier} if earlier else {})

    def _post(self, row: Any) -> Facts:
        return {
            "post": row.kind,
            "sector": self.ref(row.sector_id),
            "unit": row.unit,
            "residence_area": row.residence_area,
        }

    def _places(self, rows: Iterable[BodyMembership], terms: dict[UUID, str]) -> list[Facts]:
        seen = [row for row in rows if row.body_id in self.rows]
        # One that was wrong is compared as a whole, so it leaves as a whole or not at all.
        seen = [row for row in seen if row.voided_at is None or self.ref(row.on_behalf_of_id) != KEEP]
        ordered = sorted(
            seen,
            key=lambda row: (
                self.rows[row.body_id].sort,
                self.ids[row.body_id],
                row.starts_on or dt.date.min,
                row.title,
                row.ends_on or dt.date.max,
                row.role.value,
                row.voided_at or row.recorded_at,
            ),
        )
        return [
            {
                "body_key": row.body_id,
                "title": row.title,
                "body_role": row.role,
                "primary": row.primary,
                "start_date": row.starts_on,
                "end_date": row.ends_on,
                "membership_term": terms.get(row.membership_id, "") if row.membership_id else "",
                "on_behalf_of": self.ref(row.on_behalf_of_id),
                "on_behalf_of_id": self.ids.get(row.on_behalf_of_id, "") if row.on_behalf_of_id else "",
                **_voided(row),
            }
            for row in ordered
        ]


async def _main_ids(pairs: Any) -> dict[UUID, str]:
    """The source id of each, the first by its bytes where there are several."""
    found: dict[UUID, str] = {}
    for key, value in await pairs:
        found[key] = min(value, found.get(key, value))
    return found


def _others(pairs: Iterable[tuple[str, str]], main: str) -> list[tuple[str, str]]:
    return sorted(pair for pair in pairs if pair != (SOURCE, main))


def _by(rows: Iterable[Any], column: str) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, column)].append(row)
    return found


def _days(row: Any) -> Facts:
    days = {"start_date": row.starts_on, "end_date": row.ends_on}
    return {name: day.isoformat() for name, day in days.items() if day}


def _voided(row: Any) -> Facts:
    """Who found it wrong, when and why; nothing where it stands."""
    if row.voided_at is None:
        return {}
    who = row.voided_by.name if row.voided_by else row.voided_elsewhere
    return {"voided_at": row.voided_at.isoformat(), "voided_by": who, "voided_reason": row.voided_reason}


def _standing_last(row: Any) -> tuple[Any, ...]:
    """Sorts a history: first what was found to be wrong, by when; the newest that stands is last."""
    return row.voided_at is None, *in_time(row), row.voided_at or row.recorded_at
