"""What a new grant changes for each whom it reaches, said of another person (RD-1, RD-2)."""

import datetime as dt
import enum
from collections.abc import Sequence
from dataclasses import dataclass

from server.rules.documents import GrantState, Verdict
from server.words import Words, say


class GrantChange(enum.Enum):
    """What becomes of one person. GAINS_IF: as soon as they accept, or check in. KEPT_OUT: denied, before as after."""

    GAINS = "gains"
    GAINS_IF = "gains_if"
    LOSES = "loses"
    HAS_IT = "has_it"
    KEPT_OUT = "kept_out"


class GrantStanding(enum.Enum):
    """What a grant is at this moment: see `standing`. Whether it is used up is told of each reader, not of it."""

    UNCONFIRMED = "unconfirmed"
    SCHEDULED = "scheduled"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    REVOKED = "revoked"
    DECLINED = "declined"


OF_OTHERS: dict[str, Words] = {
    "INACTIVE": say("No seat, place or role of theirs holds today."),
    "CUSTODIAN": say("They keep the folder in which it lies."),
    "STATE": say("It is not available."),
    "EMBARGO": say("It is not available yet."),
    "EXPIRED": say("It is not available any more."),
    "PERSON_DENY": say("It is closed to them by name."),
    "GROUP_DENY": say("It is closed to a body to which they belong."),
    "PUBLIC": say("It is public."),
    "CATALOGUE": say("They may know that it exists, so that they can ask for it."),
    "NO_GRANT": say("No permission that holds carries this."),
    "AGREEMENT": say("They have not accepted the agreement yet."),
    "ROOM_ONLY": say("It is read in the reading room only, once they have checked in."),
    "EXHAUSTED": say("They have opened it as often as they were allowed to."),
    "NO_DOWNLOAD": say("It is not given out as a file."),
    "GRANT": say("They have permission."),
}
"""The reasons of the decision as they are said of somebody else."""


def standing(state: GrantState, valid_from: dt.datetime, valid_until: dt.datetime, now: dt.datetime) -> GrantStanding:
    """What follows from what was decided and from the time."""
    if state is not GrantState.ACTIVE:
        return GrantStanding(state.value)
    if now < valid_from:
        return GrantStanding.SCHEDULED
    return GrantStanding.EXPIRED if now >= valid_until else GrantStanding.ACTIVE


CONDITIONS = frozenset({"AGREEMENT", "ROOM_ONLY"})
"""Refusals that the readers lift themselves."""
FIRST = (GrantChange.GAINS, GrantChange.GAINS_IF, GrantChange.LOSES, GrantChange.KEPT_OUT, GrantChange.HAS_IT)
"""Of several documents the change that says most."""


@dataclass(frozen=True)
class Change:
    """Of one person and one document, or the one that says most of several."""

    kind: GrantChange
    code: str


def change(before: Verdict, after: Verdict) -> Change:
    """What differs between two verdicts about the same."""
    if before.allowed != after.allowed:
        return Change(GrantChange.GAINS if after.allowed else GrantChange.LOSES, after.code)
    if before.code != after.code and after.code in CONDITIONS:
        return Change(GrantChange.GAINS_IF, after.code)
    return Change(GrantChange.HAS_IT if after.allowed else GrantChange.KEPT_OUT, after.code)


def foremost(changes: Sequence[Change]) -> Change:
    """Of several documents the change that says most."""
    return min(changes, key=lambda one: FIRST.index(one.kind))
