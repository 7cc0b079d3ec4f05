"""The pages of who has read a document and who has not, without JavaScript; as a PDF, and as tables to take along."""

import csv
import io

import openpyxl
import pytest

from server.models.audit import AuditEntry
from server.models.members.tables import Person
from server.models.messages import Message
from tests.cast import Cast
from tests.paper.reading import read
from tests.readers.conftest import LATE, Paper
from tests.web.visitors import SignIn

FORMULA = "=HYPERLINK(1)"


async def test_the_page_shows_picture_figures_and_each_reader(sign_in: SignIn, paper: Paper) -> None:
    await paper.opened("leader", refused=2, refused_at=None)
    await paper.due(LATE)
    browser = await sign_in("custodian")

    text = (await browser.get(f"/documents/{paper.id}/readers")).text
    by_body = (await browser.get(f"/documents/{paper.id}/readers?bodies=true")).text
    begun = (await browser.get(f"/documents/{paper.id}/readers?standing=BEGUN")).text

    assert '<svg xmlns="http://www.w3.org/2000/svg" class="chart"' in text
    assert "How far those of each sector came" in text
    assert "How far those of each body came" in by_body
    assert "4 of 12" in text
    for name in ("Kang Convener", "Lin Leader", "Mei Member"):
        assert f">{name}" in text
    assert "Lin Leader" in begun
    assert "Mei Member" not in begun
    assert "Remind the 2 who have not opened it" in text
    assert "never part of an evaluation" in text


async def test_the_preview_comes_first_and_one_press_reminds(sign_in: SignIn, paper: Paper) -> None:
    browser = await sign_in("secretary")

    shown = (await browser.get(f"/documents/{paper.id}/readers/remind?shortOf=BEGUN")).text
    answer = await browser.post(f"/documents/{paper.id}/readers/remind", data={"shortOf": "BEGUN"})
    again = await browser.post(f"/documents/{paper.id}/readers/remind", data={"shortOf": "BEGUN"})

    assert "Remind 3 people" in shown
    assert "Nursery" not in shown, "who may not know of it is not told its title"
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/documents/{paper.id}/readers")
    assert again.status_code == 422
    assert "Nobody is left to be reminded" in again.text
    assert await Message.filter(title_en__startswith="A document waits").count() == 3


async def test_a_member_sees_their_own_and_the_home_page_of_the_office_what_is_overdue(
    sign_in: SignIn, paper: Paper
) -> None:
    await paper.opened("member", refused=1)
    await paper.due(LATE)
    member, custodian = await sign_in("member"), await sign_in("custodian")

    mine = (await member.get(f"/readers/{paper.person('member')}")).text
    home = (await custodian.get("/")).text
    late = (await custodian.get("/readers")).text

    assert "Nursery schools" in mine
    assert "Refused tries" not in mine
    assert (await member.get(f"/readers/{paper.person('leader')}")).status_code == 404
    assert (await member.get("/readers")).status_code == 403
    assert "1 documents have readers who have not confirmed in time" in home
    assert f'href="/documents/{paper.id}/readers?overdue=true">3<' in late


@pytest.mark.parametrize("format", ["csv", "xlsx"])
async def test_tables_are_guarded_against_formulas_and_kept_in_the_trail(
    sign_in: SignIn, paper: Paper, everyone: Cast, format: str
) -> None:
    await Person.filter(id=everyone.people["leader"].id).update(name_en=FORMULA)
    await paper.opened("member", refused=1)
    browser, other = await sign_in("custodian"), await sign_in("member")

    answer = await browser.get(f"/export/readers?format={format}&id={paper.id}")
    if format == "csv":
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    else:
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
        assert sheet
        rows = [[str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True)]

    assert rows[0][:4] == ["Name", "How far", "Pages seen", "Pages"]
    assert {row[0] for row in rows[1:]} == {f"'{FORMULA}", "Kang Convener", "Mei Member"}
    assert next(row for row in rows if row[0] == "Mei Member")[1:4] == ["opened, not finished", "4", "12"]
    assert await AuditEntry.filter(action="readers.export", object=paper.id).count() == 1
    assert (await other.get(f"/export/readers?format={format}&id={paper.id}")).status_code == 403
    assert (await browser.get(f"/export/readers?format=popolo&id={paper.id}")).status_code == 422
    assert (await browser.get("/export/readers?id=doc_00000000-0000-0000-0000-000000000000")).status_code == 404


async def test_the_report_for_the_chief_is_dated_and_has_each_reader(sign_in: SignIn, paper: Paper) -> None:
    browser = await sign_in("custodian")

    answer = await browser.get(f"/paper/documents/{paper.id}/readers")

    assert answer.headers["Content-Type"] == "application/pdf"
    pdf = read(answer.content)
    assert pdf.order(["Mei Member", "Kang Convener", "Lin Leader"]) == ["Kang Convener", "Lin Leader", "Mei Member"]
    assert any("Nursery schools" in page for page in pdf.pages)
