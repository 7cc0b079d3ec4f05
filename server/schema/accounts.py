"""Accounts, roles and tokens as the world may ask and change them, and the table of who may do what."""

import datetime as dt
from collections.abc import Iterable
from functools import partial
from typing import Annotated, Any, TypeVar, cast
from uuid import UUID

import strawberry

from server.models import accounts, bodies, members
from server.models.accounts import roles as role_verbs
from server.models.accounts.account import (
    account_add,
    account_disable,
    account_enable,
    account_locale,
    account_password,
)
from server.models.accounts.holders import roles_made, roles_of_all, roles_read
from server.models.accounts.linking import account_unlink
from server.models.accounts.proving import in_browser
from server.models.accounts.sessions import account_sign_out
from server.models.accounts.visible import own
from server.rules.permissions import ALLOWED, REACH_NAMES, ROLE_NAMES, Action, HeldRole, Role
from server.schema.arguments import spread
from server.schema.bodies import Body
from server.schema.declared import DESCRIBED
from server.schema.guard import needs, public
from server.schema.ids import key_of
from server.schema.making import made, makes
from server.schema.members import Person
from server.schema.node import Node
from server.schema.paging import Connection, Slice, connect
from server.schema.problems import Problems
from server.schema.reading import Answer, Id, column, computed, many, one, reads, shows
from server.schema.repeating import ONCE
from server.schema.rows import RIGHT, batch, row_of
from server.schema.viewing import Held, held
from server.viewer import Viewer

T = TypeVar("T")
Holder = Annotated["Account", strawberry.lazy("server.schema.accounts")]


@strawberry.type(description="A role given to an account, from a day to a day.")
@reads(accounts.RoleAssignment, lambda viewer: own(viewer, Action.READ_PERMISSIONS, "account_id"))
class RoleAssignment(Node):
    """A given role; derived ones are not stored."""

    account = one(accounts.Account, "account", Holder | None, "To whom.")
    role: Role = column("Which role.")
    body = one(bodies.Body, "body", Body | None, "For which body; null means for all.")
    starts_on: dt.date | None = column("First day; null where open.")
    ends_on: dt.date | None = column("The day from which it no longer holds; null where open.")
    recorded_at: dt.datetime = column("When it was given.")
    recorded_by = one(accounts.Account, "recorded_by", Holder | None, "Who gave it.")
    deputy_for = one(accounts.Account, "deputy_for", Holder | None, "In whose place, for a deputy.")


@strawberry.type(description="A way in for one person or one office.")
@reads(accounts.Account, lambda viewer: own(viewer, Action.READ_PERMISSIONS, "id"))
class Account(Node):
    """An account; its password is never shown."""

    name: str = column("The name to sign in with.")
    active: bool = column("Whether it lets anyone in.")
    demo: bool = column("Whether its password is published, as in the demo assembly.")
    locale: str = column("The language its holder chose for pages, zh or en; empty where none was.")
    created_at: dt.datetime = column("When it was opened.")
    welcomed_at: dt.datetime | None = column("When its holder had seen what is stored about them; null if not yet.")

    @computed("Whether its holder can also sign in by the provider of single sign-on.", "oidc_subject")
    def single_sign_on(root: strawberry.Parent[accounts.Account], info: Answer) -> bool:
        """By what the provider knows them is not shown."""
        return bool(root.oidc_subject)

    person = one(members.Person, "person", Person | None, "Whose it is in the register.")
    assignments = many(
        accounts.RoleAssignment,
        "account",
        RoleAssignment,
        "Roles it was given, those that ended too.",
        order=("recorded_at", "id"),
        where=RIGHT,
    )

    @makes("Every role it holds now: given, and following from bodies.", "id", "person_id")
    async def roles(root: strawberry.Parent[accounts.Account], info: Answer) -> list[Held]:
        """On the ordinary road three statements, however many accounts are asked for."""
        viewer, asking = info.context.viewer, info.context
        if asking.writing:
            reads = roles_read(root.pk, root.person_id, viewer.today)
            return cast(list[Held], await made(asking, reads, lambda facts: _held(viewer, roles_made(facts))))
        return _held(viewer, await batch(asking, "roles", partial(_roles, viewer), root))


def _held(viewer: Viewer, roles: Iterable[HeldRole]) -> list[Held]:
    return [held(role, viewer.locale) for role in roles]


async def _roles(viewer: Viewer, found: list[accounts.Account]) -> list[tuple[HeldRole, ...]]:
    roles = await roles_of_all(found, viewer.today)
    return [roles[account.id] for account in found]


@strawberry.type(description="One cell of the permission table.")
class Allowance:
    """A role that carries an action, and how far."""

    role: Role = strawberry.field(description="The role.")
    role_name: str = strawberry.field(description="The role in words.")
    reach: str = strawberry.field(description="How far it carries, in words.")


@strawberry.type(description="One row of the permission table.")
class PermissionRow:
    """An action and who may do it."""

    action: Action = strawberry.field(description="What.")
    name: str = strawberry.field(description="The action in words.")
    allowed: list[Allowance] = strawberry.field(description="The roles that carry it.")


@strawberry.type(description="The account as it is now.")
class AccountPayload:
    """Success."""

    account: Account = strawberry.field(description="The account.")


@strawberry.type(description="The role as it was given.")
class RolePayload:
    """Success."""

    assignment: RoleAssignment = strawberry.field(description="The role.")


AccountResult = Annotated[
    AccountPayload | Problems, strawberry.union("AccountResult", description="The account, or why not.")
]
RoleResult = Annotated[RolePayload | Problems, strawberry.union("RoleResult", description="The role, or why not.")]


TheSearch = Annotated[str, strawberry.argument(description="Part of a name.")]
TheName = Annotated[str, strawberry.argument(description="The name to sign in with.")]
ThePassword = Annotated[
    str | None,
    strawberry.argument(
        description="The first password, at least 12 characters; null or empty where the holder comes by an invitation."
    ),
]
TheRoles = Annotated[list[Role], strawberry.argument(description="Roles for all bodies from today.")]
ThePerson = Annotated[strawberry.ID | None, strawberry.argument(description="Whose account; null for an office.")]
TheNew = Annotated[str, strawberry.argument(description="The new password, at least 12 characters.")]
TheId = Annotated[strawberry.ID | None, strawberry.argument(description="Whose; your own unless given.")]
TheOld = Annotated[str | None, strawberry.argument(description="The present password, for your own.")]
TheLocale = Annotated[str, strawberry.argument(description="zh or en.")]
TheAccount = Annotated[strawberry.ID, strawberry.argument(description="To whom.")]
TheRole = Annotated[Role, strawberry.argument(description="Which role; one that follows from bodies cannot be given.")]
TheBody = Annotated[strawberry.ID | None, strawberry.argument(description="For which body; null for all.")]
TheStartsOn = Annotated[dt.date | None, strawberry.argument(description="First day; today unless given.")]
TheEndsOn = Annotated[dt.date | None, strawberry.argument(description="The day from which it no longer holds.")]
TheDeputyFor = Annotated[strawberry.ID | None, strawberry.argument(description="In whose place, for a deputy.")]
TheOn = Annotated[dt.date | None, strawberry.argument(description="From this day; today unless given.")]


@strawberry.type
class AccountQuery:
    """Root fields of this room."""

    @computed("The permission table: who may do what.", extensions=needs(Action.READ_REGISTER))
    def permission_table(self, info: Answer) -> list[PermissionRow]:
        """The very table that decides."""
        locale = info.context.viewer.locale
        return [
            PermissionRow(
                action=action,
                name=action.phrase.into(locale),
                allowed=[
                    Allowance(role=role, role_name=ROLE_NAMES[role].into(locale), reach=REACH_NAMES[reach].into(locale))
                    for role, reach in roles.items()
                ],
            )
            for action, roles in ALLOWED.items()
        ]

    @strawberry.field(
        description="One account, null where there is none or not for you.",
        graphql_type=Account | None,
        extensions=needs(Action.READ_PERMISSIONS),
        metadata=DESCRIBED,
    )
    async def account(self, info: Answer, id: Id) -> Any:
        """By its ID."""
        return await row_of(info.context, accounts.Account, key_of(id, accounts.Account))

    @strawberry.field(
        description="Every account, by name.",
        graphql_type=Connection[Account],
        extensions=needs(Action.READ_PERMISSIONS),
        metadata=DESCRIBED,
    )
    @spread
    async def accounts(self, info: Answer, *, search: TheSearch = "", part: Slice) -> Any:
        """search: part of a name."""
        rows = accounts.Account.filter(name__contains=search.lower()) if search else accounts.Account.all()
        return await connect(info.context, rows, ("name", "id"), part)


async def _account(key: UUID) -> AccountPayload:
    return shows(AccountPayload, account=await accounts.Account.get(id=key))


@strawberry.type
class AccountMutation:
    """Root fields that change this room."""

    @strawberry.mutation(
        description="Opens an account, with roles for all bodies from today.",
        extensions=needs(Action.MANAGE_ACCOUNTS),
        metadata=ONCE,
    )
    async def account_add(
        self,
        info: Answer,
        name: TheName,
        roles: TheRoles,
        password: ThePassword = None,
        person: ThePerson = None,
    ) -> AccountResult:
        """Nobody comes in by an account without a password, until its holder was invited."""
        key = key_of(person, members.Person, field="person") if person else None
        row = await account_add(info.context.viewer, name=name, roles=roles, person=key, password=password or None)
        return await _account(row.id)

    @strawberry.mutation(
        description="Lets nobody in by this account; its sessions end at once.",
        extensions=needs(Action.MANAGE_ACCOUNTS),
    )
    async def account_disable(self, info: Answer, id: Id) -> AccountResult:
        """Not the last administrator."""
        key = key_of(id, accounts.Account)
        await account_disable(info.context.viewer, account=key)
        return await _account(key)

    @strawberry.mutation(description="Lets a disabled account in again.", extensions=needs(Action.MANAGE_ACCOUNTS))
    async def account_enable(self, info: Answer, id: Id) -> AccountResult:
        """Its ended sessions stay ended."""
        key = key_of(id, accounts.Account)
        await account_enable(info.context.viewer, account=key)
        return await _account(key)

    @strawberry.mutation(
        description="Lets nobody in by single sign-on for an account any more; its sessions end.",
        extensions=needs(Action.MANAGE_ACCOUNTS),
    )
    async def account_unlink(self, info: Answer, id: Id) -> AccountResult:
        """Its holder can link it again."""
        key = key_of(id, accounts.Account)
        await account_unlink(info.context.viewer, account=key)
        return await _account(key)

    @strawberry.mutation(
        description="Ends every session of an account, which can sign in again at once.",
        extensions=needs(Action.MANAGE_ACCOUNTS),
    )
    async def account_sign_out(self, info: Answer, id: Id) -> AccountResult:
        """For a device that was lost."""
        key = key_of(id, accounts.Account)
        await account_sign_out(info.context.viewer, account=key)
        return await _account(key)

    @strawberry.mutation(
        description="Changes a password: your own by the old one, another's if you manage accounts. All sessions end; "
        "the browser that changes its own goes on with a new one.",
        extensions=public(),
        metadata=ONCE,
    )
    async def account_password(
        self,
        info: Answer,
        new: TheNew,
        id: TheId = None,
        old: TheOld = None,
    ) -> AccountResult:
        """id: your own account unless given."""
        viewer = info.context.viewer
        key = key_of(id, accounts.Account) if id else (await in_browser(viewer)).id
        info.context.renewed = await account_password(viewer, account=key, new=new, old=old)
        return await _account(key)

    @strawberry.mutation(
        description="Chooses the language of your own pages, in whatever browser you sign in with; not for tokens.",
        extensions=public(),
    )
    async def account_locale(self, info: Answer, locale: TheLocale) -> AccountResult:
        """Refused to whoever is not signed in with a browser."""
        viewer = info.context.viewer
        await account_locale(viewer, locale=locale)
        return shows(AccountPayload, account=await accounts.Account.get(id=viewer.account))

    @strawberry.mutation(
        description="Gives a role, for one body or for all, from a day to a day.",
        extensions=needs(Action.MANAGE_ACCOUNTS),
    )
    async def role_grant(
        self,
        info: Answer,
        account: TheAccount,
        role: TheRole,
        body: TheBody = None,
        starts_on: TheStartsOn = None,
        ends_on: TheEndsOn = None,
        deputy_for: TheDeputyFor = None,
    ) -> RoleResult:
        """Roles that follow from bodies cannot be given."""
        row = await role_verbs.role_grant(
            info.context.viewer,
            account=key_of(account, accounts.Account, field="account"),
            role=role,
            body=key_of(body, bodies.Body, field="body") if body else None,
            starts_on=starts_on,
            ends_on=ends_on,
            deputy_for=key_of(deputy_for, accounts.Account, field="deputy_for") if deputy_for else None,
        )
        return shows(RolePayload, assignment=row)

    @strawberry.mutation(
        description="Ends a given role on a day, today unless given.", extensions=needs(Action.MANAGE_ACCOUNTS)
    )
    async def role_end(
        self,
        info: Answer,
        id: Id,
        on: TheOn = None,
    ) -> RoleResult:
        """It works at the next request."""
        key = key_of(id, accounts.RoleAssignment)
        await role_verbs.role_end(info.context.viewer, assignment=key, on=on)
        return shows(RolePayload, assignment=await accounts.RoleAssignment.get(id=key))
