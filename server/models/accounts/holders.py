"""What an account is to the assembly today: the roles given to it, and those that follow from the register."""

import datetime as dt
from collections.abc import Collection
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from server.models.accounts.tables import Account, RoleAssignment
from server.models.bodies import derived_roles_of
from server.models.fields import holding
from server.rules.permissions import GIVEN, HeldRole
from server.viewer import Viewer
from server.words import LOCALES, Locale, name, say


async def roles_of(account: Account, on: dt.date) -> tuple[HeldRole, ...]:
    """Every role held on that day, the given ones first. One statement, and those of `derived_roles` for a person."""
    return (await roles_of_all([account], on))[account.id]


async def roles_of_all(accounts: Collection[Account], on: dt.date) -> dict[UUID, tuple[HeldRole, ...]]:
    """The same for many accounts, in the same number of statements. Everyone asked for has an entry."""
    rows = await (
        RoleAssignment.filter(holding(on), account_id__in=[account.id for account in accounts])
        .select_related("body", "deputy_for")
        .order_by("recorded_at", "id")
    )
    given: dict[UUID, list[HeldRole]] = {account.id: [] for account in accounts}
    for row in rows:
        given[row.account_id].append(_held(row))
    behind = {account.id: account.person_id for account in accounts if account.person_id}
    derived = await derived_roles_of(set(behind.values()), on) if behind else {}
    return {
        account.id: (*given[account.id], *(derived[behind[account.id]] if account.id in behind else ()))
        for account in accounts
    }


async def viewer_for(account: Account, *, now: dt.datetime, zone: ZoneInfo, locale: Locale, **how: Any) -> Viewer:
    """The viewer behind an account. how: the session or token it came by, and the other facts of a Viewer.

    locale: of the request. In a browser the language that the account has chosen goes before; a program says which.
    """
    spoken = account.locale if "session" in how else ""
    chosen = next((known for known in LOCALES if known == spoken), locale)
    return Viewer(
        now=now,
        zone=zone,
        account=account.id,
        name=account.name,
        person=account.person_id,
        roles=await roles_of(account, now.astimezone(zone).date()),
        locale=chosen,
        demo=account.demo,
        **how,
    )


def _held(row: RoleAssignment) -> HeldRole:
    return HeldRole(
        role=row.role,
        body=row.body.id if row.body else None,
        body_name=name(row.body) if row.body else "",
        since=row.starts_on,
        until=row.ends_on,
        source=say("as deputy of {name}", name=row.deputy_for.name) if row.deputy_for else GIVEN,
    )
