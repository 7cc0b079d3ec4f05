"""What can be asked of documents: folders, documents that one may see or read, grants."""

from typing import Annotated, Any

import strawberry
from tortoise.expressions import Q

from server.models import documents, members
from server.rules.documents import Act
from server.rules.permissions import Action
from server.schema.arguments import spread
from server.schema.declared import DESCRIBED
from server.schema.documents.types import (
    ByFolder,
    ByState,
    Document,
    Folder,
    ReadingAgreement,
    WithAct,
    Words,
    in_folder,
)
from server.schema.guard import needs, public
from server.schema.ids import key_of
from server.schema.paging import Connection, Slice, connect
from server.schema.reading import Answer, Id
from server.schema.rows import all_of, row_of, seen

AT_THE_TOP = Q(parent_id__isnull=True)
Manageable = Annotated[bool, strawberry.argument(description="Only those that you keep.")]


@strawberry.type
class DocumentQuery:
    """Root fields of this room. Which rows are told is part of each query (RD-1)."""

    @strawberry.field(
        description="The folders of which you may know, by name: all at the top, or all that you keep.",
        graphql_type=list[Folder],
        extensions=public(),
        metadata=DESCRIBED,
    )
    async def folders(self, info: Answer, manageable: Manageable = False) -> Any:
        """Few by nature."""
        viewer = info.context.viewer
        found = documents.kept_folders(viewer) if manageable else documents.visible_folders(viewer) & AT_THE_TOP
        return await all_of(info.context, documents.Folder.filter(found).order_by("sort", "id"))

    @strawberry.field(
        description="One folder, null where there is none or not for you.",
        graphql_type=Folder | None,
        extensions=public(),
        metadata=DESCRIBED,
    )
    async def folder(self, info: Answer, id: Id) -> Any:
        """By its ID."""
        return await row_of(info.context, documents.Folder, key_of(id, documents.Folder))

    @strawberry.field(
        description="Documents of which you may know, the newest first; or those with which you may do more.",
        graphql_type=Connection[Document],
        extensions=public(),
        metadata=DESCRIBED,
    )
    @spread
    async def documents(
        self,
        info: Answer,
        *,
        search: Words = None,
        folder: ByFolder = None,
        state: ByState = None,
        may: WithAct = Act.SEE,
        part: Slice,
    ) -> Any:
        """One statement."""
        asking = info.context
        found = documents.allowed(asking.viewer, may)  # what one may do anything with, one may see
        if folder:
            found &= in_folder(await seen(asking, documents.Folder, folder, "folder"))
        if search:
            found &= members.matching(search)
        rows = documents.Document.filter(found, state=state) if state else documents.Document.filter(found)
        return await connect(asking, rows, ("-created_at", "id"), part)

    @strawberry.field(
        description="One document, null where there is none or not for you.",
        graphql_type=Document | None,
        extensions=public(),
        metadata=DESCRIBED,
    )
    async def document(self, info: Answer, id: Id) -> Any:
        """By its ID."""
        return await row_of(info.context, documents.Document, key_of(id, documents.Document))

    @strawberry.field(
        description="The wordings of the agreement that readers accept, the newest first; that one is asked for.",
        graphql_type=list[ReadingAgreement],
        extensions=needs(Action.READ_DOCUMENTS),
        metadata=DESCRIBED,
    )
    async def agreements(self, info: Answer) -> Any:
        """Few by nature."""
        found = documents.visible_agreements(info.context.viewer)
        return await all_of(info.context, documents.ReadingAgreement.filter(found).order_by("-n", "id"))
