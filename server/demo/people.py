"""The people of the demo: names, and what a register knows of someone."""

import datetime as dt
from itertools import count
from typing import Any

from server.demo.assembly import AFFILIATIONS, FIELDS, MIXED, NO_PARTY_MEMBERS, SCHOOLING, TOPICS
from server.demo.rows import Rows, key, pick
from server.demo.words import COMMON, MEN, SURNAMES, UNUSUAL, WOMEN
from server.models.members import Person, Sex
from server.rules import names

BORN = dt.date(1958, 3, 1)
AGES = 14_000
"""Days over which the dates of birth are spread: from 1958 to 1996."""


def affiliation(sector: int, k: int) -> str:
    """What the register states: of the first ten sectors their own party, of the others a mixture."""
    if sector < len(AFFILIATIONS):
        return AFFILIATIONS[sector]
    return "" if sector in NO_PARTY_MEMBERS else MIXED[(k + sector) % len(MIXED)]


def add_person(rows: Rows, n: int, place: tuple[int, int] | None = None) -> Person:
    """Person number n. place: (sector, number within it) of a member, None for others."""
    name_zh, name_en, family, given, sex = UNUSUAL[place] if place in UNUSUAL else _name(rows, n)
    whole = (name_zh, name_en, family, given)
    row = Person(
        id=key("person", n),
        name_zh=name_zh,
        name_en=name_en,
        family_name=family,
        given_name=given,
        sort_pinyin=names.sort_pinyin(*whole),
        sort_strokes=names.sort_strokes(*whole),
        search=names.search_text(*whole),
        sex=Sex(sex),
        political_affiliation=affiliation(*place) if place else "",
        email=f"person{n}@example.org",
        created_at=rows.now,
        updated_at=rows.now,
        **(_guarded(n) if place else {}),
    )
    rows.people.append(row)
    return row


def _guarded(n: int) -> dict[str, Any]:
    """What a file says of a member. The numbers are no one's: no number begins with 000."""
    return {
        "birth_date": BORN + dt.timedelta(days=key("born", n).int % AGES),
        "education": pick(SCHOOLING, "schooling", n),
        "expertise": [pick(FIELDS, "field", n)],
        "focus_topics": sorted({pick(TOPICS, "topic", n, 1), pick(TOPICS, "topic", n, 2)}),
        "phone": f"000-{n:08d}",
    }


def _name(rows: Rows, n: int) -> tuple[str, str, str, str, str]:
    """A name that nobody in the demo has yet."""
    taken = {person.name_zh for person in rows.people} | {name for name, *_ in UNUSUAL.values()}
    sex, given_names = pick((("female", WOMEN), ("male", MEN), ("male", MEN)), "sex", n)
    made = (
        (pick((*COMMON, *COMMON, *SURNAMES), "family", n, turn), pick(given_names, "given", n, turn))
        for turn in count()
    )
    (family, latin), (given, spoken) = next(both for both in made if both[0][0] + both[1][0] not in taken)
    return family + given, f"{latin} {spoken}", family, given, sex
