"""The files of a document: each a version, of which one is read."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from tortoise.expressions import Q

from server.errors import Conflict, Invalid, Problem
from server.models import audit
from server.models.database import transaction
from server.models.documents.shelving import kept
from server.models.documents.tables import Document, DocumentVersion
from server.rules.documents import DocumentState, Media
from server.viewer import Viewer
from server.words import say

OVER = frozenset({DocumentState.ARCHIVED, DocumentState.DESTROYED})


@dataclass(frozen=True)
class Filed:
    """A file that is kept. name: without a path; size in bytes; pages_sha256: of the PDF whose pages are read.

    declared: who brings it says that it bears no marking of a state secret.
    """

    name: str
    media: Media
    sha256: str
    size: int
    pages_sha256: str
    pages: int
    declared: bool = False


async def version_add(viewer: Viewer, *, document: UUID, file: Filed) -> DocumentVersion:
    """A new file, which is read from now on; openings of the one before are over. Raises as `may_file` does."""
    async with transaction():
        viewer, row = await may_file(viewer, document)
        return await file_in(viewer, row, file)


async def version_may(viewer: Viewer, *, document: UUID) -> None:
    """Whether it takes a file from the viewer now, asked before a file is looked at. Raises as `may_file` does."""
    async with transaction():
        await may_file(viewer, document)


async def may_file(viewer: Viewer, document: UUID) -> tuple[Viewer, Document]:
    """The viewer as they act there, and the document, where they may put a file in now.

    Raises NotThere, Refused, Invalid, Conflict.
    """
    viewer, row = await kept(viewer, document)
    if row.catalogue_only:
        message = say("It lies on paper in a physical room: no file of it is kept here.")
        raise Invalid(Problem("CATALOGUE_ONLY", message, "file", "RD-2"))
    if row.state in OVER:
        raise Conflict(Problem("DOCUMENT_OVER", say("This document is put away: it takes no file any more."), "file"))
    return viewer, row


async def file_in(viewer: Viewer, row: Document, file: Filed) -> DocumentVersion:
    """Writes it, in the transaction of a verb that asked whether the viewer may. row: locked."""
    before = await DocumentVersion.filter(document_id=row.id).order_by("-n").first()
    if before and before.current and before.sha256 == file.sha256:
        raise Conflict(Problem("SAME_FILE", say("This is the file that is read already."), "file"))
    await DocumentVersion.filter(document_id=row.id, current=True).update(current=False)
    n = before.n + 1 if before else 1
    put: dict[str, Any] = {"added_at": viewer.now, "added_by_id": viewer.account}
    version = await DocumentVersion.create(id=uuid4(), document_id=row.id, n=n, **put, **vars(file))
    await Document.filter(id=row.id).update(updated_at=viewer.now)
    await audit.record(viewer, "documents.version_add", f"doc_{row.id}", {"n": n, **vars(file)})
    return version


async def needed(hashes: Collection[str]) -> set[str]:
    """Those of these files to which some version points."""
    these: list[str] = list(hashes)
    pointing = DocumentVersion.filter(Q(sha256__in=these) | Q(pages_sha256__in=these))
    found = await pointing.values_list("sha256", "pages_sha256")
    return {one for pair in found for one in pair} & set(hashes)


async def pointed_to() -> set[str]:
    """The hashes of all files to which versions point."""
    return {one for pair in await DocumentVersion.all().values_list("sha256", "pages_sha256") for one in pair}
