"""Coming in by an invitation: its person chooses a password, and is signed in."""

import datetime as dt
import hmac
from dataclasses import dataclass

from tortoise.expressions import Q

from server.errors import Invalid, Problem
from server.models import audit
from server.models.accounts.account import CHANGED
from server.models.accounts.changing import changing
from server.models.accounts.choosing import chosen_password
from server.models.accounts.invitations import holding
from server.models.accounts.opening import Browser, SignedIn, end_sessions, open_session
from server.models.accounts.tables import Account, Invitation
from server.models.invitations.guessing import note_wrong
from server.models.invitations.secrets import hash_of_code, hash_of_secret
from server.models.messages import telling
from server.models.messages.tables import Message
from server.passwords import COST, Cost, hashed
from server.rules.accounts import fold_name
from server.rules.invitations import TYPED_MAX
from server.rules.messages import Topic
from server.words import say

NUMBER_MAX = 40
"""Characters of a member's number, as its column has them."""


@dataclass(frozen=True)
class Shown:
    """What someone brings: the secret of a link, else a code and by what we know them: a name or a member's number."""

    secret: str = ""
    name: str = ""
    code: str = ""


async def invited_by_link(secret: str, now: dt.datetime) -> Invitation | None:
    """The invitation that this link opens, with its account; None for one that does not hold. It is not used up."""
    return await holding(now).get_or_none(secret_hash=hash_of_secret(secret))


async def enter(shown: Shown, password: str, browser: Browser, *, key: str, cost: Cost = COST) -> SignedIn:
    """Choose the password of the account, and come in. The invitation is used up, and no session runs on.

    Whose password it replaces is told, as by each change of one.
    key: the secret of the house. Raises Invalid for an invitation that does not hold, with the same words whatever is
    wrong with it, or a password that does not fit; Limited after too many wrong codes.
    """
    invitation = await _invitation(shown, browser, key)
    account = invitation.account
    had = bool(account.password_hash)
    fit = await chosen_password(password, name=account.name, person=account.person_id, field="new")
    password_hash = await hashed(fit, cost)
    async with changing():
        mine = holding(browser.now).filter(id=invitation.id)
        if not await mine.exists() or not await Invitation.filter(id=invitation.id, used_at=None).update(
            used_at=browser.now
        ):
            raise _does_not_hold(shown)
        await Account.filter(id=account.id).update(password_hash=password_hash, demo=False)
        ended = await end_sessions(account.id, browser.now)
        account.password_hash, account.demo = password_hash, False
        signed_in = await open_session(account, browser, by="invitation")
        if signed_in is None:
            raise _does_not_hold(shown)
        await Message.filter(invitation_id=invitation.id, read_at=None).update(read_at=browser.now)
        facts = {"invitation": f"inv_{invitation.id}", "sessions": ended}
        await audit.record(signed_in.viewer, "invitation.use", f"acc_{account.id}", facts)
        if had:
            await telling.tell(signed_in.viewer, topic=Topic.ACCOUNT, accounts=[account.id], **CHANGED)
    return signed_in


async def _invitation(shown: Shown, browser: Browser, key: str) -> Invitation:
    if shown.secret:
        found = await invited_by_link(shown.secret, browser.now)
    else:
        found = await _by_code(shown, browser, key)
    if found is None:
        raise _does_not_hold(shown)
    return found


async def _by_code(shown: Shown, browser: Browser, key: str) -> Invitation | None:
    """The right code opens, however many wrong ones came from there: nobody behind that address is kept out by them."""
    name = fold_name(shown.name)
    for one in await holding(browser.now).filter(called(shown.name)).distinct():
        if hmac.compare_digest(one.code_hash, hash_of_code(shown.code, one.account_id, key)):
            return one
    await note_wrong(name, browser.address_hash, browser.now)
    return None


def called(name: str, account: str = "account__") -> Q:
    """Accounts of that name, or whose person has it or that member's number: what people know, or read on paper.

    account: the way to the account from the rows that are filtered.
    """
    typed = "".join(c if c.isprintable() else "?" for c in name.strip()[:TYPED_MAX])
    if not typed:
        return Q(id__in=[])
    person = f"{account}person__"
    names = {f"{account}name": fold_name(name), f"{person}name_zh": typed, f"{person}name_en": typed}
    if len(typed) <= NUMBER_MAX:
        names[f"{person}memberships__no"] = typed
    return Q(**names, join_type=Q.OR)


def _does_not_hold(shown: Shown) -> Invalid:
    if shown.secret:
        message = say("This link does not work any more. Ask the general office for a new one.")
        return Invalid(Problem("INVITATION_OVER", message))
    message = say(
        "The name and the code do not fit together, or the code has ended. Check both, or ask the general office."
    )
    return Invalid(Problem("WRONG_CODE", message, "one_time_code"))
