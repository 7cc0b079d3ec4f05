"""Files that are made to do harm, or harm by accident: each is refused in words, in little time and memory."""

import tracemalloc
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest
from openpyxl import Workbook

from server.imports import outcomes, survey, table, workbook
from server.imports.options import Options, open_file
from server.imports.records import Message
from server.imports.runs import check
from tests.imports.bringing import counts, planned, secretary, told

SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
NAMES = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
HEADING = '<row r="1"><c r="A1" t="inlineStr"><is><t>name</t></is></c></row>'
LAUGHS = f'<!ENTITY l0 "{"l" * 1000}">' + "".join(f'<!ENTITY l{n + 1} "&l{n};&l{n};">' for n in range(29))
ENDLESS = "A text or a number in the file has no end. Nothing of the file was read."
HEAVY = (
    "Reading this workbook takes more than a gigabyte of memory or five minutes. Copy the table into a new workbook, "
    "or save it as “CSV UTF-8”."
)


def sheet(*rows: str, before: str = "") -> dict[str, Iterable[str]]:
    """The first sheet: a heading "name", then these rows in XML."""
    return {SHEET: [before, f"<worksheet {NAMES}><sheetData>{HEADING}", *rows, "</sheetData></worksheet>"]}


def packed(folder: Path, parts: dict[str, Iterable[str]]) -> Path:
    """A workbook whose parts say something else."""
    good, made = folder / "good.xlsx", folder / "made.xlsx"
    book = Workbook()
    book.worksheets[0].append(["name"])
    book.save(good)
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for item in source.infolist():
            if item.filename not in parts:
                target.writestr(item, source.read(item))
        for name, chunks in parts.items():
            with target.open(name, "w") as part:
                for chunk in chunks:
                    part.write(chunk.encode())
    return made


def said(path: Path) -> list[str]:
    """What is told of a file of which nothing is read."""
    reader = open_file(path, Options())
    found = [*reader.bodies(), *reader.people()]
    return [str(message.words) for message in found if isinstance(message, Message) and message.error]


@pytest.mark.parametrize(
    "part",
    [
        sheet('<row r="2">' + "<c/>" * 2_000_000 + "</row>"),
        sheet("<row/>" * 2_000_000),
        sheet('<row r="2">' + "<c>" * 1_000_000),
        {"xl/styles.xml": [f"<styleSheet {NAMES}><cellXfs>", "<xf/>" * 500_000, "</cellXfs></styleSheet>"]},
    ],
    ids=["one row", "many rows", "cells in cells", "styles"],
)
def test_a_workbook_that_unpacks_in_memory_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: dict[str, Iterable[str]]
) -> None:
    monkeypatch.setattr(workbook, "MEMORY", 150 << 20)
    monkeypatch.setattr(workbook, "SECONDS", 20)  # cells in cells take minutes before they take the memory

    assert said(packed(tmp_path, part)) == [HEAVY]


def test_a_workbook_that_takes_long_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "SECONDS", 1)

    assert said(packed(tmp_path, sheet(*["<row>" + "<c/>" * 1000 + "</row>"] * 5000))) == [HEAVY]


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "LARGEST", 1_000_000)
    path = packed(tmp_path, sheet(" " * 1_000_001))

    assert path.stat().st_size < 20_000
    assert said(path) == ["This workbook unpacks to more than a gigabyte. Split it."]


@pytest.mark.parametrize(
    ("declared", "used", "why"),
    [
        (
            LAUGHS,
            "&l29;",
            "limit on input amplification factor",
        ),
        ('<!ENTITY a SYSTEM "file:///etc/hostname">', "&a;", "undefined entity"),
        ('<!ENTITY a SYSTEM "http://192.0.2.1/">', "&a;", "undefined entity"),
    ],
    ids=["laughs", "file", "address"],
)
def test_entities_grow_no_text_and_fetch_nothing(tmp_path: Path, declared: str, used: str, why: str) -> None:
    row = f'<row r="2"><c r="A2" t="inlineStr"><is><t>{used}</t></is></c></row>'

    found = said(packed(tmp_path, sheet(row, before=f'<?xml version="1.0"?><!DOCTYPE x [{declared}]>')))

    assert len(found) == 1
    assert found[0].startswith(f"This is no readable XLSX workbook ({why}")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ('<row r="10002"><c r="A10002"/></row>', "More than 10000 empty rows follow row 1."),
        ('<row r="1048576"><c r="A1048576"><v>1</v></c></row>', "More than 10000 empty rows follow row 1."),
        ("<row/>" * 10_001, "More than 10000 empty rows follow row 1."),
        ('<row r="2"><c r="ALM2"><v>1</v></c></row>', "Row 2 has more than 1000 cells."),
    ],
)
def test_a_sheet_of_next_to_nothing_is_not_walked_to_its_end(tmp_path: Path, rows: str, message: str) -> None:
    assert [found.partition(". ")[0] + "." for found in said(packed(tmp_path, sheet(rows)))] == [message]


@pytest.mark.usefixtures("db")
async def test_some_empty_rows_do_no_harm(tmp_path: Path) -> None:
    row = '<row r="9000"><c r="A9000" t="inlineStr"><is><t>A</t></is></c></row>'
    last = '<row r="18000"><c r="A18000"/></row>'

    assert counts(await planned(packed(tmp_path, sheet(row, last)))) == {"people": {"new": 1}}


@pytest.mark.usefixtures("db")
async def test_a_macro_is_left_alone(tmp_path: Path) -> None:
    row = '<row r="2"><c r="A2" t="inlineStr"><is><t>A</t></is></c></row>'

    answer = await planned(packed(tmp_path, sheet(row) | {"xl/vbaProject.bin": ["Auto_Open"]}))

    assert counts(answer) == {"people": {"new": 1}}


@pytest.mark.parametrize("start", [b"%PDF-1.7\n\0", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0", b"\x7fELF\0"])
def test_what_only_bears_the_name_of_a_workbook_is_told_what_can_be_read(tmp_path: Path, start: bytes) -> None:
    path = tmp_path / "people.xlsx"
    path.write_bytes(start + bytes(range(256)) * 100)

    assert said(path) == [
        "This is no JSON, no XLSX, and no CSV in UTF-8 or GB18030. Save it as “CSV UTF-8” and try again."
    ]


@pytest.mark.parametrize(
    "chunks",
    [
        [b"id,name\n1,", *[b"x" * 1_000_000] * 9],
        [b"id,name\n1", *[b"," * 1_000_000] * 9],
        [b'id,name\n1,"a\n', *[b'","\n' * 250_000] * 2],
        [b"x" * 1_000_000] * 9,
    ],
    ids=["one cell", "many cells", "many lines", "one heading"],
)
def test_a_row_without_end_is_refused_in_little_memory(tmp_path: Path, chunks: list[bytes]) -> None:
    path = tmp_path / "file.csv"
    with path.open("wb") as file:
        file.writelines(chunks)

    tracemalloc.start()
    found = said(path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert found == ["A row is longer than a megabyte, which no list of people is. Nothing of the file was taken."]
    assert most < 8_000_000


@pytest.mark.usefixtures("db")
async def test_a_table_has_no_more_rows_than_a_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "MOST", 3)
    path = tmp_path / "file.csv"
    path.write_text("name\nA\nB\nC\n")

    answer = await planned(path)

    assert [m for *_, m in told(answer)] == ["The table has more than 3 rows. Split the file."]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[{"id": ' + "1" * 5000 + "}]", ENDLESS),
        ('[{"name": "' + "x" * 3_000_000 + '"}]', ENDLESS),
        ('[{"name": "' + r"\\\"" * 1_000_000 + '"}]', ENDLESS),
        (
            '[{"name": "A", "memberships": [' + '"",' * 500_000 + "1]}]",
            "One item holds more than 500000 values. Nothing of the file was read.",
        ),
        (
            '{"name": "A", "memberships": [' + '"",' * 500_000 + "1]}",
            "This is no Popolo file: there is no list of persons or organizations in it.",
        ),
        (
            '{"persons": [{' + ",".join(f'"{n}": 1' for n in range(10_001)) + "}]}",
            "The file has more than 10000 different keys. Nothing of it was read.",
        ),
    ],
    ids=["number", "text", "quotes", "item", "alone", "keys"],
)
def test_json_that_would_fill_the_memory_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "file.json"
    path.write_text(text)

    assert said(path) == [message]


def test_a_list_has_no_more_items_than_a_sheet_has_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(survey, "MOST", 2)
    path = tmp_path / "file.json"
    path.write_text('{"persons": [{"name": "A"}, {"name": "B"}, {"name": "C"}]}')

    assert said(path) == ["The list persons has more than 2 items. Split the file."]


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("more", [1, 50])
async def test_a_file_is_not_read_again_for_each_key_that_is_not_kept(tmp_path: Path, more: int) -> None:
    path, read = tmp_path / "file.json", [0]
    keys = ",".join(f'"k{n}": [1]' for n in range(more))
    path.write_text(f'{{"persons": [{{"name": "A"}}], "empty": [], "none": {{}}, "meta": {{"v": 1}}, {keys}}}')

    report = await check(secretary(), path, Options(), lambda reader: read.append(reader.read))

    assert len(report.warnings) == more + 1
    assert max(read) < 8 * path.stat().st_size


@pytest.mark.usefixtures("db")
async def test_after_very_many_errors_the_rest_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outcomes, "ERRORS", 1000)
    path = tmp_path / "file.csv"
    path.write_text("name,birth_date\n" + "A,x\n" * 5000)

    answer = await planned(path)

    assert len(answer["errors"]) == 1001
    assert answer["errors"][-1]["message"] == (
        "There are 1000 errors or more. What comes after them was not looked at."
    )
