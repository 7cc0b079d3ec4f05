"""Giving roles and ending them; those that follow from the register cannot be given."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import UUID

from tortoise.expressions import Q

from server.errors import Conflict, Invalid, Problem
from server.models import audit
from server.models.accounts.changing import changing
from server.models.accounts.invitations import end_outgrown
from server.models.accounts.tables import Account, RoleAssignment
from server.models.bodies.tables import Body
from server.models.fields import holding
from server.models.history import end, locked, not_there, recorded, span, there
from server.models.messages import telling
from server.rules.messages import Topic
from server.rules.permissions import DERIVED, ROLE_NAMES, WHOLE_ONLY, Action, Role, opened
from server.rules.spans import Span, backwards
from server.viewer import Viewer
from server.words import Words, lines, name, say

REST = say("Whatever else you may do stays as it is.")


async def role_grant(
    viewer: Viewer,
    *,
    account: UUID,
    role: Role,
    body: UUID | None = None,
    starts_on: dt.date | None = None,
    ends_on: dt.date | None = None,
    deputy_for: UUID | None = None,
) -> RoleAssignment:
    """Give a role, for one body or (None) for all. starts_on: today if not given; ends_on: None for no end.

    The account is told, whoever gives it: who did not expect it asks.

    Raises Invalid for a derived role, with where it comes from, or impossible days; Conflict where the account
    holds it on some of these days already; NotThere.
    """
    viewer.must(Action.MANAGE_ACCOUNTS)
    must_be_grantable(role, body, "role")
    days = Span(starts_on or viewer.today, ends_on)
    if days.empty:
        raise Invalid(backwards("ends_on"))
    async with changing():
        await there(Account, account, "account")
        where = await there(Body, body, "body") if body else None
        if deputy_for:
            await _other(account, deputy_for)
        row = await give(viewer, account, role, days, body=body, deputy_for=deputy_for)
        await end_outgrown(viewer, account)
        words = say("You have the role {role} from {day} on", role=ROLE_NAMES[role], day=days.starts_on)
        until = [say("It ends on {day}.", day=ends_on)] if ends_on else []
        await _tell(viewer, account, words, _held_for(where), *_opens(role, where), *until)
    return row


async def role_end(viewer: Viewer, *, assignment: UUID, on: dt.date | None = None) -> None:
    """End a given role on that day (today if not given), from which it no longer holds. The account is told.

    Deputies who hold it in the place of that account hold it no longer, too.

    Raises Invalid for a day gone by, or the last administrator; Conflict where it has ended by then; NotThere.
    """
    viewer.must(Action.MANAGE_ACCOUNTS)
    day = on or viewer.today
    if day < viewer.today:
        raise Invalid(Problem("ROLE_PAST", say("A role can end today at the earliest: it was held until now."), "on"))
    async with changing():
        row = await locked(RoleAssignment, assignment, "assignment")
        if row.voided_at:
            raise not_there("assignment")
        if row.ends_on and row.ends_on <= day:
            raise Conflict(Problem("ROLE_ENDED", say("This role ends on {day} already.", day=row.ends_on), "on"))
        await keep_an_administrator(day, without=lambda held: held.id == row.id)
        await end_assignment(viewer, row, day)
        if not row.deputy_for_id:
            await end_deputies(viewer, row, day)
        where = await there(Body, row.body_id) if row.body_id else None
        await _tell(viewer, row.account_id, role_ends(day, row.role), _held_for(where), REST)


def role_ends(on: dt.date, *roles: Role) -> Words:
    """How an account is told that roles of it end."""
    return say("Your role ends on {day}: {roles}", day=on, roles=tuple(ROLE_NAMES[role] for role in roles))


async def _tell(viewer: Viewer, account: UUID, words: Words, *more: Words) -> None:
    """The title names no body, since it leaves the house."""
    await telling.tell(viewer, topic=Topic.ACCOUNT, words=words, more=lines(*more), accounts=[account], link="/me")


def _held_for(body: Body | None) -> Words:
    return say("It is held for {body}.", body=name(body)) if body else say("It is held for all bodies.")


def _opens(role: Role, body: Body | None) -> list[Words]:
    """What the account can do with it."""
    actions = opened(role, whole=body is None)
    return [say("With it you may: {actions}.", actions=actions)] if actions else []


def must_be_grantable(role: Role, body: UUID | None, field: str) -> None:
    """Raises Invalid for a role that only follows from the register, or that is never for one body only."""
    if role in DERIVED:
        message = say("The role {role} cannot be given. {source}", role=ROLE_NAMES[role], source=DERIVED[role])
        raise Invalid(Problem("ROLE_DERIVED", message, field))
    if body and role in WHOLE_ONLY:
        message = say("The role {role} is for the whole assembly. Leave the body open.", role=ROLE_NAMES[role])
        raise Invalid(Problem("ROLE_WHOLE_ONLY", message, "body"))


async def give(
    viewer: Viewer, account: UUID, role: Role, days: Span, *, body: UUID | None = None, deputy_for: UUID | None = None
) -> RoleAssignment:
    """Write the assignment down, in the caller's transaction. Raises Conflict where it overlaps the same one."""
    for row in await RoleAssignment.filter(account_id=account, role=role, body_id=body, voided_at=None):
        if span(row).overlaps(days):
            message = say("This account is {role} on these days already. End that first.", role=ROLE_NAMES[role])
            raise Conflict(Problem("ROLE_HELD", message, "role"))
    row = await RoleAssignment.create(
        account_id=account,
        role=role,
        body_id=body,
        deputy_for_id=deputy_for,
        starts_on=days.starts_on,
        ends_on=days.ends_on,
        **recorded(viewer),
    )
    facts = {"account": f"acc_{account}", "role": role, "body": body and f"bod_{body}"}
    facts |= {"starts_on": days.starts_on, "ends_on": days.ends_on, "deputy_for": deputy_for and f"acc_{deputy_for}"}
    await audit.record(viewer, "role.grant", f"rol_{row.id}", facts)
    return row


async def end_assignment(viewer: Viewer, row: RoleAssignment, on: dt.date) -> None:
    """End it, with its entry in the trail, in the caller's transaction."""
    await end(viewer, row, on)
    await audit.record(viewer, "role.end", f"rol_{row.id}", {"account": f"acc_{row.account_id}", "on": on})


async def end_deputies(viewer: Viewer, row: RoleAssignment, on: dt.date) -> None:
    """Nobody stands in for who holds the role no longer: ends what deputies hold in its place, in the same way."""
    theirs: Any = {"deputy_for_id": row.account_id, "role": row.role, "body_id": row.body_id}
    for deputy in await RoleAssignment.filter(lasting(on), voided_at=None, **theirs).order_by("id"):
        await end_assignment(viewer, deputy, on)


def lasting(on: dt.date) -> Q:
    """Roles that are not over by that day, whether they have begun or not."""
    return Q(ends_on__isnull=True) | Q(ends_on__gt=on)


async def administrators(on: dt.date) -> list[UUID]:
    """The accounts that are active and hold that role on that day: whom the system tells what concerns itself."""
    held = RoleAssignment.filter(holding(on), role=Role.ADMINISTRATOR, account__active=True)
    return [account for (account,) in await held.distinct().values_list("account_id")]


async def keep_an_administrator(on: dt.date, without: Callable[[RoleAssignment], bool]) -> None:
    """Raises Invalid where nobody could manage accounts on that day any more. without: the assignments that go."""
    held = await RoleAssignment.filter(holding(on), role=Role.ADMINISTRATOR, account__active=True)
    if held and all(without(row) for row in held):
        message = say("This is the last active administrator. Give the role to someone else first.")
        raise Invalid(Problem("LAST_ADMINISTRATOR", message))


async def _other(account: UUID, deputy_for: UUID) -> None:
    await there(Account, deputy_for, "deputy_for")
    if account == deputy_for:
        raise Invalid(Problem("OWN_DEPUTY", say("Nobody is their own deputy. Choose another account."), "deputy_for"))
