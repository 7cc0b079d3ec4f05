"""Invitations: how long they hold, what a code looks like, whom they are for, and what accounts are called."""

import datetime as dt
import enum
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from server.rules.accounts import NAME, fold_name
from server.rules.permissions import ALLOWED, Action, Asks, Decision, HeldRole, Role, may, where
from server.words import say

LIFE = dt.timedelta(days=14)
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""What no reader takes for another: no 0 and O, no 1, I and L, no U beside V."""
LENGTH, GROUP = 12, 4
"""Of a code: 30 ** 12 are 59 bits. 100 guesses a second for 14 days hit one by a chance of 1 to 4,000,000,000."""
BY_PLACE = frozenset({Role.GROUP_LEADER, Role.CONVENER, Role.CHAIR, Role.DEPARTMENT})
"""Roles that follow from a place in a body."""
TYPED_MAX = 100
PER_NAME = 10
"""Wrong codes of one address for one name within the window of `limits` that are counted; the right one still opens."""
PER_ADDRESS = 200
"""Wrong codes of one address that are counted one by one. Beyond it each is refused, and the right one still opens."""
FORGOTTEN_PER_ADDRESS = 10
"""Forgotten passwords that one address may say within the window of `limits`."""
FORGOTTEN_AGAIN = dt.timedelta(hours=1)
"""Nobody gets another letter sooner, however often it is asked."""
NAMESAKES = 5
"""Accounts that one name may mean; each gets a letter at its own address."""
NO_BODY = UUID(int=0)
"""No role is held for it: what may be done there may be done everywhere."""
AT_ONCE = 1000
"""People who can be invited together."""
SYLLABLE = re.compile(r"[a-z]+")


class AccountNaming(enum.Enum):
    """What a new account is called."""

    NUMBER = "number"
    PINYIN = "pinyin"


class InviteeStanding(enum.Enum):
    """How far someone has come in."""

    NO_ACCOUNT = "no_account"
    NOT_INVITED = "not_invited"
    INVITED = "invited"
    LAPSED = "lapsed"
    DISABLED = "disabled"
    IN = "in"


WAITING = (InviteeStanding.NO_ACCOUNT, InviteeStanding.NOT_INVITED, InviteeStanding.LAPSED)
"""Who has no invitation that holds, and needs one."""


@dataclass(frozen=True)
class Way:
    """The newest invitation of an account. ended: by a newer one, by use, or with the account."""

    expires_at: dt.datetime
    ended: bool


def standing(*, account: bool, active: bool, came_in: bool, newest: Way | None, now: dt.datetime) -> InviteeStanding:
    """How far someone has come in. account: there is one. came_in: it has a password, or single sign-on."""
    if not account:
        return InviteeStanding.NO_ACCOUNT
    if not active:
        return InviteeStanding.DISABLED
    if came_in:
        return InviteeStanding.IN
    if newest is None:
        return InviteeStanding.NOT_INVITED
    return InviteeStanding.LAPSED if newest.ended or newest.expires_at <= now else InviteeStanding.INVITED


def grouped(code: str) -> str:
    """The code as it is printed: ABCD-EFGH-JKMN."""
    return "-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))


def fold_code(typed: str) -> str:
    """The code as it is compared, however it was typed: small letters, full width, spaces and dashes are the same."""
    folded = unicodedata.normalize("NFKC", typed[:TYPED_MAX]).upper()
    return "".join(c for c in folded if c.isascii() and c.isalnum())


def may_invite(asks: Asks, held: Iterable[HeldRole]) -> Decision:
    """May whoever asks hand out a way into an account with these roles?

    Whoever holds a code could use it. So nobody issues one for an account that may do what they may not themselves;
    but who gives roles, who could give themselves this one, too, and who says who sits in the body it follows from.
    """
    for role in held:
        if _could_become(asks, role):
            continue
        for action, reaches in ALLOWED.items():
            if role.role in reaches and not all(_could(asks, action, body) for body in _reached(role, action)):
                message = say(
                    "This account may {action}, and you may not. Someone who may issues a code for it.",
                    action=action.phrase,
                )
                return Decision(False, "BEYOND_YOURS", message)
    return Decision(True, "ALLOWED", say("This account may nothing that you may not."))


def _could_become(asks: Asks, role: HeldRole) -> bool:
    """Whether they could give themselves the place in a body from which this role follows: for the chair of the whole
    assembly that of the head of the chair's meeting."""
    place = role.body or (NO_BODY if role.role is Role.CHAIR else None)
    return role.role in BY_PLACE and place is not None and asks.may(Action.MANAGE_BODIES, place).allowed


def _could(asks: Asks, action: Action, body: UUID) -> bool:
    """Whether they may, or could after giving themselves a role. No role gives a token more than its scopes."""
    decision = asks.may(action, body)
    return decision.allowed or (decision.code != "SCOPE" and asks.may(Action.MANAGE_ACCOUNTS, NO_BODY).allowed)


@dataclass(frozen=True)
class _Keeper:
    """Whoever holds this one role everywhere."""

    role: HeldRole

    def may(self, action: Action, body: UUID | None = None) -> Decision:
        """The table's answer."""
        return may([self.role], action, body=body)


def may_mail(held: Iterable[HeldRole]) -> Decision:
    """May a way into an account with these roles go to the e-mail address that the register knows?

    Whoever may change that address could have it come to their own. So by e-mail goes only what each of those who may
    could hand out at the desk.
    """
    given = list(held)
    for role in ALLOWED[Action.MANAGE_MEMBERS]:
        if not may_invite(_Keeper(HeldRole(role)), given):
            message = say(
                "This account may more than those who keep the e-mail addresses. Its code is issued at the desk, not "
                "sent by e-mail."
            )
            return Decision(False, "BEYOND_MAIL", message)
    return Decision(True, "ALLOWED", say("Whoever keeps the e-mail addresses may all that this account may."))


def _reached(role: HeldRole, action: Action) -> Iterator[UUID]:
    """Where the role carries the action; NO_BODY for everywhere."""
    bodies = where([role], action)
    yield from [NO_BODY] if bodies is None else sorted(bodies)


def account_names(naming: AccountNaming, people: Iterable[tuple[str, str]], taken: Iterable[str]) -> list[str]:
    """A name to sign in with for each of these people, in their order. people: member number, sort key by pinyin.

    The number where it can be a name and is free; else the pinyin, with 2, 3 ... behind it where that is taken.
    """
    used, names = {fold_name(name) for name in taken}, []
    for number, pinyin in people:
        wanted = fold_name(number)
        fits = naming is AccountNaming.NUMBER and NAME.fullmatch(wanted) and wanted not in used
        name = wanted if fits else _free(spelled(pinyin), used)
        used.add(name)
        names.append(name)
    return names


def spelled(pinyin: str) -> str:
    """A sort key by pinyin as a name: "shan4单 xiao3小" is shanxiao. Whatever has no Latin letters is a member."""
    letters = "".join(found[0] for word in pinyin.split() if (found := SYLLABLE.match(word)))[:40]
    return letters if NAME.fullmatch(letters) else f"member{letters}"


def _free(stem: str, used: set[str]) -> str:
    number, name = 1, stem
    while name in used:
        number += 1
        name = f"{stem}{number}"
    return name
