"""The workbook for the first import: accepted as it is, and with one's own rows in place of the examples."""

from pathlib import Path

import pytest
from openpyxl import load_workbook

from server.errors import Refused
from server.imports import runs
from server.imports.columns import BY_FIELD
from server.imports.options import Options
from server.imports.template import COLUMNS, template
from server.models.bodies import BodyKind
from server.models.imports import ImportRow
from server.models.members import Membership, Person
from server.rules.permissions import Role
from tests import make


async def previewed(tmp_path: Path, content: bytes):
    file = tmp_path / "luzhi-members.xlsx"
    file.write_bytes(content)
    viewer = make.viewer(Role.ADMINISTRATOR)
    options = Options.parsed(term="", map=[])
    return viewer, await runs.preview(viewer, file, name=file.name, options=options, folder=tmp_path / "kept")


async def messages(run):
    return [said for row in await ImportRow.filter(run=run) for said in row.messages]


@pytest.mark.parametrize("locale", ["zh", "en"])
@pytest.mark.parametrize("furnished", [False, True])
async def test_it_is_taken_as_it_is_in_both_languages_by_an_empty_register_and_by_one_with_a_term(
    db: str, tmp_path: Path, locale: str, furnished: bool
) -> None:
    if furnished:
        await make.term("15")
        await make.body(BodyKind.SECTOR, "Arts", "文艺界")
        await make.body(BodyKind.SPECIAL_COMMITTEE, "Economy", "经济委员会")

    viewer, run = await previewed(tmp_path, await template(make.viewer(Role.SECRETARY, locale=locale)))

    assert await messages(run) == []
    assert run.counts["people"] == {"new": 2, "changed": 0, "same": 0, "error": 0}
    await runs.apply(viewer, run.id, folder=tmp_path / "kept")
    assert await Membership.all().count() == (2 if furnished else 0)


async def test_own_rows_in_place_of_the_examples_are_taken(db: str, tmp_path: Path) -> None:
    await make.term("15")
    arts = await make.body(BodyKind.SECTOR, "Arts", "文艺界")
    (tmp_path / "template.xlsx").write_bytes(await template(make.viewer(Role.SECRETARY, locale="zh")))
    book = load_workbook(tmp_path / "template.xlsx")
    people = book.worksheets[0]
    people.delete_rows(2, 2)
    fields = list(COLUMNS)
    own = {
        "name": "王小明",
        "sex": "男",
        "term": "15",
        "sector": "文艺界",
        "post": "常务委员",
        "status_start": "2025.1.13",
    }
    people.append([own.get(field) for field in fields])
    book.save(tmp_path / "own.xlsx")

    viewer, run = await previewed(tmp_path, (tmp_path / "own.xlsx").read_bytes())
    await runs.apply(viewer, run.id, folder=tmp_path / "kept")

    assert await messages(run) == []
    assert [person.name_zh for person in await Person.all()] == ["王小明"]
    (seat,) = await Membership.all().prefetch_related("posts")
    assert [post.sector_id for post in seat.posts] == [arts.id]


async def test_every_column_says_what_it_means(db: str, tmp_path: Path) -> None:
    (tmp_path / "template.xlsx").write_bytes(await template(make.viewer(Role.SECRETARY)))

    people, meaning = load_workbook(tmp_path / "template.xlsx").worksheets

    headings = [cell.value for cell in people[1]]
    assert headings == list(COLUMNS)
    assert "sort_pinyin" not in headings
    assert [row[0].value for row in meaning.iter_rows(min_row=2) if row[0].value] == headings
    assert all(row[1].value for row in meaning.iter_rows())


async def test_its_headings_are_in_the_language_of_the_reader(db: str, tmp_path: Path) -> None:
    (tmp_path / "template.xlsx").write_bytes(await template(make.viewer(Role.SECRETARY, locale="zh")))

    people, _ = load_workbook(tmp_path / "template.xlsx").worksheets

    headings = [cell.value for cell in people[1]]
    assert headings[:3] == ["姓名", "性别", "出生日期"]
    assert headings == [BY_FIELD[field].zh for field in COLUMNS]


async def test_only_who_may_import_gets_it(db: str) -> None:
    with pytest.raises(Refused):
        await template(make.viewer(Role.MEMBER))
