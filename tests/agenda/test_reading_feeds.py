"""What a calendar program gets by a feed: what its owner is invited to, as it is now, as iCalendar."""

import datetime as dt
import logging
from dataclasses import replace
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar
from starlette.applications import Starlette

from server.models import activities
from server.models.accounts import CalendarFeed, account_disable, account_enable
from server.models.activities import ActivitySession, Participation
from server.models.database import settle
from server.models.rooms.booking import book, booking_cancel
from server.models.rooms.tables import ReadingSlot
from server.rules.attendance import Rsvp
from tests.activities.worlds import DAY, announced, planned
from tests.agenda.worlds import AFTERNOON, FAR, MORNING, events, feed_of, utc
from tests.cast import Cast
from tests.rooms.worlds import paper, room, slot
from tests.web.test_statements import Statements
from tests.web.visitors import SignIn, Visitors


async def test_a_feed_tells_each_session_of_what_one_is_invited_to(
    sign_in: SignIn, visitors: Visitors, everyone: Cast
) -> None:
    row = await announced(everyone, sessions=[MORNING, AFTERNOON], venue="House 1", online_url="https://meet.example")
    await announced(everyone, people=[everyone.people["leader"].id], title_en="Without her", **FAR)
    feed, program = await feed_of(sign_in), await visitors.browser()

    answer = await program.get(feed.path)
    first, second = events(answer)

    assert (first["uid"], second["uid"]) == (f"act_{row.id}-1", f"act_{row.id}-2")
    assert (first["summary"], second["summary"]) == ("Reading the plan (1/2)", "Reading the plan (2/2)")
    assert (first["dtstart"], first["dtend"]) == (utc(2040, 12, 14, 1), utc(2040, 12, 14, 4))
    assert (second["dtstart"], second["dtend"]) == (utc(2040, 12, 14, 6), utc(2040, 12, 14, 9))
    assert (first["status"], first["transp"], first["location"]) == ("CONFIRMED", "OPAQUE", "House 1")
    assert (first["sequence"], first["last-modified"]) == (row.sequence, row.updated_at)
    assert first["url"] == f"http://luzhi.test/activities/act_{row.id}"
    assert "meet.example" not in answer.text
    assert "Without her" not in answer.text
    whole = Calendar.from_ical(answer.content)
    assert (whole["x-wr-timezone"], str(whole["version"])) == ("Asia/Shanghai", "2.0")


async def test_what_is_cancelled_or_postponed_stays_as_cancelled_under_the_same_uid(
    sign_in: SignIn, visitors: Visitors, everyone: Cast
) -> None:
    leader, row = everyone["leader"], await announced(everyone, **FAR)
    feed, program = await feed_of(sign_in), await visitors.browser()
    (before,) = events(await program.get(feed.path))

    await activities.activity_postpone(leader, activity=row.id, reason="the hall is flooded")
    (put_off,) = events(await program.get(feed.path))
    later = [(MORNING[0] + 7 * DAY, MORNING[0] + 7 * DAY + dt.timedelta(hours=1))]
    await activities.activity_set_sessions(leader, activity=row.id, sessions=later)
    await activities.activity_announce(leader, activity=row.id)
    (again,) = events(await program.get(feed.path))
    await activities.activity_cancel(leader, activity=row.id, reason="no longer needed")
    (gone,) = events(await program.get(feed.path))

    assert {one["uid"] for one in (before, put_off, again, gone)} == {f"act_{row.id}-1"}
    assert before["sequence"] < put_off["sequence"] < again["sequence"] < gone["sequence"]
    assert [one["status"] for one in (before, put_off, again, gone)] == [
        *("CONFIRMED", "CANCELLED", "CONFIRMED", "CANCELLED"),
    ]
    assert (put_off["summary"], put_off["transp"]) == ("Postponed: Reading the plan", "TRANSPARENT")
    assert (again["dtstart"], again["dtend"]) == (utc(2040, 12, 21, 1), utc(2040, 12, 21, 2))
    assert gone["summary"] == "Cancelled: Reading the plan"


async def test_what_one_answered_is_told_and_who_does_not_come_is_free(
    sign_in: SignIn, visitors: Visitors, everyone: Cast
) -> None:
    row = await announced(everyone, **FAR)
    feed, program = await feed_of(sign_in), await visitors.browser()
    await activities.invitation_answer(everyone["member"], activity=row.id, answer=Rsvp.NO)

    (event,) = events(await program.get(feed.path))

    assert (event["transp"], event["status"]) == ("TRANSPARENT", "CONFIRMED")
    assert event["description"].splitlines()[:2] == ["study session", "My answer: will not come"]


async def test_a_reading_time_is_told_without_what_is_read(sign_in: SignIn, visitors: Visitors, everyone: Cast) -> None:
    time, document = await slot(await room(everyone), starts=DAY), await paper(everyone)
    booking = await book(everyone["member"], slot=time.id, document=document.id)
    await ReadingSlot.filter(id=time.id).update(starts_at=MORNING[0], ends_at=MORNING[1])  # pages look by the clock
    feed, program = await feed_of(sign_in), await visitors.browser()

    answer = await program.get(feed.path)
    (kept,) = events(answer)
    await booking_cancel(everyone["member"], booking=booking.id)
    (given_back,) = events(await program.get(feed.path))

    assert (kept["uid"], kept["summary"], kept["sequence"]) == (f"bkg_{booking.id}", "Reading time", 0)
    assert (kept["dtstart"], kept["dtend"]) == MORNING
    assert document.title_zh not in answer.text
    assert (given_back["uid"], given_back["status"], given_back["sequence"]) == (kept["uid"], "CANCELLED", 1)


async def test_a_feed_says_that_nothing_changed_only_where_it_would_send_the_same(
    sign_in: SignIn, visitors: Visitors, everyone: Cast
) -> None:
    row = await announced(everyone, **FAR)
    feed, program = await feed_of(sign_in), await visitors.browser()
    first = await program.get(feed.path)
    known = {"If-None-Match": f'"other", W/{first.headers["ETag"]}'}

    same = await program.get(feed.path, headers=known)
    await Participation.filter(activity_id=row.id, person_id=everyone.people["member"].id).delete()
    without = await program.get(feed.path, headers=known)

    assert (same.status_code, same.content, same.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert first.headers["Cache-Control"] == same.headers["Cache-Control"] == "private, no-cache"
    assert events(without) == []
    assert without.headers["ETag"] != first.headers["ETag"]


async def test_a_feed_is_gone_with_its_end_and_while_its_account_is_closed(
    sign_in: SignIn, visitors: Visitors, everyone: Cast
) -> None:
    await announced(everyone, **FAR)
    feed, other, program = await feed_of(sign_in), await feed_of(sign_in, "leader"), await visitors.browser()
    tag = {"If-None-Match": (await program.get(feed.path)).headers["ETag"]}
    account = everyone.accounts["member"].id

    await account_disable(everyone["admin"], account=account)
    closed = await program.get(feed.path, headers=tag)
    await account_enable(everyone["admin"], account=account)
    opened = await program.get(feed.path, headers=tag)
    ended = await (await sign_in("member")).post(f"/me/calendar/{feed.id}/end")
    gone = await program.get(feed.path, headers=tag)

    assert [answer.status_code for answer in (closed, opened, ended, gone)] == [404, 304, 303, 404]
    assert (await program.get(other.path)).status_code == 200
    assert (await program.get("/feeds/calendar/lzc_nobodys.ics")).status_code == 404


async def test_the_secret_of_a_feed_opens_nothing_else(sign_in: SignIn, visitors: Visitors, everyone: Cast) -> None:
    feed, program = await feed_of(sign_in), await visitors.browser()
    secret = feed.path.removeprefix("/feeds/calendar/").removesuffix(".ics")
    ask = {"query": "{ viewer { name } }"}

    by_token = await program.post("/graphql", json=ask, headers={"Authorization": f"Bearer {secret}"})
    by_cookie = await (await visitors.browser(cookies={"luzhi_session": secret})).get("/me")
    elsewhere = await program.post(feed.path, json=ask)
    browser = await sign_in("admin")

    assert by_token.status_code == 401
    assert by_cookie.headers["Location"].startswith("/login")
    assert elsewhere.status_code == 405
    assert events(await browser.get(feed.path)) == []  # the feed says who asks, not the browser's own session


async def test_when_a_feed_was_fetched_is_noted(sign_in: SignIn, visitors: Visitors, everyone: Cast) -> None:
    feed, program = await feed_of(sign_in), await visitors.browser()

    await program.get(feed.path)
    await settle()

    row = await CalendarFeed.get(name="Telephone")
    assert row.last_used_at
    assert "Telephone" in (await (await sign_in("member")).get("/me/calendar")).text
    assert feed.path not in (await (await sign_in("member")).get("/me/calendar")).text


async def test_the_log_of_requests_has_no_secret_of_a_feed(app: Starlette, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "uvicorn.access")
    logging.getLogger("uvicorn.access").info('%s "%s %s" %d', "::1", "GET", "/feeds/calendar/lzc_abc.ics", 200)

    assert caplog.messages == ['::1 "GET /feeds/calendar/..." 200']


async def test_a_feed_is_read_in_one_statement_however_much_there_is(
    sign_in: SignIn, visitors: Visitors, everyone: Cast, statements: Statements
) -> None:
    feed, program = await feed_of(sign_in), await visitors.browser()
    counts = []
    for more in (1, 3):
        for _ in range(more):
            await announced(everyone, **FAR)
        await program.get(feed.path)
        await settle()
        with statements() as sent:
            assert len(events(await program.get(feed.path))) == (1 if more == 1 else 4)
        counts.append(len(sent))

    assert counts == [1, 1]


async def test_a_feed_goes_on_over_the_parts_of_a_long_list_and_leaves_out_what_is_long_over(
    sign_in: SignIn, visitors: Visitors, everyone: Cast
) -> None:
    row = await announced(everyone, **FAR)
    listed = await Participation.get(activity_id=row.id, person_id=everyone.people["member"].id)
    old = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    for n in range(122):
        one = row.clone(pk=uuid4())
        one.starts_at, one.ends_at = (old, old + DAY / 24) if n == 0 else (row.starts_at, row.ends_at)
        await one.save(force_create=True)
        part = listed.clone(pk=uuid4())
        part.activity_id = one.id
        await part.save(force_create=True)
        await ActivitySession.create(activity=one, n=1, starts_at=one.starts_at, ends_at=one.ends_at)
    feed, program = await feed_of(sign_in), await visitors.browser()

    assert len({event["uid"] for event in events(await program.get(feed.path))}) == 122


async def test_times_are_right_over_the_change_of_the_clocks(
    app: Starlette, sign_in: SignIn, visitors: Visitors, everyone: Cast
) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    app.state.settings = replace(app.state.settings, timezone=berlin)
    leader = replace(everyone["leader"], zone=berlin)
    nine = [dt.datetime(2040, 10, day, 9, tzinfo=berlin) for day in (27, 28)]
    spans = [(start, start + dt.timedelta(hours=2)) for start in nine]
    row = await planned(everyone, sessions=[(a.astimezone(dt.UTC), b.astimezone(dt.UTC)) for a, b in spans])
    await activities.group_invite(leader, activity=row.id, invited=activities.Invited(body=everyone.group.id))
    await activities.activity_approve(leader, activity=row.id)
    await activities.activity_announce(leader, activity=row.id)
    feed, program = await feed_of(sign_in), await visitors.browser()

    summer, winter = events(await program.get(feed.path))

    assert (summer["dtstart"], winter["dtstart"]) == (utc(2040, 10, 27, 7), utc(2040, 10, 28, 8))
    assert [one["dtstart"].astimezone(berlin).hour for one in (summer, winter)] == [9, 9]
    assert [one["dtend"].astimezone(berlin).hour for one in (summer, winter)] == [11, 11]
    page = await (await sign_in("member")).get("/agenda/week?day=2040-10-28")
    assert page.text.count(">09:00<") == 2
