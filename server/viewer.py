"""Who asks: account, person, roles and language, valid now. Built for each request, passed on, never kept."""

import datetime as dt
from dataclasses import dataclass, field, replace
from secrets import token_hex
from typing import Self
from uuid import UUID
from zoneinfo import ZoneInfo

from server.errors import Problem, Refused
from server.rules.permissions import Action, Decision, HeldRole, Role, may
from server.words import Locale, say

NOWHERE = UUID(int=0)


@dataclass(frozen=True)
class Viewer:
    """One who asks.

    now: aware, UTC. scopes: of a token, None for a browser. name: the account's, or the system's own, such as
    "command line". client: the token, or the consent by which an app acts; app: that app, which acts for the account.
    acting_for: the account in whose place they act just now, as its deputy; see `acting`.
    feed: the calendar feed by which a program reads for the account.
    demo: signed in with a published password. address_hash: keyed, for limits and the audit trail. place: the same by a
    key that changes each month, for what is kept long.
    """

    now: dt.datetime
    zone: ZoneInfo
    account: UUID | None = None
    name: str = ""
    person: UUID | None = None
    roles: tuple[HeldRole, ...] = ()
    scopes: frozenset[str] | None = None
    client: UUID | None = None
    app: UUID | None = None
    session: UUID | None = None
    feed: UUID | None = None
    locale: Locale = "zh"
    acting_for: UUID | None = None
    demo: bool = False
    address_hash: str = ""
    place: str = ""
    request_id: str = field(default_factory=lambda: token_hex(16))

    @property
    def today(self) -> dt.date:
        """The day it is where the assembly sits."""
        return self.now.astimezone(self.zone).date()

    @property
    def signed_in(self) -> bool:
        """Someone we know, in a browser or by token."""
        return self.account is not None or bool(self.roles)

    @property
    def clock(self) -> dt.datetime:
        """Now, as the clocks show it where the assembly sits: what is told in words is told by them."""
        return self.now.astimezone(self.zone)

    def may(self, action: Action, body: UUID | None = None) -> Decision:
        """The table's answer for this viewer."""
        return may(self.roles, action, body=body, scopes=self.scopes, signed_in=self.signed_in)

    def must(self, action: Action, body: UUID | None = None) -> HeldRole:
        """The role by which the viewer may. Raises Refused with the reason where there is none."""
        decision = self.may(action, body)
        if not decision.allowed or decision.by is None:
            raise Refused(Problem(decision.code, decision.reason, rule=decision.rule))
        return decision.by

    def acting(self, action: Action, body: UUID | None = None) -> Self:
        """The viewer as they do this there: in the place of somebody, where only a deputy's role lets them.

        Raises Refused as `must` does.
        """
        return replace(self, acting_for=self.must(action, body).deputy_for)

    def must_everywhere(self, action: Action) -> HeldRole:
        """The role by which the viewer may, held for all bodies: no role is held for a body that does not exist."""
        return self.must(action, NOWHERE)


def system_viewer(zone: ZoneInfo, name: str, now: dt.datetime) -> Viewer:
    """The system itself, administrator for all. name: stands in the audit trail, such as "command line"."""
    held = HeldRole(Role.ADMINISTRATOR, source=say("works on the machine itself"))
    return Viewer(now=now, zone=zone, name=name, roles=(held,), locale="en")
