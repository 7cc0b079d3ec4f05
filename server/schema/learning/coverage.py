"""Coverage: who is in a body of a kind and who is not, with the reason of each gap, and the plan that closes it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Annotated, Any
from uuid import UUID

import strawberry
from tortoise.queryset import QuerySet

from server.models import bodies, learning, members
from server.models.bodies import BodyKind
from server.models.learning import covering
from server.models.learning.coverage import leadership, leadership_reads, sectors_of
from server.models.learning.covering import Asked
from server.models.learning.listing import Listing
from server.models.reads import Read, read
from server.rules.coverage import GRACE_DAYS, Figures, moved, uncovered
from server.rules.permissions import Action, where
from server.schema.bodies import Body
from server.schema.declared import DESCRIBED, Among, Ref
from server.schema.guard import needs
from server.schema.learning.groups import LearningGroup, manages_all
from server.schema.making import made, makes, picked
from server.schema.members import Person, Term
from server.schema.members.queries import term_key
from server.schema.paging import After, Before, Connection, First, Last, Slice, connected, place_of
from server.schema.reading import Answer, Asking, On, computed, in_language, shows
from server.schema.rows import READINGS, bare, batch, reckoned, row_of
from server.words import Words, say

OfKind = Annotated[BodyKind, strawberry.argument(description="The kind of body whose coverage is asked.")]
OfTerm = Annotated[str | None, strawberry.argument(description="Code of the term; all active terms unless given.")]
ORDER = ("sort_pinyin", "id")
PLACED = ("DUPLICATE", "ENDED_GROUP")
"""Lists of people who are entered somewhere."""


@strawberry.type(description="The figures of one sector. Whoever holds seats in two sectors counts in both.")
class SectorCoverage:
    """The figures of one sector; members = none + one + more."""

    sector: Body | None = picked("sectors", "The sector; null for the seats that state none.")
    name: str = strawberry.field(description="Its name in your language, or the words for none.")
    members: int = strawberry.field(description="Members active on that day whom the rule binds.")
    none: int = strawberry.field(description="In no such body.")
    one: int = strawberry.field(description="In exactly one.")
    more: int = strawberry.field(description="In more than one.")
    pending: int = strawberry.field(description="In none yet, within the days of grace; part of none.")


@strawberry.type(description="Someone in one of the lists, and why.")
class CoverageEntry:
    """A person and the reason."""

    person: Person = picked("people", "Who.")
    code: str = strawberry.field(description="UNCOVERED, PENDING, ENDED_GROUP or DUPLICATE; stable, for programs.")
    reason: str = strawberry.field(description="Why, in words.")
    places: list[Body] = picked(
        "bodies", "Bodies of the kind in which the person is entered: several, one that ended, or none."
    )


@strawberry.type(description="What leadership lacks (LC-2), and where.")
class LeadershipGap:
    """One gap."""

    group: LearningGroup | None = picked("groups", "The group; null where the whole platform is meant.")
    code: str = strawberry.field(description="LEADERSHIP_INCOMPLETE or PAIR_MISSING; stable, for programs.")
    reason: str = strawberry.field(description="What is missing, in words.")
    rule: str | None = strawberry.field(description="The rule that says so.")


def _list(code: str, description: str) -> Any:
    """The list of one code."""

    async def part_of(
        self: Any, info: Answer, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Any:
        return await _entries(info.context, self.asked, code, Slice(first, after, last, before))

    return makes(description, kind=Connection[CoverageEntry])(part_of)


@strawberry.type(description="The lists behind the figures. Each is in the order of pinyin.")
class CoverageLists:
    """The lists of one answer."""

    asked: strawberry.Private[Asked]

    uncovered = _list("UNCOVERED", "In no such body, past the days of grace.")
    pending = _list("PENDING", "In no such body yet, within the days of grace.")
    duplicate = _list("DUPLICATE", "In more than one such body.")
    ended_group = _list("ENDED_GROUP", "Still entered in one that has ended.")

    @makes("What LC-2 misses; for learning groups only.", kind=list[LeadershipGap])
    async def leadership_incomplete(self, info: Answer) -> Any:
        """Groups without exactly one head, and the pair that is missing."""
        asking, asked = info.context, self.asked
        seen = READINGS[bodies.Body].visible(asking.viewer)
        groups = bodies.Body.filter(seen, learning.groups_on(asked.on, asked.term))

        def make(facts: Mapping[str, Any]) -> list[LeadershipGap]:
            return [
                shows(
                    LeadershipGap,
                    group=Ref(gap.where, groups) if gap.where else None,
                    code=gap.problem.code,
                    reason=gap.problem.message.into(asking.viewer.locale),
                    rule=gap.problem.rule,
                )
                for gap in leadership(asked, facts)
            ]

        return await made(asking, leadership_reads(asked), make, groups=groups)


def _figure(name: str, description: str) -> Any:
    """One of the figures."""

    async def tell(self: Any, info: Answer) -> Any:
        if info.context.writing:
            reads = {"figures": covering.figures(self.asked)}
            return await made(info.context, reads, lambda facts: getattr(Figures(*facts["figures"][0]), name))
        return getattr(await batch(info.context, "coverage", _counted, self.asked), name)

    return makes(description, kind=int)(tell)


async def _counted(asked: list[Asked]) -> list[Figures]:
    """On the ordinary road one statement for all the figures."""
    return [Figures(*(await read(covering.figures(one)))[0]) for one in asked]


@strawberry.type(description="Who is in a body of a kind on a day, and who is not (LC-1, PC-1).")
class Coverage:
    """One answer. members = none + one + more; pending is part of none."""

    asked: strawberry.Private[Asked]

    @computed("The kind of body.")
    def kind(self, info: Answer) -> BodyKind:
        """As asked."""
        return self.asked.kind

    @computed("The day.")
    def on(self, info: Answer) -> dt.date:
        """As asked, or today."""
        return self.asked.on

    @computed("Whom the rule binds: all or party_members.")
    def of(self, info: Answer) -> str:
        """By the kind."""
        return self.asked.of

    @computed("Whether only the bodies are meant for which you may ask.")
    def part(self, info: Answer) -> bool:
        """See `within`."""
        return self.asked.within is not None

    members = _figure("members", "Members active on that day whom the rule binds.")
    none = _figure("none", "In no such body.")
    one = _figure("one", "In exactly one.")
    more = _figure("more", "In more than one.")
    pending = _figure("pending", "In none yet, within the days of grace; part of none.")

    @strawberry.field(description="Who stands behind the figures.", graphql_type=CoverageLists, metadata=DESCRIBED)
    async def lists(self, info: Answer) -> Any:
        """Nothing is read for what is not selected."""
        return bare(info.context, CoverageLists(asked=self.asked))

    @strawberry.field(
        description="The term; null where all active terms are meant.", graphql_type=Term | None, metadata=DESCRIBED
    )
    async def term(self, info: Answer) -> Any:
        """The term asked for."""
        return await row_of(info.context, members.Term, self.asked.term) if self.asked.term else None

    @makes("The figures of each sector, the seats without one last.", kind=list[SectorCoverage])
    async def sectors(self, info: Answer) -> Any:
        """Sensitive sectors only for whoever may see them."""
        viewer = info.context.viewer
        rows = bodies.Body.filter(READINGS[bodies.Body].visible(viewer), kind=BodyKind.SECTOR)

        def make(facts: Mapping[str, Any]) -> list[SectorCoverage]:
            return [
                shows(
                    SectorCoverage,
                    sector=Ref(one.sector, rows) if one.sector else None,
                    name=in_language(one, "name", viewer) or say("No sector stated").into(viewer.locale),
                    **vars(one.figures),
                )
                for one in sectors_of(facts["sectors"])
                if not one.sensitive or viewer.may(Action.READ_SENSITIVE)
            ]

        return await made(info.context, {"sectors": covering.sectors(self.asked)}, make, sectors=rows)

    @computed("Whether you may place people in any group.")
    def may_assign(self, info: Answer) -> bool:
        """See `manages_all`."""
        return manages_all(info.context.viewer)


async def _entries(asking: Asking, asked: Asked, code: str, part: Slice) -> Any:
    listing = _listing(asking, asked, code, part)
    shown, reads, rows = _places(asking, listing)
    if asked.of != "all":
        reads["everyone"] = listing.everyone

    def make(facts: Mapping[str, Any]) -> Connection[Any]:
        places: dict[UUID, dict[UUID, Ref]] = defaultdict(dict)
        for person, body in facts.get("places", ()):
            places[person][body] = Ref(body, shown)
        _log_affiliation(asking, facts.get("everyone", ()))
        nodes = [
            (
                (pinyin, person),
                shows(
                    CoverageEntry,
                    person=Ref(person, listing.seen),
                    code=code,
                    reason=_why(asked, code, person, joined_on, count).into(asking.viewer.locale),
                    places=list(places[person].values()),
                ),
            )
            for _, person, pinyin, joined_on, count in facts["entries"]
            if person
        ]
        return connected(nodes, part, facts["entries"][0][0])

    people = Among(listing.seen, listing.people)
    return await made(asking, {"entries": listing.entries, **reads}, make, people=people, bodies=rows)


def _listing(asking: Asking, asked: Asked, code: str, part: Slice) -> Listing:
    seen = members.Person.filter(READINGS[members.Person].visible(asking.viewer))
    after, before = (
        place_of(asking, members.Person, ORDER, cursor) if cursor else None for cursor in (part.after, part.before)
    )
    return Listing(asked, code, seen, part.size, part.backward, after, before)


def _places(asking: Asking, listing: Listing) -> tuple[QuerySet[bodies.Body], dict[str, Read], Any]:
    """The bodies that may be shown, what tells who is in which, and those of them that are in this part of a list."""
    seen = bodies.Body.filter(READINGS[bodies.Body].visible(asking.viewer))
    if listing.code not in PLACED:
        return seen, {}, seen.filter(id__in=[])
    rows = bodies.BodyMembership.filter(READINGS[bodies.BodyMembership].visible(asking.viewer))
    return seen, {"places": listing.places(rows)}, Among(seen, listing.bodies(rows))


def _why(asked: Asked, code: str, person: UUID, joined_on: dt.date | None, count: int) -> Words:
    if code == "DUPLICATE":
        return say("Counts in {count} bodies at once.", count=count)
    return uncovered(person, joined_on, asked.on, ended=code == "ENDED_GROUP").why


def _log_affiliation(asking: Asking, people: Iterable[tuple[UUID]]) -> None:
    """To stand in a list of party members tells a guarded field (AU-1)."""
    for (person,) in people:
        if person != asking.viewer.person:
            asking.files_read.setdefault(person, set()).add("political_affiliation")


@strawberry.type
class CoverageQuery:
    """Root fields of coverage."""

    @strawberry.field(
        description=(
            "Who is in a body of a kind and who is not. Who may ask for some bodies only gets the answer about the "
            "people in them; sensitive bodies that you may not see are not counted. That of party branches tells who "
            f"is a party member, so it also needs the permission to {Action.READ_FILE.value}, and is logged."
        ),
        graphql_type=Coverage,
        extensions=needs(Action.READ_COVERAGE),
        metadata=DESCRIBED,
    )
    async def coverage(
        self, info: Answer, kind: OfKind = BodyKind.LEARNING_GROUP, term: OfTerm = None, on: On = None
    ) -> Any:
        """What is asked; each field reads its own."""
        asking, viewer = info.context, info.context.viewer
        if kind is BodyKind.PARTY_BRANCH:
            viewer.must(Action.READ_FILE)
        day = on or viewer.today
        asked = covering.asked_of(
            kind,
            day,
            await term_key(asking, term) if term else None,
            late=reckoned(asking, day, lambda day: moved(day, -GRACE_DAYS)),
            within=where(viewer.roles, Action.READ_COVERAGE),
            sensitive=bodies.sensitive_seen(viewer),
        )
        return bare(asking, Coverage(asked=asked))
