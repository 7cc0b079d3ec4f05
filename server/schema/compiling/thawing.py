"""Days and times of a finished answer, back from their text: our own pages go on with them."""

import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from server.schema.compiling.tree import Cell, Link, Links, Listed, Paged, Piece, Record, Root, Single, Value

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


def thawed(text: str, places: tuple[Time, ...]) -> dict[str, Any]:
    """The answer as values."""
    data: dict[str, Any] = json.loads(text)
    for path, read in places:
        _thaw(data, path, read)
    return data


def _in_part(path: tuple[str, ...], fields: Mapping[str, Piece]) -> Iterator[Time]:
    for key, piece in fields.items():
        yield from _in_part((*path, key), piece.fields)
        if piece.record is not None:
            yield from _below((*path, key), piece.record)


def _below(path: tuple[str, ...], record: Record) -> Iterator[Time]:
    for key, value in record.fields.items():
        yield from _at((*path, key), value)


def _at(path: tuple[str, ...], value: Value) -> Iterator[Time]:
    if isinstance(value, Cell) and value.kind in READ:
        yield path, READ[value.kind]
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
