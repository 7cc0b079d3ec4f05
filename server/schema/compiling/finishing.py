"""What is done to an answer after the statement: fields that are computed, files opened, days and times for pages."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from server.schema.compiling.sql import LOG
from server.schema.compiling.tree import (
    Cell,
    Guard,
    Held,
    Later,
    Link,
    Links,
    Listed,
    Paged,
    Piece,
    Record,
    Root,
    Single,
    Value,
)
from server.schema.reading import Asking

Finish = tuple[tuple[str, ...], Callable[[Any, Asking], Any]]
"""Where something stands in an answer, by its keys (a list is gone through), and what becomes of it."""

READ: dict[str, Callable[[str], Any]] = {"Date": dt.date.fromisoformat, "DateTime": dt.datetime.fromisoformat}


def times(roots: Mapping[str, Root]) -> Iterator[Finish]:
    """Every place of a day or time: its text becomes one. For pages."""
    for path, value in _places(roots):
        if isinstance(value, Cell) and value.kind in READ:
            yield path, partial(_read, READ[value.kind])


def computed(roots: Mapping[str, Root]) -> Iterator[Finish]:
    """Every place of a computed field: its columns become its value."""
    for path, value in _places(roots):
        if isinstance(value, Later):
            yield path, partial(_compute, value)


def finish(data: dict[str, Any], places: Iterable[Finish], asking: Asking) -> None:
    """Does what is to be done in these places."""
    for path, act in places:
        _finish(data, path, act, asking)


def unsealed(data: Any, opened: Callable[[UUID, list[str]], None]) -> None:
    """Takes out of an answer what it says of the files that it opens, and tells it: person, columns."""
    if isinstance(data, dict):
        said = data.pop(LOG, None)
        if said:
            person, *columns = said.split(" ")
            opened(UUID(person), columns)
    for value in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        unsealed(value, opened)


def _read(read: Callable[[str], Any], text: str, _: Asking) -> Any:
    return read(text)


def _compute(later: Later, texts: list[str], asking: Asking) -> Any:
    columns = [later.model._meta.fields_map[name] for name in later.columns]
    facts = {
        name: column.to_python_value(text) for name, column, text in zip(later.columns, columns, texts, strict=True)
    }
    row = SimpleNamespace(pk=facts.get("id"), **facts)
    return later.resolver(row, SimpleNamespace(context=asking))


def _places(roots: Mapping[str, Root]) -> Iterator[tuple[tuple[str, ...], Value]]:
    for key, root in roots.items():
        if isinstance(root, Single | Listed):
            yield from _below((key,), root.record)
        if isinstance(root, Paged):
            yield from _in_part((key,), root.fields)


def _in_part(path: tuple[str, ...], fields: Mapping[str, Piece]) -> Iterator[tuple[tuple[str, ...], Value]]:
    for key, piece in fields.items():
        yield from _in_part((*path, key), piece.fields)
        if piece.record is not None:
            yield from _below((*path, key), piece.record)


def _below(path: tuple[str, ...], record: Record) -> Iterator[tuple[tuple[str, ...], Value]]:
    for key, value in record.fields.items():
        yield from _at((*path, key), value)


def _at(path: tuple[str, ...], value: Value | Record) -> Iterator[tuple[tuple[str, ...], Value]]:
    match value:
        case Record():
            yield from _below(path, value)
        case Link() | Links():
            yield from _below(path, value.record)
        case Held():
            yield from _at(path, value.shown)
        case Guard():
            yield path, value.cell
        case _:
            yield path, value


def _finish(data: Any, path: tuple[str, ...], act: Callable[[Any, Asking], Any], asking: Asking) -> None:
    if isinstance(data, list):
        for one in data:
            _finish(one, path, act, asking)
    elif data is not None:
        key, *rest = path
        if rest:
            _finish(data[key], tuple(rest), act, asking)
        elif data[key] is not None:
            data[key] = act(data[key], asking)
