"""Coverage: who is in a body of a kind and who is not, with the reason of each gap, and the plan that closes it."""

import asyncio
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import strawberry
from tortoise.expressions import Q

from server.models import bodies, learning, members
from server.models.bodies import BodyKind
from server.models.fields import holding
from server.rules.coverage import Gap, Several, Uncovered
from server.rules.permissions import Action, where
from server.schema.bodies import Body
from server.schema.guard import needs
from server.schema.learning.groups import LearningGroup, manages_all
from server.schema.members import Person, Term
from server.schema.members.queries import term_key
from server.schema.paging import After, Before, Connection, First, Last, Slice, connect
from server.schema.reading import Answer, Asking, On, in_language, row_of, shows
from server.words import Words, say

OfKind = Annotated[BodyKind, strawberry.argument(description="The kind of body whose coverage is asked.")]
OfTerm = Annotated[str | None, strawberry.argument(description="Code of the term; all active terms unless given.")]


@strawberry.type(description="The figures of one sector. Whoever holds seats in two sectors counts in both.")
class SectorCoverage:
    """The figures of one sector; members = none + one + more."""

    sector: Body | None = strawberry.field(description="The sector; null for the seats that state none.")
    name: str = strawberry.field(description="Its name in your language, or the words for none.")
    members: int = strawberry.field(description="Members active on that day whom the rule binds.")
    none: int = strawberry.field(description="In no such body.")
    one: int = strawberry.field(description="In exactly one.")
    more: int = strawberry.field(description="In more than one.")
    pending: int = strawberry.field(description="In none yet, within the days of grace; part of none.")


@strawberry.type(description="Someone in one of the lists, and why.")
class CoverageEntry:
    """A person and the reason."""

    person: Person = strawberry.field(description="Who.")
    code: str = strawberry.field(description="UNCOVERED, PENDING, ENDED_GROUP or DUPLICATE; stable, for programs.")
    reason: str = strawberry.field(description="Why, in words.")
    places: list[Body] = strawberry.field(
        description="Bodies of the kind in which the person is entered: several, one that ended, or none."
    )


@strawberry.type(description="What leadership lacks (LC-2), and where.")
class LeadershipGap:
    """One gap."""

    group: LearningGroup | None = strawberry.field(description="The group; null where the whole platform is meant.")
    code: str = strawberry.field(description="LEADERSHIP_INCOMPLETE or PAIR_MISSING; stable, for programs.")
    reason: str = strawberry.field(description="What is missing, in words.")
    rule: str | None = strawberry.field(description="The rule that says so.")


@dataclass(frozen=True)
class _Listed:
    """Someone of a list before the person is read."""

    person: UUID
    code: str
    why: Words


@strawberry.type(description="The lists behind the figures. Each is in the order of pinyin.")
class CoverageLists:
    """The lists of one answer."""

    answer: strawberry.Private[learning.Coverage]

    @strawberry.field(description="In no such body, past the days of grace.", graphql_type=Connection[CoverageEntry])
    async def uncovered(
        self, info: Answer, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Any:
        """Code UNCOVERED."""
        return await self._entries(info, _gaps(self.answer.uncovered), Slice(first, after, last, before))

    @strawberry.field(
        description="In no such body yet, within the days of grace.", graphql_type=Connection[CoverageEntry]
    )
    async def pending(
        self, info: Answer, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Any:
        """Code PENDING."""
        return await self._entries(info, _gaps(self.answer.pending), Slice(first, after, last, before))

    @strawberry.field(description="In more than one such body.", graphql_type=Connection[CoverageEntry])
    async def duplicate(
        self, info: Answer, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Any:
        """Code DUPLICATE."""
        return await self._entries(info, map(_double, self.answer.several), Slice(first, after, last, before))

    @strawberry.field(description="Still entered in one that has ended.", graphql_type=Connection[CoverageEntry])
    async def ended_group(
        self, info: Answer, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Any:
        """Code ENDED_GROUP."""
        return await self._entries(info, _gaps(self.answer.ended_group), Slice(first, after, last, before))

    @strawberry.field(description="What LC-2 misses; for learning groups only.", graphql_type=list[LeadershipGap])
    async def leadership_incomplete(self, info: Answer) -> Any:
        """Groups without exactly one head, and the pair that is missing."""
        return await asyncio.gather(*(_gap(info.context, gap) for gap in self.answer.leadership))

    async def _entries(self, info: Answer, listed: Iterable[_Listed], part: Slice) -> Any:
        asking, by_person = info.context, {one.person: one for one in listed}
        people = members.Person.filter(members.visible_people(asking.viewer), id__in=list(by_person))
        found = await connect(asking, people, ("sort_pinyin", "id"), part)
        rows = [edge.node for edge in found.edges]
        places = await _places(asking, self.answer, [row.pk for row in rows])
        for edge, row in zip(found.edges, rows, strict=True):
            one = by_person[row.pk]
            why = one.why.into(asking.viewer.locale)
            edge.node = shows(CoverageEntry, person=row, code=one.code, reason=why, places=places[row.pk])
        if self.answer.of != "all":
            _log_affiliation(asking, by_person)
        return found


@strawberry.type(description="Who is in a body of a kind on a day, and who is not (LC-1, PC-1).")
class Coverage:
    """One answer. members = none + one + more; pending is part of none."""

    answer: strawberry.Private[learning.Coverage]
    kind: BodyKind = strawberry.field(description="The kind of body.")
    on: dt.date = strawberry.field(description="The day.")
    of: str = strawberry.field(description="Whom the rule binds: all or party_members.")
    part: bool = strawberry.field(description="Whether only the bodies are meant for which you may ask.")
    members: int = strawberry.field(description="Members active on that day whom the rule binds.")
    none: int = strawberry.field(description="In no such body.")
    one: int = strawberry.field(description="In exactly one.")
    more: int = strawberry.field(description="In more than one.")
    pending: int = strawberry.field(description="In none yet, within the days of grace; part of none.")
    lists: CoverageLists = strawberry.field(description="Who stands behind the figures.")

    @strawberry.field(description="The term; null where all active terms are meant.", graphql_type=Term | None)
    async def term(self, info: Answer) -> Any:
        """The term asked for."""
        return await row_of(info.context, members.Term, self.answer.term) if self.answer.term else None

    @strawberry.field(description="The figures of each sector, the seats without one last.")
    async def sectors(self, info: Answer) -> list[SectorCoverage]:
        """Sensitive sectors only for whoever may see them."""
        asking = info.context
        shown = [one for one in self.answer.sectors if not one.sensitive or asking.viewer.may(Action.READ_SENSITIVE)]
        rows = await asyncio.gather(*(_sector(asking, one) for one in shown))
        return list(rows)

    @strawberry.field(description="Whether you may place people in any group.")
    def may_assign(self, info: Answer) -> bool:
        """See `manages_all`."""
        return manages_all(info.context.viewer)


async def _sector(asking: Asking, one: learning.SectorFigures) -> SectorCoverage:
    row = await row_of(asking, bodies.Body, one.sector) if one.sector else None
    name = in_language(one, "name", asking.viewer) or say("No sector stated").into(asking.viewer.locale)
    return shows(SectorCoverage, sector=row, name=name, **vars(one.figures))


def _gaps(listed: Iterable[Uncovered]) -> list[_Listed]:
    return [_Listed(one.person, one.code, one.why) for one in listed]


def _double(one: Several) -> _Listed:
    return _Listed(one.person, "DUPLICATE", say("Counts in {count} bodies at once.", count=len(one.bodies)))


async def _gap(asking: Asking, gap: Gap) -> LeadershipGap:
    row = await row_of(asking, bodies.Body, gap.where) if gap.where else None
    reason = gap.problem.message.into(asking.viewer.locale)
    return shows(LeadershipGap, group=row, code=gap.problem.code, reason=reason, rule=gap.problem.rule)


async def _places(asking: Asking, answer: learning.Coverage, people: list[UUID]) -> dict[UUID, list[bodies.Body]]:
    """Person -> the bodies of that kind in which they are entered, those that have ended too. One statement."""
    found: dict[UUID, dict[UUID, bodies.Body]] = defaultdict(dict)
    counting = Q(primary=True) if answer.kind is BodyKind.LEARNING_GROUP else Q()
    seen = bodies.visible_body_memberships(asking.viewer)
    rows = bodies.BodyMembership.filter(seen, counting, holding(answer.on), body__kind=answer.kind)
    for row in await rows.filter(person_id__in=people).select_related("body").order_by("body__sort", "id"):
        found[row.person_id][row.body_id] = row.body
    return {person: list(found[person].values()) for person in people}


def _log_affiliation(asking: Asking, people: Iterable[UUID]) -> None:
    """To stand in a list of party members tells a guarded field (AU-1)."""
    for person in people:
        if person != asking.viewer.person:
            asking.files_read.setdefault(person, set()).add("political_affiliation")


async def _term_key(asking: Asking, code: str | None) -> UUID | None:
    return await term_key(asking, code) if code else None


@strawberry.type
class CoverageQuery:
    """Root fields of coverage."""

    @strawberry.field(
        description=(
            "Who is in a body of a kind and who is not. Who may ask for some bodies only gets the answer about the "
            "people in them; sensitive bodies that you may not see are not counted. That of party branches tells who "
            f"is a party member, so it also needs the permission to {Action.READ_FILE.value}, and is logged."
        ),
        extensions=needs(Action.READ_COVERAGE),
    )
    async def coverage(
        self, info: Answer, kind: OfKind = BodyKind.LEARNING_GROUP, term: OfTerm = None, on: On = None
    ) -> Coverage:
        """A constant number of statements."""
        viewer = info.context.viewer
        if kind is BodyKind.PARTY_BRANCH:
            viewer.must(Action.READ_FILE)
        within = where(viewer.roles, Action.READ_COVERAGE)
        answer = await learning.coverage(
            kind,
            on or viewer.today,
            await _term_key(info.context, term),
            within=within,
            sensitive=bodies.sensitive_seen(viewer),
        )
        figures = vars(answer.figures)
        lists = CoverageLists(answer=answer)
        return Coverage(
            answer=answer, kind=kind, on=answer.on, of=answer.of, part=within is not None, lists=lists, **figures
        )
