"""Values that are put together in Python: what they read is described, so that a compiled operation reads it along."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

import strawberry
from strawberry.extensions import FieldExtension
from strawberry.utils.await_maybe import await_maybe
from tortoise.queryset import QuerySet

from server.models.reads import Read, read_all
from server.schema.declared import COUNTED, READS, WEIGHT, Among, Computed, Made, Picked, Ref
from server.schema.reading import Answer, Asking
from server.schema.rows import batch


def makes(
    description: str,
    *columns: str,
    kind: Any = None,
    extensions: Sequence[FieldExtension] = (),
    counted: int | None = None,
    weight: int | None = None,
) -> Callable[[Callable[..., Any]], Any]:
    """Decorates a resolver (root, info, arguments) that returns `await made(...)` for these columns of its row.

    extensions: the guard of a root field, which has no row. counted: of a list, as many as there may well be.
    weight: what it costs by itself, where it reads much more than it shows.
    """
    told = {COUNTED: counted, WEIGHT: weight}
    said = {READS: Computed(columns, reads=True)} | {key: value for key, value in told.items() if value}
    return strawberry.field(description=description, graphql_type=kind, extensions=list(extensions), metadata=said)


class Picks(FieldExtension):
    """On the ordinary road a `Ref` becomes the row that it names."""

    async def resolve_async(self, next_: Any, source: Any, info: Answer, **kwargs: Any) -> Any:
        """The row, or those of a list that are there."""
        value = await await_maybe(next_(source, info, **kwargs))
        if isinstance(value, list):
            found = await asyncio.gather(*(_row(info.context, one) for one in value))
            return [row for row in found if row is not None]
        return await _row(info.context, value)


def picked(rows: str, description: str) -> Any:
    """An attribute that holds a `Ref` to one of the rows that a `Made` names so, or a list of them.

    It is annotated with a type that reads such rows. What is not among them is null, and left out of a list.
    """
    return strawberry.field(description=description, extensions=[Picks()], metadata={READS: Picked(rows)})


async def made(
    asking: Asking,
    reads: Mapping[str, Read],
    make: Callable[[Mapping[str, Any]], Any],
    **rows: QuerySet[Any] | Among,
) -> Any:
    """What `make` makes of what is read by name: lists of tuples, or a number for a Count. One statement for each.

    rows: by name, whole rows that a `picked` field of the value may show: only such as this viewer may see.
    Where they are many, `Among` says which of them can be shown.
    """
    if asking.writing:
        return Made(reads, make, rows)
    value = make(await read_all(reads))
    return asking.meet(value) if isinstance(value, list) else value


async def _row(asking: Asking, ref: Any) -> Any:
    """A row by itself is what a change has just written."""
    if not isinstance(ref, Ref):
        return ref
    return await batch(asking, ("picked", id(ref.rows)), partial(_rows, ref.rows), ref.key)


async def _rows(rows: QuerySet[Any], keys: list[UUID]) -> list[Any]:
    found = {row.pk: row for row in await rows.filter(id__in=keys)}
    return [found.get(key) for key in keys]
