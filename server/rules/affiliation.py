"""Whom a rule of the party's organisations binds, read from the affiliation as a register states it (PC-1)."""

PARTY_MEMBERS = frozenset(
    {
        "中共",
        "中共党员",
        "中共预备党员",
        "中国共产党",
        "中国共产党党员",
        "中国共产党预备党员",
        "cpc",
        "cpc member",
        "communist party of china",
        "member of the communist party of china",
    }
)
"""Affiliations, in small letters, that mean membership in the Communist Party of China, candidates included."""


def is_party_member(affiliation: str) -> bool:
    """Does the affiliation say so? An empty one says nothing, and binds nobody."""
    return affiliation.strip().lower() in PARTY_MEMBERS
