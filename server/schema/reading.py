"""How rows are read: what a type may show of a table, and its links, read once for all rows of an answer.

A type declares itself with `reads(model, visible=...)` and its fields with `column`, `chosen`, `guarded`, `one`
and `many`. Declarations, not code: so visibility stands in one place, an answer costs one statement a link
however many rows it has, and what is declared can be compiled.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated, Any, TypeVar, cast

import strawberry
from graphql import GraphQLAbstractType, GraphQLNamedType, GraphQLSchema, get_named_type
from strawberry.extensions import FieldExtension
from strawberry.types import Info
from tortoise.expressions import Q
from tortoise.fields import CharField, JSONField
from tortoise.models import Model

from server.errors import NotThere
from server.models.fields import holding
from server.rules.permissions import Action, may_read_field
from server.schema import enums as enums  # they must be the schema's before a type uses one
from server.schema.asking import Asking as Asking
from server.schema.declared import (
    COUNTED,
    READS,
    SHORT,
    Chosen,
    Column,
    Computed,
    Current,
    Guarded,
    Key,
    Many,
    Named,
    One,
    Same,
    Through,
)
from server.schema.ids import id_of, key_of, model_of
from server.schema.rows import READINGS, RIGHT, Reading, Visible, batch, led_to, row_of, rows_of
from server.viewer import Viewer

T = TypeVar("T")
Id = Annotated[strawberry.ID, strawberry.argument(description="Which one, by its ID.")]
On = Annotated[dt.date | None, strawberry.argument(description="As of this day; today where the assembly sits.")]
Ever = Annotated[bool, strawberry.argument(description="All that ever held, not only on that day.")]

Answer = Info[Asking, None]


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
    counted: int = SHORT,
) -> Any:
    """All rows that point here and that this viewer may see. counted: as many as there may well be."""

    async def follow(root: Any, info: Answer) -> Any:
        return await rows_of(info.context, model, foreign_key, root.pk, where=where, order=order)

    said = {READS: Many(model, foreign_key, order, where or Q()), COUNTED: counted}
    return strawberry.field(resolver=follow, graphql_type=list[kind], description=description, metadata=said)


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
        load = partial(led_to, info.context, said, where(day))
        return info.context.meet(await batch(info.context, (said, day), load, root.pk))

    said = Through(ties, near, far, model, order, where)
    return strawberry.field(resolver=follow, graphql_type=list[kind], description=description, metadata={READS: said})


def named(column: str, kind: Any, description: str, models: tuple[type[Model], ...] | None = None) -> Any:
    """The thing whose ID stands in that column; null where there is none, or not for this viewer.

    kind: an interface or a union; what is none of its types is null, too. models: whose IDs ever stand there, so that
    the statement need not know of others: a parser holds only so many.
    """

    async def follow(root: Any, info: Answer) -> Any:
        said = getattr(root, column)
        try:
            model = model_of(said)
            key = key_of(said, model)
        except NotThere:
            return None
        return await row_of(info.context, model, key) if model in may_be(info._raw_info.schema, kind_of(info)) else None

    return strawberry.field(
        resolver=follow, graphql_type=kind, description=description, metadata={READS: Named(column, models)}
    )


def kind_of(info: Answer) -> GraphQLNamedType:
    """What the field that is resolved gives, as GraphQL knows it."""
    return get_named_type(info._raw_info.return_type)


def may_be(schema: GraphQLSchema, kind: GraphQLNamedType) -> list[type[Model]]:
    """The tables whose rows can be a thing of that interface or union."""
    names = {one.name for one in schema.get_possible_types(cast(GraphQLAbstractType, kind))}
    return [model for model, reading in READINGS.items() if reading.name in names]


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
