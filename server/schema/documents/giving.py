"""Giving permission to read and taking it back: what it would change, what was given, and what becomes of it (RD-2)."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import Annotated, Any
from uuid import UUID

import strawberry
from tortoise.expressions import Q, Subquery
from tortoise.models import Model

from server.errors import Invalid
from server.errors import Problem as Said
from server.models import bodies, documents, members
from server.models.documents import Place, Survey, Terms, Whom
from server.models.reads import Columns, Read
from server.rules.documents import BEFORE, Act, DocumentState, Effect, Grant, GrantState, Level, Paper, decide
from server.rules.grants import OF_OTHERS, Change, GrantChange, GrantStanding, change, foremost
from server.rules.names import search_words
from server.rules.permissions import Action
from server.schema.arguments import fits, spread
from server.schema.declared import COUNTED, DESCRIBED, Ref
from server.schema.documents.types import AccessGrant
from server.schema.guard import needs
from server.schema.ids import key_of, model_of, not_there
from server.schema.making import made, makes, picked
from server.schema.members import Person
from server.schema.paging import Connection, Slice, connect
from server.schema.problems import Problem, Problems, camel
from server.schema.reading import Answer, Asking, Id, shows
from server.schema.rows import row_of, seen
from server.viewer import NOWHERE, Viewer
from server.words import say

CAP = 1000
"""People whom a preview shows."""
PAPERS = 20
"""Documents of a folder at which a preview looks."""
WHOLE_DAY = dt.timedelta(days=1)
NAMES, NEAR = 200, 5
"""Names that are looked for at once; people who could be meant by one."""
SOON_DAYS = 366
"""The most days ahead that are asked for."""


@strawberry.input(description="Those who belong to a body when they read, or only those in one role there.")
class BodyInRole:
    """See `Whom`."""

    body: strawberry.ID = strawberry.field(description="The body.")
    role: bodies.BodyRole | None = strawberry.field(default=None, description="The role there; null for all of them.")


On = Annotated[strawberry.ID, strawberry.argument(description="On which document; or on which folder, and all below.")]
ToPeople = Annotated[list[strawberry.ID] | None, strawberry.argument(description="To these people by name.")]
ToBodies = Annotated[list[BodyInRole] | None, strawberry.argument(description="To whoever belongs to these bodies.")]
ToTerm = Annotated[strawberry.ID | None, strawberry.argument(description="To everyone with a seat in this term.")]
TheEffect = Annotated[Effect, strawberry.argument(description="Whether it allows or closes.")]
TheAct = Annotated[Act, strawberry.argument(description="What it allows or closes: see, read or download.")]
Overrides = Annotated[bool, strawberry.argument(description="Lifts what was closed to a body or term.")]
From = Annotated[dt.datetime | None, strawberry.argument(description="From when it holds; now unless given.")]
FirstDay = Annotated[dt.date | None, strawberry.argument(description="The same as a day, from its beginning on.")]
Until = Annotated[
    dt.datetime | None,
    strawberry.argument(description="The first moment at which it holds no more; a week from now unless given."),
]
LastDay = Annotated[dt.date | None, strawberry.argument(description="The same as the last day on which it holds.")]
MaxOpens = Annotated[int | None, strawberry.argument(description="How often each may open it; null for any number.")]
WithText = Annotated[bool, strawberry.argument(description="Whether the words of pages can be heard or enlarged.")]
Why = Annotated[str, strawberry.argument(description="Why; whoever it concerns may read it.")]
Which = Annotated[list[strawberry.ID], strawberry.argument(description="Which grants: one, or up to 1,000 at once.")]


@dataclass(frozen=True)
class Offer:
    """What is given to whom, as it is asked for."""

    on: On
    people: ToPeople = None
    bodies: ToBodies = None
    term: ToTerm = None
    effect: TheEffect = Effect.ALLOW
    act: TheAct = Act.READ
    overrides: Overrides = False
    valid_from: From = None
    first_day: FirstDay = None
    valid_until: Until = None
    last_day: LastDay = None
    max_opens: MaxOpens = None
    text: WithText = True
    reason: Why = ""

    @property
    def place(self) -> tuple[type[Model], UUID]:
        """On what. Raises NotThere for what is no ID of such."""
        return place_of(self.on)

    @property
    def whom(self) -> list[Whom]:
        """To whom. Raises NotThere for what is no ID of such."""
        people = [Whom(person=key_of(one, members.Person, field="people")) for one in self.people or ()]
        groups = [
            Whom(body=key_of(one.body, bodies.Body, field="bodies"), body_role=one.role) for one in self.bodies or ()
        ]
        term = [Whom(term=key_of(self.term, members.Term, field="term"))] if self.term else []
        return [*people, *groups, *term]

    def terms(self, viewer: Viewer) -> Terms:
        """On what terms."""
        said: Terms = {
            "effect": self.effect,
            "act": self.act,
            "overrides": self.overrides,
            "max_opens": self.max_opens,
            "text": self.text,
            "reason": self.reason,
        }
        begins = self.valid_from or (_begins(viewer, self.first_day) if self.first_day else None)
        if begins and begins > viewer.now:
            said["valid_from"] = begins
        if ends := _ends(viewer, self.valid_until, self.last_day):
            said["valid_until"] = ends
        return said


def place_of(on: str) -> tuple[type[Model], UUID]:
    """A document or a folder. Raises NotThere for what is no ID of such."""
    return model_of(on), key_of(on, documents.Document, documents.Folder, field="on")


def _body(one: BodyInRole) -> UUID:
    return key_of(one.body, bodies.Body, field="bodies")


def _begins(viewer: Viewer, day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), viewer.zone).astimezone(dt.UTC)


def _ends(viewer: Viewer, moment: dt.datetime | None, last: dt.date | None) -> dt.datetime | None:
    if moment is None and last is not None:
        return _begins(viewer, min(last, dt.date.max - WHOLE_DAY) + WHOLE_DAY)
    return moment


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


@strawberry.type(description="The grants as they are now.")
class GrantsPayload:
    """Success."""

    count: int = strawberry.field(description="How many.")
    grants: list[AccessGrant] = strawberry.field(description="Each of them.", metadata={COUNTED: CAP})


GrantsResult = Annotated[
    GrantsPayload | Problems, strawberry.union("GrantsResult", description="The grants, or why not.")
]
OnlyOn = Annotated[
    strawberry.ID | None, strawberry.argument(description="Only those on this document, or on this folder itself.")
]
OnlyPerson = Annotated[strawberry.ID | None, strawberry.argument(description="Only those to this person by name.")]
OnlyStanding = Annotated[GrantStanding | None, strawberry.argument(description="Only those that stand so.")]
EndingWithin = Annotated[
    int | None,
    strawberry.argument(
        description="Only allows that end within so many days, 0 to 366, and were not given once more."
    ),
]
Left = Annotated[bool, strawberry.argument(description="Only allows by name to people who hold no seat any more.")]


@strawberry.type
class GivingQuery:
    """Root fields of giving."""

    @strawberry.field(
        description="Grants on what you keep, those that wait for your confirmation, or your own; the newest first.",
        graphql_type=Connection[AccessGrant],
        extensions=needs(Action.READ_DOCUMENTS),
        metadata=DESCRIBED,
    )
    @spread
    async def grants(
        self,
        info: Answer,
        *,
        on: OnlyOn = None,
        person: OnlyPerson = None,
        standing: OnlyStanding = None,
        ending_within: EndingWithin = None,
        left: Left = False,
        part: Slice,
    ) -> Any:
        """See `visible_grants`."""
        asking, viewer = info.context, info.context.viewer
        found = documents.visible_grants(viewer)
        if on:
            model = place_of(on)[0]
            key = await seen(asking, model, on, "on")
            found &= Q(document_id=key) if model is documents.Document else Q(folder_id=key)
        if person:
            found &= Q(person_id=await seen(asking, members.Person, person, "person"))
        if standing:
            found &= documents.standing_so(standing, viewer.now)
        if ending_within is not None:
            found &= documents.ending_by(viewer, soon(asking, ending_within))
        if left:
            found &= documents.of_leavers(viewer)
        return await connect(asking, documents.AccessGrant.filter(found), ("-granted_at", "id"), part)

    @strawberry.field(
        description="One grant, null where there is none or not for you.",
        graphql_type=AccessGrant | None,
        extensions=needs(Action.READ_DOCUMENTS),
        metadata=DESCRIBED,
    )
    async def grant(self, info: Answer, id: Id) -> Any:
        """By its ID."""
        return await row_of(info.context, documents.AccessGrant, key_of(id, documents.AccessGrant))

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
        whom = offer.whom
        people = members.Person.filter(members.visible_people(viewer), documents.reached(viewer, whom))
        reads: dict[str, Read] = documents.surveying(viewer, people, papers)
        reads["lines"] = Columns(people.order_by("sort_pinyin", "id"), ("id",))

        def make(found: Mapping[str, Any]) -> GrantPreview:
            return _preview(viewer, offer, whom, found, people)

        return await made(asking, reads, make, people=people)


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


def soon(asking: Asking, days: int) -> dt.datetime:
    """The moment so many days from now, marked where a statement is written."""
    marks = asking.writing
    now = asking.viewer.now
    if marks:
        return marks.moment(marks.bound(now).then(lambda moment: _later(moment, days), tells=", and counted from it"))
    return _later(now, days)


def _later(moment: dt.datetime, days: int) -> dt.datetime:
    return moment + dt.timedelta(days=min(max(days, 0), SOON_DAYS))


async def _papers(asking: Asking, offer: Offer) -> Any:
    """The documents that the grant would be on. Raises NotThere for what the viewer does not keep."""
    model, key = offer.place
    await must_keep(asking, model, key)
    if model is documents.Folder:
        return documents.Document.filter(documents.below(key)).order_by("-created_at", "id").limit(PAPERS)
    return documents.Document.filter(id=key)


async def must_keep(asking: Asking, model: type[Model], key: UUID) -> None:
    """Raises NotThere for a document or folder that the viewer does not keep."""
    viewer = asking.viewer
    kept = documents.kept_folders(viewer) if model is documents.Folder else documents.allowed(viewer, Act.MANAGE)
    rows = model.filter(kept, id=key)
    if asking.writing:
        asking.checks.append(rows)
    elif not await rows.exists():
        raise not_there("on")


def _preview(viewer: Viewer, offer: Offer, whom: Sequence[Whom], found: Mapping[str, Any], people: Any) -> GrantPreview:
    survey = Survey(found)
    papers = list(survey.papers.values())
    one = papers[0] if offer.place[0] is documents.Document else None
    place = Place(None, None, one["expires_at"], one["level"] is Level.WORK_SENSITIVE) if one else Place(None, None)
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
        return documents.sound_terms(viewer, offer.terms(viewer), place.expires_at), wrong
    except Invalid as error:
        usual: Terms = {"effect": offer.effect, "act": Act.READ, "reason": "."}
        return documents.sound_terms(viewer, usual, place.expires_at), [*wrong, *error.problems]


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
        moment = max(viewer.now, self.said["valid_from"])
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
        """By name, by a body or term, or both."""
        named = {True for one in self.whom if one.person == person}
        groups = {
            False
            for one in self.whom
            if not one.person and self.survey.belongs(person, body=one.body, role=one.body_role, term=one.term)
        }
        return named | groups

    def _grant(self, *, by_name: bool) -> Grant:
        terms = {name: self.said[name] for name in ("effect", "act", "valid_from", "valid_until", "overrides", "text")}
        return Grant(id=NOWHERE, person=by_name, confirmed=self.place.waits, **terms)


def _available(paper: Paper) -> Paper:
    if paper.state not in BEFORE:
        return replace(paper, available_from=None)
    return replace(paper, state=DocumentState.AVAILABLE, available_from=None)


@strawberry.type
class GivingMutation:
    """Root fields that change who may read what."""

    @strawberry.mutation(
        description="Gives, or closes, a document or a folder. What is work-sensitive waits for a second person.",
        extensions=needs(Action.MANAGE_DOCUMENTS),
    )
    @spread
    async def grant_add(self, info: Answer, *, offer: Offer) -> GrantsResult:
        """To all of them, or to nobody."""
        viewer = info.context.viewer
        model, key = offer.place
        place: Any = {"document" if model is documents.Document else "folder": key}
        rows = await documents.grant_add(viewer, **place, whom=offer.whom, **offer.terms(viewer))
        return _done(rows)

    @strawberry.mutation(
        description="Confirms grants as the second person: they hold from now on.",
        extensions=needs(Action.CONFIRM_GRANTS),
    )
    async def grant_confirm(self, info: Answer, ids: Which) -> GrantsResult:
        """All of them, or none."""
        return _done(await documents.grant_confirm(info.context.viewer, grants=_keys(ids)))

    @strawberry.mutation(
        description="Declines grants that wait for a second person.", extensions=needs(Action.MANAGE_DOCUMENTS)
    )
    async def grant_decline(self, info: Answer, ids: Which, reason: Why) -> GrantsResult:
        """For good."""
        return await _end(info, ids, GrantState.DECLINED, reason)

    @strawberry.mutation(
        description="Suspends grants, from the next request on.", extensions=needs(Action.MANAGE_DOCUMENTS)
    )
    async def grant_suspend(self, info: Answer, ids: Which, reason: Why) -> GrantsResult:
        """Until they are taken up again."""
        return await _end(info, ids, GrantState.SUSPENDED, reason)

    @strawberry.mutation(description="Takes suspended grants up again.", extensions=needs(Action.MANAGE_DOCUMENTS))
    async def grant_take_up(self, info: Answer, ids: Which, reason: Why) -> GrantsResult:
        """They end when they would have."""
        return await _end(info, ids, GrantState.ACTIVE, reason)

    @strawberry.mutation(
        description="Revokes grants, from the next request on.", extensions=needs(Action.MANAGE_DOCUMENTS)
    )
    async def grant_revoke(self, info: Answer, ids: Which, reason: Why) -> GrantsResult:
        """For good; undoing gives the same anew."""
        return await _end(info, ids, GrantState.REVOKED, reason)

    @strawberry.mutation(
        description="Gives the same to the same once more: a renewal, or a revocation undone. Its end is as it was for "
        "what is undone, else as usual.",
        extensions=needs(Action.MANAGE_DOCUMENTS),
    )
    async def grant_again(
        self, info: Answer, ids: Which, reason: Why, valid_until: Until = None, last_day: LastDay = None
    ) -> GrantsResult:
        """All of them, or none."""
        viewer = info.context.viewer
        until = _ends(viewer, valid_until, last_day)
        return _done(await documents.grant_again(viewer, grants=_keys(ids), valid_until=until, reason=reason))


def _keys(ids: Sequence[str]) -> list[UUID]:
    return [key_of(one, documents.AccessGrant, field="grants") for one in ids]


def _done(rows: Sequence[documents.AccessGrant]) -> GrantsPayload:
    return shows(GrantsPayload, count=len(rows), grants=list(rows))


async def _end(info: Answer, ids: Sequence[str], to: GrantState, reason: str) -> GrantsPayload:
    rows = await documents.grant_end(info.context.viewer, grants=_keys(ids), to=to, reason=reason)
    return _done(rows)
