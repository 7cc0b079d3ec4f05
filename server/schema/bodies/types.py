"""Bodies as the world may ask them: what they are, who sits in them, how they stem from each other."""

import datetime as dt
from collections import defaultdict
from functools import partial
from typing import Annotated, Any, cast
from uuid import UUID

import strawberry
from tortoise.expressions import Subquery
from tortoise.queryset import QuerySet

from server.models import bodies, members
from server.models.bodies import BodyKind, BodyRole, RelationKind
from server.models.fields import holding
from server.rules.permissions import Action
from server.schema.members.corrections import Correction, wrong_places
from server.schema.members.types import Membership, MembershipPost, Person, Term
from server.schema.node import Node
from server.schema.reading import (
    READINGS,
    RIGHT,
    Answer,
    Asking,
    On,
    batch,
    chosen,
    column,
    computed,
    many,
    one,
    reads,
    shows,
)
from server.viewer import Viewer

Self = Annotated["Body", strawberry.lazy("server.schema.bodies")]


@strawberry.type(description="One person in one body in a span of days, with one title.")
@reads(bodies.BodyMembership, bodies.visible_body_memberships)
class BodyMembership(Node):
    """A place in a body."""

    body = one(bodies.Body, "body", Self | None, "In which body.")
    person = one(members.Person, "person", Person | None, "Who.")
    membership = one(members.Membership, "membership", Membership | None, "By which seat, where one is meant.")
    role: BodyRole = column("What the person is there.")
    title: str = column("The title as it was given, or empty.")
    primary: bool = column("Whether it is the learning group that counts (LC-1).")
    starts_on: dt.date | None = column("First day; null means since ever or unknown.")
    ends_on: dt.date | None = column("The day from which it no longer holds; null where open.")
    on_behalf_of = one(
        bodies.Body, "on_behalf_of", Self | None, "The body this person stands for there, such as a party."
    )


@strawberry.type(description="A tie between two bodies.")
@reads(bodies.BodyRelation, bodies.visible_relations)
class BodyRelation(Node):
    """A tie."""

    kind: RelationKind = column("How they are tied.")
    source = one(bodies.Body, "source", Self | None, "The body that is tied.")
    target = one(bodies.Body, "target", Self | None, "The body it is tied to.")
    starts_on: dt.date | None = column("First day; null means since ever or unknown.")
    ends_on: dt.date | None = column("The day from which it no longer holds; null where open.")


@strawberry.type(description="One person in a body, once, with every title held there on that day.")
class BodyMember:
    """A person and the rows that make them a member of one body."""

    person: Person = strawberry.field(description="Who.")
    places: list[BodyMembership] = strawberry.field(
        description="Each title with its dates; none for whoever is in a sector by the seat alone."
    )
    post: MembershipPost | None = strawberry.field(
        description="What the seat stands for, where that makes the person a member: in a sector (界别)."
    )

    @strawberry.field(description="The titles, in order.")
    def titles(self) -> list[str]:
        """Without the empty ones."""
        return [place.title for place in self.places if place.title]

    @strawberry.field(description="The roles, in order of rank.")
    def roles(self) -> list[BodyRole]:
        """Each once, as BodyRole lists them; a plain member's where the seat alone makes one."""
        held = {place.role for place in self.places} or {BodyRole.MEMBER}
        return [role for role in BodyRole if role in held]


@strawberry.type(description="A body of the assembly or around it.")
@reads(bodies.Body, bodies.visible_bodies)
class Body(Node):
    """A body."""

    kind: BodyKind = column("What it is.")
    name: str = chosen("name", "Its name, in your language where it is known.")
    name_zh: str = column("Its name in Chinese, or empty.")
    name_en: str = column("Its name in Latin letters, or empty.")
    classification: str = column("What the file it came from calls its kind, or empty.")
    term = one(members.Term, "term", Term | None, "The term it belongs to, where it ends with one.")
    parent = one(bodies.Body, "parent", Self | None, "The body it is part of.")
    children = many(bodies.Body, "parent", Self, "Its parts.", order=("sort", "id"))
    relations = many(bodies.BodyRelation, "source", BodyRelation, "What it is tied to.", where=RIGHT)
    related_from = many(bodies.BodyRelation, "target", BodyRelation, "What is tied to it.", where=RIGHT)
    starts_on: dt.date | None = column("First day; null means since ever or unknown.")
    ends_on: dt.date | None = column("The day from which it no longer exists; null where open.")
    posts = many(
        members.MembershipPost,
        "sector",
        MembershipPost,
        "The seats that stand for it, if it is a sector: every row of their history, wrong ones left out.",
        order=("starts_on", "membership__person__sort_pinyin", "id"),
    )
    history = many(
        bodies.BodyMembership,
        "body",
        BodyMembership,
        "Every row of its history, wrong ones left out, by first day.",
        order=("starts_on", "person__sort_pinyin", "id"),
        where=RIGHT,
    )
    sensitive: bool = column("Kept off rosters and exports.")
    updated_at: dt.datetime = column("When it last changed.")

    @computed("Whether you may change it, and who sits in it.", "id")
    def manageable(root: strawberry.Parent[bodies.Body], info: Answer) -> bool:
        """The permission, for this very body."""
        return info.context.viewer.may(Action.MANAGE_BODIES, root.pk).allowed

    @strawberry.field(
        description="Entries of who sat here that were found to be wrong; empty unless you may change it."
    )
    async def corrections(root: strawberry.Parent[bodies.Body], info: Answer) -> list[Correction]:
        """The last correction first."""
        if not info.context.viewer.may(Action.MANAGE_BODIES, root.pk).allowed:
            return []
        return await wrong_places(info.context, root.pk)

    @strawberry.field(
        description="Who sits in it on a day, each person once; heads first, then by pinyin. At most 1,000.",
        graphql_type=list[BodyMember],
    )
    async def members(root: strawberry.Parent[bodies.Body], info: Answer, on: On = None) -> list[BodyMember]:
        """Two statements, however many bodies are asked for."""
        day = on or info.context.viewer.today
        return await batch(info.context, ("members", day), partial(_members, info.context, day), root.pk)

    @strawberry.field(description="How many people sit in it on a day.")
    async def member_count(root: strawberry.Parent[bodies.Body], info: Answer, on: On = None) -> int:
        """Two statements, however many bodies are asked for."""
        day = on or info.context.viewer.today
        return await batch(info.context, ("member_count", day), partial(_counts, info.context.viewer, day), root.pk)


ROSTER_CAP = 1000


async def _members(asking: Asking, day: dt.date, keys: list[UUID]) -> list[list[BodyMember]]:
    found: dict[UUID, dict[UUID, BodyMember]] = defaultdict(dict)
    places = _places(asking.viewer, day, keys).order_by("title", "id").select_related("person")
    posts = _posts(asking.viewer, day, keys).select_related("membership__person")
    for place in await places:
        _member(found[place.body_id], place.person).places.append(cast(Any, place))
    for post in await posts:
        _member(found[cast(UUID, post.sector_id)], post.membership.person).post = cast(Any, post)
    return [sorted(found[key].values(), key=_rank)[:ROSTER_CAP] for key in keys]


def _member(roster: dict[UUID, BodyMember], person: members.Person) -> BodyMember:
    return roster.setdefault(person.id, shows(BodyMember, person=person, places=[], post=None))


def _places(viewer: Viewer, day: dt.date, keys: list[UUID]) -> QuerySet[bodies.BodyMembership]:
    return bodies.BodyMembership.filter(READINGS[bodies.BodyMembership].visible(viewer), holding(day), body_id__in=keys)


def _posts(viewer: Viewer, day: dt.date, keys: list[UUID]) -> QuerySet[members.MembershipPost]:
    """The seats that stand for one of these bodies, if they are sectors that this viewer may see."""
    seen = bodies.Body.filter(READINGS[bodies.Body].visible(viewer), id__in=keys)
    return members.posts_on(day).filter(sector_id__in=Subquery(seen.values("id")))


def _rank(member: BodyMember) -> tuple[int, str, UUID]:
    person: Any = member.person
    order = list(BodyRole)
    return min(order.index(role) for role in member.roles()), person.sort_pinyin, person.id


async def _counts(viewer: Viewer, day: dt.date, keys: list[UUID]) -> list[int]:
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for body, person in await _places(viewer, day, keys).values_list("body_id", "person_id"):
        found[body].add(person)
    for body, person in await _posts(viewer, day, keys).values_list("sector_id", "membership__person_id"):
        found[body].add(person)
    return [len(found[key]) for key in keys]
