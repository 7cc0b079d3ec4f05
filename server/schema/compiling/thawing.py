"""Days and times of a finished answer, back from their text: our own pages go on with them."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from uuid import UUID

from server.schema.compiling.sql import LOG
from server.schema.compiling.tree import (
    Cell,
    Guard,
    Held,
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

Time = tuple[tuple[str, ...], Callable[[str], Any]]
"""Where times stand in an answer, by its keys (a list is gone through), and how they are read."""

READ: dict[str, Callable[[str], Any]] = {"Date": dt.date.fromisoformat, "DateTime": dt.datetime.fromisoformat}


def times(roots: Mapping[str, Root]) -> Iterator[Time]:
    """Every place of a day or time in the answers of this tree."""
    for key, root in roots.items():
        if isinstance(root, Single | Listed):
            yield from _below((key,), root.record)
        if isinstance(root, Paged):
            yield from _in_part((key,), root.fields)


def thaw(data: dict[str, Any], places: tuple[Time, ...]) -> None:
    """Turns the texts in these places into days and times."""
    for path, read in places:
        _thaw(data, path, read)


def unsealed(data: Any, opened: Callable[[UUID, list[str]], None]) -> None:
    """Takes out of an answer what it says of the files that it opens, and tells it: person, columns."""
    if isinstance(data, dict):
        said = data.pop(LOG, None)
        if said:
            person, *columns = said.split(" ")
            opened(UUID(person), columns)
    for value in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        unsealed(value, opened)


def _in_part(path: tuple[str, ...], fields: Mapping[str, Piece]) -> Iterator[Time]:
    for key, piece in fields.items():
        yield from _in_part((*path, key), piece.fields)
        if piece.record is not None:
            yield from _below((*path, key), piece.record)


def _below(path: tuple[str, ...], record: Record) -> Iterator[Time]:
    for key, value in record.fields.items():
        yield from _at((*path, key), value)


def _at(path: tuple[str, ...], value: Value | Record) -> Iterator[Time]:
    if isinstance(value, Guard):
        value = value.cell
    if isinstance(value, Held):
        value = value.shown
    if isinstance(value, Cell) and value.kind in READ:
        yield path, READ[value.kind]
    if isinstance(value, Record):
        yield from _below(path, value)
    if isinstance(value, Link | Links):
        yield from _below(path, value.record)


def _thaw(data: Any, path: tuple[str, ...], read: Callable[[str], Any]) -> None:
    if isinstance(data, list):
        for one in data:
            _thaw(one, path, read)
    elif data is not None:
        key, *rest = path
        if rest:
            _thaw(data[key], tuple(rest), read)
        elif data[key] is not None:
            data[key] = read(data[key])
