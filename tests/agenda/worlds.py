"""Feeds and invitations for tests: made by page, read as a calendar program reads them."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

import httpx
from icalendar import Calendar

from tests.web.visitors import HERE, SignIn


@dataclass(frozen=True)
class Feed:
    """What its owner was told: the path of the feed, and its ID."""

    path: str
    id: str


async def feed_of(sign_in: SignIn, name: str = "member") -> Feed:
    """A feed of one of the cast, made by the page."""
    browser = await sign_in(name)
    page = (await browser.post("/me/calendar", data={"name": "Telephone"})).text
    (path,) = re.findall(rf'value="{HERE}(/feeds/calendar/lzc_[\w-]{{43}}\.ics)"', page)
    (key,) = re.findall(r'action="/me/calendar/(cfd_[0-9a-f-]+)/end"', page)
    return Feed(path, key)


def events(answer: httpx.Response) -> list[dict[str, Any]]:
    """Each event of an answer, what is said of it by small letters; times as they are, aware."""
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    return [_said(event) for event in Calendar.from_ical(answer.content).walk("VEVENT")]


def _said(event: Any) -> dict[str, Any]:
    found = {name.lower(): value for name, value in event.property_items(recursive=False)}
    return {name: value.dt if hasattr(value, "dt") else value for name, value in found.items()}


def utc(year: int, month: int, day: int, hour: int, minute: int = 0) -> dt.datetime:
    """A moment."""
    return dt.datetime(year, month, day, hour, minute, tzinfo=dt.UTC)


MORNING = (utc(2040, 12, 14, 1), utc(2040, 12, 14, 4))
"""Nine to twelve where the assembly sits, on a day that is still to come for whoever runs this."""
AFTERNOON = (utc(2040, 12, 14, 6), utc(2040, 12, 14, 9))
FAR: dict[str, Any] = {"sessions": [MORNING]}
"""What pages show by the clock of the house is held then."""
