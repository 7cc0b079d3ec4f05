"""The access of those who left with a term, once its day has come.

What they may follows from days, so on that day they may nothing more by themselves; here sessions, tokens, connected
apps and accounts are ended that would only be of no use.
"""

from typing import Any
from uuid import UUID

from tortoise.expressions import Subquery

from server.models import audit
from server.models.accounts.invitations import end_invitations
from server.models.accounts.tables import Account, ApiClient, Consent, RoleAssignment, Session
from server.models.bodies.counting import batches
from server.models.database import append_lock, transaction
from server.models.fields import holding
from server.models.members.tables import Person, Term, TermStatus
from server.models.renewal.queries import keys, part_of
from server.models.renewal.tables import Renewal
from server.rules.permissions import Action
from server.rules.renewal import Given, RenewalPart, is_work
from server.viewer import Viewer
from server.words import Words, say


async def end_leavers(viewer: Viewer) -> Words:
    """End the access of who left with a term whose day has come, and close that term. For a job; what it did.

    Done once for each change of term, however often and by however many it is called.
    """
    viewer.must_everywhere(Action.RENEW)
    ended = 0
    for key in await keys(Renewal.filter(undone_at=None, done_at=None, on__lte=viewer.today)):
        async with transaction():
            due = Renewal.filter(id=key, undone_at=None, done_at=None).select_for_update(no_key=True)
            done = await due.first()
            ended += await _end(viewer, done) if done else 0
    return say("{count} accounts of members who left were ended.", count=ended)


async def _end(viewer: Viewer, done: Renewal) -> int:
    await append_lock()
    return await end_access(viewer, done)


async def end_access(viewer: Viewer, done: Renewal) -> int:
    """In the transaction of the caller, who has the append lock. How many accounts were ended."""
    accounts = await _ending(viewer, done.term_id)
    counts = {"accounts": len(accounts)}
    open_ended: dict[str, Any] = {"ended_at": None, "expires_at__gt": viewer.now}
    for batch in batches(accounts):
        await Account.filter(id__in=batch).update(active=False)
        await end_invitations(viewer, batch)
        for name, rows, column in (
            ("sessions", Session.filter(account_id__in=batch, **open_ended), "ended_at"),
            ("tokens", ApiClient.filter(owner_id__in=batch, revoked_at=None, expires_at__gt=viewer.now), "revoked_at"),
            ("consents", Consent.filter(account_id__in=batch, ended_at=None), "ended_at"),
        ):
            counts[name] = counts.get(name, 0) + await rows.update(**{column: viewer.now})
    await Term.filter(id=done.former_id, status=TermStatus.ACTIVE).update(
        status=TermStatus.CLOSED, updated_at=viewer.now
    )
    await Renewal.filter(id=done.id).update(done_at=viewer.now)
    payload = {"former": done.former_id, "ended": sorted(accounts), **counts}
    await audit.record(viewer, "renewal.end_leavers", f"trm_{done.term_id}", payload)
    return len(accounts)


async def _ending(viewer: Viewer, term: UUID) -> list[UUID]:
    """The open accounts of who left, but for those that hold a role today for work that needs no seat."""
    left = Subquery(Person.filter(part_of(term, RenewalPart.LEAVES)).values("id"))
    accounts = await keys(Account.filter(active=True, person_id__in=left))
    held = RoleAssignment.filter(holding(viewer.today), account_id__in=accounts)
    columns = ("id", "account_id", "role", "deputy_for_id")
    keeping = {
        account
        for key, account, role, deputy_for in await held.values_list(*columns)
        if is_work(Given(key, account, role, is_deputy=deputy_for is not None), ())
    }
    return [account for account in accounts if account not in keeping]
