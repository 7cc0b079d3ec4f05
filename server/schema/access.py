"""Wishes to read a document, as people ask them and keepers answer them (RD-5)."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

import strawberry

from server.models import accounts, asking, calendar, documents, members
from server.models.documents import AccessRequest as Row
from server.models.reads import Columns, Read
from server.rules.access import (
    FOR_THE_OFFICE,
    AccessState,
    AccessStep,
    Refusal,
    Wish,
    access_figures,
    access_late_by,
    access_steps,
)
from server.rules.access import AccessFigures as Counted
from server.rules.documents import Act
from server.rules.permissions import Action
from server.schema.arguments import spread
from server.schema.declared import DESCRIBED
from server.schema.documents import AccessGrant, Document
from server.schema.guard import needs
from server.schema.ids import key_of
from server.schema.making import made, makes
from server.schema.members import Person
from server.schema.node import Node
from server.schema.paging import Connection, Slice, connect
from server.schema.problems import Problems
from server.schema.reading import Answer, Id, column, computed, one, reads, shows
from server.schema.rows import reckoned, row_of
from server.viewer import Viewer
from server.words import both_names

Asked = strawberry.Parent[Row]
COLUMNS = ("state", "code", "asked_at", "due_on", "decided_at", "review_asked_at")
"""Of a wish that is counted."""
DECIDED = ("decided_by_id", "decided_for_id")
NAMES = ("name", "person__name_zh", "person__name_en")


def called(viewer: Viewer, found: Mapping[str, Any]) -> str | None:
    """Of whoever did something, as people call them; None for nobody yet. found: as `account_read` has it."""
    for account, name_zh, name_en in found["names"]:
        person = both_names(name_zh or "", name_en or "").into(viewer.locale)
        return person or str(account)
    return None


def account_read(key: UUID | None) -> dict[str, Read]:
    """What is read to name whoever is behind an account."""
    return {"names": Columns(accounts.Account.filter(id=key), NAMES)}


@strawberry.type(description="Someone who may see a document asks to read it, and what became of that (RD-5).")
@reads(Row, asking.visible_access_requests)
class AccessRequest(Node):
    """A wish to read."""

    document = one(
        documents.Document,
        "document",
        Document | None,
        "What is asked for; null where you may not, or no longer, know of it.",
    )
    person = one(members.Person, "person", Person | None, "Who asks.")
    act: Act = column("What is asked for: to read it, or to have it as a file.")
    purpose: str = column("What it is needed for.")
    wanted_until: dt.date = column("The last day on which it is needed.")
    state: AccessState = column("How it stands.")
    asked_at: dt.datetime = column("When it was asked.")
    due_on: dt.date = column("The day by which it is answered.")
    due_without: int | None = column(
        "The year whose public holidays were not known when that day was reckoned; null where all were known."
    )
    decided_at: dt.datetime | None = column("When it was granted or refused first; null while it waits.")
    code: Refusal | None = column("Why it was refused, of the closed list; null where it was not.")
    answer: str = column("What whoever answered said or asked back, or empty.")
    grant = one(documents.AccessGrant, "grant", AccessGrant | None, "What was given; null for nothing.")
    review_until: dt.date | None = column("The last day on which a review can be asked for; null where none can.")
    review_asked_at: dt.datetime | None = column("When a review was asked for; null for never.")
    review_words: str = column("Why a review is asked for, or empty.")
    review_due_on: dt.date | None = column("The day by which it is reviewed; null where it is not.")
    reviewed_at: dt.datetime | None = column("When it was reviewed; null for not yet.")
    review_answer: str = column("What the reviewer said, or empty.")

    @computed("Whether it is your own.", "person_id")
    def own(root: Asked, info: Answer) -> bool:
        """By person, whichever of their accounts asks."""
        return root.person_id == info.context.viewer.person

    @computed(
        "For how many days it should have been answered; 0 where it is not late.", "state", "due_on", "review_due_on"
    )
    def late_by(root: Asked, info: Answer) -> int:
        """Of a review that is late, too."""
        return access_late_by(root.state, root.due_on, root.review_due_on, info.context.viewer.today)

    @makes("Who granted or refused it first, by name; null while it waits.", "decided_by_id")
    async def decided_by(root: Asked, info: Answer) -> str | None:
        """Whoever asks is told by whom they were answered."""
        viewer = info.context.viewer
        return await made(info.context, account_read(root.decided_by_id), lambda found: called(viewer, found))

    @makes("In whose place, by name, where a deputy decided it; null for nobody's.", "decided_for_id")
    async def decided_for(root: Asked, info: Answer) -> str | None:
        """Both are named."""
        viewer = info.context.viewer
        return await made(info.context, account_read(root.decided_for_id), lambda found: called(viewer, found))

    @makes("Who reviewed it, by name; null for nobody.", "reviewer_id")
    async def reviewed_by(root: Asked, info: Answer) -> str | None:
        """Never who refused it."""
        viewer = info.context.viewer
        return await made(info.context, account_read(root.reviewer_id), lambda found: called(viewer, found))

    @makes("What you can do with it now.", "document_id", "person_id", "state", *DECIDED, "review_until")
    async def steps(root: Asked, info: Answer) -> list[AccessStep]:
        """The verbs ask the same rule."""
        viewer = info.context.viewer

        def make(found: Mapping[str, Any]) -> list[AccessStep]:
            standing = asking.standing_of(viewer, root.person_id, found)
            return access_steps(root.state, standing, review_until=root.review_until, today=viewer.today)

        reads = asking.standing_reads(viewer, root.document_id, root.decided_by_id, root.decided_for_id)
        return await made(info.context, reads, make)


@strawberry.type(description="How many stand so.")
class AccessOfState:
    """One of the figures."""

    state: AccessState = strawberry.field(description="How they stand.")
    count: int = strawberry.field(description="How many.")


@strawberry.type(description="How many were refused for this reason.")
class AccessOfReason:
    """One of the figures."""

    code: Refusal = strawberry.field(description="The reason.")
    count: int = strawberry.field(description="How many.")


@strawberry.type(description="What became of the wishes to read that were asked in one year (RD-5).")
class AccessFigures:
    """Numbers only: nobody, and no document, is named."""

    year: int = strawberry.field(description="The year in which they were asked.")
    asked: int = strawberry.field(description="How many.")
    states: list[AccessOfState] = strawberry.field(description="How they stand today, each state once.")
    refused: int = strawberry.field(description="How many were refused, whatever a review said later.")
    reasons: list[AccessOfReason] = strawberry.field(description="Why, each reason of the closed list once.")
    reviews: int = strawberry.field(description="For how many a review was asked.")
    overturned: int = strawberry.field(description="How many a reviewer granted.")
    decided: int = strawberry.field(description="How many were granted or refused at first.")
    late: int = strawberry.field(description="How many of all were not answered by their day.")
    days_middle: int | None = strawberry.field(
        description="Half of those decided took no longer than so many days, days off included; null for none."
    )
    days_most: int | None = strawberry.field(description="The longest took so many days; null for none.")


@strawberry.type(description="The request as it is now.")
class AccessRequestPayload:
    """Success."""

    request: AccessRequest = strawberry.field(description="The request.")


AccessRequestResult = Annotated[
    AccessRequestPayload | Problems, strawberry.union("AccessRequestResult", description="The request, or why not.")
]
OfState = Annotated[AccessState | None, strawberry.argument(description="Only those that stand so.")]
Late = Annotated[bool, strawberry.argument(description="Only those that should have been answered by now.")]
OfYear = Annotated[int | None, strawberry.argument(description="Asked in this year; the present one unless given.")]
OfDocument = Annotated[strawberry.ID, strawberry.argument(description="The document, which you may see.")]
TheAct = Annotated[Act, strawberry.argument(description="READ, or DOWNLOAD for the file.")]
ThePurpose = Annotated[str, strawberry.argument(description="What it is needed for.")]
WantedUntil = Annotated[dt.date, strawberry.argument(description="The last day on which it is needed.")]
OtherEnd = Annotated[dt.date | None, strawberry.argument(description="Another last day, or as it was.")]
TheAnswer = Annotated[str, strawberry.argument(description="Words to whoever asks.")]
GivenAct = Annotated[Act | None, strawberry.argument(description="READ where the file was asked for; or as asked.")]
GivenUntil = Annotated[dt.date | None, strawberry.argument(description="Its last day, or as asked.")]
MaxOpens = Annotated[int | None, strawberry.argument(description="How often it may be opened; nothing for no limit.")]
TheReason = Annotated[str, strawberry.argument(description="Why not, in words to whoever asks.")]
TheQuestion = Annotated[str, strawberry.argument(description="What is missing.")]
TheCode = Annotated[Refusal, strawberry.argument(description="Why not, of the closed list.")]
TheWords = Annotated[str, strawberry.argument(description="Why another person should look at it.")]


@strawberry.type
class AccessQuery:
    """Root fields of this room."""

    @strawberry.field(
        description="Wishes to read that you may answer or review, those that are due longest first.",
        graphql_type=Connection[AccessRequest],
        extensions=needs(Action.CONFIRM_GRANTS),
        metadata=DESCRIBED,
    )
    @spread
    async def access_requests(self, info: Answer, *, state: OfState = None, late: Late = False, part: Slice) -> Any:
        """Without a state those that wait for the office."""
        viewer = info.context.viewer
        rows = Row.filter(asking.answerable_access_requests(viewer))
        rows = rows.filter(state=state) if state else rows.filter(state__in=FOR_THE_OFFICE)
        rows = rows.filter(asking.late_access_requests(viewer)) if late else rows
        return await connect(info.context, rows, ("due_on", "id"), part)

    @strawberry.field(
        description="Your own wishes to read, the newest first.",
        graphql_type=Connection[AccessRequest],
        extensions=needs(Action.READ_DOCUMENTS),
        metadata=DESCRIBED,
    )
    @spread
    async def own_access_requests(self, info: Answer, *, part: Slice) -> Any:
        """Those that were decided, too."""
        return await connect(
            info.context, Row.filter(asking.own_access_requests(info.context.viewer)), ("-asked_at", "id"), part
        )

    @strawberry.field(
        description="One wish to read, null where there is none or not for you.",
        graphql_type=AccessRequest | None,
        extensions=needs(Action.READ_DOCUMENTS),
        metadata=DESCRIBED,
    )
    async def access_request(self, info: Answer, id: Id) -> Any:
        """By its ID."""
        return await row_of(info.context, Row, key_of(id, Row))

    @makes(
        "What became of the wishes to read of a year, in numbers, for everybody inside.",
        kind=AccessFigures,
        extensions=needs(Action.READ_DOCUMENTS),
    )
    async def access_figures(self, info: Answer, year: OfYear = None) -> Any:
        """One statement."""
        viewer = info.context.viewer
        if year is not None:
            calendar.must_be_kept(year, "year")
        day = dt.date(year, 1, 1) if year is not None else viewer.today
        first = reckoned(info.context, day, lambda day: day.replace(month=1, day=1))

        def make(found: Mapping[str, Any]) -> AccessFigures:
            wishes = [_wish(row, viewer) for row in found["wishes"]]
            return _figures(day.year, access_figures((w for w in wishes if w.asked_on.year == day.year), viewer.today))

        later = Row.filter(due_on__gte=first)  # no answer is due before it was asked
        return await made(info.context, {"wishes": Columns(later, COLUMNS)}, make)


@strawberry.type
class AccessMutation:
    """Root fields that change this room. Each asks `access_steps`."""

    @strawberry.mutation(
        description="Asks to read a document that you may see.", extensions=needs(Action.ASK_ABOUT_DOCUMENTS)
    )
    async def access_request_send(
        self, info: Answer, document: OfDocument, purpose: ThePurpose, wanted_until: WantedUntil, act: TheAct = Act.READ
    ) -> AccessRequestResult:
        """Whoever keeps it answers within five working days."""
        key = key_of(document, documents.Document, field="document")
        facts: Any = {"document": key, "purpose": purpose, "wanted_until": wanted_until, "act": act}
        return shows(AccessRequestPayload, request=await asking.access_ask(info.context.viewer, **facts))

    @strawberry.mutation(
        description="Says more, where it was asked back.", extensions=needs(Action.ASK_ABOUT_DOCUMENTS)
    )
    async def access_request_complete(
        self, info: Answer, id: Id, purpose: ThePurpose, wanted_until: OtherEnd = None
    ) -> AccessRequestResult:
        """The days of the answer run anew."""
        row = await asking.access_complete(
            info.context.viewer, request=key_of(id, Row), purpose=purpose, wanted_until=wanted_until
        )
        return shows(AccessRequestPayload, request=row)

    @strawberry.mutation(description="Takes back what you asked.", extensions=needs(Action.ASK_ABOUT_DOCUMENTS))
    async def access_request_withdraw(self, info: Answer, id: Id) -> AccessRequestResult:
        """As long as it waits."""
        row = await asking.access_withdraw(info.context.viewer, request=key_of(id, Row))
        return shows(AccessRequestPayload, request=row)

    @strawberry.mutation(
        description="Asks once that another person looks at a refusal, within five working days after it.",
        extensions=needs(Action.ASK_ABOUT_DOCUMENTS),
    )
    async def access_request_ask_review(self, info: Answer, id: Id, words: TheWords) -> AccessRequestResult:
        """Never whoever refused it."""
        row = await asking.access_ask_review(info.context.viewer, request=key_of(id, Row), words=words)
        return shows(AccessRequestPayload, request=row)

    @strawberry.mutation(description="Grants what was asked, on conditions.", extensions=needs(Action.MANAGE_DOCUMENTS))
    async def access_request_give(
        self,
        info: Answer,
        id: Id,
        act: GivenAct = None,
        until: GivenUntil = None,
        max_opens: MaxOpens = None,
        answer: TheAnswer = "",
    ) -> AccessRequestResult:
        """What is work-sensitive waits for the second person."""
        row = await asking.access_give(
            info.context.viewer, request=key_of(id, Row), answer=answer, **_conditions(act, until, max_opens)
        )
        return shows(AccessRequestPayload, request=row)

    @strawberry.mutation(description="Says no, and why.", extensions=needs(Action.MANAGE_DOCUMENTS))
    async def access_request_refuse(
        self, info: Answer, id: Id, code: TheCode, reason: TheReason = ""
    ) -> AccessRequestResult:
        """Whoever asks reads the reason, and may ask for a review."""
        row = await asking.access_refuse(info.context.viewer, request=key_of(id, Row), code=code, reason=reason)
        return shows(AccessRequestPayload, request=row)

    @strawberry.mutation(description="Asks back what is missing.", extensions=needs(Action.MANAGE_DOCUMENTS))
    async def access_request_ask_more(self, info: Answer, id: Id, question: TheQuestion) -> AccessRequestResult:
        """The days stand still until whoever asks has said it."""
        row = await asking.access_ask_more(info.context.viewer, request=key_of(id, Row), question=question)
        return shows(AccessRequestPayload, request=row)

    @strawberry.mutation(
        description="As the reviewer: grants what was refused, on conditions.", extensions=needs(Action.CONFIRM_GRANTS)
    )
    async def access_request_overturn(
        self,
        info: Answer,
        id: Id,
        act: GivenAct = None,
        until: GivenUntil = None,
        max_opens: MaxOpens = None,
        answer: TheAnswer = "",
    ) -> AccessRequestResult:
        """Never by whoever refused it."""
        row = await asking.access_overturn(
            info.context.viewer, request=key_of(id, Row), answer=answer, **_conditions(act, until, max_opens)
        )
        return shows(AccessRequestPayload, request=row)

    @strawberry.mutation(
        description="As the reviewer: the refusal stands, and why.", extensions=needs(Action.CONFIRM_GRANTS)
    )
    async def access_request_uphold(self, info: Answer, id: Id, reason: TheReason) -> AccessRequestResult:
        """It is final."""
        row = await asking.access_uphold(info.context.viewer, request=key_of(id, Row), reason=reason)
        return shows(AccessRequestPayload, request=row)


def _conditions(act: Act | None, until: dt.date | None, max_opens: int | None) -> asking.Conditions:
    """What was said of them; the rest is as it was asked."""
    said: asking.Conditions = {"max_opens": max_opens}
    if act is not None:
        said["act"] = act
    if until is not None:
        said["until"] = until
    return said


def _wish(row: tuple[Any, ...], viewer: Viewer) -> Wish:
    state, code, asked_at, due_on, decided_at, review_asked_at = row
    return Wish(
        state=state,
        code=code,
        asked_on=asked_at.astimezone(viewer.zone).date(),
        due_on=due_on,
        decided_on=decided_at.astimezone(viewer.zone).date() if decided_at else None,
        reviewed=review_asked_at is not None,
    )


def _figures(year: int, counted: Counted) -> AccessFigures:
    said = {name: value for name, value in vars(counted).items() if not name.startswith("by_")}
    states = [AccessOfState(state=state, count=count) for state, count in counted.by_state.items()]
    reasons = [AccessOfReason(code=code, count=count) for code, count in counted.by_code.items()]
    return AccessFigures(year=year, states=states, reasons=reasons, **said)
