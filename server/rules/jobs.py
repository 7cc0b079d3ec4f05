"""When work that the system does by itself is due, and what its last run means for the next one."""

import datetime as dt
import enum
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from server.words import Words, say

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
BACK_OFF = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 20, 60))
"""After which time a run that failed is tried again: after its first try, its second ... then not any more."""
MOST_TRIES = len(BACK_OFF) + 1


@dataclass(frozen=True)
class Rhythm:
    """Every so often, or at a time of day; one of the two.

    every: counted from the beginning of 1970, so that all processes mean the same moments. at: as the clock on the wall
    says it; where the clocks leave that time out it is due as much later, where it comes twice the first time.
    """

    every: dt.timedelta | None = None
    at: dt.time | None = None

    def last(self, now: dt.datetime, zone: ZoneInfo) -> dt.datetime:
        """The moment at or before now at which it was due, in UTC."""
        if self.every:
            return EPOCH + (now - EPOCH) // self.every * self.every
        return max(moment for moment in self._around(now, zone) if moment <= now)

    def next(self, now: dt.datetime, zone: ZoneInfo) -> dt.datetime:
        """The next moment after now at which it is due, in UTC."""
        if self.every:
            return self.last(now, zone) + self.every
        return min(moment for moment in self._around(now, zone) if moment > now)

    @property
    def words(self) -> Words:
        """Such as "every 15 minutes" or "daily at 03:00"."""
        if self.every is None:
            return say("daily at {time}", time=f"{self.at:%H:%M}")
        if self.every % HOUR:
            return say("every {count} min", count=f"{self.every / MINUTE:g}")
        return say("every {count} h", count=self.every // HOUR)

    def _around(self, now: dt.datetime, zone: ZoneInfo) -> list[dt.datetime]:
        """That time of the days around now. A clock that is put forward or back moves it, by hours."""
        if self.at is None:
            raise ValueError("a rhythm has a time of day, or a time between")
        today = now.astimezone(zone).date()
        days = (today + n * DAY for n in (-2, -1, 0, 1, 2))
        return [dt.datetime.combine(day, self.at, zone).astimezone(dt.UTC) for day in days]


@dataclass(frozen=True)
class Past:
    """The newest run of a job. running: nobody wrote down its end. leased_until: so long its process lives at least.

    retry_at: when it is to be tried again; None where it went well, or was tried often enough.
    """

    due_at: dt.datetime
    running: bool
    leased_until: dt.datetime
    retry_at: dt.datetime | None
    tries: int


class Step(enum.Enum):
    """What is to be done about a job now."""

    NOTHING = "nothing"
    BEGIN = "a new run"
    AGAIN = "its newest run, once more"
    GIVE_UP = "its newest run is lost"


def next_step(rhythm: Rhythm, past: Past | None, now: dt.datetime, zone: ZoneInfo) -> Step:
    """At most one run of a job at a time; what was missed, however often, is one run; a new one replaces a failed one.

    A process that was killed writes nothing down: its run is taken up once its lease is over, but no more often than
    one that fails, since it may be the run that kills.
    """
    if past is None:
        return Step.BEGIN
    if past.running and past.leased_until > now:
        return Step.NOTHING
    if past.due_at < rhythm.last(now, zone):
        return Step.BEGIN
    if past.running:
        return Step.AGAIN if past.tries < MOST_TRIES else Step.GIVE_UP
    return Step.AGAIN if past.retry_at and past.retry_at <= now else Step.NOTHING


def retry_at(tries: int, now: dt.datetime) -> dt.datetime | None:
    """When what failed for the nth time is tried again; None for not before it is due anyway."""
    return now + BACK_OFF[tries - 1] if tries < MOST_TRIES else None
