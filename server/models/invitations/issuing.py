"""Issuing invitations, and ending them: whoever issues a new one ends the one before."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from server.errors import Conflict, Invalid, Problem, Refused
from server.models import audit
from server.models.accounts.changing import changing
from server.models.accounts.invitations import all_roles, end_invitations
from server.models.accounts.tables import Account, Invitation, InvitationChannel
from server.models.history import there
from server.models.invitations.secrets import Made, made
from server.models.members import Person
from server.models.messages.invitations import mail
from server.rules.invitations import LIFE, may_invite, may_mail
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

    By e-mail it leaves at once. Raises Conflict for a disabled account; Refused for one's own, for one that may what
    the viewer may not, and by e-mail for one that may what not all may who keep the addresses; Invalid where there is
    no address; NotThere.
    """
    viewer.must_everywhere(Action.INVITE)
    async with changing():
        row = await there(Account, account, "account")
        await must_be_invitable(viewer, [row], channel)
        return (await issue(viewer, [row], channel, key))[0]


async def must_be_invitable(viewer: Viewer, rows: Sequence[Account], channel: InvitationChannel) -> None:
    """Raises Conflict for a disabled account, Refused for one that the viewer may not hand out, Invalid."""
    held = await all_roles(viewer, rows)
    for row in rows:
        if row.id == viewer.account:
            message = say("This is your own account. Change your password on your own page.")
            raise Refused(Problem("OWN_ACCOUNT", message, "account"))
        decision = may_invite(viewer, held[row.id])
        if decision and channel is InvitationChannel.EMAIL:
            decision = may_mail(held[row.id])
        if not decision:
            raise Refused(Problem(decision.code, decision.reason, "account", decision.rule))
        if not row.active:
            message = say("The account {name} is disabled. An administrator can enable it.", name=row.name)
            raise Conflict(Problem("ACCOUNT_DISABLED", message, "account"))
    if channel is InvitationChannel.EMAIL:
        await _must_have_addresses(rows)


async def _must_have_addresses(rows: Sequence[Account]) -> None:
    people = {row.person_id for row in rows if row.person_id}
    known = await Person.filter(id__in=list(people)).exclude(email="").values_list("id", flat=True)
    for row in rows:
        if row.person_id not in known:
            message = say("No e-mail address of {name} is known. Print a letter, or issue a code.", name=row.name)
            raise Invalid(Problem("NO_ADDRESS", message, "channel"))


async def issue(viewer: Viewer, rows: Sequence[Account], channel: InvitationChannel, key: str) -> list[Issued]:
    """Write the invitations down and send what goes by e-mail, in the caller's transaction.

    rows: accounts that may be invited.
    """
    issued = await written(viewer, rows, channel, key)
    if channel is InvitationChannel.EMAIL:
        await mail(viewer, [(one.account, one.invitation) for one in issued])
    return issued


async def written(viewer: Viewer, rows: Sequence[Account], channel: InvitationChannel, key: str) -> list[Issued]:
    """The same, and nothing is sent."""
    await end_invitations(viewer, [row.id for row in rows])
    issued = [_issued(viewer, row, channel, key) for row in rows]
    await Invitation.bulk_create([one.invitation for one in issued])
    for one in issued:
        facts = {"invitation": f"inv_{one.invitation.id}", "channel": channel, "until": one.invitation.expires_at}
        await audit.record(viewer, "invitation.issue", f"acc_{one.account.id}", facts)
    return issued


def _issued(viewer: Viewer, row: Account, channel: InvitationChannel, key: str) -> Issued:
    new = made(row.id, key)
    invitation = Invitation(
        account_id=row.id,
        channel=channel,
        secret_hash=new.secret_hash,
        code_hash=new.code_hash,
        created_at=viewer.now,
        expires_at=viewer.now + LIFE,
        issued_by_id=viewer.account,
    )
    return Issued(invitation, row, new)
