"""Tokens of services as their owners and administrators may ask and change them."""

import datetime as dt
from typing import Annotated, Any, TypeVar
from uuid import UUID

import strawberry

from server.models import accounts
from server.models.accounts import tokens as verbs
from server.models.accounts.visible import own
from server.rules.accounts import ends_soon
from server.rules.permissions import SCOPES, Action
from server.schema.accounts import Account
from server.schema.arguments import spread
from server.schema.arriving import FEEDS
from server.schema.declared import DESCRIBED
from server.schema.guard import needs
from server.schema.ids import key_of
from server.schema.leaving import moment
from server.schema.node import Node
from server.schema.paging import Connection, Slice, connect
from server.schema.problems import Problems
from server.schema.reading import Answer, Id, column, computed, one, reads, shows
from server.schema.repeating import ONCE
from server.schema.rows import all_of

T = TypeVar("T")
Replacing = Annotated["Token", strawberry.lazy("server.schema.tokens")]


@strawberry.type(description="A token by which a program asks in the name of an account. Its secret is shown once.")
@reads(accounts.ApiClient, lambda viewer: own(viewer, Action.MANAGE_ACCOUNTS, "owner_id"))
class Token(Node):
    """A token."""

    name: str = column("The program that uses it.")
    owner = one(accounts.Account, "owner", Account | None, "In whose name it asks.")
    scopes: list[str] = column("What it may, of what its owner may: ROOM:read or ROOM:write.")
    addresses: list[str] = column("The networks from which alone it may be used; empty for everywhere.")
    created_at: dt.datetime = column("When it was issued.")
    expires_at: dt.datetime = column("When it ends by itself.")
    last_used_at: dt.datetime | None = column("When it was last used, to the minute; null if never.")
    revoked_at: dt.datetime | None = column("When it was revoked; null if not.")
    replaced_by = one(accounts.ApiClient, "replaced_by", Replacing | None, "The one with a new secret in its place.")

    @computed("Whether its end is near, and none has taken its place.", "expires_at", "revoked_at", "replaced_by_id")
    def ends_soon(root: strawberry.Parent[accounts.ApiClient], info: Answer) -> bool:
        """Within 14 days; not where it has ended."""
        lives = root.revoked_at is None and root.replaced_by_id is None
        return lives and ends_soon(root.expires_at, info.context.viewer.now)


@strawberry.type(description="The token, and its secret for this one time.")
class TokenIssued:
    """Success; the secret is never shown again."""

    token: Token = strawberry.field(description="The token.")
    secret: str = strawberry.field(description="To be sent as Authorization: Bearer. Copy it now.")


@strawberry.type(description="A feed of one's own, and its address for this one time.")
class FeedIssued:
    """Success; the address is never shown again: it holds the secret of the token."""

    token: Token = strawberry.field(description="The token in the address; revoking it ends the feed.")
    address: str = strawberry.field(description="Where the feed is read (Atom). Whoever has it reads what you may.")


@strawberry.type(description="The token as it is now.")
class TokenPayload:
    """Success."""

    token: Token = strawberry.field(description="The token.")


IssueResult = Annotated[TokenIssued | Problems, strawberry.union("IssueResult", description="The token, or why not.")]
TokenResult = Annotated[TokenPayload | Problems, strawberry.union("TokenResult", description="The token, or why not.")]
FeedResult = Annotated[FeedIssued | Problems, strawberry.union("FeedResult", description="The feed, or why not.")]
Program = Annotated[str, strawberry.argument(description="The program that will use it.")]
TheScopes = Annotated[list[str], strawberry.argument(description="ROOM:read or ROOM:write, each.")]
TheDays = Annotated[int, strawberry.argument(description="Days until it ends, 1 to 730.")]
TheAddresses = Annotated[
    list[str], strawberry.argument(description="The networks from which alone it may be used, such as 192.0.2.0/24.")
]
EVERYWHERE: list[str] = []
"""The networks of a token that may be used from all of them."""
TheUntil = Annotated[
    dt.datetime | None, strawberry.argument(description="When the old one ends; seven days from now unless given.")
]
NewDays = Annotated[
    int | None,
    strawberry.argument(
        description="Days until the new one ends, for who may issue tokens; unless given, when the old one would have."
    ),
]


@strawberry.type
class TokenQuery:
    """Root fields of this room."""

    @computed("Every scope that a token can be given.", extensions=needs(Action.ISSUE_TOKEN))
    def token_scopes(self, info: Answer) -> list[str]:
        """ROOM:read and ROOM:write."""
        return list(SCOPES)

    @strawberry.field(
        description="Your own tokens, the newest first, those that have ended too.",
        graphql_type=list[Token],
        extensions=needs(Action.KEEP_PROGRAMS),
        metadata=DESCRIBED,
    )
    async def own_tokens(self, info: Answer) -> Any:
        """Nobody else's, whatever you manage."""
        rows = accounts.ApiClient.filter(owner_id=info.context.viewer.account)
        return await all_of(info.context, rows.order_by("-created_at", "id"))

    @strawberry.field(
        description="Your tokens, or everyone's if you manage accounts; the newest first.",
        graphql_type=Connection[Token],
        extensions=needs(Action.ISSUE_TOKEN),
        metadata=DESCRIBED,
    )
    @spread
    async def tokens(self, info: Answer, *, part: Slice) -> Any:
        """Ended ones too."""
        rows = accounts.ApiClient.filter(own(info.context.viewer, Action.MANAGE_ACCOUNTS, "owner_id"))
        return await connect(info.context, rows, ("-created_at", "id"), part)


async def _token(kind: type[T], key: UUID, **more: str) -> T:
    return shows(kind, token=await accounts.ApiClient.get(id=key), **more)


@strawberry.type
class TokenMutation:
    """Root fields that change this room."""

    @strawberry.mutation(description="Issues a token of your own.", extensions=needs(Action.ISSUE_TOKEN), metadata=ONCE)
    async def token_issue(
        self,
        info: Answer,
        name: Program,
        scopes: TheScopes,
        days: TheDays = 365,
        addresses: TheAddresses = EVERYWHERE,
    ) -> IssueResult:
        """days: until it ends by itself, 1 to 730."""
        viewer = info.context.viewer
        issued = await verbs.token_issue(viewer, name=name, scopes=scopes, days=days, addresses=addresses)
        return await _token(TokenIssued, issued.id, secret=issued.token)

    @strawberry.mutation(
        description="Makes an address of your own at which a reader of feeds gets the announcements that are for you.",
        extensions=needs(Action.KEEP_PROGRAMS),
        metadata=ONCE,
    )
    async def feed_issue(self, info: Answer, name: Program) -> FeedResult:
        """Revoked like every token."""
        issued = await verbs.feed_issue(info.context.viewer, name=name)
        address = f"{info.context.base()}{FEEDS}{issued.token}"
        return await _token(FeedIssued, issued.id, address=address)

    @strawberry.mutation(
        description="Puts a token with a new secret in the place of one, which goes on working for a while.",
        extensions=needs(Action.KEEP_PROGRAMS),
        metadata=ONCE,
    )
    async def token_rotate(self, info: Answer, id: Id, until: TheUntil = None, days: NewDays = None) -> IssueResult:
        """Your own, or anyone's if you manage accounts."""
        viewer, key = info.context.viewer, key_of(id, accounts.ApiClient)
        issued = await verbs.token_rotate(viewer, token=key, until=moment(until, viewer, "until"), days=days)
        return await _token(TokenIssued, issued.id, secret=issued.token)

    @strawberry.mutation(
        description="Says from which networks alone a token may be used; with none, from everywhere.",
        extensions=needs(Action.ISSUE_TOKEN),
    )
    async def token_addresses(self, info: Answer, id: Id, addresses: TheAddresses) -> TokenResult:
        """Your own, or anyone's if you manage accounts. It works at the next request."""
        key = key_of(id, accounts.ApiClient)
        await verbs.token_addresses(info.context.viewer, token=key, addresses=addresses)
        return await _token(TokenPayload, key)

    @strawberry.mutation(description="Ends a token at once.", extensions=needs(Action.KEEP_PROGRAMS))
    async def token_revoke(self, info: Answer, id: Id) -> TokenResult:
        """Your own, or anyone's if you manage accounts."""
        key = key_of(id, accounts.ApiClient)
        await verbs.token_revoke(info.context.viewer, token=key)
        return await _token(TokenPayload, key)
