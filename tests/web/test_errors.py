"""Every page of an error: who is signed in sends it to the office, others write or copy; nothing secret goes along."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from html import unescape
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
import pytest
from starlette.applications import Starlette

from server.models import database
from server.models.assembly import change_assembly
from server.models.audit import AuditEntry
from server.models.database import connection
from server.models.requests import Request
from server.paper.press import Press
from server.rules.buckets import Buckets, Rates
from server.schema.arriving import COOKIE
from tests.cast import Cast
from tests.web.visitors import HERE, htmx, open_session
from web import assembly
from web.edge import A_PAGE, MOST_BYTES

SECRET = "Zk3v9-QbX0r_T7uYw2LmN5sD8fGhJ1pA6cE4iO0xKtU"
TYPED = "what-nobody-else-may-read"
NOBODY = f"acc_{UUID(int=0)}"
ERRORS = {
    403: ("POST", f"/accounts/{NOBODY}/enable", f"/accounts/{NOBODY}/enable"),
    404: ("GET", f"/nothing/{SECRET}?q={TYPED}", "/nothing/…"),
    405: ("GET", f"/logout?q={TYPED}", "/logout"),
    413: ("POST", "/preferences", "/preferences"),
    422: ("GET", f"/members?first={TYPED}", "/members"),
    429: ("GET", f"/members?search={TYPED}", "/members"),
    500: ("GET", f"/login?next=/{TYPED}", "/login"),
    503: ("GET", f"/paper/members?search={TYPED}", "/paper/members"),
}
"""Status -> how it comes to it: the method, the address, and the path that is told of it."""
OF_VISITORS = (403, 404, 405, 413, 422, 500)
"""The others are met by those alone who are signed in."""
WORDS = {
    "en": ("Send this to the office", "What did you want to do?", "Page", "It is with the general office."),
    "zh": ("发送给办公室", "您当时想做什么？", "页面", "已送达办公室"),
}
Open = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.fixture
async def browse(app: Starlette, everyone: Cast, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Open]:
    """`await browse("member", "zh")`: a browser that has seen a page, in a house whose faults do not end the test."""
    monkeypatch.setattr(assembly, "FRESH_S", 0.0)
    facts = {"name_en": "Yunzhu Assembly", "telephone": "0571 8000", "email": "office@example.org"}
    await change_assembly(everyone["admin"], **facts)
    async with AsyncExitStack() as stack:

        async def opened(name: str, language: str = "en") -> httpx.AsyncClient:
            cookies = {COOKIE: await open_session(everyone.accounts[name])} if name != "visitor" else {}
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            how = {"base_url": HERE, "headers": {"Accept-Language": language}, "cookies": cookies}
            browser = await stack.enter_async_context(httpx.AsyncClient(transport=transport, **how))
            await browser.get("/login")
            return browser

        yield opened


async def met(app: Starlette, browser: httpx.AsyncClient, status: int) -> str:
    """The page of that error; what made it fail is mended afterwards."""
    method, address, _ = ERRORS[status]
    data = {"nameEn": "x" * MOST_BYTES if status == 413 else TYPED} if method == "POST" else None
    usual, press = app.state.settings, app.state.press
    if status == 429:
        app.state.settings = replace(usual, rates=Rates(visitor=1, session=A_PAGE, token=1))
    if status == 503:
        app.state.press = Press(seconds=0)
    if status == 500:
        await connection().execute_script("ALTER TABLE assembly RENAME TO gone")
    if status == 429:
        await browser.request(method, address)
    answer = await browser.request(method, address, data=data)
    if status == 500:
        await connection().execute_script("ALTER TABLE gone RENAME TO assembly")
    app.state.settings, app.state.press, app.state.buckets = usual, press, Buckets()
    assert answer.status_code == status
    return answer.text


def sent_along(page: str) -> str:
    """What the form of the page gives along."""
    (value,) = re.findall(r'<input type="hidden" name="mishap" value="([^"]*)">', page)
    return unescape(value)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("status", ERRORS)
@pytest.mark.parametrize("name", ["member", "secretary"])
async def test_who_is_signed_in_sends_it_and_the_office_finds_it_in_its_list(
    app: Starlette, browse: Open, everyone: Cast, name: str, status: int, language: str
) -> None:
    browser, office = await browse(name, language), await browse("secretary", language)
    heading, question, _, thanks = WORDS[language]

    page = await met(app, browser, status)
    answer = await browser.post("/me/requests/report", data={"mishap": sent_along(page), "words": "To find <Mei>."})
    own = (await browser.get("/me/requests")).text
    listed = (await office.get("/requests")).text

    assert (heading in page, question in page, page.count('action="/me/requests/report"')) == (True, True, 1)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/me/requests")
    row = await Request.get()
    assert (row.page, row.status, row.words) == (ERRORS[status][2], status, "To find <Mei>.")
    assert (row.sender, row.account_id) == (name, everyone.accounts[name].id)
    assert re.fullmatch("[0-9a-f]{32}", row.number)
    assert thanks in own
    for text in (own, listed):
        assert f"{status} <bdi>{row.page}</bdi>" in text
        assert (row.number in text, "To find &lt;Mei&gt;." in text) == (True, True)
    told = f"{sent_along(page)} {row.words} {(await AuditEntry.filter(action='request.report').get()).payload}"
    assert (SECRET in told, TYPED in told) == (False, False)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("status", OF_VISITORS)
async def test_a_visitor_writes_or_copies_and_cannot_fill_the_list(
    app: Starlette, browse: Open, everyone: Cast, status: int, language: str
) -> None:
    browser, member = await browse("visitor", language), await browse("member")
    others = sent_along((await member.get("/nothing")).text)

    page = await met(app, browser, status)
    sent = await browser.post("/me/requests/report", data={"mishap": others, "words": "Buy this"})

    (text,) = re.findall(r'<textarea id="copy" rows="6" readonly>([^<]*)</textarea>', page)
    (address,) = re.findall(r'href="(mailto:[^"?]*\?[^"]*)"', page)
    letter = parse_qs(urlsplit(unescape(address)).query, strict_parsing=True)
    assert (urlsplit(address).path, letter["body"]) == ("office@example.org", [unescape(text).replace("\n", "\r\n")])
    colon = "：" if language == "zh" else ": "
    assert unescape(text).splitlines()[0] == f"{WORDS[language][2]}{colon}{ERRORS[status][2]}"
    assert (str(status) in text, len(re.findall("[0-9a-f]{32}", text)), "(Asia/Shanghai)" in text) == (True, 1, True)
    assert (SECRET in text, TYPED in text, TYPED in address) == (False, False, False)
    assert ("0571 8000" in page, "/me/requests/report" in page) == (True, False)
    assert (sent.status_code, await Request.all().count()) == (403, 0)


@pytest.mark.parametrize("name", ["visitor", "member"])
async def test_where_the_database_is_gone_nothing_is_sent_and_the_page_says_how_to_tell_the_office(
    app: Starlette, browse: Open, db: str, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    browser = await browse(name, "zh")
    await database.close()
    await database.connect("postgres://luzhi@127.0.0.1:1/luzhi")

    answer = await browser.get(f"/members?search={TYPED}")

    assert (answer.status_code, answer.headers["Content-Type"]) == (500, "text/html; charset=utf-8")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    (number,) = set(re.findall("[0-9a-f]{32}", answer.text))
    assert f"request {number} failed" in caplog.text
    for words in (
        "Yunzhu Assembly",
        "0571 8000",
        "mailto:office@example.org?subject=",
        "页面：/members",
        f"编号：{number}",
    ):
        assert words in answer.text, words
    assert ("<form" in answer.text, TYPED in answer.text) == (False, False)


async def test_what_another_site_or_another_person_sends_does_nothing(browse: Open) -> None:
    member, leader = await browse("member"), await browse("leader")
    theirs = {"mishap": sent_along((await member.get("/nothing")).text), "words": "I am Mei."}

    foreign = await member.post("/me/requests/report", data=theirs, headers={"Sec-Fetch-Site": "cross-site"})
    origin = await member.post("/me/requests/report", data=theirs, headers={"Origin": "https://else.example"})
    others = await leader.post("/me/requests/report", data=theirs)
    changed = await member.post("/me/requests/report", data=theirs | {"mishap": theirs["mishap"].replace("404", "500")})
    nothing = await member.post("/me/requests/report", data={"words": "No page at all"})

    assert [answer.status_code for answer in (foreign, origin, others, changed, nothing)] == [403, 403, 422, 422, 422]
    assert "No page said this to you. Open the page again where it happened." in others.text
    assert "I am Mei." in others.text
    assert await Request.all().count() == 0


async def test_it_is_told_once_however_often_it_is_sent(browse: Open) -> None:
    member = await browse("member")
    data = {"mishap": sent_along((await member.get("/nothing")).text), "words": ""}

    answers = [await member.post("/me/requests/report", data=data) for _ in range(3)]

    assert {answer.status_code for answer in answers} == {303}
    assert await Request.all().count() == 1


async def test_words_that_are_too_long_come_back_and_can_be_sent_then(browse: Open) -> None:
    member = await browse("member")
    mishap = sent_along((await member.get("/nothing")).text)

    long = await member.post("/me/requests/report", data={"mishap": mishap, "words": "so " * 400})
    again = await member.post("/me/requests/report", data={"mishap": sent_along(long.text), "words": "so"})

    assert (long.status_code, 'id="words-problem"' in long.text, "so so so" in long.text) == (422, True, True)
    assert (again.status_code, (await Request.get()).page) == (303, "/nothing")


async def test_the_secret_of_a_link_does_not_go_along(browse: Open) -> None:
    member = await browse("member")

    page = await member.get(f"/invitation/{SECRET}/")
    there = await member.get(f"/invitation/{SECRET}/more", follow_redirects=True)
    said = sent_along(there.text)
    await member.post("/me/requests/report", data={"mishap": said, "words": ""})

    assert (page.status_code, there.status_code) in ((404, 404), (307, 404))
    assert "/invitation/…/more" in said
    assert SECRET not in said
    assert (await Request.get()).page == "/invitation/…/more"


async def test_an_error_that_htmx_asked_for_is_the_whole_page_with_its_form(browse: Open) -> None:
    member = await browse("member")

    answer = await member.get("/members?first=x", headers=htmx("results"))

    assert (answer.status_code, "</html>" in answer.text) == (422, True)
    assert "/members " in sent_along(answer.text)


async def test_the_office_answers_it_and_whoever_sent_it_reads_the_answer(browse: Open) -> None:
    custodian, office = await browse("custodian"), await browse("secretary")
    mishap = sent_along((await custodian.get("/nothing")).text)
    await custodian.post("/me/requests/report", data={"mishap": mishap, "words": "An old link."})
    address = f"/requests/req_{(await Request.get()).id}"

    shown = (await office.get(address)).text
    empty = await office.post(f"{address}/accept", data={"answer": ""})
    done = await office.post(f"{address}/accept", data={"answer": "The page has moved to Members."})
    read = (await custodian.get(address)).text

    assert ("custodian" in shown, "/nothing" in shown, "An old link." in shown, "/withdraw" in shown) == (
        *(True, True, True),
        False,
    )
    assert (empty.status_code, done.status_code) == (422, 303)
    assert "The page has moved to Members." in read
    assert (await (await browse("leader")).get(address)).status_code == 404


async def test_the_limits_of_writing_hold(app: Starlette, browse: Open) -> None:
    member = await browse("member")
    data = {"mishap": sent_along((await member.get("/nothing")).text), "words": ""}
    app.state.settings = replace(app.state.settings, rates=Rates(visitor=1, session=A_PAGE, token=1))
    app.state.buckets = Buckets()

    await member.get("/nothing")
    answer = await member.post("/me/requests/report", data=data)

    assert (answer.status_code, "Retry-After" in answer.headers, await Request.all().count()) == (429, True, 0)
