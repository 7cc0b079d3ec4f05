"""Questions about a document to its department: what becomes of one, by whom, and by when it is answered (RD-4)."""

import datetime as dt
import enum
from dataclasses import dataclass

from server.rules.calendar import Calendar, add_working_days

ANSWERED_WITHIN = 10
"""Working days in which a department answers (RD-4)."""
REMINDED = 3
"""So many working days before its day the department is reminded."""
LONGEST = 5000
"""Characters of an answer."""


class ExplanationState(enum.Enum):
    """Of a question about a document; that it is late follows from the day."""

    ASKED = "asked"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


class ExplanationStep(enum.Enum):
    """What can become of a question: by its department, by whoever asked, by who keeps the document."""

    ANSWER = "answer"
    WITHDRAW = "withdraw"
    PUBLISH = "publish"
    UNPUBLISH = "unpublish"


EXPLANATION_MOVES: dict[tuple[ExplanationState, bool], dict[ExplanationStep, tuple[ExplanationState, bool]]] = {
    (ExplanationState.ASKED, False): {
        ExplanationStep.ANSWER: (ExplanationState.ANSWERED, False),
        ExplanationStep.WITHDRAW: (ExplanationState.WITHDRAWN, False),
    },
    (ExplanationState.ANSWERED, False): {ExplanationStep.PUBLISH: (ExplanationState.ANSWERED, True)},
    (ExplanationState.ANSWERED, True): {ExplanationStep.UNPUBLISH: (ExplanationState.ANSWERED, False)},
    (ExplanationState.WITHDRAWN, False): {},
}
"""The state machine: by how a question stands and whether every reader sees it, what may become of both."""


@dataclass(frozen=True)
class Part:
    """What someone is to a question. answers: for the department that is asked; keeps: the folder of the document."""

    own: bool
    answers: bool = False
    keeps: bool = False

    def takes(self, step: ExplanationStep) -> bool:
        """Whether the step is theirs. Nobody answers themselves."""
        if step is ExplanationStep.WITHDRAW:
            return self.own
        if step is ExplanationStep.ANSWER:
            return self.answers and not self.own
        return self.keeps


def explanation_steps(state: ExplanationState, to_all: bool, part: Part) -> list[ExplanationStep]:
    """What this person can do now with a question that stands so."""
    return [step for step in EXPLANATION_MOVES.get((state, to_all), {}) if part.takes(step)]


def explanation_due(calendar: Calendar, today: dt.date) -> dt.date:
    """The day by which a question is answered that is asked today."""
    return add_working_days(calendar, today, ANSWERED_WITHIN)


def explanation_reminded(calendar: Calendar, today: dt.date) -> dt.date:
    """Of what is due by that day the department is reminded today."""
    return add_working_days(calendar, today, REMINDED)


def explanation_late_by(state: ExplanationState, due_on: dt.date, today: dt.date) -> int:
    """For how many days the department should have answered; 0 where it is not late."""
    return max((today - due_on).days, 0) if state is ExplanationState.ASKED else 0
