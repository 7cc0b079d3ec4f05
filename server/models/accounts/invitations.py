"""The end of invitations into an account: by a newer one, or with what they rest on; and all that it may."""

from collections.abc import Collection, Sequence
from uuid import UUID

from tortoise.expressions import Subquery
from tortoise.queryset import QuerySet

from server.models.accounts.holders import roles_of_all
from server.models.accounts.tables import Account, Invitation, RoleAssignment
from server.models.history import there
from server.rules.invitations import may_invite
from server.rules.permissions import HeldRole
from server.viewer import Viewer


async def end_invitations(viewer: Viewer, accounts: Collection[UUID]) -> int:
    """End those of these accounts that still hold, in the caller's transaction; how many there were."""
    return await _open(accounts).update(ended_at=viewer.now)


async def end_outgrown(viewer: Viewer, account: UUID) -> None:
    """End the invitation of an account that may more now than whoever issued it, in the caller's transaction.

    Else a code that is still in someone's hands would carry what they were never given.
    """
    row = await there(Account, account, "account")
    for issuer in await Account.filter(id__in=Subquery(_open([account]).values("issued_by_id"))):
        theirs = (await roles_of_all([issuer], viewer.today))[issuer.id]
        asks = Viewer(now=viewer.now, zone=viewer.zone, account=issuer.id, roles=theirs)
        if not may_invite(asks, (await all_roles(viewer, [row]))[account]):
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
