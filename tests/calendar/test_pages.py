"""The pages of the calendar, without JavaScript: the year in twelve months, a day, and a file that is looked at."""

import re

from server.models.calendar import CalendarChange
from tests import make

CSV = "日期,类别,名称\n2027-01-01,休,元旦\n2027-01-02,班,元旦\n"


def upload(content, name="2027.csv", **more):
    return {"files": {"file": (name, content)}, "data": more}


async def test_a_year_is_a_picture_whose_days_say_by_words_what_they_are(sign_in, everyone):
    secretary, member = await sign_in("secretary"), await sign_in("member", language="zh")

    page, own = (await secretary.get("/calendar?year=2026")).text, (await member.get("/calendar?year=2026")).text

    assert len(re.findall('<table class="month">', page)) == 12
    cell = re.search(r'<td class="day-make_up">(.*?)</td>', page, re.S)[1]
    assert (">4<" in cell, ">work<" in cell, "make-up working day, New Year" in re.sub(r"<[^>]+>", "", cell)) == (
        True,
        True,
        True,
    )
    assert page.count('href="/calendar/day?day=2026-') == 365 + 13
    assert "班" in own
    assert 'until <time datetime="2026-02-23">Monday 23 February 2026</time>' in page
    assert own.count('href="/calendar/day?day=2026-') == 13, "who may change nothing tabs through no 365 links"
    assert "/calendar/import" not in own


async def test_a_year_that_is_not_known_warns(sign_in, everyone):
    page = (await (await sign_in("member")).get("/calendar?year=2090")).text

    assert 'class="notice alarm"' in page
    assert "Weekends only" in page


async def test_a_day_is_changed_with_a_reason_and_taken_back(sign_in, everyone):
    browser = await sign_in("secretary")
    address = "/calendar/day?day=2026-11-23"
    facts = {"day": "2026-11-23", "mark": "OFF", "nameZh": "", "nameEn": "Fair"}

    without = await browser.post(address, data={**facts, "reason": ""})
    done = await browser.post(address, data={**facts, "reason": "city notice"})
    page = (await browser.get(address)).text
    undo = re.search(r'action="(/calendar/changes/cal_[^"]+/undo)"', page)[1]
    undone = await browser.post(undo)

    assert (without.status_code, 'value="Fair"' in without.text, "Say why" in without.text) == (422, True, True)
    assert (done.status_code, done.headers["Location"]) == (303, address)
    assert "city notice" in page
    assert (undone.status_code, undone.headers["Location"]) == (303, "/calendar/changes")
    assert "undone" in (await browser.get("/calendar/changes")).text
    assert (await browser.post(undo)).status_code == 422


async def test_a_member_sees_a_day_and_no_form(sign_in, everyone):
    browser = await sign_in("member")

    page = await browser.get("/calendar/day?day=2026-10-01")

    assert "National Day" in page.text
    assert 'name="reason"' not in page.text
    assert (await browser.post("/calendar/day", data={"day": "2026-10-01"})).status_code == 422
    facts = {"day": "2026-11-23", "mark": "OFF", "nameZh": "", "nameEn": "", "reason": "x"}
    assert (await browser.post("/calendar/day", data=facts)).status_code == 403
    assert (await browser.get("/calendar/import")).status_code == 403
    assert (await browser.post("/calendar/import", **upload(CSV))).status_code == 403


async def test_a_file_is_looked_at_and_taken_with_a_reason(sign_in, everyone):
    browser = await sign_in("secretary")

    seen = await browser.post("/calendar/import", **upload(CSV.encode("gb18030"), replace="false"))
    content = re.search(r'name="content" value="([^"]+)"', seen.text)[1]
    given = {"content": content, "fileName": "2027.csv", "replace": "false"}
    without = await browser.post("/calendar/import/apply", data={**given, "reason": " "})
    taken = await browser.post("/calendar/import/apply", data={**given, "reason": "notice"})

    assert seen.status_code == 200
    assert "make-up working day" in seen.text
    assert (without.status_code, "Say why" in without.text, "元旦" in without.text) == (422, True, True)
    assert (taken.status_code, taken.headers["Location"]) == (303, "/calendar/changes")
    change = await CalendarChange.get()
    assert (change.source, change.reason, change.by_id) == ("2027.csv", "notice", everyone.accounts["secretary"].id)
    assert "Said here for the whole year." in (await browser.get("/calendar?year=2027")).text


async def test_what_is_no_calendar_is_refused_beside_its_field(sign_in, everyone):
    browser = await sign_in("secretary")

    wrong = await browser.post("/calendar/import", **upload("date,kind\n2027-01-01,perhaps\n"))
    none = await browser.post("/calendar/import", data={"replace": "false"})
    lost = await browser.post("/calendar/import/apply", data={"content": "x", "fileName": "", "reason": "x"})

    assert (wrong.status_code, "Row 2: The kind perhaps is not known." in wrong.text) == (422, True)
    assert (none.status_code, "Choose a file." in none.text) == (422, True)
    assert lost.status_code == 422
    assert await CalendarChange.all().count() == 0


async def test_what_the_file_leaves_out_is_said_before_it_goes(sign_in, everyone):
    browser = await sign_in("secretary")
    events = "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20261001\nSUMMARY:国庆节（休）\nEND:VEVENT\n"
    events += "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20261225\nSUMMARY:Christmas\nEND:VEVENT\n"
    whole = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{events}END:VCALENDAR\n"

    seen = await browser.post("/calendar/import", **upload(whole, "a.ics", replace=["false", "true"]))

    assert "It says neither day off nor working day" in seen.text
    assert seen.text.count("<tr>") == 1 + 39
    assert make.TODAY.isoformat() not in seen.text
