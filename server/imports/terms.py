"""The terms that a file speaks of, by code: known ones, or new ones, active and with open days."""

from uuid import UUID, uuid4

from server.imports.outcomes import Outcome
from server.imports.writing import Sink
from server.models.members import Term, TermStatus


class Terms:
    """All terms by code. There are few: they stay in memory."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        self.codes: dict[str, UUID] = {}
        self.new: list[str] = []

    async def load(self) -> None:
        """The register's own."""
        self.codes = {term.code: term.id for term in await Term.all()}

    def of(self, code: str) -> UUID:
        """The term of that code; a new one where there is none."""
        if code not in self.codes:
            row = Term(id=uuid4(), code=code, status=TermStatus.ACTIVE)
            self.sink.create(row)
            self.codes[code] = row.id
            self.new.append(code)
        return self.codes[code]

    def code(self, key: UUID | None) -> str:
        """The code of a term, "" for none."""
        return next((code for code, term in self.codes.items() if term == key), "")

    def outcomes(self) -> list[Outcome]:
        """One for each new term since the last time."""
        made = [Outcome("terms", "terms", n, code, "new") for n, code in enumerate(self.new, 1)]
        self.new = []
        return made
