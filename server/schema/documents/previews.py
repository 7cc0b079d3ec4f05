"""What a grant would change for each person whom it reaches, by the decision before and after it (RD-1, RD-2)."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import strawberry

from server.errors import Invalid
from server.errors import Problem as Said
from server.models import activities, bodies, documents, members
from server.models.documents import Place, Survey, Terms, Whom
from server.models.reads import Columns, Read
from server.rules.documents import BEFORE, Act, DocumentState, Grant, GrantState, Level, Paper, decide
from server.rules.grants import OF_OTHERS, Change, GrantChange, change, foremost
from server.rules.permissions import Action
from server.schema.arguments import spread
from server.schema.declared import COUNTED, Ref
from server.schema.documents.offers import Offer, must_keep
from server.schema.guard import needs
from server.schema.making import made, makes, picked
from server.schema.members import Person
from server.schema.problems import Problem, camel
from server.schema.reading import Answer, Asking, shows
from server.schema.rows import seen
from server.viewer import NOWHERE, Viewer
from server.words import say

CAP = 1000
"""People whom a preview shows."""
PAPERS = 20
"""Documents of a folder at which a preview looks."""


@strawberry.type(description="What a grant would change for one person whom it reaches today.")
class GrantPreviewLine:
    """One line of the preview."""

    person: Person | None = picked("people", "Who; null where you may not see people.")
    change: GrantChange = strawberry.field(description="What changes; of several documents what says most.")
    code: str = strawberry.field(description="Why it is then as it is, for programs: see `AccessDecision.code`.")
    reason: str = strawberry.field(description="The same in words, in your language.")
    account: bool = strawberry.field(description="Whether they can sign in.")


@strawberry.type(
    description="What a grant would change, by the decision before and after it. Nothing is given by looking."
)
class GrantPreview:
    """The page between the form and the deed."""

    count: int = strawberry.field(description="How many people it reaches today.")
    gains: int = strawberry.field(description="How many of them gain it.")
    gains_if: int = strawberry.field(description="How many gain it as soon as they accept the agreement, or check in.")
    loses: int = strawberry.field(description="How many lose it.")
    has_it: int = strawberry.field(description="How many have it already, and keep it.")
    kept_out: int = strawberry.field(description="How many stay without it.")
    waits: bool = strawberry.field(description="Whether a second person has to confirm it before it holds.")
    not_yet: bool = strawberry.field(description="Whether a document is not available yet: it counts from when it is.")
    papers: int = strawberry.field(description="At how many documents was looked: of a folder at the newest.")
    valid_until: dt.datetime | None = strawberry.field(description="When it would end; null where it would be refused.")
    lines: list[GrantPreviewLine] = strawberry.field(
        description="Each person, those who lose or stay without it first, then by pinyin; at most 1,000.",
        metadata={COUNTED: CAP},
    )
    hindrances: list[Problem] = strawberry.field(description="Why it would be refused; empty where it would not.")


@strawberry.type
class PreviewQuery:
    """The root field."""

    @makes(
        "For each person whom a grant would reach what it would change; nothing is given by looking.",
        kind=GrantPreview,
        extensions=needs(Action.MANAGE_DOCUMENTS),
    )
    @spread
    async def grant_preview(self, info: Answer, *, offer: Offer) -> Any:
        """One statement, however many people there are."""
        asking, viewer = info.context, info.context.viewer
        papers = await _papers(asking, offer)
        for one in offer.bodies or ():
            await seen(asking, bodies.Body, one.body, "bodies")
        if offer.activity:
            await seen(asking, activities.Activity, offer.activity, "activity")
        whom = offer.whom
        people = members.Person.filter(members.visible_people(viewer), documents.reached(viewer, whom))
        reads: dict[str, Read] = documents.surveying(viewer, people, papers)
        on = papers if offer.place[0] is documents.Document else None
        reads |= documents.held_reads(on, [one.activity for one in whom if one.activity])
        reads["lines"] = Columns(people.order_by("sort_pinyin", "id"), ("id",))

        def make(found: Mapping[str, Any]) -> GrantPreview:
            return _preview(viewer, offer, whom, found, people)

        return await made(asking, reads, make, people=people)


async def _papers(asking: Asking, offer: Offer) -> Any:
    """The documents that the grant would be on. Raises NotThere for what the viewer does not keep."""
    model, key = offer.place
    await must_keep(asking, model, key)
    if model is documents.Folder:
        return documents.Document.filter(documents.below(key)).order_by("-created_at", "id").limit(PAPERS)
    return documents.Document.filter(id=key)


def _preview(viewer: Viewer, offer: Offer, whom: Sequence[Whom], found: Mapping[str, Any], people: Any) -> GrantPreview:
    survey = Survey(found)
    papers = list(survey.papers.values())
    one = papers[0] if offer.place[0] is documents.Document else None
    place = Place(None, None, one["expires_at"], one["level"] is Level.WORK_SENSITIVE) if one else Place(None, None)
    place = replace(place, lives_until=documents.lives_until(viewer, found))
    said, hindrances = _sound(viewer, offer, place)
    new = _New(survey, place, whom, said)
    changes = {person: new.change(viewer, person) for (person,) in found["lines"]} if papers else {}
    counts = Counter(one.kind for one in changes.values())
    shown = sorted(changes.items(), key=lambda line: line[1].kind not in (GrantChange.LOSES, GrantChange.KEPT_OUT))
    return GrantPreview(
        count=len(found["lines"]),
        **{kind.value: counts[kind] for kind in GrantChange},
        waits=place.state(said["effect"]) is GrantState.UNCONFIRMED,
        not_yet=any(_not_yet(viewer, row) for row in papers),
        papers=len(papers),
        valid_until=None if hindrances else said["valid_until"],
        lines=[
            shows(
                GrantPreviewLine,
                person=Ref(person, people),
                change=line.kind,
                code=line.code,
                reason=OF_OTHERS[line.code].into(viewer.locale),
                account=survey.accounts.get(person, False),
            )
            for person, line in shown[:CAP]
        ],
        hindrances=[_problem(viewer, one) for one in hindrances],
    )


def _sound(viewer: Viewer, offer: Offer, place: Place) -> tuple[dict[str, Any], list[Said]]:
    """The terms; where they do not fit, as usual, with what is wrong."""
    wrong = [] if offer.whom else [Said("HOW_MANY", say("Choose someone to whom it is given."), "people")]
    try:
        return documents.sound_terms(viewer, offer.terms(viewer), place), wrong
    except Invalid as error:
        usual: Terms = {"effect": offer.effect, "act": Act.READ, "reason": "."}
        return documents.sound_terms(viewer, usual, place), [*wrong, *error.problems]


def _problem(viewer: Viewer, one: Said) -> Problem:
    return Problem(code=one.code, message=one.message.into(viewer.locale), field=camel(one.field), rule=one.rule)


def _not_yet(viewer: Viewer, row: Mapping[str, Any]) -> bool:
    begins = row["available_from"]
    return row["state"] in BEFORE or (begins is not None and begins > viewer.now)


@dataclass(frozen=True)
class _New:
    """A grant that is thought of: as if everyone who has to had confirmed it."""

    survey: Survey
    place: Place
    whom: Sequence[Whom]
    said: Mapping[str, Any]

    def change(self, viewer: Viewer, person: UUID) -> Change:
        """What it changes for one person, from when it holds; what is not available yet, as if it were."""
        more = [self._grant(by_name=by_name) for by_name in self._reaches(person)]
        moment = max(viewer.now, self.said["valid_from"]).astimezone(viewer.zone)
        found = []
        for document in self.survey.papers:
            reader = self.survey.reader(person, document)
            if reader.custodian:  # keeps it before it is available, too
                reader = replace(reader, custodian=False)
            before = _available(self.survey.paper(person, document))
            after = replace(before, grants=(*before.grants, *more))
            verdicts = (decide(reader, paper, self.said["act"], moment) for paper in (before, after))
            found.append(change(*verdicts))
        return foremost(found)

    def _reaches(self, person: UUID) -> set[bool]:
        """By name, by a body, term or activity, or both."""
        named = {True for one in self.whom if one.person == person}
        groups = {
            False
            for one in self.whom
            if not one.person
            and self.survey.belongs(person, body=one.body, role=one.body_role, term=one.term, activity=one.activity)
        }
        return named | groups

    def _grant(self, *, by_name: bool) -> Grant:
        terms = {name: self.said[name] for name in ("effect", "act", "valid_from", "valid_until", "overrides", "text")}
        return Grant(id=NOWHERE, person=by_name, confirmed=self.place.waits, **terms)


def _available(paper: Paper) -> Paper:
    if paper.state not in BEFORE:
        return replace(paper, available_from=None)
    return replace(paper, state=DocumentState.AVAILABLE, available_from=None)
