"""Who has read a document and who has not: for each document, for each person, as figures, lists and reminders."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from types import SimpleNamespace
from typing import Annotated, Any
from uuid import UUID

import strawberry
from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from server.models import audit, bodies, documents, members, readers
from server.models.bodies import BodyKind
from server.models.bodies.queries import sitting_in, visible_bodies
from server.models.database import transaction
from server.models.documents.queries import lasting_body, open_now
from server.models.fields import holding
from server.models.members.queries import in_sector, posts_on
from server.models.messages.wishes import wished, wishing
from server.models.reader_lists import Listing
from server.models.readers import Reach
from server.models.reads import read_all
from server.rules.messages import EMAIL, Topic
from server.rules.permissions import Action
from server.rules.readers import Group, ReaderStanding, Reading, figures
from server.schema.arguments import spread
from server.schema.bodies import Body
from server.schema.declared import COUNTED, DESCRIBED, IN_PYTHON, Among, Columns, Ref
from server.schema.documents import Document
from server.schema.guard import needs
from server.schema.ids import id_for, key_of, not_there
from server.schema.making import made, makes, picked
from server.schema.members import Person
from server.schema.messages.choices import channel_name
from server.schema.messages.mailings import MailingWay
from server.schema.paging import Connection, Slice, beyond, connected
from server.schema.problems import Problems
from server.schema.reading import Answer, Asking, computed, in_language, shows
from server.schema.rows import bare, row_of, seen
from server.viewer import Viewer
from server.words import name, say

LIST = 200
"""Sectors, bodies, or documents that are late, as many as there may well be."""
Standing = Annotated[ReaderStanding | None, strawberry.argument(description="Only those who stand so.")]
Overdue = Annotated[bool, strawberry.argument(description="Only those who should have confirmed by now.")]
OfSector = Annotated[strawberry.ID | None, strawberry.argument(description="Only those of this sector.")]
OfBody = Annotated[strawberry.ID | None, strawberry.argument(description="Only those who sit in this body.")]
Words = Annotated[str | None, strawberry.argument(description="Only those in whose name this is found.")]
OfDocument = Annotated[strawberry.ID, strawberry.argument(description="Of which document.")]
OfPerson = Annotated[strawberry.ID, strawberry.argument(description="Of which person.")]
ShortOf = Annotated[ReaderStanding, strawberry.argument(description="Those who have not come so far yet.")]
BY_PINYIN, NEWEST = ("sort_pinyin", "id"), ("-created_at", "id")


@strawberry.type(description="How many people, or documents of one person, stand how.")
class ReaderFigures:
    """people = unopened + begun + read_through + understood."""

    people: int = strawberry.field(description="How many there are in all.")
    unopened: int = strawberry.field(description="Never opened as it is now.")
    begun: int = strawberry.field(description="Opened, and not read to the end.")
    read_through: int = strawberry.field(description="Every page was seen, and nothing is confirmed.")
    understood: int = strawberry.field(description="Confirmed: read and understood.")
    overdue: int = strawberry.field(description="Not confirmed, and the day for it has gone by.")
    outside: int = strawberry.field(description="Given to somebody who cannot sign in.")


def _figures(groups: Iterable[Group], viewer: Viewer) -> ReaderFigures:
    return ReaderFigures(**vars(figures(groups, viewer.today)))


@strawberry.type(description="How the people of one sector or body stand. Who belongs to two counts in both.")
class BodyReaders:
    """One row of the picture."""

    body: Body | None = picked("bodies", "The sector or body; null for those who have none.")
    name: str = strawberry.field(description="What it is called in your language, or the words for none.")
    figures: ReaderFigures = strawberry.field(description="How many stand how.")


@strawberry.type(description="How far one person came with one document that they were given.")
class DocumentReading:
    """A document and a person."""

    person: Person | None = picked("people", "Who.")
    document: Document | None = picked("papers", "The document; null where you may not know what it is called.")
    standing: ReaderStanding = strawberry.field(description="How far they came with the file that is read now.")
    overdue: bool = strawberry.field(description="Whether they should have confirmed by now.")
    may_read: bool = strawberry.field(
        description="Whether they could read it at this moment, with nothing more to do first."
    )
    inside: bool = strawberry.field(description="Whether they can sign in.")
    earlier: bool = strawberry.field(
        description="Whether they opened an earlier file of it, and not the one that is read now."
    )
    pages_seen: int = strawberry.field(description="How many pages of the file that is read now they have seen.")
    pages: int | None = strawberry.field(description="How many pages it has; null where there is no file.")
    opened_at: dt.datetime | None = strawberry.field(description="When they opened it last; null for never.")
    confirmed_at: dt.datetime | None = strawberry.field(
        description="When they said that they have read and understood it; null where they have not."
    )
    refused: int | None = strawberry.field(
        description="How often it was refused to them; null for who neither keeps it nor audits. It never feeds an "
        "evaluation (RD-3a)."
    )
    refused_at: dt.datetime | None = strawberry.field(
        description="When it was refused to them last; null for never, or where that is not for you."
    )


@strawberry.type(description="Whom a reminder would reach, and by which ways; nothing is sent by looking.")
class ReminderReach:
    """The check before people are reminded."""

    count: int = strawberry.field(description="How many would be reminded.")
    today: int = strawberry.field(description="How many more were reminded today, and are left alone until tomorrow.")
    inside: int = strawberry.field(description="How many of them can sign in and read it here.")
    ways: list[MailingWay] = strawberry.field(description="How many get it by each way out of the house.")
    lost: strawberry.Private[list[UUID]]

    @strawberry.field(
        description="Those who can neither sign in nor get it by any way: tell them yourself.",
        graphql_type=list[Person],
        metadata={COUNTED: LIST},
    )
    async def unreached(self, info: Answer) -> Any:
        """By name."""
        seen = members.visible_people(info.context.viewer)
        return info.context.meet(await members.Person.filter(seen, id__in=self.lost).order_by("sort_pinyin", "id"))


@strawberry.type(description="Who may read a document by its grants, and who of them has not.")
class DocumentReaders:
    """One document. people: of whom it is asked."""

    key: strawberry.Private[UUID]
    among: strawberry.Private[QuerySet[members.Person]]

    @computed("The ID of the document.")
    def id(self, info: Answer) -> strawberry.ID:
        """Also where you may not know what it is called."""
        return id_for(documents.Document, self.key)

    @strawberry.field(
        description="The document; null where you may not know what it is called.",
        graphql_type=Document | None,
        metadata=DESCRIBED,
    )
    async def document(self, info: Answer) -> Any:
        """Who has read it, and what it is, are two questions."""
        return await row_of(info.context, documents.Document, self.key)

    @makes("The day by which readers confirm; null where none need.", kind=dt.date | None)
    async def receipt_by(self, info: Answer) -> Any:
        """As the document says."""
        paper = Columns(documents.Document.filter(id=self.key), ("receipt_by",))
        return await made(info.context, {"paper": paper}, lambda found: found["paper"][0][0])

    @computed("The day of which this is told.")
    def on(self, info: Answer) -> dt.date:
        """Today."""
        return info.context.viewer.today

    @makes("How many stand how.", kind=ReaderFigures)
    async def figures(self, info: Answer) -> Any:
        """Of those who were asked for."""
        return await _counted(info.context, self._reach(info.context.viewer))

    @makes("The same for each sector, by name; those without one last.", kind=list[BodyReaders], counted=50)
    async def by_sector(self, info: Answer) -> Any:
        """By what their seats stand for today."""
        posts = posts_on(info.context.viewer.today).filter(sector_id__isnull=False)
        pairs = posts.values(person="membership__person_id", body="sector_id")
        return await self._by(info.context, pairs, Q(kind=BodyKind.SECTOR), apart=True)

    @makes("The same for each body, by name.", kind=list[BodyReaders], counted=LIST)
    async def by_body(self, info: Answer) -> Any:
        """In which they sit today, sectors left out."""
        viewer = info.context.viewer
        places = bodies.BodyMembership.filter(holding(viewer.today), lasting_body(viewer))
        pairs = places.values(person="person_id", body="body_id")
        return await self._by(info.context, pairs, ~Q(kind=BodyKind.SECTOR))

    @makes("The people, by pinyin.", kind=Connection[DocumentReading])
    @spread
    async def people(self, info: Answer, *, standing: Standing = None, overdue: Overdue = False, part: Slice) -> Any:
        """Those who stand so."""
        asking = info.context
        rows = members.Person.filter(members.visible_people(asking.viewer))
        past = beyond(asking, rows, BY_PINYIN, part)
        reach, size = self._reach(asking.viewer), (part.size, part.backward)
        return await _listed(asking, Listing(reach, "person_id", rows, past, BY_PINYIN, standing, overdue, *size), part)

    @computed("Whether you may remind those who have not.")
    def may_remind(self, info: Answer) -> bool:
        """The verb asks again for the very folder."""
        return bool(info.context.viewer.may(Action.REMIND_READERS))

    @strawberry.field(description="Whom a reminder would reach, and by which ways.", metadata=IN_PYTHON)
    async def reminder(self, info: Answer, short_of: ShortOf) -> ReminderReach:
        """As things are."""
        asking = info.context
        people, today = await readers.to_be_reminded(asking.viewer, self.key, short_of)
        return await reach_of(asking, people, len(today), Topic.DOCUMENTS)

    def _reach(self, viewer: Viewer) -> Reach:
        return Reach(viewer, documents.Document.filter(id=self.key), self.among)

    async def _by(self, asking: Asking, pairs: Any, kind: Q, *, apart: bool = False) -> Any:
        """pairs: person and body. apart: who is in none stands last."""
        viewer = asking.viewer
        rows = bodies.Body.filter(visible_bodies(viewer), kind)
        reads = {"groups": self._reach(viewer).groups_of(pairs, rows)}

        def make(found: Mapping[str, Any]) -> list[BodyReaders]:
            within: dict[tuple[UUID | None, str], list[Group]] = {}
            for key, _, zh, en, *group in found["groups"]:
                called = in_language(SimpleNamespace(name_zh=zh, name_en=en), "name", viewer) if key else none
                within.setdefault((key, called), []).append(Group(*group))
            told = sorted(within.items(), key=lambda one: one[0][0] is None)  # which is first or last by the database
            return [_body(viewer, rows, key, name, groups) for (key, name), groups in told if key or apart]

        none = say("No sector stated").into(viewer.locale)
        return await made(asking, reads, make, bodies=rows)


def _body(viewer: Viewer, rows: QuerySet[Any], key: UUID | None, name: str, groups: list[Group]) -> BodyReaders:
    return shows(BodyReaders, body=Ref(key, rows) if key else None, name=name, figures=_figures(groups, viewer))


async def _counted(asking: Asking, reach: Reach) -> Any:
    def make(found: Mapping[str, Any]) -> ReaderFigures:
        return _figures((Group(*row) for row in found["groups"]), asking.viewer)

    return await made(asking, {"groups": reach.groups}, make)


async def _listed(asking: Asking, listing: Listing, part: Slice) -> Any:
    """Readings, each with the person and the document that may be shown."""
    people = members.Person.filter(members.visible_people(asking.viewer))
    papers = documents.Document.filter(documents.visible_documents(asking.viewer))

    def make(found: Mapping[str, Any]) -> Connection[Any]:
        rows = [(place, Reading(*row)) for _, place, *row in found["entries"] if row[0]]
        nodes = [
            ((place, getattr(one, listing.column.removesuffix("_id"))), _shown(asking.viewer, one, people, papers))
            for place, one in rows
        ]
        return connected(nodes, part, found["entries"][0][0])

    return await made(
        asking,
        {"entries": listing.entries},
        make,
        people=Among(people, listing.people),
        papers=Among(papers, listing.papers),
    )


def _shown(viewer: Viewer, one: Reading, people: QuerySet[Any], papers: QuerySet[Any]) -> DocumentReading:
    return shows(
        DocumentReading,
        person=Ref(one.person, people),
        document=Ref(one.document, papers),
        standing=one.standing,
        overdue=one.overdue(viewer.today),
        may_read=one.may_read,
        inside=one.inside,
        earlier=one.earlier,
        pages_seen=0 if one.earlier else one.pages_seen or 0,
        pages=one.pages,
        opened_at=one.opened_at,
        confirmed_at=one.confirmed_at,
        refused=one.refused,
        refused_at=one.refused_at,
    )


async def reach_of(asking: Asking, people: list[UUID], today: int, topic: Topic) -> ReminderReach:
    """Whom a reminder of that topic would reach. today: how many were reminded already."""
    viewer, by_email = asking.viewer, EMAIL in asking.ways
    wishes = wished(await read_all(wishing(members.Person.filter(id__in=people))))
    ways = {person: [way for way, _ in wish.ways(topic, by_email=by_email)] for person, wish in wishes.items()}
    counted = Counter(way for some in ways.values() for way in some)
    return ReminderReach(
        count=len(people),
        today=today,
        inside=sum(wish.account for wish in wishes.values()),
        ways=[
            MailingWay(channel=way, name=channel_name(way, viewer.locale), count=count)
            for way, count in sorted(counted.items())
        ],
        lost=[person for person, wish in wishes.items() if not wish.account and not ways[person]],
    )


@strawberry.type(description="The documents that one person was given, and how far they came with each.")
class ReaderDocuments:
    """One person."""

    key: strawberry.Private[UUID]

    @strawberry.field(description="Who.", graphql_type=Person | None, metadata=DESCRIBED)
    async def person(self, info: Answer) -> Any:
        """Null where you may not see people."""
        return await row_of(info.context, members.Person, self.key)

    @makes("How many of the documents stand how.", kind=ReaderFigures)
    async def figures(self, info: Answer) -> Any:
        """Counted are documents."""
        return await _counted(info.context, self._reach(info.context.viewer))

    @makes("The documents, the newest first.", kind=Connection[DocumentReading])
    @spread
    async def documents(self, info: Answer, *, standing: Standing = None, overdue: Overdue = False, part: Slice) -> Any:
        """Those that stand so."""
        asking, rows = info.context, documents.Document.all()
        past = beyond(asking, rows, NEWEST, part)
        reach, size = self._reach(asking.viewer), (part.size, part.backward)
        return await _listed(asking, Listing(reach, "document_id", rows, past, NEWEST, standing, overdue, *size), part)

    def _reach(self, viewer: Viewer) -> Reach:
        """Of one's own all of which one may know, of others' those of which one may know who read them."""
        told, own = readers.reported(viewer), documents.visible_documents(viewer)
        papers, open_ones = documents.Document.all(), open_now(viewer)
        people = members.Person.filter(members.visible_people(viewer), id=self.key)
        return Reach(viewer, papers.filter(told, open_ones), people, papers.filter(own, open_ones))


@strawberry.type(description="A document whose readers should have confirmed by now, and have not all.")
class OverdueReceipts:
    """One document."""

    id: strawberry.ID = strawberry.field(description="The ID of the document.")
    document: Document | None = picked("papers", "The document; null where you may not know what it is called.")
    people: int = strawberry.field(description="How many may read it by a grant.")
    confirmed: int = strawberry.field(description="How many of them have confirmed.")


@strawberry.type(description="People were reminded.")
class ReadersReminded:
    """Success."""

    count: int = strawberry.field(description="How many.")


ReadersRemindResult = Annotated[
    ReadersReminded | Problems, strawberry.union("ReadersRemindResult", description="How many, or why not.")
]


@strawberry.type
class ReaderQuery:
    """Root fields of this room."""

    @strawberry.field(
        description="Who may read a document by its grants, and who has not. Null where that is not for you.",
        graphql_type=DocumentReaders | None,
        extensions=needs(Action.READ_READINGS),
        metadata=DESCRIBED,
    )
    async def document_readers(
        self, info: Answer, document: OfDocument, sector: OfSector = None, body: OfBody = None, search: Words = None
    ) -> Any:
        """Each field reads its own."""
        asking, key = info.context, key_of(document, documents.Document, field="document")
        if not await _there(asking, _reported(asking.viewer, key)):
            return None
        return bare(asking, DocumentReaders(key=key, among=await _people(asking, sector, body, search)))

    @strawberry.field(
        description="The documents that a person was given and that can be had now, with how far they came: your own, "
        "or of others those of which you may know who read them. Null where there is nobody, or not for you.",
        graphql_type=ReaderDocuments | None,
        extensions=needs(Action.READ_DOCUMENTS),
        metadata=DESCRIBED,
    )
    async def reader_documents(self, info: Answer, person: OfPerson) -> Any:
        """Nobody else's."""
        asking, viewer = info.context, info.context.viewer
        key = key_of(person, members.Person, field="person")
        people = members.Person.filter(members.visible_people(viewer), id=key)
        if not viewer.may(Action.READ_READINGS):
            people = people.filter(id__in=[viewer.person] if viewer.person else [])
        return bare(asking, ReaderDocuments(key=key)) if await _there(asking, people) else None

    @makes(
        "Documents whose readers should have confirmed by now, and have not all; the longest overdue first.",
        kind=list[OverdueReceipts],
        extensions=needs(Action.READ_READINGS),
        counted=LIST,
    )
    async def overdue_receipts(self, info: Answer) -> Any:
        """Those of which you may know who read them."""
        viewer = info.context.viewer
        late = documents.Document.filter(readers.reported(viewer), receipt_by__lt=viewer.today)
        papers = late.filter(documents.visible_documents(viewer))

        def make(found: Mapping[str, Any]) -> list[OverdueReceipts]:
            return [
                shows(
                    OverdueReceipts,
                    id=id_for(documents.Document, key),
                    document=Ref(key, papers),
                    people=people,
                    confirmed=confirmed,
                )
                for key, people, confirmed in found["late"]
            ]

        return await made(info.context, {"late": readers.overdue_read(viewer, late)}, make, papers=papers)


def _reported(viewer: Viewer, key: UUID) -> QuerySet[documents.Document]:
    return documents.Document.filter(readers.reported(viewer), id=key)


async def _there(asking: Asking, rows: QuerySet[Any]) -> bool:
    """Whether there is such a row. While a statement is written it is taken for granted: if not, it is not sound."""
    if asking.writing:
        asking.checks.append(rows)
        return True
    return await rows.exists()


async def _people(asking: Asking, sector: str | None, body: str | None, search: str | None) -> QuerySet[members.Person]:
    """Of whom it is asked."""
    today, found = asking.viewer.today, members.visible_people(asking.viewer)
    if sector:
        found &= in_sector(await seen(asking, bodies.Body, sector, "sector"), today)
    if body:
        found &= sitting_in(await seen(asking, bodies.Body, body, "body"), today)
    if search:
        found &= members.matching(search)
    return members.Person.filter(found)


@strawberry.type
class ReaderMutation:
    """Root fields that change this room."""

    @strawberry.mutation(
        description="Reminds those who may read a document and have not come so far with it, by the ways that they "
        "chose. Nobody is reminded of the same document twice on one day.",
        extensions=needs(Action.REMIND_READERS),
    )
    async def readers_remind(self, info: Answer, document: OfDocument, short_of: ShortOf) -> ReadersRemindResult:
        """The message holds a link, and no title."""
        key = key_of(document, documents.Document, field="document")
        return ReadersReminded(count=await readers.remind_readers(info.context.viewer, document=key, short_of=short_of))


async def export_readers(asking: Asking, document: str) -> list[list[str]]:
    """The same as a table, with its headings, for whoever may see it; the trail keeps who took it. Raises NotThere."""
    viewer = asking.viewer
    viewer.must(Action.READ_READINGS)
    row = await _reported(viewer, key_of(document, documents.Document, field="document")).first()
    if row is None:
        raise not_there("document")
    people = members.Person.filter(members.visible_people(viewer))
    found = {one.person: one for one in await readers.readings(viewer, documents.Document.filter(id=row.id), people)}
    rows = await people.filter(id__in=list(found)).order_by(*BY_PINYIN)
    async with transaction():
        await audit.record(viewer, "readers.export", f"doc_{row.id}", {"people": len(rows)})
    told = any(one.refused is not None for one in found.values())
    return [_headings(viewer, told), *(_cells(viewer, person, found[person.id], told) for person in rows)]


def _headings(viewer: Viewer, told: bool) -> list[str]:
    words = [
        *(say("Name"), say("How far"), say("Pages seen"), say("Pages"), say("Opened last"), say("Confirmed")),
        *(say("Overdue"), say("Can sign in")),
        *((say("Refused tries"), say("Refused last")) if told else ()),
    ]
    return [one.into(viewer.locale) for one in words]


STANDING_NAMES = {
    ReaderStanding.UNOPENED: say("not opened"),
    ReaderStanding.BEGUN: say("opened, not finished"),
    ReaderStanding.READ_THROUGH: say("read to the end"),
    ReaderStanding.UNDERSTOOD: say("confirmed"),
}


def _cells(viewer: Viewer, person: members.Person, one: Reading, told: bool) -> list[str]:
    def hour(at: dt.datetime | None) -> str:
        return at.astimezone(viewer.zone).strftime("%Y-%m-%d %H:%M") if at else ""

    def yes(so: bool) -> str:
        return (say("yes") if so else say("no")).into(viewer.locale)

    seen_pages = 0 if one.earlier else one.pages_seen or 0
    refused = [str(one.refused or 0), hour(one.refused_at)] if told else []
    return [
        *(name(person).into(viewer.locale), STANDING_NAMES[one.standing].into(viewer.locale)),
        *(str(seen_pages), str(one.pages or ""), hour(one.opened_at), hour(one.confirmed_at)),
        *(yes(one.overdue(viewer.today)), yes(one.inside), *refused),
    ]
