"""What is missing before an office can work: steps, each told by the data alone, so that no flag can lie."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import strawberry
from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from server.models import bodies, calendar, members
from server.models.accounts import Account, RoleAssignment
from server.models.assembly import Assembly
from server.models.bodies import BodyKind
from server.models.fields import holding
from server.models.members import TermStatus
from server.models.messages import Mailing
from server.models.reads import Count, Read
from server.rules.messages import EMAIL
from server.rules.permissions import Action, Role
from server.schema.making import made
from server.schema.reading import Asking
from server.viewer import Viewer
from server.words import Words, say


@strawberry.type(description="One step of setting up.")
class SetupStep:
    """A step with its reason."""

    code: str = strawberry.field(description="Stable, for programs, such as TERM.")
    title: str = strawberry.field(description="What, in your language.")
    why: str = strawberry.field(description="Why it matters.")
    state: str = strawberry.field(description="What is there, or what is missing.")
    done: bool = strawberry.field(description="Whether it is there.")
    action: str = strawberry.field(description="What to do, in words.")
    address: str = strawberry.field(description="The page where it is done; empty where you may not do it.")


@dataclass(frozen=True)
class Step:
    """One step. needs: what is to be allowed to do it."""

    code: str
    needs: Action
    address: str
    title: Words
    why: Words
    action: Words


STEPS = (
    Step(
        "ASSEMBLY",
        Action.MANAGE_ASSEMBLY,
        "/assembly",
        say("The assembly's name, and whom to ask"),
        say("It stands at the head of every page, and on every page that refuses something."),
        say("Write it down"),
    ),
    Step(
        "COLLEAGUE",
        Action.MANAGE_ACCOUNTS,
        "/accounts/new",
        say("A colleague's account"),
        say(
            "Somebody can stand in for you, and nobody shares a password: the trail then says who did what. Give it a "
            "role of its own."
        ),
        say("Open an account for a colleague"),
    ),
    Step(
        "TERM",
        Action.MANAGE_MEMBERS,
        "/terms",
        say("A term in progress"),
        say("Seats belong to a term. Only those of a term in progress make members and count."),
        say("Add the term, or begin it"),
    ),
    Step(
        "SECTORS",
        Action.MANAGE_BODIES,
        "/bodies/several?kind=SECTOR",
        say("Sectors"),
        say("A seat stands for a sector. Rosters, coverage and figures are told by it."),
        say("Enter all of them at once"),
    ),
    Step(
        "COMMITTEES",
        Action.MANAGE_BODIES,
        "/bodies/several?kind=SPECIAL_COMMITTEE",
        say("Special committees"),
        say("Members sit in them, and activities and learning groups belong to them."),
        say("Enter all of them at once"),
    ),
    Step(
        "CALENDAR",
        Action.MANAGE_CALENDAR,
        "/calendar",
        say("The working calendar"),
        say("Deadlines are counted in working days. Without it they may fall on a public holiday."),
        say("Look at the calendar"),
    ),
    Step(
        "PEOPLE",
        Action.IMPORT_PEOPLE,
        "/imports",
        say("The members: the first import"),
        say("Everything else is about them. A workbook with headings and examples is ready to be filled in."),
        say("Fetch the workbook, and import it"),
    ),
    Step(
        "GROUPS",
        Action.MANAGE_LEARNING,
        "/learning-groups/new",
        say("Learning groups"),
        say("Every active member belongs to exactly one (LC-1)."),
        say("Add a learning group"),
    ),
    Step(
        "MESSAGES",
        Action.SEND_MESSAGES,
        "/mailings",
        say("Mail, or messages by the office itself"),
        say(
            "Members are told what concerns them. With a mail server (LUZHI_SMTP_URL) messages leave by themselves, "
            "without one they are read here, or printed."
        ),
        say("Write a first message"),
    ),
    Step(
        "INVITATIONS",
        Action.INVITE,
        "/invitations",
        say("The first invitation"),
        say("Members come in by themselves, by a link or a printed letter. Nobody hands out passwords."),
        say("Invite members"),
    ),
)
SEEN_BY = (Action.MANAGE_ASSEMBLY, Action.MANAGE_MEMBERS)
"""Whoever may one of these sets up, and sees the list."""


def sets_up(viewer: Viewer) -> bool:
    """Whether the list is for this viewer: administrators and secretaries of the whole assembly."""
    return any(viewer.may(action) for action in SEEN_BY)


async def steps(asking: Asking) -> Any:
    """Each step, in order; none for those whom setting up does not concern. A constant number of reads."""
    reads = _reads(asking) if sets_up(asking.viewer) else {}
    return await made(asking, reads, partial(_steps, asking.viewer, EMAIL in asking.ways))


def _reads(asking: Asking) -> dict[str, Read]:
    today = asking.viewer.today
    there = Q(ends_on__isnull=True) | Q(ends_on__gt=today)
    seats = members.active_seats(today).filter(term__status=TermStatus.ACTIVE)

    def kind(wanted: BodyKind) -> Count:
        return Count(bodies.Body.filter(there, kind=wanted))

    return {
        "assembly": Count(Assembly.all()),
        "office": Count(_of_the_office(today)),
        "terms": Count(members.Term.all()),
        "active": Count(members.Term.filter(status=TermStatus.ACTIVE)),
        "sectors": kind(BodyKind.SECTOR),
        "committees": kind(BodyKind.SPECIAL_COMMITTEE),
        "seats": Count(seats),
        "groups": kind(BodyKind.LEARNING_GROUP),
        "sent": Count(Mailing.exclude(sent_at=None)),
        "invited": Count(Account.filter(active=True).exclude(person_id=None).exclude(id=asking.viewer.account)),
        **calendar.year_reads(),
    }


def _of_the_office(today: dt.date) -> QuerySet[Account]:
    """Accounts that can set up as well: each somebody's own."""
    roles = RoleAssignment.filter(holding(today), role__in=[Role.SECRETARY, Role.ADMINISTRATOR], body_id=None)
    return Account.filter(active=True, id__in=Subquery(roles.values("account_id")))


def _steps(viewer: Viewer, by_mail: bool, found: Mapping[str, Any]) -> list[SetupStep]:
    return list(_told(viewer, by_mail, found)) if found else []


def _told(viewer: Viewer, by_mail: bool, found: Mapping[str, Any]) -> Iterator[SetupStep]:
    states = _states(viewer, found) | {"MESSAGES": _messages(by_mail, found["sent"])}
    for step in STEPS:
        done, state = states[step.code]
        texts = {"title": step.title, "why": step.why, "state": state, "action": step.action}
        address = step.address if viewer.may(step.needs) else ""
        yield SetupStep(
            code=step.code,
            done=done,
            address=address,
            **{name: words.into(viewer.locale) for name, words in texts.items()},
        )


def _states(viewer: Viewer, found: Mapping[str, Any]) -> dict[str, tuple[bool, Words]]:
    """Code -> whether it is there, and what is there or missing."""
    year = viewer.today.year
    known = year in calendar.known_years(found, [year], viewer.zone)
    return {
        "ASSEMBLY": _there(found["assembly"], say("It is written down."), say("Nobody has written it down yet.")),
        "COLLEAGUE": _there(
            found["office"] > 1,
            say("{count} accounts of the office, each with a role of its own.", count=found["office"]),
            say("Nobody else of the office has an account with a role yet."),
        ),
        "TERM": _there(
            found["active"],
            say("{count} in progress.", count=found["active"]),
            say("Terms: {count}, none in progress.", count=found["terms"])
            if found["terms"]
            else say("There is no term yet."),
        ),
        "SECTORS": _there(found["sectors"], say("{count} so far.", count=found["sectors"]), say("There is none yet.")),
        "COMMITTEES": _there(
            found["committees"], say("{count} so far.", count=found["committees"]), say("There is none yet.")
        ),
        "CALENDAR": _there(
            known,
            say("The days off and make-up days of {year} are known.", year=str(year)),
            say("Of {year} only the weekends are known.", year=str(year)),
        ),
        "PEOPLE": _there(
            found["seats"],
            say("{count} members with an active seat.", count=found["seats"]),
            say("Nobody has an active seat yet."),
        ),
        "GROUPS": _there(found["groups"], say("{count} so far.", count=found["groups"]), say("There is none yet.")),
        "INVITATIONS": _there(
            found["invited"],
            say("{count} people have an account.", count=found["invited"]),
            say("Nobody else of the register has an account yet."),
        ),
    }


def _messages(by_mail: bool, sent: int) -> tuple[bool, Words]:
    if by_mail:
        return True, say("Messages leave by e-mail.")
    return _there(sent, say("{count} sent, without a mail server.", count=sent), say("No mail server is set up."))


def _there(count: int | bool, there: Words, missing: Words) -> tuple[bool, Words]:
    return bool(count), there if count else missing
