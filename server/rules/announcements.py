"""Announcements: kinds and what each must say, whom they reach, what leaves the house, how timely they are (AD-2)."""

import datetime as dt
import enum
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from statistics import median_low
from typing import Any
from uuid import UUID

from server.errors import Problem
from server.rules.documents import Level
from server.words import Words, say

BODY = 20_000
"""The longest text, in characters."""
SHORTEST_DISPLAY = 5
"""Days for which something is at least displayed where people may object (公示)."""


class AnnouncementKind(enum.Enum):
    """What is announced. INFORMATION and SITUATION tell what happened somewhere, so they say where and when."""

    INFORMATION = "government_information"
    SITUATION = "situation_report"
    PUBLIC_NOTICE = "public_notice"
    DISPLAY = "public_display"
    NOTICE = "notice"
    APPOINTMENT = "appointment"
    OTHER = "other"


class AnnouncementState(enum.Enum):
    """What was done with it. PUBLISHED says nothing of when: that is `publish_at`."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class AnnouncementAudience(enum.Enum):
    """Whom it is for: all members, as the founding article has it, unless it is said otherwise."""

    MEMBERS = "members"
    EVERYONE = "public"
    BODIES = "bodies"
    ROLES = "roles"


class AnnouncementStep(enum.Enum):
    """What can become of an announcement."""

    CHANGE = "change"
    SUBMIT = "submit"
    PUBLISH = "publish"
    CORRECT = "correct"
    PROLONG = "prolong"
    WITHDRAW = "withdraw"


class AnnouncementStanding(enum.Enum):
    """How it stands at a moment: the state, and the times."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    SCHEDULED = "scheduled"
    DISPLAYED = "displayed"
    OVER = "over"
    WITHDRAWN = "withdrawn"


STEPS: dict[AnnouncementState, tuple[AnnouncementStep, ...]] = {
    AnnouncementState.DRAFT: (
        AnnouncementStep.CHANGE,
        AnnouncementStep.SUBMIT,
        AnnouncementStep.PUBLISH,
        AnnouncementStep.WITHDRAW,
    ),
    AnnouncementState.SUBMITTED: (AnnouncementStep.CHANGE, AnnouncementStep.PUBLISH, AnnouncementStep.WITHDRAW),
    AnnouncementState.PUBLISHED: (AnnouncementStep.CORRECT, AnnouncementStep.PROLONG, AnnouncementStep.WITHDRAW),
    AnnouncementState.WITHDRAWN: (),
}
"""What can become of it as it stands. Who may do it is another question: see `writers_step`."""
WRITERS = {
    AnnouncementState.DRAFT: frozenset({AnnouncementStep.CHANGE, AnnouncementStep.SUBMIT, AnnouncementStep.WITHDRAW}),
}
"""What whoever writes it can do; all else needs somebody who publishes."""
HAPPENED = frozenset({AnnouncementKind.INFORMATION, AnnouncementKind.SITUATION})
"""What they tell has happened; others may tell what comes."""
NEEDED: dict[AnnouncementKind, tuple[str, ...]] = {
    AnnouncementKind.INFORMATION: ("origin", "occurred_on"),
    AnnouncementKind.SITUATION: ("origin", "occurred_on"),
    AnnouncementKind.DISPLAY: ("display_until", "comment_until"),
}
"""What each kind must say before it is published, besides a title and a text."""
MISSING: dict[str, Words] = {
    "origin": say("Say from which department it comes."),
    "occurred_on": say("Say on which day it happened."),
    "display_until": say("Say until when it is displayed."),
    "comment_until": say("Say until when people can object to it."),
}


def writers_step(step: AnnouncementStep, state: AnnouncementState) -> bool:
    """Whether whoever writes it can do that, as it stands, without somebody who publishes."""
    return step in WRITERS.get(state, frozenset())


def missing(kind: AnnouncementKind, facts: Mapping[str, Any]) -> list[Problem]:
    """What an announcement of that kind still has to say. facts: by the names in `NEEDED`."""
    return [Problem("NEEDED", MISSING[name], name) for name in NEEDED.get(kind, ()) if not facts.get(name)]


def unsound_times(
    kind: AnnouncementKind, *, first: dt.date, display_until: dt.date | None, comment_until: dt.date | None
) -> list[Problem]:
    """What is wrong with the days of what is displayed from `first` on. comment_until: the last day for comments."""
    problems = []
    least = first + dt.timedelta(days=SHORTEST_DISPLAY - 1) if kind is AnnouncementKind.DISPLAY else first
    if display_until and display_until < least:
        said = say("It is displayed from {first} on, until {least} or later.", first=first, least=least)
        problems.append(Problem("DISPLAY_SHORT", said, "display_until"))
    if comment_until and (comment_until < first or (display_until and comment_until > display_until)):
        said = say("People can comment while it is displayed.")
        problems.append(Problem("COMMENTS_OUTSIDE", said, "comment_until"))
    return problems


def unfitting(level: Level, audience: AnnouncementAudience, named: Collection[object]) -> list[Problem]:
    """What does not go together. named: the bodies or roles that it is for."""
    problems = []
    if audience is AnnouncementAudience.EVERYONE and level is not Level.PUBLIC:
        said = say("What everyone may read is public. Choose that level, or another audience.")
        problems.append(Problem("LEVEL_AND_AUDIENCE", said, "level"))
    if level is Level.WORK_SENSITIVE and audience is AnnouncementAudience.MEMBERS:
        said = say("What is work-sensitive is for some bodies or roles, never for all members.")
        problems.append(Problem("LEVEL_AND_AUDIENCE", said, "audience"))
    narrow = audience in (AnnouncementAudience.BODIES, AnnouncementAudience.ROLES)
    if narrow and not named:
        problems.append(Problem("NOBODY_NAMED", say("Say which bodies, or which roles."), audience.value))
    return problems


def title_leaves(level: Level) -> bool:
    """Whether the title may stand in a message or a feed, which others carry (PU-1)."""
    return level is not Level.WORK_SENSITIVE


def text_leaves(level: Level) -> bool:
    """Whether the text may, too."""
    return level is Level.PUBLIC


def standing(
    state: AnnouncementState,
    publish_at: dt.datetime | None,
    display_until: dt.date | None,
    *,
    now: dt.datetime,
    today: dt.date,
) -> AnnouncementStanding:
    """How it stands now. display_until: the last day on which it is displayed; None for always."""
    if state is not AnnouncementState.PUBLISHED:
        return AnnouncementStanding(state.value)
    if publish_at is None or publish_at > now:
        return AnnouncementStanding.SCHEDULED
    over = display_until is not None and display_until < today
    return AnnouncementStanding.OVER if over else AnnouncementStanding.DISPLAYED


class ReadStanding(enum.Enum):
    """How far somebody came with an announcement whose text may have been corrected since."""

    UNREAD = "unread"
    EARLIER = "earlier_version"
    READ = "read"


def read_standing(seen: int | None, version: int) -> ReadStanding:
    """Of whoever opened version `seen` last; None for never."""
    if seen is None:
        return ReadStanding.UNREAD
    return ReadStanding.READ if seen >= version else ReadStanding.EARLIER


@dataclass(frozen=True)
class Told:
    """One announcement as AD-2 looks at it. department: where it comes from. read_on: the first reading, if any."""

    department: UUID
    occurred_on: dt.date
    published_on: dt.date
    read_on: dt.date | None = None


@dataclass(frozen=True)
class Lag:
    """Days between two things, of several announcements. typical: half of them took no longer."""

    typical: int
    longest: int


@dataclass(frozen=True)
class Timeliness:
    """How fast a department's announcements came (AD-2). to_reading: None where nobody has read any of them."""

    department: UUID
    count: int
    unread: int
    to_publication: Lag
    to_reading: Lag | None


def timeliness(told: Iterable[Told]) -> list[Timeliness]:
    """For each department, in the order in which they come: days from the occurrence to publication and to first
    reading (AD-2). What was announced before it happened counts as 0 days."""
    of: dict[UUID, list[Told]] = {}
    for one in told:
        of.setdefault(one.department, []).append(one)
    return [_timeliness(department, some) for department, some in of.items()]


def _timeliness(department: UUID, some: list[Told]) -> Timeliness:
    read = [days(one.occurred_on, one.read_on) for one in some if one.read_on]
    return Timeliness(
        department=department,
        count=len(some),
        unread=len(some) - len(read),
        to_publication=_lag([days(one.occurred_on, one.published_on) for one in some]),
        to_reading=_lag(read) if read else None,
    )


def days(first: dt.date, last: dt.date) -> int:
    """Days from one to the other, none where it came before."""
    return max((last - first).days, 0)


def _lag(numbers: list[int]) -> Lag:
    return Lag(typical=median_low(numbers), longest=max(numbers))
