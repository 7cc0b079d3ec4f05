"""Workbooks: what their cells hold comes as it is; formulas, error values and broken files are told."""

import datetime as dt
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from server.imports import workbook as reading
from tests.imports.bringing import counts, planned, told

pytestmark = pytest.mark.usefixtures("db")


def workbook(folder: Path, *rows: list[object]) -> Path:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(folder / "file.xlsx")
    return folder / "file.xlsx"


def test_every_kind_of_cell_comes_as_it_is(tmp_path: Path) -> None:
    day, moment = dt.date(1970, 2, 3), dt.datetime.fromisoformat("2024-03-01T08:00")
    path = workbook(tmp_path, ["王", 5, 0.5, True, None, day, moment, dt.time(9, 30)])

    ((number, cells, wrong),) = reading.rows(path)

    midnight = dt.datetime.fromisoformat("1970-02-03T00:00")
    assert (number, cells, wrong) == (1, ["王", 5, 0.5, True, None, midnight, moment, "09:30:00"], {})


async def test_formulas_and_error_values_in_a_workbook_are_errors_at_their_cell(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["name", "phone", "birth_date"], ["A", "=1+1", dt.date(1970, 2, 3)], ["B", 5, None])

    answer = await planned(path)

    said = "Cell B2 holds a formula. Replace it by its value (copy, paste as values)."
    assert told(answer) == [("rows", 2, "phone", said)]
    assert counts(answer) == {"people": {"new": 1, "error": 1}}


async def test_what_only_calls_itself_a_workbook_says_so(tmp_path: Path) -> None:
    path = tmp_path / "file.xlsx"
    path.write_bytes(b"PK\x03\x04 and no more")

    answer = await planned(path)

    assert "This is no readable XLSX workbook" in answer["errors"][0]["message"]


async def test_error_values_dates_and_a_torn_heading_in_a_workbook(tmp_path: Path) -> None:
    when = dt.datetime.fromisoformat("2024-03-01T08:00")
    path = workbook(
        tmp_path, ["name", "birth_date", "body", "primary"], ["A", when, "O", True], ["B", "#N/A", None, None]
    )
    answer = await planned(path)
    assert told(answer) == [("rows", 3, "birth_date", "Cell B3 holds the error #N/A.")]

    answer = await planned(workbook(tmp_path, ["=1+1"], ["A"]))
    assert told(answer) == [
        ("rows", 1, "", "Cell A1 holds a formula. Replace it by its value (copy, paste as values).")
    ]


async def test_a_zip_that_is_no_workbook_says_so(tmp_path: Path) -> None:
    path = tmp_path / "file.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "no workbook")

    answer = await planned(path)

    assert "This is no readable XLSX workbook" in answer["errors"][0]["message"]


async def test_a_workbook_with_a_torn_sheet_says_so(tmp_path: Path) -> None:
    whole, torn = workbook(tmp_path, ["name"], ["A"]), tmp_path / "torn.xlsx"
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(torn, "w") as target:
        for item in source.infolist():
            data = source.read(item)
            target.writestr(item, data[: len(data) // 2] if "sheet1" in item.filename else data)

    answer = await planned(torn)

    assert "This is no readable XLSX workbook" in answer["errors"][0]["message"]
