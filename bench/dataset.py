"""The data set: an assembly of 2,000 members times the scale, the same rows in each database, from no chance at all.

Everything that visibility is about is in it: doubles that were merged away, entries that were wrong, sensitive bodies.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

from tortoise.models import Model

from bench.meetings import Meetings
from bench.papers import NOW, Papers
from server.models.accounts.tables import Account, RoleAssignment
from server.models.bodies.tables import Body, BodyKind, BodyMembership, BodyRole
from server.models.members.tables import Membership, MembershipPost, MembershipStatus, Person, Status, Term, TermStatus
from server.rules import names
from server.rules.permissions import Role

MEMBERS, SECTORS, GROUPS, COMMITTEES, PARTIES = 2_000, 34, 60, 10, 10
"""At scale 1. Members, groups and parties grow with the scale, so that a group stays as large."""
TERM, MOVED = dt.date(2025, 1, 13), dt.date(2026, 3, 2)
VIEWER = 7
"""The number of the member who asks: the head of a learning group, and in a sensitive body."""
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗"
GIVEN = "志明淑芬俊杰美玲建宏雅婷家豪怡君冠宇佳颖承恩诗涵文博晓东海燕春梅"
FAMILY = ("Alder", "Birch", "Cheng", "Duarte", "Ewing", "Fong", "Garcia", "Hale", "Ito", "Jansen")
UNITS = ("Harbour Office", "First Hospital", "Normal College", "Water Works", "City Library", "Light Rail Works")

Row = tuple[type[Model], dict[str, Any]]


@dataclass
class Assembly:
    """Makes the rows, each after what it points to."""

    scale: int
    chance: Random = field(default_factory=lambda: Random(7))  # noqa: S311  # made-up people, not secrets; the same each time
    numbers: Iterator[int] = field(default_factory=count)
    people: list[UUID] = field(default_factory=list)
    seats: list[UUID] = field(default_factory=list)
    bodies: dict[BodyKind, list[UUID]] = field(default_factory=dict)

    def rows(self) -> Iterator[Row]:
        """All of them."""
        term = self.key()
        yield Term, {"id": term, "code": "15", "name_zh": "第十五届", "starts_on": TERM, "status": TermStatus.ACTIVE}
        yield from self._bodies(BodyKind.SECTOR, SECTORS, "界别")
        yield from self._bodies(BodyKind.SPECIAL_COMMITTEE, COMMITTEES, "专门委员会")
        yield from self._bodies(BodyKind.LEARNING_GROUP, GROUPS * self.scale, "学习小组")
        yield from self._bodies(BodyKind.PARTY_GROUP, PARTIES * self.scale, "党派小组", sensitive=True)
        for number in range(MEMBERS * self.scale):
            yield from self._member(number, term)
        for number in range(MEMBERS * self.scale // 100):
            yield self._person(f"并{number}", f"Double {number}", merged_into_id=self.people[number])
        yield Account, {"id": self.key(), "name": "administrator"}
        asking, viewer = self.key(), self.people[VIEWER]
        yield Account, {"id": asking, "name": "asking", "person_id": viewer}
        office = self.key()
        yield Account, {"id": office, "name": "office"}
        yield RoleAssignment, {"id": self.key(), "account_id": office, "role": Role.SECRETARY}
        meetings = Meetings(self, viewer)
        yield from meetings.rows()
        yield from Papers(self, term, viewer, asking, self._of_viewer(), meetings.mine[0]).rows()

    def _of_viewer(self) -> tuple[UUID, UUID, UUID]:
        groups, committees = self.bodies[BodyKind.LEARNING_GROUP], self.bodies[BodyKind.SPECIAL_COMMITTEE]
        sector = self.bodies[BodyKind.SECTOR][VIEWER % SECTORS]
        return groups[VIEWER], committees[VIEWER % COMMITTEES], sector

    def key(self) -> UUID:
        """The next key, the same in each run."""
        return UUID(int=self.chance.getrandbits(128), version=4)

    def _bodies(self, kind: BodyKind, many: int, name: str, *, sensitive: bool = False) -> Iterator[Row]:
        for number in range(1, many + 1):
            key = self.key()
            self.bodies.setdefault(kind, []).append(key)
            english = f"{kind.name.replace('_', ' ').title()} {number}"
            facts = {
                "name_zh": f"{name}{number}",
                "name_en": english,
                "sort": f"{number:06}",
                "search": english.lower(),
            }
            yield Body, {"id": key, "kind": kind, "sensitive": sensitive, "starts_on": TERM, **facts}

    def _member(self, number: int, term: UUID) -> Iterator[Row]:
        chinese = self.chance.choice(SURNAMES) + "".join(self.chance.choices(GIVEN, k=2))
        person = self._person(chinese, f"{self.chance.choice(FAMILY)} {number}")
        seat = self.key()
        self.people.append(person[1]["id"])
        self.seats.append(seat)
        yield person
        yield Membership, {"id": seat, "person_id": self.people[-1], "term_id": term, "no": f"15-{number:06}"}
        yield from self._statuses(number, seat)
        yield from self._posts(number, seat)
        yield from self._places(number, seat)

    def _person(self, chinese: str, english: str, **facts: Any) -> Row:
        whole = (chinese, english, "", "")
        keys = {"sort_pinyin": names.sort_pinyin(*whole), "sort_strokes": names.sort_strokes(*whole)}
        keys |= {"search": names.search_text(*whole), "name_zh": chinese, "name_en": english}
        return Person, {"id": self.key(), **keys, **facts}

    def _statuses(self, number: int, seat: UUID) -> Iterator[Row]:
        """One in twenty was suspended at first; of one in thirty a wrong entry was corrected."""
        begun, of = MOVED if number % 20 == 0 else TERM, {"membership_id": seat}
        if begun != TERM:
            yield self._dated(MembershipStatus, TERM, MOVED, of | {"status": Status.SUSPENDED})
        if number % 30 == 0:
            yield self._dated(MembershipStatus, TERM, None, of | {"voided_at": NOW, "status": Status.ENDED})
        yield self._dated(MembershipStatus, begun, None, of | {"status": Status.ACTIVE})

    def _posts(self, number: int, seat: UUID) -> Iterator[Row]:
        """One in four changed sector and unit."""
        sectors, of = self.bodies[BodyKind.SECTOR], {"membership_id": seat, "unit": UNITS[number % len(UNITS)]}
        moved = number % 4 == 0
        if moved:
            yield self._dated(MembershipPost, TERM, MOVED, of | {"sector_id": sectors[number * 7 % SECTORS]})
        begun = MOVED if moved else TERM
        yield self._dated(MembershipPost, begun, None, of | {"sector_id": sectors[number % SECTORS]})

    def _places(self, number: int, seat: UUID) -> Iterator[Row]:
        """A learning group, one in ten came from another; a committee; for one in three a sensitive body."""
        groups, committees = self.bodies[BodyKind.LEARNING_GROUP], self.bodies[BodyKind.SPECIAL_COMMITTEE]
        parties, of = self.bodies[BodyKind.PARTY_GROUP], {"person_id": self.people[-1], "membership_id": seat}
        moved = number % 10 == 0
        if moved:
            yield self._dated(BodyMembership, TERM, MOVED, of | {"body_id": groups[(number + 1) % len(groups)]})
        first = {"role": BodyRole.HEAD} if number < len(groups) else {}
        begun = MOVED if moved else TERM
        yield self._dated(BodyMembership, begun, None, of | first | {"body_id": groups[number % len(groups)]})
        yield self._dated(BodyMembership, TERM, None, of | {"body_id": committees[number % COMMITTEES]})
        if number % 3 == 1:
            yield self._dated(BodyMembership, TERM, None, of | {"body_id": parties[number % len(parties)]})

    def _dated(self, model: type[Model], starts_on: dt.date, ends_on: dt.date | None, facts: dict[str, Any]) -> Row:
        return model, {"id": self.key(), "starts_on": starts_on, "ends_on": ends_on, **facts}
