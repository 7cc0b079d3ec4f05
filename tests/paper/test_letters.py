"""Letters of invitation as a PDF: a page for each, whose code opens; nothing is issued that nobody can hand over."""

import asyncio
import logging
import re
from pathlib import Path

import httpx
import pytest

from server.models.accounts import Account, Invitation
from server.paper import press
from server.paper.press import Press
from tests import make
from tests.accounts.door import is_in
from tests.cast import Cast
from tests.invitations.ways import NEW
from tests.paper.reading import Printed, read
from tests.paper.scanning import scanned
from tests.waiting import until
from tests.web.visitors import HERE, SignIn
from web.paper import letters

ALL = "/invitations/letters"
CODE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b")


def pdf_of(answer: httpx.Response) -> Printed:
    assert answer.status_code == 200, answer.text
    assert (answer.headers["Content-Type"], answer.headers["Cache-Control"]) == ("application/pdf", "no-store")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="luzhi-')
    return read(answer.content)


async def test_everyone_has_a_page_in_their_language_and_comes_in_by_its_code(
    sign_in: SignIn, everyone: Cast, client: httpx.AsyncClient
) -> None:
    await make.seat(await make.person("张䶮"), everyone.term, sector=everyone.sector, no="0007")
    office = await sign_in("secretary", language="zh")

    answer = await office.post(f"/paper{ALL}", data={"naming": "NUMBER"})
    pdf, codes = pdf_of(answer), scanned(answer.content)

    assert (pdf.title, pdf.ua, pdf.tagged, pdf.lang, pdf.outline) == ("邀请信函 – 履职", True, True, "zh-CN", [])
    assert all(pdf.fonts.values())
    assert (len(pdf.pages), await Invitation.all().count(), len({text for text, _ in codes})) == (5, 5, 5)
    for number, page in enumerate(pdf.pages, 1):
        assert f"第 {number} 页，共 5 页" in page
        assert len(set(CODE.findall(page))) == 1
    place = next(place for place, page in enumerate(pdf.pages) if "尊敬的张䶮：" in page)
    assert "文艺界" in pdf.pages[place]
    assert codes[place][1] == "用手机扫描的二维码"
    assert {words for _, words in codes} == {"用手机扫描的二维码", "QR code to scan with a phone"}
    assert sum("Dear " in page for page in pdf.pages) == 4
    assert pdf.languages >= {"zh-CN", "en-GB"}
    link, _ = codes[place]
    assert link.startswith(f"{HERE}/invitation/")
    assert (await client.get(link)).status_code == 303
    assert (await client.post("/invitation", data={"by": "link", "new": NEW})).headers["Location"] == "/welcome"
    assert await is_in(client)


async def test_the_code_that_can_be_typed_opens_too(sign_in: SignIn, everyone: Cast, client: httpx.AsyncClient) -> None:
    office = await sign_in("secretary")
    person = f"/invitations/people/per_{everyone.people['member'].id}"

    pdf = pdf_of(await office.post(f"/paper{person}"))

    assert (len(pdf.pages), "Dear Mei Member," in pdf.text, "Page 1 of 1" in pdf.text) == (1, True, True)
    assert "Invitations so far" not in pdf.text
    typed = {"name": "member", "oneTimeCode": CODE.findall(pdf.text)[0], "new": NEW}
    assert (await client.post("/invitation", data=typed)).status_code == 303


async def test_an_administrator_has_the_letter_of_an_office(sign_in: SignIn, everyone: Cast) -> None:
    admin = await sign_in("admin")

    answer = await admin.post(f"/paper/accounts/acc_{everyone.accounts['auditor'].id}/invitation")
    own = await admin.post(f"/paper/accounts/acc_{everyone.accounts['admin'].id}/invitation")

    assert (len(pdf_of(answer).pages), len(scanned(answer.content))) == (1, 1)
    assert (own.status_code, await Invitation.all().count()) == (403, 1)


async def test_the_button_is_beside_the_other_and_sends_the_same_form(sign_in: SignIn, everyone: Cast) -> None:
    office = await sign_in("secretary")
    chosen = f"{ALL}?people=per_{everyone.people['member'].id}&people=per_{everyone.people['leader'].id}"

    check = (await office.get(chosen)).text
    form = check.partition(f'<form method="post" action="{ALL}')[2].partition("</form")[0]
    action = re.findall(r'formaction="([^"]+)"', form)[0].replace("&amp;", "&")
    pdf = pdf_of(await office.post(action, data={"people": re.findall(r'name="people" value="([^"]+)"', form)}))

    assert action == f"/paper{chosen}"
    assert pdf.order(["Dear Lin Leader,", "Dear Mei Member,", "Dear Wen Chair,"]) == [
        "Dear Lin Leader,",
        "Dear Mei Member,",
    ]


async def test_a_second_time_nobody_is_left_to_invite_and_the_page_says_so(sign_in: SignIn, everyone: Cast) -> None:
    office = await sign_in("secretary")

    first = await office.post(f"/paper{ALL}")
    second = await office.post(f"/paper{ALL}")

    assert len(pdf_of(first).pages) == 4
    assert (second.headers["Content-Type"], "Nobody was invited" in second.text) == ("text/html; charset=utf-8", True)
    assert 'href="/invitations"' in second.text


@pytest.mark.parametrize("name", ["member", "chair", "custodian", "auditor"])
async def test_others_are_told_why_not(sign_in: SignIn, everyone: Cast, name: str) -> None:
    browser = await sign_in(name)
    whose = f"/invitations/people/per_{everyone.people['leader'].id}"

    assert [(await browser.post(f"/paper{address}")).status_code for address in (ALL, whose)] == [403, 403]
    assert await Invitation.all().count() == 0


async def test_what_does_not_fit_is_told_on_the_page_which_leads_on_from_its_own_address(
    sign_in: SignIn, everyone: Cast
) -> None:
    answer = await (await sign_in("secretary")).post(f"/paper{ALL}?again=true", data={"naming": "SHOE_SIZE"})

    assert (answer.status_code, 'class="summary' in answer.text) == (422, True)
    assert f'<form method="post" action="{ALL}?again=true">' in answer.text
    assert f'formaction="/paper{ALL}?again=true"' in answer.text
    assert "/paper/paper" not in answer.text
    assert await Invitation.all().count() == 0


@pytest.mark.parametrize("full", [True, False])
async def test_who_cannot_have_the_press_is_told_so_before_anything_is_issued(
    sign_in: SignIn, app, everyone: Cast, monkeypatch: pytest.MonkeyPatch, *, full: bool
) -> None:
    office = await sign_in("secretary")
    app.state.press = Press(waiting=0 if full else 8)
    monkeypatch.setattr(letters, "TURN_S", 0)

    async with app.state.press.turn():
        sent_away = await office.post(f"/paper{ALL}")
    issued = await Invitation.all().count()
    later = await office.post(f"/paper{ALL}")

    assert (sent_away.status_code, sent_away.headers["Retry-After"], issued) == (429, "10", 0)
    assert len(pdf_of(later).pages) == 4


@pytest.mark.parametrize(("child", "said"), [("import time; time.sleep(9)", "too long"), ("exit('a bug')", "wrong")])
async def test_what_cannot_be_printed_after_it_was_issued_is_a_page_that_has_it_all(
    sign_in: SignIn, app, everyone: Cast, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, child: str, said: str
) -> None:
    (tmp_path / "child.py").write_text(child)
    monkeypatch.setattr(press, "CHILD", tmp_path / "child.py")
    app.state.press = Press(seconds=1)

    answer = await (await sign_in("secretary")).post(f"/paper{ALL}")

    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert answer.text.count('<article class="letter"') == await Invitation.all().count() == 4
    assert "Nothing is lost: print this page, it has the letters." in answer.text
    assert said in answer.text


async def test_a_letter_that_was_not_printed_opens_and_the_log_says_why_under_its_number(
    sign_in: SignIn, app, everyone: Cast, client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    app.state.press = Press(seconds=0)
    office = await sign_in("secretary")

    with caplog.at_level(logging.WARNING, "luzhi.paper"):
        answer = await office.post(f"/paper/invitations/people/per_{everyone.people['member'].id}")
    number = re.findall(r"Number of this request: ([^<]+)<", answer.text)[0]
    typed = {"name": "member", "oneTimeCode": CODE.findall(answer.text)[0], "new": NEW}
    came = await client.post("/invitation", data=typed)

    assert f"request {number} was not printed" in caplog.text
    assert "It would take too long." in answer.text
    assert (answer.text.count('class="letter"'), came.status_code) == (1, 303)


async def test_who_goes_away_while_waiting_for_the_press_has_issued_nothing(
    sign_in: SignIn, app, everyone: Cast
) -> None:
    office = await sign_in("secretary")

    async with app.state.press.turn():
        waiting = asyncio.create_task(office.post(f"/paper{ALL}"))
        await until(lambda: app.state.press._here == 2)
        waiting.cancel()
        await asyncio.wait([waiting])

    assert (await Invitation.all().count(), await Account.filter(name="member").count()) == (0, 1)
    assert len(pdf_of(await office.post(f"/paper{ALL}")).pages) == 4
