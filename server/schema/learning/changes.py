"""What can be changed in learning groups: each answer is the group as it is now, or the problems, nothing changed."""

import datetime as dt
from typing import Annotated, Any

import strawberry

from server.models import bodies, learning, members
from server.rules.permissions import Action
from server.schema.guard import needs
from server.schema.ids import key_of
from server.schema.learning.groups import LearningGroup
from server.schema.members.changes import FromDay, Why
from server.schema.problems import Problems
from server.schema.reading import Answer, shows
from server.schema.rows import seen

NameZh = Annotated[str, strawberry.argument(description="The name in Chinese; empty for none.")]
NameEn = Annotated[str, strawberry.argument(description="The name in Latin letters; empty for none.")]
Group = Annotated[strawberry.ID, strawberry.argument(description="The ID of the group's body.")]
ToGroup = Annotated[strawberry.ID, strawberry.argument(description="The group this person goes to.")]
Who = Annotated[strawberry.ID, strawberry.argument(description="Whom.")]
Whom = Annotated[list[strawberry.ID], strawberry.argument(description="Whom.")]
Head = Annotated[strawberry.ID | None, strawberry.argument(description="Who leads it; null for nobody yet.")]
CoHeads = Annotated[list[strawberry.ID] | None, strawberry.argument(description="Who leads it together with the head.")]
Stem = Annotated[
    strawberry.ID | None, strawberry.argument(description="The special committee or sector it derives from (LC-2).")
]
OfTerm = Annotated[strawberry.ID | None, strawberry.argument(description="The term with which it ends, if with one.")]
Reuse = Annotated[
    bool, strawberry.argument(description="Take the name although a group that has ended had it; else that is refused.")
]
FirstDay = Annotated[dt.date | None, strawberry.argument(description="First day; null where it is not known.")]


@strawberry.type(description="The learning group as it is now.")
class LearningGroupPayload:
    """Success."""

    learning_group: LearningGroup = strawberry.field(description="The group.")


GroupResult = Annotated[
    LearningGroupPayload | Problems, strawberry.union("LearningGroupResult", description="The group, or why not.")
]


def change(description: str) -> Any:
    """A mutation with its guard; the verb asks again for the very group."""
    return strawberry.mutation(description=description, extensions=needs(Action.MANAGE_LEARNING))


@strawberry.type
class LearningMutation:
    """Root fields that change the groups."""

    @change("Creates a learning group, with its leaders from its first day.")
    async def learning_group_create(
        self,
        info: Answer,
        name_zh: NameZh = "",
        name_en: NameEn = "",
        starts_on: FirstDay = None,
        term: OfTerm = None,
        derived_from: Stem = None,
        head: Head = None,
        co_heads: CoHeads = None,
        reuse_name: Reuse = False,
    ) -> GroupResult:
        """Needs a name in one of the two scripts that no other group has."""
        row = await learning.create_group(
            info.context.viewer,
            name_zh=name_zh,
            name_en=name_en,
            starts_on=starts_on,
            term=key_of(term, members.Term, field="term") if term else None,
            derived_from=await seen(info.context, bodies.Body, derived_from, "derived_from") if derived_from else None,
            head=_person(head, "head"),
            co_heads=_people(co_heads or [], "co_heads"),
            reuse_name=reuse_name,
        )
        return shows(LearningGroupPayload, learning_group=row)

    @change("Gives a learning group other names; an empty one clears.")
    async def learning_group_rename(
        self, info: Answer, id: Group, name_zh: NameZh = "", name_en: NameEn = "", reuse_name: Reuse = False
    ) -> GroupResult:
        """Both names are set."""
        names = {"name_zh": name_zh, "name_en": name_en}
        row = await learning.rename_group(info.context.viewer, _key(id), **names, reuse_name=reuse_name)
        return shows(LearningGroupPayload, learning_group=row)

    @change("Says what a learning group derives from; what it derived from before ends on that day (LC-2).")
    async def learning_group_set_stem(
        self, info: Answer, id: Group, on: FromDay, derived_from: Stem = None
    ) -> GroupResult:
        """From that day on this one alone, or none."""
        stem = await seen(info.context, bodies.Body, derived_from, "derived_from") if derived_from else None
        row = await learning.set_stem(info.context.viewer, _key(id), derived_from=stem, on=on)
        return shows(LearningGroupPayload, learning_group=row)

    @change("Ends a learning group. Its members stay listed as in an ended group until they are moved.")
    async def learning_group_end(self, info: Answer, id: Group, on: FromDay) -> GroupResult:
        """It exists no more from that day on."""
        row = await learning.end_group(info.context.viewer, _key(id), on=on)
        return shows(LearningGroupPayload, learning_group=row)

    @change("Says who leads a learning group; whoever led it before goes on as a plain member (LC-2).")
    async def learning_group_set_leaders(
        self, info: Answer, id: Group, on: FromDay, head: Head = None, co_heads: CoHeads = None
    ) -> GroupResult:
        """From that day on these alone."""
        others = _people(co_heads or [], "co_heads")
        await learning.set_leaders(info.context.viewer, _key(id), head=_person(head, "head"), co_heads=others, on=on)
        return await _group(_key(id))

    @change("Adds members to a learning group; nobody is added if one of them counts in another (LC-1).")
    async def learning_group_add_members(self, info: Answer, id: Group, people: Whom, on: FromDay) -> GroupResult:
        """They count here from that day on."""
        await learning.add_members(info.context.viewer, _key(id), people=_people(people, "people"), on=on)
        return await _group(_key(id))

    @change("Moves a member to another group: one place ends and the next begins on the same day (LC-1).")
    async def learning_group_move_member(
        self, info: Answer, person: Who, to_group: ToGroup, on: FromDay, reason: Why
    ) -> GroupResult:
        """Answers with the group this person is in now."""
        target = key_of(to_group, bodies.Body, field="to_group")
        who = key_of(person, members.Person, field="person")
        await learning.move_member(info.context.viewer, who, to_group=target, on=on, reason=reason)
        return await _group(target)

    @change("Takes someone out of a learning group, in every role.")
    async def learning_group_remove_member(
        self, info: Answer, id: Group, person: Who, on: FromDay, reason: Why
    ) -> GroupResult:
        """From that day on."""
        who = key_of(person, members.Person, field="person")
        await learning.remove_member(info.context.viewer, _key(id), who, on=on, reason=reason)
        return await _group(_key(id))


def _key(id: str) -> Any:
    return key_of(id, bodies.Body)


def _person(id: str | None, field: str) -> Any:
    return key_of(id, members.Person, field=field) if id else None


def _people(ids: list[strawberry.ID], field: str) -> list[Any]:
    return [key_of(one, members.Person, field=field) for one in ids]


async def _group(key: Any) -> Any:
    return shows(LearningGroupPayload, learning_group=await bodies.Body.get(id=key))
