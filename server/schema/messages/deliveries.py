"""What became of messages on their way out: what did not arrive, what waits for the office's hands, what it said."""

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import strawberry
from tortoise.expressions import Q, Subquery

from server.models import bodies, members, messages
from server.models.members.queries import NOTHING
from server.models.reads import Columns
from server.rules.messages import TROUBLED, DeliveryState
from server.rules.permissions import Action
from server.schema.arguments import spread, with_texts
from server.schema.declared import DESCRIBED
from server.schema.guard import needs
from server.schema.ids import key_of
from server.schema.making import made, makes
from server.schema.members import Person
from server.schema.messages.choices import channel_name
from server.schema.node import Node
from server.schema.paging import Connection, Slice, connect
from server.schema.problems import Problems
from server.schema.reading import Answer, Id, column, computed, one, reads, shows
from server.schema.rows import seen
from server.viewer import Viewer

if TYPE_CHECKING:
    from server.schema.messages.mailings import Mailing

Letter = Annotated["Mailing", strawberry.lazy("server.schema.messages.mailings")]


def visible(viewer: Viewer) -> Q:
    """For whoever sends messages."""
    return Q() if viewer.may(Action.SEND_MESSAGES) else NOTHING


@strawberry.type(description="One message on its way out of the house. What it says is its reader's, or the mailing's.")
@reads(messages.Delivery, visible)
class Delivery(Node):
    """A delivery."""

    person = one(members.Person, "person", Person | None, "To whom; null for an account that is nobody's.")
    mailing = one(messages.Mailing, "mailing", Letter | None, "The message of the office; null for one of the system.")
    channel: str = column("By which way.")
    state: DeliveryState = column("Where it stands.")
    tries: int = column("How often its reader was refused.")
    said: str = column("What the other side answered last, or empty.")
    due_at: dt.datetime = column("When it leaves, at the earliest.")
    created_at: dt.datetime = column("When it was written.")
    done_at: dt.datetime | None = column("When it arrived, or was given up; null while it is open or by hand.")
    was: DeliveryState | None = column(
        "Where it stood before the office said what became of it; null where it did not."
    )
    marked_at: dt.datetime | None = column("When the office said so, or null.")

    @makes("Who of the office said so, or empty.", "id")
    async def marked_by(root: strawberry.Parent[messages.Delivery], info: Answer) -> str:
        """The account's name."""
        rows = {"who": Columns(messages.Delivery.filter(id=root.pk).order_by("id"), ("marked_by__name",))}
        return await made(info.context, rows, lambda found: found["who"][0][0] or "")

    @computed("The way in words.", "channel")
    def channel_name(root: strawberry.Parent[messages.Delivery], info: Answer) -> str:
        """In your language."""
        return channel_name(root.channel, info.context.viewer.locale)


@strawberry.type(description="The delivery as it is now.")
class DeliveryPayload:
    """Success."""

    delivery: Delivery = strawberry.field(description="The delivery.")


@strawberry.type(description="Several deliveries at once.")
class DeliveriesPayload:
    """Success."""

    count: int = strawberry.field(description="How many.")


DeliveryResult = Annotated[
    DeliveryPayload | Problems, strawberry.union("DeliveryResult", description="The delivery, or why not.")
]
DeliveriesResult = Annotated[
    DeliveriesPayload | Problems, strawberry.union("DeliveriesResult", description="How many, or why not.")
]
States = Annotated[
    list[DeliveryState] | None, strawberry.argument(description="Such alone; those that did not arrive unless given.")
]
OfMailing = Annotated[strawberry.ID | None, strawberry.argument(description="Only of this message of the office.")]
ForHands = Annotated[
    strawberry.ID | None, strawberry.argument(description="What waits for the office's own hands of this message.")
]
InSector = Annotated[
    strawberry.ID | None, strawberry.argument(description="Of these only those to people of this sector.")
]
Search = Annotated[
    str, strawberry.argument(description="A part of the reader's name, or the whole e-mail address to which it went.")
]
Several = Annotated[list[strawberry.ID], strawberry.argument(description="These deliveries.")]
NONE: list[strawberry.ID] = []
"""Then all that wait for hands are meant."""
AllOf = Annotated[
    strawberry.ID | None,
    strawberry.argument(
        description="All that wait for the office's hands of this message; with `slips` these of them."
    ),
]
Marked = Annotated[strawberry.ID, strawberry.argument(description="The message.")]
At = Annotated[dt.datetime, strawberry.argument(description="When the office said that, as `handings` tells it.")]


@strawberry.type
class DeliveryQuery:
    """Root fields of this room."""

    @strawberry.field(
        description="What is on its way to people, or was, the newest first.",
        graphql_type=Connection[Delivery],
        extensions=needs(Action.SEND_MESSAGES),
        metadata=DESCRIBED,
    )
    @spread
    async def deliveries(
        self, info: Answer, *, states: States = None, mailing: OfMailing = None, search: Search = "", part: Slice
    ) -> Any:
        """Everybody's."""
        rows = messages.Delivery.filter(state__in=states or TROUBLED)
        if mailing is not None:
            rows = rows.filter(mailing_id=key_of(mailing, messages.Mailing, field="mailing"))
        if search:
            people = members.Person.filter(members.matching(search))
            went = with_texts(messages.Delivery, address=search)
            rows = rows.filter(Q(person_id__in=Subquery(people.values("id"))) | went)
        return await connect(info.context, rows, ("-created_at", "id"), part)

    @strawberry.field(
        description="Whom the office has to tell itself of a message, by slips or by telephone, in the order of names.",
        graphql_type=Connection[Delivery],
        extensions=needs(Action.SEND_MESSAGES),
        metadata=DESCRIBED,
    )
    @spread
    async def slips(self, info: Answer, *, mailing: Marked, sector: InSector = None, part: Slice) -> Any:
        """Nobody else's."""
        asking = info.context
        within = await seen(asking, bodies.Body, sector, "sector") if sector else None
        key = key_of(mailing, messages.Mailing, field="mailing")
        rows = messages.Delivery.filter(messages.for_hands(asking.viewer, key, within)).select_related("person")
        return await connect(asking, rows, ("person__sort_pinyin", "id"), part)


async def _delivery(key: UUID) -> DeliveryPayload:
    return shows(DeliveryPayload, delivery=await messages.Delivery.get(id=key))


@strawberry.type
class DeliveryMutation:
    """Root fields that change this room."""

    @strawberry.mutation(
        description="Sends one that did not arrive again, to the address as it is today.",
        extensions=needs(Action.SEND_MESSAGES),
    )
    async def delivery_again(self, info: Answer, id: Id) -> DeliveryResult:
        """Its tries are counted anew."""
        key = key_of(id, messages.Delivery)
        await messages.again(info.context.viewer, delivery=key)
        return await _delivery(key)

    @strawberry.mutation(description="Sends all that did not arrive again.", extensions=needs(Action.SEND_MESSAGES))
    async def deliveries_again(self, info: Answer) -> DeliveriesResult:
        """After the mail server was mended."""
        return DeliveriesPayload(count=await messages.again_all(info.context.viewer))

    @strawberry.mutation(
        description="Says that the office told people itself, such as by slips. It can be taken back.",
        extensions=needs(Action.SEND_MESSAGES),
    )
    async def deliveries_hand_over(
        self, info: Answer, slips: Several = NONE, mailing: AllOf = None, sector: InSector = None
    ) -> DeliveriesResult:
        """They count as arrived."""
        asking = info.context
        count = await messages.hand_over(
            asking.viewer,
            deliveries=[key_of(one, messages.Delivery, field="slips") for one in slips],
            mailing=key_of(mailing, messages.Mailing, field="mailing") if mailing else None,
            sector=await seen(asking, bodies.Body, sector, "sector") if sector else None,
        )
        return DeliveriesPayload(count=count)

    @strawberry.mutation(
        description="Takes back what the office said of the deliveries of a message at one moment.",
        extensions=needs(Action.SEND_MESSAGES),
    )
    async def deliveries_take_back(self, info: Answer, mailing: Marked, at: At) -> DeliveriesResult:
        """They stand where they stood."""
        key = key_of(mailing, messages.Mailing, field="mailing")
        return DeliveriesPayload(count=await messages.take_back(info.context.viewer, mailing=key, at=at))

    @strawberry.mutation(
        description="Takes back what the office said of one delivery.", extensions=needs(Action.SEND_MESSAGES)
    )
    async def delivery_take_back(self, info: Answer, id: Id) -> DeliveryResult:
        """It stands where it stood."""
        key = key_of(id, messages.Delivery)
        await messages.take_back(info.context.viewer, delivery=key)
        return await _delivery(key)

    @strawberry.mutation(
        description="Says that a letter came back to the office's own mailbox. Each preview says so of its address.",
        extensions=needs(Action.SEND_MESSAGES),
    )
    async def delivery_came_back(self, info: Answer, id: Id) -> DeliveryResult:
        """One that had left by e-mail."""
        key = key_of(id, messages.Delivery)
        await messages.came_back(info.context.viewer, delivery=key)
        return await _delivery(key)
