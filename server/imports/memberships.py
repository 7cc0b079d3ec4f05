"""Planning memberships in bodies: the same person, body, title and first day are the same membership."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from server.imports.bodies import Ambiguous, Bodies
from server.imports.histories import add, matched, revise
from server.imports.outcomes import Change, Outcome, outcome
from server.imports.people import People
from server.imports.records import Record, Ref
from server.imports.seats import Seats
from server.imports.writing import Sink
from server.models.bodies import BodyKind, BodyMembership, BodyRole, follows_from_seat
from server.rules.spans import Span
from server.viewer import Viewer
from server.words import say

COLUMNS = {
    "ends_on": "ends_on",
    "body_role": "role",
    "primary": "primary",
    "on_behalf_of": "on_behalf_of_id",
    "membership_term": "membership_id",
}
"""What may change in a membership that stays the same: fact -> column."""


class Memberships:
    """The memberships of a file. Kept for the whole file: hashes of what was said, and keys of what was matched."""

    def __init__(self, viewer: Viewer, sink: Sink, bodies: Bodies, people: People, seats: Seats) -> None:
        self.viewer, self.sink, self.bodies, self.people, self.seats = viewer, sink, bodies, people, seats
        self.said: dict[int, tuple[str, int]] = {}
        self.taken: set[UUID] = set()
        self.new: set[UUID] = set()
        self.groups: dict[UUID, list[tuple[UUID, Span]]] = defaultdict(list)
        self.rows: dict[UUID, dict[UUID, list[BodyMembership]]] = {}
        self.wrong: dict[UUID, dict[UUID, list[BodyMembership]]] = {}

    async def plan(self, records: list[Record], labels: dict[UUID, str]) -> list[Outcome]:
        """The outcomes of a portion. labels: person -> name, where it is known."""
        refs = {record.person.id for record in records if isinstance(record.person, Ref) and record.person.id}
        found = await self.people.find(refs)
        for record in records:
            record.key = self._person(record, found)
        await self._look_up({record.key for record in records if record.key} - self.people.new)
        await self._find_seats(records)
        made: list[Outcome] = []
        for record in records:
            made += self._planned(record, labels)
        return made

    def _person(self, record: Record, found: dict[str, UUID]) -> UUID | None:
        who = record.person
        if isinstance(who, Record):
            return who.key if isinstance(who.key, UUID) else None
        if who is None or not who.id:
            if not record.bad:
                record.wrong("person", say("This membership does not say whose it is."))
            return None
        if who.id not in found:
            record.wrong("person", say("There is no person {id}, neither in this file nor in the register.", id=who.id))
        return found.get(who.id)

    async def _find_seats(self, records: list[Record]) -> None:
        """The seat in whose right someone sits there, where the file says the term."""
        people = {record.key for record in records if record.key and record.facts.get("membership_term")}
        seats = await self.seats.of(people) if people else {}
        for record in records:
            code = record.facts.get("membership_term", None)
            if code is None:
                continue
            record.facts["membership_term"] = seats.get((record.key, code)) if record.key and code else None
            if code and record.facts["membership_term"] is None:
                record.wrong("membership_term", say("This person has no seat in the term {code}.", code=code))

    async def _look_up(self, people: set[UUID]) -> None:
        self.rows = defaultdict(lambda: defaultdict(list))
        self.wrong = defaultdict(lambda: defaultdict(list))
        for row in await BodyMembership.filter(person_id__in=sorted(people)) if people else []:
            if row.id not in self.new:
                (self.rows if row.voided_at is None else self.wrong)[row.person_id][row.body_id].append(row)

    # One record

    def _planned(self, record: Record, labels: dict[UUID, str]) -> Iterable[Outcome]:
        person, body = record.key, self._body(record)
        implied = self._on_behalf_of(record, body)
        if implied:
            yield implied
        label = " · ".join(
            filter(None, [labels.get(person, "") if person else "", self.bodies.label(body) if body else ""])
        )
        if record.facts.get("voided_at"):
            yield self._voided(record, person, body, label)
            return
        row = None
        if person and body:
            row = self._match(record, self._there(person, body))
            self._once(record, person, body, row)
            self._follows(record, body, row)
        changes = self._compared(record, row) if row else []
        if row is None and person and body and not record.bad:
            self._beside(record, self._there(person, body))
            self._create(record, person, body)
        yield outcome(record, label, new=row is None, changes=changes)

    def _there(self, person: UUID | None, body: UUID | None) -> list[BodyMembership]:
        """This person's rows in this body, before the import."""
        return self.rows.get(person, {}).get(body, []) if person and body else []

    def _body(self, record: Record) -> UUID | None:
        ref = record.body
        if not isinstance(ref, Ref) or not str(ref):
            if not record.bad:
                record.wrong("body", say("This membership does not say in which body it is."))
            return None
        try:
            key = self.bodies.find(ref, self.rows.get(record.key, {}))
        except Ambiguous as several:
            record.wrong("body", several.words)
            return None
        if key is None:
            record.wrong("body", say("There is no body {id}, neither in this file nor in the register.", id=str(ref)))
        return key

    def _on_behalf_of(self, record: Record, body: UUID | None) -> Outcome | None:
        """Find the body they sit for. A table may name one that nobody described: it is new."""
        ref = record.facts.get("on_behalf_of")
        if not isinstance(ref, Ref):
            return None
        now = [row.on_behalf_of_id for row in self._there(record.key, body)]
        implied = None
        try:
            key = self.bodies.find(ref, now)
        except Ambiguous as several:
            record.wrong("on_behalf_of", several.words)
            return None
        if key is None and ref.text:
            key, implied = self.bodies.imply(ref.text, BodyKind.OTHER, record)
        elif key is None:
            record.wrong(
                "on_behalf_of", say("There is no body {id}, neither in this file nor in the register.", id=str(ref))
            )
        record.facts["on_behalf_of"] = key
        return implied

    def _match(self, record: Record, rows: list[BodyMembership]) -> BodyMembership | None:
        """The row meant: what the file gives of title and first day must be equal, what it leaves out may be any."""
        fitting = [row for row in rows if row.id not in self.taken and _fits(record, row)]
        if not fitting:
            return None
        return max(fitting, key=lambda row: self._likeness(record, row))

    def _likeness(self, record: Record, row: BodyMembership) -> tuple[Any, ...]:
        return (
            row.title == record.facts.get("title", ""),
            row.starts_on == record.facts.get("starts_on"),
            -len(self._differences(record, row)),
            row.ends_on is None,
            row.starts_on or dt.date.min,
            str(row.id),
        )

    def _once(self, record: Record, person: UUID, body: UUID, row: BodyMembership | None) -> None:
        """The same membership twice in one file is an error; in two roles at once it is two, as in the register."""
        if row is not None:
            self.taken.add(row.id)
        identity = hash((person, body, *(record.facts.get(name) for name in ("title", "starts_on", "body_role"))))
        place = (record.list_name, record.row)
        earlier = self.said.setdefault(identity, place)
        if earlier is not place and not record.bad:
            said = say("Row {row} says the same: this person, body, title and first day. Keep one.", row=earlier[1])
            record.wrong("title", said)

    def _follows(self, record: Record, body: UUID, row: BodyMembership | None) -> None:
        """Plain members of a sector are those whose seat stands for it; a register may hold older rows that say so."""
        role = record.facts.get("body_role", BodyRole.MEMBER)
        if row is None and follows_from_seat(self.bodies.rows[body].kind, role):
            said = say("Who belongs to a sector follows from the seats; this row alone makes nobody a member of it.")
            record.warn("body", said)

    def _beside(self, record: Record, rows: list[BodyMembership]) -> None:
        """A second place without a title, beside one with it, is more often a gap in the file."""
        if record.facts.get("title", ""):
            return
        span, role = Span(record.facts.get("starts_on"), record.facts.get("ends_on")), record.facts.get("body_role")
        alike = [row for row in rows if row.role is (role or BodyRole.MEMBER)]
        titles = {row.title for row in alike if row.title and Span(row.starts_on, row.ends_on).overlaps(span)}
        if titles:
            said = say(
                "This person sits there already, as {titles}. Without a title this is a second place. If it is the "
                "same one, give its title, or leave the column of titles out.",
                titles=", ".join(sorted(titles)),
            )
            record.warn("title", said)

    # Comparing and writing

    def _differences(self, record: Record, row: BodyMembership) -> list[tuple[str, str]]:
        return [
            (f, c) for f, c in COLUMNS.items() if f in record.facts and getattr(row, c) != _meant(f, record.facts[f])
        ]

    def _compared(self, record: Record, row: BodyMembership) -> list[Change]:
        changed = self._differences(record, row)
        facts = {column: _meant(fact, record.facts[fact]) for fact, column in changed}
        if row.starts_on and facts.get("ends_on") and facts["ends_on"] < row.starts_on:
            record.wrong(
                "ends_on",
                say(
                    "It ends on {end}, before it starts on {start}. Correct one of the two.",
                    end=facts["ends_on"],
                    start=row.starts_on,
                ),
            )
        if changed and not record.bad:
            revise(self.viewer, self.sink, row, facts, moves=False)
        return [
            Change(record.names.get(f, f), self._words(c, getattr(row, c)), self._words(c, facts[c]))
            for f, c in changed
        ]

    def _create(self, record: Record, person: UUID, body: UUID) -> None:
        row = add(self.viewer, self.sink, BodyMembership, _columns(record, person, body))
        self._count_groups(record, row)
        self.new.add(row.id)

    def _voided(self, record: Record, person: UUID | None, body: UUID | None, label: str) -> Outcome:
        """What was found to be wrong in another register is kept as such, once, and changes nothing that stands."""
        if person is None or body is None:
            return outcome(record, label, new=True)
        facts = _columns(record, person, body)
        claim = {"voided_at": record.facts["voided_at"], "voided_elsewhere": record.facts.get("voided_by", "")}
        claim["voided_reason"] = record.facts.get("voided_reason", "")
        free = [row for row in self.wrong.get(person, {}).get(body, []) if row.id not in self.taken]
        row = matched(free, facts | claim)
        if row is not None:
            self.taken.add(row.id)
        elif not record.bad:
            self.new.add(add(self.viewer, self.sink, BodyMembership, facts | claim).id)
            if matched([*self._there(person, body)], facts):
                record.warn("", say("The file says that this was wrong, but it still stands here. Correct it if so."))
        return outcome(record, label, new=row is None)

    def _count_groups(self, record: Record, row: BodyMembership) -> None:
        """LC-1: someone who would count in two learning groups on one day is worth a look."""
        if not row.primary or self.bodies.rows[row.body_id].kind is not BodyKind.LEARNING_GROUP:
            return
        span = Span(row.starts_on, row.ends_on)
        there = [
            (other.body_id, Span(other.starts_on, other.ends_on))
            for body, rows in self.rows.get(row.person_id, {}).items()
            if self.bodies.rows[body].kind is BodyKind.LEARNING_GROUP
            for other in rows
            if other.primary
        ]
        for body, held in [*there, *self.groups[row.person_id]]:
            if body != row.body_id and held.overlaps(span):
                record.warn(
                    "body",
                    say(
                        "Would count in two learning groups at once: {one} and {other}.",
                        one=self.bodies.label(body),
                        other=self.bodies.label(row.body_id),
                    ),
                )
        self.groups[row.person_id].append((row.body_id, span))

    def _words(self, column: str, value: Any) -> Any:
        if column == "on_behalf_of_id" and value:
            return self.bodies.label(value)
        return None if column == "membership_id" else value


def _columns(record: Record, person: UUID, body: UUID) -> dict[str, Any]:
    facts = record.facts
    return {
        "person_id": person,
        "body_id": body,
        "title": facts.get("title", ""),
        "role": facts.get("body_role", BodyRole.MEMBER),
        "primary": _meant("primary", facts.get("primary")),
        "starts_on": facts.get("starts_on"),
        "ends_on": facts.get("ends_on"),
        "on_behalf_of_id": facts.get("on_behalf_of"),
        "membership_id": facts.get("membership_term"),
    }


def _fits(record: Record, row: BodyMembership) -> bool:
    return all(getattr(row, name) == record.facts[name] for name in ("title", "starts_on") if name in record.facts)


def _meant(fact: str, value: Any) -> Any:
    """Empty means primary, as it does for everyone who sits somewhere."""
    return True if fact == "primary" and value is None else value
