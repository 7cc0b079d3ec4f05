"""The agenda by a browser without script: months, weeks and lists; calendar addresses; an invitation as a file."""

import datetime as dt
import re

import pytest
from icalendar import Calendar

from server.models import activities
from server.models.assembly import change_assembly
from server.models.calendar import change_day
from server.models.rooms.booking import book
from server.models.rooms.tables import ReadingSlot
from server.rules.activities import ActivityAudience
from server.rules.attendance import Rsvp
from server.rules.calendar import DayMark
from tests.activities.worlds import DAY, announced, planned
from tests.agenda.worlds import AFTERNOON, FAR, MORNING, events, utc
from tests.cast import Cast
from tests.rooms.worlds import paper, room, slot
from tests.web.visitors import SignIn

DECEMBER = "day=2040-12-05"
ON_THE_DAY = r'<section id="day-2040-12-14".*?</section>'


def on_the_day(page: str) -> str:
    """What the page says of the day of MORNING, without markup."""
    (part,) = re.findall(ON_THE_DAY, page, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", part).split())


async def test_a_month_shows_each_session_on_its_day_and_as_a_list_under_it(sign_in: SignIn, everyone: Cast) -> None:
    row = await announced(everyone, sessions=[MORNING, AFTERNOON], venue="House 1")
    await activities.invitation_answer(everyone["member"], activity=row.id, answer=Rsvp.YES)
    browser = await sign_in("member")

    page = (await browser.get(f"/agenda/month?{DECEMBER}")).text

    assert "<caption>December 2040</caption>" in page
    assert re.search(r'<a href="#day-2040-12-14">14.*?entries: 2', page, re.DOTALL)
    assert on_the_day(page) == (
        "Friday 14 December 2040 09:00 – 12:00 Reading the plan House 1 ● will come "
        "14:00 – 17:00 Reading the plan House 1 ● will come"
    )
    assert f'href="/activities/act_{row.id}"' in page
    assert 'href="/agenda/month?day=2040-11-01"' in page
    assert 'href="/agenda/month?day=2041-01-01"' in page


async def test_a_week_shows_every_day_and_a_list_only_those_with_something(sign_in: SignIn, everyone: Cast) -> None:
    await announced(everyone, **FAR)
    browser = await sign_in("member")

    week = (await browser.get("/agenda/week?day=2040-12-14")).text
    listed = (await browser.get("/agenda?day=2040-12-14")).text
    later = (await browser.get("/agenda?day=2040-12-15")).text

    assert re.findall(r'id="day-2040-12-(\d\d)"', week) == ["10", "11", "12", "13", "14", "15", "16"]
    assert "/agenda/week?day=2040-12-03" in week
    assert "/agenda/week?day=2040-12-17" in week
    assert re.findall(r'id="day-(2040-12-\d\d)"', listed) == ["2040-12-14"]
    assert "/agenda?day=2040-11-16" in listed
    assert "/agenda?day=2041-01-11" in listed
    assert "Nothing is held in these days to which you are invited." in later


async def test_days_off_are_told_by_the_calendar_of_the_assembly(sign_in: SignIn, everyone: Cast) -> None:
    await change_day(everyone["secretary"], dt.date(2040, 12, 13), mark=DayMark.OFF, name_en="Fair", reason="moved")
    browser = await sign_in("member")

    page = (await browser.get(f"/agenda/month?{DECEMBER}")).text

    (cell,) = re.findall(r'<td class="day-holiday".*?</td>', page, re.DOTALL)
    assert re.sub(r"<[^>]+>", " ", cell).split() == ["13", "off", "day", "off,", "Fair"]
    assert 'id="day-2040-12-13"' in page


async def test_one_chooses_between_invitations_and_all_that_one_may_know_of(sign_in: SignIn, everyone: Cast) -> None:
    convener = [everyone.people["convener"].id]
    open_to_all = {"audience": ActivityAudience.MEMBERS, "title_en": "For all", **FAR}
    await announced(everyone, people=convener, **open_to_all)
    await announced(everyone, people=convener, audience=ActivityAudience.INVITED, title_en="For few", **FAR)
    await planned(everyone, title_en="Not told", **FAR)
    browser = await sign_in("member")

    mine = (await browser.get(f"/agenda/month?{DECEMBER}")).text
    every = (await browser.get(f"/agenda/month?{DECEMBER}&mine=false")).text

    assert [title in mine for title in ("For all", "For few", "Not told")] == [False, False, False]
    assert [title in every for title in ("For all", "For few", "Not told")] == [True, False, False]
    assert 'href="/agenda/week?day=2040-12-05&amp;mine=false"' in every


async def test_a_booked_reading_time_stands_among_them(sign_in: SignIn, everyone: Cast) -> None:
    time, document = await slot(await room(everyone), starts=DAY), await paper(everyone)
    await book(everyone["member"], slot=time.id, document=document.id)
    await ReadingSlot.filter(id=time.id).update(starts_at=MORNING[0], ends_at=MORNING[1])
    browser = await sign_in("member")

    page = (await browser.get(f"/agenda/month?{DECEMBER}")).text

    assert on_the_day(page) == "Friday 14 December 2040 09:00 – 12:00 Reading time Quiet room ◐ booked"


@pytest.mark.parametrize("day", ["tomorrow", "0001-01-01", "9999-12-31"])
async def test_a_day_that_is_none_is_said_to_be_none(sign_in: SignIn, day: str) -> None:
    browser = await sign_in("member")

    assert (await browser.get(f"/agenda/month?day={day}")).status_code == 422
    assert (await browser.get("/agenda/month?day=")).status_code == 200


async def test_an_invitation_is_taken_along_as_a_file(sign_in: SignIn, everyone: Cast) -> None:
    await change_assembly(everyone["admin"], name_en="Yunzhu Assembly", email="office@example.org")
    row = await announced(everyone, **FAR)
    browser = await sign_in("member")

    page = await browser.get(f"/activities/act_{row.id}")
    answer = await browser.get(f"/activities/act_{row.id}/invitation.ics")

    assert f'href="/activities/act_{row.id}/invitation.ics"' in page.text
    (event,) = events(answer)
    assert (event["uid"], event["dtstart"]) == (f"act_{row.id}-1", utc(2040, 12, 14, 1))
    assert (str(event["organizer"]), event["organizer"].params["CN"]) == (
        "mailto:office@example.org",
        "Yunzhu Assembly",
    )
    assert Calendar.from_ical(answer.content)["method"] == "PUBLISH"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="luzhi-act_{row.id}.ics"'


async def test_without_an_address_of_the_office_an_invitation_is_no_publication(
    sign_in: SignIn, everyone: Cast
) -> None:
    row = await announced(everyone, **FAR)
    browser = await sign_in("member")

    answer = await browser.get(f"/activities/act_{row.id}/invitation.ics")

    (event,) = events(answer)
    assert "organizer" not in event
    assert "method" not in Calendar.from_ical(answer.content)


async def test_an_invitation_is_for_who_may_know_of_the_activity(sign_in: SignIn, everyone: Cast) -> None:
    row = await announced(everyone, audience=ActivityAudience.INVITED, **FAR)
    address = f"/activities/act_{row.id}/invitation.ics"

    assert (await (await sign_in("convener")).get(address)).status_code == 404
    assert (await (await sign_in("visitor")).get(address)).headers["Location"].startswith("/login")


async def test_calendar_addresses_are_made_and_ended_on_ones_own_page(sign_in: SignIn) -> None:
    browser, other = await sign_in("member"), await sign_in("leader")

    empty = (await browser.get("/me/calendar")).text
    nameless = await browser.post("/me/calendar", data={"name": " "})
    made = (await browser.post("/me/calendar", data={"name": "Telephone"})).text
    (feed,) = re.findall(r'action="/me/calendar/(cfd_[0-9a-f-]+)/end"', made)
    others = await other.post(f"/me/calendar/{feed}/end")
    ended = await browser.post(f"/me/calendar/{feed}/end")
    again = await browser.post(f"/me/calendar/{feed}/end")

    assert "No program fetches your calendar." in empty
    assert (nameless.status_code, 'href="#name"' in nameless.text) == (422, True)
    assert "This is the address for Telephone." in made
    assert [answer.status_code for answer in (others, ended, again)] == [404, 303, 422]
    assert "This calendar address has ended already." in again.text
    assert feed not in (await browser.get("/me/calendar")).text
