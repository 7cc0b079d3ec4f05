"""What has to be in the connected database once everyone came in, and nothing else."""

from collections import Counter

from server.models.accounts import Account, Invitation, Session
from server.models.audit import AuditEntry

WRITTEN = ("account.add", "invitation.issue", "invitation.use")
"""One entry each for everyone who comes in."""


async def faults(people: int) -> list[str]:
    """What is lost or double once all came in, and before they sign in again; empty where all is well."""
    members = dict(await Account.exclude(person_id=None).values_list("id", "password_hash"))
    used = await Invitation.exclude(used_at=None).values_list("account_id", flat=True)
    sessions = await Session.filter(account_id__in=list(members)).values_list("account_id", flat=True)
    entries = AuditEntry.filter(action__in=WRITTEN, object__in=[f"acc_{member}" for member in members])
    written = Counter(await entries.values_list("action", "object"))
    found = {
        "accounts": len(members),
        "passwords": len(set(filter(None, members.values()))),
        "invitations": await Invitation.all().count(),
        "invitations used": len(used),
        "accounts whose invitation was used": len(set(used)),
        "sessions": len(sessions),
        "accounts with a session": len(set(sessions)),
        **{f"accounts with {action}": sum(done == action for done, _ in written) for action in WRITTEN},
        "entries": written.total(),
    }
    wanted = dict.fromkeys(found, people) | {"entries": people * len(WRITTEN)}
    return [f"{what}: {count} instead of {wanted[what]}" for what, count in found.items() if count != wanted[what]]
