"""The names or member numbers in a list that was brought along: XLSX, or CSV in UTF-8 or GB18030."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from server.errors import Invalid, Problem
from server.imports import encoding, workbook
from server.imports.columns import find
from server.imports.values import Wrong
from server.words import say

BY = ("no", "name", "name_zh", "name_en")
"""The columns that say who is meant, the surest first; without a heading it is the first column."""
UNREAD = say("This is no XLSX, and no CSV in UTF-8 or GB18030 with a name or a number in each row.")


def names_in(path: Path) -> list[str]:
    """What each row says of who is meant. Raises Invalid where it cannot be read."""
    try:
        rows = [[_text(cell) for cell in row] for row in _rows(path)]
    except (Wrong, workbook.Unread, csv.Error, UnicodeDecodeError) as error:
        raise Invalid(Problem("UNREADABLE", UNREAD, "file")) from error
    rows = [row for row in rows if any(row)]
    headings = [column.field if (column := find(cell)) else "" for cell in rows[0]] if rows else []
    columns = [headings.index(name) for name in BY if name in headings]
    found = [_first(row, columns or [0]) for row in (rows[1:] if columns else rows)]
    if not any(found):
        raise Invalid(Problem("UNREADABLE", UNREAD, "file"))
    return [name for name in found if name]


def _rows(path: Path) -> Iterator[list[Any]]:
    if path.suffix == ".xlsx":
        yield from (cells for _, cells, _ in workbook.rows(path))
        return
    codec = encoding.detect(path)
    with path.open(encoding=codec, newline="") as file:
        yield from csv.reader(file)


def _text(cell: Any) -> str:
    whole = isinstance(cell, float) and cell.is_integer()
    return "" if cell is None else str(int(cell) if whole else cell).strip()


def _first(row: list[str], columns: list[int]) -> str:
    return next((row[at] for at in columns if at < len(row) and row[at]), "")
