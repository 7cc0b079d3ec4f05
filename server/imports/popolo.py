"""Reading Popolo JSON: people, organizations, posts and memberships, at the top or embedded in each other."""

import codecs
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import ijson

from server.imports.columns import BY_FIELD, Column
from server.imports.filling import put, settle_days, settle_names
from server.imports.records import Message, Record, Ref
from server.imports.survey import Survey, Unfit
from server.imports.values import Wrong, text
from server.words import say

Item = dict[str, Any]

PERSON = {
    "name": "name", "name_en": "name_en", "family_name": "family_name", "given_name": "given_name",
    "sort_pinyin": "sort_pinyin", "sort_strokes": "sort_strokes", "gender": "sex", "sex": "sex",
    "birth_date": "birth_date", "political_affiliation": "political_affiliation", "education": "education",
    "professional_title": "professional_title",
    "expertise": "expertise", "focus_topics": "focus_topics", "email": "email", "phone": "phone", "image": "image",
}  # fmt: skip
ORGANIZATION = {
    "name": "body", "name_en": "body_en", "classification": "classification", "kind": "body_kind", "term": "body_term",
    "founding_date": "body_start", "dissolution_date": "body_end", "sensitive": "sensitive",
}  # fmt: skip
MEMBERSHIP = {
    "role": "title", "body_role": "body_role", "primary": "primary", "membership_term": "membership_term",
    "start_date": "start_date", "end_date": "end_date",
}  # fmt: skip
SEAT = {
    "no": "no", "status": "status", "status_start": "status_start", "status_end": "status_end", "post": "post",
    "sector": "sector", "unit": "unit", "residence_area": "residence_area", "post_start": "post_start",
    "post_end": "post_end", "earlier": "earlier",
}  # fmt: skip
"""Key -> field. `term_memberships` in a person, `kind`, `name_zh` and others beside Popolo's own are our extension."""

LISTS = ("persons", "organizations", "posts", "memberships")
OTHERS = {
    "people": {"id", "name_zh", "identifiers", "memberships", "contact_details", "term_memberships", "other_names"},
    "bodies": {"id", "name_zh", "identifiers", "memberships", "posts", "parent_id", "parent"},
    "memberships": {
        *("person_id", "person", "organization_id", "organization", "post_id", "post"),
        *("on_behalf_of_id", "on_behalf_of"),
    },
    "term_memberships": {"term"},
}
"""Keys that are read beside those of the tables above."""

PHONES = ("voice", "cell", "phone", "mobile", "tel", "telephone")


class _Counted:
    """A file that counts what was read of it; a byte order mark at its beginning is left out."""

    def __init__(self, file: IO[bytes], tell: Callable[[int], None]) -> None:
        self.file, self.tell = file, tell
        if file.read(3) != codecs.BOM_UTF8:
            file.seek(0)

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        data = self.file.read(size)
        self.tell(len(data))
        return data


class Popolo:
    """A Popolo file. Reads it several times, one list after the other, and keeps only ids and posts in memory."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.read = 0
        self.size = 9 * path.stat().st_size
        self.form = ""
        self.tops: set[str] = set()
        self.nested = False
        self.mentioned: set[str] = set()
        self.mentioned_people: set[str] = set()
        self.posts: dict[str, Item] = {}
        self.unkept: Counter[tuple[str, str]] = Counter()
        self.first: dict[tuple[str, str], int] = {}

    def bodies(self) -> Iterator[Record | Message]:
        """What is wrong with the file as a whole, and the organizations, embedded ones included."""
        yield from self._survey()
        for at, item in self._items("posts"):
            self._keep_post(item, "")
            yield from self._mentions("posts", at, item)
        for at, item in self._items("organizations"):
            yield from self._organization("organizations", at, item)
        for name in ("memberships", "persons") if self.nested else ():
            for at, item in self._items(name):
                yield from self._mentions(name, at, item)

    def people(self) -> Iterator[Record | Message]:
        """The people with what is embedded in them, then all other memberships."""
        for at, item in self._items("persons"):
            yield from self._person("persons", at, item)
        for at, item in self._items("memberships"):
            yield from self._membership("memberships", at, item, None, None)
        for name in ("organizations", "posts"):
            for at, item in self._items(name):
                yield from self._of_others(name, at, item)
        for (name, key), times in self.unkept.items():
            said = say("The key {key} is not kept. It is there {times} times.", key=key, times=times)
            yield Message(name, self.first[name, key], key, said, error=False)

    # The file

    def _survey(self) -> Iterator[Message]:
        """Find out what stands at the top, and whether the file is whole."""
        survey = Survey()
        try:
            with self.path.open("rb") as file:
                survey.take(_Counted(file, self._tell))
        except Unfit as unfit:
            yield unfit.found
            return
        except (ijson.JSONError, UnicodeDecodeError) as error:
            yield _broken(survey.name, survey.row, error)
        self.form, self.tops, self.nested = survey.form, survey.tops, survey.nested
        yield from self._shape()

    def _shape(self) -> Iterator[Message]:
        if self.form == "map" and not {"persons", "organizations"} & self.tops:
            self.form = _single(self.tops)
        if not self.form:
            yield Message(
                "file", 1, "", say("This is no Popolo file: there is no list of persons or organizations in it.")
            )
        elif self.form == "map":
            for key in sorted(self.tops):
                if key not in LISTS and self._filled(key):
                    yield Message(key, 1, key, say("The list {key} is not kept.", key=key), error=False)

    def _filled(self, key: str) -> bool:
        return next(self._read(f"{key}.item"), None) is not None or any(self._read(key, kinds=dict))

    def _items(self, name: str) -> Iterator[tuple[int, Any]]:
        """(place, item) of the list of that name; an array or one object alone count as a list."""
        if self.form == "array":
            prefix = "item" if name == "persons" else None
        elif self.form == "map":
            prefix = f"{name}.item" if name in self.tops else None
        else:
            prefix = "" if self.form == name else None
        if prefix is not None:
            yield from enumerate(self._read(prefix), 1)

    def _read(self, prefix: str, kinds: type | None = None) -> Iterator[Any]:
        """The items there, up to where the file breaks: the survey has told of that."""
        try:
            with self.path.open("rb") as file:
                for item in ijson.items(_Counted(file, self._tell), prefix):
                    if kinds is None or (isinstance(item, kinds) and item):
                        yield item
        except (ijson.JSONError, UnicodeDecodeError):
            return

    def _tell(self, count: int) -> None:
        self.read += count

    # Organizations

    def _organization(self, name: str, at: int, item: Any) -> Iterator[Record | Message]:
        record = Record("bodies", name, at)
        if not isinstance(item, dict):
            record.wrong("", say("An object is needed here."))
            yield record
            return
        self._fill(record, item, ORGANIZATION)
        record.id = self._id(record, item, "id")
        _chinese(record, item, BY_FIELD["body"])
        settle_names(record)
        settle_days(record)
        self._parent(record, item)
        self._identifiers(record, item)
        self.mentioned.add(record.id)
        for post in _listed(item, "posts"):
            self._keep_post(post, record.id)
        yield record
        yield from self._mentions(name, at, item)

    def _parent(self, record: Record, item: Item) -> None:
        record.names["parent"] = "parent_id"
        if "parent_id" in item:
            parent = self._id(record, item, "parent_id")
            record.facts["parent"] = Ref(id=parent) if parent else None
        elif isinstance(item.get("parent"), dict):
            record.facts["parent"] = _ref(item["parent"])

    def _mentions(self, name: str, at: int, item: Any) -> Iterator[Record | Message]:
        """Organizations that stand inside memberships, posts and parents: known from there, if from nowhere else."""
        if not isinstance(item, dict):
            return
        for key in ("organization", "on_behalf_of", "parent"):
            inner = item.get(key)
            if isinstance(inner, dict) and str(inner.get("id") or inner.get("name")) not in self.mentioned:
                self.mentioned.add(str(inner.get("id") or inner.get("name")))
                yield from self._organization(name, at, inner)
        for key in ("memberships", "posts", "post"):
            for inner in _listed(item, key):
                yield from self._mentions(f"{name}/{at}/{key}", at, inner)

    def _keep_post(self, item: Any, organization: str) -> None:
        if isinstance(item, dict) and item.get("id") is not None:
            known = {key: item[key] for key in ("label", "role", "organization_id", "organization") if key in item}
            self.posts[str(item["id"])] = {"organization_id": organization} | known if organization else known

    # People

    def _person(self, name: str, at: int, item: Any) -> Iterator[Record | Message]:
        record = Record("people", name, at)
        if not isinstance(item, dict):
            record.wrong("", say("An object is needed here."))
            yield record
            return
        self._fill(record, item, PERSON)
        record.id = self._id(record, item, "id")
        self.mentioned_people.add(record.id)
        self._names(record, item)
        self._contacts(record, item)
        self._identifiers(record, item)
        yield record
        for place, seat in enumerate(_listed(item, "term_memberships"), 1):
            yield self._seat(f"{name}/{at}/term_memberships", place, seat, record)
        for place, inner in enumerate(_listed(item, "memberships"), 1):
            yield from self._membership(f"{name}/{at}/memberships", place, inner, record, None)

    def _names(self, record: Record, item: Item) -> None:
        """Names in two languages: our own keys, or other_names with a language."""
        _chinese(record, item, BY_FIELD["name"])
        for other in _listed(item, "other_names"):
            language = str(other.get("lang", "")).partition("-")[0] if isinstance(other, dict) else ""
            if language not in ("zh", "en"):
                self._unkept(record, "other_names")
            elif language == "zh" and "name_zh" not in record.facts:
                _chinese(record, {"name_zh": other.get("name")}, BY_FIELD["name"])
            elif f"name_{language}" not in record.facts:
                put(record, BY_FIELD["name_en"], other.get("name"), "other_names")
        settle_names(record)

    def _contacts(self, record: Record, item: Item) -> None:
        """E-mail and telephone where they stand among the contact details; the first of each."""
        for detail in _listed(item, "contact_details"):
            kind = str(detail.get("type", "")).lower() if isinstance(detail, dict) else ""
            field = "email" if kind == "email" else "phone" if kind in PHONES else ""
            if field and field not in record.facts:
                put(record, BY_FIELD[field], detail.get("value"), "contact_details")
            elif not field or str(detail.get("value", "")).strip() != record.facts[field]:
                self._unkept(record, "contact_details")

    def _seat(self, name: str, at: int, item: Any, person: Record) -> Record:
        record = Record("term_memberships", name, at, person=person)
        if not isinstance(item, dict):
            record.wrong("", say("An object is needed here."))
            return record
        self._fill(record, item, SEAT)
        record.id = self._id(record, item, "term")
        if not record.id:
            record.wrong("term", say("Fill in the term of this seat."))
        settle_days(record, "status_start", "status_end")
        settle_days(record, "post_start", "post_end")
        return record

    # Memberships

    def _of_others(self, name: str, at: int, item: Any) -> Iterator[Record | Message]:
        """The memberships that stand inside organizations and posts."""
        if not isinstance(item, dict):
            return
        body: Ref | None = _ref(item)
        if name == "organizations":
            for place, post in enumerate(_listed(item, "posts"), 1):
                for inner in _listed(post, "memberships") if isinstance(post, dict) else []:
                    yield from self._membership(f"{name}/{at}/posts", place, inner, None, body, post)
        else:
            body = self._body_of(item)
        for place, inner in enumerate(_listed(item, "memberships"), 1):
            post = item if name == "posts" else None
            yield from self._membership(f"{name}/{at}/memberships", place, inner, None, body, post)

    def _membership(
        self, name: str, at: int, item: Any, person: Record | None, body: Ref | None, post: Item | None = None
    ) -> Iterator[Record | Message]:
        record = Record("memberships", name, at, person=person, body=body)
        if not isinstance(item, dict):
            record.wrong("", say("An object is needed here."))
            yield record
            return
        if person is None and isinstance(item.get("person"), dict):
            embedded = item["person"]
            if str(embedded.get("id") or "").strip() not in self.mentioned_people:
                yield from self._person(f"{name}/{at}/person", 1, embedded)
        self._fill(record, item, MEMBERSHIP)
        record.names |= {"person": "person_id", "body": "organization_id", "on_behalf_of": "on_behalf_of_id"}
        record.person = person or _ref_at(item, "person")
        post = post or self._post(record, item)
        record.body = _ref_at(item, "organization") or body or (self._body_of(post) if post else None)
        self._title(record, item, post)
        if "on_behalf_of_id" in item or "on_behalf_of" in item:
            record.facts["on_behalf_of"] = _ref_at(item, "on_behalf_of")
        settle_days(record)
        yield record

    def _post(self, record: Record, item: Item) -> Item | None:
        if isinstance(item.get("post"), dict):
            return dict(item["post"])
        if item.get("post_id") is None:
            return None
        post = self.posts.get(str(item["post_id"]))
        if post is None:
            record.warn("post_id", say("There is no post {id} in this file.", id=str(item["post_id"])))
        return post

    def _title(self, record: Record, item: Item, post: Item | None) -> None:
        """The role as given; where it lacks, what the post is called."""
        if post and not item.get("role") and (post.get("label") or post.get("role")):
            put(record, BY_FIELD["title"], post.get("label") or post.get("role"), "post_id")

    def _body_of(self, post: Item) -> Ref | None:
        return _ref_at(post, "organization")

    # Keys

    def _fill(self, record: Record, item: Item, table: dict[str, str]) -> None:
        for key, raw in item.items():
            if key in table:
                put(record, BY_FIELD[table[key]], raw, key)
            elif key not in OTHERS[record.kind]:
                self._unkept(record, key)

    def _unkept(self, record: Record, key: str) -> None:
        """Tell of it once at the end, with the first place and the number of times."""
        name = record.list_name.split("/")[-1] if "/" in record.list_name else record.list_name
        self.unkept[name, key] += 1
        self.first.setdefault((name, key), record.row)

    def _id(self, record: Record, item: Item, key: str) -> str:
        record.names[key] = key
        try:
            return text(item.get(key))
        except Wrong as wrong:
            record.wrong(key, wrong.words)
            return ""

    def _identifiers(self, record: Record, item: Item) -> None:
        if "identifiers" not in item:
            return
        found = []
        for inner in _listed(item, "identifiers"):
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


def _chinese(record: Record, item: Item, column: Column) -> None:
    """Our own key for the Chinese name. It goes before `name`, which then says no more than it."""
    if "name_zh" not in item:
        return
    whole = record.facts.pop("name", None)
    put(record, column, item["name_zh"], "name_zh")
    record.facts["name_zh"] = record.facts.pop("name", "")
    if whole and whole != record.facts["name_zh"]:
        record.facts["name"] = whole


def _broken(name: str, row: int, error: Exception) -> Message:
    place = str(error).splitlines()[0] if str(error) else type(error).__name__
    said = say(
        "The file breaks off or is no JSON after item {row} of {list} ({why}). What stands before it was checked. "
        "Get the whole file again.",
        row=row,
        list=name or "the file",
        why=place,
    )
    return Message(name or "file", max(row, 1), "", said)


def _single(keys: set[str]) -> str:
    """One object alone in the file: the list that it would stand in."""
    if {"person_id", "person"} & keys or keys == {"memberships"}:
        return "map" if keys == {"memberships"} else "memberships"
    if "name" not in keys:
        return ""
    return "organizations" if {"classification", "posts", "founding_date", "parent_id"} & keys else "persons"


def _listed(item: Item, key: str) -> list[Any]:
    inner = item.get(key)
    return inner if isinstance(inner, list) else [inner] if isinstance(inner, dict) else []


def _ref(item: Item) -> Ref:
    return Ref(id=str(item.get("id") or "").strip(), name=str(item.get("name") or "").strip())


def _ref_at(item: Item, key: str) -> Ref | None:
    """What `key_id` or the object at `key` points to."""
    if isinstance(item.get(key), dict):
        return _ref(item[key])
    named = str(item.get(f"{key}_id") or "").strip()
    return Ref(id=named) if named else None
