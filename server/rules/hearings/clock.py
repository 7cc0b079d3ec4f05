"""The clock of a statement as pure data: nothing ticks, and after a restart it is right (HE-3).

A pause stops it. Who speaks longer is not cut off: the overrun is kept.
"""

import datetime as dt
import enum
from dataclasses import dataclass, replace

from server.errors import Invalid, Problem
from server.words import Words, say

NONE = dt.timedelta(0)


class ClockState(enum.Enum):
    """How a clock stands."""

    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"


@dataclass(frozen=True)
class Pause:
    """A time in which the clock stood still, aware moments. until: None while it still does."""

    since: dt.datetime
    until: dt.datetime | None = None


@dataclass(frozen=True)
class Clock:
    """The time of one statement. Moments are aware. Every change gives a new one, or raises Invalid."""

    allotted: dt.timedelta
    started_at: dt.datetime | None = None
    pauses: tuple[Pause, ...] = ()
    ended_at: dt.datetime | None = None

    @property
    def state(self) -> ClockState:
        """How it stands."""
        if not self.started_at:
            return ClockState.WAITING
        if self.ended_at:
            return ClockState.ENDED
        return ClockState.PAUSED if self.pauses and not self.pauses[-1].until else ClockState.RUNNING

    def used(self, now: dt.datetime) -> dt.timedelta:
        """For how long it was spoken until now."""
        if not self.started_at:
            return NONE
        end = self.ended_at or now
        stood = sum(((pause.until or end) - pause.since for pause in self.pauses), NONE)
        return max(end - self.started_at - stood, NONE)

    def remaining(self, now: dt.datetime) -> dt.timedelta:
        """What is left of the time; negative by what is overrun."""
        return self.allotted - self.used(now)

    def overrun(self, now: dt.datetime) -> dt.timedelta:
        """By how much it was spoken longer."""
        return max(-self.remaining(now), NONE)

    def start(self, now: dt.datetime) -> "Clock":
        """The statement begins."""
        self._must_be(now, ClockState.WAITING)
        return replace(self, started_at=now)

    def pause(self, now: dt.datetime) -> "Clock":
        """It stands still from now on, such as for a point of order."""
        self._must_be(now, ClockState.RUNNING)
        return replace(self, pauses=(*self.pauses, Pause(now)))

    def resume(self, now: dt.datetime) -> "Clock":
        """It goes on."""
        self._must_be(now, ClockState.PAUSED)
        return replace(self, pauses=self._closed(now))

    def end(self, now: dt.datetime) -> "Clock":
        """The statement is over; a pause that still holds is, too."""
        self._must_be(now, ClockState.RUNNING, ClockState.PAUSED)
        return replace(self, pauses=self._closed(now), ended_at=now)

    def _closed(self, now: dt.datetime) -> tuple[Pause, ...]:
        return tuple(pause if pause.until else replace(pause, until=now) for pause in self.pauses)

    def _must_be(self, now: dt.datetime, *states: ClockState) -> None:
        if self.state not in states:
            raise Invalid(Problem("CLOCK_STATE", REFUSED[self.state], None, "HE-3"))
        if now < self._last:
            raise Invalid(Problem("CLOCK_BACKWARDS", say("That moment lies before the last one."), None, "HE-3"))

    @property
    def _last(self) -> dt.datetime:
        """The last moment at which something was done with it."""
        moments = [self.started_at, *(moment for pause in self.pauses for moment in (pause.since, pause.until))]
        return max((moment for moment in moments if moment), default=dt.datetime.min.replace(tzinfo=dt.UTC))


REFUSED: dict[ClockState, Words] = {
    ClockState.WAITING: say("This statement has not begun."),
    ClockState.RUNNING: say("This statement is running."),
    ClockState.PAUSED: say("This statement is paused."),
    ClockState.ENDED: say("This statement is over."),
}
"""Why something cannot be done with a clock that stands so."""
