"""The pages of messages as people use them, in both languages."""

import re
from html import unescape

import httpx
import pytest

from server.models.messages import Delivery, Message, MessageChoice, tell
from server.rules.messages import EMAIL, DeliveryState, Topic
from server.words import both_names
from tests import make
from tests.cast import Cast
from tests.messages.conftest import system
from tests.paper.reading import read
from tests.web.visitors import SignIn


def plain(answer: httpx.Response) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.text)))


async def write(browser: httpx.AsyncClient, **more: object) -> httpx.Response:
    said = {"titleZh": "会议通知", "titleEn": "A meeting", "textZh": "明天", "textEn": "Tomorrow"}
    return await browser.post("/mailings/new", data={**said, "outside": "false", "urgent": "false", **more})


async def test_the_office_writes_looks_sends_and_a_member_reads(sign_in: SignIn, reached: Cast) -> None:
    office, member = await sign_in("secretary"), await sign_in("member", language="zh")

    drafted = await write(office, term="14")
    address = drafted.headers["Location"]
    look = plain(await office.get(address))
    sent = await office.post(address)
    after = plain(await office.get(address))

    assert (drafted.status_code, sent.status_code) == (303, 303)
    assert "Nobody has got it yet" in look
    assert "Send it to 4 people" in look
    assert "On the way 0 Did not arrive 0 To be handed over 4 Handed over 0" in after
    home = plain(await member.get("/"))
    assert "您有 1 条未读消息" in home
    assert re.search(r"我的消息 1 未读", home)
    inbox = await member.get("/me/messages")
    link = re.search(r'href="(/me/messages/msg_[^"]+)"', inbox.text)
    assert link
    page = plain(await member.get(link[1]))
    assert page.index("明天") < page.index("Tomorrow")
    read = await member.post(link[1])
    assert (read.status_code, read.headers["Location"]) == (303, "/me/messages")
    assert "未读" not in plain(await member.get("/me"))
    confirmed = plain(await office.get(address))
    assert "Read and confirmed 1" in confirmed
    assert re.findall(r"(\w+ \w+) ▲ by the office itself This house has no mail server. ○ marked", confirmed) == [
        "Mei Member"
    ]
    assert "办公室可以看到谁已确认。" in page


async def test_the_office_reminds_those_who_have_not_confirmed(sign_in: SignIn, reached: Cast) -> None:
    office, member = await sign_in("secretary"), await sign_in("member")
    address = (await write(office, term="14")).headers["Location"]
    draft = await office.get(address)
    await office.post(address)
    link = re.search(r'href="(/me/messages/msg_[^"]+)"', (await member.get("/me/messages")).text)
    assert link
    await member.post(link[1])

    before = await office.get(address)
    drafted = await office.post(f"{address}/remind")
    reminder = await office.get(drafted.headers["Location"])
    after = await office.get(address)

    assert ("/remind" in draft.text, "Remind the 3 who have not confirmed" in plain(before)) == (False, True)
    assert "Send it to 3 people" in plain(reminder)
    assert f'href="{address}"' in reminder.text
    assert f'href="{drafted.headers["Location"]}"' in after.text
    assert "Read and confirmed 1" in plain(after)


async def test_what_is_wrong_keeps_what_was_typed(sign_in: SignIn, everyone: Cast) -> None:
    office = await sign_in("secretary")

    answer = await write(office, titleEn="", textEn="Only <b>this</b>")

    assert answer.status_code == 422
    assert "Give the message a title in both languages" in plain(answer)
    assert "Only &lt;b&gt;this&lt;/b&gt;" in answer.text


async def test_a_member_chooses_how_messages_come(sign_in: SignIn, reached: Cast) -> None:
    member = await sign_in("member")
    hours = {"quietFrom": "22", "quietUntil": "6", "digestDay": "7", "digestHour": "9"}

    done = await member.post("/me/messages/choices", data={"choices": ["OFFICE email DIGEST"], **hours})
    page = plain(await member.get("/me/messages/choices"))

    assert done.status_code == 303
    assert [(row.topic, row.mode.value) for row in await MessageChoice.all()] == [(Topic.OFFICE, "digest")]
    assert "Your choice is kept." in page
    assert "You chose this:" in page
    for topic in ("My seat in the assembly: by e-mail", "My places in bodies: by e-mail"):
        assert topic in page
    odd = await member.post("/me/messages/choices", data={"choices": ["OFFICE email"], **hours})
    assert odd.status_code == 422


async def test_all_messages_are_marked_as_read_by_one_button(sign_in: SignIn, everyone: Cast) -> None:
    for number in range(3):
        words = both_names(f"{number}", f"{number}")
        await tell(system(), topic=Topic.OFFICE, words=words, people=[everyone.people["member"].id])
    member = await sign_in("member")

    await member.post("/me/messages")

    assert await Message.filter(read_at=None).count() == 0
    assert "There is no message here" in plain(await member.get("/me/messages?unread=true"))


async def test_the_office_sees_what_did_not_arrive_and_sends_it_again(sign_in: SignIn, reached: Cast) -> None:
    office = await sign_in("secretary")
    address = (await write(office, term="14")).headers["Location"]
    await office.post(address)
    first, *_ = await Delivery.all().order_by("id")
    await Delivery.filter(id=first.id).update(state=DeliveryState.BOUNCED, said="550 <no> such user", tries=1)

    page = await office.get("/deliveries")
    again = await office.post(f"/deliveries/dlv_{first.id}/again")
    every = await office.post("/deliveries")

    assert "550 &lt;no&gt; such user" in page.text
    assert "refused for good" in plain(page)
    assert "1 messages did not arrive" not in plain(await office.get("/"))
    assert [answer.status_code for answer in (again, every)] == [303, 303]
    assert (await Delivery.get(id=first.id)).state is DeliveryState.WAITING
    assert (await office.post(f"/deliveries/dlv_{first.id}/again")).status_code == 422


async def test_without_a_mail_server_there_are_texts_to_copy_and_slips_to_print(sign_in: SignIn, reached: Cast) -> None:
    office = await sign_in("secretary", language="zh")
    address = (await write(office, term="14", outside="true")).headers["Location"]
    await office.post(address)

    slips = await office.get(f"{address}/slips")
    boxes = re.findall(r'name="slips" value="(dlv_[^"]+)"', slips.text)
    done = await office.post(f"{address}/slips", data={"slips": boxes[:1]})

    assert "尚未设置邮件服务器" in plain(await office.get(address))
    assert slips.text.count('class="slip"') == 4
    assert "会议通知\n\n明天\n\nA meeting\n\nTomorrow" in slips.text
    assert (done.status_code, done.headers["Location"]) == (303, f"{address}/slips")
    link = re.findall(r'href="(/deliveries[?]mailing=[^"]+)"', (await office.get(address)).text)[0]
    each = await office.get(unescape(link))
    assert "逐条发送记录：会议通知" in plain(each)
    assert 'aria-current="true"' not in each.text.partition('class="filter"')[2].partition("</nav>")[0]
    assert await Delivery.filter(state=DeliveryState.SENT).count() == 1


async def test_the_office_says_of_many_at_once_that_they_are_told_and_takes_it_back(
    sign_in: SignIn, reached: Cast
) -> None:
    office, zh = await sign_in("secretary"), await sign_in("secretary", language="zh")
    address = (await write(office, term="14")).headers["Location"]
    await office.post(address)
    boxes = re.findall(r'name="slips" value="(dlv_[^"]+)"', (await office.get(f"{address}/slips")).text)

    nobody = await office.post(f"{address}/slips")
    ticked = await office.post(f"{address}/slips", data={"slips": boxes[:2]})
    twice = await office.post(f"{address}/slips", data={"slips": boxes[1:3]})
    sector = f"bod_{reached.sector.id}"
    others = await office.post(f"{address}/slips/all", data={"sector": f"bod_{make.some_id()}"})
    rest = await office.post(f"{address}/slips/all")
    page = await zh.get(f"{address}/slips")

    assert (nobody.status_code, twice.status_code, ticked.status_code, rest.status_code) == (422, 422, 303, 303)
    assert 'href="#slips"' in nobody.text
    assert "Tick those whom you have told." in plain(nobody)
    assert f'value="{boxes[2]}" checked' in twice.text
    assert others.status_code == 404
    assert re.findall(r"secretary (\d)", plain(page).partition("操作人")[2]) == ["2", "2"]
    assert "To be handed over 0 Handed over 4" in plain(await office.get(address))
    assert f'value="{sector}"' in page.text
    at = unescape(re.findall(r'name="at" value="([^"]+)"', page.text)[0])
    back = [await office.post(f"{address}/slips/back", data={"at": at}) for _ in range(2)]
    assert [answer.status_code for answer in back] == [303, 422]
    assert "To be handed over 2 Handed over 2" in plain(await office.get(address))


async def test_the_office_says_that_a_letter_came_back_and_is_warned_before_it_writes_again(
    sign_in: SignIn, reached: Cast
) -> None:
    office = await sign_in("secretary")
    address = (await write(office, term="14")).headers["Location"]
    await office.post(address)
    mei = reached.people["member"]
    await Delivery.filter(person_id=mei.id).update(channel=EMAIL, state=DeliveryState.SENT, done_at=make.NOW)
    (row,) = await Delivery.filter(person_id=mei.id)

    listed = await office.get("/deliveries?states=SENT&search=mei")
    back = await office.post(f"/deliveries/dlv_{row.id}/came-back")
    failed = await office.get("/deliveries")
    draft = plain(await office.get((await write(office, term="14")).headers["Location"]))

    assert f'action="/deliveries/dlv_{row.id}/came-back"' in listed.text
    assert "Mei Member" not in plain(await office.get("/deliveries?states=SENT&search=lin"))
    assert (back.status_code, back.headers["Location"]) == (303, "/deliveries")
    assert re.search(r"Mei Member A meeting e-mail ▲ refused for good came back, says secretary, \w+day", plain(failed))
    assert "From 1 addresses letters came back." in draft
    assert re.findall(r"(\w+ \w+) ▲ by the office itself [^▲]*?came back on", draft) == ["Mei Member"]
    assert (await office.post(f"/deliveries/dlv_{row.id}/back")).status_code == 303
    assert "Mei Member" not in plain(await office.get("/deliveries"))
    assert (await office.post(f"/deliveries/dlv_{row.id}/back")).status_code == 422


async def test_slips_are_a_pdf_with_a_name_on_each_and_the_text_only_where_it_may_leave_the_house(
    sign_in: SignIn, reached: Cast
) -> None:
    office = await sign_in("secretary", language="zh")
    for outside in (True, False):
        address = (await write(office, term="14", outside=str(outside).lower())).headers["Location"]
        await office.post(address)

        page = await office.get(f"{address}/slips")
        answer = await office.get(f"/paper{address}/slips")
        pdf = read(answer.content)

        names = ["Wen Chair", "Lin Leader", "Kang Convener", "Mei Member"]
        assert f'href="/paper{address}/slips"' in page.text
        assert (answer.status_code, pdf.ua, pdf.title) == (200, True, "通知单：会议通知 – 履职")
        assert (sorted(pdf.order(names)), sorted(pdf.outline)) == (sorted(names), sorted(names))
        assert (pdf.text.count("会议通知"), pdf.text.count("A meeting")) == (4, 4)
        assert (pdf.text.count("明天"), pdf.text.count("Tomorrow")) == ((4, 4) if outside else (0, 0))
        assert "第 1 页，共 1 页" in pdf.text
        assert "已转交" not in pdf.text
    assert (await (await sign_in("member")).get(f"/paper{address}/slips")).status_code in (403, 404)


async def test_a_message_to_nobody_points_at_where_to_say_to_whom(sign_in: SignIn, everyone: Cast) -> None:
    office = await sign_in("secretary")

    refused = await write(office)

    assert refused.status_code == 422
    assert 'href="#term"' in refused.text
    assert re.search(r'id="term-problem">.*Say to whom', refused.text)


@pytest.mark.parametrize("name", ["member", "leader", "auditor", "visitor"])
async def test_the_offices_pages_are_the_offices(sign_in: SignIn, everyone: Cast, name: str) -> None:
    browser = await sign_in(name)

    for address in ("/mailings", "/mailings/new", "/deliveries"):
        answer = await browser.get(address)
        assert answer.status_code == (303 if name == "visitor" else 403)


async def test_a_search_keeps_every_state_that_was_asked_for(sign_in: SignIn, reached: Cast) -> None:
    office = await sign_in("secretary")

    page = await office.get("/deliveries?states=WAITING&states=GIVEN_UP&search=mei")

    search = page.text[page.text.index('role="search"') :].partition("</form>")[0]
    assert re.findall(r'name="states" value="(\w+)"', search) == ["WAITING", "GIVEN_UP"]


async def test_what_is_tried_again_by_itself_offers_no_slip(sign_in: SignIn, reached: Cast) -> None:
    office = await sign_in("secretary")
    address = (await write(office, term="14")).headers["Location"]
    await office.post(address)
    mine = Delivery.filter(person_id=reached.people["member"].id)
    for state, offered in ((DeliveryState.FAILED, False), (DeliveryState.GIVEN_UP, True)):
        await mine.update(channel=EMAIL, state=state)

        listed = await office.get("/deliveries?search=mei&states=FAILED&states=GIVEN_UP")
        counted = plain(await office.get(address))

        assert ("Print a slip" in plain(listed)) is offered
        assert f"On the way {int(not offered)} Did not arrive {int(offered)}" in counted
