"""Handing the keeping of folders over, and deputies for days away.

Who keeps a folder follows from a role: so what passes is that role, and what waits is answered by whoever holds it.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tortoise.expressions import Subquery
from tortoise.queryset import QuerySet

from server.errors import Conflict, Invalid, Problem
from server.models import audit
from server.models.accounts.changing import changing
from server.models.accounts.holders import who_may
from server.models.accounts.roles import end_assignment, end_deputies, give, lasting
from server.models.accounts.tables import Account, RoleAssignment
from server.models.documents.given import ending_by
from server.models.documents.tables import AccessGrant, AccessRequest, Explanation, Folder, MaterialRequest
from server.models.fields import holding
from server.models.history import locked, not_there, span
from server.models.messages import telling
from server.models.reads import Columns, Read, read_all
from server.rules import access, explanations, materials
from server.rules.keeping import (
    SOON,
    Party,
    arranges,
    day_problems,
    deputy_problems,
    taker_problems,
    within,
)
from server.rules.messages import Topic
from server.rules.permissions import Action, Role
from server.rules.spans import Span
from server.viewer import NOWHERE, Viewer
from server.words import Words, both_names, lines, say

BODY = ("body_id", "body__name_zh", "body__name_en")
NAMED = ("name", "person__name_zh", "person__name_en")


def own_keeping(account: UUID, on: dt.date) -> QuerySet[RoleAssignment]:
    """The roles by which it keeps folders on that day or later, but for those that it holds as a deputy."""
    held = RoleAssignment.filter(lasting(on), account_id=account, role=Role.CUSTODIAN, voided_at=None)
    return held.filter(deputy_for_id__isnull=True).order_by("starts_on", "id")


def keepers(on: dt.date) -> QuerySet[Account]:
    """The accounts that keep folders of their own on that day, by name."""
    held = RoleAssignment.filter(holding(on), role=Role.CUSTODIAN, deputy_for_id__isnull=True)
    keys: Any = {"id__in": Subquery(held.values("account_id"))}
    return Account.filter(active=True, **keys).order_by("name")


def workers(on: dt.date) -> QuerySet[Account]:
    """The accounts that work in the office on that day: who could keep folders, by name."""
    keys: Any = {"id__in": Subquery(_working(on).values("account_id"))}
    return Account.filter(active=True, **keys).order_by("name")


def _working(on: dt.date) -> QuerySet[RoleAssignment]:
    return RoleAssignment.filter(holding(on), deputy_for_id__isnull=True)


def keeping_reads(viewer: Viewer, account: UUID, on: dt.date) -> dict[str, Read]:
    """What is read to tell what an account keeps, and what waits there: see `Keeping`."""
    deputies = RoleAssignment.filter(lasting(on), deputy_for_id=account, role=Role.CUSTODIAN, voided_at=None)
    mine = {"granted_by_id": account}
    wishes = AccessRequest.filter(state__in=list(access.WAITING)).order_by("due_on", "id")
    asked = MaterialRequest.filter(state__in=list(materials.WAITING)).order_by("due_on", "id")
    questions = Explanation.filter(state=explanations.ExplanationState.ASKED)
    ending = AccessGrant.filter(ending_by(viewer, viewer.now + SOON), **mine)
    return {
        "account": Columns(Account.filter(id=account), ("id", *NAMED)),
        "roles": Columns(own_keeping(account, on), (*BODY, "starts_on", "ends_on")),
        "deputies": Columns(
            deputies.order_by("starts_on", "id"),
            ("account_id", *(f"account__{name}" for name in NAMED), *BODY, "starts_on", "ends_on"),
        ),
        "folders": Columns(Folder.all().order_by("sort", "id"), ("id", "body_id")),
        "requests": Columns(wishes, ("id", "document__folder__body_id", "person_id", "due_on")),
        "materials": Columns(asked, ("id", "folder__body_id")),
        "questions": Columns(questions, ("id", "document__folder__body_id")),
        "ending": Columns(ending, ("id", "document__folder__body_id", "folder__body_id")),
    }


@dataclass(frozen=True)
class Keeping:
    """What `keeping_reads` read, as far as it lies in what the account keeps."""

    found: Mapping[str, Any]

    @property
    def bodies(self) -> frozenset[UUID | None]:
        """For which bodies; None for all."""
        return frozenset(row[0] for row in self.found["roles"])

    def there(self, name: str) -> list[UUID]:
        """The keys of what is called so: folders, requests, materials, questions."""
        return [row[0] for row in self.found[name] if within(self.bodies, row[1])]

    @property
    def ending(self) -> list[UUID]:
        """The permissions that this account gave and that end soon."""
        return [row[0] for row in self.found["ending"] if within(self.bodies, row[1] or row[2])]

    def of(self, person: UUID | None) -> list[UUID | None]:
        """For each request of this person's own, of which body the folder is."""
        rows = self.found["requests"] if person else ()
        return [row[1] for row in rows if row[2] == person and within(self.bodies, row[1])]


def parties_reads(account: UUID, to: UUID, on: dt.date) -> dict[str, Read]:
    """What is read to tell whether folders can pass from one to the other: see `hindrances`."""
    both: Any = {"id__in": [account, to]}
    works: Any = {"account_id__in": [account, to]}
    return {
        "parties": Columns(Account.filter(**both), ("id", "person_id", "active")),
        "working": Columns(_working(on).filter(**works), ("account_id",)),
    }


def hindrances(viewer: Viewer, found: Mapping[str, Any], account: UUID, to: UUID, on: dt.date) -> list[Problem]:
    """Why the folders of this account cannot pass to that one, made of what was read; empty where they can."""
    if len({account, to}) > len(found["parties"]):
        return list(not_there("to").problems)
    keeper, taker = (_party(found, key) for key in (account, to))
    wrong = [*taker_problems(keeper, taker, _by(viewer), "to"), *day_problems(on, viewer.today)]
    if not found["roles"]:
        wrong.append(Problem("KEEPS_NOTHING", say("This account keeps no folders of its own."), "account"))
    return wrong


def _party(found: Mapping[str, Any], account: UUID) -> Party:
    working = {key for (key,) in found["working"]}
    for key, person, active in found["parties"]:
        if key == account:
            return Party(key, person, active, key in working)
    raise not_there("to")


async def _must_leave_an_answerer(keeping: Keeping, account: UUID, to: UUID, on: dt.date) -> None:
    """Raises Invalid where who takes over waits there for an answer that nobody else could give (RD-5)."""
    for body in {*keeping.of(_party(keeping.found, to).person)}:
        if not {*await who_may(Action.MANAGE_DOCUMENTS, on, body or NOWHERE)} - {account, to}:
            message = say("They wait for an answer there themselves, and nobody else could give it. Answer that first.")
            raise Invalid(Problem("OWN_REQUESTS", message, "to", "RD-5"))


async def hand_over(viewer: Viewer, *, account: UUID, to: UUID, on: dt.date | None = None) -> None:
    """Who keeps the folders of this account from that day on (today if not given) is that one. Both are told.

    Its own roles of a custodian pass, for the days for which it held them; deputies stand in for it no longer. What
    waits there is answered by the new keeper, who can see it by the role. Raises Refused, Invalid, NotThere.
    """
    must_arrange(viewer, account)
    day = on or viewer.today
    async with changing():
        reads = keeping_reads(viewer, account, day) | parties_reads(account, to, viewer.today)
        keeping = Keeping(await read_all(reads))
        if problems := hindrances(viewer, keeping.found, account, to, day):
            raise Invalid(*problems)
        await _must_leave_an_answerer(keeping, account, to, day)
        for row in await own_keeping(account, day).select_for_update(no_key=True):
            await _pass_on(viewer, row, to, day)
        counts = {name: len(keeping.there(name)) for name in ("folders", "requests", "materials", "questions")}
        facts = {"to": f"acc_{to}", "on": day, "ending": len(keeping.ending), **counts}
        await audit.record(viewer, "keeping.hand_over", f"acc_{account}", facts)
        await _tell_both(viewer, account, to, day, counts)


async def _pass_on(viewer: Viewer, row: RoleAssignment, to: UUID, day: dt.date) -> None:
    """Ends the one and gives the other, where that account does not hold it already."""
    days = Span(max(day, row.starts_on or day), row.ends_on)
    await end_deputies(viewer, row, day)
    await end_assignment(viewer, row, day)
    if not await _keeps_already(viewer, to, row.body_id, days):
        await give(viewer, to, Role.CUSTODIAN, days, body=row.body_id)


async def _keeps_already(viewer: Viewer, account: UUID, body: UUID | None, days: Span) -> bool:
    """Whether it holds this for all these days by itself. What it holds as a deputy for others ends for it."""
    held = RoleAssignment.filter(account_id=account, role=Role.CUSTODIAN, body_id=body, voided_at=None)
    rows = [row for row in await held if span(row).overlaps(days)]
    for row in rows:
        if row.deputy_for_id:
            await end_assignment(viewer, row, days.starts_on or viewer.today)
    return any(span(row).covers(days) for row in rows if not row.deputy_for_id)


async def deputy_name(
    viewer: Viewer, *, account: UUID, deputy: UUID, starts_on: dt.date, last_day: dt.date
) -> list[RoleAssignment]:
    """That account stands in for this one from a day to a day, that one included; both are told.

    Raises Refused; Invalid for days or a deputy that do not fit; Conflict where it keeps all of it already, or stands
    in for somebody else there; NotThere.
    """
    must_arrange(viewer, account)
    async with changing():
        found = await read_all(parties_reads(account, deputy, viewer.today))
        keeper, other = (_party(found, key) for key in (account, deputy))
        problems = taker_problems(keeper, other, _by(viewer), "deputy")
        problems += deputy_problems(starts_on, last_day, viewer.today)
        if problems:
            raise Invalid(*problems)
        days = Span(starts_on, last_day + dt.timedelta(days=1))
        await _must_be_here(deputy, days)
        rows = await _stand_in(viewer, account, deputy, days)
        facts = {"deputy": f"acc_{deputy}", "starts_on": starts_on, "last_day": last_day}
        await audit.record(viewer, "keeping.deputy_name", f"acc_{account}", facts)
        await _tell_deputy(viewer, account, deputy, starts_on, last_day)
    return rows


async def _must_be_here(deputy: UUID, days: Span) -> None:
    """Raises Conflict where the deputy is away on some of these days, too."""
    theirs = await RoleAssignment.filter(deputy_for_id=deputy, role=Role.CUSTODIAN, voided_at=None)
    if any(span(row).overlaps(days) for row in theirs):
        message = say("On some of these days somebody stands in for them, too. Choose another one.")
        raise Conflict(Problem("AWAY_TOO", message, "deputy"))


async def _stand_in(viewer: Viewer, account: UUID, deputy: UUID, days: Span) -> list[RoleAssignment]:
    """Gives what this account keeps itself on these days, and the deputy does not. Raises Conflict for nothing."""
    kept = [row for row in await own_keeping(account, viewer.today) if span(row).overlaps(days)]
    if not kept:
        raise Conflict(Problem("KEEPS_NOTHING", say("This account keeps no folders of its own."), "account"))
    own = RoleAssignment.filter(account_id=deputy, role=Role.CUSTODIAN, deputy_for_id__isnull=True, voided_at=None)
    held = {row.body_id for row in await own if span(row).covers(days)}
    new = [row for row in kept if not {row.body_id, None} & held]
    if not new:
        raise Conflict(Problem("KEEPS_ALREADY", say("They keep all of it already."), "deputy"))
    return [
        await give(viewer, deputy, Role.CUSTODIAN, _both(span(row), days), body=row.body_id, deputy_for=account)
        for row in new
    ]


def _both(held: Span, days: Span) -> Span:
    """The days that are in both; a deputy's have a beginning and an end."""
    starts = max(day for day in (held.starts_on, days.starts_on) if day)
    return Span(starts, min(day for day in (held.ends_on, days.ends_on) if day))


async def deputy_end(viewer: Viewer, *, account: UUID, deputy: UUID) -> int:
    """That account stands in for this one no longer, from today on; how many roles ended. Both are told.

    Raises Refused; Conflict where it does not stand in for it.
    """
    must_arrange(viewer, account)
    async with changing():
        theirs = RoleAssignment.filter(lasting(viewer.today), account_id=deputy, deputy_for_id=account, voided_at=None)
        rows = await theirs.filter(role=Role.CUSTODIAN).order_by("id")
        if not rows:
            raise Conflict(Problem("NO_DEPUTY", say("They do not stand in for this account."), "deputy"))
        for row in rows:
            await end_assignment(viewer, await locked(RoleAssignment, row.id), viewer.today)
        await audit.record(viewer, "keeping.deputy_end", f"acc_{account}", {"deputy": f"acc_{deputy}"})
        keeper, other = await _name(account), await _name(deputy)
        await _tell(viewer, account, say("{name} does not stand in for you any more", name=other))
        await _tell(viewer, deputy, say("You do not stand in for {name} any more", name=keeper))
    return len(rows)


def must_arrange(viewer: Viewer, account: UUID) -> None:
    """Raises Refused for who hands nothing over; NotThere for a keeper who asks about somebody else.

    A keeper does it for themselves, the general office and administrators for all.
    """
    viewer.must(Action.HAND_OVER_FOLDERS)
    if account != viewer.account and not arranges(viewer.roles):
        raise not_there("account")


def _by(viewer: Viewer) -> Party:
    return Party(viewer.account or NOWHERE, viewer.person)


async def _name(account: UUID) -> Words | str:
    """As people call whoever is behind it."""
    row = await Account.get(id=account).select_related("person")
    return both_names(row.person.name_zh, row.person.name_en) if row.person else row.name


async def _tell_both(viewer: Viewer, account: UUID, to: UUID, day: dt.date, counts: Mapping[str, int]) -> None:
    """Neither folders nor titles leave the house (PU-1)."""
    waiting = say("Requests to read that wait there: {count}.", count=counts["requests"])
    more = lines(waiting, say("Materials that are awaited: {count}.", count=counts["materials"]))
    words = say("From {day} on you keep folders that {name} kept", day=day, name=await _name(account))
    await _tell(viewer, to, words, more)
    words = say("From {day} on {name} keeps the folders that you kept", day=day, name=await _name(to))
    await _tell(viewer, account, words)


async def _tell_deputy(viewer: Viewer, account: UUID, deputy: UUID, starts_on: dt.date, last_day: dt.date) -> None:
    days: dict[str, Any] = {"first": starts_on, "last": last_day}
    words = say("You stand in for {name} from {first} to {last}", name=await _name(account), **days)
    more = say(
        "On these days you answer requests to read in their folders, and decide who may read. The trail names both."
    )
    await _tell(viewer, deputy, words, more)
    words = say("{name} stands in for you from {first} to {last}", name=await _name(deputy), **days)
    await _tell(viewer, account, words)


async def _tell(viewer: Viewer, account: UUID, words: Words, more: Words | None = None) -> None:
    said: Any = {"more": more} if more else {}
    await telling.tell(viewer, topic=Topic.WORK, words=words, accounts=[account], link="/keeping", **said)
