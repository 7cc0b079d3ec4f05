"""The record of a hearing and what follows from it: corrections, the report, what became of each statement (HE-4)."""

import datetime as dt
import enum
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from server.errors import Invalid, Problem
from server.rules.calendar import DAY, Calendar, add_working_days
from server.rules.hearings.parties import Position
from server.words import say


def corrections_until(opened: dt.date, days: int) -> dt.date:
    """The last day on which a speaker may ask for a correction of a record that was opened on that day."""
    return opened + days * DAY


def window_over(opened: dt.date, days: int, today: dt.date) -> bool:
    """Whether no correction can be asked for any more."""
    return today > corrections_until(opened, days)


def correction_problems(opened: dt.date, days: int, today: dt.date, *, spoke: bool) -> Iterator[Problem]:
    """What keeps someone from asking for a correction now. spoke: they made a statement at the hearing."""
    if not spoke:
        yield Problem("NOT_A_SPEAKER", say("Only who spoke can ask for a correction of the record."), None, "HE-4")
    if today < opened:
        words = say("The record is open from {day} on.", day=opened)
        yield Problem("RECORD_NOT_OPEN", words, None, "HE-4")
    if window_over(opened, days, today):
        words = say("Corrections could be asked for until {day}.", day=corrections_until(opened, days))
        yield Problem("CORRECTIONS_OVER", words, None, "HE-4")


class CorrectionState(enum.Enum):
    """How a correction stands that a speaker asked for."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True)
class Correction:
    """A correction that was asked for, and the answer."""

    state: CorrectionState = CorrectionState.ASKED
    reason: str = ""


def answered(correction: Correction, state: CorrectionState, reason: str) -> Correction:
    """The same with its answer, which always has a reason and is given once. Raises Invalid.

    An accepted one makes a new version of the record; the old one is kept.
    """
    if correction.state is not CorrectionState.ASKED or state is CorrectionState.ASKED:
        raise Invalid(Problem("CORRECTION_ANSWERED", say("This correction has its answer already."), None, "HE-4"))
    if not reason.strip():
        raise Invalid(Problem("NO_REASON", say("Say why it is accepted or refused."), "reason", "HE-4"))
    return Correction(state, reason.strip())


def unanswered(corrections: Iterable[Correction]) -> int:
    """How many wait for their answer; the record is not final before."""
    return sum(each.state is CorrectionState.ASKED for each in corrections)


def report_due(calendar: Calendar, final_on: dt.date, working_days: int) -> dt.date:
    """The day by which the report is published, from the day on which the record became final. Late only warns."""
    return add_working_days(calendar, final_on, working_days)


def late_by(due_on: dt.date, today: dt.date) -> int:
    """Days by which something is late that has not been done; 0 where it is not."""
    return max((today - due_on).days, 0)


class Disposed(enum.Enum):
    """What became of a statement. NOTED: it asked for nothing that could be adopted."""

    ADOPTED = "adopted"
    PARTLY = "partly"
    NOT_ADOPTED = "not_adopted"
    NOTED = "noted"


@dataclass(frozen=True)
class Disposition:
    """What became of a statement, and why. None where the report does not say it yet."""

    position: Position
    outcome: Disposed | None = None
    reason: str = ""


def disposition_problems(outcome: Disposed, reason: str) -> Iterator[Problem]:
    """What keeps a disposition from being stored; see facts.md, H3."""
    if outcome is Disposed.NOT_ADOPTED and not reason.strip():
        words = say("Say why it is not adopted: whoever spoke is told.")
        yield Problem("NOT_ADOPTED_WITHOUT_REASON", words, "reason", "HE-4")


def undisposed(dispositions: Iterable[Disposition]) -> int:
    """How many statements the report does not say of what became of them; it is not published before."""
    return sum(each.outcome is None for each in dispositions)


def without_reason(dispositions: Iterable[Disposition]) -> int:
    """How many say what became of a statement but not why."""
    return sum(each.outcome is not None and not each.reason.strip() for each in dispositions)


def counts(dispositions: Iterable[Disposition]) -> Mapping[Position, Mapping[Disposed | None, int]]:
    """Statements by position and what became of them, every pair with its number; None: not said yet."""
    count = Counter((each.position, each.outcome) for each in dispositions)
    return {side: {outcome: count[side, outcome] for outcome in (*Disposed, None)} for side in Position}
