"""What can be asked of the register: people, seats, terms, filtered and in order."""

import datetime as dt
import enum
from typing import Annotated, Any
from uuid import UUID

import strawberry
from tortoise.expressions import Q, Subquery

from server.errors import Invalid, Problem
from server.models import bodies, members
from server.rules.permissions import Action
from server.schema.guard import needs
from server.schema.ids import id_for, key_of, not_there
from server.schema.members.types import Membership, MembershipPost, MembershipStatus, Person, Term
from server.schema.paging import After, Before, Connection, First, Last, Slice, connect
from server.schema.reading import (
    Answer,
    Id,
    row_of,
)
from server.viewer import Viewer
from server.words import say


@strawberry.enum(description="In which order people are listed.")
class Order(enum.Enum):
    """Each ends in the key, so that a place in the list is unique."""

    PINYIN = strawberry.enum_value("sort_pinyin", description="By pinyin; Latin names by their letters among them.")
    STROKES = strawberry.enum_value("sort_strokes", description="By strokes of the surname, as rosters are.")
    UPDATED = strawberry.enum_value("updated_at", description="What changed last comes last: for keeping a copy.")


@strawberry.type(description="What remains of an entry that left the register.")
class Tombstone:
    """A thing that is gone, for whoever keeps a copy."""

    id: strawberry.ID = strawberry.field(description="The ID it had.")
    removed_at: dt.datetime = strawberry.field(description="When it left.")
    reason: str = strawberry.field(description="merged or undone.")
    successor_id: strawberry.ID | None = strawberry.field(description="What stands in its place, where something does.")


@strawberry.type(description="A part of the list of people.")
class PersonConnection(Connection[Person]):
    """People, and what left the list."""

    since: strawberry.Private[dt.datetime | None]

    @strawberry.field(description="With updatedSince: people who left the list since then. Else empty.")
    async def tombstones(self) -> list[Tombstone]:
        """One statement."""
        if self.since is None:
            return []
        rows = await members.Tombstone.filter(collection="people", removed_at__gte=self.since).order_by(
            "removed_at", "id"
        )
        return [
            Tombstone(
                id=id_for(members.Person, row.object_id),
                removed_at=row.removed_at,
                reason=row.reason,
                successor_id=id_for(members.Person, row.successor_id) if row.successor_id else None,
            )
            for row in rows
        ]


TermCode = Annotated[str | None, strawberry.argument(description="Only people with a seat in the term of this code.")]
ActiveOn = Annotated[dt.date | None, strawberry.argument(description="Only people whose seat is active on this day.")]
InSector = Annotated[strawberry.ID | None, strawberry.argument(description="Only people of this sector (on activeOn).")]
InBody = Annotated[
    strawberry.ID | None, strawberry.argument(description="Only people who sit in this body (on activeOn).")
]
Search = Annotated[
    str | None, strawberry.argument(description="Words of a name: hanzi, pinyin with or without tones, or Latin.")
]
Since = Annotated[dt.datetime | None, strawberry.argument(description="Only what changed at or after this time.")]
OrderBy = Annotated[Order, strawberry.argument(description="The order of the list.")]


async def wanted(
    viewer: Viewer,
    term: str | None,
    active_on: dt.date | None,
    sector: str | None,
    body: str | None,
    search: str | None,
    since: dt.datetime | None,
) -> Q:
    """The people these filters mean, of those this viewer may see. Raises Invalid for a term nobody knows."""
    on = active_on or viewer.today
    found = members.visible_people(viewer)
    if term:
        row = await term_of(term)
        found &= members.active_on(on, row.pk) if active_on else members.of_term(row.pk)
    elif active_on:
        found &= members.active_on(on)
    if sector:
        found &= members.in_sector(await _seen(viewer, sector, "sector"), on)
    if body:
        found &= bodies.sitting_in(await _seen(viewer, body, "body"), on)
    if search:
        found &= members.matching(search)
    return found & Q(updated_at__gte=since) if since else found


async def _seen(viewer: Viewer, body: str, field: str) -> UUID:
    """The key of a body that the viewer may see: a list of people must not tell what the body hides."""
    key = key_of(body, bodies.Body, field=field)
    if not await bodies.Body.filter(bodies.visible_bodies(viewer), id=key).exists():
        raise not_there(field)
    return key


async def term_of(code: str) -> members.Term:
    """The term with this code. Raises Invalid, for it was typed."""
    row = await members.Term.get_or_none(code=code)
    if row is None:
        raise Invalid(Problem("NO_SUCH_TERM", say("There is no term with the code {code}.", code=code), "term"))
    return row


@strawberry.type
class MemberQuery:
    """Root fields of this room."""

    @strawberry.field(
        description="One person, null where there is none or not for you.",
        graphql_type=Person | None,
        extensions=needs(Action.READ_REGISTER),
    )
    async def person(self, info: Answer, id: Id) -> Any:
        """An entry merged into another is shown by its own address, so that links go on working."""
        key = key_of(id, members.Person)
        return await row_of(info.context, members.Person, key) or await members.Person.get_or_none(
            id=key, merged_into_id__isnull=False
        )

    @strawberry.field(
        description="One seat, null where there is none.",
        graphql_type=Membership | None,
        extensions=needs(Action.READ_REGISTER),
    )
    async def member(self, info: Answer, id: Id) -> Any:
        """By its ID."""
        return await row_of(info.context, members.Membership, key_of(id, members.Membership))

    @strawberry.field(
        description="One entry of the history of a seat, null where there is none or it was wrong.",
        graphql_type=MembershipStatus | None,
        extensions=needs(Action.READ_REGISTER),
    )
    async def membership_status(self, info: Answer, id: Id) -> Any:
        """By its ID."""
        return await row_of(info.context, members.MembershipStatus, key_of(id, members.MembershipStatus))

    @strawberry.field(
        description="One entry of the posts of a seat, null where there is none or it was wrong.",
        graphql_type=MembershipPost | None,
        extensions=needs(Action.READ_REGISTER),
    )
    async def membership_post(self, info: Answer, id: Id) -> Any:
        """By its ID."""
        return await row_of(info.context, members.MembershipPost, key_of(id, members.MembershipPost))

    @strawberry.field(
        description="People of the register.",
        graphql_type=PersonConnection,
        extensions=needs(Action.READ_REGISTER),
    )
    async def people(
        self,
        info: Answer,
        term: TermCode = None,
        active_on: ActiveOn = None,
        sector: InSector = None,
        body: InBody = None,
        search: Search = None,
        updated_since: Since = None,
        order_by: OrderBy = Order.PINYIN,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Any:
        """One statement for the rows, one more for each of totalCount and tombstones where asked."""
        found = await wanted(info.context.viewer, term, active_on, sector, body, search, updated_since)
        part = Slice(first, after, last, before)
        return await connect(
            members.Person.filter(found), (str(order_by.value), "id"), part, PersonConnection, since=updated_since
        )

    @strawberry.field(
        description="Seats: members of terms.",
        graphql_type=Connection[Membership],
        extensions=needs(Action.READ_REGISTER),
    )
    async def members(
        self,
        info: Answer,
        term: TermCode = None,
        active_on: ActiveOn = None,
        sector: InSector = None,
        body: InBody = None,
        search: Search = None,
        updated_since: Since = None,
        order_by: OrderBy = Order.PINYIN,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Any:
        """Seats of the people that the same filters of `people` mean."""
        viewer = info.context.viewer
        people = members.Person.filter(await wanted(viewer, None, None, sector, body, search, None))
        seats = members.active_seats(active_on) if active_on else members.Membership.all()
        seats = seats.filter(person_id__in=Subquery(people.values("id"))).select_related("person")
        if term:
            seats = seats.filter(term_id=(await term_of(term)).pk)
        if updated_since:
            seats = seats.filter(updated_at__gte=updated_since)
        column = "updated_at" if order_by is Order.UPDATED else f"person__{order_by.value}"
        return await connect(seats, (column, "id"), Slice(first, after, last, before))

    @strawberry.field(
        description="One term, null where there is none.",
        graphql_type=Term | None,
        extensions=needs(Action.READ_REGISTER),
    )
    async def term(self, info: Answer, id: Id) -> Any:
        """By its ID."""
        return await row_of(info.context, members.Term, key_of(id, members.Term))

    @strawberry.field(
        description="Every term, the newest first.", graphql_type=list[Term], extensions=needs(Action.READ_REGISTER)
    )
    async def terms(self) -> Any:
        """Few by nature."""
        return await members.Term.all().order_by("-starts_on", "-code")
