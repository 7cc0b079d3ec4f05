"""Reading tables: CSV in UTF-8 or GB18030, and XLSX. One row may tell of a person, a seat, a body and a membership."""

import csv
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from server.imports import encoding, workbook
from server.imports.asking import likely
from server.imports.columns import COLUMNS, Column, Group, find, plain
from server.imports.filling import put, settle_days, settle_names
from server.imports.records import Kind, Message, Record, Ref
from server.imports.survey import MOST
from server.imports.values import KEEP, Wrong
from server.words import Words, say

ROWS = "rows"
SEAT = [column.field for column in COLUMNS if column.group == "seat" and column.field != "term"]
"""What says something of a seat, not of its term."""
IGNORE = "ignore"
KINDS: dict[Group, Kind] = {
    "person": "people",
    "seat": "term_memberships",
    "body": "bodies",
    "membership": "memberships",
    "term": "terms",
}


@dataclass(slots=True)
class Line:
    """One row as the file has it. wrong: cell number -> why it cannot be read; -1 for the whole row."""

    row: int
    cells: list[Any]
    wrong: dict[int, Words] = field(default_factory=dict)


class Table(ABC):
    """A table of people. columns: what the person said of headings, plain heading -> field or "ignore"."""

    def __init__(self, path: Path, columns: Mapping[str, str], term: str) -> None:
        self.path = path
        self.choices = {plain(name): choice for name, choice in columns.items()}
        self.term = term
        self.read = 0
        self.size = 2 * path.stat().st_size
        self.columns: dict[int, tuple[Column, str]] = {}
        self.taken: set[str] = set()
        self.unread = False

    @abstractmethod
    def lines(self) -> Iterator[Line]:
        """The rows, the heading first. Raises Wrong where nothing of it can be read."""

    def bodies(self) -> Iterator[Record | Message]:
        """Problems of the file as a whole and of each row, the terms and the bodies."""
        for line in self._body_lines(tell=True):
            if isinstance(line, Message):
                yield line
                continue
            if self._has(line, "term"):
                yield self._term(line)
            if self._has(line, "body", "body_id", "body"):
                yield self._body(line)

    def people(self) -> Iterator[Record | Message]:
        """The people, their seats and their memberships."""
        for line in () if self.unread else self._body_lines(tell=False):
            if isinstance(line, Line):
                yield from self._row(line)

    def _body_lines(self, *, tell: bool) -> Iterator[Line | Message]:
        """The rows below the heading that can be read; with `tell`, messages for what cannot."""
        try:
            lines = _not_too_many(self.lines())
            heading = next(lines, None)
            messages = self._settle(heading)
            if tell:
                yield from messages
            if not self.columns:
                return
            for line in lines:
                message = self._unreadable(line)
                if message is None and any(cell not in (None, "") for cell in line.cells):
                    yield line
                elif message is not None and tell:
                    yield message
        except Wrong as wrong:
            self.unread = True
            yield Message(ROWS, 1, "", wrong.words)

    def _unreadable(self, line: Line) -> Message | None:
        if -1 in line.wrong:
            return Message(ROWS, line.row, "", line.wrong[-1], kind="people")
        width, wanted = len(line.cells), self.width
        if 0 < width < wanted and any(cell not in (None, "") for cell in line.cells):
            said = say(
                "This row has {cells} cells, the heading has {wanted}. Is the file cut off?", cells=width, wanted=wanted
            )
            return Message(ROWS, line.row, "", said, kind="people")
        if any(cell not in (None, "") for cell in line.cells[wanted:]):
            return Message(ROWS, line.row, "", say("This row has more cells than the heading."), kind="people")
        return None

    # The heading

    def _settle(self, heading: Line | None) -> list[Message]:
        """Which column is where; messages for headings that nobody knows."""
        self.columns, messages = {}, []
        if heading is None or not any(heading.cells):
            return [Message(ROWS, 1, "", say("The file is empty: the first row names the columns."))]
        if heading.wrong:
            return [Message(ROWS, 1, "", next(iter(heading.wrong.values())))]
        names = [str(cell if cell is not None else "").strip() for cell in heading.cells]
        self.width = max(at for at, name in enumerate(names) if name) + 1
        self.taken = {column.field for name in names if (column := self._column(name))}
        for at, name in enumerate(names[: self.width]):
            messages += self._place(at, name)
        return messages + self._unused(names) + self._homeless()

    def _place(self, at: int, name: str) -> list[Message]:
        if self.choices.get(plain(name)) == IGNORE:
            return []
        if not name:
            return [Message(ROWS, 1, "", say("Column {n} has no heading; it is not read.", n=at + 1), error=False)]
        column = self._column(name)
        if column is None:
            near = likely(name, self.taken)
            self.taken.add(near)
            said = say("Nobody knows the column {name}.", name=name, nearest=near)
            return [Message(ROWS, 1, name, said, asks="column")]
        other = next((other for known, other in self.columns.values() if known is column), None)
        if other is not None:
            return [_double(name, other, column)]
        self.columns[at] = column, name
        return []

    def _column(self, name: str) -> Column | None:
        return find(self.choices.get(plain(name)) or name)

    def _unused(self, names: list[str]) -> list[Message]:
        there = {plain(name) for name in names}
        return [
            Message(
                ROWS,
                1,
                name,
                say("The file has no column {name}, of which was said what it means.", name=name),
            )
            for name in self.choices
            if name not in there
        ]

    def _homeless(self) -> list[Message]:
        """Columns that say something of a seat or a membership, without a column that says of which."""
        fields = {column.field: name for column, name in self.columns.values()}
        groups: dict[Group, list[str]] = {"seat": [], "membership": []}
        for column, name in self.columns.values():
            groups.setdefault("seat" if column.group == "term" else column.group, []).append(name)
        messages = []
        if groups["seat"] and "term" not in fields and not self.term:
            said = say(
                "These columns describe a seat in a term, but nothing says in which: {names}.",
                names=", ".join(groups["seat"]),
            )
            messages.append(Message(ROWS, 1, groups["seat"][0], said, asks="term"))
        if groups["membership"] and not {"body", "body_id"} & fields.keys():
            said = say(
                "These columns describe a membership, but no column names the body; they are not read: {names}.",
                names=", ".join(groups["membership"]),
            )
            messages.append(Message(ROWS, 1, groups["membership"][0], said, error=False))
        if not {"id", "name", "name_zh", "name_en", "body", "body_id"} & fields.keys():
            self.columns.clear()
            messages.append(
                Message(ROWS, 1, "", say("There is no column with names. The first row names the columns."))
            )
        return messages

    # A row

    def _row(self, line: Line) -> Iterator[Record]:
        person = self._person(line)
        seat = self._seat(line, person)
        membership = self._membership(line, person)
        if person:
            yield person
        yield from (record for record in (seat, membership) if record)

    def _person(self, line: Line) -> Record | None:
        if not self._has(line, "person"):
            return None
        record = self._record(line, "person")
        record.id = record.facts.pop("id", "")
        settle_names(record)
        return record

    def _seat(self, line: Line, person: Record | None) -> Record | None:
        """The seat of this row: of the term it names, or of the file's term."""
        record = self._record(line, "seat")
        said = self._has(line, "seat")
        term = record.facts.pop("term", "")
        names_terms = any(column.field == "term" for column, _ in self.columns.values())
        if not said and (names_terms or not self.term):
            return None
        if person is None and self._has(line, "term") and not self._has(line, "seat", *SEAT):
            return None
        if person is None:
            record.wrong("term", say("This row says something of a seat, but not whose. Fill in the name or the id."))
            return record if said else None
        record.id = term or self.term
        record.person = person
        if not record.id:
            record.wrong("term", say("Fill in the term of this seat."))
        settle_days(record, "status_start", "status_end")
        settle_days(record, "post_start", "post_end")
        return record

    def _term(self, line: Line) -> Record:
        """A row that describes a term instead of someone's seat in it."""
        record = self._record(line, "term")
        record.id = self._record(line, "seat").facts.get("term", "") or self.term
        settle_days(record)
        return record

    def _body(self, line: Line) -> Record:
        record = self._record(line, "body")
        record.id = record.facts.pop("body_id", "")
        record.names["id"] = record.names.get("body_id", "id")
        settle_names(record)
        settle_days(record)
        return record

    def _membership(self, line: Line, person: Record | None) -> Record | None:
        if not self._has(line, "body", "body_id", "body"):
            return None
        record = self._record(line, "membership")
        body = self._record(line, "body")
        if person is None:
            if not self._has(line, "membership"):
                return None
            record.wrong("", say("This row says something of a membership, but not whose. Fill in the name or the id."))
        record.person = person
        record.body = Ref(id=body.facts.get("body_id", ""), name=body.facts.get("name", ""))
        record.names["body"] = body.names.get("name", body.names.get("body_id", "body"))
        settle_days(record)
        return record

    def _record(self, line: Line, group: Group) -> Record:
        record = Record(KINDS[group], ROWS, line.row, repeats=True)
        for at, (column, name) in self.columns.items():
            if column.group != group:
                continue
            if at in line.wrong:
                record.names[column.field] = name
                record.wrong(column.field, line.wrong[at])
            else:
                put(record, column, line.cells[at] if at < len(line.cells) else None, name)
        return record

    def _has(self, line: Line, group: Group, *fields: str) -> bool:
        """Does the row say anything in these columns (of all of the group)?"""
        return any(
            line.cells[at] not in (None, "", KEEP)
            for at, (column, _) in self.columns.items()
            if column.group == group and (not fields or column.field in fields) and at < len(line.cells)
        )


def _not_too_many(lines: Iterator[Line]) -> Iterator[Line]:
    for line in lines:
        if line.row > MOST:
            raise Wrong(say("The table has more than {most} rows. Split the file.", most=MOST))
        yield line


def _double(name: str, other: str, column: Column) -> Message:
    if plain(name) == plain(other):
        said = say("The heading {name} is there twice. Rename one of the two in the file.", name=name)
        return Message(ROWS, 1, name, said)
    said = say("Two columns mean the same: {other} and {name}.", other=other, name=name, field=column.field)
    return Message(ROWS, 1, name, said, asks="column")


class Csv(Table):
    """A CSV file, parted by commas, semicolons or tabs."""

    codec = ""

    def lines(self) -> Iterator[Line]:
        """Rows are counted as a spreadsheet does: a cell may hold several lines."""
        codec = self.codec = self.codec or encoding.detect(self.path)
        torn, held = False, 0

        def decoded() -> Iterator[str]:
            nonlocal torn, held
            for text, fine, size in encoding.lines(self.path, codec):
                torn, held = torn or not fine, held + size
                if held > encoding.LONGEST:
                    raise Wrong(encoding.TOO_LONG)
                self.read += size
                yield text

        rows = csv.reader(decoded(), delimiter=self._delimiter(codec), strict=True)
        number = 0
        while True:
            number, torn, held = number + 1, False, 0
            line = Line(number, [])
            try:
                line.cells = [unquoted(cell) for cell in next(rows)]
            except StopIteration:
                return
            except csv.Error as error:
                line.wrong[-1] = say(
                    "The quotes of this row do not match, or the file is cut off ({why}).", why=str(error)
                )
            if torn:
                line.wrong[-1] = say(
                    "This row is neither UTF-8 nor GB18030, or mixes both. Save the file as “CSV UTF-8” and try again."
                )
            yield line

    def _delimiter(self, codec: str) -> str:
        heading = next(encoding.lines(self.path, codec), ("", True, 0))[0]
        return max(",;\t", key=heading.count)


class Xlsx(Table):
    """The first sheet of an XLSX workbook."""

    def lines(self) -> Iterator[Line]:
        """Formulas and error values are errors at their cell: what they showed is not in the file for sure."""
        wide = 0
        try:
            for number, cells, wrong in workbook.rows(self.path):
                if not wide and number > 1:
                    return  # the first row names the columns, and it is empty
                wide = wide or len(cells)
                self.read += 60 * len(cells)
                yield _line(number, cells, wrong, wide)
        except workbook.Unread as unread:
            raise Wrong(unread_words(unread)) from unread


def _line(number: int, cells: list[Any], wrong: dict[int, tuple[str, str]], wide: int) -> Line:
    """wide: cells of the heading; a workbook leaves out the empty ones at the end of a row."""
    line = Line(number, [unquoted(cell) for cell in cells])
    line.cells += [None] * (wide - len(line.cells))
    for at, (cell, error) in wrong.items():
        line.wrong[at] = say("Cell {cell} holds the error {error}.", cell=cell, error=error)
        if not error:
            line.wrong[at] = say(
                "Cell {cell} holds a formula. Replace it by its value (copy, paste as values).", cell=cell
            )
    return line


def unread_words(unread: workbook.Unread) -> Words:
    """Why a workbook cannot be read."""
    facts = {"row": unread.why, "why": unread.why}
    said = {
        "BROKEN": say("This is no readable XLSX workbook ({why}). Save it as XLSX and try again."),
        "LARGE": say("This workbook unpacks to more than a gigabyte. Split it."),
        "EMPTY": say("More than {most} empty rows follow row {row}. Delete them and save the file again."),
        "WIDE": say("Row {row} has more than {most} cells. Keep the columns that tell of people."),
        "HEAVY": say(
            "Reading this workbook takes more than a gigabyte of memory or five minutes. Copy the table into a new "
            "workbook, or save it as “CSV UTF-8”."
        ),
    }
    most = {"EMPTY": workbook.EMPTY, "WIDE": workbook.WIDEST}.get(unread.code)
    return Words(said[unread.code].msgid, {**facts, "most": most})


def unquoted(cell: Any) -> Any:
    """Without the apostrophe by which an export keeps a spreadsheet from reading text as a formula."""
    if isinstance(cell, str) and cell.startswith("'") and cell.lstrip("'").startswith(("=", "+", "-", "@", "\t", "\r")):
        return cell[1:]
    return cell
