"""Materials asked of departments: what can become of a request, whose word it is, and by when it is due."""

import datetime as dt
import enum
from dataclasses import dataclass

from server.rules.access import MaterialState
from server.rules.calendar import Calendar, add_working_days

USUAL_DAYS = 10
"""Working days in which materials are due, if nothing else is said; as an explanation of a department (RD-4)."""
MOST_DAYS = 120
"""The longest time that can be given in working days; a later day is said as a day."""


class MaterialStep(enum.Enum):
    """What can become of a request. The first four are of the department, the others of who keeps the folder."""

    PROMISE = "promise"
    DECLINE = "decline"
    DELIVER = "deliver"
    RETRACT = "retract"
    ACCEPT = "accept"
    ASK_AGAIN = "ask_again"
    TAKE_BACK = "take_back"


OF_DEPARTMENT = frozenset({MaterialStep.PROMISE, MaterialStep.DECLINE, MaterialStep.DELIVER, MaterialStep.RETRACT})

_OPEN = {
    MaterialStep.PROMISE: MaterialState.PROMISED,
    MaterialStep.DECLINE: MaterialState.DECLINED,
    MaterialStep.DELIVER: MaterialState.DELIVERED,
    MaterialStep.ACCEPT: MaterialState.ALL_THERE,
    MaterialStep.TAKE_BACK: MaterialState.TAKEN_BACK,
}
MATERIAL_MOVES: dict[MaterialState, dict[MaterialStep, MaterialState]] = {
    MaterialState.ASKED: _OPEN | {MaterialStep.RETRACT: MaterialState.ASKED},
    MaterialState.PROMISED: _OPEN | {MaterialStep.RETRACT: MaterialState.PROMISED},
    MaterialState.DELIVERED: {
        MaterialStep.DELIVER: MaterialState.DELIVERED,
        MaterialStep.RETRACT: MaterialState.DELIVERED,
        MaterialStep.ACCEPT: MaterialState.ALL_THERE,
        MaterialStep.ASK_AGAIN: MaterialState.ASKED,
    },
    MaterialState.DECLINED: {
        MaterialStep.ASK_AGAIN: MaterialState.ASKED,
        MaterialStep.TAKE_BACK: MaterialState.TAKEN_BACK,
    },
    MaterialState.ALL_THERE: {},
    MaterialState.TAKEN_BACK: {},
}
"""The state machine. Who takes back the last file of what is delivered has delivered nothing: see `next_state`."""

OWED = (MaterialState.ASKED, MaterialState.PROMISED)
"""The department's word is awaited; it can be late."""
WAITING = tuple(state for state, moves in MATERIAL_MOVES.items() if moves)
"""Not over: it waits for the department or for the office."""
WITH_FILES = frozenset({MaterialStep.RETRACT, MaterialStep.ACCEPT})
"""Steps that need something delivered."""


@dataclass(frozen=True)
class Side:
    """What someone is to a request: a contact of the department, or who keeps the folder; perhaps both."""

    delivers: bool
    keeps: bool

    def takes(self, step: MaterialStep) -> bool:
        """Whether the step is theirs."""
        return self.delivers if step in OF_DEPARTMENT else self.keeps


def material_steps(state: MaterialState, side: Side, *, files: int) -> list[MaterialStep]:
    """What this person can do now with a request that stands so. files: delivered, and not taken back or put away."""
    return [step for step in MATERIAL_MOVES[state] if side.takes(step) and (files > 0 or step not in WITH_FILES)]


def next_state(state: MaterialState, step: MaterialStep, *, files: int) -> MaterialState:
    """How it stands after a step that it can take. files: as many as there are then."""
    to = MATERIAL_MOVES[state][step]
    emptied = step is MaterialStep.RETRACT and to is MaterialState.DELIVERED and not files
    return MaterialState.ASKED if emptied else to


def material_due(calendar: Calendar, today: dt.date, days: int) -> dt.date:
    """The day after so many working days."""
    return add_working_days(calendar, today, days)


def material_late_by(state: MaterialState, due_on: dt.date, today: dt.date) -> int:
    """For how many days it should have been there; 0 where it is not late. A promise moves no day."""
    return max((today - due_on).days, 0) if state in OWED else 0
