"""Accounts and whom a provider of single sign-on knows: tied by its name and its subject, and by nothing else."""

from uuid import UUID

from server.errors import Conflict, Problem, Refused
from server.models import audit
from server.models.accounts.changing import changing
from server.models.accounts.opening import Browser, SignedIn, end_sessions, open_session
from server.models.accounts.proving import in_browser, prove
from server.models.accounts.tables import Account
from server.models.history import there
from server.passwords import COST, Cost
from server.rules.permissions import Action
from server.viewer import Viewer
from server.words import say


async def sign_in_by_provider(issuer: str, subject: str, browser: Browser) -> SignedIn | None:
    """Let in whom the provider vouched for; None where no account is linked to them.

    Raises Refused for a disabled account, and for one of the demo assembly through a proxy.
    """
    account = await Account.get_or_none(oidc_issuer=issuer, oidc_subject=subject)
    if account is None or not subject:
        return None
    if not account.active:
        raise Refused(Problem("ACCOUNT_DISABLED", say("This account is disabled.")))
    return await open_session(account, browser, by="single sign-on")


async def account_link(viewer: Viewer, *, issuer: str, subject: str, password: str, cost: Cost = COST) -> None:
    """Link the viewer's own account to whom the provider vouched for in this browser.

    Raises Invalid for a wrong password, Limited; Conflict where either is linked already; Refused without a browser.
    """
    account = await in_browser(viewer)
    await prove(viewer, account, password, cost=cost)
    async with changing():
        if await Account.exists(oidc_issuer=issuer, oidc_subject=subject):
            message = say("An account is linked to this sign-in already. An administrator can unlink it.")
            raise Conflict(Problem("LINKED_ELSEWHERE", message))
        mine = Account.filter(id=account.id, oidc_subject="")
        if not await mine.update(oidc_issuer=issuer, oidc_subject=subject):
            message = say("Your account is linked to another sign-in already. An administrator can unlink it.")
            raise Conflict(Problem("LINKED_ALREADY", message))
        await audit.record(viewer, "account.link", f"acc_{account.id}", {"issuer": issuer, "subject": subject})


async def account_unlink(viewer: Viewer, *, account: UUID) -> None:
    """Let nobody in any more by single sign-on for this account; its sessions end. Raises Conflict if not linked."""
    viewer.must(Action.MANAGE_ACCOUNTS)
    async with changing():
        row = await there(Account, account, "account")
        if not await Account.filter(id=account).exclude(oidc_subject="").update(oidc_issuer="", oidc_subject=""):
            raise Conflict(Problem("NOT_LINKED", say("This account is not linked."), "account"))
        facts = {"issuer": row.oidc_issuer, "subject": row.oidc_subject}
        ended = await end_sessions(account, viewer.now)
        await audit.record(viewer, "account.unlink", f"acc_{account}", facts | {"sessions": ended})
