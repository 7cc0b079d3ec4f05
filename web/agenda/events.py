"""Events of iCalendar (RFC 5545), made of what the API says. Times are UTC: right in every zone, by every reader.

The same thing keeps its UID for good: an activity has one for each of its sessions, by their number. SEQUENCE counts
what changed since; what is called off, or put off, stays as a cancelled event, so that no calendar goes on showing it.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from server.words import Locale, Words, say
from web.labels import label_of

if TYPE_CHECKING:
    from icalendar import Event

PRODUCT = "-//Luzhi//Agenda//EN"
REFRESH = dt.timedelta(hours=1)
"""How often a program is asked to look again."""
OFF = {"CANCELLED": say("Cancelled: {title}").msgid, "POSTPONED": say("Postponed: {title}").msgid}
"""States in which nobody is to come, and how the title says so."""


@dataclass(frozen=True)
class Told:
    """To whom. base: our address, for links. house: what the assembly is called; email: of its office, or empty."""

    locale: Locale
    zone: ZoneInfo
    base: str
    house: str
    email: str


def calendar(events: "Iterable[Event]", told: Told, *, published: bool = False) -> bytes:
    """The file. published: it stands by itself, and says so where there is an address of who publishes (RFC 5546)."""
    from icalendar import Calendar  # large, and few ask for it

    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    if published:
        if told.email:
            made.add("method", "PUBLISH")
    else:
        made.add("x-wr-calname", told.house)
        made.add("x-wr-timezone", told.zone.key)
        made.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
        made.add("x-published-ttl", "PT1H")
    for event in events:
        made.add_component(event)
    written: bytes = made.to_ical()
    return written


def of_activity(activity: Mapping[str, Any], told: Told, *, published: bool = False) -> "list[Event]":
    """One event for each session."""
    parts = activity["sessions"]
    return [_session(activity, n, len(parts), told, published=published) for n in range(1, len(parts) + 1)]


def _session(activity: Mapping[str, Any], n: int, of: int, told: Told, *, published: bool) -> "Event":
    session, state = activity["sessions"][n - 1], activity["state"]
    title = f"{activity['title']} ({n}/{of})" if of > 1 else activity["title"]
    event = _event(f"{activity['id']}-{n}", activity["sequence"], activity["updatedAt"], session)
    event.add("summary", Words(OFF[state], {"title": title}).into(told.locale) if state in OFF else title)
    event.add("status", "CANCELLED" if state in OFF else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if state in OFF or activity["answer"] in ("NO", "LEAVE") else "OPAQUE")
    if activity["venue"]:
        event.add("location", activity["venue"])
    link = f"{told.base}/activities/{activity['id']}"
    event.add("url", link)
    event.add("description", "\n".join([*_said(activity, told), link]))
    if published and told.email:
        event.add("organizer", f"mailto:{told.email}", parameters={"CN": told.house})
    return event


def _said(activity: Mapping[str, Any], told: Told) -> list[str]:
    """What kind it is, and how whoever reads it answered."""
    kind = label_of(activity["kind"], "activity", told.locale)
    if activity["answer"] is None:
        return [kind]
    answer = label_of(activity["answer"], "rsvp", told.locale)
    return [kind, say("My answer: {answer}", answer=answer).into(told.locale)]


def of_booking(booking: Mapping[str, Any], told: Told) -> "Event | None":
    """A reading time; what is read there is not told to calendars (PU-1)."""
    slot, off = booking["slot"], booking["state"] == "CANCELLED"
    if slot is None:
        return None
    event = _event(booking["id"], int(off), booking["bookedAt"], slot)
    title = say("Reading time").into(told.locale)
    event.add("summary", Words(OFF["CANCELLED"], {"title": title}).into(told.locale) if off else title)
    event.add("status", "CANCELLED" if off else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if off else "OPAQUE")
    if room := slot["room"]:
        event.add("location", ", ".join(filter(None, [room["name"], room["place"]])))
    link = f"{told.base}/me/bookings"
    event.add("url", link)
    event.add("description", link)
    return event


def _event(uid: str, sequence: int, changed: dt.datetime, span: Mapping[str, Any]) -> "Event":
    from icalendar import Event

    event = Event()
    event.add("uid", uid)
    event.add("sequence", sequence)
    event.add("dtstamp", changed.astimezone(dt.UTC))
    event.add("last-modified", changed.astimezone(dt.UTC))
    event.add("dtstart", span["startsAt"].astimezone(dt.UTC))
    event.add("dtend", span["endsAt"].astimezone(dt.UTC))
    return event
