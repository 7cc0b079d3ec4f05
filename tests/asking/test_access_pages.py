"""Wishes to read by a browser without script, and as programs ask them; who is told of late ones."""

import datetime as dt
from dataclasses import replace

import pytest

from server.models.accounts.tables import Account
from server.models.asking import access_ask_review, access_give, access_refuse
from server.models.deadlines import tell_deadlines
from server.models.documents import AccessGrant, AccessRequest, Document
from server.models.messages import Message
from server.rules.access import AccessState, Refusal
from server.rules.documents import Level
from server.viewer import system_viewer
from tests import make
from tests.asking.shelf import DAY, TITLE, asked, lying
from tests.cast import NAMES, Cast
from tests.web.visitors import Asks, SignIn

FIELDS = "id state own steps lateBy decidedBy reviewedBy document { title } person { nameEn }"
READ = f"query ($id: ID!) {{ accessRequest(id: $id) {{ {FIELDS} }} }}"


def ahead(days: int) -> dt.date:
    """So many days from today, as the browser has it."""
    return dt.datetime.now(make.ZONE).date() + days * DAY


async def sent(sign_in: SignIn, paper: Document, **typed: str) -> str:
    """The address of what the member asks on the page of a document."""
    member = await sign_in("member")
    said = {"act": "READ", "purpose": "for the hearing", "wantedUntil": ahead(9).isoformat()} | typed
    answer = await member.post(f"/documents/doc_{paper.id}/ask", data=said)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


async def test_a_member_asks_and_reads_what_was_granted(sign_in: SignIn, everyone: Cast) -> None:
    paper = await lying(everyone)
    member, keeper = await sign_in("member"), await sign_in("custodian")

    form = await member.get(f"/documents/doc_{paper.id}/ask")
    address = await sent(sign_in, paper)
    listed, shown = await keeper.get("/access-requests"), await keeper.get(address)
    given = await keeper.post(
        f"{address}/give", data={"until": ahead(3).isoformat(), "maxOpens": "2", "answer": "Yes."}
    )
    mine, own = await member.get(address), await member.get("/me/access-requests")

    assert (TITLE in form.text, 'name="purpose"' in form.text) == (True, True)
    assert (address in listed.text, "Mei Member" in listed.text, "for the hearing" in shown.text) == (True,) * 3
    assert [word in shown.text for word in ("/give", "/refuse", "/ask-more", "/withdraw")] == [True, True, True, False]
    assert (given.status_code, given.headers["Location"]) == (303, address)
    assert ("granted" in mine.text, "Yes." in mine.text, "2 times" in mine.text) == (True, True, True)
    assert (address in own.text, TITLE in own.text, "/give" in mine.text) == (True, True, False)
    assert (await AccessGrant.get()).max_opens == 2
    assert address not in (await keeper.get("/access-requests")).text
    assert address in (await keeper.get("/access-requests?state=APPROVED")).text


async def test_a_refusal_is_reviewed_by_another_person_who_is_named(sign_in: SignIn, everyone: Cast) -> None:
    address = await sent(sign_in, await lying(everyone))
    member, keeper, chair = [await sign_in(name) for name in ("member", "custodian", "chair")]

    without = await keeper.post(f"{address}/refuse", data={"code": "", "reason": ""})
    early = await chair.get(address)
    await keeper.post(f"{address}/refuse", data={"code": "TOO_EARLY", "reason": "In May."})
    read = await member.get(address)
    await member.post(f"{address}/ask-review", data={"words": "May is after the vote."})
    other, same = await chair.get(address), await keeper.get(address)
    again = await keeper.post(f"{address}/uphold", data={"reason": "so"})
    await chair.post(f"{address}/uphold", data={"reason": "The vote is in June."})
    end = await member.get(address)

    assert (without.status_code, 'href="#code"' in without.text, early.status_code) == (422, True, 404)
    assert ("It can be had later" in read.text, "In May." in read.text, "/ask-review" in read.text) == (True,) * 3
    assert ("/overturn" in other.text, "/uphold" in other.text, "/uphold" in same.text) == (True, True, False)
    assert again.status_code == 403
    assert ("refusal stands" in end.text, "The vote is in June." in end.text, "/ask-review" in end.text) == (
        True,
        True,
        False,
    )
    assert ("Wen Chair" in end.text, "custodian" in end.text) == (True, True)


async def test_who_asked_says_what_was_asked_back(sign_in: SignIn, everyone: Cast) -> None:
    address = await sent(sign_in, await lying(everyone))
    member, keeper = await sign_in("member"), await sign_in("custodian")

    empty = await keeper.post(f"{address}/ask-more", data={"question": ""})
    await keeper.post(f"{address}/ask-more", data={"question": "For which hearing?"})
    read = await member.get(address)
    await member.post(f"{address}/complete", data={"purpose": "for that of May", "wantedUntil": ""})

    assert (empty.status_code, 'id="question-problem"' in empty.text) == (422, True)
    assert ("For which hearing?" in read.text, "/complete" in read.text) == (True, True)
    row = await AccessRequest.get()
    assert (row.state, row.purpose, row.wanted_until) == (AccessState.SUBMITTED, "for that of May", ahead(9))


async def test_what_was_typed_stays_beside_its_problem(sign_in: SignIn, everyone: Cast) -> None:
    paper, member = await lying(everyone), await sign_in("member")

    answer = await member.post(
        f"/documents/doc_{paper.id}/ask", data={"purpose": "my own words", "wantedUntil": ahead(-1).isoformat()}
    )

    assert (answer.status_code, 'id="wantedUntil-problem"' in answer.text) == (422, True)
    assert "my own words" in answer.text
    assert await AccessRequest.all().count() == 0


async def test_what_one_may_not_see_has_no_page_to_ask_on(sign_in: SignIn, everyone: Cast) -> None:
    hidden = await lying(everyone, level=Level.WORK_SENSITIVE)
    member = await sign_in("member")
    said = {"purpose": "so", "wantedUntil": ahead(9).isoformat()}

    answers = [
        await member.get(f"/documents/doc_{hidden.id}/ask"),
        await member.post(f"/documents/doc_{hidden.id}/ask", data=said),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert not any(TITLE in answer.text for answer in answers)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("custodian", "member")])
async def test_nobody_else_finds_it_by_any_road(ask: Asks, everyone: Cast, name: str) -> None:
    row = await asked(everyone)
    key = f"arq_{row.id}"

    answers = [
        (await ask(name, READ, id=key))["data"],
        (await ask(name, "query ($id: ID!) { node(id: $id) { id } }", id=key))["data"],
        (await ask(name, "{ ownAccessRequests { edges { node { id } } } }"))["data"],
        (await ask(name, "{ accessRequests { edges { node { id } } } }"))["data"],
    ]

    assert key not in str(answers)


async def test_the_api_says_what_each_can_do_and_who_decided(ask: Asks, everyone: Cast) -> None:
    row = await asked(everyone)
    key = f"arq_{row.id}"
    names = ("member", "custodian", "secretary")

    async def steps() -> list[list[str] | None]:
        found = [(await ask(name, READ, id=key))["data"]["accessRequest"] for name in names]
        return [one and one["steps"] for one in found]

    first = await steps()
    await access_refuse(everyone["custodian"], request=row.id, code=Refusal.NOT_NEEDED)
    second = await steps()
    await access_ask_review(everyone["member"], request=row.id, words="so")
    third = await steps()
    seen = (await ask("member", READ, id=key))["data"]["accessRequest"]

    assert first == [["WITHDRAW"], ["GIVE", "REFUSE", "ASK_MORE"], None]
    assert second == [["ASK_REVIEW"], [], None]
    assert third == [["WITHDRAW"], [], ["OVERTURN", "UPHOLD"]]
    assert (seen["own"], seen["decidedBy"], seen["reviewedBy"]) == (True, "custodian", None)
    assert (seen["document"], seen["person"]) == ({"title": TITLE}, {"nameEn": "Mei Member"})


async def test_late_ones_can_be_asked_for(ask: Asks, everyone: Cast) -> None:
    text = "query ($late: Boolean!) { accessRequests(late: $late) { edges { node { id lateBy } } } }"
    rows = [await asked(everyone) for _ in range(2)]
    await AccessRequest.filter(id=rows[1].id).update(due_on=make.TODAY - 3 * DAY)

    every, late = [
        (await ask("custodian", text, late=late))["data"]["accessRequests"]["edges"] for late in (False, True)
    ]

    assert [edge["node"]["lateBy"] for edge in every] == [3, 0]
    assert [edge["node"] for edge in late] == [{"id": f"arq_{rows[1].id}", "lateBy": 3}]


async def test_the_figures_of_a_year_are_for_everybody_inside(ask: Asks, sign_in: SignIn, everyone: Cast) -> None:
    text = "query ($year: Int) { accessFigures(year: $year) { year asked refused reasons { code count } daysMost } }"
    row, _ = await asked(everyone), await asked(everyone)
    await access_refuse(everyone["custodian"], request=row.id, code=Refusal.CONFLICT)

    now = (await ask("member", text))["data"]["accessFigures"]
    before = (await ask("auditor", text, year=2025))["data"]["accessFigures"]
    page = await (await sign_in("member")).get("/access-requests/figures?year=2026")

    assert (now["year"], now["asked"], now["refused"], now["daysMost"]) == (2026, 2, 1, 0)
    assert {one["code"]: one["count"] for one in now["reasons"]}["CONFLICT"] == 1
    assert (before["year"], before["asked"], before["daysMost"]) == (2025, 0, None)
    assert ("A matter of one" in page.text, TITLE in page.text) == (True, False)
    assert (await ask("visitor", text))["errors"][0]["extensions"]["code"] == "SIGNED_OUT"


async def test_who_answers_and_who_reviews_is_told_once_a_day_of_what_is_late(everyone: Cast) -> None:
    first, second, third = [await asked(everyone) for _ in range(3)]
    await access_give(everyone["custodian"], request=third.id)
    await access_refuse(everyone["custodian"], request=second.id, code=Refusal.NOT_NEEDED)
    await access_ask_review(everyone["member"], request=second.id, words="so")
    before = {row.id for row in await Message.all()}
    friday = system_viewer(make.ZONE, "job", make.NOW + 5 * DAY)

    for viewer in (replace(friday, now=make.NOW + 2 * DAY), friday, friday, replace(friday, now=make.NOW + 8 * DAY)):
        await tell_deadlines(viewer)

    told = [row for row in await Message.all() if row.id not in before]
    keeper = [row for row in told if row.account_id == everyone.accounts["custodian"].id]
    reviews = [row for row in told if row.account_id == everyone.accounts["secretary"].id]
    said = "Requests to read documents to be answered: {} late, {} due by {}"
    assert sorted((row.title_en, row.link) for row in keeper) == [
        (said.format(0, 1, "1 December 2026"), "/access-requests"),
        (said.format(1, 0, "2 December 2026"), "/access-requests?late=true"),
    ]
    assert [row.title_en for row in reviews] == [row.title_en for row in keeper]
    assert await Account.filter(name="custodian").count() == 1
    assert first.due_on == dt.date(2026, 11, 27)
