"""Who is to come in and how far they are: people of the register with their account and its newest invitation."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from server.models.accounts.tables import InvitationChannel, RoleAssignment
from server.models.members import Person, posts_on
from server.models.reads import Columns, Read, Statement, flag, moment
from server.rules.invitations import AccountNaming, InviteeStanding, Way, account_names, standing
from server.rules.permissions import HeldRole


@dataclass(frozen=True)
class Invitee:
    """Someone of the register. number: of the member's card. account_name: empty where there is no account.

    invited_at, channel, expires_at: of the newest invitation; undelivered: it left by e-mail and reached nobody.
    entered_at: when one was used last. given: roles given to the account that hold, or will.
    """

    person: UUID
    name_zh: str
    name_en: str
    pinyin: str
    has_email: bool
    sector: UUID | None
    sector_sort: str
    sector_zh: str
    sector_en: str
    number: str
    account: UUID | None
    account_name: str
    locale: str
    standing: InviteeStanding
    invited_at: dt.datetime | None
    channel: InvitationChannel | None
    expires_at: dt.datetime | None
    undelivered: bool
    entered_at: dt.datetime | None
    given: tuple[HeldRole, ...] = ()

    @property
    def place(self) -> tuple[str, str, str]:
        """By sector, then by pinyin; whoever has no sector comes last."""
        return (self.sector_sort or "~", self.pinyin, str(self.person))


@dataclass(frozen=True)
class Such:
    """Which of them: all who stand so, whose newest invitation went this way, or by e-mail reached nobody."""

    standing: InviteeStanding | None = None
    last_channel: InvitationChannel | None = None
    undelivered: bool = False

    def fits(self, one: Invitee) -> bool:
        """Whether someone is such."""
        return (
            self.standing in (None, one.standing)
            and self.last_channel in (None, one.channel)
            and (one.undelivered or not self.undelivered)
        )


def invitees_read(people: QuerySet[Person], on: dt.date) -> dict[str, Read]:
    """What tells it of these people. on: the day whose sectors count."""
    posts = posts_on(on).filter(membership__term__status="active")
    rows = {
        "people": people.values("id"),
        "posts": posts.values("membership__person_id", "membership__no", "sector_id"),
    }
    given = RoleAssignment.filter(account__person_id__in=Subquery(people.values("id")), voided_at=None)
    lasting = given.filter(Q(ends_on=None) | Q(ends_on__gt=on)).order_by("account_id", "id")
    return {
        "invitees": Statement(_INVITEES, {}, KINDS, ORDER, rows),
        "given": Columns(lasting, ("account_id", "role", "body_id")),
    }


def names_read() -> dict[str, Read]:
    """The names of all accounts: a new one takes none of them."""
    return {"names": Statement("SELECT name FROM account", {}, {"name": str}, ("name",))}


def invitees_of(facts: Mapping[str, Any], now: dt.datetime) -> list[Invitee]:
    """Each person once, by sector and pinyin. Of several accounts the first that lets someone in."""
    found: dict[UUID, Invitee] = {}
    given: dict[UUID, list[HeldRole]] = defaultdict(list)
    for account, role, body in facts["given"]:
        given[account].append(HeldRole(role, body))
    for row in facts["invitees"]:
        invitee = _invitee(row, now)
        invitee = replace(invitee, given=tuple(given[invitee.account])) if invitee.account in given else invitee
        known = found.get(invitee.person)
        if known is None or (
            known.standing is InviteeStanding.DISABLED and invitee.standing is not InviteeStanding.DISABLED
        ):
            found[invitee.person] = invitee
    return sorted(found.values(), key=lambda one: one.place)


def names_of(naming: AccountNaming, people: Iterable[Invitee], taken: Iterable[str]) -> dict[UUID, str]:
    """What each of these signs in with: the account's name, or that of the account to be opened."""
    chosen = list(people)
    new = [one for one in chosen if one.account is None]
    names = account_names(naming, [(one.number, one.pinyin) for one in new], taken)
    made = {one.person: name for one, name in zip(new, names, strict=True)}
    return {one.person: made.get(one.person, one.account_name) for one in chosen}


ORDER = ("person_id", "account_at", "account_id", "sector_sort", "sector_id", "number")
"""Whoever has two posts on a day is told by the first of their sectors, on either database and by either road."""

KINDS: dict[str, Any] = {
    "person_id": UUID,
    "name_zh": str,
    "name_en": str,
    "sort_pinyin": str,
    "has_email": flag,
    "sector_id": UUID,
    "sector_sort": str,
    "sector_zh": str,
    "sector_en": str,
    "number": str,
    "account_id": UUID,
    "account_name": str,
    "account_at": moment,
    "locale": str,
    "active": flag,
    "came_in": flag,
    "channel": InvitationChannel,
    "invited_at": moment,
    "expires_at": moment,
    "ended": flag,
    "undelivered": flag,
    "entered_at": moment,
}


TEXTS = ("sector_sort", "sector_zh", "sector_en", "number", "account_name", "locale")
"""Columns that are empty where there is no seat or no account."""


def _invitee(row: tuple[Any, ...], now: dt.datetime) -> Invitee:
    said = dict(zip(KINDS, row, strict=True))
    newest = Way(said["expires_at"], bool(said["ended"])) if said["expires_at"] else None
    stands = standing(
        account=said["account_id"] is not None,
        active=bool(said["active"]),
        came_in=bool(said["came_in"]),
        newest=newest,
        now=now,
    )
    texts: dict[str, Any] = {name: said[name] or "" for name in TEXTS}
    return Invitee(
        person=said["person_id"],
        name_zh=said["name_zh"],
        name_en=said["name_en"],
        pinyin=said["sort_pinyin"],
        has_email=said["has_email"],
        sector=said["sector_id"],
        account=said["account_id"],
        standing=stands,
        invited_at=said["invited_at"],
        channel=said["channel"],
        expires_at=said["expires_at"],
        undelivered=said["undelivered"],
        entered_at=said["entered_at"],
        **texts,
    )


_INVITEES = """
  SELECT p.id AS person_id, p.name_zh, p.name_en, p.sort_pinyin, CASE WHEN p.email <> '' THEN 1 ELSE 0 END AS has_email,
    b.id AS sector_id, b.sort AS sector_sort, b.name_zh AS sector_zh, b.name_en AS sector_en,
    seat.membership__no AS number, a.id AS account_id, a.name AS account_name, a.created_at AS account_at, a.locale,
    CASE WHEN a.active THEN 1 ELSE 0 END AS active,
    CASE WHEN a.password_hash <> '' OR a.oidc_subject <> '' THEN 1 ELSE 0 END AS came_in,
    i.channel, i.created_at AS invited_at, i.expires_at,
    CASE WHEN i.used_at IS NOT NULL OR i.ended_at IS NOT NULL THEN 1 ELSE 0 END AS ended,
    COALESCE((SELECT MAX(CASE WHEN d.state IN ('bounced', 'given_up') THEN 1 ELSE 2 END)
      FROM message m JOIN delivery d ON d.message_id = m.id WHERE m.invitation_id = i.id), 0) AS undelivered,
    (SELECT MAX(u.used_at) FROM invitation u WHERE u.account_id = a.id) AS entered_at
  FROM person p JOIN ({people}) chosen ON chosen.id = p.id
  LEFT JOIN ({posts}) seat ON seat.membership__person_id = p.id
  LEFT JOIN body b ON b.id = seat.sector_id
  LEFT JOIN account a ON a.person_id = p.id
  LEFT JOIN invitation i ON i.account_id = a.id
    AND i.id = (
      SELECT x.id FROM invitation x WHERE x.account_id = a.id ORDER BY x.created_at DESC, x.id DESC LIMIT 1
    )"""
