"""What stands in the way of a step of a hearing, as one table: the fact, the rule, and the remedy in words."""

from collections.abc import Callable
from dataclasses import dataclass

from server.errors import Problem
from server.rules.hearings.notice import PARTS, NoticePart
from server.rules.hearings.panel import BOTH
from server.rules.hearings.quorum import SOMEBODY, Quorum
from server.rules.hearings.states import PHASES, STEPS, HearingState, HearingStep, moves
from server.words import Words, say


@dataclass(frozen=True)
class Standing:
    """What is known of a hearing at a step; only what that step looks at must be said.

    days_left: until the hearing, from today. good_cause: for a shorter notice, as recorded. missing: of the notice.
    present, expected: of those among whom the quorum is reckoned. undecided: challenges of panel members. both: people
    who are on the panel and speak. window_over: no more corrections can be asked for. all_signed: the record.
    unanswered: corrections. undisposed: statements without a disposition. unfounded: `not_adopted` without a reason.
    """

    days_left: int = 0
    notice_days: int = 0
    good_cause: str = ""
    missing: tuple[NoticePart, ...] = ()
    present: int = 0
    expected: int = 0
    quorum: Quorum = SOMEBODY
    undecided: int = 0
    both: int = 0
    window_over: bool = False
    all_signed: bool = False
    unanswered: int = 0
    undisposed: int = 0
    unfounded: int = 0


@dataclass(frozen=True)
class Block:
    """One thing that can stand in the way. becomes: where the hearing goes instead; None: it stays."""

    step: HearingStep
    code: str
    rule: str
    holds: Callable[[Standing], bool]
    words: Callable[[Standing], Words]
    field: str | None = None
    becomes: HearingState | None = None


BLOCKS = (
    Block(
        HearingStep.ANNOUNCE,
        "NOTICE_TOO_SHORT",
        "HE-1",
        lambda now: now.days_left < now.notice_days and not now.good_cause.strip(),
        lambda now: say(
            "The notice is due {needed} days before; there are {left}. Choose a later day, or say the good cause.",
            needed=now.notice_days,
            left=max(now.days_left, 0),
        ),
        "good_cause",
    ),
    Block(
        HearingStep.ANNOUNCE,
        "NOTICE_INCOMPLETE",
        "HE-1",
        lambda now: bool(now.missing),
        lambda now: say(
            "The notice does not say everything that it must: {missing}.",
            missing=tuple(PARTS[part] for part in now.missing),
        ),
        "notice",
    ),
    Block(
        HearingStep.START,
        "NOT_THE_DAY",
        "HE-3",
        lambda now: now.days_left > 0,
        lambda now: say("The hearing is on another day. Days left: {left}.", left=now.days_left),
    ),
    Block(
        HearingStep.START,
        "NO_QUORUM",
        "HE-3",
        lambda now: not now.quorum.met(now.present, now.expected),
        lambda now: say(
            "{present} of {expected} are here, {needed} must be: it is postponed. Give notice again.",
            present=now.present,
            expected=now.expected,
            needed=now.quorum.needed(now.expected),
        ),
        becomes=HearingState.POSTPONED,
    ),
    Block(
        HearingStep.START,
        "CHALLENGE_UNDECIDED",
        "HE-2",
        lambda now: now.undecided > 0,
        lambda now: say("Decide first about the panel members who were challenged; nobody speaks before that."),
        "challenges",
    ),
    Block(
        HearingStep.START,
        "PANEL_SPEAKS",
        "HE-2",
        lambda now: now.both > 0,
        lambda now: BOTH,
        "panel",
    ),
    Block(
        HearingStep.FINISH_RECORD,
        "CORRECTIONS_POSSIBLE",
        "HE-4",
        lambda now: not (now.window_over or now.all_signed),
        lambda now: say("Corrections can still be asked for. Wait until that time is over, or until all have signed."),
    ),
    Block(
        HearingStep.FINISH_RECORD,
        "CORRECTIONS_UNANSWERED",
        "HE-4",
        lambda now: now.unanswered > 0,
        lambda now: say("Corrections without an answer: {n}. Accept or refuse each of them first.", n=now.unanswered),
        "corrections",
    ),
    Block(
        HearingStep.PUBLISH_REPORT,
        "STATEMENTS_UNDISPOSED",
        "HE-4",
        lambda now: now.undisposed > 0,
        lambda now: say("Statements of which the report does not say what became: {n}.", n=now.undisposed),
        "dispositions",
    ),
    Block(
        HearingStep.PUBLISH_REPORT,
        "NOT_ADOPTED_WITHOUT_REASON",
        "HE-4",
        lambda now: now.unfounded > 0,
        lambda now: say("Statements not adopted without a reason: {n}. Say the reason of each.", n=now.unfounded),
        "dispositions",
    ),
)
"""What stands in the way, in the order in which it is said."""


@dataclass(frozen=True)
class Outcome:
    """Where a step leads, and what stood in its way. state: None where nothing changes."""

    state: HearingState | None
    problems: tuple[Problem, ...] = ()


def outcome(state: HearingState, step: HearingStep, now: Standing) -> Outcome:
    """What becomes of a hearing by that step.

    A quorum that fails at the start, where nothing else stands in the way, postpones it and says so (HE-3).
    """
    if step not in moves(state):
        return Outcome(None, (Problem("NOT_NOW", _not_now(state), "step", "HE-1"),))
    standing = [block for block in BLOCKS if block.step is step and block.holds(now)]
    problems = tuple(Problem(each.code, each.words(now), each.field, each.rule) for each in standing)
    if not standing:
        return Outcome(moves(state)[step])
    return Outcome(standing[0].becomes if len(standing) == 1 else None, problems)


def _not_now(state: HearingState) -> Words:
    """Where it stands, and what can be done instead."""
    if steps := tuple(STEPS[step] for step in moves(state)):
        return say(
            "Not now. The hearing stands at: {phase}. What can be done: {steps}.", phase=PHASES[state], steps=steps
        )
    return say("Not any more. The hearing stands at: {phase}, for good.", phase=PHASES[state])
