"""The end of invitations into an account: by a newer one, or with what they rest on; and all that it may."""

import datetime as dt
from collections.abc import Collection, Sequence
from uuid import UUID

from tortoise.expressions import Subquery
from tortoise.queryset import QuerySet

from server.models.accounts.holders import roles_of_all
from server.models.accounts.tables import Account, Invitation, InvitationChannel, RoleAssignment
from server.models.history import there
from server.rules.invitations import may_invite, may_mail
from server.rules.permissions import HeldRole
from server.viewer import Viewer


def holding(now: dt.datetime) -> QuerySet[Invitation]:
    """Those that open an account now, with it."""
    rows = Invitation.filter(used_at=None, ended_at=None, expires_at__gt=now, account__active=True)
    return rows.select_related("account")


async def end_invitations(viewer: Viewer, accounts: Collection[UUID]) -> int:
    """End those of these accounts that still hold, in the caller's transaction; how many there were."""
    return await _open(accounts).update(ended_at=viewer.now)


async def end_outgrown(viewer: Viewer, account: UUID) -> None:
    """End the invitation of an account that may more now than whoever issued it, in the caller's transaction.

    Else a code that is still in someone's hands would carry what they were never given.
    """
    row = await there(Account, account, "account")
    held = (await all_roles(viewer, [row]))[account]
    if not may_mail(held) and await _open([account]).filter(channel=InvitationChannel.EMAIL).exists():
        await end_invitations(viewer, [account])
    for issuer in await Account.filter(id__in=Subquery(_open([account]).values("issued_by_id"))):
        theirs = (await roles_of_all([issuer], viewer.today))[issuer.id]
        asks = Viewer(now=viewer.now, zone=viewer.zone, account=issuer.id, roles=theirs)
        if not may_invite(asks, held):
            await end_invitations(viewer, [account])


async def all_roles(viewer: Viewer, rows: Sequence[Account]) -> dict[UUID, list[HeldRole]]:
    """What each of these accounts holds now, and what was given to it for later."""
    now = await roles_of_all(rows, viewer.today)
    held = {key: list(roles) for key, roles in now.items()}
    later = RoleAssignment.filter(account_id__in=list(held), voided_at=None, starts_on__gt=viewer.today)
    for account, role, body in await later.values_list("account_id", "role", "body_id"):
        held[account].append(HeldRole(role, body))
    return held


def _open(accounts: Collection[UUID]) -> QuerySet[Invitation]:
    return Invitation.filter(account_id__in=list(accounts), used_at=None, ended_at=None)
