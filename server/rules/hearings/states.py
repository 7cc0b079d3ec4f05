"""How a hearing and an application go on: both state machines as tables. `blocks` says what stands in the way.

The phase of a hearing stands beside the state of its activity, which governs invitation and attendance; ACTIVITY_STATE
maps one to the other.
"""

import enum

from server.words import Words, say


class HearingState(enum.Enum):
    """The phase of a hearing."""

    DRAFT = "draft"
    APPROVED = "approved"
    ANNOUNCED = "announced"
    APPLICATIONS_OPEN = "applications_open"
    APPLICATIONS_CLOSED = "applications_closed"
    SELECTED = "selected"
    LIST_PUBLISHED = "list_published"
    READY = "ready"
    IN_SESSION = "in_session"
    ADJOURNED = "adjourned"
    RECORD_OPEN = "record_open"
    RECORD_FINAL = "record_final"
    REPORT_DRAFT = "report_draft"
    REPORT_PUBLISHED = "report_published"
    OUTCOMES_FED_BACK = "outcomes_fed_back"
    ARCHIVED = "archived"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"


class HearingStep(enum.Enum):
    """What can be done with a hearing."""

    APPROVE = "approve"
    ANNOUNCE = "announce"
    OPEN_APPLICATIONS = "open_applications"
    CLOSE_APPLICATIONS = "close_applications"
    SELECT = "select"
    PUBLISH_LIST = "publish_list"
    MAKE_READY = "make_ready"
    START = "start"
    ADJOURN = "adjourn"
    RESUME = "resume"
    OPEN_RECORD = "open_record"
    FINISH_RECORD = "finish_record"
    DRAFT_REPORT = "draft_report"
    PUBLISH_REPORT = "publish_report"
    FEED_BACK = "feed_back"
    ARCHIVE = "archive"
    POSTPONE = "postpone"
    CANCEL = "cancel"


_S, _T = HearingState, HearingStep
PHASES: dict[HearingState, Words] = {
    _S.DRAFT: say("draft"),
    _S.APPROVED: say("approved, no notice given yet"),
    _S.ANNOUNCED: say("notice is given"),
    _S.APPLICATIONS_OPEN: say("one can apply"),
    _S.APPLICATIONS_CLOSED: say("applications closed"),
    _S.SELECTED: say("delegates are chosen"),
    _S.LIST_PUBLISHED: say("list of delegates published"),
    _S.READY: say("ready to begin"),
    _S.IN_SESSION: say("in session"),
    _S.ADJOURNED: say("interrupted"),
    _S.RECORD_OPEN: say("record open for corrections"),
    _S.RECORD_FINAL: say("record final"),
    _S.REPORT_DRAFT: say("report being written"),
    _S.REPORT_PUBLISHED: say("report published"),
    _S.OUTCOMES_FED_BACK: say("outcomes told to those heard"),
    _S.ARCHIVED: say("hearing put away"),
    _S.POSTPONED: say("postponed"),
    _S.CANCELLED: say("cancelled"),
}
"""What each is called."""
STEPS: dict[HearingStep, Words] = {
    _T.APPROVE: say("approve it"),
    _T.ANNOUNCE: say("give notice"),
    _T.OPEN_APPLICATIONS: say("open applications"),
    _T.CLOSE_APPLICATIONS: say("close applications"),
    _T.SELECT: say("choose the delegates"),
    _T.PUBLISH_LIST: say("publish the list of the delegates"),
    _T.MAKE_READY: say("say that it can begin"),
    _T.START: say("begin it"),
    _T.ADJOURN: say("interrupt it"),
    _T.RESUME: say("go on with it"),
    _T.OPEN_RECORD: say("open the record for corrections"),
    _T.FINISH_RECORD: say("finish the record"),
    _T.DRAFT_REPORT: say("begin the report"),
    _T.PUBLISH_REPORT: say("publish the report"),
    _T.FEED_BACK: say("tell those heard what became of it"),
    _T.ARCHIVE: say("put it into the archive"),
    _T.POSTPONE: say("postpone it"),
    _T.CANCEL: say("cancel it"),
}
"""The same of steps, for whoever can take them."""
_CANCEL = {_T.CANCEL: _S.CANCELLED}
HEARING_MOVES: dict[HearingState, dict[HearingStep, HearingState]] = {
    _S.DRAFT: {_T.APPROVE: _S.APPROVED} | _CANCEL,
    _S.APPROVED: {_T.ANNOUNCE: _S.ANNOUNCED} | _CANCEL,
    _S.ANNOUNCED: {_T.OPEN_APPLICATIONS: _S.APPLICATIONS_OPEN} | _CANCEL,
    _S.APPLICATIONS_OPEN: {_T.CLOSE_APPLICATIONS: _S.APPLICATIONS_CLOSED} | _CANCEL,
    _S.APPLICATIONS_CLOSED: {_T.SELECT: _S.SELECTED} | _CANCEL,
    _S.SELECTED: {_T.PUBLISH_LIST: _S.LIST_PUBLISHED} | _CANCEL,
    _S.LIST_PUBLISHED: {_T.MAKE_READY: _S.READY} | _CANCEL,
    _S.READY: {_T.START: _S.IN_SESSION, _T.POSTPONE: _S.POSTPONED} | _CANCEL,
    _S.POSTPONED: {_T.ANNOUNCE: _S.ANNOUNCED} | _CANCEL,
    _S.IN_SESSION: {_T.ADJOURN: _S.ADJOURNED, _T.OPEN_RECORD: _S.RECORD_OPEN},
    _S.ADJOURNED: {_T.RESUME: _S.IN_SESSION},
    _S.RECORD_OPEN: {_T.FINISH_RECORD: _S.RECORD_FINAL},
    _S.RECORD_FINAL: {_T.DRAFT_REPORT: _S.REPORT_DRAFT},
    _S.REPORT_DRAFT: {_T.PUBLISH_REPORT: _S.REPORT_PUBLISHED},
    _S.REPORT_PUBLISHED: {_T.FEED_BACK: _S.OUTCOMES_FED_BACK},
    _S.OUTCOMES_FED_BACK: {_T.ARCHIVE: _S.ARCHIVED},
    _S.ARCHIVED: {},
    _S.CANCELLED: {},
}
"""The state machine of a hearing."""

ACTIVITY_STATE: dict[HearingState, str] = {
    _S.DRAFT: "draft",
    _S.APPROVED: "approved",
    _S.ANNOUNCED: "announced",
    _S.APPLICATIONS_OPEN: "open",
    _S.APPLICATIONS_CLOSED: "closed_for_rsvp",
    _S.SELECTED: "closed_for_rsvp",
    _S.LIST_PUBLISHED: "closed_for_rsvp",
    _S.READY: "closed_for_rsvp",
    _S.IN_SESSION: "in_progress",
    _S.ADJOURNED: "in_progress",
    _S.RECORD_OPEN: "held",
    _S.RECORD_FINAL: "attendance_locked",
    _S.REPORT_DRAFT: "attendance_locked",
    _S.REPORT_PUBLISHED: "attendance_locked",
    _S.OUTCOMES_FED_BACK: "attendance_locked",
    _S.ARCHIVED: "archived",
    _S.POSTPONED: "postponed",
    _S.CANCELLED: "cancelled",
}
"""The value of the ActivityState that goes with a phase. The final record tells who came: attendance locks."""


class ApplicationState(enum.Enum):
    """Of an application to be heard."""

    SUBMITTED = "submitted"
    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    SELECTED = "selected"
    RESERVE = "reserve"
    NOT_SELECTED = "not_selected"
    CONFIRMED = "confirmed"
    ATTENDED = "attended"
    ABSENT = "absent"
    WITHDRAWN = "withdrawn"


class ApplicationStep(enum.Enum):
    """What becomes of an application. CALL_UP: someone of the reserve takes a place that became free."""

    ADMIT = "admit"
    REJECT = "reject"
    SELECT = "select"
    KEEP_IN_RESERVE = "keep_in_reserve"
    LEAVE_OUT = "leave_out"
    CALL_UP = "call_up"
    CONFIRM = "confirm"
    COME = "come"
    MISS = "miss"
    WITHDRAW = "withdraw"


_A, _B = ApplicationState, ApplicationStep
_WITHDRAW = {_B.WITHDRAW: _A.WITHDRAWN}
APPLICATION_MOVES: dict[ApplicationState, dict[ApplicationStep, ApplicationState]] = {
    _A.SUBMITTED: {_B.ADMIT: _A.ELIGIBLE, _B.REJECT: _A.INELIGIBLE} | _WITHDRAW,
    _A.ELIGIBLE: {_B.SELECT: _A.SELECTED, _B.KEEP_IN_RESERVE: _A.RESERVE, _B.LEAVE_OUT: _A.NOT_SELECTED} | _WITHDRAW,
    _A.SELECTED: {_B.CONFIRM: _A.CONFIRMED} | _WITHDRAW,
    _A.RESERVE: {_B.CALL_UP: _A.SELECTED} | _WITHDRAW,
    _A.CONFIRMED: {_B.COME: _A.ATTENDED, _B.MISS: _A.ABSENT} | _WITHDRAW,
    _A.INELIGIBLE: {},
    _A.NOT_SELECTED: {},
    _A.ATTENDED: {},
    _A.ABSENT: {},
    _A.WITHDRAWN: {},
}
"""The state machine of an application."""


def moves(state: HearingState) -> dict[HearingStep, HearingState]:
    """What can be done with a hearing that stands so, and where each leads. `outcome` says what stands in the way."""
    return HEARING_MOVES[state]


def application_moves(state: ApplicationState) -> dict[ApplicationStep, ApplicationState]:
    """The same of an application."""
    return APPLICATION_MOVES[state]
