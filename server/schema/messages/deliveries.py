"""What became of messages on their way out: those that did not arrive, and those that wait for the office's hands."""

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import strawberry
from tortoise.expressions import Q

from server.models import members, messages
from server.models.members.queries import NOTHING
from server.rules.messages import TROUBLED, DeliveryState
from server.rules.permissions import Action
from server.schema.arguments import spread
from server.schema.declared import DESCRIBED
from server.schema.guard import needs
from server.schema.ids import key_of
from server.schema.members import Person
from server.schema.messages.choices import channel_name
from server.schema.node import Node
from server.schema.paging import Connection, Slice, connect
from server.schema.problems import Problems
from server.schema.reading import Answer, Id, column, computed, one, reads, shows
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
    done_at: dt.datetime | None = column("When it arrived, or was given up; null while it is open.")

    @computed("The way in words.", "channel")
    def channel_name(root: strawberry.Parent[messages.Delivery], info: Answer) -> str:
        """In your language."""
        return channel_name(root.channel, info.context.viewer.locale)


@strawberry.type(description="The delivery as it is now.")
class DeliveryPayload:
    """Success."""

    delivery: Delivery = strawberry.field(description="The delivery.")


@strawberry.type(description="All that did not arrive is sent again.")
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
    async def deliveries(self, info: Answer, *, states: States = None, mailing: OfMailing = None, part: Slice) -> Any:
        """Everybody's."""
        rows = messages.Delivery.filter(state__in=states or TROUBLED)
        if mailing is not None:
            rows = rows.filter(mailing_id=key_of(mailing, messages.Mailing, field="mailing"))
        return await connect(info.context, rows, ("-created_at", "id"), part)


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
        description="Says that the office told this person itself, such as by a slip.",
        extensions=needs(Action.SEND_MESSAGES),
    )
    async def delivery_hand_over(self, info: Answer, id: Id) -> DeliveryResult:
        """It counts as arrived."""
        key = key_of(id, messages.Delivery)
        await messages.handed_over(info.context.viewer, delivery=key)
        return await _delivery(key)
