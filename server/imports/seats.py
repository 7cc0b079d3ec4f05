"""Planning seats: one for each person and term, with its status and what it stands for."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, TypeVar
from uuid import UUID, uuid4

from server.imports.bodies import Ambiguous, Bodies
from server.imports.histories import add, matched, revise
from server.imports.outcomes import Change, Outcome, outcome
from server.imports.records import Record, Ref
from server.imports.terms import Terms
from server.imports.values import written
from server.imports.writing import Sink
from server.models.bodies import BodyKind
from server.models.fields import Dated
from server.models.members import Membership, MembershipPost, MembershipStatus, PostKind, Status
from server.viewer import Viewer
from server.words import say

H = TypeVar("H", bound=Dated)
STATUS = {"status": "status", "status_start": "starts_on", "status_end": "ends_on", "status_reason": "reason"}
POST = {
    "post": "kind",
    "sector": "sector_id",
    "unit": "unit",
    "residence_area": "residence_area",
    "post_start": "starts_on",
    "post_end": "ends_on",
}
"""Fact of a record -> column of its newest row."""


class Seats:
    """The seats of a file. Kept for the whole file: a hash for each seat."""

    def __init__(self, viewer: Viewer, sink: Sink, terms: Terms, bodies: Bodies) -> None:
        self.viewer, self.sink, self.terms, self.bodies = viewer, sink, terms, bodies
        self.said: dict[tuple[UUID, UUID], tuple[int, int]] = {}
        self.ids: dict[tuple[UUID, UUID], UUID] = {}
        self.seats: dict[tuple[UUID, UUID], Membership] = {}
        self.statuses: dict[UUID, list[MembershipStatus]] = {}
        self.posts: dict[UUID, list[MembershipPost]] = {}
        self.wrong: dict[UUID, list[Dated]] = {}

    async def plan(self, records: list[Record], labels: dict[UUID, str], known: set[UUID]) -> list[Outcome]:
        """The outcomes of a portion. labels: person -> name. known: people whom the register had before."""
        await self._look_up(known)
        made: list[Outcome] = []
        for record in records:
            made += self._planned(record, labels)
        return made

    async def _look_up(self, people: set[UUID]) -> None:
        rows = await Membership.filter(person_id__in=sorted(people)) if people else []
        self.seats = {(row.person_id, row.term_id): row for row in rows}
        keys = sorted(row.id for row in rows)
        statuses = await MembershipStatus.filter(membership_id__in=keys) if keys else []
        posts = await MembershipPost.filter(membership_id__in=keys) if keys else []
        self.statuses = _by_seat(row for row in statuses if row.voided_at is None)
        self.posts = _by_seat(row for row in posts if row.voided_at is None)
        self.wrong = _by_seat(row for row in (*statuses, *posts) if row.voided_at is not None)

    async def of(self, people: set[UUID]) -> dict[tuple[UUID, str], UUID]:
        """(person, code of the term) -> seat, of the file and of the register."""
        rows = await Membership.filter(person_id__in=sorted(people)).values_list("person_id", "term_id", "id")
        found = {(person, self.terms.code(term)): seat for person, term, seat in rows}
        return found | {(who, self.terms.code(term)): seat for (who, term), seat in self.ids.items() if who in people}

    def _planned(self, record: Record, labels: dict[UUID, str]) -> Iterable[Outcome]:
        person = record.person.key if isinstance(record.person, Record) else None
        if person is None or not record.id:
            yield outcome(record, record.id, new=False)
            return
        label = f"{labels.get(person, '')} · {record.id}"
        term = self.terms.of(record.id)
        mark = (record.row, hash(repr(sorted(record.facts.items(), key=lambda item: item[0]))))
        earlier = self.said.setdefault((person, term), mark)
        if earlier is not mark:
            yield from self._repeated(record, label, earlier, mark)
            return
        implied = self._sector(record)
        if implied:
            yield implied
        seat = self.seats.get((person, term))
        changes = self._compared(record, seat) if seat else []
        if seat is None and not record.bad:
            self._create(record, person, term)
        yield outcome(record, label, new=seat is None, changes=changes)

    def _repeated(
        self, record: Record, label: str, earlier: tuple[int, int], mark: tuple[int, int]
    ) -> Iterable[Outcome]:
        if record.repeats and earlier[1] == mark[1] and not record.bad:
            return
        if not record.bad and (not record.repeats or record.facts):
            record.wrong(
                "term", say("Row {row} speaks of this seat already. Make the two agree, or keep one.", row=earlier[0])
            )
        if record.bad:
            yield outcome(record, label, new=False)

    def _sector(self, record: Record) -> Outcome | None:
        """Find the sector, or make it: a file of people may name sectors that nobody described."""
        implied = None
        for facts in (record.facts, *record.facts.get("earlier", [])):
            ref = facts.get("sector")
            if not isinstance(ref, Ref):
                continue
            try:
                key = self.bodies.find(ref, self._sectors())
            except Ambiguous as several:
                record.wrong("sector", several.words)
                continue
            if key is None:
                key, implied = self.bodies.imply(str(ref), BodyKind.SECTOR, record)
            elif self.bodies.rows[key].kind is not BodyKind.SECTOR:
                record.wrong("sector", say("{name} is a body, but not a sector. Name a sector.", name=str(ref)))
            facts["sector"] = key
        return implied

    def _sectors(self) -> Iterable[UUID]:
        return (key for key, row in self.bodies.rows.items() if row.kind is BodyKind.SECTOR)

    # A new seat

    def _create(self, record: Record, person: UUID, term: UUID) -> None:
        facts = record.facts
        seat = Membership(id=uuid4(), person_id=person, term_id=term, no=facts.get("no", ""))
        self.sink.create(seat)
        self.ids[person, term] = seat.id
        if not self.sink.writes:
            return
        begun = facts.get("status_start")
        status = {
            "status": facts.get("status", Status.ACTIVE),
            "starts_on": begun,
            "ends_on": facts.get("status_end"),
            "reason": facts.get("status_reason", ""),
        }
        post = {
            "kind": facts.get("post", PostKind.ORDINARY),
            "sector_id": facts.get("sector"),
            "unit": facts.get("unit", ""),
            "residence_area": facts.get("residence_area", ""),
            "starts_on": facts.get("post_start", begun),
            "ends_on": facts.get("post_end"),
        }
        self._row(MembershipStatus, seat.id, status)
        self._row(MembershipPost, seat.id, post)
        for item in facts.get("earlier", []):
            self._row(MembershipStatus if "status" in item else MembershipPost, seat.id, _columns(item))

    def _row(self, model: type[Dated], seat: UUID, facts: dict[str, Any]) -> None:
        add(self.viewer, self.sink, model, {"membership_id": seat, **facts})

    # A seat that is there

    def _compared(self, record: Record, seat: Membership) -> list[Change]:
        said = {"no": record.facts.get("no", seat.no)}
        changes = [Change(record.names.get("no", "no"), seat.no, said["no"])] if said["no"] != seat.no else []
        changes += self._latest(record, seat.id, self.statuses, MembershipStatus, STATUS)
        changes += self._latest(record, seat.id, self.posts, MembershipPost, POST)
        changes += self._earlier(record, seat.id)
        if changes and not record.bad:
            self.sink.change(seat, said | {"updated_at": self.viewer.now})
        return changes

    def _latest(
        self,
        record: Record,
        seat: UUID,
        histories: dict[UUID, list[H]],
        model: type[H],
        table: dict[str, str],
    ) -> list[Change]:
        """Compare the newest row with what the file says of now."""
        said = {column: record.facts[fact] for fact, column in table.items() if fact in record.facts}
        rows = histories.get(seat, [])
        if not rows:
            if any(value not in (None, "") for value in said.values()) and not record.bad:
                self._row(model, seat, ({"status": Status.ACTIVE} if model is MembershipStatus else {}) | said)
            return [Change(record.names.get(f, f), None, said[c]) for f, c in table.items() if said.get(c)]
        row = rows[-1]
        if said.get("status", getattr(row, "status", None)) is not getattr(row, "status", None):
            said.setdefault("reason", "")  # that of the former status is none of the new one
        changed = [(f, c) for f, c in table.items() if c in said and getattr(row, c) != said[c]]
        if changed and not record.bad:
            moves = any(column != "reason" for _, column in changed)
            rows[-1] = revise(self.viewer, self.sink, row, said, moves=moves)
        return [
            Change(record.names.get(f, f), self._words(c, getattr(row, c)), self._words(c, said[c])) for f, c in changed
        ]

    def _earlier(self, record: Record, seat: UUID) -> list[Change]:
        """Rows of the history that an export wrote and that are not there, or not with this reason."""
        wrong = [*self.wrong.get(seat, [])]
        standing: list[Dated] = [*self.statuses.get(seat, []), *self.posts.get(seat, [])]
        made = []
        for item in record.facts.get("earlier", []):
            columns = _columns(item)
            row = matched(wrong if "voided_at" in item else standing, columns)
            reason = columns.get("reason")
            if row is None and not record.bad:
                self._row(MembershipStatus if "status" in item else MembershipPost, seat, columns)
            elif isinstance(row, MembershipStatus) and row.voided_at is None and reason not in ("", row.reason):
                if not record.bad:
                    revise(self.viewer, self.sink, row, {"reason": reason}, moves=False)
            elif row is not None:
                continue
            made.append(Change("earlier", None, ", ".join(str(written(v)) for v in item.values() if v)))
        return made

    def _words(self, column: str, value: Any) -> Any:
        return self.bodies.label(value) if column == "sector_id" and value else value


def _columns(item: dict[str, Any]) -> dict[str, Any]:
    return {("sector_id" if name == "sector" else name): value for name, value in item.items()}


def in_time(row: Any) -> tuple[dt.date, dt.date, dt.datetime]:
    """Sorts the rows of a history; the newest is last."""
    return row.starts_on or dt.date.min, row.ends_on or dt.date.max, row.recorded_at


def _by_seat(rows: Iterable[Any]) -> dict[UUID, list[Any]]:
    """Histories in order of time; the newest is last."""
    histories: dict[UUID, list[Any]] = defaultdict(list)
    for row in sorted(rows, key=in_time):
        histories[row.membership_id].append(row)
    return histories
