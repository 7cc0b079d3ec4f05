"""One of each kind with whom a change of term does something, in an assembly that is as small as can be."""

import datetime as dt
from dataclasses import dataclass, replace

import pytest

from server.models.accounts.tables import Account, ApiClient, App, Consent, RoleAssignment, Session
from server.models.bodies.tables import Body, BodyKind, BodyRole
from server.models.members.tables import Membership, Person, PostKind, Term
from server.models.renewal import begin_renewal, carry_seats, decide_bodies
from server.rules.permissions import Role
from server.viewer import Viewer
from tests import make

DAY = dt.date(2027, 1, 11)
"""The first day of the next term; make.TODAY is before it."""
EVE, AFTER = DAY - dt.timedelta(days=1), DAY + dt.timedelta(days=1)
BEGAN = dt.date(2022, 1, 10)


@dataclass(frozen=True)
class World:
    """stays, leaves: plain members. head: leads the group Spring and leaves. clerk: leaves and is a secretary.

    deputy: leaves, and stands in for the clerk. stand_in: no member; stands in for the chair, who leaves. comes: new.
    """

    former: Term
    draft: Term
    office: Viewer
    people: dict[str, Person]
    seats: dict[str, Membership]
    accounts: dict[str, Account]
    bodies: dict[str, Body]

    def on(self, day: dt.date, hour: int = 3) -> Viewer:
        """The secretary on another day."""
        return replace(self.office, now=dt.datetime(day.year, day.month, day.day, hour, tzinfo=dt.UTC))


LEAVERS = ("leaves", "head", "clerk", "deputy", "chair")
MEMBERS = ("stays", *LEAVERS)


@pytest.fixture
async def world(db: str) -> World:
    """The plan is made: one stays, five leave, one comes; two groups go on, and the committee ends."""
    former = await make.term("15", starts_on=BEGAN)
    arts = await make.body(BodyKind.SECTOR, "Arts", "文艺界")
    spring = await make.body(BodyKind.LEARNING_GROUP, "Spring", "春", term=former)
    law = await make.body(BodyKind.SPECIAL_COMMITTEE, "Law", "法制委员会", term=former)
    party = await make.body(BodyKind.PARTY_GROUP, "Party Group", "党组")
    meeting = await make.body(BodyKind.CHAIRS_MEETING, "Chairs' Meeting", "主席会议")
    people = {name: await make.person(name_en=name.title()) for name in (*MEMBERS, "comes", "stand_in", "boss")}
    kinds = {"chair": PostKind.CHAIR}
    seats = {
        name: await make.seat(
            people[name], former, starts_on=BEGAN, sector=arts, unit="Port", kind=kinds.get(name, PostKind.ORDINARY)
        )
        for name in MEMBERS
    }
    for name in ("stays", "leaves"):
        await make.place(spring, people[name], starts_on=BEGAN, membership=seats[name])
        await make.place(law, people[name], starts_on=BEGAN, membership=seats[name])
    await make.place(spring, people["head"], BodyRole.HEAD, starts_on=BEGAN)
    await make.place(arts, people["leaves"], BodyRole.CONVENER, starts_on=BEGAN)
    await make.place(party, people["leaves"], starts_on=BEGAN)
    await make.place(meeting, people["chair"], BodyRole.HEAD, starts_on=BEGAN)
    accounts = {name: await make.account(name, person=people[name]) for name in (*MEMBERS, "stand_in", "boss")}
    await make.role(accounts["boss"], Role.SECRETARY, starts_on=BEGAN)
    await make.role(accounts["clerk"], Role.SECRETARY, starts_on=BEGAN)
    await make.role(accounts["deputy"], Role.SECRETARY, starts_on=BEGAN, deputy_for=accounts["clerk"])
    await make.role(accounts["chair"], Role.CHAIR, starts_on=BEGAN)
    await make.role(accounts["stand_in"], Role.CHAIR, starts_on=BEGAN, deputy_for=accounts["chair"])
    for name in ("leaves", "clerk", "stays"):
        await _connected(accounts[name])
    office = make.viewer(Role.SECRETARY, account=accounts["boss"].id, name="boss")
    draft = await begin_renewal(office, code="16", name_en="16th", starts_on=DAY)
    await carry_seats(office, draft.id, people=[people["stays"].id])
    await make.seat(people["comes"], draft, sector=arts)
    await decide_bodies(office, draft.id, carried=True, bodies=[spring.id])
    bodies = {"arts": arts, "spring": spring, "law": law, "party": party, "meeting": meeting}
    return World(former, draft, office, people, seats, accounts, bodies)


async def _connected(account: Account) -> None:
    """A session, a token and an app of that account, which last for years."""
    span = {"created_at": make.NOW, "expires_at": make.NOW.replace(year=2040)}
    await Session.create(account=account, token_hash=f"s-{account.name}", last_seen_at=make.NOW, **span)
    await ApiClient.create(owner=account, name="mirror", scopes=["all:read"], token_hash=f"t-{account.name}", **span)
    app = await App.create(name_en="Office", scopes=["all:read"], created_at=make.NOW)
    await Consent.create(account=account, app=app, scopes=["all:read"], created_at=make.NOW)


async def ways_in(account: Account) -> tuple[bool, int, int, int]:
    """Whether the account is open; and its sessions, tokens and connected apps that still hold."""
    return (
        (await Account.get(id=account.id)).active,
        await Session.filter(account=account, ended_at=None).count(),
        await ApiClient.filter(owner=account, revoked_at=None).count(),
        await Consent.filter(account=account, ended_at=None).count(),
    )


async def everything() -> dict[str, list[dict[str, object]]]:
    """All rows of the register and of accounts, but for when they changed and what the trail says."""
    from server.models.bodies.tables import BodyMembership
    from server.models.members.tables import MembershipPost, MembershipStatus

    tables = (Term, Person, Membership, MembershipStatus, MembershipPost, Body, BodyMembership)
    more = (Account, RoleAssignment, Session, ApiClient, Consent)
    return {
        model._meta.db_table: [
            {key: value for key, value in row.items() if key != "updated_at"}
            for row in await model.all().order_by("id").values()
        ]
        for model in (*tables, *more)
    }
