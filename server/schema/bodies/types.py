"""Bodies as the world may ask them: what they are, who sits in them, how they stem from each other."""

import datetime as dt
from typing import Annotated, Any

import strawberry

from server.models import bodies, members
from server.models.bodies import BodyKind, BodyRole, RelationKind
from server.rules.permissions import Action
from server.schema.bodies.roster import BodyMember, roster, size
from server.schema.making import makes
from server.schema.members.corrections import Correction, wrong_places
from server.schema.members.types import Membership, MembershipPost, Person, Term
from server.schema.node import Node
from server.schema.reading import Answer, On, chosen, column, computed, many, one, reads
from server.schema.rows import RIGHT

Self = Annotated["Body", strawberry.lazy("server.schema.bodies")]

PARTS, PEOPLE = 50, 100
"""What large bodies have: parts, or ties; and people, through time."""


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
    children = many(bodies.Body, "parent", Self, "Its parts.", order=("sort", "id"), counted=PARTS)
    relations = many(bodies.BodyRelation, "source", BodyRelation, "What it is tied to.", where=RIGHT, counted=PARTS)
    related_from = many(bodies.BodyRelation, "target", BodyRelation, "What is tied to it.", where=RIGHT, counted=PARTS)
    starts_on: dt.date | None = column("First day; null means since ever or unknown.")
    ends_on: dt.date | None = column("The day from which it no longer exists; null where open.")
    posts = many(
        members.MembershipPost,
        "sector",
        MembershipPost,
        "The seats that stand for it, if it is a sector: every row of their history, wrong ones left out.",
        order=("starts_on", "membership__person__sort_pinyin", "id"),
        counted=PEOPLE,
    )
    history = many(
        bodies.BodyMembership,
        "body",
        BodyMembership,
        "Every row of its history, wrong ones left out, by first day.",
        order=("starts_on", "person__sort_pinyin", "id"),
        where=RIGHT,
        counted=PEOPLE,
    )
    sensitive: bool = column("Kept off rosters and exports.")
    updated_at: dt.datetime = column("When it last changed.")

    @computed("Whether you may change it, and who sits in it.", "id")
    def manageable(root: strawberry.Parent[bodies.Body], info: Answer) -> bool:
        """The permission, for this very body."""
        return info.context.viewer.may(Action.MANAGE_BODIES, root.pk).allowed

    @makes(
        "Entries of who sat here that were found to be wrong; empty unless you may change it.",
        "id",
        kind=list[Correction],
    )
    async def corrections(root: strawberry.Parent[bodies.Body], info: Answer) -> Any:
        """The last correction first."""
        return await wrong_places(info.context, root.pk)

    @makes(
        "Who sits in it on a day, each person once; heads first, then by pinyin. At most 1,000.",
        "id",
        kind=list[BodyMember],
        counted=PEOPLE,
    )
    async def members(root: strawberry.Parent[bodies.Body], info: Answer, on: On = None) -> Any:
        """By places, and by seats where it is a sector."""
        return await roster(info.context, root.pk, on or info.context.viewer.today)

    @makes("How many people sit in it on a day.", "id")
    async def member_count(root: strawberry.Parent[bodies.Body], info: Answer, on: On = None) -> int:
        """Each person once."""
        return await size(info.context, root.pk, on or info.context.viewer.today)
