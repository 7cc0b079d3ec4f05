"""Who hears: the panel, who cannot be on it, and the challenge of one of its members (HE-2)."""

import enum
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from server.errors import Invalid, Problem
from server.words import say

Id = TypeVar("Id")


BOTH = say("Nobody can be on the panel and speak. Take them off one of the two lists.")


class HearingDuty(enum.Enum):
    """What someone does at a hearing. The first two hear, so they are the panel."""

    PRESIDING = "presiding"
    PANEL = "panel"
    RECORDER = "recorder"
    DECISION_SPEAKER = "decision_speaker"
    SUPERVISOR = "supervisor"


PANEL = (HearingDuty.PRESIDING, HearingDuty.PANEL)
"""Those who hear."""


class Decision(enum.Enum):
    """What was decided of a challenge. UPHELD: the member leaves the panel."""

    UPHELD = "upheld"
    DISMISSED = "dismissed"


@dataclass(frozen=True)
class Challenge(Generic[Id]):
    """Someone says that a panel member cannot judge this matter fairly. decision: None until it is decided."""

    member: Id
    reason: str
    decision: Decision | None = None
    decided_because: str = ""


def decided(challenge: Challenge[Id], decision: Decision, reason: str, *, statements: int) -> Challenge[Id]:
    """The same with what was decided: once, with a reason, and before anyone spoke. Raises Invalid."""
    if challenge.decision:
        raise Invalid(Problem("CHALLENGE_DECIDED", say("This challenge is decided already."), None, "HE-2"))
    if statements:
        words = say("A challenge is decided before the first statement, and someone has spoken.")
        raise Invalid(Problem("STATEMENTS_BEGUN", words, None, "HE-2"))
    if not reason.strip():
        raise Invalid(Problem("NO_REASON", say("Say why it is decided so."), "reason", "HE-2"))
    return Challenge(challenge.member, challenge.reason, decision, reason.strip())


def undecided(challenges: Iterable[Challenge[Id]]) -> int:
    """How many wait; nobody speaks before they are decided."""
    return sum(each.decision is None for each in challenges)


def sitting(panel: Collection[Id], challenges: Iterable[Challenge[Id]]) -> list[Id]:
    """Who is left on the panel."""
    gone = {each.member for each in challenges if each.decision is Decision.UPHELD}
    return [each for each in panel if each not in gone]


def conflicts(panel: Iterable[Id], speakers: Collection[Id]) -> list[Id]:
    """Who is on the panel and speaks too, which nobody can."""
    return [each for each in panel if each in speakers]


def duty_problems(duties: Collection[tuple[Id, HearingDuty]]) -> Iterator[Problem]:
    """What keeps these people from having these duties: one presides, and nobody hears in two of them."""
    if sum(duty is HearingDuty.PRESIDING for _, duty in duties) > 1:
        yield Problem(
            "TWO_PRESIDE", say("One person presides. Make the other a member of the panel."), "officers", "HE-1"
        )
    hearing = [person for person, duty in duties if duty in PANEL]
    if len(set(hearing)) < len(hearing) or len(set(duties)) < len(duties):
        yield Problem("TWICE", say("Name each person once for each duty, and once on the panel."), "people", "HE-1")


def presiding_problems(duties: Collection[HearingDuty]) -> Iterator[Problem]:
    """Whether somebody presides."""
    if HearingDuty.PRESIDING not in duties:
        yield Problem("NOBODY_PRESIDES", say("Say who presides."), "duty", "HE-1")


def panel_problems(panel: Collection[Id], speakers: Collection[Id], odd_min: int) -> Iterator[Problem]:
    """What keeps these people from hearing those. odd_min: see `Profile.panel_odd_min`; see facts.md, H1."""
    if len(panel) < odd_min or len(panel) % 2 == 0:
        words = say(
            "A panel has an odd number of people, {least} at least; this one has {n}.", least=odd_min, n=len(panel)
        )
        yield Problem("PANEL_SIZE", words, "panel", "HE-1")
    if conflicts(panel, speakers):
        yield Problem(
            "PANEL_SPEAKS",
            BOTH,
            "panel",
            "HE-2",
        )
