"""Reading Popolo JSON: people, organizations, posts and memberships, at the top or embedded in each other."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from server.imports.columns import BY_FIELD
from server.imports.filling import put, settle_days, settle_names
from server.imports.keys import (
    MEMBERSHIP,
    ORGANIZATION,
    PERSON,
    PHONES,
    SEAT,
    TERM,
    Item,
    Keys,
    listed,
    ref,
    ref_at,
)
from server.imports.lists import Lists
from server.imports.records import Kind, Message, Record, Ref
from server.words import say


class Popolo:
    """A Popolo file. Reads it several times, one list after the other, and keeps only ids and posts in memory."""

    def __init__(self, path: Path) -> None:
        self.lists = Lists(path)
        self.keys = Keys()
        self.mentioned: set[str] = set()
        self.mentioned_people: set[str] = set()
        self.posts: dict[str, Item] = {}

    @property
    def read(self) -> int:
        """Bytes read so far, over all passes."""
        return self.lists.read

    @property
    def size(self) -> int:
        """About how many there will be."""
        return self.lists.size

    def bodies(self) -> Iterator[Record | Message]:
        """What is wrong with the file as a whole, its terms, and its organizations, embedded ones included."""
        yield from self.lists.survey()
        for at, item in self.lists.items("terms"):
            yield self._term(at, item)
        for at, item in self.lists.items("posts"):
            self._keep_post(item, "")
            yield from self._mentions("posts", at, item)
        for at, item in self.lists.items("organizations"):
            yield from self._organization("organizations", at, item)
        for name in ("memberships", "persons") if self.lists.nested else ():
            for at, item in self.lists.items(name):
                yield from self._mentions(name, at, item)

    def people(self) -> Iterator[Record | Message]:
        """The people with what is embedded in them, then all other memberships."""
        for at, item in self.lists.items("persons"):
            yield from self._person("persons", at, item)
        for at, item in self.lists.items("memberships"):
            yield from self._membership("memberships", at, item, None, None)
        for at, item in self.lists.items("voided_memberships"):
            yield from self._voided("voided_memberships", at, item)
        for name in ("organizations", "posts"):
            for at, item in self.lists.items(name):
                yield from self._of_others(name, at, item)
        yield from self.keys.told()

    def _record(self, kind: Kind, name: str, at: int, item: Any, table: dict[str, str]) -> Record:
        """The record of an item, with what the keys of the table say. It is bad where the item is no object."""
        record = Record(kind, name, at)
        if isinstance(item, dict):
            self.keys.fill(record, item, table)
        else:
            record.wrong("", say("An object is needed here."))
        return record

    # Terms

    def _term(self, at: int, item: Any) -> Record:
        record = self._record("terms", "terms", at, item, TERM)
        if isinstance(item, dict):
            record.id = self.keys.id(record, item, "code", BY_FIELD["term"].longest)
            settle_days(record)
        return record

    # Organizations

    def _organization(self, name: str, at: int, item: Any) -> Iterator[Record | Message]:
        record = self._record("bodies", name, at, item, ORGANIZATION)
        if not isinstance(item, dict):
            yield record
            return
        record.id = self.keys.id(record, item, "id")
        settle_names(record)
        settle_days(record)
        self._parent(record, item)
        self.keys.identifiers(record, item)
        self.mentioned.add(record.id)
        for post in listed(item, "posts"):
            self._keep_post(post, record.id)
        yield record
        yield from self._mentions(name, at, item)

    def _parent(self, record: Record, item: Item) -> None:
        record.names["parent"] = "parent_id"
        if "parent_id" in item:
            parent = self.keys.id(record, item, "parent_id")
            record.facts["parent"] = Ref(id=parent) if parent else None
        elif isinstance(item.get("parent"), dict):
            record.facts["parent"] = ref(item["parent"])

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
            for inner in listed(item, key):
                yield from self._mentions(f"{name}/{at}/{key}", at, inner)

    def _keep_post(self, item: Any, organization: str) -> None:
        if isinstance(item, dict) and item.get("id") is not None:
            known = {key: item[key] for key in ("label", "role", "organization_id", "organization") if key in item}
            self.posts[str(item["id"])] = {"organization_id": organization} | known if organization else known

    # People

    def _person(self, name: str, at: int, item: Any) -> Iterator[Record | Message]:
        record = self._record("people", name, at, item, PERSON)
        if not isinstance(item, dict):
            yield record
            return
        record.id = self.keys.id(record, item, "id")
        self.mentioned_people.add(record.id)
        self._names(record, item)
        self._contacts(record, item)
        self.keys.identifiers(record, item)
        yield record
        for place, seat in enumerate(listed(item, "term_memberships"), 1):
            yield self._seat(f"{name}/{at}/term_memberships", place, seat, record)
        for place, inner in enumerate(listed(item, "memberships"), 1):
            yield from self._membership(f"{name}/{at}/memberships", place, inner, record, None)

    def _names(self, record: Record, item: Item) -> None:
        """Names in two languages: our own keys, or other_names with a language."""
        for other in listed(item, "other_names"):
            language = str(other.get("lang", "")).partition("-")[0] if isinstance(other, dict) else ""
            if language not in ("zh", "en"):
                self.keys.not_kept(record, "other_names")
            elif language == "zh" and "name_zh" not in record.facts:
                put(record, BY_FIELD["name_zh"], other.get("name"), "other_names")
            elif f"name_{language}" not in record.facts:
                put(record, BY_FIELD["name_en"], other.get("name"), "other_names")
        settle_names(record)

    def _contacts(self, record: Record, item: Item) -> None:
        """E-mail and telephone where they stand among the contact details; the first of each."""
        for detail in listed(item, "contact_details"):
            kind = str(detail.get("type", "")).lower() if isinstance(detail, dict) else ""
            field = "email" if kind == "email" else "phone" if kind in PHONES else ""
            if field and field not in record.facts:
                put(record, BY_FIELD[field], detail.get("value"), "contact_details")
            elif not field or str(detail.get("value", "")).strip() != record.facts[field]:
                self.keys.not_kept(record, "contact_details")

    def _seat(self, name: str, at: int, item: Any, person: Record) -> Record:
        record = self._record("term_memberships", name, at, item, SEAT)
        record.person = person
        if not isinstance(item, dict):
            return record
        record.id = self.keys.id(record, item, "term")
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
        body: Ref | None = ref(item)
        if name == "organizations":
            for place, post in enumerate(listed(item, "posts"), 1):
                for inner in listed(post, "memberships") if isinstance(post, dict) else []:
                    yield from self._membership(f"{name}/{at}/posts", place, inner, None, body, post)
        else:
            body = self._body_of(item)
        for place, inner in enumerate(listed(item, "memberships"), 1):
            post = item if name == "posts" else None
            yield from self._membership(f"{name}/{at}/memberships", place, inner, None, body, post)

    def _membership(
        self, name: str, at: int, item: Any, person: Record | None, body: Ref | None, post: Item | None = None
    ) -> Iterator[Record | Message]:
        record = self._record("memberships", name, at, item, MEMBERSHIP)
        if not isinstance(item, dict):
            yield record
            return
        if person is None and isinstance(item.get("person"), dict):
            embedded = item["person"]
            if str(embedded.get("id") or "").strip() not in self.mentioned_people:
                yield from self._person(f"{name}/{at}/person", 1, embedded)
        record.names |= {"person": "person_id", "body": "organization_id", "on_behalf_of": "on_behalf_of_id"}
        record.person = person or ref_at(item, "person")
        post = post or self._post(record, item)
        record.body = ref_at(item, "organization") or body or (self._body_of(post) if post else None)
        self._title(record, item, post)
        if "on_behalf_of_id" in item or "on_behalf_of" in item:
            record.facts["on_behalf_of"] = ref_at(item, "on_behalf_of")
        settle_days(record)
        yield record

    def _voided(self, name: str, at: int, item: Any) -> Iterator[Record | Message]:
        """What was found to be wrong. It must not be taken for what is right because its moment is missing."""
        for record in self._membership(name, at, item, None, None):
            if isinstance(record, Record) and record.kind == "memberships" and not record.facts.get("voided_at"):
                record.wrong("voided_at", say("Say when it was found to be wrong."))
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
        return ref_at(post, "organization")
