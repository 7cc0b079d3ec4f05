"""Who is asking, and what they may: the root fields everything else hangs on."""

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any, cast

import strawberry

from server.models import accounts, bodies, members, messages
from server.models.reads import Count
from server.rules.permissions import ALLOWED, Action, Decision, HeldRole, Role, explain
from server.schema.awaiting import Awaiting, awaiting
from server.schema.declared import DESCRIBED
from server.schema.guard import needs, public
from server.schema.ids import id_for, key_of, model_of
from server.schema.making import made, makes
from server.schema.members import Person
from server.schema.messages.own import visible as visible_messages
from server.schema.node import Node
from server.schema.reading import Answer, Asking, Id, computed
from server.schema.rows import READINGS, all_of, bare, row_of
from server.schema.sessions import ORDER, Session
from server.schema.setup import SetupStep, steps
from server.words import Locale, shown

if TYPE_CHECKING:
    from server.schema.accounts import Account  # it knows this room already


@strawberry.type(description="A role someone holds now, and why.")
class Held:
    """A role with its reach."""

    role: Role = strawberry.field(description="The role.")
    name: str = strawberry.field(description="The role in words, with its body.")
    body_id: strawberry.ID | None = strawberry.field(description="For which body; null means for all.")
    body_name: str = strawberry.field(description="That body's name, or empty.")
    since: dt.date | None = strawberry.field(description="First day; null where open.")
    until: dt.date | None = strawberry.field(description="The day from which it no longer holds; null where open.")
    source: str = strawberry.field(description="Given, or the place in a body it follows from, in words.")


@strawberry.type(description="Whether something may be done, and why.")
class Permission:
    """An answer of the table, in the viewer's language."""

    action: Action = strawberry.field(description="What.")
    name: str = strawberry.field(description="The action in words.")
    allowed: bool = strawberry.field(description="Whether you may.")
    code: str = strawberry.field(description="Stable, for programs.")
    reason: str = strawberry.field(description="Why, in words.")
    rule: str = strawberry.field(description="The rule that decided.")
    by: Held | None = strawberry.field(description="The role that allows it.")
    roles: list[Role] = strawberry.field(description="Every role that would allow it.")


Mine = Annotated["Account", strawberry.lazy("server.schema.accounts")]


@strawberry.type(description="The one who asks.")
class Me:
    """The viewer; it holds nothing, for who asks is known wherever a field is found."""

    @computed("Whether we know who asks.")
    def signed_in(self, info: Answer) -> bool:
        """An account, or a program."""
        return info.context.viewer.signed_in

    @computed("The account's name, or empty.")
    def name(self, info: Answer) -> str:
        """Not the person's."""
        return info.context.viewer.name

    @computed("zh or en.")
    def locale(self, info: Answer) -> str:
        """The language of this very answer."""
        return info.context.viewer.locale

    @computed("The day it is where the assembly sits.")
    def today(self, info: Answer) -> dt.date:
        """The day that stands where none is given."""
        return info.context.viewer.today

    @computed("Roles held now.")
    def roles(self, info: Answer) -> list[Held]:
        """The given ones first."""
        viewer = info.context.viewer
        return [held(role, viewer.locale) for role in viewer.roles]

    @strawberry.field(description="Who this is in the register.", graphql_type=Person | None, metadata=DESCRIBED)
    async def person(self, info: Answer) -> Any:
        """Null for offices and programs."""
        key = info.context.viewer.person
        return await row_of(info.context, members.Person, key) if key else None

    @strawberry.field(description="Your own account; null for visitors.", graphql_type=Mine | None, metadata=DESCRIBED)
    async def account(self, info: Answer) -> Any:
        """Of a program the account in whose name it asks."""
        key = info.context.viewer.account
        return await row_of(info.context, accounts.Account, key) if key else None

    @strawberry.field(
        description="Where you are signed in, the one last used first; none for programs.",
        graphql_type=list[Session],
        metadata=DESCRIBED,
    )
    async def sessions(self, info: Answer) -> Any:
        """Those that still run."""
        rows = accounts.Session.filter(accounts.own_sessions(info.context.viewer))
        return await all_of(info.context, rows.order_by(*ORDER))

    @makes("What waits for you, the most urgent first.")
    async def awaits(self, info: Answer) -> list[Awaiting]:
        """The cards of the home page."""
        return cast(list[Awaiting], await awaiting(info.context))

    @makes("How many messages to you are unread; 0 where you may not read them.")
    async def unread_messages(self, info: Answer) -> int:
        """The number beside the word in the frame of every page."""
        unread = messages.Message.filter(visible_messages(info.context.viewer), read_at=None)
        return cast(int, await made(info.context, {"count": Count(unread)}, lambda found: found["count"]))

    @makes(
        "What is missing before an office can work, step by step; with what is there already. Only for those who "
        f"{Action.MANAGE_ASSEMBLY.phrase} or {Action.MANAGE_MEMBERS.phrase}, for all bodies."
    )
    async def setup(self, info: Answer) -> list[SetupStep]:
        """The setup list of the home page."""
        return cast(list[SetupStep], await steps(info.context))

    @computed("Everything that can be done, and whether you may.")
    def permissions(self, info: Answer) -> list[Permission]:
        """The table, read for this viewer."""
        viewer = info.context.viewer
        return [permission(action, decision, info) for action, decision in explain(viewer)]


def held(role: HeldRole, locale: Locale) -> Held:
    """A held role as the world sees it."""
    body = id_for(bodies.Body, role.body) if role.body else None
    return Held(
        role=role.role,
        name=role.words.into(locale),
        body_id=body,
        body_name=str(shown(role.body_name, locale)),
        since=role.since,
        until=role.until,
        source=role.source.into(locale),
    )


def permission(action: Action, decision: Decision, info: Answer) -> Permission:
    """A decision as the world sees it."""
    locale = info.context.viewer.locale
    return Permission(
        action=action,
        name=action.phrase.into(locale),
        allowed=decision.allowed,
        code=decision.code,
        reason=decision.reason.into(locale),
        rule=decision.rule,
        by=held(decision.by, locale) if decision.by else None,
        roles=list(ALLOWED[action]),
    )


async def thing_of(asking: Asking, id: str) -> Any:
    """Only of types that are read by the register; the others have root fields with guards of their own."""
    model = model_of(id)
    return await row_of(asking, model, key_of(id, model)) if model in READINGS else None


@strawberry.type
class ViewingQuery:
    """Root fields of this room."""

    @strawberry.field(description="The one who asks.", extensions=public(), metadata=DESCRIBED)
    async def viewer(self, info: Answer) -> Me:
        """Never null: a visitor is a viewer without roles."""
        return cast(Me, bare(info.context, Me()))

    @strawberry.field(
        description="The thing with this ID, null where there is none or not for you.",
        graphql_type=Node | None,
        extensions=needs(Action.READ_REGISTER),
        metadata=DESCRIBED,
    )
    async def node(self, info: Answer, id: Id) -> Any:
        """What of it is there for this viewer."""
        return await thing_of(info.context, id)
