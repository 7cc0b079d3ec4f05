"""What can be asked of a change of term: the plan with what is not in order, and who stays, leaves and comes."""

from collections.abc import Mapping
from typing import Annotated, Any

import strawberry

from server.models import bodies, members, renewal
from server.rules.permissions import Action
from server.rules.renewal import RenewalPart
from server.schema.declared import DESCRIBED
from server.schema.guard import needs
from server.schema.ids import key_of
from server.schema.making import made, makes
from server.schema.members.queries import Order, OrderBy, Search
from server.schema.paging import After, Before, First, Last, Slice, connect
from server.schema.reading import Answer, Id
from server.schema.renewal.types import Renewal, RenewalPeopleConnection, told
from server.schema.rows import seen

PLAN = 19_900
"""The weight of a plan: all seats and places of two terms are read for it, whatever is shown. Two in an operation."""
Which = Annotated[RenewalPart, strawberry.argument(description="Who stays, who leaves, or who comes.")]
OfSector = Annotated[
    strawberry.ID | None, strawberry.argument(description="Only those whose seat, before or then, is of this sector.")
]


@strawberry.type
class RenewalQuery:
    """Root fields of this room."""

    @makes(
        "The change to a term that follows another: what is planned, or was decided; and what is not in order.",
        kind=Renewal,
        extensions=needs(Action.RENEW),
        weight=PLAN,
    )
    async def renewal(self, info: Answer, id: Id) -> Any:
        """By the ID of the next term. Nothing is changed."""
        asking, viewer, key = info.context, info.context.viewer, key_of(id, members.Term)
        viewer.must_everywhere(Action.RENEW)
        terms = members.Term.all()

        def make(facts: Mapping[str, Any]) -> Renewal:
            return told(renewal.plan_of(facts), terms, asking.viewer.today, asking.viewer.locale)

        return await made(asking, renewal.planning(viewer, key), make, terms=terms)

    @strawberry.field(
        description="Who stays, leaves or comes with a term that follows another.",
        graphql_type=RenewalPeopleConnection,
        extensions=needs(Action.RENEW),
        metadata=DESCRIBED,
    )
    async def renewal_people(
        self,
        info: Answer,
        id: Id,
        part: Which,
        search: Search = None,
        sector: OfSector = None,
        order_by: OrderBy = Order.PINYIN,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Any:
        """One statement for the rows, one more for the count."""
        asking, key = info.context, key_of(id, members.Term)
        asking.viewer.must_everywhere(Action.RENEW)
        found = members.visible_people(asking.viewer) & renewal.part_of(key, part)
        if sector:
            found &= renewal.of_sector(key, await seen(asking, bodies.Body, sector, "sector"))
        if search:
            found &= members.matching(search)
        rows = members.Person.filter(found)
        order, part_of_list = (str(order_by.value), "id"), Slice(first, after, last, before)
        return await connect(asking, rows, order, part_of_list, RenewalPeopleConnection)
