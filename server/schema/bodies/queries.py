"""What can be asked of bodies: one, a place in one, and the list of them, filtered."""

import datetime as dt
from typing import Annotated, Any

import strawberry
from tortoise.expressions import Q

from server.models import bodies, members
from server.models.bodies import BodyKind
from server.rules.permissions import Action
from server.schema.bodies.types import Body, BodyMembership, BodyRelation
from server.schema.guard import needs
from server.schema.ids import key_of
from server.schema.members.queries import Search, Since, TermCode, term_of
from server.schema.paging import After, Before, Connection, First, Last, Slice, connect
from server.schema.reading import Answer, Id, row_of

KindOf = Annotated[BodyKind | None, strawberry.argument(description="Only bodies of this kind.")]
ExistingOn = Annotated[dt.date | None, strawberry.argument(description="Only bodies that exist on this day.")]


TheParent = Annotated[strawberry.ID | None, strawberry.argument(description="Only parts of this body.")]


@strawberry.type
class BodyQuery:
    """Root fields of this room."""

    @strawberry.field(
        description="One body, null where there is none or not for you.",
        graphql_type=Body | None,
        extensions=needs(Action.READ_REGISTER),
    )
    async def body(self, info: Answer, id: Id) -> Any:
        """By its ID."""
        return await row_of(info.context, bodies.Body, key_of(id, bodies.Body))

    @strawberry.field(
        description="One place of a person in a body, null where there is none, or not for you, or it was wrong.",
        graphql_type=BodyMembership | None,
        extensions=needs(Action.READ_REGISTER),
    )
    async def body_membership(self, info: Answer, id: Id) -> Any:
        """By its ID."""
        return await row_of(info.context, bodies.BodyMembership, key_of(id, bodies.BodyMembership))

    @strawberry.field(
        description="One tie between two bodies, null where there is none or it was wrong.",
        graphql_type=BodyRelation | None,
        extensions=needs(Action.READ_REGISTER),
    )
    async def body_relation(self, info: Answer, id: Id) -> Any:
        """By its ID."""
        return await row_of(info.context, bodies.BodyRelation, key_of(id, bodies.BodyRelation))

    @strawberry.field(
        description="Bodies of the assembly and around it.",
        graphql_type=Connection[Body],
        extensions=needs(Action.READ_REGISTER),
    )
    async def bodies(
        self,
        info: Answer,
        kind: KindOf = None,
        term: TermCode = None,
        on: ExistingOn = None,
        parent: TheParent = None,
        search: Search = None,
        updated_since: Since = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Any:
        """By kind, then by name; one statement."""
        found = bodies.visible_bodies(info.context.viewer)
        if kind:
            found &= Q(kind=kind)
        if term:
            found &= Q(term_id=(await term_of(term)).pk)
        if on:
            found &= (Q(starts_on__isnull=True) | Q(starts_on__lte=on)) & (Q(ends_on__isnull=True) | Q(ends_on__gt=on))
        if parent:
            found &= Q(parent_id=key_of(parent, bodies.Body, field="parent"))
        if search:
            found &= members.matching(search)
        if updated_since:
            found &= Q(updated_at__gte=updated_since)
        return await connect(bodies.Body.filter(found), ("sort", "id"), Slice(first, after, last, before))
