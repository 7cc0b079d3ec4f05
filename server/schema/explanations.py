"""Questions about documents, as readers ask them and departments answer them (RD-4). Nobody is told who asked."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

import strawberry

from server.models import asking, bodies, documents
from server.models.documents import Explanation as Row
from server.models.reads import Columns, Read
from server.rules.explanations import ExplanationState, ExplanationStep, explanation_late_by, explanation_steps
from server.rules.permissions import Action
from server.schema.arguments import spread
from server.schema.bodies import Body
from server.schema.declared import DESCRIBED
from server.schema.documents import Document
from server.schema.guard import needs, public
from server.schema.ids import key_of
from server.schema.making import made, makes
from server.schema.node import Node
from server.schema.paging import Connection, Slice, connect
from server.schema.problems import Problems
from server.schema.reading import Answer, Id, column, computed, one, reads, shows
from server.schema.rows import row_of, seen
from server.viewer import Viewer
from server.words import both_names

Asked = strawberry.Parent[Row]


def _named(key: UUID) -> dict[str, Read]:
    return {"named": Columns(documents.Document.filter(id=key), ("title_zh", "title_en", "no"))}


def _title(root: Any, viewer: Viewer, found: Mapping[str, Any]) -> str | None:
    for title_zh, title_en, _ in found["named"]:
        return both_names(title_zh, title_en).into(viewer.locale) if _answers(root, viewer) else None
    return None


def _no(root: Any, viewer: Viewer, found: Mapping[str, Any]) -> str | None:
    for *_, no in found["named"]:
        return str(no) if _answers(root, viewer) else None
    return None


def _answers(root: Any, viewer: Viewer) -> bool:
    return viewer.may(Action.ANSWER_EXPLANATIONS, root.department_id).allowed


@strawberry.type(
    description="A question about a document to its department, and the answer. Nobody is told who asked (RD-4)."
)
@reads(Row, asking.visible_explanations)
class Explanation(Node):
    """A question."""

    document = one(
        documents.Document,
        "document",
        Document | None,
        "What it is about; null where you may not, or no longer, know of it.",
    )
    department = one(bodies.Body, "department", Body | None, "Who is asked; null where you may not see it.")
    question: str = column("What is asked.")
    state: ExplanationState = column("How it stands.")
    asked_at: dt.datetime = column("When it was asked.")
    due_on: dt.date = column("The day by which it is answered.")
    due_without: int | None = column(
        "The year whose public holidays were not known when that day was reckoned; null where all were known."
    )
    reply: str = column("What the department answered, or empty.")
    replied_at: dt.datetime | None = column("When it was answered; null while it waits.")
    to_all: bool = column("Whether everyone who may read the document sees question and answer.")

    @computed("Whether it is your own.", "person_id")
    def own(root: Asked, info: Answer) -> bool:
        """By person, whichever of their accounts asks."""
        return root.person_id == info.context.viewer.person

    @computed("For how many days it should have been answered; 0 where it is not late.", "state", "due_on")
    def late_by(root: Asked, info: Answer) -> int:
        """Of those that wait."""
        return explanation_late_by(root.state, root.due_on, info.context.viewer.today)

    @makes(
        "The title of the document, for the department that is asked, which may know no more of it; null for others.",
        *("document_id", "department_id"),
    )
    async def title(root: Asked, info: Answer) -> str | None:
        """Others find it in `document`."""
        viewer = info.context.viewer
        return await made(info.context, _named(root.document_id), lambda found: _title(root, viewer, found))

    @makes("The number of the document, for the same; null for others.", "document_id", "department_id")
    async def no(root: Asked, info: Answer) -> str | None:
        """As with the title."""
        viewer = info.context.viewer
        return await made(info.context, _named(root.document_id), lambda found: _no(root, viewer, found))

    @makes("What you can do with it now.", "document_id", "department_id", "person_id", "state", "to_all")
    async def steps(root: Asked, info: Answer) -> list[ExplanationStep]:
        """The verbs ask the same rule."""
        viewer = info.context.viewer

        def make(found: Mapping[str, Any]) -> list[ExplanationStep]:
            return explanation_steps(root.state, root.to_all, asking.part_of(viewer, root, found))

        return await made(info.context, asking.part_reads(viewer, root.document_id), make)


@strawberry.type(description="The question as it is now.")
class ExplanationPayload:
    """Success."""

    explanation: Explanation = strawberry.field(description="The question.")


ExplanationResult = Annotated[
    ExplanationPayload | Problems, strawberry.union("ExplanationResult", description="The question, or why not.")
]
OfState = Annotated[ExplanationState | None, strawberry.argument(description="Only those that stand so.")]
Late = Annotated[bool, strawberry.argument(description="Only those that should have been answered by now.")]
ToAll = Annotated[bool | None, strawberry.argument(description="Only those that every reader sees, or only others.")]
About = Annotated[strawberry.ID | None, strawberry.argument(description="Only those about this document.")]
OfDocument = Annotated[strawberry.ID, strawberry.argument(description="The document, which you may read.")]
TheQuestion = Annotated[str, strawberry.argument(description="What you want explained.")]
TheReply = Annotated[str, strawberry.argument(description="The answer; an empty line parts its paragraphs.")]


@strawberry.type
class ExplanationQuery:
    """Root fields of this room."""

    @strawberry.field(
        description="Questions that you answer for a department, or about documents that you keep, the longest due "
        "first.",
        graphql_type=Connection[Explanation],
        extensions=needs(Action.READ_DOCUMENTS),
        metadata=DESCRIBED,
    )
    @spread
    async def explanations(
        self,
        info: Answer,
        *,
        state: OfState = None,
        late: Late = False,
        to_all: ToAll = None,
        document: About = None,
        part: Slice,
    ) -> Any:
        """Those that wait, and those that were answered."""
        viewer = info.context.viewer
        rows = Row.filter(asking.worked_on_explanations(viewer))
        rows = rows.filter(state=state) if state else rows
        rows = rows.filter(asking.late_explanations(viewer)) if late else rows
        rows = rows.filter(to_all=to_all) if to_all is not None else rows
        if document:
            rows = rows.filter(document_id=await seen(info.context, documents.Document, document, "document"))
        return await connect(info.context, rows, ("due_on", "id"), part)

    @strawberry.field(
        description="Your own questions about documents, the newest first.",
        graphql_type=Connection[Explanation],
        extensions=needs(Action.READ_DOCUMENTS),
        metadata=DESCRIBED,
    )
    @spread
    async def own_explanations(self, info: Answer, *, part: Slice) -> Any:
        """Those that were taken back, too."""
        rows = Row.filter(asking.own_explanations(info.context.viewer))
        return await connect(info.context, rows, ("-asked_at", "id"), part)

    @strawberry.field(
        description="One question about a document, null where there is none or not for you.",
        graphql_type=Explanation | None,
        extensions=public(),
        metadata=DESCRIBED,
    )
    async def explanation(self, info: Answer, id: Id) -> Any:
        """By its ID. What all readers of a public document see, everyone does."""
        return await row_of(info.context, Row, key_of(id, Row))


@strawberry.type
class ExplanationMutation:
    """Root fields that change this room. Each asks the table of moves."""

    @strawberry.mutation(
        description="Asks the department of a document that you may read now.",
        extensions=needs(Action.ASK_ABOUT_DOCUMENTS),
    )
    async def explanation_ask(self, info: Answer, document: OfDocument, question: TheQuestion) -> ExplanationResult:
        """It answers within ten working days."""
        key = key_of(document, documents.Document, field="document")
        row = await asking.explanation_ask(info.context.viewer, document=key, question=question)
        return shows(ExplanationPayload, explanation=row)

    @strawberry.mutation(
        description="As the department: answers a question.", extensions=needs(Action.ANSWER_EXPLANATIONS)
    )
    async def explanation_answer(self, info: Answer, id: Id, reply: TheReply) -> ExplanationResult:
        """Whoever asked is told."""
        row = await asking.explanation_answer(info.context.viewer, explanation=key_of(id, Row), reply=reply)
        return shows(ExplanationPayload, explanation=row)

    @strawberry.mutation(description="Takes back what you asked.", extensions=needs(Action.ASK_ABOUT_DOCUMENTS))
    async def explanation_withdraw(self, info: Answer, id: Id) -> ExplanationResult:
        """As long as it waits."""
        row = await asking.explanation_withdraw(info.context.viewer, explanation=key_of(id, Row))
        return shows(ExplanationPayload, explanation=row)

    @strawberry.mutation(
        description="Shows question and answer to everyone who may read the document, and not who asked.",
        extensions=needs(Action.MANAGE_DOCUMENTS),
    )
    async def explanation_publish(self, info: Answer, id: Id) -> ExplanationResult:
        """As they were written."""
        row = await asking.explanation_publish(info.context.viewer, explanation=key_of(id, Row))
        return shows(ExplanationPayload, explanation=row)

    @strawberry.mutation(
        description="Undoes that: other readers see them no more.", extensions=needs(Action.MANAGE_DOCUMENTS)
    )
    async def explanation_unpublish(self, info: Answer, id: Id) -> ExplanationResult:
        """From the next request on."""
        row = await asking.explanation_unpublish(info.context.viewer, explanation=key_of(id, Row))
        return shows(ExplanationPayload, explanation=row)
