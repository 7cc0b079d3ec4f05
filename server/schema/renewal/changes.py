"""What can be changed on the way to the next term: its draft named and filled, bodies decided, all done or undone."""

from typing import Annotated, Any

import strawberry

from server.models import bodies, members, renewal
from server.models.bodies import BodyKind
from server.rules.permissions import Action
from server.schema.guard import needs
from server.schema.ids import key_of
from server.schema.members import Term
from server.schema.members.changes import TermChange
from server.schema.problems import Problems
from server.schema.reading import Answer, Id, given, shows
from server.schema.rows import seen

Facts = Annotated[
    TermChange, strawberry.argument(description="Code and first day, names and last day; its status is a draft's.")
]
Follows = Annotated[
    strawberry.ID | None, strawberry.argument(description="The term that ends; the one in progress unless given.")
]
These = Annotated[list[strawberry.ID] | None, strawberry.argument(description="These people.")]
OfSector = Annotated[strawberry.ID | None, strawberry.argument(description="All whose seat stands for this sector.")]
Everyone = Annotated[bool, strawberry.argument(description="All who have a seat in the term that ends.")]
TheBodies = Annotated[list[strawberry.ID] | None, strawberry.argument(description="These bodies.")]
OfKind = Annotated[BodyKind | None, strawberry.argument(description="All of this kind of which it can be said.")]
Carried = Annotated[bool, strawberry.argument(description="They go on; else they end with the term.")]
Code = Annotated[str, strawberry.argument(description="The code of the next term, typed once more.")]


@strawberry.type(description="The next term as it is now.")
class RenewalPayload:
    """Success."""

    term: Term = strawberry.field(description="The next term.")
    count: int = strawberry.field(description="How many people or bodies were concerned.", default=0)


RenewalResult = Annotated[
    RenewalPayload | Problems, strawberry.union("RenewalResult", description="The next term, or why not.")
]


def change(description: str) -> Any:
    """A mutation with its guard."""
    return strawberry.mutation(description=description, extensions=needs(Action.RENEW))


async def _told(id: str, count: int = 0) -> Any:
    return shows(RenewalPayload, term=await members.Term.get(id=key_of(id, members.Term)), count=count)


def _whom(people: list[strawberry.ID] | None, sector: str | None, everyone: bool) -> dict[str, Any]:
    return {
        "people": {key_of(one, members.Person, field="people") for one in people or ()},
        "sector": key_of(sector, bodies.Body, field="sector") if sector else None,
        "everyone": everyone,
    }


@strawberry.type
class RenewalMutation:
    """Root fields that change this room."""

    @change("Names the next term and its first day; a draft of that code is taken up again.")
    async def renewal_begin(self, info: Answer, term: Facts, follows: Follows = None) -> RenewalResult:
        """The draft is the plan; nothing else is changed by it."""
        facts = {"code": "", "starts_on": None, **given(term, members.Term)}
        facts.pop("status", None)
        former = await seen(info.context, members.Term, follows, "follows") if follows else None
        row = await renewal.begin_renewal(info.context.viewer, follows=former, **facts)
        return shows(RenewalPayload, term=row)

    @change("People stay: seats in the next term with office, sector and unit as they are; done twice it is done once.")
    async def renewal_seats_carry(
        self, info: Answer, id: Id, people: These = None, sector: OfSector = None, everyone: Everyone = False
    ) -> RenewalResult:
        """Whoever has one already keeps that."""
        key = key_of(id, members.Term)
        count = await renewal.carry_seats(info.context.viewer, key, **_whom(people, sector, everyone))
        return await _told(id, count)

    @change("People have no seat in the next term after all, while it is only planned.")
    async def renewal_seats_take_back(
        self, info: Answer, id: Id, people: These = None, sector: OfSector = None, everyone: Everyone = False
    ) -> RenewalResult:
        """Of sectors and of everyone, only who would stay; chosen people may be ones who come."""
        key = key_of(id, members.Term)
        count = await renewal.take_back_seats(info.context.viewer, key, **_whom(people, sector, everyone))
        return await _told(id, count)

    @change("Bodies go on in the next term, or end with the one before.")
    async def renewal_bodies_decide(
        self, info: Answer, id: Id, carried: Carried, bodies: TheBodies = None, kind: OfKind = None
    ) -> RenewalResult:
        """Learning groups, sectors, and bodies of the term that ends."""
        keys = {_body_key(one) for one in bodies or ()}
        viewer, key = info.context.viewer, key_of(id, members.Term)
        return await _told(id, await renewal.decide_bodies(viewer, key, carried=carried, bodies=keys, kind=kind))

    @change("Decides the change of term, as planned, in one transaction, or nothing of it. For people, not programs.")
    async def renewal_apply(self, info: Answer, id: Id, code: Code) -> RenewalResult:
        """Done twice it is done once."""
        info.context.take_time()
        await renewal.apply_renewal(info.context.viewer, key_of(id, members.Term), code=code)
        return await _told(id)

    @change("Takes the change of term back before its day, if nothing that it wrote was changed since.")
    async def renewal_undo(self, info: Answer, id: Id) -> RenewalResult:
        """The plan is a draft again."""
        info.context.take_time()
        await renewal.undo_renewal(info.context.viewer, key_of(id, members.Term))
        return await _told(id)


def _body_key(id: str) -> Any:
    return key_of(id, bodies.Body, field="bodies")
