"""How far those came who may read a document: what counts is the file that is read now (RD-3, RD-3a)."""

import datetime as dt
import enum
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID


class ReaderStanding(enum.Enum):
    """How far someone came with the file that is read now, in the order in which it happens."""

    UNOPENED = "unopened"
    BEGUN = "begun"
    READ_THROUGH = "read_through"
    UNDERSTOOD = "understood"

    def short_of(self, wanted: "ReaderStanding") -> bool:
        """Whether this is less than that."""
        return RANK[self] < RANK[wanted]


RANK = {standing: place for place, standing in enumerate(ReaderStanding)}


@dataclass(frozen=True)
class Reading:
    """One document and one person whom its grants reach, to whom nothing closes it.

    may_read: what `decide` says now, of the grants alone. inside: they can sign in. version: the file that is read
    now; seen: the one that they opened last. opened_at: the last time. refused: tries that were refused (RD-3a).
    """

    document: UUID
    person: UUID
    may_read: bool
    inside: bool
    receipt_by: dt.date | None = None
    version: UUID | None = None
    pages: int | None = None
    seen: UUID | None = None
    pages_seen: int | None = None
    opened_at: dt.datetime | None = None
    finished_at: dt.datetime | None = None
    confirmed_at: dt.datetime | None = None
    refused: int | None = None
    refused_at: dt.datetime | None = None

    @property
    def standing(self) -> ReaderStanding:
        """A confirmation counts as reading, whatever the pages say: on paper none is counted."""
        if self.confirmed_at:
            return ReaderStanding.UNDERSTOOD
        if self.opened_at is None or self.seen != self.version:
            return ReaderStanding.UNOPENED
        return ReaderStanding.READ_THROUGH if self.finished_at else ReaderStanding.BEGUN

    @property
    def earlier(self) -> bool:
        """They opened a file that another has replaced since, and not that one."""
        return self.opened_at is not None and self.seen != self.version

    def overdue(self, today: dt.date) -> bool:
        """See `late`."""
        return late(self.standing, self.receipt_by, today)


@dataclass(frozen=True)
class Group:
    """People, or documents, that stand alike. inside: they can sign in."""

    standing: ReaderStanding
    inside: bool
    receipt_by: dt.date | None
    people: int

    def overdue(self, today: dt.date) -> bool:
        """See `late`."""
        return late(self.standing, self.receipt_by, today)


def late(standing: ReaderStanding, receipt_by: dt.date | None, today: dt.date) -> bool:
    """The day by which readers confirm has gone by, and they have not."""
    return receipt_by is not None and receipt_by < today and standing is not ReaderStanding.UNDERSTOOD


@dataclass(frozen=True)
class Figures:
    """How many people stand how. overdue is among those who have not confirmed."""

    people: int = 0
    unopened: int = 0
    begun: int = 0
    read_through: int = 0
    understood: int = 0
    overdue: int = 0
    outside: int = 0


def figures(groups: Iterable[Group], today: dt.date) -> Figures:
    """Of these together. outside: they cannot sign in, so that only the office itself reaches them."""
    groups = list(groups)
    counts = dict.fromkeys((standing.value for standing in ReaderStanding), 0)
    for one in groups:
        counts[one.standing.value] += one.people
    overdue = sum(one.people for one in groups if one.overdue(today))
    outside = sum(one.people for one in groups if not one.inside)
    return Figures(sum(one.people for one in groups), **counts, overdue=overdue, outside=outside)
