"""How a plan writes: not at all for a preview; in portions, with what undo needs, when it is applied."""

import datetime as dt
import enum
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any, Protocol
from uuid import UUID

from tortoise.expressions import Q, Subquery
from tortoise.models import Model

from server.models.bodies import Body, BodyIdentifier, BodyMembership, BodyRelation
from server.models.database import BATCH, measured
from server.models.imports import ImportChange, ImportRun
from server.models.leaving import Left, leave
from server.models.members import Membership, MembershipPost, MembershipStatus, Person, PersonIdentifier, Term, TermYear
from server.viewer import Viewer

ORDER: tuple[type[Model], ...] = (
    Term, TermYear, Body, BodyIdentifier, BodyRelation, Person, PersonIdentifier, Membership, MembershipStatus,
    MembershipPost, BodyMembership,
)  # fmt: skip
"""Tables that an import writes, each after those it points to."""


class Sink(Protocol):
    """Where a plan's writes go. writes: False where it is no use to make rows at all."""

    writes: bool

    def create(self, row: Model) -> None:
        """A new row, its key already set."""

    def change(self, row: Model, facts: Mapping[str, Any]) -> None:
        """Other values in these columns of a row that is there. The row itself stays as it was read."""

    def delete(self, row: Model) -> None:
        """A row goes: only identifiers do."""

    async def flush(self) -> None:
        """The end of a portion."""


class Nowhere:
    """A preview writes nothing."""

    writes = False

    def create(self, row: Model) -> None:
        """Nothing."""

    def change(self, row: Model, facts: Mapping[str, Any]) -> None:
        """Nothing."""

    def delete(self, row: Model) -> None:
        """Nothing."""

    async def flush(self) -> None:
        """Nothing."""


async def touch(viewer: Viewer, people: Collection[UUID], seats: Collection[UUID], bodies: Collection[UUID]) -> None:
    """Something about these changed, and about those who hold the seats: whoever keeps a copy asks again."""
    old, now = ~Q(updated_at=viewer.now), {"updated_at": viewer.now}
    if people:
        await Person.filter(old, id__in=sorted(people)).update(**now)
    if seats:
        await Membership.filter(old, id__in=sorted(seats)).update(**now)
        holders = Membership.filter(id__in=sorted(seats)).values("person_id")
        await Person.filter(old, id__in=Subquery(holders)).update(**now)
    if bodies:
        await Body.filter(old, id__in=sorted(bodies)).update(**now)


class Writing:
    """Writes portions inside the caller's transaction, and an ImportChange for each row."""

    writes = True

    def __init__(self, viewer: Viewer, run: ImportRun) -> None:
        self.viewer, self.run, self.seq, self.portions = viewer, run, 0, 0
        self.new: dict[type[Model], list[Model]] = defaultdict(list)
        self.other: list[tuple[Model, dict[str, Any]]] = []
        self.gone: list[Model] = []
        self.people: set[UUID] = set()
        self.bodies: set[UUID] = set()
        self.seats: set[UUID] = set()

    def create(self, row: Model) -> None:
        """Kept until the end of the portion."""
        self.new[type(row)].append(row)
        self._touch(row)

    def change(self, row: Model, facts: Mapping[str, Any]) -> None:
        """Kept until the end of the portion."""
        self.other.append((row, dict(facts)))
        self._touch(row)

    def delete(self, row: Model) -> None:
        """Kept until the end of the portion."""
        self.gone.append(row)
        self._touch(row)

    async def flush(self) -> None:
        """Write what was kept: what goes, what is new in the order of the tables, what is another."""
        changes = [self._change(row, columns(row), None) for row in self.gone]
        for row in self.gone:
            await type(row).filter(id=row.pk).delete()
        for model in ORDER:
            if self.new[model]:
                await model.bulk_create(self.new[model], batch_size=BATCH)
                changes += [self._change(row, None, columns(row)) for row in self.new[model]]
        for row, facts in self.other:
            await type(row).filter(id=row.pk).update(**facts)
            changes.append(self._change(row, {name: getattr(row, name) for name in facts}, facts))
        await ImportChange.bulk_create(changes, batch_size=BATCH)
        hidden = [row.pk for row, facts in self.other if isinstance(row, Body) and facts.get("sensitive")]
        await leave(self.viewer, Left.BODIES, hidden, "sensitive")
        await self._mark()
        self.portions += 1
        await measured(self.portions, *ORDER)
        self.new.clear()
        self.other.clear()
        self.gone.clear()

    async def _mark(self) -> None:
        made = {row.pk for row in self.new[Membership]}
        await touch(self.viewer, self.people, self.seats - made, self.bodies)
        self.people.clear()
        self.seats.clear()
        self.bodies.clear()

    def _touch(self, row: Model) -> None:
        if isinstance(row, BodyIdentifier | BodyMembership):
            self.bodies.add(row.body_id)
        if isinstance(row, BodyRelation):
            self.bodies |= {row.source_id, row.target_id}
        if isinstance(row, PersonIdentifier | BodyMembership | Membership):
            self.people.add(row.person_id)
        if isinstance(row, MembershipStatus | MembershipPost):
            self.seats.add(row.membership_id)

    def _change(self, row: Model, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> ImportChange:
        self.seq += 1
        return ImportChange(
            run_id=self.run.id,
            seq=self.seq,
            table_name=row._meta.db_table,
            object_id=row.pk,
            before=None if before is None else stored(before),
            after={} if after is None else stored(after),
        )


DERIVED = ("id", "updated_at", "created_at", "recorded_at", "sort", "sort_pinyin", "sort_strokes", "search")
"""Columns that say nothing of their own about a row."""


def columns(row: Model) -> dict[str, Any]:
    """The columns of a row that tell whether someone touched it since."""
    return {name: getattr(row, name) for name in row._meta.fields_db_projection if name not in DERIVED}


def stored(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Values as JSON keeps them."""
    return {name: plain(value) for name, value in facts.items()}


def plain(value: Any) -> Any:
    """A value as JSON keeps it."""
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
