"""What of a hearing has a date, what each is called, and the days on which things came to pass."""

import datetime as dt
import enum
from dataclasses import dataclass

from server.words import Words, say


class Due(enum.Enum):
    """What has a date, in the usual order."""

    NOTICE = "notice"
    APPLICATIONS_CLOSE = "applications_close"
    LOTTERY = "lottery"
    DELEGATE_LIST = "delegate_list"
    MATERIALS = "materials"
    WRITTEN_STATEMENTS = "written_statements"
    HEARING = "hearing"
    MINUTES = "minutes"
    ANSWERS = "answers"
    CORRECTIONS = "corrections"
    REPORT = "report"
    FEEDBACK = "feedback"
    ERASURE = "erasure"


NAMES = {
    Due.NOTICE: say("notice of the hearing"),
    Due.APPLICATIONS_CLOSE: say("applications close"),
    Due.LOTTERY: say("draw by lot"),
    Due.DELEGATE_LIST: say("list of the delegates"),
    Due.MATERIALS: say("materials for the delegates"),
    Due.WRITTEN_STATEMENTS: say("written statements"),
    Due.HEARING: say("hearing"),
    Due.MINUTES: say("draft of the record"),
    Due.ANSWERS: say("answers to questions"),
    Due.CORRECTIONS: say("last day for corrections"),
    Due.REPORT: say("report"),
    Due.FEEDBACK: say("feedback to those who spoke"),
    Due.ERASURE: say("erasure of contact data"),
}
"""What each is called."""


@dataclass(frozen=True)
class Deadline:
    """One date. how: how it is reckoned. source: see `Profile.source`. past: it lies before today."""

    due: Due
    day: dt.date
    how: Words
    rule: str
    source: str
    past: bool = False


@dataclass(frozen=True)
class Happened:
    """The days on which things came to pass that others are reckoned from; None: not yet. ended: its last day."""

    ended: dt.date | None = None
    record_opened: dt.date | None = None
    record_final: dt.date | None = None
    report_published: dt.date | None = None
    fed_back: dt.date | None = None
