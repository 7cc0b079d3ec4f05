"""The rules of hearings: what is asked, by when, who is chosen, who speaks when, what becomes of it (HE-1 to HE-4)."""

from server.rules.hearings.blocks import BLOCKS, Outcome, Standing, outcome
from server.rules.hearings.clock import Clock, ClockState, Pause
from server.rules.hearings.composition import Delegate, balance, balanced, mix_problems
from server.rules.hearings.deadlines import day_problems, deadlines, earliest
from server.rules.hearings.due import Deadline, Due, Happened
from server.rules.hearings.lottery import Applicant, Draw, Why, commitment, draw, list_hash
from server.rules.hearings.notice import NoticePart
from server.rules.hearings.panel import Challenge, Decision, HearingDuty, conflicts, panel_problems, sitting
from server.rules.hearings.parties import Capacity, Position
from server.rules.hearings.profiles import PROFILES, PUBLIC_KEYS, Family, Profile, ProfileKey, Selection, profile_of
from server.rules.hearings.publishing import Publication, publication, verify
from server.rules.hearings.quorum import Quorum
from server.rules.hearings.records import Correction, CorrectionState, Disposed, Disposition, disposition_problems
from server.rules.hearings.speaking import Reordering, Speaker, Turn, lawful_order, next_speaker, reordered, turn_of
from server.rules.hearings.states import (
    ACTIVITY_STATE,
    ApplicationState,
    ApplicationStep,
    HearingState,
    HearingStep,
    application_moves,
    moves,
)
from server.rules.hearings.totals import MemberShare, Spoken, budget_left, member_share

__all__ = [
    "ACTIVITY_STATE",
    "BLOCKS",
    "PROFILES",
    "PUBLIC_KEYS",
    "Applicant",
    "ApplicationState",
    "ApplicationStep",
    "Capacity",
    "Challenge",
    "Clock",
    "ClockState",
    "Correction",
    "CorrectionState",
    "Deadline",
    "Decision",
    "Delegate",
    "Disposed",
    "Disposition",
    "Draw",
    "Due",
    "Family",
    "Happened",
    "HearingDuty",
    "HearingState",
    "HearingStep",
    "MemberShare",
    "NoticePart",
    "Outcome",
    "Pause",
    "Position",
    "Profile",
    "ProfileKey",
    "Publication",
    "Quorum",
    "Reordering",
    "Selection",
    "Speaker",
    "Spoken",
    "Standing",
    "Turn",
    "Why",
    "application_moves",
    "balance",
    "balanced",
    "budget_left",
    "commitment",
    "conflicts",
    "day_problems",
    "deadlines",
    "disposition_problems",
    "draw",
    "earliest",
    "lawful_order",
    "list_hash",
    "member_share",
    "mix_problems",
    "moves",
    "next_speaker",
    "outcome",
    "panel_problems",
    "profile_of",
    "publication",
    "reordered",
    "sitting",
    "turn_of",
    "verify",
]
