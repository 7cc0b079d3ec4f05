"""What an account is to the assembly today: the roles given to it, and those that follow from the register."""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from server.models.accounts.tables import Account, RoleAssignment
from server.models.bodies.queries import active_seats, by_place, derived_roles_of, leading_places, member
from server.models.fields import holding
from server.models.reads import Columns, Read, read
from server.rules.permissions import GIVEN, Action, HeldRole, Role, may
from server.viewer import NOWHERE
from server.words import both_names, say


async def roles_of_all(accounts: Collection[Account], on: dt.date) -> dict[UUID, tuple[HeldRole, ...]]:
    """Every role that each of these accounts holds on that day, the given ones first; everyone has an entry.

    One statement, and those of `derived_roles_of` where there is a person.
    """
    given: dict[UUID, list[HeldRole]] = {account.id: [] for account in accounts}
    for account, *role in await read(given_roles(list(given), on)):
        given[account].append(given_role(*role))
    behind = {account.id: account.person_id for account in accounts if account.person_id}
    derived = await derived_roles_of(set(behind.values()), on) if behind else {}
    return {
        account.id: (*given[account.id], *(derived[behind[account.id]] if account.id in behind else ()))
        for account in accounts
    }


async def who_may(action: Action, on: dt.date, body: UUID = NOWHERE) -> list[UUID]:
    """The accounts that may do this on that day, each of which lets someone in: everywhere, or for that body."""
    held = await roles_of_all(await Account.filter(active=True).order_by("created_at", "id"), on)
    return [account for account, roles in held.items() if may(roles, action, body=body)]


def roles_read(account: UUID, person: UUID | None, on: dt.date) -> dict[str, Read]:
    """What is read to tell every role that this account, which is that person's, holds on that day."""
    people = [person] if person else []
    return {
        "given": given_roles([account], on),
        "seats": active_seats(people, on),
        "places": leading_places(people, on),
    }


def roles_made(facts: Mapping[str, Any]) -> tuple[HeldRole, ...]:
    """The roles that were read, in the order of `roles_of_all`."""
    return (
        *(given_role(*role) for _, *role in facts["given"]),
        *(member(*seat) for _, *seat in facts["seats"]),
        *(role for _, *place in facts["places"] for role in by_place(*place)),
    )


DEPUTY = ("deputy_for_id", "deputy_for__name")
"""The columns that say in whose place a role is held."""


def given_roles(accounts: Collection[UUID], on: dt.date) -> Columns:
    """Account, role, days, body and whose deputy of each role given to these accounts that holds on that day."""
    rows = RoleAssignment.filter(holding(on), account_id__in=accounts).order_by("recorded_at", "id")
    body = ("body_id", "body__name_zh", "body__name_en")
    return Columns(rows, ("account_id", "role", "starts_on", "ends_on", *body, *DEPUTY))


def given_role(
    role: Role,
    since: dt.date | None,
    until: dt.date | None,
    body: UUID | None,
    name_zh: str,
    name_en: str,
    deputy_for: UUID | None,
    deputy_for_name: str | None,
) -> HeldRole:
    """The role that was given. deputy_for: the account whose deputy holds it, and what that is called."""
    return HeldRole(
        role=role,
        body=body,
        body_name=both_names(name_zh, name_en) if body else "",
        since=since,
        until=until,
        source=say("as deputy of {name}", name=deputy_for_name or "") if deputy_for else GIVEN,
        deputy_for=deputy_for,
    )
