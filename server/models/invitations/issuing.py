"""Issuing invitations, and ending them: whoever issues a new one ends the one before."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from server.errors import Conflict, Problem, Refused
from server.models import audit
from server.models.accounts.changing import changing
from server.models.accounts.invitations import all_roles, end_invitations
from server.models.accounts.tables import Account, Invitation, InvitationChannel
from server.models.history import there
from server.models.invitations.secrets import Made, hash_of_code, hash_of_secret, made
from server.rules.invitations import LIFE, may_invite
from server.rules.permissions import Action
from server.viewer import Viewer
from server.words import say


@dataclass(frozen=True)
class Issued:
    """An invitation and what opens it, which is known only now."""

    invitation: Invitation
    account: Account
    made: Made


async def invitation_issue(viewer: Viewer, *, account: UUID, channel: InvitationChannel, key: str) -> Issued:
    """A way into that account, once, within 14 days; the one before ends. key: the secret of the house.

    Raises Conflict for a disabled account; Refused for one's own, and for one that may what the viewer may not;
    NotThere.
    """
    viewer.must_everywhere(Action.INVITE)
    async with changing():
        row = await there(Account, account, "account")
        await must_be_invitable(viewer, [row])
        return (await issue(viewer, [row], channel, key))[0]


async def must_be_invitable(viewer: Viewer, rows: Sequence[Account]) -> None:
    """Raises Conflict for a disabled account, Refused for one that the viewer may not hand out."""
    held = await all_roles(viewer, rows)
    for row in rows:
        if row.id == viewer.account:
            message = say("This is your own account. Change your password on your own page.")
            raise Refused(Problem("OWN_ACCOUNT", message, "account"))
        decision = may_invite(viewer, held[row.id])
        if not decision:
            raise Refused(Problem(decision.code, decision.reason, "account", decision.rule))
        if not row.active:
            message = say("The account {name} is disabled. An administrator can enable it.", name=row.name)
            raise Conflict(Problem("ACCOUNT_DISABLED", message, "account"))


async def issue(viewer: Viewer, rows: Sequence[Account], channel: InvitationChannel, key: str) -> list[Issued]:
    """Write the invitations down, in the caller's transaction, for accounts that may be invited."""
    await end_invitations(viewer, [row.id for row in rows])
    issued = [_issued(viewer, row, channel, key) for row in rows]
    await Invitation.bulk_create([one.invitation for one in issued])
    for one in issued:
        facts = {"invitation": f"inv_{one.invitation.id}", "channel": channel, "until": one.invitation.expires_at}
        await audit.record(viewer, "invitation.issue", f"acc_{one.account.id}", facts)
    return issued


def _issued(viewer: Viewer, row: Account, channel: InvitationChannel, key: str) -> Issued:
    new = made()
    invitation = Invitation(
        account_id=row.id,
        channel=channel,
        secret_hash=hash_of_secret(new.secret),
        code_hash=hash_of_code(new.code, row.id, key),
        created_at=viewer.now,
        expires_at=viewer.now + LIFE,
        issued_by_id=viewer.account,
    )
    return Issued(invitation, row, new)
