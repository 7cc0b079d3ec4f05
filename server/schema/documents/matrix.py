"""Who may do what with which document: people beside documents, each cell the decision; and as one member sees it."""

import datetime as dt
from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any
from uuid import UUID

import strawberry
from tortoise.expressions import Q

from server.models import bodies, documents, members
from server.models.documents import Survey
from server.models.reads import Columns, Count, Read, read_all
from server.rules.documents import Act, decide
from server.rules.grants import OF_OTHERS
from server.rules.permissions import Action
from server.schema.declared import COUNTED, Ref
from server.schema.documents.offers import must_keep, place_of
from server.schema.documents.types import Document
from server.schema.guard import needs
from server.schema.making import made, makes, picked
from server.schema.members import Person
from server.schema.problems import Problems
from server.schema.reading import Answer, Asking, shows
from server.schema.rows import seen
from server.viewer import Viewer

PEOPLE, PAPERS, SEEN = 100, 50, 200
"""As many people and documents as a matrix has; documents of a view as someone."""


@strawberry.type(description="The decision about one person and one document, said of that person (RD-1).")
class AccessCell:
    """One cell."""

    allowed: bool = strawberry.field(description="The answer.")
    code: str = strawberry.field(description="Why, for programs: see `AccessDecision.code`.")
    reason: str = strawberry.field(description="The same in words, in your language.")
    rule: str = strawberry.field(description="The step of the rule that decided.")
    valid_until: dt.datetime | None = strawberry.field(
        description="When the permission ends that allows it; null where none does."
    )


@strawberry.type(description="One person and what they may do with each document, in the order of the documents.")
class AccessRow:
    """One row."""

    person: Person | None = picked("people", "Who; null where you may not see people.")
    cells: list[AccessCell] = strawberry.field(description="One for each document.", metadata={COUNTED: PAPERS})


@strawberry.type(description="People beside documents: who may do something now, and why.")
class AccessMatrix:
    """At most 100 people and 50 documents."""

    people: int = strawberry.field(description="How many people there are in all.")
    papers: int = strawberry.field(description="How many documents there are in all.")
    documents: list[Document] = picked("papers", "The newest documents, at most 50.")
    rows: list[AccessRow] = strawberry.field(
        description="The first people by pinyin, at most 100.", metadata={COUNTED: PEOPLE}
    )


@strawberry.type(description="A document as someone else finds it.")
class SeenDocument:
    """One that they may know of."""

    document: Document | None = strawberry.field(description="The document, which you keep.")
    read: AccessCell = strawberry.field(description="Whether they may read it now, and why.")


@strawberry.type(description="Which of the documents that you keep someone may know of. They are told that you looked.")
class ViewedAs:
    """Success."""

    person: Person | None = strawberry.field(description="Who.")
    documents: list[SeenDocument] = strawberry.field(
        description="The newest first, at most 200; no content, no notes.", metadata={COUNTED: SEEN}
    )


ViewAsResult = Annotated[
    ViewedAs | Problems, strawberry.union("ViewAsResult", description="What they find, or why not.")
]
On = Annotated[strawberry.ID, strawberry.argument(description="This document, or the folder and all below.")]
OfBody = Annotated[strawberry.ID | None, strawberry.argument(description="Who belongs to this body today.")]
Words = Annotated[str | None, strawberry.argument(description="Only people in whose names these words are found.")]
TheAct = Annotated[Act, strawberry.argument(description="What they want to do.")]
ThePerson = Annotated[strawberry.ID, strawberry.argument(description="As whom.")]


@strawberry.type
class MatrixQuery:
    """Root fields that look at many decisions."""

    @makes(
        "Who may do this with which of the documents that you keep: those of a body, those found by name, or, where "
        "neither is said, those who were given something there by name.",
        kind=AccessMatrix,
        extensions=needs(Action.MANAGE_DOCUMENTS),
    )
    async def access_matrix(
        self, info: Answer, on: On, body: OfBody = None, search: Words = None, act: TheAct = Act.READ
    ) -> Any:
        """One statement."""
        asking, viewer = info.context, info.context.viewer
        model, key = place_of(on)
        await must_keep(asking, model, key)
        lies = documents.below(key) if model is documents.Folder else Q(id=key)
        every = documents.Document.filter(lies, documents.allowed(viewer, Act.MANAGE))
        papers = every.order_by("-created_at", "id").limit(PAPERS)
        wanted = await _people(asking, key, body, search)
        people = wanted.order_by("sort_pinyin", "id").limit(PEOPLE)
        reads: dict[str, Read] = documents.surveying(viewer, people, papers) | {
            "rows": Columns(people, ("id",)),
            "of_people": Count(wanted),
            "of_papers": Count(every),
        }
        make = partial(_matrix, viewer, act, people, papers)
        return await made(asking, reads, make, people=people, papers=papers)


async def _people(asking: Asking, place: UUID, body: str | None, search: str | None) -> Any:
    found = members.visible_people(asking.viewer)
    if body:
        found &= bodies.sitting_in(await seen(asking, bodies.Body, body, "body"), asking.viewer.today)
    if search:
        found &= members.matching(search)
    if not body and not search:
        found &= documents.named_on(place)
    return members.Person.filter(found)


def _matrix(viewer: Viewer, act: Act, people: Any, papers: Any, found: Mapping[str, Any]) -> AccessMatrix:
    survey = Survey(found)
    return shows(
        AccessMatrix,
        people=found["of_people"],
        papers=found["of_papers"],
        documents=[Ref(key, papers) for key in survey.papers],
        rows=[
            shows(
                AccessRow,
                person=Ref(person, people),
                cells=[_cell(viewer, survey, person, key, act) for key in survey.papers],
            )
            for (person,) in found["rows"]
        ],
    )


def _cell(viewer: Viewer, survey: Survey, person: UUID, document: UUID, act: Act) -> AccessCell:
    paper = survey.paper(person, document)
    verdict = decide(survey.reader(person, document), paper, act, viewer.clock)
    return AccessCell(
        allowed=verdict.allowed,
        code=verdict.code,
        reason=OF_OTHERS[verdict.code].into(viewer.locale),
        rule=verdict.rule,
        valid_until=next((one.valid_until for one in paper.grants if one.id == verdict.grant), None),
    )


@strawberry.type
class MatrixMutation:
    """Looking as someone else is an act: it is logged, and told to them."""

    @strawberry.mutation(
        description="Looks which of the documents that you keep someone may know of and read, and why: decisions and "
        "titles only. It is logged, and they are told who looked, and when.",
        extensions=needs(Action.MANAGE_DOCUMENTS),
    )
    async def document_view_as(self, info: Answer, person: ThePerson) -> ViewAsResult:
        """As many statements however many documents there are."""
        asking, viewer = info.context, info.context.viewer
        key = await seen(asking, members.Person, person, "person")
        await documents.view_as(viewer, person=key)
        one = members.Person.filter(id=key)
        papers = documents.Document.filter(documents.allowed(viewer, Act.MANAGE)).order_by("-created_at", "id")
        survey = Survey(await read_all(documents.surveying(viewer, one, papers)))
        told = [row for row in survey.papers if _cell(viewer, survey, key, row, Act.SEE).allowed][:SEEN]
        rows = {row.id: row for row in await documents.Document.filter(id__in=told)}
        return shows(
            ViewedAs,
            person=await one.first(),
            documents=[
                shows(SeenDocument, document=rows[row], read=_cell(viewer, survey, key, row, Act.READ)) for row in told
            ],
        )
