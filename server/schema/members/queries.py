"""What can be asked of the register: people, seats, terms, filtered and in order."""

import datetime as dt
import enum
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import strawberry
from tortoise.expressions import Q, Subquery

from server.errors import Invalid, Problem
from server.models import bodies, members
from server.models.fields import of
from server.models.leaving import Left
from server.rules.permissions import Action
from server.schema.arguments import spread, with_texts
from server.schema.declared import DESCRIBED, Row
from server.schema.guard import needs
from server.schema.ids import key_of
from server.schema.leaving import KeptConnection, Since, changed, moment
from server.schema.members.types import Membership, MembershipPost, MembershipStatus, Person, Term
from server.schema.paging import Slice, connect
from server.schema.reading import Answer, Asking, Id
from server.schema.rows import all_of, batch, row_of, seen
from server.words import say


@strawberry.enum(description="In which order people are listed.")
class Order(enum.Enum):
    """Each ends in the key, so that a place in the list is unique."""

    PINYIN = strawberry.enum_value("sort_pinyin", description="By pinyin; Latin names by their letters among them.")
    STROKES = strawberry.enum_value("sort_strokes", description="By strokes of the surname, as rosters are.")
    UPDATED = strawberry.enum_value("updated_at", description="What changed last comes last: for keeping a copy.")


@strawberry.type(description="A part of the list of people.")
class PersonConnection(KeptConnection[Person]):
    """People, and what left the list."""


@strawberry.type(description="A part of the list of seats.")
class MembershipConnection(KeptConnection[Membership]):
    """Seats, and what left the list."""


TermCode = Annotated[str | None, strawberry.argument(description="Only people with a seat in the term of this code.")]
ActiveOn = Annotated[dt.date | None, strawberry.argument(description="Only people whose seat is active on this day.")]
InSector = Annotated[strawberry.ID | None, strawberry.argument(description="Only people of this sector (on activeOn).")]
InBody = Annotated[
    strawberry.ID | None, strawberry.argument(description="Only people who sit in this body (on activeOn).")
]
Search = Annotated[
    str | None, strawberry.argument(description="Words of a name: hanzi, pinyin with or without tones, or Latin.")
]
OrderBy = Annotated[Order, strawberry.argument(description="The order of the list.")]


@dataclass(frozen=True)
class Filter:
    """Which people are meant, or which seats by whom holds them."""

    term: TermCode = None
    active_on: ActiveOn = None
    sector: InSector = None
    body: InBody = None
    search: Search = None
    updated_since: Since = None


async def people_of(asking: Asking, wanted: Filter) -> Q:
    """People of that sector and body and with that name, of those this viewer may see."""
    viewer = asking.viewer
    on = wanted.active_on or viewer.today
    found = members.visible_people(viewer)
    if wanted.sector:
        found &= members.in_sector(await seen(asking, bodies.Body, wanted.sector, "sector"), on)
    if wanted.body:
        found &= bodies.sitting_in(await seen(asking, bodies.Body, wanted.body, "body"), on)
    return found & members.matching(wanted.search) if wanted.search else found


async def in_term(asking: Asking, wanted: Filter) -> Q:
    """People with a seat in that term, active on that day. Raises Invalid for a term nobody knows."""
    term = await term_key(asking, wanted.term) if wanted.term else None
    if wanted.active_on:
        return members.active_on(wanted.active_on, term)
    return members.of_term(term) if term else Q()


async def term_key(asking: Asking, code: str) -> Any:
    """The key of the term with this code. Raises Invalid, for it was typed."""
    found = members.Term.filter(members.visible_terms(asking.viewer), with_texts(members.Term, code=code))
    if asking.writing:
        asking.checks.append(found)
        return Subquery(found.values("id"))
    row = await found.first()
    if row is None:
        raise Invalid(Problem("NO_SUCH_TERM", say("There is no term with the code {code}.", code=code), "term"))
    return row.pk


@strawberry.type
class MemberQuery:
    """Root fields of this room."""

    @strawberry.field(
        description="One person, null where there is none or not for you.",
        graphql_type=Person | None,
        extensions=needs(Action.READ_REGISTER),
        metadata=DESCRIBED,
    )
    async def person(self, info: Answer, id: Id) -> Any:
        """An entry merged into another is shown by its own address, so that links go on working."""
        return await _entry(info.context, key_of(id, members.Person))

    @strawberry.field(
        description="One seat, null where there is none.",
        graphql_type=Membership | None,
        extensions=needs(Action.READ_REGISTER),
        metadata=DESCRIBED,
    )
    async def member(self, info: Answer, id: Id) -> Any:
        """By its ID."""
        return await row_of(info.context, members.Membership, key_of(id, members.Membership))

    @strawberry.field(
        description="One entry of the history of a seat, null where there is none or it was wrong.",
        graphql_type=MembershipStatus | None,
        extensions=needs(Action.READ_REGISTER),
        metadata=DESCRIBED,
    )
    async def membership_status(self, info: Answer, id: Id) -> Any:
        """By its ID."""
        return await row_of(info.context, members.MembershipStatus, key_of(id, members.MembershipStatus))

    @strawberry.field(
        description="One entry of the posts of a seat, null where there is none or it was wrong.",
        graphql_type=MembershipPost | None,
        extensions=needs(Action.READ_REGISTER),
        metadata=DESCRIBED,
    )
    async def membership_post(self, info: Answer, id: Id) -> Any:
        """By its ID."""
        return await row_of(info.context, members.MembershipPost, key_of(id, members.MembershipPost))

    @strawberry.field(
        description="People of the register.",
        graphql_type=PersonConnection,
        extensions=needs(Action.READ_REGISTER),
        metadata=DESCRIBED,
    )
    @spread
    async def people(self, info: Answer, *, wanted: Filter, order_by: OrderBy = Order.PINYIN, part: Slice) -> Any:
        """One statement for the rows, one more for each of totalCount and tombstones where asked."""
        viewer = info.context.viewer
        since = moment(wanted.updated_since, viewer)
        found = await people_of(info.context, wanted) & await in_term(info.context, wanted) & changed(since)
        rows, listed = members.Person.filter(found), members.Person.filter(members.visible_people(viewer))
        kept: dict[str, Any] = {"since": since, "listed": listed, "left": (Left.PEOPLE,)}
        return await connect(info.context, rows, (str(order_by.value), "id"), part, PersonConnection, **kept)

    @strawberry.field(
        description="Seats: members of terms.",
        graphql_type=MembershipConnection,
        extensions=needs(Action.READ_REGISTER),
        metadata=DESCRIBED,
    )
    @spread
    async def members(self, info: Answer, *, wanted: Filter, order_by: OrderBy = Order.PINYIN, part: Slice) -> Any:
        """Seats of the people that the same filters of `people` mean. As many statements."""
        viewer = info.context.viewer
        since = moment(wanted.updated_since, viewer)
        term = await term_key(info.context, wanted.term) if wanted.term else None
        seats = members.active_seats(wanted.active_on, term) if wanted.active_on else members.Membership.all()
        found = of("person", await people_of(info.context, wanted)) & changed(since) & members.visible_seats(viewer)
        rows = seats.filter(found & (Q(term_id=term) if term else Q())).select_related("person")
        listed = members.Membership.filter(of("person", members.visible_people(viewer)) & members.visible_seats(viewer))
        kept: dict[str, Any] = {"since": since, "listed": listed, "left": (Left.MEMBERS,)}
        column = "updated_at" if order_by is Order.UPDATED else f"person__{order_by.value}"
        return await connect(info.context, rows, (column, "id"), part, MembershipConnection, **kept)

    @strawberry.field(
        description="One term, null where there is none.",
        graphql_type=Term | None,
        extensions=needs(Action.READ_REGISTER),
        metadata=DESCRIBED,
    )
    async def term(self, info: Answer, id: Id) -> Any:
        """By its ID."""
        return await row_of(info.context, members.Term, key_of(id, members.Term))

    @strawberry.field(
        description="Every term, the newest first.",
        graphql_type=list[Term],
        extensions=needs(Action.READ_REGISTER),
        metadata=DESCRIBED,
    )
    async def terms(self, info: Answer) -> Any:
        """Few by nature."""
        return await all_of(info.context, members.Term.all().order_by("-starts_on", "-code"))


async def _entry(asking: Asking, key: UUID) -> Any:
    if asking.writing:
        return Row(members.Person.filter(id=key))
    return await batch(asking, "entry", _entries, key)


async def _entries(keys: list[UUID]) -> list[members.Person | None]:
    found = {row.pk: row for row in await members.Person.filter(id__in=keys)}
    return [found.get(key) for key in keys]
