"""From the keys of Popolo, and of our extension, to the facts of a record."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from server.imports.columns import BY_FIELD
from server.imports.filling import put
from server.imports.records import Message, Record, Ref
from server.imports.values import Wrong, text
from server.words import say

Item = dict[str, Any]

PERSON = {
    "name": "name", "name_zh": "name_zh", "name_en": "name_en",
    "family_name": "family_name", "given_name": "given_name",
    "sort_pinyin": "sort_pinyin", "sort_strokes": "sort_strokes", "gender": "sex", "sex": "sex",
    "birth_date": "birth_date", "political_affiliation": "political_affiliation", "education": "education",
    "professional_title": "professional_title",
    "expertise": "expertise", "focus_topics": "focus_topics", "email": "email", "phone": "phone", "image": "image",
}  # fmt: skip
ORGANIZATION = {
    "name": "body", "name_zh": "body_zh", "name_en": "body_en",
    "classification": "classification", "kind": "body_kind", "term": "body_term",
    "founding_date": "body_start", "dissolution_date": "body_end", "sensitive": "sensitive",
    "ties": "body_ties",
}  # fmt: skip
MEMBERSHIP = {
    "role": "title", "body_role": "body_role", "primary": "primary", "membership_term": "membership_term",
    "start_date": "start_date", "end_date": "end_date",
    "voided_at": "voided_at", "voided_by": "voided_by", "voided_reason": "voided_reason",
}  # fmt: skip
SEAT = {
    "no": "no", "status": "status", "status_start": "status_start", "status_end": "status_end",
    "status_reason": "status_reason", "post": "post",
    "sector": "sector", "unit": "unit", "residence_area": "residence_area", "post_start": "post_start",
    "post_end": "post_end", "earlier": "earlier",
}  # fmt: skip
TERM = {
    "name_zh": "term_zh", "name_en": "term_en", "start_date": "term_start", "end_date": "term_end",
    "status": "term_status", "years": "term_years",
}  # fmt: skip
"""Key -> field. `term_memberships` in a person, `kind`, `name_zh` and others beside Popolo's own are our extension."""

OTHERS = {
    "people": {"id", "identifiers", "memberships", "contact_details", "term_memberships", "other_names"},
    "bodies": {"id", "identifiers", "memberships", "posts", "parent_id", "parent"},
    "memberships": {
        *("person_id", "person", "organization_id", "organization", "post_id", "post"),
        *("on_behalf_of_id", "on_behalf_of"),
    },
    "term_memberships": {"term"},
    "terms": {"code"},
}
"""Keys that are read beside those of the tables above."""

PHONES = ("voice", "cell", "phone", "mobile", "tel", "telephone")


class Keys:
    """Fills records from objects, and counts the keys that are not kept."""

    def __init__(self) -> None:
        self.times: Counter[tuple[str, str]] = Counter()
        self.first: dict[tuple[str, str], int] = {}

    def told(self) -> Iterator[Message]:
        """One warning for each key that is not kept, at its first place."""
        for (name, key), times in self.times.items():
            said = say("The key {key} is not kept. It is there {times} times.", key=key, times=times)
            yield Message(name, self.first[name, key], key, said, error=False)

    def fill(self, record: Record, item: Item, table: dict[str, str]) -> None:
        """Say in the record what the keys of the table say."""
        for key, raw in item.items():
            if key in table:
                put(record, BY_FIELD[table[key]], raw, key)
            elif key not in OTHERS[record.kind]:
                self.not_kept(record, key)

    def not_kept(self, record: Record, key: str) -> None:
        """Tell of it once at the end, with the first place and the number of times."""
        name = record.list_name.split("/")[-1] if "/" in record.list_name else record.list_name
        self.times[name, key] += 1
        self.first.setdefault((name, key), record.row)

    def id(self, record: Record, item: Item, key: str, longest: int = 300) -> str:
        """The text at that key; "" where it is empty, or wrong."""
        record.names[key] = key
        try:
            return text(item.get(key), longest)
        except Wrong as wrong:
            record.wrong(key, wrong.words)
            return ""

    def identifiers(self, record: Record, item: Item) -> None:
        """What other systems call it, as pairs of scheme and value."""
        if "identifiers" not in item:
            return
        found = []
        for inner in listed(item, "identifiers"):
            try:
                given = (
                    (text(inner.get("scheme"), 60), text(inner.get("identifier")))
                    if isinstance(inner, dict)
                    else ("", "")
                )
            except Wrong as wrong:
                record.wrong("identifiers", wrong.words)
                return
            if not all(given):
                record.warn("identifiers", say("An identifier without scheme or value is not kept."))
                continue
            found.append(given)
        record.facts["identifiers"] = sorted(set(found))


def listed(item: Item, key: str) -> list[Any]:
    """What stands there, as a list; one object alone counts as one."""
    inner = item.get(key)
    return inner if isinstance(inner, list) else [inner] if isinstance(inner, dict) else []


def ref(item: Item) -> Ref:
    """Which one an embedded object means."""
    return Ref(id=str(item.get("id") or "").strip(), name=str(item.get("name") or "").strip())


def ref_at(item: Item, key: str) -> Ref | None:
    """What `key_id` or the object at `key` points to."""
    if isinstance(item.get(key), dict):
        return ref(item[key])
    named = str(item.get(f"{key}_id") or "").strip()
    return Ref(id=named) if named else None
