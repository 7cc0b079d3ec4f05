"""The first sheet of an XLSX workbook, read in a process of its own that may take so much memory and time and no more.

openpyxl keeps strings, styles and each row in memory, whatever a file makes of them: a few kilobytes unpack to
gigabytes. The limits are the system's, so that they hold for every trick. This file runs alone as that process.
"""

import datetime as dt
import json
import resource
import subprocess
import sys
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import IO, Any, cast

MEMORY = 1 << 30
"""Bytes that the process may take."""
SECONDS = 300
"""Of the processor, for one reading; 100,000 rows take about 30."""
LARGEST = 1 << 30
"""Bytes that a workbook may unpack to."""
EMPTY = 10_000
"""Empty rows in a row: more of them are an accident of formatting."""
WIDEST = 1000
"""Columns."""
PORTION = 200

Cells = tuple[int, list[Any], dict[int, tuple[str, str]]]
"""Row, cells, and for those that hold no value their place and the error they hold, "" for a formula."""


class Unread(Exception):
    """The workbook cannot be read further. code: BROKEN, LARGE, EMPTY, WIDE or HEAVY. why: more of it."""

    def __init__(self, code: str, why: str = "") -> None:
        super().__init__(code, why)
        self.code, self.why = code, why


def rows(path: Path) -> Iterator[Cells]:
    """The rows that are not empty. Raises Unread."""
    command = [sys.executable, "-P", __file__, str(path), str(MEMORY), str(SECONDS), str(LARGEST)]
    process = subprocess.Popen(  # noqa: S603  # this very file, by this Python, without a shell
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    with process:
        try:
            yield from _received(process)
        finally:
            process.kill()


def _received(process: "subprocess.Popen[bytes]") -> Iterator[Cells]:
    out = cast(IO[bytes], process.stdout)
    while True:
        try:
            portion = json.loads(out.readline())
        except ValueError:  # cut off, or nothing more
            raise Unread("HEAVY") from None
        if isinstance(portion, dict):
            raise Unread(**portion)
        if not portion:
            return
        for number, values, wrong in portion:
            yield number, [_dated(value) for value in values], {at: (place, error) for at, place, error in wrong}


def _dated(value: Any) -> Any:
    """Days and times come as {"on": ...} and {"at": ...}."""
    if not isinstance(value, dict):
        return value
    return dt.date.fromisoformat(value["on"]) if "on" in value else dt.datetime.fromisoformat(value["at"])


# What follows runs in the process.


def main(path: str, memory: str, seconds: str, largest: str) -> None:
    """Write portions of rows to standard output; an empty one, or what is wrong, at the end."""
    resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
    try:
        found = read(path, int(largest))
        while portion := list(islice(found, PORTION)):
            _write([(number, values, [(at, *what) for at, what in wrong.items()]) for number, values, wrong in portion])
        _write([])
    except Unread as unread:
        _write({"code": unread.code, "why": unread.why})
    except MemoryError:
        return  # without a last word: too heavy
    except Exception as error:  # noqa: BLE001  # openpyxl raises whatever it stumbles over, and nothing else runs here
        _write({"code": "BROKEN", "why": str(error)[:300] or type(error).__name__})


def _write(what: object) -> None:
    """As a line of JSON: who reads it trusts nothing that came out of a file but its values."""
    sys.stdout.buffer.write(json.dumps(what, default=_plain).encode() + b"\n")
    sys.stdout.buffer.flush()


def _plain(value: object) -> object:
    if isinstance(value, dt.datetime):
        return {"at": value.isoformat()}
    return {"on": value.isoformat()} if isinstance(value, dt.date) else str(value)


def read(path: str, largest: int) -> Iterator[Cells]:
    """The rows. Raises Unread, and what openpyxl raises."""
    from openpyxl import load_workbook

    with zipfile.ZipFile(path) as archive:
        if sum(item.file_size for item in archive.infolist()) > largest:
            raise Unread("LARGE")
    with open(path, "rb") as file:  # a kept upload has no suffix, which openpyxl asks of a path
        with warnings.catch_warnings(action="ignore"):  # of what openpyxl leaves out: styles, drop-down lists
            book = load_workbook(file, read_only=True, data_only=False, keep_links=False)
        with closing(book):
            sheet = book.worksheets[0]
            sheet.reset_dimensions()
            yield from _filled(sheet.iter_rows())


def _filled(sheet: Iterable[Any]) -> Iterator[Cells]:
    last = 0
    for number, cells in enumerate(sheet, 1):
        values = [_value(cell) for cell in cells]
        while values and values[-1] in (None, ""):
            values.pop()
        if values:
            last = number
            wrong = {at: _wrong(cell) for at, cell in enumerate(cells) if cell.data_type in ("f", "e")}
            yield number, values, wrong
        if len(values) > WIDEST:
            raise Unread("WIDE", str(number))
        if number - last > EMPTY:
            raise Unread("EMPTY", str(last))


def _value(cell: Any) -> Any:
    """A formula may be an object; that there is one is all that counts."""
    return "=" if cell.data_type == "f" else cell.value


def _wrong(cell: Any) -> tuple[str, str]:
    return cell.coordinate, str(cell.value) if cell.data_type == "e" else ""


if __name__ == "__main__":
    main(*sys.argv[1:])
