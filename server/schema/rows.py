"""Rows as a viewer may see them: what is visible of each table, and how rows are read, all of an answer at once.

While a statement is written, rows are described instead (`asking.writing`).
"""

import datetime as dt
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from strawberry.dataloader import DataLoader
from tortoise.expressions import Q, Subquery
from tortoise.models import Model
from tortoise.queryset import QuerySet

from server.schema.asking import Asking
from server.schema.declared import BEGUN, Bare, Row, Rows, Through
from server.schema.ids import key_of, not_there
from server.viewer import Viewer

Visible = Callable[[Viewer], Q]
T = TypeVar("T")

RIGHT = Q(voided_at__isnull=True)
"""Rows that were not found to be wrong."""


@dataclass(frozen=True)
class Reading:
    """What a type reads: its table, and which rows of it this viewer may know of."""

    model: type[Model]
    visible: Visible
    name: str


READINGS: dict[type[Model], Reading] = {}


def everyone(_: Viewer) -> Q:
    """Rows that hide nothing by themselves: their fields and parents are guarded."""
    return Q()


def right(_: Viewer) -> Q:
    """Rows that were not found to be wrong; the wrong ones are told by `corrections`."""
    return RIGHT


async def row_of(asking: Asking, model: type[Model], key: UUID) -> Any:
    """One row by its key, if this viewer may see it; all rows asked for at once are one statement."""
    if asking.writing:
        return Row(model.filter(READINGS[model].visible(asking.viewer), id=key))
    return await _loader(asking, (model, "pk"), partial(_by_key, asking, model)).load(key)


async def one_of(asking: Asking, rows: QuerySet[Any]) -> Any:
    """The one row of these, or None: for root fields, where each is a statement."""
    return Row(rows) if asking.writing else await rows.first()


async def all_of(asking: Asking, rows: QuerySet[Any]) -> Any:
    """All of these rows: for lists that are short by nature."""
    return Rows(rows) if asking.writing else asking.meet(await rows)


def bare(asking: Asking, value: T) -> T | Bare:
    """An object that is no row, whose fields are computed or describe rows of their own."""
    return Bare(value) if asking.writing else value


def reckoned(asking: Asking, day: dt.date, reckon: Callable[[dt.date], dt.date]) -> dt.date:
    """Another day, reckoned from one that may be marked."""
    marks = asking.writing
    return marks.day(marks.bound(day).then(reckon, tells=", and counted from it")) if marks else reckon(day)


def day_begins(asking: Asking, day: dt.date, after: int = 0) -> Any:
    """The first moment of a day, or of one so many days after it, where the assembly sits; marked like the day."""
    zone, marks = asking.viewer.zone, asking.writing

    def begins(one: dt.date) -> dt.datetime:
        try:
            return dt.datetime.combine(one + dt.timedelta(days=after), dt.time(), zone).astimezone(dt.UTC)
        except OverflowError:  # the first and the last days of all
            return dt.datetime(one.year, 1 if one.year == 1 else 12, 1, tzinfo=dt.UTC)

    if marks:
        return marks.moment(marks.bound(day).then(begins, tells=f", its beginning, {after} days on"))
    return begins(day)


async def seen(asking: Asking, model: type[Model], id: str, field: str) -> UUID:
    """The key in an ID given as an argument. Raises NotThere also for a row that this viewer may not see."""
    key = key_of(id, model, field=field)
    if asking.writing:
        asking.checks.append(model.filter(READINGS[model].visible(asking.viewer), id=key))
        return key
    if not await model.filter(READINGS[model].visible(asking.viewer), id=key).exists():
        raise not_there(field)
    return key


async def rows_of(
    asking: Asking,
    model: type[Model],
    foreign_key: str,
    key: UUID,
    *,
    where: Q | None = None,
    cut: Hashable = None,
    order: tuple[str, ...] = ("id",),
) -> Any:
    """Rows that point to a key. cut: what tells this `where` from another of the same link, such as its day."""
    load = partial(_by_link, asking, model, f"{foreign_key}_id", where or Q(), order)
    return asking.meet(await _loader(asking, (model, foreign_key, cut, order), load).load(key))


async def batch(asking: Asking, name: Hashable, load: Callable[[list[Any]], Any], key: Any) -> Any:
    """For what is not a plain link: `load(keys)` answers for all keys asked for at once, in their order."""
    return await _loader(asking, name, load).load(key)


def _loader(asking: Asking, name: Hashable, load: Callable[[list[Any]], Any]) -> DataLoader[Any, Any]:
    if name not in asking.loaders:
        asking.loaders[name] = DataLoader(load_fn=lambda keys: asking.work(load(keys)))
    return asking.loaders[name]


async def _by_key(asking: Asking, model: type[Model], keys: list[UUID]) -> list[Any]:
    rows = await model.filter(READINGS[model].visible(asking.viewer), id__in=keys)
    found = {row.pk: row for row in rows}
    return [found.get(key) for key in keys]


async def led_to(asking: Asking, said: Through, where: Q, keys: list[UUID]) -> list[list[Any]]:
    """One statement, however many rows it is asked for."""
    far: Any = {f"{said.far}_id__in": Subquery(_seen(asking, said.model).values("id"))}
    ties = _seen(asking, said.ties).filter(where, **{f"{said.near}_id__in": keys}, **far)
    order = [f"-{said.far}__{name[1:]}" if name.startswith("-") else f"{said.far}__{name}" for name in said.order]
    found: dict[UUID, dict[UUID, Any]] = {key: {} for key in keys}
    for tie in await ties.select_related(said.far).order_by(*order):
        row = getattr(tie, said.far)
        found[getattr(tie, f"{said.near}_id")][row.pk] = row
    return [list(found[key].values()) for key in keys]


def _seen(asking: Asking, model: type[Model]) -> QuerySet[Any]:
    return model.filter(READINGS[model].visible(asking.viewer))


async def _by_link(
    asking: Asking, model: type[Model], column: str, where: Q, order: tuple[str, ...], keys: list[UUID]
) -> list[list[Any]]:
    visible = READINGS[model].visible(asking.viewer)
    found: dict[UUID, list[Any]] = {key: [] for key in keys}
    for row in await model.filter(visible, where, **{f"{column}__in": keys}).order_by(*order):
        found[getattr(row, column)].append(row)
    if order[0] == BEGUN:
        for rows in found.values():
            rows.sort(key=lambda row: getattr(row, BEGUN) is not None)
    return [found[key] for key in keys]
