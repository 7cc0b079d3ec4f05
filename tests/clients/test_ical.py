"""ical.js 2, by which Thunderbird reads calendars: our feed opens there, with times that are right in any zone."""

import re
from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.browser.windows import PASSWORD
from tests.clients.conftest import Luzhi, Trial
from tests.clients.demo import Things
from tests.clients.shelf import Caller, Word

SUMMER, WINTER = ("2040-10-27T07:00:00Z", "2040-10-27T09:00:00Z"), ("2040-10-28T08:00:00Z", "2040-10-28T10:00:00Z")
"""Nine to eleven in Berlin, on the days before and after the clocks are put back."""


def feed(luzhi: Luzhi) -> str:
    """The feed of `member`, whose address the page has just told."""
    base = "{0.scheme}://{0.netloc}".format(urlsplit(luzhi.address))
    with httpx.Client(base_url=base, timeout=60) as browser:
        browser.post("/login", data={"username": "member", "password": PASSWORD})
        page = browser.post("/me/calendar", data={"name": "Thunderbird"}).text
    (path,) = re.findall(r"/feeds/calendar/lzc_[\w-]+\.ics", page)
    with httpx.Client(base_url=base, timeout=60) as program:
        return program.get(path).text


def held(luzhi: Luzhi, things: Things) -> dict[str, Any]:
    """An activity of two days, to which `member` is invited, as the API tells it."""
    with httpx.Client(base_url=luzhi.address.removesuffix("/graphql"), timeout=60) as http:
        admin = Caller(http, luzhi.token)
        lead = admin.ask("{ organisingBodies(first: 1) { edges { node { id } } } }")["organisingBodies"]["edges"][0]
        times = [{"startsAt": starts, "endsAt": ends} for starts, ends in (SUMMER, WINTER)]
        facts = {"kind": Word("STUDY_SESSION"), "titleEn": "When clocks change"}
        row = admin.do("activityAdd", "activity { id }", facts=facts, lead=lead["node"]["id"], sessions=times)
        key = row["activity"]["id"]
        admin.do("activityInvite", id=key, people=[things["readers/{id}"]])
        admin.do("activityApprove", id=key)
        admin.do("activityAnnounce", id=key)
        told = admin.ask(f'{{ activity(id: "{key}") {{ id sequence sessions {{ startsAt endsAt }} }} }}')
        return dict(told["activity"])


def test_a_feed_opens_with_the_times_that_the_api_tells(luzhi: Luzhi, things: Things, trial: Trial) -> None:
    activity = held(luzhi, things)

    found = trial("ical", "events", text=feed(luzhi), zone="Europe/Berlin")

    ours = [event for event in found if event["uid"].startswith(activity["id"])]
    assert [event["uid"] for event in ours] == [f"{activity['id']}-1", f"{activity['id']}-2"]
    assert {event["sequence"] for event in ours} == {activity["sequence"]}
    assert {event["status"] for event in ours} == {"CONFIRMED"}
    spans = [(event["starts"].replace(".000", ""), event["ends"].replace(".000", "")) for event in ours]
    assert spans == [SUMMER, WINTER]
    assert [event["local"] for event in ours] == ["2040-10-27 09:00", "2040-10-28 09:00"]
