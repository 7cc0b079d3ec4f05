"""Who is meant by the names and member numbers of a list."""

from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import Annotated, Any

import strawberry
from tortoise.expressions import Q, Subquery

from server.errors import Invalid
from server.errors import Problem as Said
from server.models import members
from server.models.reads import Columns, Read
from server.rules.names import search_words
from server.rules.permissions import Action
from server.schema.arguments import fits
from server.schema.declared import Ref
from server.schema.guard import needs
from server.schema.ids import key_of
from server.schema.making import made, makes, picked
from server.schema.members import Person
from server.schema.reading import Answer, shows
from server.words import say

NAMES, NEAR = 200, 5
"""Names that are looked for at once; people who could be meant by one."""


@strawberry.type(description="Who is meant by a name or a member number.")
class NamedPerson:
    """One line of a list."""

    name: str = strawberry.field(description="As it was written; empty for who was known already.")
    person: Person | None = picked("people", "Who; null where nobody, or more than one, is called exactly so.")
    perhaps: list[Person] = picked("people", "Who could be meant, where it is not certain; at most 5.")


Chosen = Annotated[
    list[strawberry.ID] | None, strawberry.argument(description="People who are known already: they come first.")
]
TheNames = Annotated[
    list[str], strawberry.argument(description="Names in Chinese or Latin letters, or member numbers; up to 200.")
]


@strawberry.type
class NamedQuery:
    """The root field."""

    @makes(
        "Who is meant by names or member numbers, such as those of a list, each as it was written; after these people.",
        kind=list[NamedPerson],
        extensions=needs(Action.READ_REGISTER),
        counted=NAMES,
    )
    async def people_named(self, info: Answer, names: TheNames, people: Chosen = None) -> Any:
        """One statement."""
        viewer, chosen = info.context.viewer, [key_of(one, members.Person, field="people") for one in people or ()]
        if len(names) > NAMES:
            raise Invalid(Said("HOW_MANY", say("At most {most} names at once.", most=NAMES), "names"))
        every = members.Person.filter(members.visible_people(viewer))
        zh, en = ([one for one in names if one and fits(members.Person, name, one)] for name in ("name_zh", "name_en"))
        exact = every.filter(Q(name_zh__in=zh) | Q(name_en__in=en))
        numbers = members.Membership.filter(
            no__in=[one for one in names if one and fits(members.Membership, "no", one)],
            id__in=Subquery(members.active_seats(viewer.today).values("id")),
        )
        like = every.filter(reduce(or_, map(members.matching, names), Q(id__in=[])))
        reads: dict[str, Read] = {
            "exact": Columns(exact, ("id", "name_zh", "name_en")),
            "numbers": Columns(numbers, ("person_id", "no")),
            "like": Columns(like.order_by("sort_pinyin", "id").limit(NAMES), ("id", "search")),
        }

        def make(found: Mapping[str, Any]) -> list[NamedPerson]:
            first = [shows(NamedPerson, name="", person=Ref(key, meant), perhaps=[]) for key in dict.fromkeys(chosen)]
            return first + [_named(one, found, meant) for one in dict.fromkeys(names)]

        meant = every.filter(
            Q(id__in=chosen)
            | Q(id__in=Subquery(exact.values("id")))
            | Q(id__in=Subquery(numbers.values("person_id")))
            | Q(id__in=Subquery(like.values("id")))
        )
        return await made(info.context, reads, make, people=meant)


def _named(name: str, found: Mapping[str, Any], people: Any) -> NamedPerson:
    exact = {key for key, *names in found["exact"] if name and name in names}
    exact |= {key for key, no in found["numbers"] if no == name}
    words = search_words(name)
    like = [key for key, text in found["like"] if words and all(word in text for word in words)]
    others = [] if len(exact) == 1 else [*exact, *(key for key in like if key not in exact)][:NEAR]
    return shows(
        NamedPerson,
        name=name,
        person=Ref(next(iter(exact)), people) if len(exact) == 1 else None,
        perhaps=[Ref(key, people) for key in others],
    )
