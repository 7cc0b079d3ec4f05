"""Pages that refused or failed, told to the office: once, by whoever met them, and only what was said to them."""

import asyncio
import datetime as dt

import pytest

from server.errors import DomainError, Refused
from server.models.audit import AuditEntry, verify
from server.models.messages import Message
from server.models.requests import (
    MOST,
    Request,
    own_requests,
    request_accept,
    request_decline,
    request_report,
    request_send,
    request_withdraw,
    visible_requests,
)
from server.rules.mishaps import mishap, sealed
from server.rules.requests import RequestField, RequestState
from tests import make
from tests.cast import Cast
from tests.web.visitors import Asks

SECRET = "a key of the house"
NUMBER = "0123456789abcdef0123456789abcdef"
EVERYBODY = ["admin", "secretary", "custodian", "chair", "auditor", "leader", "convener", "member", "department"]


async def refused(attempt: object) -> tuple[str, str | None]:
    with pytest.raises(DomainError) as refusal:
        await attempt
    return refusal.value.problems[0].code, refusal.value.problems[0].field


def said(cast: Cast, name: str, number: str = NUMBER, page: str = "/members/per_x") -> str:
    return sealed(mishap(page, status=404, number=number, at=make.NOW), cast.accounts[name].id, SECRET)


async def told(cast: Cast, name: str = "member", words: str = "", **what: str) -> Request:
    return await request_report(cast[name], mishap=said(cast, name, **what), words=words, secret=SECRET)


@pytest.mark.parametrize("name", EVERYBODY)
async def test_whoever_has_a_role_tells_the_office_and_reads_it_among_their_own(everyone: Cast, name: str) -> None:
    row = await told(everyone, name, " I looked\r\nfor Mei. ", page="/invitation/geheim")

    assert (row.field, row.state, row.words) == (RequestField.ERROR_PAGE, RequestState.OPEN, "I looked for Mei.")
    assert (row.page, row.status, row.number) == ("/invitation/…", 404, NUMBER)
    assert (row.happened_at, row.created_at) == (make.NOW.replace(microsecond=0), make.NOW)
    assert (row.sender, row.due_on) == (name, dt.date(2026, 12, 4))
    assert row.person_id == (everyone.people[name].id if name in everyone.people else None)
    assert [own.id for own in await Request.filter(own_requests(everyone[name]))] == [row.id]
    assert [one.id for one in await Request.filter(visible_requests(everyone["secretary"]))] == [row.id]
    others = next(other for other in ("member", "leader") if other != name)
    assert await Request.filter(visible_requests(everyone[others])).count() == 0
    entry = await AuditEntry.get()
    assert (entry.action, entry.object) == ("request.report", f"req_{row.id}")
    assert entry.facts == {"page": "/invitation/…", "status": 404, "number": NUMBER}
    assert (await verify()).ok


async def test_the_same_is_told_once(everyone: Cast) -> None:
    first = await told(everyone, words="first")

    again = await asyncio.gather(*(told(everyone, words="again") for _ in range(3)))

    assert {row.id for row in again} == {first.id}
    assert ((await Request.get()).words, await AuditEntry.all().count()) == ("first", 1)


async def test_two_at_the_same_time_are_one(everyone: Cast) -> None:
    rows = await asyncio.gather(*(told(everyone) for _ in range(4)))

    assert len({row.id for row in rows}) == await Request.all().count() == 1


@pytest.mark.parametrize("whose", ["leader", "custodian"])
async def test_what_was_said_to_another_is_not_taken(everyone: Cast, whose: str) -> None:
    attempt = request_report(everyone["member"], mishap=said(everyone, whose), secret=SECRET)

    assert await refused(attempt) == ("NOT_SAID", "mishap")
    assert await Request.all().count() == 0


@pytest.mark.parametrize(
    "text", ["", " ", "404 / x", "404 2026-11-22T00:00:00+00:00 1 /members " + "0" * 64, "x" * 5000]
)
async def test_what_no_page_said_is_not_taken(everyone: Cast, text: str) -> None:
    assert await refused(request_report(everyone["member"], mishap=text, secret=SECRET)) == ("NOT_SAID", "mishap")
    other = said(everyone, "member").replace("/members", "/accounts")
    assert await refused(request_report(everyone["member"], mishap=other, secret=SECRET)) == ("NOT_SAID", "mishap")
    assert await Request.all().count() == 0


async def test_words_that_do_not_fit_are_told_beside_them(everyone: Cast) -> None:
    assert await refused(told(everyone, words="1" * 1001)) == ("TOO_LONG", "words")
    assert await refused(told(everyone, words="a\0b")) == ("BAD_CHARACTER", "words")
    assert await Request.all().count() == 0


async def test_visitors_and_those_without_any_role_write_nothing_into_the_list(everyone: Cast) -> None:
    with pytest.raises(Refused):
        await request_report(everyone["visitor"], mishap=said(everyone, "member"), secret=SECRET)
    idle = make.viewer(account=everyone.accounts["member"].id, name="idle")
    with pytest.raises(Refused):
        await request_report(idle, mishap=said(everyone, "member"), secret=SECRET)
    assert await Request.all().count() == 0


async def test_only_so_many_wait_and_they_keep_no_change_of_details_away(everyone: Cast) -> None:
    for n in range(MOST):
        await told(everyone, number=f"{n:032x}")

    assert (await refused(told(everyone, number="f" * 32)))[0] == "TOO_MANY_WAIT"
    assert (await told(everyone, number=f"{3:032x}")).number == f"{3:032x}"
    await request_send(everyone["member"], field=RequestField.PHONE, wanted="1")
    assert await Request.all().count() == MOST + 1


async def test_it_comes_from_the_page_alone(everyone: Cast) -> None:
    attempt = request_send(everyone["member"], field=RequestField.ERROR_PAGE, words="It failed.")

    assert await refused(attempt) == ("FROM_THE_PAGE", "field")


@pytest.mark.parametrize("name", ["member", "custodian"])
async def test_the_office_answers_and_whoever_told_it_hears_so(everyone: Cast, name: str) -> None:
    row = await told(everyone, name)

    assert await refused(request_accept(everyone["secretary"], request=row.id)) == ("ANSWER_MISSING", "answer")
    done = await request_accept(everyone["secretary"], request=row.id, answer="The link was old. Here is the new one.")

    assert (done.state, done.answer) == (RequestState.ACCEPTED, "The link was old. Here is the new one.")
    message = await Message.get()
    assert message.title_en == "The office answered what you told it of a page"
    assert message.person_id == (everyone.people[name].id if name in everyone.people else None)
    assert message.account_id == (None if name in everyone.people else everyone.accounts[name].id)
    assert message.link == f"/requests/req_{row.id}"


async def test_it_is_declined_with_a_reason_or_withdrawn_by_who_sent_it(everyone: Cast) -> None:
    no, back = await told(everyone, "custodian"), await told(everyone, "custodian", number="a" * 32)

    declined = await request_decline(everyone["admin"], request=no.id, reason="This page is for administrators.")
    assert await refused(request_withdraw(everyone["auditor"], request=back.id)) == ("NOT_THERE", "request")
    withdrawn = await request_withdraw(everyone["custodian"], request=back.id)

    assert (declined.state, withdrawn.state) == (RequestState.DECLINED, RequestState.WITHDRAWN)


async def test_programs_read_what_was_told(ask: Asks, everyone: Cast) -> None:
    row = await told(everyone, "custodian", "Hm.")
    fields = "id field page status number words happenedAt sender own person { id }"

    listed = await ask("secretary", f"{{ requests(first: 9) {{ edges {{ node {{ {fields} }} }} }} }}")
    own = await ask("custodian", f"{{ ownRequests {{ {fields} }} }}")

    shown = {
        "id": f"req_{row.id}",
        "field": "ERROR_PAGE",
        "page": "/members/…",
        "status": 404,
        "number": NUMBER,
        "words": "Hm.",
        "happenedAt": row.happened_at.isoformat(),
        "sender": "custodian",
        "person": None,
    }
    assert listed["data"]["requests"]["edges"][0]["node"] == {**shown, "own": False}
    assert own["data"]["ownRequests"] == [{**shown, "own": True}]
