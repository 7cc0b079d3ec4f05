"""A shelf of which members know: what they may see and not read, so that they ask for it."""

import datetime as dt
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from server.errors import DomainError
from server.models import documents
from server.models.asking import access_ask
from server.models.documents import AccessRequest, Document
from server.rules.documents import DocumentState
from server.viewer import Viewer
from tests import make
from tests.cast import Cast

DAY = dt.timedelta(days=1)
UNTIL = make.TODAY + 20 * DAY
TITLE = "Budget of the nursery schools"


async def refused(attempt: Any) -> tuple[str, str | None]:
    """Code and field of what is not done."""
    with pytest.raises(DomainError) as refusal:
        await attempt
    return refusal.value.problems[0].code, refusal.value.problems[0].field


async def lying(cast: Cast, folder: UUID | None = None, **facts: Any) -> Document:
    """A document that is available, internal unless said otherwise, of whose existence every member may know."""
    custodian = cast["custodian"]
    place = folder or (await documents.folder_add(custodian, name_en="Papers")).id
    row = await documents.document_add(custodian, folder=place, **{"title_en": TITLE} | facts)
    for state in (DocumentState.CHECKED, DocumentState.AVAILABLE):
        await documents.document_move(custodian, document=row.id, to=state)
    return row


async def asked(cast: Cast, document: Document | None = None, name: str = "member", **facts: Any) -> AccessRequest:
    """What the member asks."""
    paper = document or await lying(cast)
    said = {"purpose": "for the hearing", "wanted_until": UNTIL} | facts
    return await access_ask(cast[name], document=paper.id, **said)


def later(viewer: Viewer, days: int) -> Viewer:
    """The same person, so many days from now."""
    return replace(viewer, now=viewer.now + days * DAY)
