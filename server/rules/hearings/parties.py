"""Who speaks at a hearing as what, and for which side."""

import enum


class Capacity(enum.Enum):
    """As what someone applies or is invited (HE-3). INVITED says how they came; what they are stands beside it."""

    AFFECTED = "affected"
    PUBLIC = "public"
    MEMBER = "member"
    EXPERT = "expert"
    LAWYER = "lawyer"
    INVITED = "invited"


class Position(enum.Enum):
    """Where someone stands on the matter of the hearing; see facts.md, H9."""

    FOR = "for"
    AGAINST = "against"
    NEUTRAL = "neutral"


OTHER_SIDE = {Position.FOR: Position.AGAINST, Position.AGAINST: Position.FOR}
