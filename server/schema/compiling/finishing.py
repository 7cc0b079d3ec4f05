"""What is done to an answer after the statement: values that are made, files opened, days and times for pages."""

import datetime as dt
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from functools import partial
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from server.errors import DomainError
from server.models.reads import kinds_of, valued
from server.schema.compiling.marks import NotCompiled
from server.schema.compiling.nodes import (
    Cell,
    Guard,
    Later,
    Link,
    Listed,
    Making,
    Paged,
    Piece,
    Provided,
    Record,
    Single,
    Thing,
    Value,
)
from server.schema.compiling.sql import KEY, LOG, UNSOUND
from server.schema.declared import Count, Made, Read, Statement

Path = tuple[str | int, ...]
"""Where something stands in an answer, by keys of objects and places in lists; lists are gone through by themselves."""
Act = Callable[[Any, Making], Awaitable[Any]]
Finish = tuple[Path, Act]
"""What becomes of what stands there."""

READ: dict[str, Callable[[str], Any]] = {"Date": dt.date.fromisoformat, "DateTime": dt.datetime.fromisoformat}


def finishes(root: Record, *, dates: bool) -> Iterator[Finish]:
    """All that is to be done: what is inside first, but before all it must be sound.

    dates: days and times become such, for pages.
    """
    for path, value in _at((), root):
        if isinstance(value, Provided):
            yield path, _sound
    for path, value in _at((), root):
        if isinstance(value, Later):
            yield path, partial(_make, value)
        elif isinstance(value, Thing):
            yield path, _unwrapped
        elif dates and isinstance(value, Cell) and value.kind in READ:
            yield path, partial(_read, READ[value.kind])


async def finish(data: Any, places: Iterable[Finish], making: Making) -> None:
    """Does what is to be done in these places."""
    for path, act in places:
        await _finish(data, path, act, making)


def unsealed(data: Any, opened: Callable[[UUID, list[str]], None]) -> None:
    """Takes out of an answer what it says of the files that it opens, and tells it: person, columns."""
    if isinstance(data, dict):
        said = data.pop(LOG, None)
        if said:
            person, *columns = said.split(" ")
            opened(UUID(person), columns)
    for value in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        unsealed(value, opened)


async def _sound(found: Any, _: Making) -> Any:
    if isinstance(found, dict) and UNSOUND in found:
        raise NotCompiled("a thing is not there for this viewer, or not for what is asked of it")
    return found


async def _read(read: Callable[[str], Any], text: str, _: Making) -> Any:
    return read(text)


async def _unwrapped(thing: dict[str, Any], _: Making) -> Any:
    """What stands under the letters of its table."""
    (found,) = thing.values()
    return found


async def _make(later: Later, parts: list[Any], making: Making) -> Any:
    """From what the statement told of a value to its JSON."""
    width, reads = len(later.columns), len(later.reads)
    row = _stand_in(later, parts[:width])
    shown = tuple({one.pop(KEY): one for one in listed} for listed in parts[width + reads :])
    try:
        value = await later.resolve(row, making)
        if isinstance(value, Made):
            facts = zip(later.reads.items(), parts[width : width + reads], strict=True)
            value = value.make({name: _typed(read, found) for (name, read), found in facts})
    except DomainError as error:
        raise NotCompiled(str(error)) from error
    return await later.shape(value, Making(making.asking, making.variables, shown))


def _stand_in(later: Later, texts: list[str | None]) -> SimpleNamespace:
    if later.model is None:
        return SimpleNamespace()
    known = later.model._meta.fields_map | {name: cell.field for name, cell in later.handed.items()}
    columns = [known[name] for name in later.columns]
    facts = {
        name: None if text is None else valued(column, text)
        for name, column, text in zip(later.columns, columns, texts, strict=True)
    }
    return SimpleNamespace(pk=facts.get("id"), **facts)


def _typed(read: Read, found: Any) -> Any:
    if isinstance(read, Count):
        return found
    kinds = list(read.kinds.values()) if isinstance(read, Statement) else kinds_of(read)
    return [tuple(None if text is None else kind(text) for kind, text in zip(kinds, row, strict=True)) for row in found]


def _at(path: Path, value: Value) -> Iterator[tuple[Path, Value]]:
    for way, inner in _inside(value):
        yield from _at((*path, *way), inner)
    if isinstance(value, Paged):
        yield from _in_part(path, value.fields)
    yield path, value.cell if isinstance(value, Guard) else value


def _inside(value: Value) -> Iterator[tuple[Path, Value]]:
    """What stands in a value, and the way there."""
    match value:
        case Record():
            yield from (((key,), one) for key, one in value.fields.items())
        case Link() | Listed():
            yield (), value.record
        case Provided(value=inner):
            yield (), inner
        case Single(shown=shown):
            yield (), shown
        case Thing(kinds=kinds):
            yield from (((prefix,), one) for prefix, one in kinds.items())
        case Later(columns=columns, reads=reads, picked=picked):
            yield from (((n,), one) for n, one in enumerate(picked, len(columns) + len(reads)))


def _in_part(path: Path, fields: Mapping[str, Piece]) -> Iterator[tuple[Path, Value]]:
    for key, piece in fields.items():
        yield from _in_part((*path, key), piece.fields)
        if piece.value is not None:
            yield from _at((*path, key), piece.value)


async def _finish(data: Any, path: Path, act: Act, making: Making) -> None:
    key, *rest = path
    if isinstance(data, list) and isinstance(key, str):
        for one in data:
            await _finish(one, path, act, making)
    elif data is not None and (isinstance(key, int) or key in data):
        if rest:
            await _finish(data[key], tuple(rest), act, making)
        elif data[key] is not None:
            data[key] = await act(data[key], making)
