"""How long who spoke: by person and by sector, what is left for a sector, and the share of members (HE-3, MJ-2)."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from server.rules.hearings.clock import NONE, Clock

HALF = Fraction(1, 2)


@dataclass(frozen=True)
class Spoken:
    """A statement that was begun: whose, for which sector, and its clock. member: of the assembly on that day."""

    person: UUID
    clock: Clock
    sector: UUID | None = None
    member: bool = False


def by_person(spoken: Iterable[Spoken], now: dt.datetime) -> dict[UUID, dt.timedelta]:
    """Person -> how long they spoke until now, all statements together."""
    found: dict[UUID, dt.timedelta] = {}
    for each in spoken:
        found[each.person] = found.get(each.person, NONE) + each.clock.used(now)
    return found


def by_sector(spoken: Iterable[Spoken], now: dt.datetime) -> dict[UUID | None, dt.timedelta]:
    """The same by sector; None: who spoke for none."""
    found: dict[UUID | None, dt.timedelta] = {}
    for each in spoken:
        found[each.sector] = found.get(each.sector, NONE) + each.clock.used(now)
    return found


def budget_left(
    budgets: Mapping[UUID, dt.timedelta], spoken: Iterable[Spoken], now: dt.datetime
) -> dict[UUID, dt.timedelta]:
    """Sector -> what is left of its time; negative by what it overran. Sectors without a budget are left out."""
    used = by_sector(spoken, now)
    return {sector: budget - used.get(sector, NONE) for sector, budget in budgets.items()}


@dataclass(frozen=True)
class MemberShare:
    """Of members among speakers, each counted once, and in the time spoken. It warns, never blocks (MJ-2)."""

    members: int
    speakers: int
    member_time: dt.timedelta
    time: dt.timedelta

    @property
    def of_speakers(self) -> Fraction | None:
        """From 0 to 1; None where nobody spoke."""
        return Fraction(self.members, self.speakers) if self.speakers else None

    @property
    def of_time(self) -> Fraction | None:
        """From 0 to 1; None where nobody spoke."""
        if not self.time:
            return None
        tick = dt.timedelta.resolution
        return Fraction(self.member_time // tick, self.time // tick)

    @property
    def warns(self) -> bool:
        """Members are less than half of the speakers, or of the time."""
        return any(share is not None and share < HALF for share in (self.of_speakers, self.of_time))


def member_share(spoken: Iterable[Spoken], now: dt.datetime) -> MemberShare:
    """The share of members until now."""
    all_of_it = list(spoken)
    members = [each for each in all_of_it if each.member]
    return MemberShare(
        len({each.person for each in members}),
        len({each.person for each in all_of_it}),
        sum((each.clock.used(now) for each in members), NONE),
        sum((each.clock.used(now) for each in all_of_it), NONE),
    )
