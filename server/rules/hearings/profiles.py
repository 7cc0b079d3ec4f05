"""The rule profiles of hearings as data, each value with the rules that it was taken from (HE-1).

The numbers H1 to H15 are the sources in facts.md, section 6. OURS: nothing was published; an assembly may well choose
another value.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from fractions import Fraction

from server.rules.hearings.quorum import Quorum

OURS = "ours"


class Family(enum.Enum):
    """Whom a hearing is for. MEMBERS: they hear a department and enrol by sector. PUBLIC: anyone may apply."""

    MEMBERS = "members"
    PUBLIC = "public"


class ProfileKey(enum.Enum):
    """By which of the rule profiles a hearing is held."""

    MEMBERS_HEAR = "members_hear"
    PREFECTURE = "prefecture"
    LEGISLATIVE = "legislative"
    LIGHT = "light"
    COMMITTEE = "committee"


class Selection(enum.Enum):
    """How delegates are chosen where more apply than there are places."""

    FIFO = "fifo"
    LOTTERY = "lottery"
    COLLECTIVE = "collective"


@dataclass(frozen=True)
class Profile:
    """What holds for a hearing. Days are calendar days unless they are named working days; None: the rules ask nothing.

    notice_days, list_days, material_days: before the hearing. registration_days: applications close so many days before
    it and nobody is chosen; None: they close in time to choose. statement_hours: before it, by then a written statement
    is in. public_share: of affected and public together among the delegates. affected_gt_public: more affected than
    public. balance_tolerance: see `balance`. speak_limit_s, question_limit_s: seconds, each time. correction_days:
    after the record is open. answer_working_days: until a question put at the hearing is answered. majority: members
    are the majority (MJ-1). civil_servants: those in service may be delegates. sources: field -> where it is from.
    """

    key: str
    family: Family
    notice_days: int
    list_days: int | None
    material_days: int | None
    registration_days: int | None
    statement_hours: int | None
    min_delegates: int
    public_share: Fraction | None
    affected_gt_public: bool
    balance_tolerance: Fraction | None
    quorum: Quorum
    panel_odd_min: int
    speak_limit_s: int
    question_limit_s: int
    correction_days: int
    minutes_working_days: int
    report_working_days: int
    feedback_working_days: int
    answer_working_days: int | None
    selection: Selection
    majority: bool
    civil_servants: bool
    sources: Mapping[str, str]

    def source(self, field: str) -> str:
        """Where the value is from, such as H2; OURS where nothing is known of it."""
        return self.sources.get(field, OURS)


VALUES = tuple(field.name for field in fields(Profile) if field.name not in ("key", "family", "sources"))
"""The fields that hold a value of the rules."""

_COMMON = {
    "question_limit_s": "H8",
    "correction_days": "H6",
    "minutes_working_days": "H7",
    "report_working_days": "HE-4",
}

MEMBERS_HEAR = Profile(
    key="members_hear",
    family=Family.MEMBERS,
    notice_days=10,
    list_days=None,
    material_days=5,
    registration_days=None,
    statement_hours=None,
    min_delegates=10,
    public_share=None,
    affected_gt_public=False,
    balance_tolerance=None,
    quorum=Quorum(Fraction(1, 2)),
    panel_odd_min=1,
    speak_limit_s=300,
    question_limit_s=300,
    correction_days=5,
    minutes_working_days=7,
    report_working_days=7,
    feedback_working_days=10,
    answer_working_days=10,
    selection=Selection.FIFO,
    majority=True,
    civil_servants=True,
    sources={**_COMMON, "majority": "MJ-1"},
)
"""A department is heard by members, who enrol by sector: what the founding article means. Nobody else applies.

No rules of such a hearing are published: its days are those of the shortest published public one.
"""

_PUBLIC = replace(
    MEMBERS_HEAR,
    family=Family.PUBLIC,
    balance_tolerance=Fraction(1, 5),
    quorum=Quorum(Fraction(2, 3)),
    answer_working_days=None,
    majority=False,
    sources={**_COMMON, "balance_tolerance": "HE-2", "quorum": "H1"},
)

PREFECTURE = replace(
    _PUBLIC,
    key="prefecture",
    notice_days=30,
    list_days=15,
    material_days=15,
    min_delegates=15,
    public_share=Fraction(1, 3),
    affected_gt_public=True,
    panel_odd_min=3,
    selection=Selection.LOTTERY,
    sources={
        **_PUBLIC.sources,
        "notice_days": "H2",
        "list_days": "H2",
        "material_days": "H2b",
        **dict.fromkeys(("min_delegates", "public_share", "affected_gt_public", "panel_odd_min", "selection"), "H1"),
    },
)
"""After the rules of two cities: the most demanding one."""

LEGISLATIVE = replace(
    _PUBLIC,
    key="legislative",
    notice_days=20,
    material_days=None,
    selection=Selection.COLLECTIVE,
    sources={
        **_PUBLIC.sources,
        **dict.fromkeys(("notice_days", "min_delegates", "balance_tolerance", "selection"), "H4"),
    },
)
"""After those of a provincial legislature: its delegates are chosen by several together, the sides about equal."""

LIGHT = replace(
    _PUBLIC,
    key="light",
    civil_servants=False,
    sources={
        **_PUBLIC.sources,
        "notice_days": "H3",
        "material_days": "H3",
        "civil_servants": "H3",
        "selection": "H15",
    },
)
"""Short days, and who comes first has the place."""

COMMITTEE = replace(
    _PUBLIC,
    key="committee",
    notice_days=7,
    material_days=None,
    registration_days=1,
    statement_hours=24,
    min_delegates=1,
    balance_tolerance=None,
    quorum=Quorum(people=2, panel=True),
    sources={
        **_PUBLIC.sources,
        "notice_days": "H8",
        "registration_days": "H9",
        "statement_hours": "H9",
        "quorum": "H10",
    },
)
"""A committee takes testimony: whoever registers in time is heard, two of its members are enough."""

PROFILES = {each.key: each for each in (MEMBERS_HEAR, PREFECTURE, LEGISLATIVE, LIGHT, COMMITTEE)}
"""By key; the first is the default."""
PUBLIC_KEYS = tuple(key for key in ProfileKey if PROFILES[key.value].family is Family.PUBLIC)
"""Hearings that anyone may know of and apply for."""


def profile_of(key: ProfileKey) -> Profile:
    """The profile with its values."""
    return PROFILES[key.value]
