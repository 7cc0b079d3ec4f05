"""Deadlines of the office: which requests are late or due soon, who is told of them, and how sure a day is."""

import datetime as dt
from dataclasses import replace

import pytest

from server.models.accounts.tables import Account, RoleAssignment
from server.models.audit import AuditEntry
from server.models.calendar import change_day
from server.models.deadlines import tell_deadlines
from server.models.messages import Message
from server.models.requests import Request, request_send
from server.rules.calendar import DayMark
from server.rules.messages import Topic
from server.rules.permissions import Role
from server.rules.requests import RequestField, RequestState
from server.viewer import Viewer, system_viewer
from tests import make
from tests.cast import Cast
from tests.web.visitors import Asks, SignIn

MONDAY = dt.date(2026, 11, 23)
IN_TIME = "Requests of members to be answered: {late} late, {soon} due by 25 November 2026"


def system(day: dt.date = MONDAY) -> Viewer:
    """The job, at eight of that day."""
    return system_viewer(make.ZONE, "job", dt.datetime.combine(day, dt.time(8), make.ZONE))


async def waiting(cast: Cast, *due: dt.date, state: RequestState = RequestState.OPEN) -> None:
    """Requests that wait for an answer until these days."""
    whose = {"account": cast.accounts["member"], "person": cast.people["member"]}
    for day in due:
        facts = {"field": RequestField.OTHER, "words": "so", "created_at": make.NOW, "due_on": day}
        await Request.create(state=state, **whose, **facts)


def days(count: int) -> dt.date:
    return MONDAY + dt.timedelta(days=count)


async def test_who_answers_requests_is_told_once_a_day_how_many_are_late_and_due_soon(everyone: Cast) -> None:
    await waiting(everyone, days(-20), days(-1), days(0), days(2), days(3))
    await waiting(everyone, days(-9), state=RequestState.DECLINED)

    said = [str(await tell_deadlines(system())) for _ in range(2)]
    first = await Message.all()
    await tell_deadlines(system(days(1)))

    assert said == ["2 requests are late, 2 due soon; 0 invitations ran out; 0 documents await confirmations."] * 2
    assert {row.account_id for row in first} == {everyone.accounts[name].id for name in ("admin", "secretary")}
    assert {(row.topic, row.title_en, row.link) for row in first} == {
        (Topic.WORK, IN_TIME.format(late=2, soon=2), "/requests?late=true")
    }
    assert await Message.all().count() == 4


async def test_what_is_due_soon_alone_leads_to_the_whole_list(everyone: Cast) -> None:
    await waiting(everyone, days(2))

    await tell_deadlines(system())

    assert {(row.title_en, row.link) for row in await Message.all()} == {(IN_TIME.format(late=0, soon=1), "/requests")}


async def test_soon_is_counted_in_working_days(everyone: Cast) -> None:
    await waiting(everyone, days(3))
    await change_day(everyone["secretary"], days(1), mark=DayMark.OFF, name_en="Fair", reason="the fair")

    assert str(await tell_deadlines(system())).startswith("0 requests are late, 1 due soon")


@pytest.mark.parametrize("due", [(), (days(3),)])
async def test_nobody_is_told_where_nothing_is_to_be_said(everyone: Cast, due: tuple[dt.date, ...]) -> None:
    await waiting(everyone, *due)

    assert (
        str(await tell_deadlines(system()))
        == "0 requests are late, 0 due soon; 0 invitations ran out; 0 documents await confirmations."
    )
    assert await Message.all().count() == 0


async def test_nobody_is_told_on_a_day_off(everyone: Cast) -> None:
    await waiting(everyone, days(-20))

    assert str(await tell_deadlines(system(make.TODAY))) == "Nobody works today, so nobody was told."
    assert await Message.all().count() == 0


async def test_who_may_answer_today_is_told_and_nobody_else(everyone: Cast) -> None:
    await waiting(everyone, days(-1))
    await Account.filter(name="admin").update(active=False)
    await RoleAssignment.filter(account__name="secretary").update(ends_on=days(-1))
    await make.role(everyone.accounts["member"], Role.SECRETARY, everyone.bureau)
    await make.role(everyone.accounts["leader"], Role.SECRETARY, starts_on=MONDAY)

    await tell_deadlines(system())

    assert [row.person_id for row in await Message.all()] == [everyone.people["leader"].id]


async def test_a_member_cannot_make_the_office_be_told(everyone: Cast) -> None:
    from server.errors import Refused

    await waiting(everyone, days(-1))

    with pytest.raises(Refused):
        await tell_deadlines(replace(everyone["member"], now=system().now))
    assert (await Message.all().count(), await AuditEntry.all().count()) == (0, 0)


async def test_the_api_tells_the_late_ones_and_how_late(ask: Asks, everyone: Cast) -> None:
    text = "query($late: Boolean!) { requests(late: $late) { edges { node { dueOn late lateBy } } } }"
    today = make.TODAY
    await waiting(everyone, today, today - dt.timedelta(days=3))
    await waiting(everyone, today - dt.timedelta(days=5), state=RequestState.DECLINED)

    every, late = [(await ask("secretary", text, late=late))["data"]["requests"]["edges"] for late in (False, True)]

    assert [edge["node"] for edge in late] == [{"dueOn": "2026-11-19", "late": True, "lateBy": 3}]
    assert [edge["node"]["lateBy"] for edge in every] == [0, 3, 0]


async def test_home_and_list_show_how_late(sign_in: SignIn, everyone: Cast) -> None:
    office = await sign_in("secretary")
    today = dt.datetime.now(make.ZONE).date()
    await waiting(everyone, today + dt.timedelta(days=9))
    in_time = await office.get("/")
    await waiting(everyone, today - dt.timedelta(days=3))

    home, late = await office.get("/"), await office.get("/requests?late=true")

    assert ("All of them are in time." in in_time.text, 'href="/requests"' in in_time.text) == (True, True)
    assert "1 of them should have been answered by now, one of them 3 days ago." in home.text
    assert 'href="/requests?late=true"' in home.text
    assert (late.text.count("late by 3 days"), late.text.count('href="/requests/req_')) == (1, 1)


@pytest.mark.parametrize(("day", "without"), [(dt.date(2026, 11, 23), None), (dt.date(2026, 12, 24), 2027)])
async def test_a_day_that_was_reckoned_without_a_calendar_says_of_which_year(
    ask: Asks, sign_in: SignIn, everyone: Cast, day: dt.date, without: int | None
) -> None:
    member = replace(everyone["member"], now=system(day).now)
    row = await request_send(member, field=RequestField.PHONE, wanted="7")

    found = await ask("member", "{ ownRequests { dueWithout } }")
    browsers = [await sign_in("member"), await sign_in("secretary")]
    pages = [
        (await browsers[0].get("/me/requests")).text,
        *[(await browsers[1].get(address)).text for address in ("/requests", f"/requests/req_{row.id}")],
    ]

    assert found["data"]["ownRequests"] == [{"dueWithout": without}]
    said = ["Reckoned without the public holidays of 2027" in page for page in pages]
    assert said == [without is not None] * 3


async def test_only_who_works_in_the_office_chooses_how_its_work_comes(sign_in: SignIn, everyone: Cast) -> None:
    pages = [(await (await sign_in(name)).get("/me/messages/choices")).text for name in ("secretary", "member")]

    assert ["What waits for the general office" in page for page in pages] == [True, False]
