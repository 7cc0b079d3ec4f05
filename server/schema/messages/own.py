"""One's own messages, as their reader may ask and mark them."""

import datetime as dt
from typing import Annotated, Any

import strawberry
from tortoise.expressions import Q

from server.models import messages
from server.models.members.queries import NOTHING
from server.rules.messages import Topic, Urgency
from server.rules.permissions import Action
from server.schema.arguments import spread
from server.schema.declared import DESCRIBED
from server.schema.guard import needs
from server.schema.ids import key_of
from server.schema.node import Node
from server.schema.paging import Connection, Slice, connect
from server.schema.problems import Problems
from server.schema.reading import Answer, Id, chosen, column, computed, reads, shows
from server.schema.rows import row_of
from server.viewer import Viewer


def visible(viewer: Viewer) -> Q:
    """One's own, for whoever may read messages; nobody else's, whatever one manages."""
    return messages.own_messages(viewer) if viewer.may(Action.READ_MESSAGES) else NOTHING


@strawberry.type(description="Something that you are told, in both languages.")
@reads(messages.Message, visible)
class Message(Node):
    """A message to the viewer."""

    topic: Topic = column("What it is about.")
    title: str = chosen("title", "What happened, in your language.")
    title_zh: str = column("The same in Chinese.")
    title_en: str = column("The same in English.")
    text: str = chosen("text", "What more there is to say, in your language, or empty.")
    text_zh: str = column("The same in Chinese.")
    text_en: str = column("The same in English.")
    link: str = column("The page where there is more, or empty.")
    created_at: dt.datetime = column("When you were told.")
    read_at: dt.datetime | None = column("When you said that you have read it; null while it is unread.")

    @computed("Whether it did not wait for quiet hours.", "urgency")
    def urgent(root: strawberry.Parent[messages.Message], info: Answer) -> bool:
        """As its sender said."""
        return root.urgency == Urgency.URGENT


@strawberry.type(description="The message as it is now.")
class MessagePayload:
    """Success."""

    message: Message = strawberry.field(description="The message.")


@strawberry.type(description="How many messages are marked as read by it.")
class MessagesPayload:
    """Success."""

    count: int = strawberry.field(description="How many were unread.")


MessageResult = Annotated[
    MessagePayload | Problems, strawberry.union("MessageResult", description="The message, or why not.")
]
MessagesResult = Annotated[
    MessagesPayload | Problems, strawberry.union("MessagesResult", description="How many, or why not.")
]
Unread = Annotated[bool, strawberry.argument(description="Only those that you have not read.")]


@strawberry.type
class MessageQuery:
    """Root fields of this room."""

    @strawberry.field(
        description="What you were told, the newest first.",
        graphql_type=Connection[Message],
        extensions=needs(Action.READ_MESSAGES),
        metadata=DESCRIBED,
    )
    @spread
    async def messages(self, info: Answer, *, unread: Unread = False, part: Slice) -> Any:
        """Your own, whoever you are."""
        rows = messages.Message.filter(visible(info.context.viewer))
        rows = rows.filter(read_at=None) if unread else rows
        return await connect(info.context, rows, ("-created_at", "id"), part)

    @strawberry.field(
        description="One message to you, null where there is none.",
        graphql_type=Message | None,
        extensions=needs(Action.READ_MESSAGES),
        metadata=DESCRIBED,
    )
    async def message(self, info: Answer, id: Id) -> Any:
        """By its ID."""
        return await row_of(info.context, messages.Message, key_of(id, messages.Message))


@strawberry.type
class MessageMutation:
    """Root fields that change this room."""

    @strawberry.mutation(
        description="Says that you have read a message; the first time counts.", extensions=needs(Action.KEEP_MESSAGES)
    )
    async def message_read(self, info: Answer, id: Id) -> MessageResult:
        """One to you."""
        row = await messages.read_one(info.context.viewer, message=key_of(id, messages.Message))
        return shows(MessagePayload, message=row)

    @strawberry.mutation(
        description="Says that you have read all messages to you.", extensions=needs(Action.KEEP_MESSAGES)
    )
    async def messages_read(self, info: Answer) -> MessagesResult:
        """How many were unread."""
        return MessagesPayload(count=await messages.read_all(info.context.viewer))
