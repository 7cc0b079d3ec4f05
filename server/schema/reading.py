"""How rows are read: what a type may show of a table, and its links, read once for all rows of an answer.

A type declares itself with `reads(model, visible=...)` and its fields with `column`, `chosen`, `guarded`, `one`
and `many`. Declarations, not code: so visibility stands in one place, an answer costs one statement a link
however many rows it has, and what is declared can be compiled.
"""

import datetime as dt
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, TypeVar, cast
from uuid import UUID

import strawberry
from strawberry.dataloader import DataLoader
from strawberry.extensions import FieldExtension
from strawberry.types import Info
from tortoise.expressions import Q, Subquery
from tortoise.fields import CharField, JSONField
from tortoise.models import Model
from tortoise.queryset import QuerySet

import server.schema.enums  # noqa: F401  # the enums must be the schema's before a type uses one
from server.errors import NotThere
from server.models.fields import holding
from server.rules.permissions import Action, may_read_field
from server.schema.asking import Asking as Asking
from server.schema.declared import (
    BEGUN,
    READS,
    Bare,
    Chosen,
    Column,
    Computed,
    Current,
    Guarded,
    Key,
    Many,
    Named,
    One,
    Row,
    Rows,
    Same,
    Through,
)
from server.schema.ids import id_of, key_of, model_of, not_there
from server.viewer import Viewer

Visible = Callable[[Viewer], Q]
T = TypeVar("T")
Id = Annotated[strawberry.ID, strawberry.argument(description="Which one, by its ID.")]
On = Annotated[dt.date | None, strawberry.argument(description="As of this day; today where the assembly sits.")]
Ever = Annotated[bool, strawberry.argument(description="All that ever held, not only on that day.")]

RIGHT = Q(voided_at__isnull=True)
"""Rows that were not found to be wrong."""


Answer = Info[Asking, None]


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


def reads(model: type[Model], visible: Visible) -> Callable[[type[T]], type[T]]:
    """Declares the table of a type and the rows of it that a viewer may know of. Stands below `strawberry.type`."""

    def declare(cls: type[T]) -> type[T]:
        READINGS[model] = Reading(model, visible, cls.__name__)
        cast(Any, cls).is_type_of = classmethod(lambda _, row, info: isinstance(row, (model, cls)))
        return cls

    return declare


def column(description: str) -> Any:
    """A column of the same name."""
    return strawberry.field(description=description, metadata={READS: Column()})


def key(description: str) -> Any:
    """The ID of the row, in a type that is no Node."""

    def read(root: Any) -> strawberry.ID:
        return id_of(root)

    return strawberry.field(resolver=read, description=description, metadata={READS: Key()})


def chosen(stem: str, description: str) -> Any:
    """The column `stem_zh` or `stem_en`, by the language of the answer; the other where that one is empty."""

    def choose(root: Any, info: Answer) -> str:
        return in_language(root, stem, info.context.viewer)

    return strawberry.field(resolver=choose, description=description, metadata={READS: Chosen(stem)})


def in_language(row: Any, stem: str, viewer: Viewer) -> str:
    """The text of a row in the viewer's language, or in the other one."""
    zh, en = getattr(row, f"{stem}_zh"), getattr(row, f"{stem}_en")
    return str((zh or en) if viewer.locale == "zh" else (en or zh))


def guarded(name: str, kind: Any, description: str) -> Any:
    """A personal column: null for whoever may not read it; reading it of another person is logged (AU-1)."""

    def read(root: Any, info: Answer) -> Any:
        asking = info.context
        own = asking.viewer.person == root.id
        if not may_read_field(asking.viewer.roles, own, name, scopes=asking.viewer.scopes):
            return None
        if not own:
            asking.files_read.setdefault(root.id, set()).add(name)
        return getattr(root, name) or None

    text = f"{description} Guarded: null unless it is yours or you may {Action.READ_FILE.value}; reading is logged."
    return strawberry.field(resolver=read, graphql_type=kind, description=text, metadata={READS: Guarded(name)})


def one(model: type[Model], foreign_key: str, kind: Any, description: str) -> Any:
    """The row that a foreign key points to, null where there is none or not for this viewer."""

    async def follow(root: Any, info: Answer) -> Any:
        key = getattr(root, f"{foreign_key}_id")
        return None if key is None else await row_of(info.context, model, key)

    return strawberry.field(
        resolver=follow, graphql_type=kind, description=description, metadata={READS: One(model, foreign_key)}
    )


def many(
    model: type[Model],
    foreign_key: str,
    kind: Any,
    description: str,
    *,
    order: tuple[str, ...] = ("id",),
    where: Q | None = None,
) -> Any:
    """All rows that point here and that this viewer may see. For lists that are short by nature."""

    async def follow(root: Any, info: Answer) -> Any:
        return await rows_of(info.context, model, foreign_key, root.pk, where=where, order=order)

    said = Many(model, foreign_key, order, where or Q())
    return strawberry.field(resolver=follow, graphql_type=list[kind], description=description, metadata={READS: said})


def same(kind: Any, description: str) -> Any:
    """The row itself, seen as another type."""

    def stay(root: Any) -> Any:
        return root

    return strawberry.field(resolver=stay, graphql_type=kind, description=description, metadata={READS: Same()})


def through(
    ties: type[Model],
    near: str,
    far: str,
    model: type[Model],
    kind: Any,
    description: str,
    *,
    order: tuple[str, ...],
    where: Callable[[dt.date], Q] = holding,
) -> Any:
    """The rows of `model` to which the ties of a day lead from here, each once. order: of these rows.

    near, far: the foreign keys of a tie, to here and to there. Ties and rows that this viewer may not see lead nowhere.
    """

    async def follow(root: Any, info: Answer, on: On = None) -> Any:
        day = on or info.context.viewer.today
        load = partial(_through, info.context, said, where(day))
        return await _loader(info.context, (said, day), load).load(root.pk)

    said = Through(ties, near, far, model, order, where)
    return strawberry.field(resolver=follow, graphql_type=list[kind], description=description, metadata={READS: said})


def named(column: str, kind: Any, description: str) -> Any:
    """The thing whose ID stands in that column; null where there is none, or not for this viewer."""

    async def follow(root: Any, info: Answer) -> Any:
        said = getattr(root, column)
        try:
            model = model_of(said)
            key = key_of(said, model)
        except NotThere:
            return None
        return await row_of(info.context, model, key) if model in READINGS else None

    return strawberry.field(
        resolver=follow, graphql_type=kind, description=description, metadata={READS: Named(column)}
    )


def many_then(
    model: type[Model], foreign_key: str, kind: Any, description: str, *, order: tuple[str, ...], where: Q
) -> Any:
    """Rows that point here, hold on a day (`on`, today unless given) and are such."""

    async def follow(root: Any, info: Answer, on: On = None) -> Any:
        day = on or info.context.viewer.today
        found, cut = holding(day) & where, (str(where), day)
        return await rows_of(info.context, model, foreign_key, root.pk, where=found, cut=cut, order=order)

    said = Many(model, foreign_key, order, where, dated=True)
    return strawberry.field(resolver=follow, graphql_type=list[kind], description=description, metadata={READS: said})


def many_on(
    model: type[Model],
    foreign_key: str,
    kind: Any,
    description: str,
    *,
    order: tuple[str, ...] = ("id",),
) -> Any:
    """Rows that point here and hold on a day (`on`, today unless given); all of them with `ever: true`."""

    async def follow(
        root: Any,
        info: Answer,
        on: On = None,
        ever: Ever = False,
    ) -> Any:
        day = on or info.context.viewer.today
        found = RIGHT if ever else holding(day)
        return await rows_of(info.context, model, foreign_key, root.pk, where=found, cut=(day, ever), order=order)

    said = Many(model, foreign_key, order, dated=True)
    return strawberry.field(resolver=follow, graphql_type=list[kind], description=description, metadata={READS: said})


def current(model: type[Model], foreign_key: str, kind: Any, description: str, *, pick: str = "") -> Any:
    """The row of a history that holds on a day (`on`, today unless given), or that column of it; null for none."""

    async def follow(root: Any, info: Answer, on: On = None) -> Any:
        day = on or info.context.viewer.today
        rows = await rows_of(info.context, model, foreign_key, root.pk, where=holding(day), cut=day)
        return (getattr(rows[0], pick) if pick else rows[0]) if rows else None

    said = Current(model, foreign_key, pick)
    return strawberry.field(resolver=follow, graphql_type=kind, description=description, metadata={READS: said})


def computed(
    description: str, *columns: str, extensions: Sequence[FieldExtension] = ()
) -> Callable[[Callable[..., Any]], Any]:
    """Decorates a pure function (root, info): it may read these columns of the row and ask the viewer, nothing else.

    extensions: the guard of a root field, which has no row.
    """
    said = {READS: Computed(columns)}
    return strawberry.field(description=description, extensions=list(extensions), metadata=said)


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
    return Rows(rows) if asking.writing else await rows


def bare(asking: Asking, value: T) -> T | Bare:
    """An object that is no row, whose fields are computed or describe rows of their own."""
    return Bare(value) if asking.writing else value


def reckoned(asking: Asking, day: dt.date, reckon: Callable[[dt.date], dt.date]) -> dt.date:
    """Another day, reckoned from one that may be marked."""
    marks = asking.writing
    return marks.day(marks.bound(day).then(reckon, tells=", and counted from it")) if marks else reckon(day)


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
    return await _loader(asking, (model, foreign_key, cut, order), load).load(key)


async def batch(asking: Asking, name: Hashable, load: Callable[[list[Any]], Any], key: Any) -> Any:
    """For what is not a plain link: `load(keys)` answers for all keys asked for at once, in their order."""
    return await _loader(asking, name, load).load(key)


def _loader(asking: Asking, name: Hashable, load: Callable[[list[Any]], Any]) -> DataLoader[Any, Any]:
    if name not in asking.loaders:
        asking.loaders[name] = DataLoader(load_fn=load)
    return asking.loaders[name]


async def _by_key(asking: Asking, model: type[Model], keys: list[UUID]) -> list[Any]:
    rows = await model.filter(READINGS[model].visible(asking.viewer), id__in=keys)
    found = {row.pk: row for row in rows}
    return [found.get(key) for key in keys]


async def _through(asking: Asking, said: Through, where: Q, keys: list[UUID]) -> list[list[Any]]:
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


def given(change: object | None, model: type[Model]) -> dict[str, Any]:
    """What a client gave of an input about rows of that table; what was left out is left out.

    A null clears: the column where it can be empty, else a text or a list. Where neither can be, it says nothing.
    """
    if change is None:
        return {}
    said = {name: value for name, value in vars(change).items() if value is not strawberry.UNSET}
    cleared = {name: _nothing(model._meta.fields_map[name]) for name, value in said.items() if value is None}
    return {name: value for name, value in (said | cleared).items() if value is not strawberry.UNSET}


def _nothing(column: Any) -> Any:
    if column.null:
        return None
    if isinstance(column, JSONField):
        return []
    return "" if isinstance(column, CharField) and not hasattr(column, "enum_type") else strawberry.UNSET


def shows(kind: type[T], /, **rows: Any) -> T:
    """A payload whose fields are rows: the types they are declared as read them."""
    return kind(**rows)
