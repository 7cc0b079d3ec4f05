"""What a person says about a file: its format, its term, and what its words mean."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from server.errors import Invalid, Problem
from server.imports.columns import BY_FIELD, find, nearest
from server.imports.popolo import Popolo
from server.imports.records import Reader
from server.imports.table import IGNORE, Csv, Xlsx
from server.imports.values import BODY_KINDS
from server.models.bodies import BodyKind
from server.words import say

Format = Literal["popolo", "csv", "xlsx"]
FORMATS: tuple[Format, ...] = ("popolo", "csv", "xlsx")


@dataclass(frozen=True)
class Options:
    """format: None to look at the file. term: code, "" for none. map: classification -> kind of body.

    columns: heading -> field or "ignore".
    """

    format: Format | None = None
    term: str = ""
    map: Mapping[str, BodyKind] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)

    def stored(self) -> dict[str, Any]:
        """As an ImportRun keeps them."""
        kinds = {name: kind.value for name, kind in self.map.items()}
        return {"format": self.format, "term": self.term, "map": kinds, "columns": dict(self.columns)}

    @classmethod
    def loaded(cls, stored: Mapping[str, Any]) -> "Options":
        """Back from an ImportRun."""
        kinds = {name: BodyKind(kind) for name, kind in stored["map"].items()}
        return cls(stored["format"], stored["term"], kinds, stored["columns"])

    @classmethod
    def parsed(
        cls, *, format: str | None = None, term: str = "", map: Iterable[str] = (), columns: Iterable[str] = ()
    ) -> "Options":
        """From what people type: `CLASSIFICATION=KIND` and `NAME=FIELD`. Raises Invalid, naming the nearest."""
        known = next((name for name in FORMATS if name == format), None)
        if format is not None and known is None:
            raise Invalid(
                Problem("BAD_FORMAT", say("The formats are {formats}.", formats=", ".join(FORMATS)), "format")
            )
        kinds = dict(_kind(text) for text in map)
        named = dict(_column(text) for text in columns)
        if len(term.strip()) > BY_FIELD["term"].longest:
            raise Invalid(Problem("TOO_LONG", say("The code of a term has at most 40 characters."), "term"))
        return cls(known, term.strip(), kinds, named)


def open_file(path: Path, options: Options) -> Reader:
    """The reader for this file."""
    chosen = options.format or _looks_like(path)
    if chosen == "popolo":
        return Popolo(path)
    return (Xlsx if chosen == "xlsx" else Csv)(path, options.columns, options.term)


def _looks_like(path: Path) -> Format:
    """By the first bytes, which do not lie as names do."""
    with path.open("rb") as file:
        start = file.read(1024)
    if start.startswith(b"PK\x03\x04"):
        return "xlsx"
    return "popolo" if start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[") else "csv"


def _kind(text: str) -> tuple[str, BodyKind]:
    name, mark, kind = text.rpartition("=")
    if not mark or not name.strip():
        raise Invalid(Problem("BAD_MAP", say("Write CLASSIFICATION=KIND, not {text}.", text=text), "map"))
    if kind.strip() not in BODY_KINDS:
        close = difflib.get_close_matches(kind, BODY_KINDS, n=1, cutoff=0.0)[0]
        said = say("There is no kind of body {kind}. The nearest is {nearest}.", kind=kind, nearest=close)
        raise Invalid(Problem("UNKNOWN_KIND", said, "map"))
    return name.strip(), BODY_KINDS[kind.strip()]


def _column(text: str) -> tuple[str, str]:
    name, mark, choice = text.rpartition("=")
    if not mark or not name.strip():
        raise Invalid(Problem("BAD_COLUMN", say("Write NAME=FIELD or NAME=ignore, not {text}.", text=text), "column"))
    if choice.strip() == IGNORE:
        return name.strip(), IGNORE
    column = find(choice)
    if column is None:
        said = say("There is no field {field}. The nearest is {nearest}.", field=choice, nearest=nearest(choice))
        raise Invalid(Problem("UNKNOWN_FIELD", said, "column"))
    return name.strip(), column.field
