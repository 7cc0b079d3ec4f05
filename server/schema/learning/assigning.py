"""Placing many at once: the proposal, the check of what was chosen, what was done, and how it is undone (LC-1)."""

import asyncio
import datetime as dt
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Annotated, Any
from uuid import UUID

import strawberry

from server.models import bodies, learning, members
from server.rules.permissions import Action
from server.schema.bodies import Body
from server.schema.guard import needs
from server.schema.ids import key_of, not_there
from server.schema.learning.groups import LearningGroup
from server.schema.members import Person
from server.schema.members.changes import FromDay
from server.schema.members.queries import term_key
from server.schema.paging import PAGED, First, Slice
from server.schema.problems import Problem, Problems, camel
from server.schema.reading import Answer, Asking, Id, On, row_of, shows
from server.words import say

PREFIX = "asg"
"""Of the ID of a plan that was done."""

OfTerm = Annotated[str | None, strawberry.argument(description="Code of the term; all active terms unless given.")]
These = Annotated[
    list[strawberry.ID] | None, strawberry.argument(description="Only these people; everyone where none is named.")
]
OfSector = Annotated[strawberry.ID | None, strawberry.argument(description="Only those whose seat is of this sector.")]
Sectorless = Annotated[bool, strawberry.argument(description="Only those whose seat states no sector.")]


@strawberry.type(description="One line of the plan: this person to this group, and why that one.")
class Placement:
    """A proposal; nothing is changed by it."""

    person: Person = strawberry.field(description="Who.")
    group: LearningGroup = strawberry.field(description="The group proposed.")
    why: str = strawberry.field(description="Why the group proposed, in words.")
    chosen: LearningGroup | None = strawberry.field(
        description="The group that the plan given says, else the one proposed; null where it leaves the person out."
    )


@strawberry.type(description="A group for everyone who is in none on that day; whoever has a place later is left out.")
class CoverageAssignPreview:
    """The plan before anything is changed."""

    on: dt.date = strawberry.field(description="From which day.")
    sector: Body | None = strawberry.field(description="The sector asked for; null unless one was.")
    count: int = strawberry.field(description="How many lines the whole plan has.")
    lines: list[Placement] = strawberry.field(description="The first lines of the plan, by pinyin.", metadata=PAGED)


@strawberry.type(description="A group that a plan fills.")
class FilledGroup:
    """Its size before and after."""

    group: LearningGroup = strawberry.field(description="The group.")
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

    person: Person = strawberry.field(description="Who.")
    group: LearningGroup = strawberry.field(description="Where to.")
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

    @strawberry.field(
        description="A plan for everyone in no group: by sector where a group derives from it, else the smallest.",
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
    ) -> CoverageAssignPreview:
        """Nothing is changed."""
        asking, size = info.context, Slice(first).size
        day, only = on or asking.viewer.today, await _sector(asking, sector)
        proposed = await _proposed(asking, day, term, people, only, sectorless)
        lines = await _lines(asking, proposed, dict(_keys(plan or [])), list(proposed), size)
        return shows(CoverageAssignPreview, on=day, sector=only, count=len(proposed), lines=lines)

    @strawberry.field(
        description="What a plan as it was chosen would do, and what stands in its way; nothing is changed.",
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
    ) -> CoverageAssignCheck:
        """The other arguments as those of the proposal, so that each line can say whether it was changed."""
        asking, keys = info.context, _keys(plan)
        day, chosen, placed = on or asking.viewer.today, dict(keys), _placed(keys)
        proposed = await _proposed(asking, day, term, people, await _sector(asking, sector), sectorless)
        people_of = [person for person, group in keys if group or person in proposed]
        lines = await _lines(asking, proposed, chosen, people_of, len(keys))
        found = await learning.hindrances(asking.viewer, plan=placed, on=day)
        coming = Counter(group for _, group in placed)
        rows = await bodies.Body.filter(bodies.visible_bodies(asking.viewer), id__in=list(coming)).order_by(
            "sort", "id"
        )
        return CoverageAssignCheck(
            on=day,
            lines=lines,
            groups=[shows(FilledGroup, group=row, coming=coming[row.pk]) for row in rows],
            hindrances=[
                Problem(code=p.code, message=p.message.into(asking.viewer.locale), field=camel(p.field), rule=p.rule)
                for p in found
            ],
        )

    @strawberry.field(
        description="A plan that was done: who went where, and whether it can be undone.",
        extensions=needs(Action.MANAGE_LEARNING),
    )
    async def coverage_assignment(self, info: Answer, id: Id) -> CoverageAssignment:
        """By the ID that the mutation gave."""
        asking = info.context
        done = await learning.assignment_done(asking.viewer, _assignment(id))
        lines = {line.person: line for line in done.lines}
        groups = await asyncio.gather(*(row_of(asking, bodies.Body, line.group) for line in done.lines))
        of = {line.person: group for line, group in zip(done.lines, groups, strict=True)}
        return CoverageAssignment(
            on=done.on,
            at=done.at,
            undone=done.undone,
            undoable=done.undoable,
            lines=[
                shows(DonePlacement, person=row, group=of[row.pk], still=lines[row.pk].still)
                for row in await _people(asking, lines, len(lines))
            ],
        )


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
        return CoverageAssignPayload(count=len(chosen), assignment=strawberry.ID(f"{PREFIX}_{key}"))

    @strawberry.mutation(
        description="Undoes a plan: everyone of it is where they were before; refuses if one was moved since.",
        extensions=needs(Action.MANAGE_LEARNING),
    )
    async def coverage_assign_undo(self, info: Answer, id: AssignmentId) -> AssignResult:
        """The places are kept as wrong."""
        done = await learning.undo_assignment(info.context.viewer, _assignment(id))
        return CoverageAssignPayload(count=len(done.lines), assignment=id)


async def _sector(asking: Asking, id: str | None) -> bodies.Body | None:
    if id is None:
        return None
    row: bodies.Body | None = await row_of(asking, bodies.Body, key_of(id, bodies.Body, field="sector"))
    if row is None:
        raise not_there("sector")
    return row


async def _proposed(
    asking: Asking,
    day: dt.date,
    term: str | None,
    people: Sequence[str] | None,
    sector: bodies.Body | None,
    sectorless: bool,
) -> dict[UUID, learning.Assignment]:
    among = learning.Among(
        frozenset(key_of(one, members.Person, field="people") for one in people or ()) or None,
        sector.id if sector else None,
        sectorless,
    )
    of = await term_key(asking, term) if term else None
    return {
        line.person: line for line in await learning.preview_assignment(asking.viewer, on=day, term=of, among=among)
    }


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


async def _people(asking: Asking, keys: Collection[UUID], size: int) -> list[members.Person]:
    seen = members.Person.filter(members.visible_people(asking.viewer), id__in=list(keys))
    return await seen.order_by("sort_pinyin", "id").limit(size)


async def _lines(
    asking: Asking,
    proposed: dict[UUID, learning.Assignment],
    chosen: dict[UUID, UUID | None],
    keys: Collection[UUID],
    size: int,
) -> list[Placement]:
    people = await _people(asking, keys, size)
    return list(await asyncio.gather(*(_line(asking, row, proposed.get(row.pk), chosen) for row in people)))


async def _line(
    asking: Asking, person: members.Person, line: learning.Assignment | None, chosen: dict[UUID, UUID | None]
) -> Placement:
    """Whoever the proposal does not know goes where the plan says, for no reason of ours."""
    wanted = chosen.get(person.id, line.group if line else None)
    group, other = await asyncio.gather(_row(asking, line.group if line else wanted), _row(asking, wanted))
    why = line.why if line else say("Chosen by hand.")
    return shows(Placement, person=person, group=group, why=why.into(asking.viewer.locale), chosen=other)


async def _row(asking: Asking, key: UUID | None) -> Any:
    return await row_of(asking, bodies.Body, key) if key else None


def _assignment(id: str) -> UUID:
    prefix, _, key = id.partition("_")
    try:
        return UUID(key if prefix == PREFIX else "")
    except ValueError:
        raise not_there("id") from None
