"""One's own calendar addresses: feeds that calendar programs fetch, each with a secret that is shown once."""

import datetime as dt
from typing import Annotated, Any

import strawberry
from tortoise.expressions import Q

from server.models import accounts
from server.models.accounts import feeds as verbs
from server.rules.permissions import Action
from server.schema.arriving import FEEDS, ICS
from server.schema.declared import DESCRIBED
from server.schema.guard import needs
from server.schema.ids import key_of
from server.schema.node import Node
from server.schema.problems import Problems
from server.schema.reading import Answer, Id, column, reads, shows
from server.schema.repeating import ONCE
from server.schema.rows import all_of
from server.viewer import Viewer

ProgramName = Annotated[str, strawberry.argument(description="The program or the phone that will fetch it.")]


def own_feeds(viewer: Viewer) -> Q:
    """Nobody else's, whatever one manages."""
    mine: Any = {"account_id__in": [viewer.account] if viewer.account else []}
    return Q(**mine)


@strawberry.type(
    description="A secret address at which a calendar program fetches what you are invited to. It is shown once."
)
@reads(accounts.CalendarFeed, own_feeds)
class CalendarFeed(Node):
    """A feed."""

    name: str = column("The program or the phone that fetches it.")
    created_at: dt.datetime = column("When it was made.")
    last_used_at: dt.datetime | None = column("When it was last fetched, to the minute; null if never.")
    revoked_at: dt.datetime | None = column("When it was ended; null while it answers.")


@strawberry.type(description="The feed, and its address for this one time.")
class CalendarFeedAdded:
    """Success; the address is never shown again."""

    feed: CalendarFeed = strawberry.field(description="The feed.")
    address: str = strawberry.field(description="Where calendar programs subscribe. Copy it now.")


@strawberry.type(description="The feed as it is now.")
class CalendarFeedPayload:
    """Success."""

    feed: CalendarFeed = strawberry.field(description="The feed.")


CalendarFeedAddResult = Annotated[
    CalendarFeedAdded | Problems, strawberry.union("CalendarFeedAddResult", description="The feed, or why not.")
]
CalendarFeedResult = Annotated[
    CalendarFeedPayload | Problems, strawberry.union("CalendarFeedResult", description="The feed, or why not.")
]


@strawberry.type
class AgendaQuery:
    """Root fields of this room."""

    @strawberry.field(
        description="Your own calendar addresses, the newest first, those that have ended too.",
        graphql_type=list[CalendarFeed],
        extensions=needs(Action.KEEP_PROGRAMS),
        metadata=DESCRIBED,
    )
    async def calendar_feeds(self, info: Answer) -> Any:
        """Few by nature."""
        rows = accounts.CalendarFeed.filter(own_feeds(info.context.viewer))
        return await all_of(info.context, rows.order_by("-created_at", "id"))


@strawberry.type
class AgendaMutation:
    """Root fields that change this room."""

    @strawberry.mutation(
        description="Makes a calendar address of your own; not for tokens.",
        extensions=needs(Action.KEEP_PROGRAMS),
        metadata=ONCE,
    )
    async def calendar_feed_add(self, info: Answer, name: ProgramName) -> CalendarFeedAddResult:
        """The address is told this one time."""
        asking = info.context
        opened = await verbs.feed_add(asking.viewer, name=name, secret_key=asking.secret)
        address = f"{asking.base()}{FEEDS}{opened.secret}{ICS}"
        return shows(CalendarFeedAdded, feed=await accounts.CalendarFeed.get(id=opened.id), address=address)

    @strawberry.mutation(
        description="Ends a calendar address of your own: it answers no more, from now on; not for tokens.",
        extensions=needs(Action.KEEP_PROGRAMS),
    )
    async def calendar_feed_end(self, info: Answer, id: Id) -> CalendarFeedResult:
        """For good."""
        key = key_of(id, accounts.CalendarFeed)
        return shows(CalendarFeedPayload, feed=await verbs.feed_end(info.context.viewer, feed=key))
