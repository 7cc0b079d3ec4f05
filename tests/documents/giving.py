"""What the tests of giving begin with: a document that can be had, and what one of the cast may do with it."""

from typing import Any
from uuid import UUID

from server.models.documents import (
    AccessGrant,
    Document,
    Folder,
    Whom,
    allowed,
    deciding,
    document_add,
    folder_add,
    grant_add,
)
from server.rules.documents import Act, CatalogueAudience, DocumentState, Level, Verdict, decide
from server.viewer import Viewer
from tests.cast import Cast


async def folder(cast: Cast, **facts: Any) -> Folder:
    """A folder of the assembly's."""
    return await folder_add(cast["custodian"], **{"name_en": "Papers"} | facts)


async def document(
    cast: Cast, level: Level = Level.INTERNAL, *, within: Folder | None = None, **facts: Any
) -> Document:
    """One that is available, and of which nobody knows without a grant."""
    lies = within or await folder(cast)
    hidden = {"catalogue_audience": CatalogueAudience.NOBODY, "title_en": "Budget"}
    row = await document_add(cast["custodian"], folder=lies.id, level=level, **hidden | facts)
    await Document.filter(id=row.id).update(state=DocumentState.AVAILABLE)
    return await Document.get(id=row.id)


async def given(cast: Cast, row: Document, *whom: Whom, **terms: Any) -> list[AccessGrant]:
    """What the custodian gives, by default to the member."""
    wanted = list(whom) or [Whom(person=cast.people["member"].id)]
    return await grant_add(cast["custodian"], document=row.id, whom=wanted, **{"reason": "for the hearing"} | terms)


async def verdict(viewer: Viewer, row: Document, act: Act = Act.READ) -> Verdict:
    """What the rule says, which the query says too."""
    case = (await deciding(viewer, [row.id]))[row.id]
    said = decide(*case, act, viewer.now)
    assert await Document.filter(allowed(viewer, act), id=row.id).exists() is said.allowed
    return said


async def code(viewer: Viewer, row: Document, act: Act = Act.READ) -> str:
    """Why."""
    return (await verdict(viewer, row, act)).code


def keys(rows: list[AccessGrant]) -> list[UUID]:
    """Of these."""
    return [row.id for row in rows]
