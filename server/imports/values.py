"""From what a cell says to what the register keeps. Each function raises Wrong with words for the person."""

import datetime as dt
import enum
import unicodedata
from decimal import Decimal
from typing import Any, TypeVar

from server.errors import Invalid
from server.imports.columns import plain
from server.imports.records import Ref
from server.models.bodies import BodyKind, BodyRole, RelationKind
from server.models.members import PostKind, Sex, Status, TermStatus
from server.rules.dates import Day, parse_day
from server.words import Words, say

E = TypeVar("E", bound=enum.Enum)
KEEP = "***"
"""What an export writes where its reader may not see the fact: importing it changes nothing."""


class Wrong(Exception):
    """The value cannot be kept. words: why, and what to do."""

    def __init__(self, words: Words) -> None:
        super().__init__(str(words))
        self.words = words


SEXES = {
    "female": Sex.FEMALE, "f": Sex.FEMALE, "女": Sex.FEMALE, "女性": Sex.FEMALE, "woman": Sex.FEMALE,
    "male": Sex.MALE, "m": Sex.MALE, "男": Sex.MALE, "男性": Sex.MALE, "man": Sex.MALE,
    "other": Sex.OTHER, "其他": Sex.OTHER,
}  # fmt: skip
BODY_KINDS = {kind.value: kind for kind in BodyKind} | {
    "全体会议": BodyKind.PLENARY, "常务委员会": BodyKind.STANDING_COMMITTEE, "常委会": BodyKind.STANDING_COMMITTEE,
    "主席会议": BodyKind.CHAIRS_MEETING, "专门委员会": BodyKind.SPECIAL_COMMITTEE, "专委会": BodyKind.SPECIAL_COMMITTEE,
    "界别": BodyKind.SECTOR, "界别小组": BodyKind.SECTOR_GROUP, "学习小组": BodyKind.LEARNING_GROUP,
    "学习座谈小组": BodyKind.LEARNING_GROUP, "党组": BodyKind.PARTY_GROUP, "党支部": BodyKind.PARTY_BRANCH,
    "理论学习中心组": BodyKind.THEORY_STUDY_CENTRE, "读书群": BodyKind.READING_GROUP,
    "读书小组": BodyKind.READING_GROUP, "部门": BodyKind.DEPARTMENT, "单位": BodyKind.UNIT, "其他": BodyKind.OTHER,
}  # fmt: skip
BODY_ROLES = {role.value: role for role in BodyRole} | {
    "负责人": BodyRole.HEAD, "组长": BodyRole.HEAD, "共同组长": BodyRole.CO_HEAD, "副组长": BodyRole.DEPUTY,
    "副职": BodyRole.DEPUTY, "召集人": BodyRole.CONVENER, "秘书": BodyRole.SECRETARY, "联络员": BodyRole.CONTACT,
    "成员": BodyRole.MEMBER, "组员": BodyRole.MEMBER,
}  # fmt: skip
STATUSES = {status.value: status for status in Status} | {
    "提名": Status.NOMINATED, "在任": Status.ACTIVE, "暂停": Status.SUSPENDED, "辞职": Status.RESIGNED,
    "撤销": Status.REMOVED, "去世": Status.DECEASED, "届满": Status.ENDED,
}  # fmt: skip
POSTS = {post.value: post for post in PostKind} | {
    "委员": PostKind.ORDINARY, "常委": PostKind.STANDING, "常务委员": PostKind.STANDING, "副主席": PostKind.VICE_CHAIR,
    "主席": PostKind.CHAIR, "秘书长": PostKind.SECRETARY_GENERAL,
}  # fmt: skip
TIES = {kind.value: kind for kind in RelationKind}
TERM_STATUSES = {status.value: status for status in TermStatus}
YES = {"yes": True, "true": True, "1": True, "是": True, "no": False, "false": False, "0": False, "否": False}


def text(raw: Any, longest: int = 300) -> str:
    """One line or more of text, trimmed. "" for an empty cell or null."""
    if raw is None:
        return ""
    if isinstance(raw, bool) or not isinstance(raw, str | int | float | Decimal):
        raise Wrong(say("A text is needed here, not a list or an object."))
    value = (str(int(raw)) if isinstance(raw, float) and raw.is_integer() else str(raw)).strip()
    if any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for c in value):
        raise Wrong(say("There is an invisible control character in it. Type it anew."))
    if len(value) > longest:
        raise Wrong(say("At most {most} characters; these are {length}.", most=longest, length=len(value)))
    return value


def day(raw: Any, *, end: bool = False) -> Day | None:
    """A day as text or as a date cell. None where empty.

    A month or a year alone begins on its first day; as an end it is over on the first day after it.
    """
    if isinstance(raw, dt.date):
        return Day(raw.date() if isinstance(raw, dt.datetime) else raw)
    said = text(raw)
    if not said:
        return None
    try:
        found = parse_day(said)
    except Invalid as refused:
        raise Wrong(refused.problems[0].message) from refused
    return found if found.precise or not end else Day(_after(found.value, said), precise=False)


def moment(raw: Any) -> dt.datetime | None:
    """A point in time with its offset, by ISO 8601. None where empty."""
    said = text(raw)
    if not said:
        return None
    try:
        found: dt.datetime | None = dt.datetime.fromisoformat(said)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise Wrong(say("Write the moment with its offset, like 2024-03-01T08:30:00+08:00."))
    return found


def _after(first: dt.date, said: str) -> dt.date:
    """The first day after the month or the year that begins on that day."""
    months = 12 if sum(c.isdigit() for c in said) <= 4 else 1
    year, month = divmod(first.month - 1 + months, 12)
    return dt.date(first.year + year, month + 1, 1)


def written(value: Any) -> Any:
    """The value as previews and JSON show it."""
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, dt.date):
        return value.isoformat()
    return value


def chosen(table: dict[str, E], raw: Any, empty: E | None = None) -> E | None:
    """One of a closed list, in either language."""
    word = text(raw)
    if not word:
        return empty
    known = {plain(name): value for name, value in table.items()}
    if plain(word) not in known:
        names = ", ".join(dict.fromkeys(str(value.value) for value in table.values()))
        raise Wrong(say("{word} is not known here. Use one of: {names}.", word=word, names=names))
    return known[plain(word)]


def yes(raw: Any) -> bool | None:
    """Yes or no. None where empty."""
    if isinstance(raw, bool):
        return raw
    word = text(raw).casefold()
    if word and word not in YES:
        raise Wrong(say("Write yes or no."))
    return YES.get(word)


def several(raw: Any) -> list[str]:
    """Many in one cell: a line each, or parted by semicolons. A list stays one, each of it on one line."""
    if isinstance(raw, list):
        return [item for item in (text(part).replace("\n", " ") for part in raw) if item]
    whole = raw if isinstance(raw, str) else text(raw)
    parts = whole.split("\n") if "\n" in whole else whole.replace("；", ";").split(";")
    return [item for item in (text(part) for part in parts) if item]


def pairs(raw: Any) -> list[tuple[str, str]]:
    """Identifiers of other systems: `scheme=value`, a line each."""
    found = []
    for part in several(raw):
        scheme, mark, value = part.partition("=")
        if not mark or not scheme.strip() or not value.strip():
            raise Wrong(say("Write each as scheme=value, a line each."))
        found.append((text(scheme, 60), text(value)))
    return sorted(set(found))


def ref(raw: Any) -> Ref | None:
    """A body by its id or its name. None where empty."""
    word = text(raw)
    return Ref(text=word) if word else None
