"""Who came as a table: taken in from others after a look, and taken along for who prepares the activity."""

import csv
import io
import re
from pathlib import Path

import openpyxl
import pytest

from server.errors import Invalid
from server.imports.attendance import read_attendance, text_of
from server.models import activities
from server.models.activities import ActivitySession, Attendance
from server.models.audit import AuditEntry
from server.models.members.tables import Membership
from server.rules.attendance import Method, Presence, Rsvp
from tests.activities.worlds import AFTERNOON, HALF_DAY, announced, begun
from tests.cast import Cast
from tests.web.visitors import Asks, SignIn

LIST = "姓名,委员证号,出席情况\nMei Member,,迟到\nNobody,,\n,L-7,\n"
PREVIEW = """query ($session: ID!, $content: String!) { attendancePreview(session: $session, content: $content) {
  ... on AttendancePreview { matched { row name no presence person { nameEn } } unmatched { row name why } }
  ... on Problems { problems { code field } }
} }"""
TAKE = """mutation ($session: ID!, $content: String!) { attendanceImport(session: $session, content: $content) {
  ... on SessionPayload { session { n } } ... on Problems { kind problems { code field } }
} }"""


async def numbered(cast: Cast) -> None:
    """The leader's card has a number."""
    await Membership.filter(person_id=cast.people["leader"].id).update(no="L-7")


async def noted(session: ActivitySession) -> dict[str, tuple[Presence, Method]]:
    rows = await Attendance.filter(session_id=session.id).select_related("participation__person")
    return {row.participation.person.name_en: (row.presence, row.method) for row in rows}


async def test_a_list_is_looked_at_and_then_noted(ask: Asks, everyone: Cast) -> None:
    _, session = await begun(everyone)
    await numbered(everyone)
    given = {"session": f"sit_{session.id}", "content": LIST}

    seen = (await ask("leader", PREVIEW, **given))["data"]["attendancePreview"]
    before = await noted(session)
    taken = (await ask("leader", TAKE, **given))["data"]["attendanceImport"]

    assert seen["matched"] == [
        {"row": 2, "name": "Mei Member", "no": "", "presence": "LATE", "person": {"nameEn": "Mei Member"}},
        {"row": 4, "name": "", "no": "L-7", "presence": "PRESENT", "person": {"nameEn": "Lin Leader"}},
    ]
    assert seen["unmatched"] == [{"row": 3, "name": "Nobody", "why": "Nobody on the list is called so."}]
    assert before == {}
    assert taken == {"session": {"n": 1}}
    assert await noted(session) == {
        "Mei Member": (Presence.LATE, Method.IMPORT),
        "Lin Leader": (Presence.PRESENT, Method.IMPORT),
    }


async def test_a_list_is_for_who_prepares_the_activity_while_it_is_held(ask: Asks, everyone: Cast) -> None:
    row = await announced(everyone)
    session = await ActivitySession.get(activity_id=row.id)
    given = {"session": f"sit_{session.id}", "content": "name\nMei Member\n"}

    early = (await ask("leader", TAKE, **given))["data"]["attendanceImport"]
    other = (await ask("convener", PREVIEW, **given))["data"]["attendancePreview"]
    nobody = (await ask("leader", TAKE, **given | {"content": "name\nNobody\n"}))["data"]["attendanceImport"]

    assert (early["kind"], early["problems"][0]["code"]) == ("CONFLICT", "NOT_BEGUN")
    assert other["problems"] == [{"code": "NOT_THERE", "field": "session"}]
    assert nobody["problems"] == [{"code": "NOBODY", "field": "content"}]
    refused = (await ask("member", PREVIEW, **given))["data"]["attendancePreview"]
    assert refused["problems"] == [{"code": "ROLE", "field": None}]
    assert await noted(session) == {}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "NO_HEADING"),
        ("date,kind\n2027-01-01,off\n", "NO_HEADING"),
        ("name\n\n", "ROWS"),
        ("name,presence\nMei Member,perhaps\n", "BAD_PRESENCE"),
        ('name\n"Mei', "UNREADABLE"),
    ],
)
def test_what_is_no_list_is_said_to_be_none(content: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_attendance(content)

    assert refused.value.problems[0].code == code


def test_a_workbook_keeps_its_rows_and_what_was_quoted_for_it(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet
    for at, cells in ((1, ["Full name", "Number"]), (3, ["Mei Member", 7]), (5, ["'=Ann", None])):
        for n, cell in enumerate(cells, 1):
            sheet.cell(at, n, cell)
    book.save(tmp_path / "list.xlsx")

    lines = read_attendance(text_of(tmp_path / "list.xlsx"))

    assert [(one.row, one.name, one.no) for one in lines] == [(3, "Mei Member", "7"), (5, "=Ann", "")]


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"name\n" + b"x" * 500_000, "TOO_LARGE"), (b"\0\0\0", "UNREADABLE")],
)
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    (tmp_path / "file").write_bytes(content)

    with pytest.raises(Invalid) as refused:
        text_of(tmp_path / "file")

    assert refused.value.problems[0].code == code


def test_a_broken_workbook_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.save(tmp_path / "whole.xlsx")
    whole = (tmp_path / "whole.xlsx").read_bytes()
    (tmp_path / "torn.xlsx").write_bytes(whole.replace(b"worksheet", b"workshoot"))

    with pytest.raises(Invalid) as refused:
        text_of(tmp_path / "torn.xlsx")

    assert refused.value.problems[0].code == "UNREADABLE"


async def test_a_list_is_taken_in_by_page_without_script(sign_in: SignIn, everyone: Cast) -> None:
    row, session = await begun(everyone)
    await numbered(everyone)
    browser = await sign_in("leader")
    page, key = f"/activities/act_{row.id}/attendance/import", f"sit_{session.id}"

    form = (await browser.get(page)).text
    none = await browser.post(page, data={"session": key})
    wrong = await browser.post(page, data={"session": key}, files={"file": ("a.csv", b"day\n1\n")})
    torn = await browser.post(page, data={"session": key}, files={"file": ("a.csv", b"\0")})
    seen = await browser.post(page, data={"session": key}, files={"file": ("a.csv", LIST.encode())})
    (content,) = re.findall(r'name="content" value="([^"]*)"', seen.text)
    empty = await browser.post(f"{page}/apply", data={"session": key, "content": "name\nNobody\n"})
    taken = await browser.post(f"{page}/apply", data={"session": key, "content": content})

    assert 'enctype="multipart/form-data"' in form
    assert [answer.status_code for answer in (none, wrong, torn, seen)] == [422, 422, 422, 200]
    assert "Choose a file." in none.text
    assert ("1 lines mean nobody" in seen.text, "Note 2 people" in seen.text) == (True, True)
    assert empty.status_code == 422
    assert taken.headers["Location"] == f"/activities/act_{row.id}/attendance?session={key}"
    assert len(await noted(session)) == 2
    assert page in (await browser.get(f"/activities/act_{row.id}/attendance")).text
    nobody = await browser.post(page, data={"session": key}, files={"file": ("a.csv", b"name\nNobody\n")})
    assert "No line means anybody on the list." in nobody.text


async def test_a_list_of_others_is_refused_by_page(sign_in: SignIn, everyone: Cast) -> None:
    row, session = await begun(everyone)
    page, key = f"/activities/act_{row.id}/attendance/import", f"sit_{session.id}"
    file = {"file": ("a.csv", LIST.encode())}
    member, convener = await sign_in("member"), await sign_in("convener")

    refused = await member.post(page, data={"session": key}, files=file)
    missing = await convener.post(page, data={"session": key}, files=file)
    applied = await convener.post(f"{page}/apply", data={"session": key, "content": LIST})

    assert [answer.status_code for answer in (refused, missing, applied)] == [403, 404, 404]
    assert await noted(session) == {}


@pytest.mark.parametrize("format", ["csv", "xlsx"])
async def test_who_came_is_taken_along_without_why_they_are_away(sign_in: SignIn, everyone: Cast, format: str) -> None:
    row = await announced(everyone, sessions=[HALF_DAY, AFTERNOON])
    await activities.leave_ask(everyone["member"], activity=row.id, reason="a journey nobody may know of")
    await activities.invitation_answer(everyone["leader"], activity=row.id, answer=Rsvp.YES)
    await activities.activity_start(everyone["leader"], activity=row.id)
    session = await ActivitySession.get(activity_id=row.id, n=2)
    seen = {everyone.people["leader"].id: Presence.LATE}
    await activities.attendance_note(everyone["leader"], session=session.id, seen=seen)
    browser = await sign_in("leader")

    answer = await browser.get(f"/export/attendance?format={format}&id=act_{row.id}")

    if format == "csv":
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    else:
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
        assert sheet
        rows = [[str(cell or "") for cell in cells] for cells in sheet.iter_rows(values_only=True)]
    assert rows == [
        ["Name", "As what", "Their answer", "Leave of absence", "2026-12-14 09:00", "2026-12-14 14:00"],
        ["Lin Leader", "member", "will come", "", "", "came late"],
        ["Mei Member", "member", "asked for leave", "waits for an answer", "", ""],
    ]
    assert await AuditEntry.filter(action="activities.export", object=f"act_{row.id}").count() == 1
    for name, status in (("member", 403), ("convener", 404)):
        other = await sign_in(name)
        assert (await other.get(f"/export/attendance?id=act_{row.id}")).status_code == status
    program = await sign_in("leader", headers={"Authorization": "Bearer lz_nobodys"})
    assert (await program.get(f"/export/attendance?id=act_{row.id}")).status_code == 401
