"""Who keeps folders when their keeper leaves or is away: handing over, deputies, and whose hand it is (RD-2)."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from server.errors import Problem
from server.rules.permissions import HeldRole, Role
from server.words import say

SOON = dt.timedelta(days=14)
"""Permissions that end so soon are told of, for whoever takes over to renew them or not."""
LONGEST = 92
"""A deputy stands in for so many days at most: who is away for longer hands over."""


@dataclass(frozen=True)
class Party:
    """Someone between whom folders pass. works: holds a role today that the office gave, not as a deputy."""

    account: UUID
    person: UUID | None = None
    active: bool = True
    works: bool = True

    def is_same(self, other: "Party") -> bool:
        """One account, or two of one person."""
        return self.account == other.account or (self.person is not None and self.person == other.person)


def arranges(roles: Iterable[HeldRole]) -> bool:
    """Whether their holder does it for others, too: the general office, and administrators; a keeper for themselves."""
    return any(one.role is Role.ADMINISTRATOR or (one.role is Role.SECRETARY and not one.body) for one in roles)


def taker_problems(keeper: Party, taker: Party, by: Party, field: str) -> list[Problem]:
    """Why this one cannot take over, or stand in. by: who arranges it."""
    if taker.is_same(keeper):
        return [Problem("SAME_HANDS", say("Choose somebody else than who keeps them now."), field)]
    if taker.is_same(by):
        message = say("Nobody takes folders over by their own decision: somebody else has to arrange that.")
        return [Problem("GIVES_ONESELF", message, field, "RD-2")]
    if not taker.active:
        return [Problem("ACCOUNT_CLOSED", say("This account lets nobody in. Choose another one."), field)]
    if not taker.works:
        message = say("This account has no work in the office yet: an administrator gives it a role first.")
        return [Problem("NOT_OFFICE", message, field)]
    return []


def day_problems(on: dt.date, today: dt.date) -> list[Problem]:
    """Why folders cannot be handed over on that day."""
    return [Problem("PAST", say("This day has gone by."), "on")] if on < today else []


def deputy_problems(starts_on: dt.date, last_day: dt.date, today: dt.date) -> list[Problem]:
    """What is wrong with the days of a deputy, each beside its field."""
    if starts_on < today:
        return [Problem("PAST", say("This day has gone by."), "starts_on")]
    if last_day < starts_on:
        return [Problem("ENDS_FIRST", say("It ends before it begins."), "last_day")]
    if (last_day - starts_on).days >= LONGEST:
        message = say("A deputy stands in for {most} days at most. For longer, hand the folders over.", most=LONGEST)
        return [Problem("TOO_LONG", message, "last_day")]
    return []


def principals(roles: Iterable[HeldRole]) -> frozenset[UUID]:
    """The accounts in whose place these roles are held."""
    return frozenset(one.deputy_for for one in roles if one.deputy_for)


def is_one_hand(account: UUID | None, roles: Iterable[HeldRole], *others: UUID | None) -> bool:
    """Whether one of these is that account, or one in whose place it acts today: they count as one person (RD-2, RD-5).

    others: who gave or refused something, and in whose place they did.
    """
    return bool(({account, *principals(roles)} & set(others)) - {None})


def within(bodies: Collection[UUID | None], body: UUID | None) -> bool:
    """Whether a folder of that body is among what is kept. bodies: for which the role is held, None for all."""
    return None in bodies or (body is not None and body in bodies)
