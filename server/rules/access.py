"""Asking: to read a document, for materials. What became of it, and by when (RD-5)."""

import datetime as dt
import enum
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from server.rules.calendar import Calendar, add_working_days

ANSWERED_WITHIN = 5
"""Working days in which a wish to read is answered, a review of a refusal asked for, and that review decided."""


class AccessState(enum.Enum):
    """Of a wish to read. MORE_INFO: the office asked back. RAN_OUT: its document or its wished end went by."""

    SUBMITTED = "submitted"
    MORE_INFO = "more_info"
    APPROVED = "approved"
    REFUSED = "refused"
    IN_REVIEW = "in_review"
    UPHELD = "upheld"
    WITHDRAWN = "withdrawn"
    RAN_OUT = "ran_out"


class Refusal(enum.Enum):
    """Why one may not read: the closed list (RD-5)."""

    NOT_NEEDED = "not_needed"
    TOO_EARLY = "too_early"
    CONFLICT = "conflict"
    ORIGIN_SAYS_NO = "origin_says_no"
    IN_ROOM = "in_room"
    OTHER_COPY = "other_copy"


class AccessStep(enum.Enum):
    """What can become of a wish. The first three are of whoever asks, then of the keeper, then of who reviews."""

    COMPLETE = "complete"
    WITHDRAW = "withdraw"
    ASK_REVIEW = "ask_review"
    GIVE = "give"
    REFUSE = "refuse"
    ASK_MORE = "ask_more"
    OVERTURN = "overturn"
    UPHOLD = "uphold"
    LAPSE = "lapse"


OF_ASKER = frozenset({AccessStep.COMPLETE, AccessStep.WITHDRAW, AccessStep.ASK_REVIEW})
OF_KEEPER = frozenset({AccessStep.GIVE, AccessStep.REFUSE, AccessStep.ASK_MORE})
OF_REVIEWER = frozenset({AccessStep.OVERTURN, AccessStep.UPHOLD})

ACCESS_MOVES: dict[AccessState, dict[AccessStep, AccessState]] = {
    AccessState.SUBMITTED: {
        AccessStep.WITHDRAW: AccessState.WITHDRAWN,
        AccessStep.GIVE: AccessState.APPROVED,
        AccessStep.REFUSE: AccessState.REFUSED,
        AccessStep.ASK_MORE: AccessState.MORE_INFO,
        AccessStep.LAPSE: AccessState.RAN_OUT,
    },
    AccessState.MORE_INFO: {
        AccessStep.COMPLETE: AccessState.SUBMITTED,
        AccessStep.WITHDRAW: AccessState.WITHDRAWN,
        AccessStep.GIVE: AccessState.APPROVED,
        AccessStep.LAPSE: AccessState.RAN_OUT,
    },
    AccessState.REFUSED: {AccessStep.ASK_REVIEW: AccessState.IN_REVIEW},
    AccessState.IN_REVIEW: {
        AccessStep.WITHDRAW: AccessState.WITHDRAWN,
        AccessStep.OVERTURN: AccessState.APPROVED,
        AccessStep.UPHOLD: AccessState.UPHELD,
        AccessStep.LAPSE: AccessState.RAN_OUT,
    },
    AccessState.APPROVED: {},
    AccessState.UPHELD: {},
    AccessState.WITHDRAWN: {},
    AccessState.RAN_OUT: {},
}
"""The state machine: what may become of a wish, by how it stands. Nobody is refused while the office waits for them."""

WAITING = tuple(state for state, moves in ACCESS_MOVES.items() if AccessStep.LAPSE in moves)
"""Not decided yet; one at a time of each person for a document."""
FOR_THE_OFFICE = (AccessState.SUBMITTED, AccessState.IN_REVIEW)
"""Waits for a word of the office, not of whoever asks."""


@dataclass(frozen=True)
class Standing:
    """What someone is to a wish. keeps: the folder; confirms: may be the second person there; refused: who said no."""

    own: bool
    keeps: bool = False
    confirms: bool = False
    refused: bool = False

    def takes(self, step: AccessStep) -> bool:
        """Whether the step is theirs. Nobody answers themselves, and who refused does not review (RD-5)."""
        if step in OF_ASKER:
            return self.own
        if step in OF_KEEPER:
            return self.keeps and not self.own
        return step in OF_REVIEWER and (self.keeps or self.confirms) and not (self.own or self.refused)


def access_steps(
    state: AccessState, standing: Standing, *, review_until: dt.date | None, today: dt.date
) -> list[AccessStep]:
    """What this person can do now with a wish that stands so. review_until: the last day to ask for a review."""
    late = review_until is None or today > review_until
    return [
        step for step in ACCESS_MOVES[state] if standing.takes(step) and not (step is AccessStep.ASK_REVIEW and late)
    ]


def access_due(calendar: Calendar, today: dt.date) -> dt.date:
    """The day by which the next word is due: an answer, a review, or the wish for one (RD-5)."""
    return add_working_days(calendar, today, ANSWERED_WITHIN)


def access_late_by(state: AccessState, due_on: dt.date, review_due_on: dt.date | None, today: dt.date) -> int:
    """For how many days whoever answers should have done so; 0 where nobody is late."""
    due = {AccessState.SUBMITTED: due_on, AccessState.IN_REVIEW: review_due_on}.get(state)
    return max((today - due).days, 0) if due else 0


def end_of(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    """The first moment after that day, where the assembly sits."""
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), zone)


@dataclass(frozen=True)
class Wish:
    """What the figures of a year look at. asked_on, decided_on: days where the assembly sits."""

    state: AccessState
    code: Refusal | None
    asked_on: dt.date
    due_on: dt.date
    decided_on: dt.date | None
    reviewed: bool


@dataclass(frozen=True)
class AccessFigures:
    """How many were asked, and what became of them (RD-5). days: from asking to the first decision, days off too."""

    asked: int
    by_state: dict[AccessState, int]
    by_code: dict[Refusal, int]
    refused: int
    reviews: int
    overturned: int
    decided: int
    late: int
    days_middle: int | None
    days_most: int | None


def access_figures(wishes: Iterable[Wish], today: dt.date) -> AccessFigures:
    """Counted. refused: ever, whatever a review said later; late: decided after its day, or not yet and past it."""
    found = list(wishes)
    days = sorted((one.decided_on - one.asked_on).days for one in found if one.decided_on)
    refused = [one for one in found if one.code]
    return AccessFigures(
        asked=len(found),
        by_state={state: sum(one.state is state for one in found) for state in AccessState},
        by_code={code: sum(one.code is code for one in refused) for code in Refusal},
        refused=len(refused),
        reviews=sum(one.reviewed for one in found),
        overturned=sum(one.reviewed and one.state is AccessState.APPROVED for one in found),
        decided=len(days),
        late=sum(_was_late(one, today) for one in found),
        days_middle=days[(len(days) - 1) // 2] if days else None,
        days_most=days[-1] if days else None,
    )


def _was_late(one: Wish, today: dt.date) -> bool:
    waits = one.state is AccessState.SUBMITTED
    return one.decided_on > one.due_on if one.decided_on else waits and today > one.due_on


class MaterialState(enum.Enum):
    """Of what a department was asked for; see `MATERIAL_MOVES`. That it is overdue follows from the day."""

    ASKED = "asked"
    PROMISED = "promised"
    DELIVERED = "delivered"
    ALL_THERE = "all_there"
    DECLINED = "declined"
    TAKEN_BACK = "taken_back"
