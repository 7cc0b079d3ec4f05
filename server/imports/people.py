"""Planning people: who of the register a record means, and what it says that the register does not."""

from collections import defaultdict
from typing import Any
from uuid import UUID, uuid4

from tortoise.expressions import Q

from server.imports.outcomes import Change, Outcome, outcome
from server.imports.records import Record
from server.imports.writing import Sink
from server.models.members import Person, PersonIdentifier
from server.rules import names
from server.viewer import Viewer
from server.words import say

SOURCE = "source"
SORT_LENGTH = 500
BATCH = 5000
"""Keys in one statement; SQLite takes 32,766."""

NAMES = ("name_zh", "name_en", "family_name", "given_name")
SORTS = ("sort_pinyin", "sort_strokes")
TELLING = ("birth_date", "email")
"""Facts that tell two people of one name apart."""


class People:
    """The people of a file. Kept for the whole file: ids, keys and hashes; rows only for one portion."""

    def __init__(self, viewer: Viewer, sink: Sink) -> None:
        self.viewer, self.sink = viewer, sink
        self.ids: dict[str, UUID] = {}
        self.anonymous: dict[tuple[Any, ...], UUID] = {}
        self.said: dict[UUID, tuple[int, int]] = {}
        self.new: set[UUID] = set()
        self.others: dict[tuple[str, str], UUID] = {}
        self.rows: dict[UUID, Person] = {}
        self.by_id: dict[str, UUID] = {}
        self.by_name: dict[str, list[Person]] = {}
        self.identifiers: dict[UUID, list[PersonIdentifier]] = {}
        self.owners: dict[tuple[str, str], UUID] = {}
        self.sourced: set[UUID] = set()

    async def plan(self, records: list[Record]) -> list[Outcome]:
        """The outcomes of a portion. Each record's `key` is the person, whatever the outcome."""
        await self._look_up(records)
        return [said for said in map(self._planned, records) if said]

    async def find(self, refs: set[str]) -> dict[str, UUID]:
        """Source id -> person, for those of the file and those of the register."""
        known = {ref: self.ids[ref] for ref in refs if ref in self.ids}
        rows = await _owners(sorted(refs - known.keys()))
        return rows | known

    def label(self, record: Record) -> str:
        """What to call the person of this record."""
        row = self.rows.get(record.key)
        return _name(record) or (row.name_zh or row.name_en if row else "") or record.id

    # The register

    async def _look_up(self, records: list[Record]) -> None:
        self.by_id = await _owners(sorted({record.id for record in records if record.id}))
        unknown = [record for record in records if record.id not in self.by_id]
        same_name = await self._namesakes(sorted({name for record in unknown for name in _names(record)}))
        found = await Person.filter(id__in=sorted(set(self.by_id.values()))) if self.by_id else []
        self.rows = {row.id: row for row in (*same_name, *found) if row.id not in self.new}
        self.by_name = defaultdict(list)
        for row in same_name:
            for name in {row.name_zh, row.name_en} - {""}:
                self.by_name[name].append(row)
        await self._look_up_identifiers(records)

    async def _namesakes(self, called: list[str]) -> list[Person]:
        """Those whom the register had before under one of these names."""
        if not called:
            return []
        rows = await Person.filter(Q(name_zh__in=called) | Q(name_en__in=called)).values_list("id", "merged_into_id")
        keys = sorted({key for key, merged in rows if merged is None} - self.new)
        batches = [keys[at : at + BATCH] for at in range(0, len(keys), BATCH)]
        return [row for batch in batches for row in await Person.filter(id__in=batch).order_by("id")]

    async def _look_up_identifiers(self, records: list[Record]) -> None:
        self.identifiers, self.sourced = defaultdict(list), set()
        keys = sorted(self.rows)
        for at in range(0, len(keys), BATCH):
            rows = PersonIdentifier.filter(person_id__in=keys[at : at + BATCH])
            for row in await rows.order_by("scheme", "value"):
                self.identifiers[row.person_id].append(row)
                if row.scheme == SOURCE:
                    self.sourced.add(row.person_id)
        wanted = sorted({value for record in records for _, value in record.facts.get("identifiers", [])})
        others = await PersonIdentifier.filter(value__in=wanted) if wanted else []
        self.owners = {(row.scheme, row.value): row.person_id for row in others if row.person_id not in self.new}

    # One record

    def _planned(self, record: Record) -> Outcome | None:
        key = self._meant(record)
        row = self.rows.get(key) if key else None
        record.key = key = key or self._unknown(record)
        mark = (record.row, hash(tuple(sorted((n, repr(v)) for n, v in record.facts.items()))))
        earlier = self.said.setdefault(key, mark)
        if earlier is not mark:
            return self._repeated(record, earlier, mark)
        self._check(record, row)
        changes = self._compared(record, key, row)
        return outcome(record, self.label(record), new=row is None, changes=changes)

    def _meant(self, record: Record) -> UUID | None:
        if record.id:
            known = self.ids.get(record.id) or self.by_id.get(record.id)
            if known is None:
                self._similar(record)
            return known
        if not _names(record):
            if not record.bad:
                record.wrong("name", say("Fill in the name, or the id of someone in the register."))
            return None
        return self.anonymous.get(_anonymous(record)) or self._namesake(record)

    def _similar(self, record: Record) -> None:
        """Someone new by id who may be in the register without one."""
        rows = [row for row in self._called(record) if row.id not in self.sourced and not _differ(record, row)]
        if rows:
            record.warn(
                "name",
                say(
                    "May be the same as {name} ({id}), who has no source id; merge them if they are one.",
                    name=_name(
                        record,
                    ),
                    id=f"per_{rows[0].id}",
                ),
            )

    def _namesake(self, record: Record) -> UUID | None:
        """Someone of the register with this exact name, where nothing speaks against it."""
        rows = self._called(record)
        fitting = [row for row in rows if not _differ(record, row)]
        sure = [row for row in fitting if _agree(record, row)]
        exact = [row for row in fitting if _exactly(record, row)]
        one = next((found[0] for found in (sure, exact, fitting) if len(found) == 1), None)
        if one is not None:
            if not _agree(record, one):
                record.warn(
                    "name",
                    say(
                        "Taken for {name} ({id}) by the name alone. Give an id if it is someone else.",
                        name=_name(
                            record,
                        ),
                        id=f"per_{one.id}",
                    ),
                )
            return one.id
        if fitting:
            record.wrong(
                "name",
                say(
                    "{count} people of the register are called {name}. Say which by an id, such as {id}.",
                    count=len(
                        fitting,
                    ),
                    name=_name(record),
                    id=f"per_{fitting[0].id}",
                ),
            )
        elif rows and not any(_born_differently(record, row) for row in rows):
            record.wrong(
                "email",
                say(
                    "{name} ({id}) has another e-mail address. Give that id if it is the same person, else a new one.",
                    name=_name(
                        record,
                    ),
                    id=f"per_{rows[0].id}",
                ),
            )
        elif rows:
            record.warn(
                "name",
                say(
                    "May be the same as {name} ({id}), but the dates of birth differ. This one is new.",
                    name=_name(
                        record,
                    ),
                    id=f"per_{rows[0].id}",
                ),
            )
        return None

    def _called(self, record: Record) -> list[Person]:
        found = {row.id: row for name in _names(record) for row in self.by_name.get(name, [])}
        return [row for row in found.values() if _same_name(record, row)]

    def _unknown(self, record: Record) -> UUID:
        key = uuid4()
        self.new.add(key)
        if record.id:
            self.ids[record.id] = key
        else:
            self.anonymous[_anonymous(record)] = key
        return key

    def _repeated(self, record: Record, earlier: tuple[int, int], mark: tuple[int, int]) -> Outcome | None:
        """The file speaks of this person again: fine in a table that says the same, else an error."""
        if record.bad:
            return outcome(record, self.label(record), new=False)
        if not record.repeats:
            record.wrong(
                "id" if record.id else "name",
                say("Row {row} describes this person already. Keep one of the two.", row=earlier[0]),
            )
        elif earlier[1] != mark[1]:
            record.wrong(
                "id" if record.id else "name",
                say(
                    "Row {row} says otherwise about this person. Make the two agree, or give them different ids.",
                    row=earlier[0],
                ),
            )
        else:
            return None
        return outcome(record, self.label(record), new=False)

    def _check(self, record: Record, row: Person | None) -> None:
        facts = record.facts
        whole = [facts.get(n, getattr(row, n) if row else "") for n in ("name_zh", "name_en")]
        if not any(whole) and not record.bad:
            record.wrong("name", say("Fill in the name: this id is not in the register yet."))
        if (born := facts.get("birth_date")) and born > self.viewer.today:
            record.wrong("birth_date", say("This day is still to come."))
        if (email := facts.get("email")) and not _is_address(email):
            record.warn("email", say("An e-mail address looks like name@example.org."))

    # Comparing and writing

    def _compared(self, record: Record, key: UUID, row: Person | None) -> list[Change]:
        identifiers = self._identifiers(record, key)
        said = {name: value for name, value in record.facts.items() if name != "identifiers"}
        if row is None:
            if not record.bad and self.sink.writes:
                self._create(record, key, said)
            return []
        changed = {name: value for name, value in said.items() if _now(row, name) != value}
        if not record.bad and (changed or identifiers):
            self._change(row, changed)
        return [Change(record.names.get(n, n), _now(row, n), v) for n, v in changed.items()] + identifiers

    def _create(self, record: Record, key: UUID, said: dict[str, Any]) -> None:
        whole = [said.get(name, "") for name in NAMES]
        said |= _keys(whole, {name: said.get(name, "") for name in SORTS})
        self.sink.create(Person(id=key, **said, created_at=self.viewer.now, updated_at=self.viewer.now))
        pairs = {(SOURCE, record.id)} if record.id else set()
        for scheme, value in sorted(pairs | set(record.facts.get("identifiers", []))):
            self.sink.create(PersonIdentifier(id=uuid4(), person_id=key, scheme=scheme, value=value))

    def _change(self, row: Person, changed: dict[str, Any]) -> None:
        columns = dict(changed)
        if set(changed) & {*NAMES, *SORTS}:
            whole = [changed.get(name, getattr(row, name)) for name in NAMES]
            columns |= _keys(whole, {name: changed.get(name, _now(row, name)) for name in SORTS})
        self.sink.change(row, columns | {"updated_at": self.viewer.now})

    def _identifiers(self, record: Record, key: UUID) -> list[Change]:
        """Make the other identifiers what the file says, where it says."""
        if "identifiers" not in record.facts:
            return []
        wanted = [pair for pair in record.facts["identifiers"] if pair != (SOURCE, record.id)]
        for pair in wanted:
            owner = self.others.setdefault(pair, self.owners.get(pair, key))
            if owner != key:
                record.wrong(
                    "identifiers", say("{scheme} {value} belongs to someone else.", scheme=pair[0], value=pair[1])
                )
        before = sorted((row.scheme, row.value) for row in self._others(record, key))
        kept = [pair for pair in before if pair[0] == SOURCE]
        after = sorted({*wanted, *kept})
        if before == after or record.bad or key in self.new:
            return []
        self._rewrite(record, key, after)
        return [Change(record.names.get("identifiers", "identifiers"), _lines(before), _lines(after))]

    def _others(self, record: Record, key: UUID) -> list[PersonIdentifier]:
        """The identifiers beside the one by which the file calls this person."""
        return [row for row in self.identifiers.get(key, []) if (row.scheme, row.value) != (SOURCE, record.id)]

    def _rewrite(self, record: Record, key: UUID, after: list[tuple[str, str]]) -> None:
        there = {(row.scheme, row.value): row for row in self._others(record, key)}
        for pair, row in there.items():
            if pair not in after:
                self.sink.delete(row)
        for scheme, value in after:
            if (scheme, value) not in there:
                self.sink.create(PersonIdentifier(id=uuid4(), person_id=key, scheme=scheme, value=value))


async def _owners(wanted: list[str]) -> dict[str, UUID]:
    """Source id, or our own ID, -> the person who has it now, mergers followed."""
    if not wanted:
        return {}
    rows = await PersonIdentifier.filter(scheme=SOURCE, value__in=wanted).values_list("value", "person_id")
    found = {str(value): person for value, person in rows}
    own = {given: key for given in wanted if given not in found and (key := _own_key(given))}
    if own:
        there = set(await Person.filter(id__in=sorted(set(own.values()))).values_list("id", flat=True))
        found |= {given: key for given, key in own.items() if key in there}
    return await _survivors(found)


async def _survivors(found: dict[str, UUID]) -> dict[str, UUID]:
    merged = Person.filter(id__in=sorted(set(found.values())), merged_into_id__isnull=False)
    moved = dict(await merged.values_list("id", "merged_into_id"))
    if not moved:
        return found
    return await _survivors({given: moved.get(key, key) for given, key in found.items()})


def _own_key(given: str) -> UUID | None:
    if not given.startswith("per_"):
        return None
    try:
        return UUID(given[4:])
    except ValueError:
        return None


def _names(record: Record) -> list[str]:
    return [name for name in (record.facts.get("name_zh"), record.facts.get("name_en")) if name]


def _name(record: Record) -> str:
    return next(iter(_names(record)), "")


def _same_name(record: Record, row: Person) -> bool:
    """The names that the record gives are the row's; at least one of them is not empty."""
    return all(getattr(row, name) == record.facts[name] for name in ("name_zh", "name_en") if record.facts.get(name))


def _differ(record: Record, row: Person) -> bool:
    """Both give a telling fact, and not the same."""
    return any(
        record.facts.get(name) and getattr(row, name) and record.facts[name] != getattr(row, name) for name in TELLING
    )


def _born_differently(record: Record, row: Person) -> bool:
    born = record.facts.get("birth_date")
    return bool(born and row.birth_date and born != row.birth_date)


def _agree(record: Record, row: Person) -> bool:
    return any(record.facts.get(name) and record.facts[name] == getattr(row, name) for name in TELLING)


def _exactly(record: Record, row: Person) -> bool:
    return all((record.facts.get(name) or None) == (getattr(row, name) or None) for name in TELLING)


def _anonymous(record: Record) -> tuple[Any, ...]:
    return tuple(record.facts.get(name) or None for name in ("name_zh", "name_en", *TELLING))


def _now(row: Person, name: str) -> Any:
    if name in SORTS:
        return getattr(row, name) if row.sort_fixed else ""
    return getattr(row, name)


def _keys(whole: list[str], fixed: dict[str, str]) -> dict[str, Any]:
    """Sort keys and search text, made from the names; keys set by hand stay."""
    made = {
        "sort_pinyin": names.sort_pinyin(*whole)[:SORT_LENGTH],
        "sort_strokes": names.sort_strokes(*whole)[:SORT_LENGTH],
    }
    by_hand = {name: key for name, key in fixed.items() if key}
    return made | by_hand | {"search": names.search_text(*whole), "sort_fixed": bool(by_hand)}


def _lines(pairs: list[tuple[str, str]]) -> str:
    return "\n".join(f"{scheme}={value}" for scheme, value in pairs)


def _is_address(email: str) -> bool:
    name, _, host = email.partition("@")
    return bool(name and "." in host.strip(".") and "@" not in host and not any(c.isspace() for c in email))
