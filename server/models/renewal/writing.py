"""How a change of term writes many rows at once, and notes what it wrote, so that it can be taken back."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from tortoise.models import Model

from server.models.accounts.tables import RoleAssignment
from server.models.bodies.counting import batches
from server.models.bodies.tables import Body, BodyMembership
from server.models.database import BATCH
from server.models.fields import Dated
from server.models.history import recorded
from server.models.members.tables import MembershipStatus, Term
from server.viewer import Viewer

NEVER_HELD = "The change of term came before it began."
DATED: dict[str, type[Dated]] = {
    model._meta.db_table: model for model in (MembershipStatus, BodyMembership, RoleAssignment)
}
CHANGED: dict[str, type[Model]] = {model._meta.db_table: model for model in (Term, Body)}

Ending = tuple[UUID, dt.date | None, dt.date | None]
"""Key, first day and end of a row that ends."""


@dataclass
class Written:
    """What was written. ended: table -> key -> the end it had; voided, made: table -> keys.

    changed: table -> key -> column -> [what it was, what it is].
    """

    viewer: Viewer
    ended: dict[str, dict[str, str | None]] = field(default_factory=lambda: defaultdict(dict))
    voided: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    made: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    changed: dict[str, dict[str, dict[str, list[Any]]]] = field(default_factory=lambda: defaultdict(dict))

    async def end(self, model: type[Dated], rows: Iterable[Ending], on: dt.date) -> None:
        """These end on that day; what had not begun by then never held."""
        begun: list[UUID] = []
        coming: list[UUID] = []
        for key, starts_on, ends_on in rows:
            if starts_on is not None and starts_on >= on:
                coming.append(key)
            else:
                begun.append(key)
                self.ended[_table(model)][str(key)] = ends_on.isoformat() if ends_on else None
        for batch in batches(begun):
            await model.filter(id__in=batch).update(ends_on=on)
        await self.void(model, coming)

    async def void(self, model: type[Dated], keys: Collection[UUID]) -> None:
        """These never were."""
        said = {"voided_at": self.viewer.now, "voided_by_id": self.viewer.account, "voided_reason": NEVER_HELD}
        for batch in batches(keys):
            await model.filter(id__in=batch).update(**said)
        self.voided[_table(model)] += map(str, sorted(keys))

    async def make(self, model: type[Dated], rows: Sequence[Mapping[str, Any]]) -> None:
        """New rows."""
        made = [model(**row, **recorded(self.viewer)) for row in rows]
        await model.bulk_create(made, BATCH)
        self.made[_table(model)] += [str(row.id) for row in made]

    async def change(self, model: type[Model], rows: Sequence[Mapping[str, Any]], **facts: Any) -> None:
        """Other values in columns of these rows, the same in all. rows: key, and these columns as they are."""
        for batch in batches(row["id"] for row in rows):
            await model.filter(id__in=batch).update(**facts, updated_at=self.viewer.now)
        for row in rows:
            columns = {name: [_plain(row[name]), _plain(fact)] for name, fact in facts.items()}
            self.changed[_table(model)][str(row["id"])] = columns

    def told(self) -> dict[str, object]:
        """As it is kept."""
        return {name: getattr(self, name) for name in ("ended", "voided", "made", "changed")}


def _table(model: type[Model]) -> str:
    return str(model._meta.db_table)


def _plain(fact: Any) -> Any:
    if isinstance(fact, dt.date | UUID):
        return str(fact)
    return getattr(fact, "value", fact)


async def touched_since(written: Mapping[str, Any], on: dt.date, at: dt.datetime) -> list[tuple[str, UUID]]:
    """Table and key of each row that is not any more as it was written. at: when."""
    found: list[tuple[str, UUID]] = []
    for table, model in DATED.items():
        keys = {
            "ended": list(written["ended"].get(table, {})),
            **{n: written[n].get(table, []) for n in ("voided", "made")},
        }
        same: dict[str, dict[str, Any]] = {
            "ended": {"ends_on": on, "voided_at": None},
            "voided": {"voided_at": at},
            "made": {"ends_on": None, "voided_at": None},
        }
        for name, facts in same.items():
            for batch in batches(map(UUID, keys[name])):
                left = {*await model.filter(id__in=batch, **facts).values_list("id", flat=True)}
                found += [(table, key) for key in batch if key not in left]
    for table, rows in written["changed"].items():
        facts = {
            str(row["id"]): row for row in await CHANGED[table].filter(id__in=[UUID(key) for key in rows]).values()
        }
        for key, columns in rows.items():
            if any(_plain(facts[key][name]) != now for name, (_, now) in columns.items()):
                found.append((table, UUID(key)))
    return found


async def take_back(viewer: Viewer, written: Mapping[str, Any], reason: str) -> None:
    """Everything is as it was before it was written; new rows stay as never having held."""
    for table, model in DATED.items():
        await _open_again(model, written["ended"].get(table, {}))
        right = {"voided_at": None, "voided_by_id": None, "voided_reason": ""}
        await _set(model, written["voided"].get(table, []), right)
        wrong = {"voided_at": viewer.now, "voided_by_id": viewer.account, "voided_reason": reason}
        await _set(model, written["made"].get(table, []), wrong)
    for table, rows in written["changed"].items():
        await _as_before(viewer, CHANGED[table], rows)


async def _as_before(viewer: Viewer, model: type[Model], rows: Mapping[str, Mapping[str, list[Any]]]) -> None:
    before: dict[tuple[tuple[str, Any], ...], list[UUID]] = defaultdict(list)
    for key, columns in rows.items():
        before[tuple((name, was) for name, (was, _) in columns.items())].append(UUID(key))
    for values, keys in before.items():
        facts = {name: _typed(model, name, was) for name, was in values}
        for batch in batches(keys):
            await model.filter(id__in=batch).update(**facts, updated_at=viewer.now)


async def _open_again(model: type[Dated], ended: Mapping[str, str | None]) -> None:
    before: dict[str | None, list[str]] = defaultdict(list)
    for key, end in ended.items():
        before[end].append(key)
    for end, keys in before.items():
        await _set(model, keys, {"ends_on": end and dt.date.fromisoformat(end)})


async def _set(model: type[Dated], keys: Iterable[str], facts: Mapping[str, Any]) -> None:
    for batch in batches(map(UUID, keys)):
        await model.filter(id__in=batch).update(**facts)


def _typed(model: type[Model], name: str, value: Any) -> Any:
    return None if value is None else model._meta.fields_map[name].to_python_value(value)
