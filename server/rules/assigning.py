"""Who should go to which learning group: a proposal that a person looks at before anything changes (LC-1, LC-2)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Open:
    """A group that takes members. size: those it has. derived_from: sectors and committees it stems from."""

    id: UUID
    size: int = 0
    derived_from: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class Proposal:
    """One person to one group. sector: the one both belong to, or None where the smallest group was chosen."""

    person: UUID
    group: UUID
    sector: UUID | None = None


def propose(uncovered: Iterable[tuple[UUID, frozenset[UUID]]], groups: Sequence[Open]) -> list[Proposal]:
    """A group for each person: the smallest that stems from one of the person's sectors, else the smallest of all.

    uncovered: person -> sectors, taken in this order; sizes grow as people are placed, so that groups stay even.
    No groups, no proposals.
    """
    sizes = {group.id: group.size for group in groups}
    return [_place(person, sectors, groups, sizes) for person, sectors in uncovered if groups]


def _place(person: UUID, sectors: frozenset[UUID], groups: Sequence[Open], sizes: dict[UUID, int]) -> Proposal:
    near = [group for group in groups if group.derived_from & sectors]
    group = min(near or groups, key=lambda group: (sizes[group.id], group.id))
    sizes[group.id] += 1
    return Proposal(person, group.id, min(group.derived_from & sectors, default=None))
