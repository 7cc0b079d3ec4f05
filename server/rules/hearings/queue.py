"""Who is heard where places are given in order of arrival (HE-1)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from server.rules.hearings.lottery import Why
from server.rules.hearings.parties import Capacity


@dataclass(frozen=True)
class Queued:
    """An application in the queue. serial: in order of arrival. sector: of a member."""

    serial: int
    capacity: Capacity
    sector: UUID | None = None


@dataclass(frozen=True)
class Placed:
    """What became of one. place: in the queue of its capacity, from 1; of: places of that."""

    serial: int
    place: int
    of: int
    why: Why


def queue(
    applications: Sequence[Queued], places: Mapping[Capacity, int], *, per_sector: int | None = None
) -> list[Placed]:
    """Who has a place, who is in reserve, and why, in order of arrival.

    per_sector: of one sector at most so many at first; places that are left then are given to the others in order of
    arrival. Members of no sector count as none.
    """
    arrived = sorted(applications, key=lambda each: each.serial)
    taken = _taken(arrived, places, per_sector)
    taken |= _taken([each for each in arrived if each.serial not in taken], _left(arrived, places, taken), None)
    seen, found = Counter[Capacity](), []
    for each in arrived:
        seen[each.capacity] += 1
        of = places.get(each.capacity, 0)
        why = Why.RANK if each.serial in taken else Why.CLASS_FULL if of else Why.NO_PLACES
        found.append(Placed(each.serial, seen[each.capacity], of, why))
    return found


def _taken(arrived: Sequence[Queued], places: Mapping[Capacity, int], per_sector: int | None) -> set[int]:
    left, of_sector, taken = dict(places), Counter[UUID](), set()
    for each in arrived:
        full = per_sector is not None and each.sector is not None and of_sector[each.sector] >= per_sector
        if left.get(each.capacity, 0) and not full:
            left[each.capacity] -= 1
            of_sector.update([each.sector] if each.sector else [])
            taken.add(each.serial)
    return taken


def _left(arrived: Sequence[Queued], places: Mapping[Capacity, int], taken: set[int]) -> dict[Capacity, int]:
    had = Counter(each.capacity for each in arrived if each.serial in taken)
    return {capacity: n - had[capacity] for capacity, n in places.items()}
