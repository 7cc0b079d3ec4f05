"""What is told to whom by which way and when (PU-1): topics, choices, quiet hours, digests, and trying again."""

import datetime as dt
import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from server.words import Words, say

EMAIL, SLIP = "email", "slip"
"""By a mail server, where the house has one, and on paper by the office's own hands."""
TITLE, TEXT = 200, 5000
"""The longest title and text, in characters."""


class Topic(enum.Enum):
    """What a message is about; people choose for each how it comes."""

    OFFICE = "office"
    ACCOUNT = "account"
    SEAT = "seat"
    BODIES = "bodies"
    LEARNING = "learning"
    WORK = "work"
    DOCUMENTS = "documents"
    MEETINGS = "meetings"
    ANNOUNCEMENTS = "announcements"


TOPIC_NAMES: dict[Topic, Words] = {
    Topic.OFFICE: say("Messages of the general office"),
    Topic.ACCOUNT: say("My account and its safety"),
    Topic.SEAT: say("My seat in the assembly"),
    Topic.BODIES: say("My places in bodies"),
    Topic.LEARNING: say("My learning group"),
    Topic.WORK: say("What waits for the general office"),
    Topic.DOCUMENTS: say("Documents that I may read"),
    Topic.MEETINGS: say("Meetings and other activities"),
    Topic.ANNOUNCEMENTS: say("Announcements that are for me"),
}


class Urgency(enum.IntEnum):
    """In which order messages leave. What is urgent waits for no quiet hours and no digest."""

    URGENT = 0
    USUAL = 1


class Mode(enum.Enum):
    """How messages of one topic come by one way."""

    NOW = "now"
    DIGEST = "digest"
    NEVER = "never"


USUALLY: dict[Topic, Mode] = {
    Topic.OFFICE: Mode.NOW,
    Topic.ACCOUNT: Mode.NOW,
    Topic.SEAT: Mode.NOW,
    Topic.BODIES: Mode.DIGEST,
    Topic.LEARNING: Mode.DIGEST,
    Topic.WORK: Mode.NOW,
    Topic.DOCUMENTS: Mode.NOW,
    Topic.MEETINGS: Mode.NOW,
    Topic.ANNOUNCEMENTS: Mode.NOW,
}
"""By e-mail, for whoever has chosen nothing. Every other way needs a choice, which is the consent (PU-1).

A seat is told at once: with it an account may end, and who cannot sign in any more reads the title alone.
"""


class DeliveryState(enum.Enum):
    """Where a delivery stands. FAILED is tried again by itself; BOUNCED and GIVEN_UP wait for the office."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    BOUNCED = "bounced"
    GIVEN_UP = "given_up"


OPEN = (DeliveryState.WAITING, DeliveryState.SENDING, DeliveryState.FAILED)
"""What the worker looks at."""
LOST = (DeliveryState.BOUNCED, DeliveryState.GIVEN_UP)
"""What did not arrive, and does not by itself."""
TROUBLED = (DeliveryState.FAILED, *LOST)
"""What the office looks at."""

AGAIN = (dt.timedelta(minutes=15), dt.timedelta(hours=2), dt.timedelta(hours=24))
"""How long to wait after the first, second and third refusal of one recipient; after the fourth it is given up."""
STALE = dt.timedelta(days=7)
"""What could not leave for so long, because nobody took it, is no news any more."""
LAST = 3 * STALE
"""After so long it is none, however often someone began to take it."""
LEASE = dt.timedelta(minutes=5)
"""How long what a process took is its own; afterwards that process is taken for dead."""
NEWS = dt.timedelta(days=31)
"""What began or ended longer ago is history when it is entered, and no news."""
DAILY = 7
"""A digest on every day, in the place of one weekday, 0 for Monday."""


@dataclass(frozen=True)
class Hours:
    """When someone is left in peace, and when a digest comes: full hours where the assembly sits.

    quiet_from equal to quiet_until: never. digest_day: 0 Monday to 6 Sunday, or DAILY.
    """

    quiet_from: int = 21
    quiet_until: int = 7
    digest_day: int = 0
    digest_hour: int = 8


@dataclass(frozen=True)
class Planned:
    """A delivery as it is planned. due_at: aware, UTC."""

    channel: str
    due_at: dt.datetime
    digest: bool = False


Choices = Mapping[tuple[Topic, str], Mode]


def chosen(topic: Topic, channel: str, choices: Choices) -> Mode:
    """How messages of that topic come by that way."""
    return choices.get((topic, channel), USUALLY[topic] if channel == EMAIL else Mode.NEVER)


def ways(topic: Topic, choices: Choices, *, address: bool) -> Iterator[tuple[str, Mode]]:
    """The ways by which a message leaves the house, and how. address: there is an e-mail address, and a mail server."""
    channels = dict.fromkeys([EMAIL, *(channel for about, channel in choices if about is topic)])
    for channel in channels:
        mode = chosen(topic, channel, choices)
        if mode is not Mode.NEVER and (address or channel != EMAIL):
            yield channel, mode


def needs_slip(topic: Topic, choices: Choices, *, address: bool, account: bool, by_email: bool = True) -> bool:
    """Whether the office hands a message over itself: nothing reaches this person, who did not choose that.

    by_email: the house has a mail server.
    """
    if any(ways(topic, choices, address=address and by_email)):
        return False
    return not account or not address or (not by_email and chosen(topic, EMAIL, choices) is not Mode.NEVER)


def planned(
    ways: Iterator[tuple[str, Mode]], hours: Hours, urgency: Urgency, now: dt.datetime, zone: ZoneInfo
) -> list[Planned]:
    """The deliveries of one message to one person."""
    return [_planned(channel, mode, hours, urgency, now, zone) for channel, mode in ways]


def _planned(channel: str, mode: Mode, hours: Hours, urgency: Urgency, now: dt.datetime, zone: ZoneInfo) -> Planned:
    if urgency is Urgency.URGENT:
        return Planned(channel, now)
    if mode is Mode.DIGEST:
        return Planned(channel, after_quiet(next_digest(now, hours, zone), hours, zone), digest=True)
    return Planned(channel, after_quiet(now, hours, zone))


def is_quiet(hour: int, hours: Hours) -> bool:
    """Whether someone is left in peace in that hour of the day."""
    start, until = hours.quiet_from, hours.quiet_until
    return start <= hour < until if start <= until else hour >= start or hour < until


def after_quiet(moment: dt.datetime, hours: Hours, zone: ZoneInfo) -> dt.datetime:
    """That moment, or the end of the quiet hours in which it lies."""
    local = moment.astimezone(zone)
    if not is_quiet(local.hour, hours):
        return moment
    day = local.date() + dt.timedelta(days=local.hour >= hours.quiet_until)
    return _at(day, hours.quiet_until, zone)


def next_digest(now: dt.datetime, hours: Hours, zone: ZoneInfo) -> dt.datetime:
    """The first time after now at which a digest comes."""
    today = now.astimezone(zone).date()
    moments = (_at(today + dt.timedelta(days=more), hours.digest_hour, zone) for more in range(9))
    days = range(7) if hours.digest_day == DAILY else (hours.digest_day,)
    return next(moment for moment in moments if moment > now and moment.astimezone(zone).weekday() in days)


def _at(day: dt.date, hour: int, zone: ZoneInfo) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour), zone).astimezone(dt.UTC)


def again(tries: int, now: dt.datetime) -> dt.datetime | None:
    """When to try anew after so many refusals; None: not any more."""
    return now + AGAIN[tries - 1] if tries <= len(AGAIN) else None


def is_news(on: dt.date | None, today: dt.date, until: dt.date | None = None) -> bool:
    """Whether what begins or ends on that day is told. on: None where unknown. until: the end of what begins.

    Who enters the past of a register, as it is done in its first days, writes no letters.
    """
    return on is not None and on >= today - NEWS and (until is None or until > today)


def tells_all(text: str, *, outside: bool) -> str:
    """As much of a text as may leave the house: what stands behind the link stays there, unless that was allowed."""
    return text if outside else ""
