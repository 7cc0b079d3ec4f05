"""The change to the next term, as what is planned and what is not in order."""

import datetime as dt
from typing import Any
from uuid import UUID

import strawberry
from tortoise.queryset import QuerySet

from server.models import bodies, members, renewal
from server.models.bodies import BodyKind, BodyRole
from server.models.members import PostKind
from server.models.renewal.plan import Access, BodyPlan, Holder, Post, RoleEnd
from server.rules.permissions import ROLE_NAMES
from server.rules.renewal import Concern
from server.schema.declared import COUNTED, Ref
from server.schema.ids import id_for
from server.schema.making import picked
from server.schema.members import Person, Term
from server.schema.paging import Connection
from server.schema.reading import shows
from server.words import Locale

MANY: dict[str, int] = {COUNTED: 200}
"""Metadata of lists that are as long as an assembly has bodies, or people who leave."""


@strawberry.type(description="How much of what a change of term does, or did.")
class RenewalCounts:
    """People, bodies, places, roles, and ways in."""

    stays: int = strawberry.field(description="People who stay.")
    leaves: int = strawberry.field(description="People who leave.")
    comes: int = strawberry.field(description="People who come.")
    differs: int = strawberry.field(description="People who stay with another office, sector or unit.")
    bodies_carried: int = strawberry.field(description="Bodies of the term that ends which go on in the next.")
    bodies_ended: int = strawberry.field(description="Bodies that end.")
    places_ended: int = strawberry.field(description="Places in bodies that end.")
    roles_ended: int = strawberry.field(description="Given roles that end.")
    accounts_ended: int = strawberry.field(description="Accounts of who leaves by which nobody comes in any more.")
    accounts_kept: int = strawberry.field(description="Accounts of who leaves and works on for the assembly.")
    sessions: int = strawberry.field(description="Sessions that end.")
    tokens: int = strawberry.field(description="Tokens that end.")
    consents: int = strawberry.field(description="Connected apps that end.")


@strawberry.type(description="What a seat stands for.")
class PlannedPost:
    """Office, sector, unit."""

    kind: PostKind = strawberry.field(description="The office.")
    sector: str = strawberry.field(description="The name of the sector, or empty.")
    unit: str = strawberry.field(description="The unit, or empty.")


@strawberry.type(description="Someone who stays with another office, sector or unit.")
class PostDiffers:
    """Before and then."""

    person: strawberry.ID = strawberry.field(description="Who.")
    name: str = strawberry.field(description="The name.")
    before: PlannedPost | None = strawberry.field(description="What the seat that ends stands for.")
    then: PlannedPost | None = strawberry.field(description="What the seat in the next term stands for.")


@strawberry.type(description="Someone who leaves and is more than a plain member of a body.")
class LeavingLeader:
    """Whose work someone else has to take."""

    name: str = strawberry.field(description="Who leaves.")
    role: BodyRole = strawberry.field(description="What that person is there.")


@strawberry.type(description="What becomes of a body with the next term.")
class RenewalBody:
    """A body that exists on the first day unless it ends."""

    body: strawberry.ID = strawberry.field(description="The body.")
    kind: BodyKind = strawberry.field(description="What it is.")
    name: str = strawberry.field(description="Its name.")
    decidable: bool = strawberry.field(description="Someone can say whether it goes on; else it goes on.")
    belongs: bool = strawberry.field(description="It belongs to the term that ends.")
    carried: bool = strawberry.field(description="It goes on; else it ends with the term.")
    said: bool = strawberry.field(description="Someone decided that; else it follows from whether it belongs.")
    staying: int = strawberry.field(description="People in it who do not leave.")
    leaving: int = strawberry.field(description="People in it who leave.")
    leaders: list[LeavingLeader] = strawberry.field(
        description="Those who leave and are more than plain members.", metadata={COUNTED: 5}
    )


@strawberry.type(description="A given role that ends with the term.")
class RenewalRole:
    """Whose, which, why."""

    account: str = strawberry.field(description="The name of the account.")
    role: str = strawberry.field(description="The role, with its body where it is for one.")
    why: str = strawberry.field(description="Why it ends.")


@strawberry.type(description="An account of someone who leaves.")
class RenewalAccount:
    """What becomes of it."""

    account: str = strawberry.field(description="The name of the account.")
    keeps: list[str] = strawberry.field(
        description="The roles for which it stays; with none it is disabled.", metadata={COUNTED: 5}
    )


@strawberry.type(description="Something that will not be in order on the first day.")
class RenewalConcern:
    """It hinders nothing; a person decides."""

    code: str = strawberry.field(description="Stable, for programs, such as NO_GROUP_HEAD.")
    message: str = strawberry.field(description="What.")
    rule: str | None = strawberry.field(description="The rule that says so, such as LC-2.")
    names: list[str] = strawberry.field(description="Whom or what it is about, in order.")


@strawberry.type(description="A part of the list of who stays, leaves or comes.")
class RenewalPeopleConnection(Connection[Person]):
    """People, with their seats."""


@strawberry.type(description="That a change of term was decided.")
class RenewalDecision:
    """By whom and when."""

    at: dt.datetime = strawberry.field(description="When.")
    by: str | None = strawberry.field(description="The name of the account; null for the system.")
    done: bool = strawberry.field(description="Whether its day has come and the access of who left was ended.")
    undoable: bool = strawberry.field(description="Whether it can be taken back: its day is still to come.")


@strawberry.type(description="The change from a term to the next: the plan, or what was decided.")
class Renewal:
    """The draft of the next term is the plan."""

    term: Term = picked("terms", "The next term.")
    former: Term = picked("terms", "The term that ends.")
    on: dt.date | None = strawberry.field(description="Its day, the first of the next term; null where not said yet.")
    counts: RenewalCounts = strawberry.field(description="How much of what; once it is decided, as it was then.")
    differing: list[PostDiffers] = strawberry.field(description="Who stays with another post.", metadata=MANY)
    bodies: list[RenewalBody] = strawberry.field(
        description="The bodies that someone leaves, or that could end, by kind and name.", metadata=MANY
    )
    roles: list[RenewalRole] = strawberry.field(description="Given roles that end.")
    accounts: list[RenewalAccount] = strawberry.field(description="Open accounts of who leaves.", metadata=MANY)
    concerns: list[RenewalConcern] = strawberry.field(description="What will not be in order on the first day.")
    decision: RenewalDecision | None = strawberry.field(description="Null while it is only planned.")


def told(plan: renewal.Plan, terms: QuerySet[members.Term], today: dt.date, locale: Locale) -> Renewal:
    """The plan as it is shown."""
    names = {body.id: body.name.into(locale) for body in plan.bodies}
    counts = plan.decided.counts if plan.decided else plan.counts()
    return shows(
        Renewal,
        term=Ref(plan.term.id, terms),
        former=Ref(plan.former.id, terms),
        on=plan.on,
        counts=RenewalCounts(**counts),
        differing=[_differs(was, will, names, locale) for was, will in plan.differing()],
        bodies=[_body(body, locale) for body in plan.bodies if body.decidable or body.leaving],
        roles=[_role(role, locale) for role in plan.roles],
        accounts=[_account(account, locale) for account in plan.accounts],
        concerns=[_concern(concern, locale) for concern in plan.concerns()],
        decision=_decision(plan, today),
    )


def _differs(was: Holder, will: Holder, names: dict[UUID, str], locale: Locale) -> PostDiffers:
    return PostDiffers(
        person=id_for(members.Person, was.person),
        name=was.name.into(locale),
        before=_post(was.post, names),
        then=_post(will.post, names),
    )


def _post(post: Post | None, names: dict[UUID, str]) -> PlannedPost | None:
    sector = names.get(post.sector, "") if post and post.sector else ""
    return PlannedPost(kind=post.kind, sector=sector, unit=post.unit) if post else None


def _body(body: BodyPlan, locale: Locale) -> RenewalBody:
    facts: dict[str, Any] = {name: getattr(body, name) for name in ("kind", "decidable", "belongs", "carried", "said")}
    return RenewalBody(
        body=id_for(bodies.Body, body.id),
        name=body.name.into(locale),
        staying=body.staying,
        leaving=body.leaving,
        leaders=[LeavingLeader(name=name.into(locale), role=role) for name, role in body.leading],
        **facts,
    )


def _role(ended: RoleEnd, locale: Locale) -> RenewalRole:
    role = ROLE_NAMES[ended.given.role].into(locale)
    where = f" · {ended.body_name.into(locale)}" if ended.body_name else ""
    return RenewalRole(account=ended.account_name, role=role + where, why=ended.why.into(locale))


def _account(account: Access, locale: Locale) -> RenewalAccount:
    return RenewalAccount(account=account.name, keeps=[ROLE_NAMES[role].into(locale) for role in account.keeps])


def _concern(concern: Concern, locale: Locale) -> RenewalConcern:
    names = [name if isinstance(name, str) else name.into(locale) for name in concern.names]
    return RenewalConcern(code=concern.code, message=concern.message.into(locale), rule=concern.rule, names=names)


def _decision(plan: renewal.Plan, today: dt.date) -> RenewalDecision | None:
    if plan.decided is None:
        return None
    made = plan.decided
    return RenewalDecision(at=made.at, by=made.by, done=made.done_at is not None, undoable=made.on > today)
