"""Who came, as a table: read from CSV and XLSX of others, with names or card numbers; and the words for it."""

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from server.errors import Invalid, Problem
from server.imports import encoding, workbook
from server.imports.table import unquoted, unread_words
from server.imports.values import Wrong
from server.rules.attendance import Presence
from server.rules.attendance_lists import Line
from server.words import Words, say

PRESENCE_NAMES: dict[Presence, Words] = {
    Presence.PRESENT: say("present"),
    Presence.REMOTE: say("from afar"),
    Presence.LATE: say("came late"),
    Presence.LEFT_EARLY: say("left early"),
    Presence.ABSENT: say("absent"),
    Presence.EXCUSED: say("excused"),
    Presence.EXEMPT: say("not expected"),
}
HEADINGS = {
    "name": ("name", "full name", "姓名", "委员姓名", "名字"),
    "no": ("no", "number", "card number", "委员证号", "证号", "编号"),
    "presence": ("presence", "attendance", "noted", "出席", "出席情况", "签到", "签到情况", "考勤"),
}
WORDS = {
    Presence.PRESENT: ("present", "yes", "出席", "已签到", "签到", "到", "是", "√", "✓"),
    Presence.REMOTE: ("from afar", "remote", "online", "线上出席", "线上"),
    Presence.LATE: ("came late", "late", "迟到"),
    Presence.LEFT_EARLY: ("left early", "早退"),
    Presence.ABSENT: ("absent", "no", "缺席", "未到", "否", "×"),
    Presence.EXCUSED: ("excused", "leave", "准假", "请假"),
    Presence.EXEMPT: ("not expected", "exempt", "不计"),
}
MOST_BYTES, MOST_ROWS, MOST_PROBLEMS = 500_000, 3000, 10


def text_of(path: Path) -> str:
    """The table of an uploaded file, as CSV text; of a workbook its first sheet. Raises Invalid."""
    if path.stat().st_size > MOST_BYTES:
        raise Invalid(Problem("TOO_LARGE", say("A list of who came is smaller than half a megabyte."), "file"))
    try:
        if zipfile.is_zipfile(path):
            return _of_workbook(path)
        return "".join(line for line, _, _ in encoding.lines(path, encoding.detect(path)))
    except workbook.Unread as unread:
        raise Invalid(Problem("UNREADABLE", unread_words(unread), "file")) from unread
    except Wrong as wrong:
        raise Invalid(Problem("UNREADABLE", wrong.words, "file")) from wrong


def _of_workbook(path: Path) -> str:
    """Empty rows stay, so that each row keeps its number."""
    out = io.StringIO()
    rows, last = csv.writer(out, lineterminator="\n"), 0
    for number, cells, _ in workbook.rows(path):
        out.write("\n" * (number - last - 1))
        rows.writerow(["" if cell is None else str(cell) for cell in cells])
        last = number
    return out.getvalue()


def read_attendance(text: str) -> list[Line]:
    """The lines of a table that name somebody. Where nothing is said of one, they were present. Raises Invalid."""
    rows = list(_rows(text))
    columns = _columns(rows[0] if rows else [])
    found, problems = list[Line](), list[Problem]()
    for number, cells in enumerate(rows[1:], 2):
        row = {name: str(unquoted(cells[at].strip())) for name, at in columns.items() if at < len(cells)}
        if not (row.get("name") or row.get("no")):
            continue
        said = row.get("presence", "")
        presence = _presence(said) if said else Presence.PRESENT
        if presence is None:
            message = say("Row {row}: “{said}” is no word for how somebody came.", row=number, said=said)
            problems.append(Problem("BAD_PRESENCE", message, "content"))
        else:
            found.append(Line(number, row.get("name", ""), row.get("no", ""), presence))
    if problems:
        raise Invalid(*problems[:MOST_PROBLEMS])
    if not 1 <= len(found) <= MOST_ROWS:
        raise Invalid(Problem("ROWS", say("The list names from 1 to {most} people.", most=MOST_ROWS), "content"))
    return found


def _rows(text: str) -> Iterator[list[str]]:
    plain = text.lstrip("\ufeff")
    heading = plain.partition("\n")[0]
    try:
        yield from csv.reader(io.StringIO(plain), delimiter=max(",;\t", key=heading.count), strict=True)
    except csv.Error as error:
        said = say("The quotes of this file do not match, or it is cut off ({why}).", why=str(error))
        raise Invalid(Problem("UNREADABLE", said, "content")) from error


def _columns(cells: list[str]) -> Mapping[str, int]:
    """Which column is where. Raises Invalid where neither names nor numbers are told."""
    known = {_plain(word): name for name, words in HEADINGS.items() for word in words}
    columns = {known[_plain(cell)]: at for at, cell in reversed(list(enumerate(cells))) if _plain(cell) in known}
    if not {"name", "no"} & columns.keys():
        said = say("The first row must name a column name or number; another one may be presence.")
        raise Invalid(Problem("NO_HEADING", said, "content"))
    return columns


def _presence(word: str) -> Presence | None:
    return next((one for one, words in WORDS.items() if _plain(word) in map(_plain, words)), None)


def _plain(word: str) -> str:
    return re.sub(r"[\s_-]+", "", unicodedata.normalize("NFKC", word)).casefold()
