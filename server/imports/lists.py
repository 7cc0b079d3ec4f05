"""The lists of a JSON file, whatever stands around them: an object of lists, an array, or one object alone."""

import codecs
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import ijson

from server.imports.encoding import LONGEST
from server.imports.records import Message
from server.imports.survey import VALUES, Survey, Unfit
from server.words import say

DIGITS = re.compile(rb"[0-9]{1000}")
QUOTE = re.compile(rb'(?<!\\)"')
"""Where a text begins or ends; one behind a backslash may do neither."""
LISTS = ("persons", "organizations", "posts", "memberships", "voided_memberships", "terms")


class Lists:
    """A file that is read several times, one list after the other. read, size: bytes, over all passes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.read = 0
        self.size = 11 * path.stat().st_size
        self.form = ""
        self.tops: set[str] = set()
        self.filled: set[str] = set()
        self.nested = False

    def survey(self) -> Iterator[Message]:
        """Find out what stands at the top, and whether the file is whole."""
        survey = Survey()
        try:
            with self.path.open("rb") as file:
                survey.take(_Counted(file, self._tell))
        except Unfit as unfit:
            yield unfit.found
            return
        except (ijson.JSONError, UnicodeDecodeError) as error:
            yield _broken(survey.name, survey.row, error)
        self.form, self.tops, self.nested, self.filled = survey.form, survey.tops, survey.nested, survey.filled
        yield from self._shape(survey.values)

    def _shape(self, values: int) -> Iterator[Message]:
        if self.form == "map" and not {"persons", "organizations"} & self.tops:
            self.form = _single(self.tops) if values <= VALUES else ""
        if not self.form:
            yield Message(
                "file", 1, "", say("This is no Popolo file: there is no list of persons or organizations in it.")
            )
        elif self.form == "map":
            for key in sorted(self.filled - set(LISTS)):
                yield Message(key, 1, key, say("The list {key} is not kept.", key=key), error=False)

    def items(self, name: str) -> Iterator[tuple[int, Any]]:
        """(place, item) of the list of that name; an array or one object alone count as a list."""
        if self.form == "array":
            prefix = "item" if name == "persons" else None
        elif self.form == "map":
            prefix = f"{name}.item" if name in self.tops else None
        else:
            prefix = "" if self.form == name else None
        if prefix is not None:
            yield from enumerate(self._objects(prefix), 1)

    def _objects(self, prefix: str) -> Iterator[Any]:
        """The items there, up to where the file breaks: the survey has told of that."""
        try:
            with self.path.open("rb") as file:
                yield from ijson.items(_Counted(file, self._tell), prefix)
        except (ijson.JSONError, UnicodeDecodeError):
            return

    def _tell(self, count: int) -> None:
        self.read += count


class _Counted:
    """A file that counts what was read of it; a byte order mark at its beginning is left out.

    Raises Unfit at a number without end, over which ijson breaks down together with the process, and at a text
    without end, over which it takes the square of the time.
    """

    def __init__(self, file: IO[bytes], tell: Callable[[int], None]) -> None:
        self.file, self.tell, self.tail, self.stretch = file, tell, b"", 0
        if file.read(3) != codecs.BOM_UTF8:
            file.seek(0)

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        data = self.file.read(size)
        self.tell(len(data))
        both = self.tail + data
        self.stretch = 0 if QUOTE.search(both) else self.stretch + len(data)
        if self.stretch > LONGEST or DIGITS.search(both):
            said = say("A text or a number in the file has no end. Nothing of the file was read.")
            raise Unfit(Message("file", 1, "", said))
        self.tail = data[-1000:]
        return data


def _broken(name: str, row: int, error: Exception) -> Message:
    place = str(error).splitlines()[0] if str(error) else type(error).__name__
    said = say(
        "The file breaks off or is no JSON after item {row} of {list} ({why}). What stands before it was checked. "
        "Get the whole file again.",
        row=row,
        list=name or "the file",
        why=place,
    )
    return Message(name or "file", max(row, 1), "", said)


def _single(keys: set[str]) -> str:
    """One object alone in the file: the list that it would stand in."""
    if {"person_id", "person"} & keys or keys == {"memberships"}:
        return "map" if keys == {"memberships"} else "memberships"
    if "name" not in keys:
        return ""
    return "organizations" if {"classification", "posts", "founding_date", "parent_id"} & keys else "persons"
