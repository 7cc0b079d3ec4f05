"""Materials asked of departments, as keepers ask for them and departments answer."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any

import strawberry

from server.models import asking, bodies
from server.models.documents import Document as DocumentRow
from server.models.documents import Folder as FolderRow
from server.models.documents import MaterialRequest as Row
from server.rules.access import MaterialState
from server.rules.documents import DocumentState, Level
from server.rules.materials import MaterialStep, material_late_by
from server.rules.permissions import Action
from server.schema.access import account_read, called
from server.schema.arguments import spread
from server.schema.bodies import Body
from server.schema.declared import DESCRIBED
from server.schema.documents import Document, Folder
from server.schema.guard import needs
from server.schema.ids import id_for, key_of
from server.schema.making import made, makes
from server.schema.node import Node
from server.schema.paging import Connection, Slice, connect
from server.schema.problems import Problems
from server.schema.reading import Answer, Id, column, computed, many, one, reads, shows
from server.schema.rows import row_of

Asked = strawberry.Parent[Row]
MOST_FILES = 500
"""Files that answer one request, as many as there may well be."""


@strawberry.type(description="A file that a department delivered: as it came, and how its document stands.")
class DeliveredFile:
    """All that the department is shown of it; what the folder holds besides is not theirs."""

    document: strawberry.ID = strawberry.field(description="The ID of its document, which only some may see.")
    name: str = strawberry.field(description="What the file was called.")
    size: int = strawberry.field(description="Its size in bytes.")
    pages: int = strawberry.field(description="How many pages it has.")
    delivered_at: dt.datetime = strawberry.field(description="When it came.")
    state: DocumentState = strawberry.field(description="How its document stands: a draft until somebody checked it.")


@strawberry.type(description="What a department is asked to deliver into a folder, and what became of that.")
@reads(Row, asking.visible_material_requests)
class MaterialRequest(Node):
    """Told to the department and to who keeps the folder, and to nobody else."""

    department = one(bodies.Body, "department", Body | None, "Who is asked; null where you may not see it.")
    folder = one(FolderRow, "folder", Folder | None, "Into which folder it is delivered; null for a department.")
    topic: str = column("For what it is needed.")
    what: str = column("What is asked for.")
    level: Level = column("The level that what is delivered will have.")
    state: MaterialState = column("How it stands.")
    due_on: dt.date = column("The day by which it is delivered.")
    due_without: int | None = column(
        "The year whose public holidays were not known when that day was reckoned; null where all were known."
    )
    promised_for: dt.date | None = column("The day that the department named; null for none.")
    reason: str = column("Why it was declined, what is missing, or why it is not needed any more; or empty.")
    asked_at: dt.datetime = column("When it was asked.")
    decided_at: dt.datetime | None = column("When it was declined, taken back or found to be all there; null else.")
    documents = many(
        DocumentRow,
        "material",
        Document,
        "What was delivered, as far as you may know of it: all of it for who keeps the folder.",
        order=("created_at", "id"),
        counted=MOST_FILES,
    )

    @computed("For how many days it should have been delivered; 0 where it is not late.", "state", "due_on")
    def late_by(root: Asked, info: Answer) -> int:
        """A promise moves no day."""
        return material_late_by(root.state, root.due_on, info.context.viewer.today)

    @makes("Who asked, by name; null where it was the system.", "asked_by_id")
    async def asked_by(root: Asked, info: Answer) -> str | None:
        """A department is told who it is that asks."""
        viewer = info.context.viewer
        return await made(info.context, account_read(root.asked_by_id), lambda found: called(viewer, found))

    @makes("What you can do with it now.", "id", "folder_id", "department_id", "state")
    async def steps(root: Asked, info: Answer) -> list[MaterialStep]:
        """The verbs ask the same rule."""
        viewer = info.context.viewer
        return await made(
            info.context, asking.side_reads(root, viewer), lambda found: asking.steps_of(root, viewer, found)
        )

    @makes("The files that were delivered, in the order in which they came.", "id", counted=MOST_FILES)
    async def delivered(root: Asked, info: Answer) -> list[DeliveredFile]:
        """For the department, too, which sees no document of the folder."""
        return await made(info.context, {"files": asking.delivered_read(root.id)}, _files)


def _files(found: Mapping[str, Any]) -> list[DeliveredFile]:
    return [
        DeliveredFile(
            document=id_for(DocumentRow, key), name=name, size=size, pages=pages, delivered_at=at, state=state
        )
        for key, name, size, pages, at, state in found["files"]
    ]


@strawberry.type(description="The request as it is now.")
class MaterialRequestPayload:
    """Success."""

    request: MaterialRequest = strawberry.field(description="The request.")


MaterialRequestResult = Annotated[
    MaterialRequestPayload | Problems, strawberry.union("MaterialRequestResult", description="The request, or why not.")
]
OfState = Annotated[MaterialState | None, strawberry.argument(description="Only those that stand so.")]
Late = Annotated[bool, strawberry.argument(description="Only those that should have been delivered by now.")]
IntoFolder = Annotated[strawberry.ID, strawberry.argument(description="A folder that you keep.")]
OfDepartment = Annotated[strawberry.ID, strawberry.argument(description="The department, one with a contact.")]
TheTopic = Annotated[str, strawberry.argument(description="For what it is needed.")]
TheWhat = Annotated[str, strawberry.argument(description="What is to be delivered.")]
TheLevel = Annotated[Level, strawberry.argument(description="The level that what is delivered will have.")]
InDays = Annotated[int | None, strawberry.argument(description="Due after so many working days; 10 unless said.")]
DueOn = Annotated[dt.date | None, strawberry.argument(description="Due on this day, instead of after so many.")]
OnDay = Annotated[dt.date, strawberry.argument(description="The day on which it will be there.")]
TheReason = Annotated[str, strawberry.argument(description="Why, in words to the other side.")]
TheMissing = Annotated[str, strawberry.argument(description="What is missing, in words to the department.")]
TheFile = Annotated[strawberry.ID, strawberry.argument(description="Its document.")]


@strawberry.type
class MaterialQuery:
    """Root fields of this room."""

    @strawberry.field(
        description="Materials asked of departments into folders that you keep, those due longest first.",
        graphql_type=Connection[MaterialRequest],
        extensions=needs(Action.MANAGE_DOCUMENTS),
        metadata=DESCRIBED,
    )
    @spread
    async def material_requests(self, info: Answer, *, state: OfState = None, late: Late = False, part: Slice) -> Any:
        """Without a state those that are not over."""
        viewer = info.context.viewer
        rows = Row.filter(asking.kept_material_requests(viewer))
        rows = rows.filter(state=state) if state else rows.filter(asking.waiting_material_requests())
        rows = rows.filter(asking.late_material_requests(viewer)) if late else rows
        return await connect(info.context, rows, ("due_on", "id"), part)

    @strawberry.field(
        description="Materials asked of your department, those due longest first.",
        graphql_type=Connection[MaterialRequest],
        extensions=needs(Action.READ_DOCUMENTS),
        metadata=DESCRIBED,
    )
    @spread
    async def own_material_requests(
        self, info: Answer, *, state: OfState = None, late: Late = False, part: Slice
    ) -> Any:
        """Without a state those that are not over."""
        viewer = info.context.viewer
        rows = Row.filter(asking.own_material_requests(viewer))
        rows = rows.filter(state=state) if state else rows.filter(asking.waiting_material_requests())
        rows = rows.filter(asking.late_material_requests(viewer)) if late else rows
        return await connect(info.context, rows, ("due_on", "id"), part)

    @strawberry.field(
        description="One request for materials, null where there is none or not for you.",
        graphql_type=MaterialRequest | None,
        extensions=needs(Action.READ_DOCUMENTS),
        metadata=DESCRIBED,
    )
    async def material_request(self, info: Answer, id: Id) -> Any:
        """By its ID."""
        return await row_of(info.context, Row, key_of(id, Row))


@strawberry.type
class MaterialMutation:
    """Root fields that change this room. Each asks `material_steps`. Files come in as those of documents do."""

    @strawberry.mutation(
        description="Asks a department to deliver something into a folder that you keep.",
        extensions=needs(Action.MANAGE_DOCUMENTS),
    )
    async def material_request_send(
        self,
        info: Answer,
        folder: IntoFolder,
        department: OfDepartment,
        topic: TheTopic,
        what: TheWhat,
        level: TheLevel = Level.INTERNAL,
        working_days: InDays = None,
        due_on: DueOn = None,
    ) -> MaterialRequestResult:
        """Its contacts are told."""
        row = await asking.material_ask(
            info.context.viewer,
            folder=key_of(folder, FolderRow, field="folder"),
            department=key_of(department, bodies.Body, field="department"),
            topic=topic,
            what=what,
            level=level,
            working_days=working_days,
            due_on=due_on,
        )
        return shows(MaterialRequestPayload, request=row)

    @strawberry.mutation(
        description="As the department: says on which day it will be there.",
        extensions=needs(Action.DELIVER_MATERIALS),
    )
    async def material_request_promise(self, info: Answer, id: Id, on: OnDay) -> MaterialRequestResult:
        """The day on which it is due stays."""
        row = await asking.material_promise(info.context.viewer, request=key_of(id, Row), on=on)
        return shows(MaterialRequestPayload, request=row)

    @strawberry.mutation(
        description="As the department: says that nothing will come, and why.",
        extensions=needs(Action.DELIVER_MATERIALS),
    )
    async def material_request_decline(self, info: Answer, id: Id, reason: TheReason) -> MaterialRequestResult:
        """Who keeps the folder is told."""
        row = await asking.material_decline(info.context.viewer, request=key_of(id, Row), reason=reason)
        return shows(MaterialRequestPayload, request=row)

    @strawberry.mutation(
        description="As the department: takes back a file that nobody has checked yet.",
        extensions=needs(Action.DELIVER_MATERIALS),
    )
    async def material_file_take_back(self, info: Answer, id: Id, document: TheFile) -> MaterialRequestResult:
        """It is put away, and read no more."""
        key = key_of(document, DocumentRow, field="document")
        row = await asking.material_retract(info.context.viewer, request=key_of(id, Row), document=key)
        return shows(MaterialRequestPayload, request=row)

    @strawberry.mutation(
        description="As who keeps the folder: says that it is all there.", extensions=needs(Action.MANAGE_DOCUMENTS)
    )
    async def material_request_accept(self, info: Answer, id: Id) -> MaterialRequestResult:
        """Each document is checked and opened by itself."""
        row = await asking.material_accept(info.context.viewer, request=key_of(id, Row))
        return shows(MaterialRequestPayload, request=row)

    @strawberry.mutation(
        description="As who keeps the folder: says what is missing, or asks once more; due anew.",
        extensions=needs(Action.MANAGE_DOCUMENTS),
    )
    async def material_request_ask_again(
        self, info: Answer, id: Id, missing: TheMissing, working_days: InDays = None, due_on: DueOn = None
    ) -> MaterialRequestResult:
        """What came already stays."""
        due: Any = {"working_days": working_days, "due_on": due_on}
        row = await asking.material_ask_again(info.context.viewer, request=key_of(id, Row), missing=missing, **due)
        return shows(MaterialRequestPayload, request=row)

    @strawberry.mutation(
        description="As who keeps the folder: says that it is not needed any more, and why.",
        extensions=needs(Action.MANAGE_DOCUMENTS),
    )
    async def material_request_take_back(self, info: Answer, id: Id, reason: TheReason) -> MaterialRequestResult:
        """The department is told."""
        row = await asking.material_take_back(info.context.viewer, request=key_of(id, Row), reason=reason)
        return shows(MaterialRequestPayload, request=row)
