"""People: added, corrected, and known by the names other systems have for them."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, TypedDict, Unpack
from uuid import UUID

from server.errors import Invalid, Problem
from server.models import audit
from server.models.database import transaction
from server.models.facts import before_and_after, differing, tidy, unique
from server.models.history import locked
from server.models.members.tables import Person, PersonIdentifier, Sex
from server.rules import names
from server.rules.mail import is_email
from server.rules.permissions import Action
from server.viewer import Viewer
from server.words import say

SORT_LENGTH = 500
"""Characters of a sort key that are kept; what comes later orders nobody."""

NAMES = ("name_zh", "name_en", "family_name", "given_name")


class PersonFacts(TypedDict, total=False):
    """What can be said of a person; what is absent stays as it is.

    sort_pinyin, sort_strokes: set by hand where the reading of a surname is unusual; both empty lets the names
    decide again.
    """

    name_zh: str
    name_en: str
    family_name: str
    given_name: str
    sort_pinyin: str
    sort_strokes: str
    sex: Sex | None
    birth_date: dt.date | None
    political_affiliation: str
    education: str
    expertise: list[str]
    focus_topics: list[str]
    email: str
    phone: str
    image: str


async def create_person(viewer: Viewer, **facts: Unpack[PersonFacts]) -> Person:
    """Someone the register did not know. Raises Invalid without a name."""
    viewer.must(Action.MANAGE_MEMBERS)
    said = _sound(viewer, dict.fromkeys(NAMES, "") | dict(facts))
    said |= keys(said, fixed=False)
    async with transaction():
        person = await Person.create(**said, created_at=viewer.now, updated_at=viewer.now)
        await audit.record(viewer, "members.create_person", f"per_{person.id}", said)
    return person


async def change_person(viewer: Viewer, person: UUID, **facts: Unpack[PersonFacts]) -> Person:
    """Other facts about this person. New names make new sort keys, unless staff set those by hand."""
    viewer.must(Action.MANAGE_MEMBERS)
    async with transaction():
        row = await living(person)
        said = _sound(viewer, {name: getattr(row, name) for name in NAMES} | dict(facts))
        changed = differing(row, said | keys(said, row.sort_fixed, row))
        if changed:
            await Person.filter(id=person).update(**changed, updated_at=viewer.now)
            await audit.record(viewer, "members.change_person", f"per_{person}", before_and_after(row, changed))
    return await Person.get(id=person)


async def identifier_add(viewer: Viewer, person: UUID, *, scheme: str, value: str) -> PersonIdentifier:
    """Another system's name for this person. Raises Conflict if the scheme gives that value to someone already."""
    viewer.must(Action.MANAGE_MEMBERS)
    said = tidy(PersonIdentifier, {"scheme": scheme, "value": value})
    missing = [Problem("MISSING", say("Fill this in."), name) for name, text in said.items() if not text]
    if missing:
        raise Invalid(*missing)
    taken = Problem("IDENTIFIER_TAKEN", say("{scheme} {value} belongs to someone else.", **said), "value")
    async with transaction():
        await living(person)
        with unique(taken):
            identifier = await PersonIdentifier.create(person_id=person, **said)
        await touch(viewer, person)
        await audit.record(viewer, "members.identifier_add", f"per_{person}", said)
    return identifier


async def living(person: UUID, field: str | None = "person") -> Person:
    """The entry, locked. Raises NotThere, or Invalid where it was merged into another."""
    row = await locked(Person, person, field)
    if row.merged_into_id is not None:
        raise Invalid(Problem("MERGED", say("This entry was merged into another one. Open that one."), field))
    return row


async def touch(viewer: Viewer, *people: UUID) -> None:
    """Something about these people changed: whoever keeps a copy asks again."""
    await Person.filter(id__in=people).update(updated_at=viewer.now)


def sort_keys(said: Mapping[str, str]) -> dict[str, str]:
    """sort_pinyin and sort_strokes by the rule of names. said: the four names."""
    parts = [said[name] for name in NAMES]
    return {
        "sort_pinyin": names.sort_pinyin(*parts)[:SORT_LENGTH],
        "sort_strokes": names.sort_strokes(*parts)[:SORT_LENGTH],
    }


def keys(said: Mapping[str, Any], fixed: bool, row: Person | None = None) -> dict[str, Any]:
    """The columns made from the names: what to sort by, and what to search in.

    fixed: the keys of the row were set by hand.
    """
    typed = {name: said[name] for name in ("sort_pinyin", "sort_strokes") if name in said}
    if typed:
        fixed = any(typed.values())
    made = sort_keys(said)
    if fixed and row is not None:
        made = {"sort_pinyin": row.sort_pinyin, "sort_strokes": row.sort_strokes}
    made |= {name: key for name, key in typed.items() if key}
    return made | {"sort_fixed": fixed, "search": names.search_text(*(said[name] for name in NAMES))}


def _sound(viewer: Viewer, facts: Mapping[str, Any]) -> dict[str, Any]:
    said = tidy(Person, facts)
    problems = []
    if not said["name_zh"] and not said["name_en"]:
        problems.append(Problem("NAME_MISSING", say("Give the name in Chinese or in Latin letters."), "name_zh"))
    if (born := said.get("birth_date")) and born > viewer.today:
        problems.append(Problem("BORN_LATER", say("This day is still to come."), "birth_date"))
    if (email := said.get("email")) and not is_email(email):
        problems.append(Problem("NOT_AN_ADDRESS", say("An e-mail address looks like name@example.org."), "email"))
    if problems:
        raise Invalid(*problems)
    return said
