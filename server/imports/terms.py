"""The terms that a file describes or only speaks of, by code; one that is only spoken of is active, with open days."""

from collections import defaultdict
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

from server.imports.outcomes import Change, Outcome, outcome
from server.imports.records import Record
from server.imports.writing import Sink
from server.models.members import Term, TermStatus, TermYear, named_by_code
from server.viewer import Viewer
from server.words import say

COLUMNS = ("name_zh", "name_en", "starts_on", "ends_on", "status")


class Terms:
    """All terms by code. There are few: they stay in memory."""

    def __init__(self, viewer: Viewer, sink: Sink) -> None:
        self.viewer, self.sink = viewer, sink
        self.rows: dict[str, Term] = {}
        self.codes: dict[str, UUID] = {}
        self.years: dict[UUID, dict[int, TermYear]] = defaultdict(dict)
        self.records: dict[str, Record] = {}
        self.new: list[str] = []

    async def load(self) -> None:
        """The register's own."""
        self.rows = {term.code: term for term in await Term.all()}
        self.codes = {code: term.id for code, term in self.rows.items()}
        for year in await TermYear.all():
            self.years[year.term_id][year.n] = year

    def of(self, code: str) -> UUID:
        """The term of that code; a new one where there is none."""
        if code not in self.codes:
            self._create(code, dict(named_by_code(code)))
            self.new.append(code)
        return self.codes[code]

    def code(self, key: UUID | None) -> str:
        """The code of a term, "" for none."""
        return next((code for code, term in self.codes.items() if term == key), "")

    def outcomes(self) -> list[Outcome]:
        """One for each new term since the last time that was only spoken of."""
        made = [Outcome("terms", "terms", n, code, "new") for n, code in enumerate(self.new, 1)]
        self.new = []
        return made

    # What the file says of them

    def add(self, record: Record) -> Outcome | None:
        """Take a record in. An outcome only where it cannot be used, or repeats an earlier one."""
        if not record.id and not record.bad:
            record.wrong("code", say("Give the term a short code, such as 15."))
        earlier = self.records.setdefault(record.id, record)
        if record.id and earlier is not record and not record.bad:
            record.wrong("code", say("Row {row} describes this term already. Keep one of the two.", row=earlier.row))
        return outcome(record, record.id, new=False) if not record.id or earlier is not record else None

    def settle(self) -> list[Outcome]:
        """Compare everything the file says with the register."""
        return [self._settled(code, record) for code, record in self.records.items() if code]

    def _settled(self, code: str, record: Record) -> Outcome:
        row = self.rows.get(code)
        said = {name: record.facts[name] for name in COLUMNS if name in record.facts}
        self._check_years(record, row)
        if row is None:
            self._create(code, said)
            self._write_years(record, self.codes[code])
            return outcome(record, code, new=True)
        changed = {name: value for name, value in said.items() if getattr(row, name) != value}
        changes = [Change(record.names.get(n, n), getattr(row, n), value) for n, value in changed.items()]
        years = self._write_years(record, row.id)
        if changes or years:
            self.sink.change(row, changed | {"updated_at": self.viewer.now})
        return outcome(record, code, new=False, changes=changes + years)

    def _create(self, code: str, said: dict[str, Any]) -> None:
        row = Term(id=uuid4(), code=code, **{"status": TermStatus.ACTIVE} | said)
        self.sink.create(row)
        self.codes[code] = row.id

    def _check_years(self, record: Record, row: Term | None) -> None:
        """No year twice, and no day in two years, with those that the register has."""
        said = record.facts.get("years", [])
        there = self.years[row.id].values() if row else ()
        spans = {year.n: (year.starts_on, year.ends_on) for year in there}
        spans |= {year["n"]: (year["starts_on"], year["ends_on"]) for year in said}
        meet = any(earlier[1] > later[0] for earlier, later in pairwise(sorted(spans.values())))
        if meet or len({year["n"] for year in said}) < len(said):
            record.wrong("years", say("A year is there twice, or the days of two years meet."))

    def _write_years(self, record: Record, term: UUID) -> list[Change]:
        """Years that the file leaves out stay."""
        changes = []
        for said in record.facts.get("years", []):
            row = self.years[term].get(said["n"])
            days = {"starts_on": said["starts_on"], "ends_on": said["ends_on"]}
            if row is None:
                self.sink.create(TermYear(id=uuid4(), term_id=term, n=said["n"], **days))
            elif changed := {name: day for name, day in days.items() if getattr(row, name) != day}:
                self.sink.change(row, changed)
            else:
                continue
            before = f"{row.n}: {row.starts_on} – {row.ends_on}" if row else None
            after = f"{said['n']}: {said['starts_on']} – {said['ends_on']}"
            changes.append(Change(record.names.get("years", "years"), before, after))
        return changes
