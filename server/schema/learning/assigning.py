"""Placing many at once: the proposal, the check of what was chosen, what was done, and how it is undone (LC-1)."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import strawberry
from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from server.errors import Problem as Hindrance
from server.models import bodies, learning, members
from server.models.reads import Columns, Read
from server.rules.permissions import Action
from server.schema.bodies import Body
from server.schema.declared import Among, Ref
from server.schema.guard import needs
from server.schema.ids import ASSIGNMENT, key_of, not_there
from server.schema.learning.groups import LearningGroup
from server.schema.making import made, makes, picked
from server.schema.members import Person
from server.schema.members.changes import FromDay
from server.schema.members.queries import term_key
from server.schema.paging import PAGED, First, Slice
from server.schema.problems import Problem, Problems, camel
from server.schema.reading import Answer, Asking, Id, On, shows
from server.schema.rows import seen
from server.words import Locale, say

OfTerm = Annotated[str | None, strawberry.argument(description="Code of the term; all active terms unless given.")]
These = Annotated[
    list[strawberry.ID] | None, strawberry.argument(description="Only these people; everyone where none is named.")
]
OfSector = Annotated[strawberry.ID | None, strawberry.argument(description="Only those whose seat is of this sector.")]
Sectorless = Annotated[bool, strawberry.argument(description="Only those whose seat states no sector.")]


@strawberry.type(description="One line of the plan: this person to this group, and why that one.")
class Placement:
    """A proposal; nothing is changed by it."""

    person: Person = picked("people", "Who.")
    group: LearningGroup = picked("groups", "The group proposed.")
    why: str = strawberry.field(description="Why the group proposed, in words.")
    chosen: LearningGroup | None = picked(
        "groups", "The group that the plan given says, else the one proposed; null where it leaves the person out."
    )


@strawberry.type(description="A group for everyone who is in none on that day; whoever has a place later is left out.")
class CoverageAssignPreview:
    """The plan before anything is changed."""

    on: dt.date = strawberry.field(description="From which day.")
    sector: Body | None = picked("sectors", "The sector asked for; null unless one was.")
    count: int = strawberry.field(description="How many lines the whole plan has.")
    lines: list[Placement] = strawberry.field(description="The first lines of the plan, by pinyin.", metadata=PAGED)


@strawberry.type(description="A group that a plan fills.")
class FilledGroup:
    """Its size before and after."""

    group: LearningGroup = picked("groups", "The group.")
    coming: int = strawberry.field(description="How many the plan brings.")


@strawberry.type(description="What a plan as it was chosen would do, and what stands in its way. Nothing is changed.")
class CoverageAssignCheck:
    """The check before it is done."""

    on: dt.date = strawberry.field(description="From which day.")
    lines: list[Placement] = strawberry.field(description="What the plan says of each person, by pinyin.")
    groups: list[FilledGroup] = strawberry.field(description="The groups that it fills, by name.")
    hindrances: list[Problem] = strawberry.field(description="Why it would be refused; empty where it would not.")


@strawberry.input(description="This person to this group.")
class Placing:
    """One line of a plan as it was looked at."""

    person: strawberry.ID = strawberry.field(description="Who.")
    group: strawberry.ID | None = strawberry.field(description="Where to; null leaves the person out.", default=None)


@strawberry.type(description="What became of one line of a plan that was done.")
class DonePlacement:
    """Who went where."""

    person: Person = picked("people", "Who.")
    group: LearningGroup = picked("groups", "Where to.")
    still: bool = strawberry.field(description="Whether that place is as the plan made it.")


@strawberry.type(description="A plan that was done.")
class CoverageAssignment:
    """What was done, and whether it can be undone."""

    on: dt.date = strawberry.field(description="The first day of the places.")
    at: dt.datetime = strawberry.field(description="When it was done.")
    undone: bool = strawberry.field(description="Whether it was undone since.")
    undoable: bool = strawberry.field(description="Whether it can be undone: nobody of it was changed since.")
    lines: list[DonePlacement] = strawberry.field(description="Who went where, by pinyin.")


@strawberry.type(description="The plan is done, or undone.")
class CoverageAssignPayload:
    """Success."""

    count: int = strawberry.field(description="How many people it concerned.")
    assignment: strawberry.ID = strawberry.field(description="The ID under which it can be looked at and undone.")


AssignResult = Annotated[
    CoverageAssignPayload | Problems, strawberry.union("CoverageAssignResult", description="How many, or why not.")
]
ThePlan = Annotated[list[Placing], strawberry.argument(description="Who goes into which group.")]
Kept = Annotated[list[Placing] | None, strawberry.argument(description="What was chosen already, to go on from there.")]
AssignmentId = Annotated[strawberry.ID, strawberry.argument(description="The plan that was done.")]


@strawberry.type
class AssigningQuery:
    """Root fields that look at a plan."""

    @makes(
        "A plan for everyone in no group: by sector where a group derives from it, else the smallest.",
        kind=CoverageAssignPreview,
        extensions=needs(Action.MANAGE_LEARNING),
    )
    async def coverage_assign_preview(
        self,
        info: Answer,
        on: On = None,
        term: OfTerm = None,
        people: These = None,
        sector: OfSector = None,
        sectorless: Sectorless = False,
        plan: Kept = None,
        first: First = None,
    ) -> Any:
        """Nothing is changed."""
        asking, size = info.context, Slice(first).size
        waiting = await _waiting(asking, on, term, people, sector, sectorless)
        chosen, shown = dict(_keys(plan or [])), _shown(asking, waiting, plan or [])

        def make(facts: Mapping[str, Any]) -> CoverageAssignPreview:
            proposed = {line.person: line for line in learning.proposed(facts)}
            return shows(
                CoverageAssignPreview,
                on=waiting.on,
                sector=shown.sector(waiting.among.sector),
                count=len(proposed),
                lines=[shown.line(proposed.get(key), chosen, key) for (key,) in facts["first"] if key in proposed],
            )

        first_of = waiting.first(shown.people, size)
        people_of = Among(shown.people, first_of)
        reads = {**waiting.reads, "first": first_of}
        return await made(asking, reads, make, people=people_of, groups=shown.groups, sectors=shown.sectors)

    @makes(
        "What a plan as it was chosen would do, and what stands in its way; nothing is changed.",
        kind=CoverageAssignCheck,
        extensions=needs(Action.MANAGE_LEARNING),
    )
    async def coverage_assign_check(
        self,
        info: Answer,
        plan: ThePlan,
        on: On = None,
        term: OfTerm = None,
        people: These = None,
        sector: OfSector = None,
        sectorless: Sectorless = False,
    ) -> Any:
        """The other arguments as those of the proposal, so that each line can say whether it was changed."""
        asking, keys = info.context, _keys(plan)
        waiting = await _waiting(asking, on, term, people, sector, sectorless)
        shown, placed = _shown(asking, waiting, plan), _placed(keys)
        lines = shown.people.filter(id__in=[person for person, _ in keys])
        groups = shown.known.filter(id__in=[group for _, group in placed])

        def make(facts: Mapping[str, Any]) -> CoverageAssignCheck:
            proposed = {line.person: line for line in learning.proposed(facts)}
            chosen, coming = dict(keys), Counter(group for _, group in placed)
            named = {person for person, group in keys if group or person in proposed}
            return shows(
                CoverageAssignCheck,
                on=waiting.on,
                lines=[shown.line(proposed.get(key), chosen, key) for (key,) in facts["lines"] if key in named],
                groups=[shows(FilledGroup, group=shown.group(key), coming=coming[key]) for (key,) in facts["filled"]],
                hindrances=[_problem(asking, one) for one in learning.hindered(placed, waiting.on, facts)],
            )

        reads: dict[str, Read] = {**waiting.reads, **learning.hindering(placed, waiting.on)}
        reads["lines"] = Columns(lines.order_by("sort_pinyin", "id"), ("id",))
        reads["filled"] = Columns(groups.order_by("sort", "id"), ("id",))
        return await made(asking, reads, make, people=lines, groups=shown.groups)

    @makes(
        "A plan that was done: who went where, and whether it can be undone.",
        kind=CoverageAssignment,
        extensions=needs(Action.MANAGE_LEARNING),
    )
    async def coverage_assignment(self, info: Answer, id: Id) -> Any:
        """By the ID that the mutation gave."""
        asking, key = info.context, _assignment(id)
        asking.viewer.must_everywhere(Action.MANAGE_LEARNING)
        done = learning.rows_made(key)
        people = members.Person.filter(members.visible_people(asking.viewer))
        people = people.filter(id__in=Subquery(done.values("person_id")))
        groups = bodies.Body.filter(bodies.visible_bodies(asking.viewer))
        groups = groups.filter(id__in=Subquery(done.values("body_id")))

        def make(facts: Mapping[str, Any]) -> CoverageAssignment:
            found = learning.done_of(key, facts)
            lines = {line.person: line for line in found.lines}
            return CoverageAssignment(
                on=found.on,
                at=found.at,
                undone=found.undone,
                undoable=found.undoable,
                lines=[
                    shows(
                        DonePlacement,
                        person=Ref(person, people),
                        group=Ref(lines[person].group, groups),
                        still=lines[person].still,
                    )
                    for (person,) in facts["people"]
                    if person in lines
                ],
            )

        listed = Columns(people.order_by("sort_pinyin", "id"), ("id",))
        return await made(asking, {**learning.doing(key), "people": listed}, make, people=people, groups=groups)


@strawberry.type
class AssigningMutation:
    """Root fields that close gaps."""

    @strawberry.mutation(
        description="Places people in groups as planned, all or nobody; refuses if one was placed meanwhile (LC-1).",
        extensions=needs(Action.MANAGE_LEARNING),
    )
    async def coverage_assign(self, info: Answer, plan: ThePlan, on: FromDay) -> AssignResult:
        """Rows in groups that have ended are ended too."""
        chosen = _placed(_keys(plan))
        key = await learning.apply_assignment(info.context.viewer, plan=chosen, on=on)
        return CoverageAssignPayload(count=len(chosen), assignment=strawberry.ID(f"{ASSIGNMENT}_{key}"))

    @strawberry.mutation(
        description="Undoes a plan: everyone of it is where they were before; refuses if one was moved since.",
        extensions=needs(Action.MANAGE_LEARNING),
    )
    async def coverage_assign_undo(self, info: Answer, id: AssignmentId) -> AssignResult:
        """The places are kept as wrong."""
        done = await learning.undo_assignment(info.context.viewer, _assignment(id))
        return CoverageAssignPayload(count=len(done.lines), assignment=id)


async def _waiting(
    asking: Asking,
    on: dt.date | None,
    term: str | None,
    people: Sequence[str] | None,
    sector: str | None,
    sectorless: bool,
) -> learning.Waiting:
    """Whom a plan is for. Raises Refused, NotThere, and Invalid for a term nobody knows."""
    asking.viewer.must_everywhere(Action.MANAGE_LEARNING)
    of = await seen(asking, bodies.Body, sector, "sector") if sector is not None else None
    only = dict.fromkeys(key_of(one, members.Person, field="people") for one in people or ())
    among = learning.Among(tuple(only) or None, of, sectorless)
    return learning.Waiting(on or asking.viewer.today, await term_key(asking, term) if term else None, among)


@dataclass(frozen=True)
class _Shown:
    """What the lines of a plan show. known: all bodies that this viewer may see; groups: those a line may name."""

    locale: Locale
    people: QuerySet[members.Person]
    known: QuerySet[bodies.Body]
    groups: QuerySet[bodies.Body]
    sectors: QuerySet[bodies.Body]

    def line(self, proposed: learning.Assignment | None, chosen: Mapping[UUID, UUID | None], person: UUID) -> Placement:
        """Whoever the proposal does not know goes where the plan says, for no reason of ours."""
        wanted = chosen.get(person, proposed.group if proposed else None)
        return shows(
            Placement,
            person=Ref(person, self.people),
            group=self.group(proposed.group if proposed else wanted),
            why=(proposed.why if proposed else say("Chosen by hand.")).into(self.locale),
            chosen=self.group(wanted),
        )

    def group(self, key: UUID | None) -> Ref | None:
        """That group."""
        return Ref(key, self.groups) if key else None

    def sector(self, key: UUID | None) -> Ref | None:
        """That sector."""
        return Ref(key, self.sectors) if key else None


def _shown(asking: Asking, waiting: learning.Waiting, plan: Sequence[Placing]) -> _Shown:
    known = bodies.Body.filter(bodies.visible_bodies(asking.viewer))
    named = [group for _, group in _placed(_keys(plan))]
    return _Shown(
        asking.viewer.locale,
        members.Person.filter(members.visible_people(asking.viewer)),
        known,
        known.filter(learning.groups_on(waiting.on, waiting.term) | Q(id__in=named)),
        known.filter(id=waiting.among.sector) if waiting.among.sector else known.filter(id__in=[]),
    )


def _problem(asking: Asking, one: Hindrance) -> Problem:
    message = one.message.into(asking.viewer.locale)
    return Problem(code=one.code, message=message, field=camel(one.field), rule=one.rule)


def _keys(plan: Sequence[Placing]) -> list[tuple[UUID, UUID | None]]:
    """Person, group; None for left out."""
    return [
        (
            key_of(line.person, members.Person, field="plan"),
            key_of(line.group, bodies.Body, field="plan") if line.group else None,
        )
        for line in plan
    ]


def _placed(keys: Sequence[tuple[UUID, UUID | None]]) -> list[tuple[UUID, UUID]]:
    return [(person, group) for person, group in keys if group]


def _assignment(id: str) -> UUID:
    prefix, _, key = id.partition("_")
    try:
        return UUID(key if prefix == ASSIGNMENT else "")
    except ValueError:
        raise not_there("id") from None
