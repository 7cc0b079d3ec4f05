"""Activities: their kinds and states, when people are told, and whether members are the majority (AT-1, MJ-1)."""

import datetime as dt
import enum
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from server.errors import Invalid, Problem
from server.rules.calendar import Calendar, add_working_days
from server.rules.rooms import hours_of, span_of
from server.words import Words, say

MOST_DAYS = dt.timedelta(days=15)
"""How many days after its first one an activity lasts at most."""


class ActivityKind(enum.Enum):
    """What is done; never who organises it. CONSULTATION to ARGUMENTATION are those of MJ-1."""

    PLENARY = "plenary"
    STANDING_COMMITTEE = "sc_meeting"
    CONSULTATION = "consultation"
    SUPERVISION = "supervision"
    RESEARCH = "research"
    INSPECTION = "inspection"
    ARGUMENTATION = "argumentation"
    TRAINING = "training"
    STUDY_SESSION = "study_session"
    BRIEFING = "briefing"
    HEARING = "hearing"
    PARTY_ACTIVITY = "party_activity"
    LISTENING_SURVEY = "listening_survey"
    VISIT = "visit"
    OTHER = "other"


class ActivityState(enum.Enum):
    """Where invitation and attendance stand. CLOSED: nobody answers any more. LOCKED: attendance is only corrected."""

    DRAFT = "draft"
    APPROVED = "approved"
    ANNOUNCED = "announced"
    OPEN = "open"
    CLOSED = "closed_for_rsvp"
    IN_PROGRESS = "in_progress"
    HELD = "held"
    LOCKED = "attendance_locked"
    ARCHIVED = "archived"
    CANCELLED = "cancelled"
    POSTPONED = "postponed"


class ActivityAudience(enum.Enum):
    """Who knows of it once it is announced: those who are invited and who organises it, or all members."""

    INVITED = "invited"
    MEMBERS = "members"


class ActivityStep(enum.Enum):
    """What can become of an activity."""

    APPROVE = "approve"
    ANNOUNCE = "announce"
    OPEN = "open"
    CLOSE = "close"
    START = "start"
    FINISH = "finish"
    LOCK = "lock"
    ARCHIVE = "archive"
    POSTPONE = "postpone"
    CANCEL = "cancel"


_LEAVES = {ActivityStep.POSTPONE: ActivityState.POSTPONED, ActivityStep.CANCEL: ActivityState.CANCELLED}
MOVES: dict[ActivityState, dict[ActivityStep, ActivityState]] = {
    ActivityState.DRAFT: {ActivityStep.APPROVE: ActivityState.APPROVED, ActivityStep.CANCEL: ActivityState.CANCELLED},
    ActivityState.APPROVED: {ActivityStep.ANNOUNCE: ActivityState.ANNOUNCED, **_LEAVES},
    ActivityState.ANNOUNCED: {
        ActivityStep.OPEN: ActivityState.OPEN,
        ActivityStep.START: ActivityState.IN_PROGRESS,
        **_LEAVES,
    },
    ActivityState.OPEN: {
        ActivityStep.CLOSE: ActivityState.CLOSED,
        ActivityStep.START: ActivityState.IN_PROGRESS,
        **_LEAVES,
    },
    ActivityState.CLOSED: {
        ActivityStep.OPEN: ActivityState.OPEN,
        ActivityStep.START: ActivityState.IN_PROGRESS,
        **_LEAVES,
    },
    ActivityState.IN_PROGRESS: {ActivityStep.FINISH: ActivityState.HELD, **_LEAVES},
    ActivityState.HELD: {ActivityStep.LOCK: ActivityState.LOCKED},
    ActivityState.LOCKED: {ActivityStep.ARCHIVE: ActivityState.ARCHIVED},
    ActivityState.ARCHIVED: {},
    ActivityState.CANCELLED: {},
    ActivityState.POSTPONED: {
        ActivityStep.ANNOUNCE: ActivityState.ANNOUNCED,
        ActivityStep.CANCEL: ActivityState.CANCELLED,
    },
}
PRIVATE = frozenset({ActivityState.DRAFT, ActivityState.APPROVED})
"""Nobody was told of it yet: only who prepares it knows of it."""
TOLD = frozenset({ActivityState.ANNOUNCED, ActivityState.OPEN, ActivityState.CLOSED})
"""People were told, and it has not begun."""
AHEAD = frozenset({*PRIVATE, *TOLD, ActivityState.POSTPONED})
"""It has not begun, and may still."""
COUNTED = frozenset({ActivityState.IN_PROGRESS, ActivityState.HELD})
"""Attendance is taken."""
WAS_HELD = frozenset({ActivityState.HELD, ActivityState.LOCKED, ActivityState.ARCHIVED})
"""What was held counts: attendance, rates, its majority."""


@dataclass(frozen=True)
class Lead:
    """How long before. working: in working days of the assembly's calendar. source: see facts.md, section 4."""

    days: int
    source: str
    working: bool = False

    def before(self, calendar: Calendar, day: dt.date) -> dt.date:
        """The last day that keeps it."""
        if self.working:
            return add_working_days(calendar, day, -self.days)
        return day - dt.timedelta(days=self.days)


NOTICE = {ActivityKind.PLENARY: Lead(7, "D19"), ActivityKind.CONSULTATION: Lead(15, "D30", working=True)}
USUAL_NOTICE = Lead(3, "D19")
MATERIALS = {ActivityKind.CONSULTATION: Lead(10, "D30", working=True)}
USUAL_MATERIALS = Lead(3, "AT-1")
LEAVE = {ActivityKind.PLENARY: Lead(3, "D16"), ActivityKind.STANDING_COMMITTEE: Lead(2, "D16")}
USUAL_LEAVE = Lead(1, "D18")
"""For what no rule names: the day before, so that someone can still decide."""
MINUTES_AFTER = {ActivityKind.CONSULTATION: Lead(7, "D30", working=True)}


@dataclass(frozen=True)
class Deadlines:
    """Days that follow from the day of an activity (AT-1). minutes_by: None where no rule names one."""

    notice_by: dt.date
    materials_by: dt.date
    leave_by: dt.date
    minutes_by: dt.date | None

    def short(self, announced_on: dt.date) -> bool:
        """Whether people are told later than the rule wants, which needs an urgent reason."""
        return announced_on > self.notice_by


def deadlines(
    kind: ActivityKind, day: dt.date, calendar: Calendar, *, announced_on: dt.date | None = None
) -> Deadlines:
    """The days that follow from the one on which it begins. Materials are never due before people were told."""
    notice = NOTICE.get(kind, USUAL_NOTICE).before(calendar, day)
    materials = MATERIALS.get(kind, USUAL_MATERIALS).before(calendar, day)
    minutes = MINUTES_AFTER.get(kind)
    return Deadlines(
        notice_by=notice,
        materials_by=max(materials, announced_on or notice),
        leave_by=LEAVE.get(kind, USUAL_LEAVE).before(calendar, day),
        minutes_by=add_working_days(calendar, day, minutes.days) if minutes else None,
    )


def sessions_on(first: dt.date, last: dt.date, hours: str, zone: ZoneInfo) -> list[tuple[dt.datetime, dt.datetime]]:
    """The sessions of each day from the first to the last, at the same hours, such as 9:00-11:30, 14:30-17:00.

    Aware, UTC. Raises Invalid for hours that cannot be read, and for days in the wrong order or too many.
    """
    if not first <= last <= first + MOST_DAYS:
        message = say("The last day is the first one or a later one, at most {most} days on.", most=MOST_DAYS.days)
        raise Invalid(Problem("DAYS_ORDER", message, "last_day"))
    spans = hours_of(hours)
    days = (first + dt.timedelta(days=n) for n in range((last - first).days + 1))
    return [span_of(day, span, zone) for day in days for span in spans]


def most_lead() -> int:
    """The most working days that any of these deadlines counts, for whoever reads the calendar around a day."""
    return max(lead.days for lead in (*NOTICE.values(), *MATERIALS.values(), *MINUTES_AFTER.values()))


class ParticipantRole(enum.Enum):
    """As what someone takes part."""

    MEMBER = "member"
    OFFICIAL = "official"
    EXPERT = "expert"
    DELEGATE = "delegate"
    GUEST = "guest"
    STAFF = "staff"
    PRESS = "press"


NOT_COUNTED = frozenset({ParticipantRole.STAFF, ParticipantRole.PRESS})
"""They serve or report; no majority counts them."""
BOUND_KINDS = frozenset(
    {
        ActivityKind.CONSULTATION,
        ActivityKind.SUPERVISION,
        ActivityKind.RESEARCH,
        ActivityKind.INSPECTION,
        ActivityKind.ARGUMENTATION,
    }
)
"""The kinds of MJ-1, whoever organises; hearings are bound by their profile."""


class MajorityStage(enum.Enum):
    """When it is looked whether members are the majority: of the invited, of the confirmed, of those who came."""

    APPROVAL = "approval"
    START = "start"
    CLOSE = "close"


@dataclass(frozen=True)
class Majority:
    """Members among all who count. members: with a seat that is active on the day; everyone: but staff and press."""

    members: int
    everyone: int

    @property
    def met(self) -> bool:
        """More than half, so nobody at all fails."""
        return self.members * 2 > self.everyone

    @property
    def missing(self) -> int:
        """How many members more would make it; 0 where it is met."""
        return 0 if self.met else self.everyone - 2 * self.members + 1

    @property
    def words(self) -> Words:
        """The count, and what would make it."""
        counts = {"members": self.members, "everyone": self.everyone}
        if self.met:
            return say("{members} of {everyone} are members: more than half.", **counts)
        if not self.everyone:
            return say("Nobody who counts takes part.")
        return say(
            "{members} of {everyone} are members: not more than half. {missing} members more would make it.",
            **counts,
            missing=self.missing,
        )


def majority(taking_part: Iterable[tuple[ParticipantRole, bool]]) -> Majority:
    """Of each who takes part: as what, and whether their seat is active on the day (MJ-1)."""
    counted = [(role, seat) for role, seat in taking_part if role not in NOT_COUNTED]
    members = sum(role is ParticipantRole.MEMBER and seat for role, seat in counted)
    return Majority(members, len(counted))


def joint(organisers: Collection[enum.Enum]) -> bool:
    """Whether bodies of different kinds organise it together. organisers: the kind of each body."""
    return len(set(organisers)) > 1
