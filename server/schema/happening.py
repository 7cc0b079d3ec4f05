"""What can be subscribed to. Each field is what is asked at a moment when something may have changed.

A subscription is a query that is asked again, as whoever waits for it, each time finding out anew who that is and what
they may: see `watching.py`. So a field here has a resolver like every other, and is compiled like every other. What
it answers is sent where it differs from the last time; of `changed`, each thing by itself.
"""

import enum
from typing import Annotated, Any, cast

import strawberry
from tortoise.models import Model

from server.models import bodies, documents, members
from server.rules.permissions import Action
from server.schema.declared import DESCRIBED
from server.schema.guard import needs, public
from server.schema.node import Node
from server.schema.reading import Answer, computed
from server.schema.rows import bare
from server.schema.viewing import Me, thing_of

MOST_THINGS = 100
"""How many things one subscription can name."""


@strawberry.enum(description="A list of things that is kept up to date.")
class Collection(enum.Enum):
    """By the names of the root fields that list them."""

    PEOPLE = strawberry.enum_value("people", description="Everyone in the register.")
    MEMBERS = strawberry.enum_value("members", description="Seats in a term.")
    BODIES = strawberry.enum_value("bodies", description="Bodies of every kind, learning groups among them.")
    DOCUMENTS = strawberry.enum_value("documents", description="Documents of which you may know.")


LISTS: dict[Collection, type[Model]] = {
    Collection.PEOPLE: members.Person,
    Collection.MEMBERS: members.Membership,
    Collection.BODIES: bodies.Body,
    Collection.DOCUMENTS: documents.Document,
}
"""The table of each."""


@strawberry.type(description="That something changed, with the thing as it is now.")
class Change:
    """A moment at which something may be different."""

    thing: strawberry.Private[strawberry.ID | None]

    @computed("Which thing; null where so much changed at once that not each is named: read the lists again.")
    def id(self, _: Answer) -> strawberry.ID | None:
        """As it was asked for."""
        return self.thing

    @strawberry.field(
        description="The thing as it is now; null where it is gone, or gone for you.",
        graphql_type=Node | None,
        metadata=DESCRIBED,
    )
    async def node(self, info: Answer) -> Any:
        """Like the root field `node`."""
        return await thing_of(info.context, self.thing) if self.thing else None


Ids = Annotated[
    list[strawberry.ID] | None,
    strawberry.argument(
        description=f"These things, at most {MOST_THINGS}: people, seats, bodies, documents and what hangs on them."
    ),
]
Lists = Annotated[
    list[Collection] | None,
    strawberry.argument(
        description="All that you may see in these lists, new things too. What left is told only if it was sent before."
    ),
]


@strawberry.type
class Subscription:
    """Root fields. Their guards are asked at each moment."""

    @strawberry.field(
        description="Each change of these things, or in these lists. What hangs on a thing counts as a change of it.",
        graphql_type=Change,
        extensions=needs(Action.READ_REGISTER),
        metadata=DESCRIBED,
    )
    async def changed(self, info: Answer, ids: Ids = None, collections: Lists = None) -> Any:
        """At a moment, `ids` is the one thing that changed."""
        return bare(info.context, Change(thing=ids[0] if ids else None))

    @strawberry.field(
        description="The one who asks: at once, and again each time that what is read of it is different.",
        extensions=public(),
        metadata=DESCRIBED,
    )
    async def viewer(self, info: Answer) -> Me:
        """What waits for them, what they may."""
        return cast(Me, bare(info.context, Me()))
