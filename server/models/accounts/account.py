"""Opening accounts, closing them, and their passwords."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from server.errors import Conflict, Invalid, NotThere, Problem, Refused
from server.models import audit
from server.models.accounts.changing import changing
from server.models.accounts.choosing import chosen_password
from server.models.accounts.invitations import end_invitations
from server.models.accounts.opening import SignedIn, end_sessions, renew_session
from server.models.accounts.proving import prove
from server.models.accounts.roles import give, keep_an_administrator, must_be_grantable
from server.models.accounts.tables import Account
from server.models.history import there
from server.models.members.tables import Person
from server.models.messages import telling
from server.passwords import COST, Cost, hashed
from server.rules.accounts import account_name, fold_name, fold_password
from server.rules.messages import Topic
from server.rules.permissions import Action, Role
from server.rules.spans import Span
from server.viewer import Viewer
from server.words import LOCALES, say

NOT_ME = say("If that was not you, tell the general office at once.")
CHANGED: dict[str, Any] = {"words": say("Your password was changed"), "more": NOT_ME, "link": "/me/sessions"}
SET: dict[str, Any] = {"words": say("An administrator set a new password for you"), "more": NOT_ME}
"""What the owner is told; the pages say who did it."""


async def account_named(viewer: Viewer, name: str) -> Account:
    """The account with that name, capital or small. Raises NotThere."""
    viewer.must(Action.MANAGE_ACCOUNTS)
    account = await Account.get_or_none(name=fold_name(name))
    if account is None:
        raise NotThere(Problem("NO_SUCH_ACCOUNT", say("There is no account {name}.", name=name), "account"))
    return account


async def account_add(
    viewer: Viewer,
    *,
    name: str,
    roles: Sequence[Role] = (),
    person: UUID | None = None,
    password: str | None,
    demo: bool = False,
    cost: Cost = COST,
) -> Account:
    """Open an account. roles: given for all bodies from today on. demo: its password is published.

    password: None for one that is only entered by an invitation.

    Raises Invalid for the name, the password or a derived role; Conflict for a name taken; NotThere for the person.
    """
    viewer.must(Action.MANAGE_ACCOUNTS)
    kept = account_name(name)
    fit = None if password is None else await chosen_password(password, name=kept, person=person, demo=demo)
    for role in roles:
        must_be_grantable(role, None, "roles")
    password_hash = "" if fit is None else await hashed(fit, cost)
    async with changing():
        if await Account.exists(name=kept):
            raise Conflict(Problem("NAME_TAKEN", say("There is an account {name} already.", name=kept), "name"))
        if person:
            await there(Person, person, "person")
        account = await Account.create(
            name=kept, password_hash=password_hash, person_id=person, demo=demo, created_at=viewer.now
        )
        facts = {"name": kept, "person": person and f"per_{person}", "demo": demo}
        await audit.record(viewer, "account.add", f"acc_{account.id}", facts)
        for role in dict.fromkeys(roles):
            await give(viewer, account.id, role, Span(viewer.today))
    return account


async def account_disable(viewer: Viewer, *, account: UUID) -> None:
    """Let nobody in by this account any more; its sessions end now and its tokens rest.

    Raises Conflict if it is disabled already, Invalid for the last active administrator, NotThere.
    """
    viewer.must(Action.MANAGE_ACCOUNTS)
    async with changing():
        await there(Account, account, "account")
        await keep_an_administrator(viewer.today, without=lambda held: held.account_id == account)
        if not await Account.filter(id=account, active=True).update(active=False):
            raise Conflict(Problem("DISABLED_ALREADY", say("This account is disabled already."), "account"))
        ended = await end_sessions(account, viewer.now)
        await end_invitations(viewer, [account])
        await audit.record(viewer, "account.disable", f"acc_{account}", {"sessions": ended})


async def account_enable(viewer: Viewer, *, account: UUID) -> None:
    """Let a disabled account in again. Raises Conflict if it is not disabled, NotThere."""
    viewer.must(Action.MANAGE_ACCOUNTS)
    async with changing():
        await there(Account, account, "account")
        if not await Account.filter(id=account, active=False).update(active=True):
            raise Conflict(Problem("ENABLED_ALREADY", say("This account is not disabled."), "account"))
        await audit.record(viewer, "account.enable", f"acc_{account}", {})


async def account_password(
    viewer: Viewer, *, account: UUID, new: str, old: str | None = None, cost: Cost = COST
) -> SignedIn | None:
    """Change a password: one's own by the old one, another's as administrator. All its sessions end.

    The browser that changes its own goes on under a new id, which is returned. Raises Invalid for a new one that does
    not fit or a wrong old one; Limited after too many wrong ones; Conflict where it was changed meanwhile; NotThere.
    """
    own = viewer.account == account and viewer.client is None
    if not own:
        viewer.must(Action.MANAGE_ACCOUNTS)
    row = await there(Account, account, "account")
    fit = await chosen_password(new, name=row.name, person=row.person_id, field="new")
    if own:
        await prove(viewer, row, old or "", field="old", cost=cost)
        _must_differ(fold_password(old or ""), fit)
    password_hash = await hashed(fit, cost)
    async with changing():
        same = Account.filter(id=account, password_hash=row.password_hash)
        if not await same.update(password_hash=password_hash, demo=False):
            raise Conflict(Problem("PASSWORD_CHANGED", say("This password was changed just now. Try again."), "new"))
        ended = await end_sessions(account, viewer.now)
        await end_invitations(viewer, [account])
        await audit.record(viewer, "account.password", f"acc_{account}", {"own": own, "sessions": ended})
        await telling.tell(viewer, topic=Topic.ACCOUNT, accounts=[account], **(CHANGED if own else SET))
        return await renew_session(viewer) if own else None


async def account_locale(viewer: Viewer, *, locale: str) -> None:
    """Choose the language in which one's own account sees the pages, in whatever browser. locale: one of LOCALES.

    Raises Invalid for another one; Refused to visitors and tokens.
    """
    if viewer.session is None:
        raise Refused(Problem("NOT_IN_BROWSER", say("Sign in with a browser to choose the language of your pages.")))
    if locale not in LOCALES:
        raise Invalid(Problem("NO_SUCH_LANGUAGE", say("Choose one of {known}.", known=LOCALES), "locale"))
    async with changing():
        if await Account.filter(id=viewer.account).exclude(locale=locale).update(locale=locale):
            await audit.record(viewer, "account.locale", f"acc_{viewer.account}", {"locale": locale})


def _must_differ(old: str, new: str) -> None:
    if old == new:
        raise Invalid(Problem("PASSWORD_SAME", say("The new password is the old one. Choose another."), "new"))
