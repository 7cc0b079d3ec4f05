"""A document with 12 pages that everyone of the term may read, and four who came so far as their name says."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from server.models import documents
from server.models.documents import Document, DocumentVersion, Whom
from server.models.reading.tables import ReadingProgress, ReadReceipt
from server.rules.documents import Act, DocumentState, Effect
from tests import make
from tests.cast import Cast
from tests.furnished import file_of
from tests.make import NOW

SOON, LATE = make.TODAY + dt.timedelta(days=3), make.TODAY - dt.timedelta(days=1)


@dataclass
class Paper:
    """A document that was given to the term of the cast: the chair, a leader, a convener and a member."""

    cast: Cast
    row: Document
    version: UUID

    @property
    def id(self) -> str:
        """As the world calls it."""
        return f"doc_{self.row.id}"

    def person(self, name: str) -> str:
        """The ID of one of the cast."""
        return f"per_{self.cast.people[name].id}"

    async def opened(self, name: str, pages: int = 4, **facts: Any) -> None:
        """Someone saw so many pages, one more on each visit of theirs."""
        whose = {"document_id": self.row.id, "person_id": self.cast.people[name].id, "version_id": self.version}
        await ReadingProgress.create(**whose, pages=f"1-{pages}", pages_seen=pages, opens=1, **_once() | facts)

    async def finished(self, name: str) -> None:
        """Someone saw all of it."""
        await self.opened(name, 12, finished_at=NOW)

    async def confirmed(self, name: str) -> None:
        """Someone said so."""
        whose = {"document_id": self.row.id, "person_id": self.cast.people[name].id, "version_id": self.version}
        await ReadReceipt.create(**whose, confirmed_at=NOW)

    async def due(self, day: dt.date) -> None:
        """Readers confirm by that day."""
        await Document.filter(id=self.row.id).update(receipt_by=day)


def _once() -> dict[str, Any]:
    return {"first_opened_at": NOW, "last_opened_at": NOW}


async def filed(cast: Cast, **facts: Any) -> Paper:
    """One that can be had, in a folder of the whole assembly's."""
    custodian = cast["custodian"]
    folder = await documents.folder_add(custodian, name_en="Papers")
    row = await documents.document_add(custodian, folder=folder.id, title_en="Nursery schools", **facts)
    version = await DocumentVersion.create(**file_of(row, cast.accounts["custodian"]) | {"pages": 12})
    for state in (DocumentState.CHECKED, DocumentState.AVAILABLE):
        await documents.document_move(custodian, document=row.id, to=state)
    return Paper(cast, row, version.id)


@pytest.fixture
async def paper(everyone: Cast) -> Paper:
    """Given to the term, and closed to the chair by name."""
    found = await filed(everyone)
    custodian, document = everyone["custodian"], found.row.id
    long: documents.Terms = {"valid_until": NOW.replace(year=2040)}  # pages are asked for on the day of the test
    whom = [Whom(term=everyone.term.id)]
    await documents.grant_add(custodian, document=document, whom=whom, reason="a hearing", **long)
    chair = [Whom(person=everyone.people["chair"].id)]
    closed: documents.Terms = {"effect": Effect.DENY, "act": Act.SEE, "reason": "recusal", **long}
    await documents.grant_add(custodian, document=document, whom=chair, **closed)
    return found
