"""Requests to the office as people send them and staff decide them."""

import datetime as dt
from typing import Annotated, Any

import strawberry

from server.models import accounts, members
from server.models import requests as verbs
from server.models.requests import Request as Row
from server.models.requests import late_requests, own_requests, visible_requests
from server.rules.permissions import GUARDED_FIELDS, Action
from server.rules.requests import RequestField, RequestState, is_late, late_by
from server.schema.accounts import Account
from server.schema.arguments import spread
from server.schema.declared import DESCRIBED
from server.schema.guard import needs
from server.schema.ids import key_of
from server.schema.members import Person
from server.schema.node import Node
from server.schema.paging import Connection, Slice, connect
from server.schema.problems import Problems
from server.schema.reading import Answer, Id, column, computed, one, reads, shows
from server.schema.rows import all_of, row_of

Asked = strawberry.Parent[Row]


def _text(root: Row, text: str, info: Answer) -> str:
    """What was asked of a guarded field tells it: reading another's is logged (AU-1)."""
    field, viewer = root.field.value, info.context.viewer
    if text and field in GUARDED_FIELDS and root.person_id and viewer.person != root.person_id:
        info.context.files_read.setdefault(root.person_id, set()).add(field)
    return text


@strawberry.type(description="What someone asks the office to change about them, and what became of it.")
@reads(Row, visible_requests)
class Request(Node):
    """A request."""

    person = one(
        members.Person,
        "person",
        Person | None,
        "Whose file it is about, and who asked; null where the account belongs to nobody.",
    )
    sender: str = column("What the account that asked was called then; empty where that was not kept yet.")
    field: RequestField = column("What it is about.")

    @computed(
        "What is wanted there, as text. Reading that of another's guarded field is logged.",
        *("wanted", "field", "person_id"),
    )
    def wanted(root: Asked, info: Answer) -> str:
        """See `_text`."""
        return _text(root, root.wanted, info)

    @computed(
        "What stood there when it was asked. Reading that of another's guarded field is logged.",
        *("was", "field", "person_id"),
    )
    def was(root: Asked, info: Answer) -> str:
        """See `_text`."""
        return _text(root, root.was, info)

    words: str = column("Why, or what else is meant.")
    state: RequestState = column("Where it stands.")
    created_at: dt.datetime = column("When it was sent.")
    due_on: dt.date = column("The day by which the office answers.")
    due_without: int | None = column(
        "The year whose public holidays were not known when that day was reckoned, so that they are missing in it; "
        "null where all were known."
    )
    decided_at: dt.datetime | None = column("When it was decided; null while it waits.")
    decided_by = one(accounts.Account, "decided_by", Account | None, "Who decided; null where you may not see them.")
    answer: str = column("What the office said, or empty.")
    page: str = column("Of a page that refused or failed: its path, without what may be secret; else empty.")
    status: int | None = column("With which status of HTTP it answered; null where it is about no page.")
    number: str = column("The number that the page told; empty where it is about no page.")
    happened_at: dt.datetime | None = column("When that was; null where it is about no page.")

    @computed("Whether it is your own: about you, or sent by your account.", "person_id", "account_id")
    def own(root: Asked, info: Answer) -> bool:
        """See `own_requests`."""
        viewer = info.context.viewer
        return root.person_id == viewer.person if root.person_id else root.account_id == viewer.account

    @computed("Whether it should have been answered by now.", "due_on", "state")
    def late(root: Asked, info: Answer) -> bool:
        """By the day of the assembly."""
        return is_late(root.due_on, info.context.viewer.today, root.state)

    @computed("For how many days it should have been answered; 0 where it is not late.", "due_on", "state")
    def late_by(root: Asked, info: Answer) -> int:
        """By the day of the assembly, days off included."""
        return late_by(root.due_on, info.context.viewer.today, root.state)


@strawberry.type(description="The request as it is now.")
class RequestPayload:
    """Success."""

    request: Request = strawberry.field(description="The request.")


RequestResult = Annotated[
    RequestPayload | Problems, strawberry.union("RequestResult", description="The request, or why not.")
]
OfState = Annotated[RequestState | None, strawberry.argument(description="Only those that stand so.")]
Late = Annotated[bool, strawberry.argument(description="Only those that should have been answered by now.")]
TheField = Annotated[RequestField, strawberry.argument(description="What is to be changed.")]
Wanted = Annotated[str, strawberry.argument(description="What is right, as text; several things parted by commas.")]
TheWords = Annotated[str, strawberry.argument(description="Why, or what is wrong and what would be right.")]
TheMishap = Annotated[str, strawberry.argument(description="What the page gave along: only it can be told of.")]
WantedToDo = Annotated[str, strawberry.argument(description="What you wanted to do, or nothing.")]
TheAnswer = Annotated[str, strawberry.argument(description="What was done; needed where it was changed by hand.")]
TheReason = Annotated[str, strawberry.argument(description="Why not; the person reads it.")]


@strawberry.type
class RequestQuery:
    """Root fields of this room."""

    @strawberry.field(
        description="What people ask to be changed, the soonest due first.",
        graphql_type=Connection[Request],
        extensions=needs(Action.MANAGE_MEMBERS),
        metadata=DESCRIBED,
    )
    @spread
    async def requests(self, info: Answer, *, state: OfState = None, late: Late = False, part: Slice) -> Any:
        """Those of everyone."""
        viewer = info.context.viewer
        viewer.must_everywhere(Action.MANAGE_MEMBERS)
        rows = Row.filter(state=state) if state else Row.all()
        rows = rows.filter(late_requests(viewer)) if late else rows
        return await connect(info.context, rows, ("due_on", "id"), part)

    @strawberry.field(
        description="Your own requests to the office, the newest first.",
        graphql_type=list[Request],
        extensions=needs(Action.SEND_REQUEST),
        metadata=DESCRIBED,
    )
    async def own_requests(self, info: Answer) -> Any:
        """Those that were decided, too."""
        viewer = info.context.viewer
        rows = Row.filter(own_requests(viewer))
        return await all_of(info.context, rows.order_by("-created_at", "id"))

    @strawberry.field(
        description="One request to the office, null where there is none or not for you.",
        graphql_type=Request | None,
        extensions=needs(Action.SEND_REQUEST),
        metadata=DESCRIBED,
    )
    async def request(self, info: Answer, id: Id) -> Any:
        """By its ID."""
        return await row_of(info.context, Row, key_of(id, Row))


@strawberry.type
class RequestMutation:
    """Root fields that change this room."""

    @strawberry.mutation(
        description="Asks the office to change something about you.", extensions=needs(Action.SEND_REQUEST)
    )
    async def request_send(
        self, info: Answer, field: TheField, wanted: Wanted = "", words: TheWords = ""
    ) -> RequestResult:
        """The office answers within ten working days."""
        row = await verbs.request_send(info.context.viewer, field=field, wanted=wanted, words=words)
        return shows(RequestPayload, request=row)

    @strawberry.mutation(
        description="Tells the office of a page that refused or failed. The same one is told once.",
        extensions=needs(Action.SEND_REQUEST),
    )
    async def request_report(self, info: Answer, mishap: TheMishap, words: WantedToDo = "") -> RequestResult:
        """Each page of an error carries what it gives along, for whoever is signed in."""
        asking = info.context
        row = await verbs.request_report(asking.viewer, mishap=mishap, words=words, secret=asking.secret)
        return shows(RequestPayload, request=row)

    @strawberry.mutation(description="Takes back what you asked.", extensions=needs(Action.SEND_REQUEST))
    async def request_withdraw(self, info: Answer, id: Id) -> RequestResult:
        """As long as it waits."""
        row = await verbs.request_withdraw(info.context.viewer, request=key_of(id, Row))
        return shows(RequestPayload, request=row)

    @strawberry.mutation(
        description="Does what was asked: the file is changed with it.", extensions=needs(Action.MANAGE_MEMBERS)
    )
    async def request_accept(self, info: Answer, id: Id, answer: TheAnswer = "") -> RequestResult:
        """What is no field of the file was changed by hand before."""
        row = await verbs.request_accept(info.context.viewer, request=key_of(id, Row), answer=answer)
        return shows(RequestPayload, request=row)

    @strawberry.mutation(description="Says no to what was asked, and why.", extensions=needs(Action.MANAGE_MEMBERS))
    async def request_decline(self, info: Answer, id: Id, reason: TheReason) -> RequestResult:
        """The person reads the reason."""
        row = await verbs.request_decline(info.context.viewer, request=key_of(id, Row), reason=reason)
        return shows(RequestPayload, request=row)
