"""What the notice of a hearing must say, and what of it is missing (HE-1; facts.md, H2)."""

import enum
from collections.abc import Collection, Mapping

from server.rules.hearings.profiles import Family, Profile, Selection
from server.words import say


class NoticePart(enum.Enum):
    """One thing that the notice tells."""

    ORGANISER = "organiser"
    CONTACT = "contact"
    PURPOSE = "purpose"
    CONTENT = "content"
    BASIS = "basis"
    TIME = "time"
    PLACE = "place"
    NUMBER = "number"
    CONDITIONS = "conditions"
    DEADLINE = "deadline"
    METHOD = "method"
    COMPLAINTS = "complaints"
    COMMITMENT = "commitment"
    PUBLIC_DRAW = "public_draw"


PARTS = {
    NoticePart.ORGANISER: say("who holds the hearing"),
    NoticePart.CONTACT: say("whom to reach, and how"),
    NoticePart.PURPOSE: say("what the hearing is for"),
    NoticePart.CONTENT: say("what is heard"),
    NoticePart.BASIS: say("by which rules it is held"),
    NoticePart.TIME: say("the time of the hearing"),
    NoticePart.PLACE: say("the place of the hearing"),
    NoticePart.NUMBER: say("how many delegates of each capacity"),
    NoticePart.CONDITIONS: say("who can apply"),
    NoticePart.DEADLINE: say("until when to apply"),
    NoticePart.METHOD: say("how delegates are chosen"),
    NoticePart.COMPLAINTS: say("where to ask or complain"),
    NoticePart.COMMITMENT: say("the commitment to the seed"),
    NoticePart.PUBLIC_DRAW: say("which public draw is taken"),
}
"""What each is called."""
OF_THE_DRAW = frozenset({NoticePart.COMMITMENT, NoticePart.PUBLIC_DRAW})
FOR_THE_PUBLIC = frozenset({NoticePart.CONDITIONS, NoticePart.COMPLAINTS})
"""Where only members enrol, nobody else must be told."""


def parts(profile: Profile) -> list[NoticePart]:
    """What the notice of such a hearing must say (HE-2 for a draw by lot)."""
    spared = FOR_THE_PUBLIC if profile.family is Family.MEMBERS else frozenset[NoticePart]()
    spared |= frozenset() if profile.selection is Selection.LOTTERY else OF_THE_DRAW
    return [part for part in NoticePart if part not in spared]


def missing(profile: Profile, said: Collection[NoticePart]) -> list[NoticePart]:
    """What of it is not said yet."""
    return [part for part in parts(profile) if part not in said]


FACTS = {
    NoticePart.CONTACT: "contact",
    NoticePart.PURPOSE: "purpose",
    NoticePart.CONTENT: "matter",
    NoticePart.BASIS: "basis",
    NoticePart.CONDITIONS: "conditions",
    NoticePart.COMPLAINTS: "complaints",
    NoticePart.PUBLIC_DRAW: "public_draw",
}
"""What is written for a hearing -> by what name."""
BY_ITSELF = frozenset(
    {NoticePart.ORGANISER, NoticePart.TIME, NoticePart.DEADLINE, NoticePart.METHOD, NoticePart.COMMITMENT}
)
"""What every hearing has: from its activity, reckoned from its day, from its profile, or made as it is announced."""


def told(written: Mapping[str, str], *, place: str, numbers: int) -> set[NoticePart]:
    """What the notice would say. written: by the names of FACTS. place: where; numbers: of delegates, all together."""
    found = {part for part, name in FACTS.items() if written[name].strip()} | BY_ITSELF
    found |= {NoticePart.PLACE} if place.strip() else set()
    return found | ({NoticePart.NUMBER} if numbers else set())
