"""The plan for a change of term: what would happen on its first day. What is looked at and what is done come from it.

A seat in the draft is a stay or a coming; no seat is a leaving. What becomes of bodies is said by `TermBody`, or
follows from the term they belong to.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from server.models.bodies.tables import BodyKind, BodyRole
from server.models.members.tables import PostKind, Status, TermStatus
from server.rules import coverage
from server.rules.permissions import Role
from server.rules.renewal import Concern, FirstDay, Given, RenewalPart
from server.words import Words

LED = (BodyRole.HEAD, BodyRole.CONVENER)
"""Without whom a body that had one is not in order."""


@dataclass(frozen=True)
class TermFacts:
    """A term as the plan sees it."""

    id: UUID
    code: str
    name_zh: str
    name_en: str
    starts_on: dt.date | None
    ends_on: dt.date | None
    status: TermStatus


@dataclass(frozen=True)
class Post:
    """What a seat stands for."""

    kind: PostKind
    sector: UUID | None
    unit: str


@dataclass(frozen=True)
class Holder:
    """Someone with a seat. post: None where the seat has none; status: the last one."""

    person: UUID
    name: Words
    sort: str
    seat: UUID
    status: Status
    post: Post | None


@dataclass(frozen=True)
class Place:
    """A row that puts someone into a body."""

    id: UUID
    body: UUID
    person: UUID
    role: BodyRole
    starts_on: dt.date | None
    ends_on: dt.date | None
    primary: bool


@dataclass(frozen=True)
class BodyPlan:
    """What becomes of a body. decidable: someone may say so. said: someone did. leading: who leads it and leaves."""

    id: UUID
    kind: BodyKind
    name: Words
    belongs: bool
    carried: bool
    decidable: bool
    said: bool
    ends_on: dt.date | None
    staying: int
    leaving: int
    leading: tuple[tuple[Words, BodyRole], ...]


@dataclass(frozen=True)
class RoleEnd:
    """A given role that ends, and why. names: of the account, and of the body where it is for one."""

    given: Given
    account_name: str
    body_name: Words | None
    starts_on: dt.date | None
    ends_on: dt.date | None
    why: Words


@dataclass(frozen=True)
class Access:
    """An account of someone who leaves. keeps: the roles by which it stays; with none its access ends."""

    id: UUID
    name: str
    person: UUID
    keeps: tuple[Role, ...]
    sessions: int
    tokens: int
    consents: int


@dataclass(frozen=True)
class Decided:
    """A change that was decided and not taken back."""

    id: UUID
    on: dt.date
    at: dt.datetime
    by: str | None
    done_at: dt.datetime | None
    counts: Mapping[str, int]


@dataclass(frozen=True)
class Plan:
    """All of it. before, after: person -> seat, by pinyin."""

    term: TermFacts
    former: TermFacts
    decided: Decided | None
    before: Mapping[UUID, Holder]
    after: Mapping[UUID, Holder]
    bodies: Sequence[BodyPlan]
    places: Sequence[Place]
    roles: Sequence[RoleEnd]
    accounts: Sequence[Access]

    @property
    def on(self) -> dt.date | None:
        """Its day."""
        return self.term.starts_on

    def people(self, part: RenewalPart) -> list[UUID]:
        """With whom that is done, by pinyin."""
        if part is RenewalPart.COMES:
            return [person for person in self.after if person not in self.before]
        return [person for person in self.before if (person in self.after) is (part is RenewalPart.STAYS)]

    @cached_property
    def leavers(self) -> frozenset[UUID]:
        """Who leaves."""
        return frozenset(self.people(RenewalPart.LEAVES))

    @cached_property
    def ending(self) -> frozenset[UUID]:
        """The bodies that end."""
        return frozenset(body.id for body in self.bodies if not body.carried)

    @property
    def carried(self) -> list[UUID]:
        """The bodies of the former term that are carried into the next."""
        return [body.id for body in self.bodies if body.carried and body.belongs]

    def differing(self) -> list[tuple[Holder, Holder]]:
        """Who stays with another office, sector or unit: before, then."""
        both = ((self.before[person], self.after[person]) for person in self.people(RenewalPart.STAYS))
        return [(was, will) for was, will in both if was.post != will.post]

    def places_ended(self) -> list[Place]:
        """The places that end: of who leaves, and in bodies that end.

        In a learning group that ends only those of who leaves: coverage tells of the others until they are placed.
        """
        groups = {body.id for body in self.bodies if body.kind is BodyKind.LEARNING_GROUP}
        ended = self.ending - groups
        return [place for place in self.places if place.person in self.leavers or place.body in ended]

    def concerns(self) -> list[Concern]:
        """What would not be in order on the first day."""
        return self._first_day(self.on).concerns() if self.on else []

    def _first_day(self, on: dt.date) -> FirstDay:
        ended = {place.id for place in self.places_ended()}
        kept = [place for place in self.places if place.id not in ended and _holds(place, on)]
        lasting = {body.id: body for body in self.bodies if body.carried}
        led: dict[tuple[UUID, BodyRole], set[UUID]] = defaultdict(set)
        for place in kept:
            led[place.body, place.role].add(place.person)
        had = {(place.body, place.role) for place in self.places if place.role in LED}
        groups = {key: frozenset(led[key, BodyRole.HEAD]) for key, body in lasting.items() if _is_group(body)}
        others = [key for key, body in lasting.items() if not _is_group(body)]
        seated = {p: h for p, h in self.after.items() if h.status is Status.ACTIVE}
        convened = {h.post.sector for h in seated.values() if h.post and h.post.sector}
        needs = [key for key in others if (key, BodyRole.CONVENER) in had or key in convened]
        return FirstDay(
            on,
            seated={person: holder.post.sector if holder.post else None for person, holder in seated.items()},
            nominated=[person for person, holder in self.after.items() if holder.status is Status.NOMINATED],
            places=self._learning(kept, on),
            heads=groups,
            leaderless=[key for key in others if (key, BodyRole.HEAD) in had and not led[key, BodyRole.HEAD]],
            unconvened=[key for key in needs if not led[key, BodyRole.CONVENER]],
            ended=self.ending,
            without_post=[person for person, holder in seated.items() if holder.post is None],
            suspended=[person for person in seated if self._was(person) is Status.SUSPENDED],
            names=self._names,
        )

    def _was(self, person: UUID) -> Status | None:
        return self.before[person].status if person in self.before else None

    def _learning(self, kept: Iterable[Place], on: dt.date) -> list[coverage.Place]:
        ends = {body.id: on if not body.carried else body.ends_on for body in self.bodies if _is_group(body)}
        return [
            coverage.Place(place.person, place.body, place.starts_on, place.ends_on, ends[place.body], place.primary)
            for place in kept
            if place.body in ends
        ]

    @property
    def _names(self) -> dict[UUID, Words | str]:
        people = {person: holder.name for person, holder in self.after.items()}
        return {**{body.id: body.name for body in self.bodies}, **people}

    def counts(self) -> dict[str, int]:
        """How much of what, for people."""
        ending = [account for account in self.accounts if not account.keeps]
        return {
            **{part.value: len(self.people(part)) for part in RenewalPart},
            "differs": len(self.differing()),
            "bodies_carried": len(self.carried),
            "bodies_ended": len(self.ending),
            "places_ended": len(self.places_ended()),
            "roles_ended": len(self.roles),
            "accounts_ended": len(ending),
            "accounts_kept": len(self.accounts) - len(ending),
            "sessions": sum(account.sessions for account in ending),
            "tokens": sum(account.tokens for account in ending),
            "consents": sum(account.consents for account in ending),
        }


def _is_group(body: BodyPlan) -> bool:
    return body.kind is BodyKind.LEARNING_GROUP


def _holds(place: Place, on: dt.date) -> bool:
    return (place.starts_on is None or place.starts_on <= on) and (place.ends_on is None or place.ends_on > on)
