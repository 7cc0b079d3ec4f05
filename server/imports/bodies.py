"""Planning bodies: which ones a file means, and what it says about them that the register does not."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID, uuid4

from server.imports.asking import Asks
from server.imports.columns import plain
from server.imports.outcomes import Change, Outcome, outcome
from server.imports.records import Message, Record, Ref
from server.imports.terms import Terms
from server.imports.ties import Ties
from server.imports.writing import Sink
from server.models.bodies import Body, BodyIdentifier, BodyKind
from server.rules import names
from server.viewer import Viewer
from server.words import say

SOURCE = "source"
SORT_LENGTH = 500


class Bodies:
    """All bodies of the register and of the file, by id and by name. There are few: they stay in memory."""

    def __init__(self, viewer: Viewer, sink: Sink, terms: Terms, kinds: Mapping[str, BodyKind]) -> None:
        self.viewer, self.sink, self.terms = viewer, sink, terms
        self.ties = Ties(viewer, sink)
        self.kinds = {plain(name): kind for name, kind in kinds.items()}
        self.rows: dict[UUID, Body] = {}
        self.ids: dict[str, UUID] = {}
        self.named: dict[str, list[UUID]] = {}
        self.others: dict[UUID, list[BodyIdentifier]] = {}
        self.owners: dict[tuple[str, str], UUID] = {}
        self.records: dict[UUID, Record] = {}
        self.new: set[UUID] = set()
        self.unmapped: Counter[str] = Counter()
        self.first: dict[str, Record] = {}
        self.has_sectors = False  # of the register: then a further one may be a slip of the pen

    async def load(self) -> None:
        """The register's own."""
        for row in await Body.all().order_by("id"):
            self._know(row)
            self.ids[f"bod_{row.id}"] = row.id
        for identifier in await BodyIdentifier.all().order_by("scheme", "value"):
            self.owners[identifier.scheme, identifier.value] = identifier.body_id
            if identifier.scheme == SOURCE:
                self.ids[identifier.value] = identifier.body_id
            else:
                self.others.setdefault(identifier.body_id, []).append(identifier)
        await self.ties.load()
        self.has_sectors = any(row.kind is BodyKind.SECTOR for row in self.rows.values())

    def _know(self, row: Body) -> None:
        self.rows[row.id] = row
        for name in {row.name_zh, row.name_en} - {""}:
            self.named.setdefault(name, []).append(row.id)

    # Finding

    def find(self, ref: Ref, prefer: Iterable[UUID | None] = ()) -> UUID | None:
        """The body meant: by its id, else by its exact name in either language. prefer: where a name is held twice.

        Raises Ambiguous where several have the name.
        """
        key = self.ids.get(ref.id or ref.text)
        if key or (ref.id and not ref.name):
            return key
        found = self.named.get(ref.name or ref.text, [])
        if len(found) <= 1:
            return found[0] if found else None
        liked = [key for key in prefer if key in found]
        if liked:
            return liked[0]
        raise Ambiguous(ref.name or ref.text, len(found))

    def label(self, key: UUID) -> str:
        """The name people know it by."""
        row = self.rows[key]
        return row.name_zh or row.name_en

    def imply(self, name: str, kind: BodyKind, record: Record) -> tuple[UUID, Outcome]:
        """A body that is only mentioned, and that nobody knows yet: it is new."""
        zh, en = names.split_script(name)
        row = self._made({"name_zh": zh, "name_en": en, "kind": kind})
        self.sink.create(row)
        told = Record("bodies", record.list_name, record.row)
        if kind is BodyKind.OTHER:
            told.warn("", say("The body {name} is new; it becomes one of the kind other.", name=name))
        elif kind is BodyKind.SECTOR and self.has_sectors:
            told.warn(
                "", say("There is no sector {name} yet: it is made. If it is misspelt, correct the file.", name=name)
            )
        return row.id, outcome(told, name, new=True)

    # The file's own

    def add(self, record: Record) -> Outcome | None:
        """Take a record in. An outcome only where it can say nothing, or repeats what an earlier one says."""
        try:
            key = self._meant(record)
        except Ambiguous as several:
            if record.facts.keys() <= {"name_zh", "name_en"}:
                return None  # it describes nothing; whoever sits there may tell which one is meant
            record.wrong("name", several.words)
            key = None
        if record.bad and not key and not self._name(record):
            return outcome(record, record.id, new=False)
        key = key or self._unknown(record)
        earlier = self.records.setdefault(key, record)
        if earlier is record:
            return None
        if record.repeats and _alike(record, earlier) and not record.bad:
            earlier.facts["ties"] = earlier.facts.get("ties") or record.facts.get("ties", [])
            return None
        if not record.bad:
            words = say("Row {row} describes this body already. Keep one of the two.", row=earlier.row)
            if record.repeats:
                words = say(
                    "Row {row} says otherwise about this body. Make the two agree, or give them different ids.",
                    row=earlier.row,
                )
            record.wrong("id" if record.id else "name", words)
        return outcome(record, self.label(key), new=False)

    def _meant(self, record: Record) -> UUID | None:
        if record.id:
            return self.ids.get(record.id)
        found = sorted({key for name in self._names(record) for key in self.named.get(name, [])}, key=str)
        if len(found) > 1:
            raise Ambiguous(self._name(record), len(found))
        return found[0] if found else None

    def _names(self, record: Record) -> list[str]:
        return [name for name in (record.facts.get("name_zh"), record.facts.get("name_en")) if name]

    def _name(self, record: Record) -> str:
        return next(iter(self._names(record)), "")

    def _unknown(self, record: Record) -> UUID:
        """A body that the register lacks, with no more than its name yet."""
        if not self._names(record):
            record.wrong("name", say("A new body needs a name."))
        elif record.id and any(name in self.named for name in self._names(record)):
            record.warn("name", say("There is a body of this name with another id. This one is new."))
        facts = {name: record.facts.get(name, "") for name in ("name_zh", "name_en")}
        row = self._made({**facts, "kind": BodyKind.OTHER})
        if record.id:
            self.ids[record.id] = row.id
        return row.id

    def _made(self, facts: dict[str, Any]) -> Body:
        row = Body(id=uuid4(), **facts, created_at=self.viewer.now, updated_at=self.viewer.now)
        _resort(row)
        self._know(row)
        self.new.add(row.id)
        return row

    def settle(self) -> list[Outcome]:
        """Compare everything the file says with the register; parents go before their parts."""
        parents = {key: self._parent(record) for key, record in self.records.items()}
        for key, record in self.records.items():
            if _loops(key, parents, self.rows):
                record.wrong("parent", say("A body cannot be part of itself or of its own parts."))
        outcomes = {key: self._settled(key, parents[key]) for key in self.records}
        for key in _parents_first([*self.records], parents):
            if key in self.new and not self.records[key].bad:
                self._write_new(key)
        return list(outcomes.values()) + self._kinds_unknown()

    def _parent(self, record: Record) -> UUID | None:
        ref = record.facts.get("parent")
        return self._found(record, "parent", ref) if ref else None

    def _found(self, record: Record, fact: str, ref: Ref) -> UUID | None:
        """The body that a fact of another one names."""
        try:
            key = self.find(ref)
        except Ambiguous as several:
            record.wrong(fact, several.words)
            return None
        if key is None:
            record.wrong(fact, say("There is no body {ref}, neither in this file nor in the register.", ref=str(ref)))
        return key

    def _ties(self, key: UUID, record: Record) -> list[Change]:
        items = [{"target_id": self._found(record, "ties", item["target"]), **item} for item in record.facts["ties"]]
        items = [{name: fact for name, fact in item.items() if name != "target"} for item in items if item["target_id"]]
        return self.ties.plan(record, key, items, [self.label(item["target_id"]) for item in items])

    def _settled(self, key: UUID, parent: UUID | None) -> Outcome:
        record, row = self.records[key], self.rows[key]
        facts = self._columns(record, parent, known=key not in self.new)
        changes = self._changes(record, row, facts)
        changes += self._identifiers(key, record)
        changes += self._ties(key, record) if record.facts.get("ties") else []
        if key in self.new:
            for name, value in facts.items():
                setattr(row, name, value)
            _resort(row)
        elif (facts_changed := {c: v for c, v in facts.items() if getattr(row, c) != v}) and not record.bad:
            self.sink.change(row, facts_changed | self._keys(row, facts_changed) | {"updated_at": self.viewer.now})
        return outcome(record, self.label(key), new=key in self.new, changes=changes)

    def _columns(self, record: Record, parent: UUID | None, *, known: bool) -> dict[str, Any]:
        """What the file says, by column."""
        said = {
            n: v
            for n, v in record.facts.items()
            if n not in ("parent", "term", "identifiers", "kind", "sensitive", "ties")
        }
        if "parent" in record.facts:
            said["parent_id"] = parent
        if "term" in record.facts:
            code = record.facts["term"]
            said["term_id"] = self.terms.of(code) if code else None
        if record.facts.get("sensitive") is not None or "sensitive" in record.facts:
            said["sensitive"] = bool(record.facts["sensitive"])
        kind = record.facts.get("kind") or self._mapped(record)
        if kind is None and not known:
            kind = BodyKind.OTHER
            classification = record.facts.get("classification", "")
            self.unmapped[classification] += 1
            self.first.setdefault(classification, record)
        return said | ({"kind": kind} if kind else {})

    def _mapped(self, record: Record) -> BodyKind | None:
        return self.kinds.get(plain(record.facts.get("classification", "")))

    def _changes(self, record: Record, row: Body, facts: dict[str, Any]) -> list[Change]:
        field = {"parent_id": "parent", "term_id": "term"}
        changed = [(name, getattr(row, name), value) for name, value in facts.items() if getattr(row, name) != value]
        return [
            Change(record.names.get(field.get(n, n), field.get(n, n)), self._words(n, before), self._words(n, after))
            for n, before, after in changed
        ]

    def _words(self, column: str, value: Any) -> Any:
        if column == "parent_id" and value in self.rows:
            return self.label(value)
        return self.terms.code(value) if column == "term_id" else value

    def _keys(self, row: Body, facts: dict[str, Any]) -> dict[str, str]:
        if not {"name_zh", "name_en"} & facts.keys():
            return {}
        return _sorting(facts.get("name_zh", row.name_zh), facts.get("name_en", row.name_en))

    def _identifiers(self, key: UUID, record: Record) -> list[Change]:
        """Make the other identifiers what the file says, where it says."""
        if "identifiers" not in record.facts:
            return []
        wanted = [pair for pair in record.facts["identifiers"] if pair != (SOURCE, record.id)]
        for scheme, value in wanted:
            if self.owners.setdefault((scheme, value), key) != key:
                owner = self.label(self.owners[scheme, value])
                record.wrong(
                    "identifiers",
                    say(
                        "{scheme} {value} belongs to {owner} already.",
                        scheme=scheme,
                        value=value,
                        owner=owner,
                    ),
                )
        before = sorted((row.scheme, row.value) for row in self.others.get(key, []))
        after = sorted(pair for pair in wanted if pair[0] != SOURCE)
        if before == after or record.bad:
            return []
        if key not in self.new:
            self._rewrite(key, after)
        return [Change(record.names.get("identifiers", "identifiers"), _lines(before), _lines(after))]

    def _rewrite(self, key: UUID, after: list[tuple[str, str]]) -> None:
        there = {(row.scheme, row.value): row for row in self.others.get(key, [])}
        for pair, row in there.items():
            if pair not in after:
                self.sink.delete(row)
        for scheme, value in after:
            if (scheme, value) not in there:
                self.sink.create(BodyIdentifier(id=uuid4(), body_id=key, scheme=scheme, value=value))

    def _write_new(self, key: UUID) -> None:
        record = self.records[key]
        self.sink.create(self.rows[key])
        pairs = {(SOURCE, record.id)} if record.id else set()
        for scheme, value in sorted(pairs | set(record.facts.get("identifiers", []))):
            self.sink.create(BodyIdentifier(id=uuid4(), body_id=key, scheme=scheme, value=value))

    def _kinds_unknown(self) -> list[Outcome]:
        """One warning for each classification that nobody mapped."""
        outcomes = []
        for classification, times in self.unmapped.items():
            record = self.first[classification]
            said = say(
                "New bodies of the classification “{name}” become bodies of the kind other and keep it: {times}.",
                times=times,
                name=classification,
            )
            if not classification:
                said = say("New bodies without a kind become bodies of the kind other: {times}.", times=times)
            field = record.names.get("classification", "classification")
            asks: Asks = "kind" if classification else ""
            message = Message(record.list_name, record.row, field, said, error=False, asks=asks)
            outcomes.append(Outcome("file", record.list_name, record.row, classification, None, [], [message]))
        return outcomes


class Ambiguous(Exception):
    """Several bodies have this name. words: what to do."""

    def __init__(self, name: str, count: int) -> None:
        super().__init__(name)
        self.words = say("{count} bodies are called {name}. Say which by its id.", count=count, name=name)


def _alike(one: Record, other: Record) -> bool:
    """They say the same of the body; its ties need to be told only once."""
    facts, others = ({n: v for n, v in record.facts.items() if n != "ties"} for record in (one, other))
    return facts == others


def _resort(row: Body) -> None:
    for name, value in _sorting(row.name_zh, row.name_en).items():
        setattr(row, name, value)


def _sorting(name_zh: str, name_en: str) -> dict[str, str]:
    return {
        "sort": names.sort_title(name_zh, name_en)[:SORT_LENGTH],
        "search": names.search_title(name_zh, name_en),
    }


def _loops(key: UUID, parents: dict[UUID, UUID | None], rows: dict[UUID, Body]) -> bool:
    seen: set[UUID] = set()
    at: UUID | None = key
    while at is not None and at not in seen:
        seen.add(at)
        at = parents[at] if parents.get(at) else rows[at].parent_id
        if at == key:
            return True
    return False


def _parents_first(keys: list[UUID], parents: dict[UUID, UUID | None]) -> list[UUID]:
    """Each body after the one it is part of."""
    ordered: dict[UUID, None] = {}
    for key in keys:
        chain: list[UUID] = []
        at: UUID | None = key
        while at is not None and at not in ordered and at not in chain:
            chain.append(at)
            at = parents.get(at)
        ordered.update(dict.fromkeys(reversed(chain)))
    return [key for key in ordered if key in parents]


def _lines(pairs: list[tuple[str, str]]) -> str:
    return "\n".join(f"{scheme}={value}" for scheme, value in pairs)
