"""What is stored about a person, and why: told to everyone who comes in for the first time, and at any time after."""

from collections.abc import Iterable
from dataclasses import dataclass

from server.rules.permissions import ALLOWED, GUARDED_FIELDS, ROLE_NAMES, Action
from server.words import Words, say


@dataclass(frozen=True)
class Kept:
    """Something that is kept of a person: by which name, in words, and for what."""

    name: str
    label: Words
    why: Words


FILE = (
    Kept("name_zh", say("Name in Chinese"), say("So that people find you, and papers bear your name.")),
    Kept("name_en", say("Name in Latin letters"), say("So that people find you, and papers bear your name.")),
    Kept("sex", say("Sex"), say("For the figures that the assembly has to report.")),
    Kept("birth_date", say("Day of birth"), say("For the figures that the assembly has to report.")),
    Kept("political_affiliation", say("Party"), say("To tell who belongs to which party group, and for the figures.")),
    Kept("education", say("Education"), say("To ask those who know a subject.")),
    Kept("professional_title", say("Professional title"), say("To ask those who know a subject.")),
    Kept("expertise", say("Expertise"), say("To ask those who know a subject.")),
    Kept("focus_topics", say("Focus topics"), say("To tell you of what you follow.")),
    Kept("email", say("E-mail"), say("To reach you.")),
    Kept("phone", say("Telephone"), say("To reach you.")),
    Kept("image", say("Portrait"), say("So that people know you when they meet you.")),
)
"""The columns of a person's file."""

SEAT = Kept(
    "seat", say("Seat, sector and unit"), say("To tell who is a member, for which sector, and who is invited to what.")
)
BODIES = Kept(
    "bodies", say("Bodies you sit in"), say("To tell who belongs to which committee and which learning group.")
)
ACCOUNT = Kept(
    "account",
    say("Account name and language"),
    say("So that you can sign in. Your password is kept in a form that nobody can read."),
)
READINGS = Kept("readings", say("Who opened your file"), say("So that you can see who read what only few may see."))


def readers(name: str) -> Words:
    """Who may see it, by the permission table."""
    if name in (ACCOUNT.name, READINGS.name):
        return say("You, and those who may {action}: {roles}.", **_who(_OTHERS[name]))
    if name in GUARDED_FIELDS:
        return say("You, and those who may {action}: {roles}. Each reading is noted.", **_who(Action.READ_FILE))
    return say("Everyone who may see members and bodies.")


_OTHERS = {ACCOUNT.name: Action.READ_PERMISSIONS, READINGS.name: Action.READ_AUDIT}


def _who(action: Action) -> dict[str, object]:
    roles: Iterable[object] = (ROLE_NAMES[role] for role in ALLOWED[action])
    return {"action": action.phrase, "roles": tuple(roles)}
