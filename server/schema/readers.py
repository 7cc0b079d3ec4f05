"""Who has read a document and who has not: for each document, for each person, as figures, lists and reminders."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
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
from server.models.reads import read_all
from server.rules.messages import EMAIL, Topic
from server.rules.permissions import Action
from server.rules.readers import Figures, ReaderStanding, Reading, figures
from server.schema.arguments import spread
from server.schema.bodies import Body
from server.schema.declared import COUNTED, IN_PYTHON, Ref
from server.schema.documents import Document
from server.schema.guard import needs
from server.schema.ids import id_for, key_of, not_there
from server.schema.making import made, makes, picked
from server.schema.members import Person
from server.schema.messages.choices import channel_name
from server.schema.messages.mailings import MailingWay
from server.schema.paging import Connection, Slice, connect
from server.schema.problems import Problems
from server.schema.reading import Answer, Asking, in_language, shows
from server.schema.rows import row_of, seen
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
BY_PINYIN = ("sort_pinyin", "id")


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


def _figures(found: Figures) -> ReaderFigures:
    return ReaderFigures(**vars(found))


@strawberry.type(description="How the people of one sector or body stand. Who belongs to two counts in both.")
class BodyReaders:
    """One row of the picture."""

    key: strawberry.Private[UUID | None]
    name: str = strawberry.field(description="What it is called in your language, or the words for none.")
    figures: ReaderFigures = strawberry.field(description="How many stand how.")

    @strawberry.field(description="The sector or body; null for those who have none.", graphql_type=Body | None)
    async def body(self, info: Answer) -> Any:
        """Only such as you may see."""
        return await row_of(info.context, bodies.Body, self.key) if self.key else None


@strawberry.type(description="How far one person came with one document that they were given.")
class DocumentReading:
    """A document and a person."""

    reading: strawberry.Private[Reading]
    today: strawberry.Private[dt.date]

    @strawberry.field(description="Who.", graphql_type=Person | None)
    async def person(self, info: Answer) -> Any:
        """Null where you may not see people."""
        return await row_of(info.context, members.Person, self.reading.person)

    @strawberry.field(
        description="The document; null where you may not know what it is called.", graphql_type=Document | None
    )
    async def document(self, info: Answer) -> Any:
        """Who has read it, and what it is, are two questions."""
        return await row_of(info.context, documents.Document, self.reading.document)

    @strawberry.field(description="How far they came with the file that is read now.")
    def standing(self) -> ReaderStanding:
        """See the rule."""
        return self.reading.standing

    @strawberry.field(description="Whether they should have confirmed by now.")
    def overdue(self) -> bool:
        """By the day that the document names."""
        return self.reading.overdue(self.today)

    @strawberry.field(description="Whether they could read it at this moment, with nothing more to do first.")
    def may_read(self) -> bool:
        """The decision on one document (RD-1), of the grants alone."""
        return self.reading.may_read

    @strawberry.field(description="Whether they can sign in.")
    def inside(self) -> bool:
        """An account that is active."""
        return self.reading.inside

    @strawberry.field(description="Whether they opened an earlier file of it, and not the one that is read now.")
    def earlier(self) -> bool:
        """It was replaced."""
        return self.reading.earlier

    @strawberry.field(description="How many pages of the file that is read now they have seen.")
    def pages_seen(self) -> int:
        """Each once."""
        return 0 if self.reading.earlier else self.reading.pages_seen or 0

    @strawberry.field(description="How many pages it has; null where there is no file.")
    def pages(self) -> int | None:
        """Of the file that is read now."""
        return self.reading.pages

    @strawberry.field(description="When they opened it last; null for never.")
    def opened_at(self) -> dt.datetime | None:
        """Any file of it."""
        return self.reading.opened_at

    @strawberry.field(description="When they said that they have read and understood it; null where they have not.")
    def confirmed_at(self) -> dt.datetime | None:
        """The file that is read now."""
        return self.reading.confirmed_at

    @strawberry.field(
        description="How often it was refused to them; null for who neither keeps it nor audits. It never feeds an "
        "evaluation (RD-3a)."
    )
    def refused(self) -> int | None:
        """Tries."""
        return self.reading.refused

    @strawberry.field(description="When it was refused to them last; null for never, or where that is not for you.")
    def refused_at(self) -> dt.datetime | None:
        """The last try."""
        return self.reading.refused_at


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


def _listing(description: str) -> Any:
    return strawberry.field(description=description, graphql_type=Connection[DocumentReading])


@strawberry.type(description="Who may read a document by its grants, and who of them has not.")
class DocumentReaders:
    """One document."""

    row: strawberry.Private[documents.Document]
    readings: strawberry.Private[list[Reading]]

    @strawberry.field(description="The ID of the document.")
    def id(self) -> strawberry.ID:
        """Also where you may not know what it is called."""
        return id_for(documents.Document, self.row.id)

    @strawberry.field(
        description="The document; null where you may not know what it is called.", graphql_type=Document | None
    )
    async def document(self, info: Answer) -> Any:
        """Who has read it, and what it is, are two questions."""
        return await row_of(info.context, documents.Document, self.row.id)

    @strawberry.field(description="The day by which readers confirm; null where none need.")
    def receipt_by(self) -> dt.date | None:
        """As the document says."""
        return self.row.receipt_by

    @strawberry.field(description="The day of which this is told.")
    def on(self, info: Answer) -> dt.date:
        """Today."""
        return info.context.viewer.today

    @strawberry.field(description="How many stand how.")
    def figures(self, info: Answer) -> ReaderFigures:
        """Of those who were asked for."""
        return _figures(figures(self.readings, info.context.viewer.today))

    @strawberry.field(description="The same for each sector, by name; those without one last.", metadata={COUNTED: 50})
    async def by_sector(self, info: Answer) -> list[BodyReaders]:
        """By what their seats stand for today."""
        viewer = info.context.viewer
        posts = posts_on(viewer.today).filter(sector_id__isnull=False, membership__person_id__in=self._keys)
        pairs = await posts.values_list("membership__person_id", "sector_id")
        return await self._by(viewer, pairs, Q(kind=BodyKind.SECTOR), apart=True)

    @strawberry.field(description="The same for each body, by name.", metadata={COUNTED: LIST})
    async def by_body(self, info: Answer) -> list[BodyReaders]:
        """In which they sit today, sectors left out."""
        viewer = info.context.viewer
        places = bodies.BodyMembership.filter(holding(viewer.today), lasting_body(viewer), person_id__in=self._keys)
        return await self._by(viewer, await places.values_list("person_id", "body_id"), ~Q(kind=BodyKind.SECTOR))

    @_listing("The people, by pinyin.")
    @spread
    async def people(self, info: Answer, *, standing: Standing = None, overdue: Overdue = False, part: Slice) -> Any:
        """Those who stand so."""
        asking = info.context
        found = {one.person: one for one in _standing(asking.viewer, self.readings, standing, overdue)}
        rows = members.Person.filter(members.visible_people(asking.viewer), id__in=list(found))
        return _shown(asking.viewer, await connect(asking, rows, BY_PINYIN, part), found)

    @strawberry.field(description="Whether you may remind those who have not.")
    def may_remind(self, info: Answer) -> bool:
        """The verb asks again for the very folder."""
        return bool(info.context.viewer.may(Action.REMIND_READERS))

    @strawberry.field(description="Whom a reminder would reach, and by which ways.")
    async def reminder(self, info: Answer, short_of: ShortOf) -> ReminderReach:
        """As things are."""
        asking = info.context
        people, today = await readers.to_be_reminded(asking.viewer, self.row.id, short_of)
        return await _reach(asking, people, len(today))

    @property
    def _keys(self) -> Any:
        return [one.person for one in self.readings]

    async def _by(self, viewer: Viewer, pairs: Iterable[Any], kind: Q, *, apart: bool = False) -> list[BodyReaders]:
        """apart: who is in none stands last."""
        of = {one.person: one for one in self.readings}
        within: dict[UUID, dict[UUID, Reading]] = defaultdict(dict)
        for person, body in pairs:
            within[body][person] = of[person]
        rows = await bodies.Body.filter(visible_bodies(viewer), kind, id__in=list(within)).order_by("sort", "id")
        found = [_row(viewer, row.id, in_language(row, "name", viewer), within[row.id].values()) for row in rows]
        rest = [one for one in self.readings if not any(one.person in people for people in within.values())]
        none = say("No sector stated").into(viewer.locale)
        return [*found, _row(viewer, None, none, rest)] if apart and rest else found


def _row(viewer: Viewer, key: UUID | None, name: str, readings: Iterable[Reading]) -> BodyReaders:
    return BodyReaders(key=key, name=name, figures=_figures(figures(list(readings), viewer.today)))


def _standing(
    viewer: Viewer, readings: Iterable[Reading], standing: ReaderStanding | None, overdue: bool
) -> list[Reading]:
    fits = (one for one in readings if standing in (None, one.standing))
    return [one for one in fits if not overdue or one.overdue(viewer.today)]


def _shown(viewer: Viewer, part: Connection[Any], found: dict[UUID, Reading]) -> Connection[Any]:
    for edge in part.edges:
        edge.node = DocumentReading(reading=found[edge.node.id], today=viewer.today)
    return part


async def _reach(asking: Asking, people: list[UUID], today: int) -> ReminderReach:
    viewer, by_email = asking.viewer, EMAIL in asking.ways
    wishes = wished(await read_all(wishing(members.Person.filter(id__in=people))))
    ways = {
        person: [way for way, _ in wish.ways(Topic.DOCUMENTS, by_email=by_email)] for person, wish in wishes.items()
    }
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
    readings: strawberry.Private[list[Reading]]

    @strawberry.field(description="Who.", graphql_type=Person | None)
    async def person(self, info: Answer) -> Any:
        """Null where you may not see people."""
        return await row_of(info.context, members.Person, self.key)

    @strawberry.field(description="How many of the documents stand how.")
    def figures(self, info: Answer) -> ReaderFigures:
        """Counted are documents."""
        return _figures(figures(self.readings, info.context.viewer.today))

    @_listing("The documents, the newest first.")
    @spread
    async def documents(self, info: Answer, *, standing: Standing = None, overdue: Overdue = False, part: Slice) -> Any:
        """Those that stand so."""
        asking = info.context
        found = {one.document: one for one in _standing(asking.viewer, self.readings, standing, overdue)}
        rows = documents.Document.filter(id__in=list(found))
        return _shown(asking.viewer, await connect(asking, rows, ("-created_at", "id"), part), found)


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
        extensions=needs(Action.READ_READINGS),
        metadata=IN_PYTHON,
    )
    async def document_readers(
        self, info: Answer, document: OfDocument, sector: OfSector = None, body: OfBody = None, search: Words = None
    ) -> DocumentReaders | None:
        """One statement tells all of them."""
        asking = info.context
        row = await _reported(asking.viewer, document)
        if row is None:
            return None
        people = await _people(asking, sector, body, search)
        rows = documents.Document.filter(id=row.id)
        return DocumentReaders(row=row, readings=await readers.readings(asking.viewer, rows, people))

    @strawberry.field(
        description="The documents that a person was given and that can be had now, with how far they came: your own, "
        "or of others those of which you may know who read them. Null where there is nobody, or not for you.",
        extensions=needs(Action.READ_DOCUMENTS),
        metadata=IN_PYTHON,
    )
    async def reader_documents(self, info: Answer, person: OfPerson) -> ReaderDocuments | None:
        """Nobody else's."""
        viewer = info.context.viewer
        key = key_of(person, members.Person, field="person")
        own = key == viewer.person
        if not own and not viewer.may(Action.READ_READINGS):
            return None
        people = members.Person.filter(members.visible_people(viewer), id=key)
        if not await people.exists():
            return None
        told = documents.visible_documents(viewer) if own else readers.reported(viewer)
        rows = documents.Document.filter(told, open_now(viewer))
        return ReaderDocuments(key=key, readings=await readers.readings(viewer, rows, people))

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


async def _reported(viewer: Viewer, document: str) -> documents.Document | None:
    key = key_of(document, documents.Document, field="document")
    return await documents.Document.filter(readers.reported(viewer), id=key).first()


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
    row = await _reported(viewer, document)
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
