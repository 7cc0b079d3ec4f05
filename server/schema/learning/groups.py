"""Learning groups: the bodies of that kind, seen with their leaders, their stems and who could join them."""

import datetime as dt
import enum
from typing import Annotated, Any
from uuid import uuid4

import strawberry
from tortoise.expressions import Q, Subquery

from server.models import bodies, learning, members
from server.models.bodies import BodyKind, BodyRole, RelationKind
from server.models.fields import holding
from server.rules.permissions import Action, where
from server.schema.bodies import Body, BodyMembership
from server.schema.declared import DESCRIBED
from server.schema.guard import needs
from server.schema.ids import key_of
from server.schema.members import Person
from server.schema.members.queries import Search, TermCode, term_key
from server.schema.paging import After, Before, Connection, First, Last, Slice, connect
from server.schema.reading import Answer, Asking, Ever, Id, On, chosen, computed, key, many_then, same, through
from server.schema.rows import all_of, one_of
from server.viewer import Viewer

LEADING = (BodyRole.HEAD, BodyRole.CO_HEAD)
"""In falling order of their names, too."""


@strawberry.enum(description="How a group stands on a day.")
class GroupState(enum.Enum):
    """How a group stands on a day."""

    COMING = strawberry.enum_value("coming", description="It begins later.")
    ACTIVE = strawberry.enum_value("active", description="It exists.")
    ENDED = strawberry.enum_value("ended", description="It is no more.")


@strawberry.type(description="A learning group: a body of that kind, with what only such a group has.")
class LearningGroup:
    """A view on a body; its ID is the body's."""

    id: strawberry.ID = key("The ID of the body.")
    name: str = chosen("name", "Its name, in your language where it is known.")
    body = same(Body, "The body itself: members, history, dates.")
    leaders = many_then(
        bodies.BodyMembership,
        "body",
        BodyMembership,
        "Head and co-heads on a day, the head first.",
        order=("-role", "person__sort_pinyin", "id"),
        where=Q(role__in=LEADING),
    )
    derived_from = through(
        bodies.BodyRelation,
        "source",
        "target",
        bodies.Body,
        Body,
        "The sectors and committees it derives from on a day, by name.",
        order=("sort", "id"),
        where=lambda day: holding(day) & Q(kind=RelationKind.DERIVED_FROM),
    )

    @computed("How it stands on a day.", "starts_on", "ends_on")
    def state(root: strawberry.Parent[bodies.Body], info: Answer, on: On = None) -> GroupState:
        """By its first day and its end."""
        day = on or info.context.viewer.today
        if root.starts_on and root.starts_on > day:
            return GroupState.COMING
        return GroupState.ENDED if root.ends_on and root.ends_on <= day else GroupState.ACTIVE

    @computed("Whether you may change it and who is in it.", "id")
    def manageable(root: strawberry.Parent[bodies.Body], info: Answer) -> bool:
        """The table's answer for this very group."""
        return info.context.viewer.may(Action.MANAGE_LEARNING, root.pk).allowed

    @computed("Whether you may move its members to another group: you must manage both.", "id")
    def may_move_out(root: strawberry.Parent[bodies.Body], info: Answer) -> bool:
        """All groups, or this and another."""
        viewer = info.context.viewer
        held = where(viewer.roles, Action.MANAGE_LEARNING)
        elsewhere = held is None or bool(held - {root.pk})
        return elsewhere and viewer.may(Action.MANAGE_LEARNING, root.pk).allowed


@strawberry.type(description="A part of the list of learning groups.")
class LearningGroupConnection(Connection[LearningGroup]):
    """Groups, and whether the viewer may add one."""

    @computed("Whether you may create groups, and place people in any of them.")
    def may_create(self, info: Answer) -> bool:
        """See `manages_all`."""
        return manages_all(info.context.viewer)


def _counting(day: dt.date) -> Q:
    """Rows by which someone counts in a group that exists on that day."""
    lasting = Q(body__ends_on__isnull=True) | Q(body__ends_on__gt=day)
    return holding(day) & lasting & Q(primary=True, body__kind=BodyKind.LEARNING_GROUP)


@strawberry.type(description="Someone who could join a learning group, and where they count on that day.")
class Candidate:
    """A view on a person."""

    person = same(Person, "Who.")
    counts_in = through(
        bodies.BodyMembership,
        "person",
        "body",
        bodies.Body,
        Body,
        "The learning groups in which they count on a day (LC-1).",
        order=("sort", "id"),
        where=_counting,
    )


def manages_all(viewer: Viewer) -> bool:
    """A role that reaches every group reaches one just made up."""
    return viewer.may(Action.MANAGE_LEARNING, uuid4()).allowed


async def group_of(asking: Asking, id: str) -> Any:
    """The row of a learning group with this ID; None where there is none, or not for this viewer."""
    found = bodies.visible_bodies(asking.viewer) & Q(kind=BodyKind.LEARNING_GROUP)
    return await one_of(asking, bodies.Body.filter(found, id=key_of(id, bodies.Body)))


These = Annotated[list[strawberry.ID] | None, strawberry.argument(description="Only these people.")]
Coming = Annotated[bool, strawberry.argument(description="Also those that begin after that day.")]
OnlyUncovered = Annotated[bool, strawberry.argument(description="Only those who count in no group on that day.")]


@strawberry.type
class LearningQuery:
    """Root fields of the groups."""

    @strawberry.field(
        description="One learning group, null where there is none or not for you.",
        graphql_type=LearningGroup | None,
        extensions=needs(Action.READ_REGISTER),
        metadata=DESCRIBED,
    )
    async def learning_group(self, info: Answer, id: Id) -> Any:
        """By the ID of its body."""
        return await group_of(info.context, id)

    @strawberry.field(
        description="Learning groups by name: those of a day, or all that ever were.",
        graphql_type=LearningGroupConnection,
        extensions=needs(Action.READ_REGISTER),
        metadata=DESCRIBED,
    )
    async def learning_groups(
        self,
        info: Answer,
        search: Search = None,
        on: On = None,
        ever: Ever = False,
        term: TermCode = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Any:
        """One statement. With a term: its groups, and those that belong to none."""
        viewer, of = info.context.viewer, await term_key(info.context, term) if term else None
        found = bodies.visible_bodies(viewer) & Q(kind=BodyKind.LEARNING_GROUP)
        if not ever:
            found &= learning.groups_on(on or viewer.today, of)
        elif of:
            found &= Q(term_id=of) | Q(term_id__isnull=True)
        if search:
            found &= members.matching(search)
        part = Slice(first, after, last, before)
        return await connect(info.context, bodies.Body.filter(found), ("sort", "id"), part, LearningGroupConnection)

    @strawberry.field(
        description="What a learning group may derive from on a day: committees, then sectors, by name (LC-2).",
        graphql_type=list[Body],
        extensions=needs(Action.MANAGE_LEARNING),
        metadata=DESCRIBED,
    )
    async def learning_stems(self, info: Answer, on: On = None) -> Any:
        """Few by nature; one statement."""
        day = on or info.context.viewer.today
        begun = Q(starts_on__isnull=True) | Q(starts_on__lte=day)
        lasting = Q(ends_on__isnull=True) | Q(ends_on__gt=day)
        found = bodies.visible_bodies(info.context.viewer) & begun & lasting & Q(kind__in=learning.STEMS)
        return await all_of(info.context, bodies.Body.filter(found).order_by("-kind", "sort", "id"))

    @strawberry.field(
        description=(
            "The learning groups of a day into which you may place people, by name: the whole list, for a field of "
            "choices. With a term: its groups, and those that belong to none."
        ),
        graphql_type=list[LearningGroup],
        extensions=needs(Action.MANAGE_LEARNING),
        metadata=DESCRIBED,
    )
    async def learning_group_choices(
        self, info: Answer, on: On = None, term: TermCode = None, coming: Coming = False
    ) -> Any:
        """One statement."""
        viewer, of = info.context.viewer, await term_key(info.context, term) if term else None
        found = bodies.visible_bodies(viewer) & learning.groups_on(on or viewer.today, of, coming=coming)
        held = where(viewer.roles, Action.MANAGE_LEARNING)
        if held is not None:
            found &= Q(id__in=held)
        return await all_of(info.context, bodies.Body.filter(found).order_by("sort", "id"))

    @strawberry.field(
        description="Members with an active seat who could join a learning group, by pinyin, and where they count.",
        graphql_type=Connection[Candidate],
        extensions=needs(Action.MANAGE_LEARNING),
        metadata=DESCRIBED,
    )
    async def learning_candidates(
        self,
        info: Answer,
        search: Search = None,
        on: On = None,
        people: These = None,
        uncovered: OnlyUncovered = False,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Any:
        """One statement for the people, one for the groups of all of them."""
        asking = info.context
        day = on or asking.viewer.today
        found = members.visible_people(asking.viewer)
        if people is None:
            found &= members.active_on(day) & members.matching(search or "")
        else:
            found &= Q(id__in=[key_of(one, members.Person, field="people") for one in people])
        rows = members.Person.filter(found)
        if uncovered:
            placed = bodies.BodyMembership.filter(_counting(day)).values("person_id")
            rows = rows.exclude(id__in=Subquery(placed))
        return await connect(info.context, rows, ("sort_pinyin", "id"), Slice(first, after, last, before))
