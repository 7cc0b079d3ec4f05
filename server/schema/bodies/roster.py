"""Who sits in a body on a day: by places in it, and by seats that stand for it where it is a sector."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import strawberry
from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from server.models import bodies, members
from server.models.bodies import BodyRole
from server.models.fields import holding, of
from server.models.reads import Columns, Statement
from server.schema.declared import Ref
from server.schema.making import made, picked
from server.schema.members.types import MembershipPost, Person
from server.schema.reading import Asking, shows
from server.schema.rows import READINGS
from server.viewer import Viewer

CAP = 1000
"""People in a roster."""
RANK = list(BodyRole)

if TYPE_CHECKING:
    from server.schema.bodies.types import BodyMembership

Place = Annotated["BodyMembership", strawberry.lazy("server.schema.bodies.types")]


@strawberry.type(description="One person in a body, once, with every title held there on that day.")
class BodyMember:
    """A person and the rows that make them a member of one body."""

    person: Person = picked("people", "Who.")
    places: list[Place] = picked(
        "places", "Each title with its dates; none for whoever is in a sector by the seat alone."
    )
    post: MembershipPost | None = picked(
        "posts", "What the seat stands for, where that makes the person a member: in a sector (界别)."
    )
    titles: list[str] = strawberry.field(description="The titles, in order.")
    roles: list[BodyRole] = strawberry.field(description="The roles, in order of rank; a seat alone makes a member.")


async def roster(asking: Asking, body: UUID, day: dt.date) -> Any:
    """Each person once, heads first, then by pinyin."""
    places, posts = _places(asking.viewer, body, day), _posts(asking.viewer, body, day)
    people = members.Person.filter(
        Q(id__in=Subquery(places.values("person_id"))) | Q(id__in=Subquery(posts.values("membership__person_id")))
    )

    def make(facts: Mapping[str, Any]) -> list[BodyMember]:
        held: dict[tuple[str, UUID], list[Any]] = defaultdict(list)
        by_post = {(pinyin, person): Ref(key, posts) for key, person, pinyin in facts["posts"]}
        for key, person, role, title, pinyin in facts["places"]:
            held[pinyin, person].append((role, title, Ref(key, places)))
        return [
            shows(
                BodyMember,
                person=Ref(one[1], people),
                places=[ref for _, _, ref in held[one]],
                post=by_post.get(one),
                titles=[title for _, title, _ in held[one] if title],
                roles=roles,
            )
            for roles, one in sorted(
                ((_roles(held[one]), one) for one in held.keys() | by_post.keys()),
                key=lambda found: (RANK.index(found[0][0]), found[1]),
            )[:CAP]
        ]

    reads = {
        "places": Columns(places.order_by("title", "id"), ("id", "person_id", "role", "title", "person__sort_pinyin")),
        "posts": Columns(posts.order_by("id"), ("id", "membership__person_id", "membership__person__sort_pinyin")),
    }
    return await made(asking, reads, make, people=people, places=places, posts=posts)


async def size(asking: Asking, body: UUID, day: dt.date) -> Any:
    """How many people that are."""
    rows = {
        "places": _places(asking.viewer, body, day).values("person_id"),
        "posts": _posts(asking.viewer, body, day).values("membership__person_id"),
    }
    counted = "SELECT count(*) AS n FROM (SELECT * FROM ({places}) a UNION SELECT * FROM ({posts}) b) c"
    return await made(asking, {"n": Statement(counted, {}, {"n": int}, rows=rows)}, lambda facts: facts["n"][0][0])


def _roles(held: list[Any]) -> list[BodyRole]:
    """Each once, by rank; a plain member's where the seat alone makes one."""
    found = {role for role, _, _ in held} or {BodyRole.MEMBER}
    return [role for role in BodyRole if role in found]


def _places(viewer: Viewer, body: UUID, day: dt.date) -> QuerySet[bodies.BodyMembership]:
    return bodies.BodyMembership.filter(READINGS[bodies.BodyMembership].visible(viewer), holding(day), body_id=body)


def _posts(viewer: Viewer, body: UUID, day: dt.date) -> QuerySet[members.MembershipPost]:
    """The seats that stand for that body, if it is a sector that this viewer may see."""
    return members.posts_on(day).filter(of("sector", READINGS[bodies.Body].visible(viewer)), sector_id=body)
