"""What can be asked of bodies: one, a place in one, and the list of them, filtered."""

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, Any

import strawberry
from tortoise.expressions import Q

from server.models import bodies, members
from server.models.bodies import BodyKind
from server.models.leaving import Left
from server.rules.permissions import Action
from server.schema.arguments import spread
from server.schema.bodies.types import Body, BodyMembership, BodyRelation
from server.schema.declared import DESCRIBED
from server.schema.guard import needs
from server.schema.ids import key_of
from server.schema.leaving import KeptConnection, Since, changed, moment
from server.schema.members.queries import Search, TermCode, term_key
from server.schema.paging import Slice, connect
from server.schema.reading import Answer, Asking, Id
from server.schema.rows import row_of, seen

KindOf = Annotated[BodyKind | None, strawberry.argument(description="Only bodies of this kind.")]
ExistingOn = Annotated[dt.date | None, strawberry.argument(description="Only bodies that exist on this day.")]
TheParent = Annotated[strawberry.ID | None, strawberry.argument(description="Only parts of this body.")]


@strawberry.type(description="A part of the list of bodies.")
class BodyConnection(KeptConnection[Body]):
    """Bodies, and what left the list."""


@dataclass(frozen=True)
class Filter:
    """Which bodies are meant."""

    kind: KindOf = None
    term: TermCode = None
    on: ExistingOn = None
    parent: TheParent = None
    search: Search = None
    updated_since: Since = None


async def bodies_of(asking: Asking, wanted: Filter) -> Q:
    """The bodies these filters mean, of those this viewer may see. Raises Invalid for a term nobody knows."""
    found = bodies.visible_bodies(asking.viewer)
    if wanted.kind:
        found &= Q(kind=wanted.kind)
    if wanted.term:
        found &= Q(term_id=await term_key(asking, wanted.term))
    if wanted.on:
        begun = Q(starts_on__isnull=True) | Q(starts_on__lte=wanted.on)
        found &= begun & (Q(ends_on__isnull=True) | Q(ends_on__gt=wanted.on))
    if wanted.parent:
        found &= Q(parent_id=await seen(asking, bodies.Body, wanted.parent, "parent"))
    return found & members.matching(wanted.search) if wanted.search else found


@strawberry.type
class BodyQuery:
    """Root fields of this room."""

    @strawberry.field(
        description="One body, null where there is none or not for you.",
        graphql_type=Body | None,
        extensions=needs(Action.READ_REGISTER),
        metadata=DESCRIBED,
    )
    async def body(self, info: Answer, id: Id) -> Any:
        """By its ID."""
        return await row_of(info.context, bodies.Body, key_of(id, bodies.Body))

    @strawberry.field(
        description="One place of a person in a body, null where there is none, or not for you, or it was wrong.",
        graphql_type=BodyMembership | None,
        extensions=needs(Action.READ_REGISTER),
        metadata=DESCRIBED,
    )
    async def body_membership(self, info: Answer, id: Id) -> Any:
        """By its ID."""
        return await row_of(info.context, bodies.BodyMembership, key_of(id, bodies.BodyMembership))

    @strawberry.field(
        description="One tie between two bodies, null where there is none or it was wrong.",
        graphql_type=BodyRelation | None,
        extensions=needs(Action.READ_REGISTER),
        metadata=DESCRIBED,
    )
    async def body_relation(self, info: Answer, id: Id) -> Any:
        """By its ID."""
        return await row_of(info.context, bodies.BodyRelation, key_of(id, bodies.BodyRelation))

    @strawberry.field(
        description="Bodies of the assembly and around it.",
        graphql_type=BodyConnection,
        extensions=needs(Action.READ_REGISTER),
        metadata=DESCRIBED,
    )
    @spread
    async def bodies(self, info: Answer, *, wanted: Filter, part: Slice) -> Any:
        """By kind, then by name. One statement for the rows, one more for each of totalCount and tombstones."""
        viewer = info.context.viewer
        hidden = viewer.may(Action.READ_SENSITIVE).allowed
        left = (Left.BODIES, Left.SENSITIVE_BODIES) if hidden else (Left.BODIES,)
        listed = bodies.Body.filter(bodies.visible_bodies(viewer))
        since = moment(wanted.updated_since, viewer)
        kept: dict[str, Any] = {"since": since, "listed": listed, "left": left}
        rows = bodies.Body.filter(await bodies_of(info.context, wanted) & changed(since))
        return await connect(info.context, rows, ("sort", "id"), part, BodyConnection, **kept)
