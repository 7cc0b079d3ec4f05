"""Who may apply to be heard, as what, and until when; and who decides on it (HE-1, HE-2)."""

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from server.errors import Problem
from server.rules.hearings.panel import BOTH
from server.rules.hearings.parties import Capacity
from server.rules.hearings.profiles import Family, Profile
from server.rules.mail import is_email
from server.words import Words, say


@dataclass(frozen=True)
class Applying:
    """What is known of who applies. seated: with a seat that is active today. hears: on the panel."""

    capacity: Capacity
    summary: str = ""
    civil_servant: bool = False
    seated: bool = False
    hears: bool = False


def applying_problems(
    profile: Profile, who: Applying, *, places: Collection[Capacity], until: dt.date, today: dt.date
) -> Iterator[Problem]:
    """What keeps someone from applying. places: the capacities that have some. until: the last day."""
    if today > until:
        words = say("One could apply until {day}. Whoever holds the hearing says what else can be done.", day=until)
        yield Problem("APPLICATIONS_OVER", words, None, "HE-1")
    yield from _capacity_problems(profile, who, places)
    if who.civil_servant and not profile.civil_servants:
        words = say("Civil servants in service cannot be delegates of this hearing.")
        yield Problem("CIVIL_SERVANT", words, "civil_servant", "HE-1")
    if who.hears:
        yield Problem("PANEL_SPEAKS", BOTH, None, "HE-2")
    if profile.family is Family.PUBLIC and not who.summary.strip():
        words = say("Say in short what you would say: whoever prepares the hearing reads it.")
        yield Problem("SUMMARY_MISSING", words, "summary", "HE-1")


def _capacity_problems(profile: Profile, who: Applying, places: Collection[Capacity]) -> Iterator[Problem]:
    if profile.family is Family.MEMBERS and (who.capacity is not Capacity.MEMBER or not who.seated):
        words = say("Only members with an active seat enrol for this hearing.")
        yield Problem("MEMBERS_ONLY", words, "capacity", "HE-1")
    elif who.capacity is Capacity.MEMBER and not who.seated:
        words = say("As a member only those with an active seat apply. Choose what else you are.")
        yield Problem("NO_SEAT", words, "capacity", "HE-1")
    elif who.capacity is Capacity.INVITED or who.capacity not in places:
        words = say("This hearing has no places for this capacity.")
        yield Problem("NO_PLACES", words, "capacity", "HE-1")


PER_ADDRESS = 10
"""Public applications of one address within a quarter of an hour: a whole office may stand behind one."""


def reaching_problems(name: str, email: str, phone: str) -> Iterator[Problem]:
    """What is missing to know who applies without an account, and how to reach them."""
    if not name.strip():
        yield Problem("NAME_MISSING", say("Write your name."), "name", "HE-1")
    if email.strip() and not is_email(email.strip()):
        yield Problem("BAD_EMAIL", say("An e-mail address looks like name@example.org."), "email", "HE-1")
    if not email.strip() and not phone.strip():
        words = say("Write an e-mail address or a telephone number, so that you can be reached.")
        yield Problem("CONTACT_MISSING", words, "email", "HE-1")


def conflict_words(*, hears: bool, heard: bool, civil_servant: bool) -> list[Words]:
    """What may speak against hearing someone, for who decides. heard: they belong to the department that is heard."""
    found = []
    if hears:
        found.append(say("on the panel, too"))
    if heard:
        found.append(say("belongs to the department that is heard"))
    if civil_servant:
        found.append(say("civil servant in service"))
    return found
