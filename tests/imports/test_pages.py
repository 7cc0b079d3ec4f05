"""Imports on the page: a file is looked at, decided, and taken back, by a browser without script."""

import io
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from openpyxl import Workbook
from starlette.applications import Starlette

from server.models.bodies import Body, BodyKind
from server.models.imports import ImportRun, ImportState
from server.models.members import Person
from server.schema.ids import id_of
from tests import make
from tests.imports.bringing import FILES, brought
from tests.web.visitors import SignIn

GOOD = "id,姓名,出生日期\nx1,测试甲,1960-01-01\n"


@pytest.fixture
async def office(sign_in: SignIn) -> httpx.AsyncClient:
    return await sign_in("secretary")


def workbook() -> bytes:
    book, kept = Workbook(), io.BytesIO()
    sheet = book.active
    sheet.append(["id", "姓名"])
    sheet.append(["x1", "测试甲"])
    book.save(kept)
    return kept.getvalue()


async def upload(office: httpx.AsyncClient, name: str, content: str | bytes, term: str = "") -> str:
    """The address of the preview."""
    answer = await office.post("/imports", files={"file": (name, content)}, data={"term": term})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


@pytest.mark.parametrize(("name", "content"), [("people.csv", GOOD), ("people.xlsx", workbook())])
async def test_a_file_is_looked_at_then_applied_then_taken_back(
    office: httpx.AsyncClient, name: str, content: str | bytes
) -> None:
    preview = await upload(office, name, content)
    shown = await office.get(preview)
    assert (shown.status_code, "测试甲" in shown.text, await Person.filter(name_zh="测试甲").count()) == (200, True, 0)

    assert (await office.post(f"{preview}/apply")).status_code == 303
    assert await Person.filter(name_zh="测试甲").count() == 1

    assert (await office.get(f"{preview}/undo")).status_code == 200
    assert (await office.post(f"{preview}/undo")).status_code == 303
    assert await Person.filter(name_zh="测试甲").count() == 0
    assert "/apply" not in (await office.get(preview)).text


async def test_a_wrong_row_stops_the_whole_file(office: httpx.AsyncClient) -> None:
    preview = await upload(office, "people.csv", GOOD + "x2,测试乙,1960-02-31\n")
    shown = (await office.get(f"{preview}?outcome=ERROR")).text

    assert "1960-02-31" in shown
    assert f"{preview}/apply" not in shown
    assert (await office.post(f"{preview}/apply")).status_code == 422
    assert await Person.filter(name_zh="测试甲").count() == 0


async def test_an_unknown_heading_is_given_its_meaning_on_the_page(office: httpx.AsyncClient) -> None:
    preview = await upload(office, "people.csv", "id,姓名,备注\nx1,测试甲,随便\n", term="77")
    assert '<option value="备注=ignore">' in (await office.get(preview)).text

    again = await office.post(f"{preview}/again", data={"term": "77", "columns": "备注=ignore"})

    assert again.status_code == 303
    assert again.headers["Location"] != preview
    assert (await office.post(f"{again.headers['Location']}/apply")).status_code == 303
    assert await ImportRun.filter(state=ImportState.DISCARDED).count() == 1


def choices(shown: str, name: str) -> list[tuple[str, str]]:
    """(word, chosen value) of each select of that name, as a browser would send them."""
    found = []
    for label, select in re.findall(
        rf'<label for="[a-z]+-\d+">([^<]*)</label>\s*<select [^>]*name="{name}">(.*?)</select>', shown, re.S
    ):
        options = re.findall(r'<option value="([^"]*)"( selected)?>', select)
        found.append((label, next((value for value, chosen in options if chosen), options[0][0])))
    return found


async def test_headings_stand_in_the_order_of_the_file_with_their_likely_meaning(office: httpx.AsyncClient) -> None:
    file = "姓名,备注,邮箱地址,name,电子邮箱地址,兼职务\nA,x,a@example.org,A,y,z\n"
    for _ in range(3):
        shown = (await office.get(await upload(office, "people.csv", file))).text
        assert choices(shown, "columns") == [
            ("备注", "备注=ignore"),
            ("邮箱地址", "邮箱地址=email"),
            ("姓名", "姓名=name"),
            ("name", "name=ignore"),
            ("电子邮箱地址", "电子邮箱地址=ignore"),
            ("兼职务", "兼职务=title"),
        ]
    assert "--column" not in shown


async def test_what_was_chosen_can_be_chosen_anew(office: httpx.AsyncClient) -> None:
    preview = await upload(office, "people.csv", "id,name,emial,memo\n1,A,a@example.org,x\n")
    sent: dict[str, Any] = {"term": "", "columns": ["emial=phone", "memo=ignore"]}
    again = (await office.post(f"{preview}/again", data=sent)).headers["Location"]

    shown = (await office.get(again)).text
    assert choices(shown, "columns") == [("emial", "emial=phone"), ("memo", "memo=ignore")]
    sent["columns"][0] = "emial=email"
    last = (await office.post(f"{again}/again", data=sent)).headers["Location"]
    assert (await office.post(f"{last}/apply")).status_code == 303
    assert [(p.email, p.phone) for p in await Person.filter(name_en="A")] == [("a@example.org", "")]


async def test_a_classification_is_given_its_kind_on_the_page(office: httpx.AsyncClient) -> None:
    file = "姓名,所在机构,机构分类\nA,甲组,小组\nA,乙委,委办 a=b\n"
    preview = await upload(office, "people.csv", file)
    shown = (await office.get(preview)).text
    assert choices(shown, "kinds") == [("小组", "小组=other"), ("委办 a=b", "委办 a=b=other")]
    assert "--map" not in shown

    sent = {"term": "", "kinds": ["小组=learning_group", "委办 a=b=special_committee"]}
    again = (await office.post(f"{preview}/again", data=sent)).headers["Location"]
    chosen = choices((await office.get(again)).text, "kinds")
    assert chosen == [("委办 a=b", "委办 a=b=special_committee"), ("小组", "小组=learning_group")]

    assert (await office.post(f"{again}/apply")).status_code == 303
    kinds = {body.name_zh: body.kind for body in await Body.filter(name_zh__in=["甲组", "乙委"])}
    assert kinds == {"甲组": BodyKind.LEARNING_GROUP, "乙委": BodyKind.SPECIAL_COMMITTEE}


@pytest.mark.parametrize(
    ("locale", "asks"),
    [("en", "Write the code of the term, and look again."), ("zh", "请填写届次代码，然后重新核对。")],
)
async def test_a_term_that_the_file_lacks_is_written_on_the_page(sign_in: SignIn, locale: str, asks: str) -> None:
    office = await sign_in("secretary", language=locale)
    preview = await upload(office, "people.csv", "name,sector\nA,Arts\n")
    shown = (await office.get(preview)).text
    assert (asks in shown, "--term" in shown) == (True, False)

    again = (await office.post(f"{preview}/again", data={"term": "15"})).headers["Location"]
    assert (await office.post(f"{again}/apply")).status_code == 303


async def test_a_preview_that_the_register_outran_is_looked_at_again(office: httpx.AsyncClient) -> None:
    first, second = [await upload(office, "people.csv", GOOD) for _ in range(2)]
    assert (await office.post(f"{first}/apply")).status_code == 303

    stale = await office.post(f"{second}/apply")
    assert (stale.status_code, f'action="{second}/again"' in stale.text) == (422, True)

    again = await office.post(f"{second}/again", data={"term": ""})
    counts = (await ImportRun.get(id=again.headers["Location"].partition("imp_")[2])).counts["people"]
    assert counts == {"new": 0, "changed": 0, "same": 1, "error": 0}


async def test_a_preview_is_discarded_with_its_file(office: httpx.AsyncClient) -> None:
    preview = await upload(office, "people.csv", GOOD)

    assert (await office.post(f"{preview}/discard")).headers["Location"] == "/imports"
    assert preview not in (await office.get("/imports")).text


@pytest.mark.parametrize(
    ("done", "words"),
    [("apply", "This import is applied"), ("discard", "This import is discarded"), ("lost", "not kept any more")],
)
async def test_what_is_no_preview_any_more_is_not_looked_at_again(
    app: Starlette, office: httpx.AsyncClient, done: str, words: str
) -> None:
    preview = await upload(office, "people.csv", GOOD)
    if done == "lost":
        for file in (app.state.settings.data_dir / "imports").iterdir():
            file.unlink()
    else:
        assert (await office.post(f"{preview}/{done}")).status_code == 303

    again = await office.post(f"{preview}/again", data={"term": "15"})

    assert (again.status_code, words in again.text) == (422, True)
    assert await ImportRun.all().count() == 1


async def test_an_import_from_the_command_line_says_why_it_has_no_rows(office: httpx.AsyncClient) -> None:
    await brought(FILES / "people.csv", term="15")
    page = f"/imports/{id_of(await ImportRun.get())}"

    assert "it came from the command line" in (await office.get(page)).text
    assert "No row fits." in (await office.get(f"{page}?outcome=ERROR")).text
    assert "people: 2 new, 0 changed, 0 wrong" in (await office.get("/imports")).text


async def test_no_file_and_no_readable_file_are_said_beside_the_field(office: httpx.AsyncClient) -> None:
    nothing = await office.post("/imports", files={"file": ("", b"")}, data={"term": "15"})
    broken = await office.post("/imports", files={"file": ("people.xlsx", b"PK\x03\x04 not a workbook")})

    assert (nothing.status_code, 'value="15"' in nothing.text) == (422, True)
    assert broken.status_code in (303, 422)
    assert await Person.filter(name_zh="测试甲").count() == 0


async def test_who_may_not_import_is_refused_everywhere(sign_in: SignIn) -> None:
    member = await sign_in("member")

    assert (await member.get("/imports")).status_code == 403
    assert (await member.post("/imports", files={"file": ("people.csv", GOOD)})).status_code == 403
    assert await ImportRun.all().count() == 0


class Sent:
    """A file that is sent in portions of 100 kB, without saying how many; counts those taken."""

    def __init__(self, portions: int) -> None:
        self.portions, self.taken = portions, 0
        self.headers = {"Content-Type": "multipart/form-data; boundary=b"}

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="people.csv"\r\n\r\nid,x\r\n'
        for _ in range(self.portions):
            self.taken += 1
            yield b"x" * 100_000
        yield b"\r\n--b--\r\n"


async def test_who_may_not_import_is_refused_before_the_file_is_taken(sign_in: SignIn) -> None:
    for name in ("member", "visitor"):
        sent = Sent(20)
        answer = await (await sign_in(name)).post("/imports", content=sent, headers=sent.headers)
        assert (answer.status_code, sent.taken) == (403, 0)


async def test_who_may_import_sends_more_than_a_form_takes(office: httpx.AsyncClient) -> None:
    sent = Sent(20)
    answer = await office.post("/imports", content=sent, headers=sent.headers)

    assert answer.status_code in (303, 422)
    assert sent.taken == 20


async def test_a_file_larger_than_allowed_is_refused_by_its_length_alone(office: httpx.AsyncClient) -> None:
    sent = Sent(1)
    headers = sent.headers | {"Content-Length": "200000001"}
    answer = await office.post("/imports", content=sent, headers=headers)

    assert (answer.status_code, sent.taken, "The file is larger than 200 MB." in answer.text) == (413, 0, True)


@pytest.mark.parametrize(
    ("limit", "status", "words"),
    [(3_000_000, (303, 422), ""), (1_500_000, (413,), "larger than 1.5 MB."), (400_000, (413,), "larger than 400 kB.")],
)
async def test_a_file_may_be_as_large_as_the_deployment_says(
    app: Starlette, office: httpx.AsyncClient, limit: int, status: tuple[int, ...], words: str
) -> None:
    app.state.settings = replace(app.state.settings, upload_limit=limit)
    sent = Sent(20)

    answer = await office.post("/imports", content=sent, headers=sent.headers)

    assert answer.status_code in status
    assert words in answer.text
    assert sent.taken == min(20, limit // 100_000)
    assert (await office.post("/login", data={"username": "x" * 1_000_000})).status_code == 413, "as ever for a form"


@pytest.mark.parametrize("name", ["people." + "x" * 300, "p" * 300 + ".csv", "../people.csv/..", ".csv"])
async def test_the_name_of_a_file_names_no_file_here(office: httpx.AsyncClient, name: str) -> None:
    shown = await office.get(await upload(office, name, GOOD))

    assert (shown.status_code, "测试甲" in shown.text) == (200, True)


async def test_a_sector_that_nobody_entered_is_pointed_out_before_it_is_made(office: httpx.AsyncClient) -> None:
    await make.body(BodyKind.SECTOR, name_zh="文艺界")
    text = "姓名,届次,界别\n甲,15,文艺界\n乙,15,文艺介\n"

    preview = await upload(office, "members.csv", text)
    shown = (await office.get(preview)).text
    pointed = (await office.get(f"{preview}?outcome=WARNING")).text
    right = (await office.get(await upload(office, "right.csv", text.replace("介", "界")))).text

    assert "Taken, but look at them first: 1." in shown
    assert "There is no sector 文艺介 yet: it is made. If it is misspelt, correct the file." in pointed
    assert "look at them first" not in right
