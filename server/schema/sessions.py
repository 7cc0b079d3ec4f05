"""One's own sessions: where one is signed in, and ending that."""

import datetime as dt
from typing import Annotated

import strawberry

from server.models import accounts
from server.models.accounts import sessions as verbs
from server.schema.guard import public
from server.schema.ids import key_of
from server.schema.node import Node
from server.schema.problems import Problems
from server.schema.reading import Answer, Id, column, computed, reads, shows
from server.schema.repeating import ONCE

ORDER = ("-last_seen_at", "id")
ThePassword = Annotated[str, strawberry.argument(description="Your present password: a stolen session is not enough.")]


@strawberry.type(description="A browser in which you are signed in.")
@reads(accounts.Session, verbs.own_sessions)
class Session(Node):
    """Only one's own, and only as long as it runs."""

    device: str = column('What the browser said that it is, such as "Firefox, Windows"; empty if we do not know it.')
    created_at: dt.datetime = column("When you signed in there.")
    last_seen_at: dt.datetime = column("When it was last used, to the minute.")
    expires_at: dt.datetime = column("When it ends by itself unless it is used again.")

    @computed("Whether it is the one by which you ask.", "id")
    def current(root: strawberry.Parent[accounts.Session], info: Answer) -> bool:
        """Of one's own sessions exactly one, for who asks by a browser."""
        return root.id == info.context.viewer.session


@strawberry.type(description="Where you are signed in now.")
class SessionsPayload:
    """Success."""

    sessions: list[Session] = strawberry.field(description="The sessions that still run, the one last used first.")


SessionsResult = Annotated[
    SessionsPayload | Problems, strawberry.union("SessionsResult", description="Your sessions, or why not.")
]


@strawberry.type
class SessionMutation:
    """Root fields that change this room. They are about one's own and refuse programs."""

    @strawberry.mutation(
        description="Ends one of your own sessions, in whatever browser; not for tokens.",
        extensions=public(),
        metadata=ONCE,
    )
    async def session_end(self, info: Answer, id: Id, password: ThePassword) -> SessionsResult:
        """The one that asks, too: it is then signed out."""
        viewer = info.context.viewer
        await verbs.session_end(viewer, session=key_of(id, accounts.Session), password=password)
        return await _sessions(info)

    @strawberry.mutation(
        description="Ends all your sessions but the one by which you ask; not for tokens.",
        extensions=public(),
        metadata=ONCE,
    )
    async def session_end_others(self, info: Answer, password: ThePassword) -> SessionsResult:
        """Refused to whoever is not signed in with a browser."""
        await verbs.session_end_others(info.context.viewer, password=password)
        return await _sessions(info)


async def _sessions(info: Answer) -> SessionsPayload:
    rows = accounts.Session.filter(verbs.own_sessions(info.context.viewer))
    return shows(SessionsPayload, sessions=await rows.order_by(*ORDER))
