"""Issuing and using invitations, for the tests: cheap hashes, one key, one address unless told otherwise."""

import datetime as dt
from typing import Any

from server.models import invitations
from server.models.accounts import Account, Browser, InvitationChannel, SignedIn
from server.models.invitations import Invited, Issued, Shown
from server.models.members import Person, active_on, visible_people
from server.rules.invitations import AccountNaming, grouped
from server.rules.limits import keyed_address
from server.viewer import Viewer
from tests import make
from tests.accounts.door import CHEAP

KEY = "the secret of the house, for the tests"
NEW = "correct horse battery staple"


async def issue(viewer: Viewer, account: Account, channel: InvitationChannel = InvitationChannel.DESK) -> Issued:
    return await invitations.invitation_issue(viewer, account=account.id, channel=channel, key=KEY)


async def invite(viewer: Viewer, *people: Person, **how: Any) -> list[Invited]:
    """These people, or everyone with an active seat."""
    found = Person.filter(visible_people(viewer), active_on(viewer.today))
    chosen = Person.filter(id__in=[person.id for person in people]) if people else found
    how = {"naming": AccountNaming.PINYIN, "channel": InvitationChannel.LETTER, "key": KEY} | how
    return await invitations.invite(viewer, chosen, **how)


def browser(after: float = 0, address: str = "192.0.2.1", **facts: Any) -> Browser:
    now = make.NOW + dt.timedelta(seconds=after)
    return Browser(now, make.ZONE, keyed_address(address, "key"), "en", **facts)


async def by_link(issued: Issued, password: str = NEW, **where: Any) -> SignedIn:
    return await invitations.enter(Shown(secret=issued.made.secret), password, browser(**where), key=KEY, cost=CHEAP)


async def by_code(name: str, code: str, password: str = NEW, **where: Any) -> SignedIn:
    shown = Shown(name=name, code=code)
    return await invitations.enter(shown, password, browser(**where), key=KEY, cost=CHEAP)


def code_of(issued: Issued) -> str:
    return grouped(issued.made.code)
