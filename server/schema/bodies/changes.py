"""What can be changed of bodies and of who sits in them. Each answer is the thing changed, or the problems."""

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

import strawberry

from server.models import bodies, bulk, members
from server.models.bodies import BodyKind, BodyRole, RelationKind
from server.rules.names import split_pair
from server.rules.permissions import Action
from server.schema.bodies.types import Body, BodyMembership
from server.schema.guard import needs
from server.schema.ids import key_of
from server.schema.members.changes import FromDay, Why
from server.schema.problems import Problems
from server.schema.reading import Answer, Asking, given, shows
from server.schema.rows import seen


@strawberry.input(description="Facts about a body; what is left out stays as it is, an empty text clears.")
class BodyChange:
    """See `server.models.bodies.BodyFacts`."""

    kind: BodyKind | None = strawberry.field(default=strawberry.UNSET, description="What it is.")
    name_zh: str | None = strawberry.field(default=strawberry.UNSET, description="Its name in Chinese.")
    name_en: str | None = strawberry.field(default=strawberry.UNSET, description="Its name in Latin letters.")
    classification: str | None = strawberry.field(default=strawberry.UNSET, description="What others call its kind.")
    term: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="The term it ends with.")
    parent: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="The body it is part of.")
    starts_on: dt.date | None = strawberry.field(default=strawberry.UNSET, description="First day.")
    ends_on: dt.date | None = strawberry.field(
        default=strawberry.UNSET, description="The day from which it no longer exists."
    )
    sensitive: bool | None = strawberry.field(default=strawberry.UNSET, description="Kept off rosters and exports.")


@strawberry.input(description="What someone is in a body; what is left out stays as it is, or is a plain member's.")
class PlaceChange:
    """See `server.models.bodies.Place`."""

    role: BodyRole | None = strawberry.field(default=strawberry.UNSET, description="What the person is there.")
    title: str | None = strawberry.field(default=strawberry.UNSET, description="The title, as people say it.")
    starts_on: dt.date | None = strawberry.field(default=strawberry.UNSET, description="First day.")
    ends_on: dt.date | None = strawberry.field(
        default=strawberry.UNSET, description="The day from which it no longer holds."
    )
    on_behalf_of: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="The body this person stands for there."
    )
    primary: bool | None = strawberry.field(
        default=strawberry.UNSET, description="Whether it is the learning group that counts (LC-1)."
    )


@strawberry.input(description="A place to be given to someone.")
class NewPlace:
    """One of many."""

    body: strawberry.ID = strawberry.field(description="The body.")
    person: strawberry.ID = strawberry.field(description="The person.")
    place: PlaceChange | None = strawberry.field(default=None, description="As what, and when.")


@strawberry.type(description="The body as it is now.")
class BodyPayload:
    """Success."""

    body: Body = strawberry.field(description="The body.")


@strawberry.type(description="The bodies as they are now.")
class BodiesPayload:
    """Success."""

    count: int = strawberry.field(description="How many were added.")
    bodies: list[Body] = strawberry.field(description="The bodies, in the order of their names.")


@strawberry.type(description="The place as it is now.")
class BodyMembershipPayload:
    """Success."""

    body_membership: BodyMembership | None = strawberry.field(description="The place; null where it never was.")
    body: Body = strawberry.field(description="The body it is in.")


@strawberry.type(description="The places as they are now.")
class BodyMembershipsPayload:
    """Success."""

    count: int = strawberry.field(description="How many were changed.")
    body_memberships: list[BodyMembership] = strawberry.field(
        description="The places, in the order they were asked in; those that never were are left out."
    )


BodyResult = Annotated[BodyPayload | Problems, strawberry.union("BodyResult", description="The body, or why not.")]
BodiesResult = Annotated[
    BodiesPayload | Problems, strawberry.union("BodiesResult", description="The bodies, or why not.")
]
PlaceResult = Annotated[
    BodyMembershipPayload | Problems, strawberry.union("BodyMembershipResult", description="The place, or why not.")
]
PlacesResult = Annotated[
    BodyMembershipsPayload | Problems, strawberry.union("BodyMembershipsResult", description="The places, or why not.")
]
NewPlaces = Annotated[list[NewPlace], strawberry.argument(description="1 to 100 places.")]
PlaceIds = Annotated[list[strawberry.ID], strawberry.argument(description="1 to 100 places in bodies.")]
Names = Annotated[
    list[str],
    strawberry.argument(description="1 to 100 names; both languages, the Chinese one first, are parted by a slash."),
]
OfKind = Annotated[BodyKind, strawberry.argument(description="What all of them are.")]
OfTerm = Annotated[strawberry.ID | None, strawberry.argument(description="The term all of them end with, or null.")]
BodyId = Annotated[strawberry.ID, strawberry.argument(description="The body.")]
PlaceId = Annotated[strawberry.ID, strawberry.argument(description="The place in a body.")]
PersonId = Annotated[strawberry.ID, strawberry.argument(description="The person.")]
Facts = Annotated[BodyChange, strawberry.argument(description="What is to be said of it.")]
Place = Annotated[PlaceChange | None, strawberry.argument(description="As what, and when.")]
Right = Annotated[PlaceChange, strawberry.argument(description="What is right; what is left out was right already.")]
Begins = Annotated[dt.date | None, strawberry.argument(description="First day; unknown unless given.")]
Role = Annotated[BodyRole, strawberry.argument(description="What the person is there.")]
Title = Annotated[str | None, strawberry.argument(description="The title; the one held so far unless given.")]


def body_facts(change: BodyChange) -> dict[str, Any]:
    """What was given of a body, its term and parent as keys."""
    facts = given(change, bodies.Body)
    if facts.get("term"):
        facts["term"] = key_of(facts["term"], members.Term, field="term")
    if facts.get("parent"):
        facts["parent"] = key_of(facts["parent"], bodies.Body, field="parent")
    return facts


async def place_facts(asking: Asking, change: PlaceChange | None) -> dict[str, Any]:
    """What was given of a place, the body stood for as a key."""
    facts = given(change, bodies.BodyMembership)
    if facts.get("on_behalf_of"):
        facts["on_behalf_of"] = await seen(asking, bodies.Body, facts["on_behalf_of"], "on_behalf_of")
    return facts


async def _place(row: bodies.BodyMembership) -> Any:
    kept = None if row.voided_at else row
    return shows(BodyMembershipPayload, body_membership=kept, body=await bodies.Body.get(id=row.body_id))


def _places(rows: Sequence[bodies.BodyMembership]) -> Any:
    kept = [row for row in rows if not row.voided_at]
    return shows(BodyMembershipsPayload, count=len(rows), body_memberships=kept)


def change(description: str) -> Any:
    """A mutation with its guard; the verb asks again for the very body."""
    return strawberry.mutation(description=description, extensions=needs(Action.MANAGE_BODIES))


@strawberry.type
class BodyMutation:
    """Root fields that change this room."""

    @change("Adds a body.")
    async def body_create(self, info: Answer, body: Facts) -> BodyResult:
        """Needs a kind, and a name in one of the two scripts."""
        return shows(BodyPayload, body=await bodies.create_body(info.context.viewer, **body_facts(body)))

    @change("Adds many bodies of one kind, all or none; each problem tells its item.")
    async def bodies_create(self, info: Answer, kind: OfKind, names: Names, term: OfTerm = None) -> BodiesResult:
        """As one is added by `bodyCreate`; refused for a name that such a body has already."""
        key = key_of(term, members.Term, field="term") if term else None
        pairs = [split_pair(name) for name in bulk.few(names, "names")]
        rows = await bodies.create_bodies(info.context.viewer, pairs, kind=kind, term=key)
        return shows(BodiesPayload, count=len(rows), bodies=rows)

    @change("Changes facts about a body.")
    async def body_change(self, info: Answer, id: BodyId, change: Facts) -> BodyResult:
        """Its place in lists follows its name."""
        row = await bodies.change_body(info.context.viewer, key_of(id, bodies.Body), **body_facts(change))
        return shows(BodyPayload, body=row)

    @change("Ends a body, and with it every place in it; places in a learning group stay open until people move.")
    async def body_end(self, info: Answer, id: BodyId, on: FromDay) -> BodyResult:
        """It exists until the day before."""
        return shows(BodyPayload, body=await bodies.end_body(info.context.viewer, key_of(id, bodies.Body), on=on))

    @change("Ties a body to another one.")
    async def body_relate(
        self,
        info: Answer,
        id: BodyId,
        target: Annotated[strawberry.ID, strawberry.argument(description="The body it is tied to.")],
        kind: Annotated[RelationKind, strawberry.argument(description="How they are tied.")],
        starts_on: Annotated[
            dt.date | None, strawberry.argument(description="First day; unknown unless given.")
        ] = None,
    ) -> BodyResult:
        """Answers with the body that is tied."""
        key = key_of(id, bodies.Body)
        other = await seen(info.context, bodies.Body, target, "target")
        await bodies.relate_bodies(info.context.viewer, source=key, target=other, kind=kind, starts_on=starts_on)
        return shows(BodyPayload, body=await bodies.Body.get(id=key))

    @change("Ends a tie between two bodies.")
    async def body_relation_end(
        self,
        info: Answer,
        id: Annotated[strawberry.ID, strawberry.argument(description="The tie.")],
        on: FromDay,
    ) -> BodyResult:
        """Answers with the body that was tied."""
        key = key_of(id, bodies.BodyRelation)
        await bodies.end_relation(info.context.viewer, key, on=on)
        tie = await bodies.BodyRelation.get(id=key).select_related("source")
        return shows(BodyPayload, body=tie.source)

    @change("Gives someone a place in a body.")
    async def body_membership_add(
        self, info: Answer, body: BodyId, person: PersonId, place: Place = None
    ) -> PlaceResult:
        """A plain member's, unless more is said."""
        keys = (key_of(body, bodies.Body, field="body"), key_of(person, members.Person, field="person"))
        facts = await place_facts(info.context, place)
        return await _place(await bodies.add_body_member(info.context.viewer, *keys, **facts))

    @change("Gives many people places in bodies, all or none; each problem tells its item.")
    async def body_memberships_add(self, info: Answer, places: NewPlaces) -> PlacesResult:
        """As one is given by `bodyMembershipAdd`."""
        asking = info.context

        async def read(one: NewPlace) -> tuple[UUID, UUID, Any]:
            keys = (key_of(one.body, bodies.Body, field="body"), key_of(one.person, members.Person, field="person"))
            return (*keys, await place_facts(asking, one.place))

        wanted = await bulk.each(bulk.few(places, "places"), read)
        return _places(await bodies.add_body_members(asking.viewer, wanted))

    @change("Many people leave places in bodies, all or none; each problem tells its item.")
    async def body_memberships_end(self, info: Answer, ids: PlaceIds, on: FromDay) -> PlacesResult:
        """As one is ended by `bodyMembershipEnd`."""

        async def read(id: strawberry.ID) -> UUID:
            return key_of(id, bodies.BodyMembership, field="ids")

        wanted = await bulk.each(bulk.few(ids, "ids"), read)
        return _places(await bodies.end_body_memberships(info.context.viewer, wanted, on=on))

    @change("Someone leaves a place in a body.")
    async def body_membership_end(self, info: Answer, id: PlaceId, on: FromDay) -> PlaceResult:
        """A place that had not begun by then is void: it never was."""
        key = key_of(id, bodies.BodyMembership)
        return await _place(await bodies.end_body_membership(info.context.viewer, key, on=on))

    @change("From a day on, someone is something else in a body.")
    async def body_membership_change_role(
        self, info: Answer, id: PlaceId, on: FromDay, role: Role, title: Title = None
    ) -> PlaceResult:
        """The place so far ends on that day."""
        key = key_of(id, bodies.BodyMembership)
        return await _place(await bodies.change_role(info.context.viewer, key, on=on, role=role, title=title))

    @change("A place was recorded wrong: it is kept as wrong, the right one stands beside it.")
    async def body_membership_correct(self, info: Answer, id: PlaceId, reason: Why, place: Right) -> PlaceResult:
        """Answers with the right one."""
        key = key_of(id, bodies.BodyMembership)
        facts = await place_facts(info.context, place)
        row = await bodies.correct_body_membership(info.context.viewer, key, reason=reason, **facts)
        return await _place(row)

    @change("A place never was: it is kept as wrong, and nothing stands beside it.")
    async def body_membership_void(self, info: Answer, id: PlaceId, reason: Why) -> PlaceResult:
        """Answers with the body."""
        key = key_of(id, bodies.BodyMembership)
        await bodies.void_body_membership(info.context.viewer, key, reason=reason)
        return await _place(await bodies.BodyMembership.get(id=key))
