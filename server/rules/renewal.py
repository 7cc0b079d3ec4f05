"""The change to the next term (换届): what ends with a seat, what goes on, what is not in order on the first day."""

import datetime as dt
import enum
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from server.rules import coverage
from server.rules.permissions import Role
from server.words import Words, say

ENDS_WITH_SEAT = frozenset({Role.CHAIR})
"""Roles that are given for what someone is as a member; the others are given for work that no seat is needed for."""


class RenewalPart(enum.Enum):
    """What becomes of someone with the next term."""

    STAYS = "stays"
    LEAVES = "leaves"
    COMES = "comes"


@dataclass(frozen=True)
class Given:
    """A role that was given to an account. holder, deputy_for: the people behind the accounts, where there are such."""

    id: UUID
    account: UUID
    role: Role
    holder: UUID | None = None
    body: UUID | None = None
    is_deputy: bool = False
    deputy_for: UUID | None = None


def why_it_ends(
    given: Given, leavers: Collection[UUID], ended: Collection[UUID], keepers: Collection[UUID]
) -> Words | None:
    """Why a role that was given ends with the term; None where it goes on.

    ended: bodies that end. keepers: those of the leavers who go on with work that needs no seat.
    """
    if given.body in ended:
        return say("The body for which it is held ends.")
    if given.holder in leavers and given.is_deputy:
        return say("Its holder leaves, and stood in for another.")
    if given.holder in leavers and given.role in ENDS_WITH_SEAT:
        return say("Its holder leaves.")
    if given.deputy_for in leavers and given.deputy_for not in keepers:
        return say("It stands in for someone who leaves.")
    return None


def is_work(given: Given, ended: Collection[UUID]) -> bool:
    """A role of one's own for work that needs no seat: who leaves and holds it keeps it, and the account."""
    return given.role not in ENDS_WITH_SEAT and not given.is_deputy and given.body not in ended


@dataclass(frozen=True)
class Concern:
    """What will not be in order on the first day. names: whom or what it is about, in order."""

    code: str
    message: Words
    rule: str | None = None
    names: tuple[Words | str, ...] = ()


@dataclass(frozen=True)
class FirstDay:
    """How things will stand on the first day of the next term, as far as rules look at it.

    seated: person -> sector, of active seats. places: in learning groups. heads: learning group -> its heads.
    leaderless: other bodies that had a head and will have none. unconvened: sectors that need a convener.
    suspended: those who are it so far, and seated then. names: of all people and bodies here.
    """

    on: dt.date
    seated: Mapping[UUID, UUID | None]
    nominated: Collection[UUID] = ()
    places: Collection[coverage.Place] = ()
    heads: Mapping[UUID, frozenset[UUID]] = field(default_factory=dict)
    leaderless: Collection[UUID] = ()
    unconvened: Collection[UUID] = ()
    ended: Collection[UUID] = ()
    without_post: Collection[UUID] = ()
    suspended: Collection[UUID] = ()
    names: Mapping[UUID, Words | str] = field(default_factory=dict)

    def concerns(self) -> list[Concern]:
        """What is not in order, the rules first."""
        ended = [person for person, sector in self.seated.items() if sector in self.ended]
        sectorless = {person for person, sector in self.seated.items() if sector is None} - {*self.without_post}
        found = (
            *self._headless(),
            self._about("NO_GROUP", say("Members who will be in no learning group:"), self._uncovered(), "LC-1"),
            self._about("NO_HEAD", say("Bodies that will have no head:"), self.leaderless),
            self._about("NO_CONVENER", say("Sectors and sector groups that will have no convener:"), self.unconvened),
            self._about("SECTOR_ENDS", say("Seats that stand for a sector that ends:"), ended),
            self._about("NO_SECTOR", say("Seats that state no sector:"), sectorless),
            self._about("NO_POST", say("Seats that state neither office nor sector:"), self.without_post),
            self._about("SUSPENDED", say("Suspended so far, and active from the first day on:"), self.suspended),
            self._about("NOMINATED", say("Only nominated, so not yet members on the first day:"), self.nominated),
        )
        return [concern for concern in found if concern]

    def _headless(self) -> Iterable[Concern | None]:
        groups = [coverage.Group(group, heads) for group, heads in self.heads.items()]
        gaps = coverage.leadership(groups, (), ())
        by_number: dict[bool, list[UUID]] = defaultdict(list)
        for gap in gaps:
            if gap.where and gap.problem.code == "LEADERSHIP_INCOMPLETE":
                by_number[bool(self.heads[gap.where])].append(gap.where)
        yield self._about("NO_GROUP_HEAD", say("Learning groups that will have no head:"), by_number[False], "LC-2")
        yield self._about(
            "MANY_GROUP_HEADS", say("Learning groups that will have several heads:"), by_number[True], "LC-2"
        )

    def _uncovered(self) -> list[UUID]:
        seats = [coverage.Seat(person, self.on, sector) for person, sector in self.seated.items()]
        found = coverage.coverage(seats, self.places, self.on, primary_only=True)
        return [one.person for one in found.without]

    def _about(self, code: str, message: Words, keys: Iterable[UUID], rule: str | None = None) -> Concern | None:
        concerned = set(keys)
        named = tuple(words for key, words in self.names.items() if key in concerned)
        return Concern(code, message, rule, named) if named else None
