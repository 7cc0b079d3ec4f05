"""Pages on paper: each list in full and once, for each role what its page shows, in both languages."""

import datetime as dt
import re

import httpx
import pytest

from server.models.bodies.tables import BodyKind
from server.models.database import transaction
from server.paper.press import Press
from tests import make
from tests.cast import NAMES, Cast
from tests.furnished import addresses, furnish
from tests.paper.reading import Printed, read
from tests.web.visitors import SignIn
from web.paper import routes, whole

CROWD = [f"众{'甲乙丙丁戊己庚辛壬癸'[n // 100]}{n:03}" for n in range(230)]
TODAY = dt.datetime.now(make.ZONE).date()


@pytest.fixture
async def crowd(everyone: Cast) -> Cast:
    """230 more members, in two sectors, of which one is sensitive; more than two parts of a list."""
    async with transaction():
        quiet = await make.body(BodyKind.SECTOR, "Faith", "宗教界", sensitive=True)
        for number, name in enumerate(CROWD):
            sector = quiet if number % 2 else everyone.sector
            seat = await make.seat(
                await make.person(name), everyone.term, sector=sector, unit="江州大学", no=f"C{number}"
            )
            await make.place(everyone.group, await seat.person, membership=seat)
    return everyone


async def printed(browser: httpx.AsyncClient, address: str) -> Printed:
    answer = await browser.get(f"/paper{address}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    assert re.fullmatch(
        r'attachment; filename="luzhi-[a-z-_]+-\d{4}-\d\d-\d\d\.pdf"', answer.headers["Content-Disposition"]
    )
    return read(answer.content)


@pytest.mark.parametrize("sort", ["STROKES", "PINYIN"])
async def test_a_roster_has_every_member_once_and_in_order(sign_in: SignIn, crowd: Cast, sort: str) -> None:
    browser = await sign_in("member", language="zh")

    pdf = await printed(browser, f"/members/roster?sort={sort}&by=one")

    everyone = [*CROWD, "Wen Chair", "Lin Leader", "Kang Convener", "Mei Member"]
    latin = ["Kang Convener", "Lin Leader", "Mei Member", "Wen Chair"]
    found = pdf.order(everyone)
    assert sorted(found) == sorted(everyone)
    assert [name for name in found if name in CROWD] == sorted(CROWD, key=lambda name: _order(name, sort))
    assert [name for name in found if name in latin] == latin
    assert f"第 1 页，共 {len(pdf.pages)} 页" in pdf.pages[0]
    assert (pdf.title, pdf.lang.lower()[:2], pdf.tagged) == ("委员名册", "zh", True)
    assert all(pdf.fonts.values())


def _order(name: str, sort: str) -> str:
    from server.rules.names import sort_pinyin, sort_strokes

    return (sort_pinyin if sort == "PINYIN" else sort_strokes)(name, "", "", "")


async def test_a_roster_by_sector_keeps_a_sensitive_one_off(sign_in: SignIn, crowd: Cast) -> None:
    for name in ("admin", "member"):  # who may see it, and who may not
        pdf = await printed(await sign_in(name, language="zh"), "/members/roster")

        assert "宗教界" not in pdf.text
        assert pdf.outline == ["委员名册", "文艺界 119", "未列界别 115"]
        assert sorted(pdf.order(CROWD)) == sorted(CROWD)


async def test_a_roster_has_headings_by_strokes_and_by_first_letter(sign_in: SignIn, crowd: Cast) -> None:
    browser = await sign_in("secretary")

    strokes = await printed(browser, "/members/roster?by=order")
    letters = await printed(browser, "/members/roster?by=order&sort=PINYIN")

    assert strokes.outline == ["Roster of members", "6 strokes 230", "Names in Latin letters 4"]
    assert letters.outline == ["Roster of members", "K 1", "L 1", "M 1", "W 1", "Z 230"]


async def test_a_roster_is_of_its_day_and_says_so(sign_in: SignIn, crowd: Cast) -> None:
    left = await make.seat(await make.person("离任者"), crowd.term, ends_on=dt.date(2026, 3, 1), sector=crowd.sector)
    browser = await sign_in("secretary", language="zh")

    now = await printed(browser, "/members/roster")
    then = await printed(browser, "/members/roster?on=2026-02-01")

    assert left
    assert "离任者" not in now.text
    assert then.text.count("离任者") == 1
    assert "2026年2月1日在任委员 235 名" in then.text
    assert "Luzhi · 2026年2月1日" in then.pages[-1] or "履职 · 2026年2月1日" in then.pages[-1]
    assert "secretary 打印于" in then.pages[-1]


async def test_the_list_of_members_is_printed_to_its_end_as_it_was_narrowed(sign_in: SignIn, crowd: Cast) -> None:
    browser = await sign_in("member", language="zh")

    whole_list = await printed(browser, "/members?first=1&after=x")
    narrowed = await printed(browser, "/members?search=众甲")

    assert sorted(whole_list.order(CROWD)) == sorted(CROWD)
    assert narrowed.order(CROWD) == CROWD[:100]
    assert "姓名：众甲" in narrowed.pages[0].splitlines()


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_a_body_and_a_group_have_all_their_members(sign_in: SignIn, crowd: Cast, language: str) -> None:
    browser = await sign_in("secretary", language=language)

    sector = await printed(browser, f"/bodies/bod_{crowd.sector.id}")
    group = await printed(browser, f"/learning-groups/bod_{crowd.group.id}")

    assert sorted(sector.order(CROWD)) == sorted(CROWD[::2])
    assert sorted(group.order(CROWD)) == sorted(CROWD)
    assert ("共" in group.pages[0]) == (language == "zh")
    assert f"of {len(group.pages)}" in group.pages[0] or language == "zh"


async def test_gaps_of_coverage_are_printed_to_their_end(sign_in: SignIn, crowd: Cast) -> None:
    from server.models.bodies.tables import BodyMembership

    await BodyMembership.filter(body=crowd.group).delete()
    browser = await sign_in("secretary", language="zh")

    pdf = await printed(browser, "/coverage")

    assert sorted(pdf.order(CROWD)) == sorted(CROWD)


async def test_labels_lie_where_the_sheet_has_them(sign_in: SignIn, crowd: Cast) -> None:
    browser = await sign_in("secretary", language="zh")

    usual = await printed(browser, "/members/labels")
    begun = await printed(browser, "/members/labels?size=8&free=5")

    assert len(usual.pages) == -(-234 // 24)
    assert len(begun.pages) == -(-(234 + 5) // 8)
    assert sorted(usual.order(CROWD)) == sorted(CROWD)
    assert len(begun.order([*CROWD, "Wen Chair", "Lin Leader", "Kang Convener", "Mei Member"])) == 234
    assert "宗教界" not in usual.text
    assert "打印于" not in usual.text


@pytest.mark.parametrize("name", NAMES)
async def test_paper_answers_everyone_as_its_page_does(sign_in: SignIn, everyone: Cast, name: str) -> None:
    examples = await furnish(everyone)
    browser = await sign_in(name)

    for route in [route for route in routes if "GET" in route.methods]:
        for address in addresses(route.path.removeprefix("/paper"), examples):
            page, sheet = await browser.get(address), await browser.get(f"/paper{address}")
            assert page.status_code == sheet.status_code, address
            assert sheet.content.startswith(b"%PDF-") == (page.status_code == 200), address


async def test_paper_shows_no_more_than_the_page(sign_in: SignIn, everyone: Cast) -> None:
    quiet = await make.body(BodyKind.OTHER, "Quiet", "静", sensitive=True)

    for name, sees in (("admin", True), ("member", False)):
        browser = await sign_in(name)
        assert ("Quiet" in (await printed(browser, "/bodies")).text) is sees
        assert (await browser.get(f"/paper/bodies/bod_{quiet.id}")).status_code == (200 if sees else 404)


async def test_a_day_that_is_none_is_refused_as_on_the_page(sign_in: SignIn) -> None:
    answer = await (await sign_in("secretary")).get("/paper/members/roster?on=tomorrow")

    assert answer.status_code == 422
    assert "Write the day as year-month-day" in answer.text


async def test_a_list_that_is_too_long_says_so(sign_in: SignIn, crowd: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole, "MOST", 200)

    answer = await (await sign_in("secretary")).get("/paper/members")

    assert answer.status_code == 422
    assert "On paper go up to 200 entries; these are 235. Ask for fewer." in answer.text


async def test_what_could_not_be_printed_says_why_and_leads_back(sign_in: SignIn, app, everyone: Cast) -> None:
    app.state.press = Press(seconds=0)

    answer = await (await sign_in("secretary")).get("/paper/members?sort=STROKES")

    assert answer.status_code == 503
    assert "It would take too long. Ask for less at a time." in answer.text
    assert 'href="/members?sort=STROKES"' in answer.text


async def test_who_comes_when_too_many_wait_is_told_when_to_come_again(sign_in: SignIn, app, everyone: Cast) -> None:
    app.state.press = Press(at_once=0, waiting=0)

    answer = await (await sign_in("secretary")).get("/paper/members")

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "10")
