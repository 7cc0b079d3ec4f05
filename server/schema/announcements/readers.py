"""Who has read an announcement and who has not, as figures, lists and reminders; how timely departments are (AD-2)."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from types import SimpleNamespace
from typing import Annotated, Any
from uuid import UUID

import strawberry
from tortoise.queryset import QuerySet

from server.models import announcements, bodies, members
from server.models.announcements import Reach, Readers
from server.models.bodies import BodyKind
from server.models.bodies.queries import visible_bodies
from server.models.members.queries import in_sector, posts_on
from server.models.messages.wishes import wished, wishing
from server.models.reads import Read, read_all
from server.rules.announcements import Lag, ReadStanding, Timeliness, Told, timeliness
from server.rules.messages import EMAIL, Topic
from server.rules.permissions import Action
from server.schema.activities.queries import day_begins
from server.schema.announcements.types import Announcement
from server.schema.arguments import spread
from server.schema.bodies import Body
from server.schema.declared import DESCRIBED, IN_PYTHON, Among, Ref
from server.schema.guard import needs
from server.schema.ids import id_for, key_of
from server.schema.making import made, makes, picked
from server.schema.members import Person
from server.schema.messages.choices import channel_name
from server.schema.messages.mailings import MailingWay
from server.schema.paging import Connection, Slice, beyond, connected
from server.schema.problems import Problems
from server.schema.reading import Answer, Asking, Id, computed, in_language, shows
from server.schema.rows import bare, row_of, seen
from server.viewer import NOWHERE, Viewer
from server.words import say

DEPARTMENTS = 200
OfAnnouncement = Annotated[strawberry.ID, strawberry.argument(description="Of which announcement.")]
OfSector = Annotated[strawberry.ID | None, strawberry.argument(description="Only those of this sector.")]
Words = Annotated[str | None, strawberry.argument(description="Only those in whose name this is found.")]
Standing = Annotated[ReadStanding | None, strawberry.argument(description="Only those who stand so.")]
Since = Annotated[dt.date | None, strawberry.argument(description="Only what was published on this day or later.")]
UntilDay = Annotated[dt.date | None, strawberry.argument(description="Only what was published on this day or before.")]
BY_PINYIN = ("sort_pinyin", "id")


@strawberry.type(description="How many of those whom an announcement is for stand how.")
class AnnouncementFigures:
    """people = unread + earlier + read."""

    people: int = strawberry.field(description="How many there are in all.")
    unread: int = strawberry.field(description="Never opened it.")
    earlier: int = strawberry.field(description="Opened an earlier version, and not the one that stands now.")
    read: int = strawberry.field(description="Opened it as it stands now.")
    outside: int = strawberry.field(description="Cannot sign in.")


def _figures(groups: Iterable[tuple[ReadStanding, bool, int]]) -> AnnouncementFigures:
    counts: Counter[ReadStanding] = Counter()
    outside = 0
    for standing, inside, people in groups:
        counts[standing] += people
        outside += 0 if inside else people
    return AnnouncementFigures(
        people=counts.total(),
        unread=counts[ReadStanding.UNREAD],
        earlier=counts[ReadStanding.EARLIER],
        read=counts[ReadStanding.READ],
        outside=outside,
    )


@strawberry.type(description="How the people of one sector stand. Who stands for two counts in both.")
class SectorAnnouncementReaders:
    """One row of the picture."""

    sector: Body | None = picked("sectors", "The sector; null for those who stand for none.")
    name: str = strawberry.field(description="What it is called in your language, or the words for none.")
    figures: AnnouncementFigures = strawberry.field(description="How many stand how.")


@strawberry.type(description="How far one person came with an announcement that is for them.")
class AnnouncementReader:
    """A person."""

    person: Person | None = picked("people", "Who.")
    standing: ReadStanding = strawberry.field(description="How far they came with it as it stands now.")
    inside: bool = strawberry.field(description="Whether they can sign in.")
    first_read_at: dt.datetime | None = strawberry.field(description="When they opened it first; null for never.")
    read_at: dt.datetime | None = strawberry.field(
        description="When they opened the version that they opened last, for the first time; null for never."
    )


@strawberry.type(description="Whom a reminder would reach, and by which ways; nothing is sent by looking.")
class AnnouncementReminder:
    """The check before people are reminded."""

    count: int = strawberry.field(description="How many would be reminded.")
    today: int = strawberry.field(description="How many more were reminded today, and are left alone until tomorrow.")
    inside: int = strawberry.field(description="How many of them can sign in and read it here.")
    lost: int = strawberry.field(description="How many can neither sign in nor get it by any way.")
    ways: list[MailingWay] = strawberry.field(description="How many get it by each way out of the house.")


@strawberry.type(description="Whom an announcement is for, and who of them has not read it.")
class AnnouncementReaders:
    """One announcement. among: of whom it is asked."""

    key: strawberry.Private[UUID]
    among: strawberry.Private[QuerySet[members.Person]]

    @strawberry.field(description="The announcement.", graphql_type=Announcement | None, metadata=DESCRIBED)
    async def announcement(self, info: Answer) -> Any:
        """As far as you may know of it."""
        return await row_of(info.context, announcements.Announcement, self.key)

    @makes("How many stand how.", kind=AnnouncementFigures)
    async def figures(self, info: Answer) -> Any:
        """Of those who were asked for."""
        reads = {"groups": self._reach(info.context.viewer).groups}
        return await made(info.context, reads, lambda found: _figures(found["groups"]))

    @makes(
        "The same for each sector, by name; those without one last.", kind=list[SectorAnnouncementReaders], counted=50
    )
    async def by_sector(self, info: Answer) -> Any:
        """By what their seats stand for today."""
        viewer = info.context.viewer
        posts = posts_on(viewer.today).filter(sector_id__isnull=False)
        pairs = posts.values(person="membership__person_id", body="sector_id")
        rows = bodies.Body.filter(visible_bodies(viewer), kind=BodyKind.SECTOR)
        none = say("No sector stated").into(viewer.locale)

        def make(found: Mapping[str, Any]) -> list[SectorAnnouncementReaders]:
            within: dict[tuple[UUID | None, str], list[Any]] = {}
            for key, _, zh, en, *group in found["groups"]:
                called = in_language(SimpleNamespace(name_zh=zh, name_en=en), "name", viewer) if key else none
                within.setdefault((key, called), []).append(group)
            told = sorted(within.items(), key=lambda one: one[0][0] is None)  # which is first or last by the database
            return [_sector(rows, key, name, groups) for (key, name), groups in told]

        reads = {"groups": self._reach(viewer).groups_of(pairs, rows)}
        return await made(info.context, reads, make, sectors=rows)

    @makes("The people, by pinyin.", kind=Connection[AnnouncementReader])
    @spread
    async def people(self, info: Answer, *, standing: Standing = None, part: Slice) -> Any:
        """Those who stand so."""
        asking = info.context
        rows = members.Person.filter(members.visible_people(asking.viewer))
        past = beyond(asking, rows, BY_PINYIN, part)
        listing = Readers(self._reach(asking.viewer), rows, past, standing, part.size, part.backward)

        def make(found: Mapping[str, Any]) -> Connection[Any]:
            nodes = [((row[1], row[2]), _reader(rows, row[2:])) for row in found["entries"] if row[2]]
            return connected(nodes, part, found["entries"][0][0])

        return await made(asking, {"entries": listing.entries}, make, people=Among(rows, listing.keys))

    @computed("Whether you may remind those who have not.")
    def may_remind(self, info: Answer) -> bool:
        """The verb asks again."""
        return bool(info.context.viewer.may(Action.PUBLISH_ANNOUNCEMENTS, NOWHERE))

    @strawberry.field(description="Whom a reminder would reach, and by which ways.", metadata=IN_PYTHON)
    async def reminder(self, info: Answer) -> AnnouncementReminder:
        """As things are."""
        asking = info.context
        people, today = await announcements.to_be_reminded(asking.viewer, self.key)
        return await _reminder(asking, people, len(today))

    def _reach(self, viewer: Viewer) -> Reach:
        return Reach(viewer, announcements.Announcement.filter(id=self.key), self.among)


def _sector(rows: QuerySet[Any], key: UUID | None, name: str, groups: list[Any]) -> SectorAnnouncementReaders:
    sector = Ref(key, rows) if key else None
    return shows(SectorAnnouncementReaders, sector=sector, name=name, figures=_figures(groups))


def _reader(people: QuerySet[Any], row: Any) -> AnnouncementReader:
    person, inside, _, first_read_at, read_at, standing = row
    told = {"standing": standing, "inside": inside, "first_read_at": first_read_at, "read_at": read_at}
    return shows(AnnouncementReader, person=Ref(person, people), **told)


async def _reminder(asking: Asking, people: list[UUID], today: int) -> AnnouncementReminder:
    viewer, by_email = asking.viewer, EMAIL in asking.ways
    wishes = wished(await read_all(wishing(members.Person.filter(id__in=people))))
    ways = {
        person: [way for way, _ in wish.ways(Topic.ANNOUNCEMENTS, by_email=by_email)] for person, wish in wishes.items()
    }
    counted = Counter(way for some in ways.values() for way in some)
    return AnnouncementReminder(
        count=len(people),
        today=today,
        inside=sum(wish.account for wish in wishes.values()),
        lost=sum(not wish.account and not ways[person] for person, wish in wishes.items()),
        ways=[
            MailingWay(channel=way, name=channel_name(way, viewer.locale), count=count)
            for way, count in sorted(counted.items())
        ],
    )


@strawberry.type(description="Days between two things, of several announcements.")
class AnnouncementLag:
    """Calendar days."""

    typical: int = strawberry.field(description="Half of them took no longer.")
    longest: int = strawberry.field(description="The longest.")


@strawberry.type(description="How fast the announcements of one department came (AD-2).")
class DepartmentTimeliness:
    """One row of the picture."""

    department: Body | None = picked("departments", "The department; null where you may not see it.")
    name: str = strawberry.field(description="What it is called in your language.")
    count: int = strawberry.field(description="How many announcements say from it what happened and when.")
    unread: int = strawberry.field(description="How many of them nobody has read.")
    to_publication: AnnouncementLag = strawberry.field(description="Days from the occurrence to publication.")
    to_reading: AnnouncementLag | None = strawberry.field(
        description="Days from the occurrence to the first reading; null where nobody has read any of them."
    )


def _lag(lag: Lag) -> AnnouncementLag:
    return AnnouncementLag(typical=lag.typical, longest=lag.longest)


@strawberry.type
class AnnouncementReaderQuery:
    """Root fields of this room."""

    @strawberry.field(
        description="Whom an announcement is for, and who has not read it. Null where there is none or not for you.",
        graphql_type=AnnouncementReaders | None,
        extensions=needs(Action.READ_ANNOUNCEMENT_READERS),
        metadata=DESCRIBED,
    )
    async def announcement_readers(
        self, info: Answer, announcement: OfAnnouncement, sector: OfSector = None, search: Words = None
    ) -> Any:
        """Each field reads its own."""
        asking, key = info.context, key_of(announcement, announcements.Announcement, field="announcement")
        rows = announcements.Announcement.filter(announcements.visible_announcements(asking.viewer), id=key)
        if asking.writing:
            asking.checks.append(rows)
        elif not await rows.exists():
            return None
        found = members.visible_people(asking.viewer)
        if sector:
            found &= in_sector(await seen(asking, bodies.Body, sector, "sector"), asking.viewer.today)
        if search:
            found &= members.matching(search)
        return bare(asking, AnnouncementReaders(key=key, among=members.Person.filter(found)))

    @makes(
        "Days from the occurrence to publication and to the first reading, for each department that announced "
        "something, by name (AD-2). Counted is what says where and when it happened.",
        kind=list[DepartmentTimeliness],
        extensions=needs(Action.READ_ANNOUNCEMENT_READERS),
        counted=DEPARTMENTS,
    )
    async def announcement_timeliness(self, info: Answer, since: Since = None, until: UntilDay = None) -> Any:
        """Of what was published in these days and of which you may know."""
        viewer, zone = info.context.viewer, info.context.viewer.zone
        rows = announcements.Announcement.filter(
            announcements.visible_announcements(viewer),
            announcements.told(viewer),
            origin_id__isnull=False,
            occurred_on__isnull=False,
        )
        rows = rows.filter(publish_at__gte=day_begins(info, since)) if since else rows
        rows = rows.filter(publish_at__lt=day_begins(info, until, 1)) if until else rows
        departments = bodies.Body.filter(visible_bodies(viewer))

        def make(found: Mapping[str, Any]) -> list[DepartmentTimeliness]:
            names = {
                key: in_language(SimpleNamespace(name_zh=zh, name_en=en), "name", viewer)
                for key, zh, en in found["names"]
            }
            told = [
                Told(origin, happened, at.astimezone(zone).date(), read.astimezone(zone).date() if read else None)
                for origin, happened, at, read in found["told"]
            ]
            return [_department(departments, one, names[one.department]) for one in _by_name(timeliness(told), names)]

        reads: dict[str, Read] = {"told": announcements.timely(rows), "names": announcements.origins(rows)}
        return await made(info.context, reads, make, departments=departments)


def _by_name(found: list[Timeliness], names: Mapping[UUID, str]) -> list[Timeliness]:
    return sorted(found, key=lambda one: list(names).index(one.department))


def _department(rows: QuerySet[Any], one: Timeliness, name: str) -> DepartmentTimeliness:
    return shows(
        DepartmentTimeliness,
        department=Ref(one.department, rows),
        name=name,
        count=one.count,
        unread=one.unread,
        to_publication=_lag(one.to_publication),
        to_reading=_lag(one.to_reading) if one.to_reading else None,
    )


@strawberry.type(description="People were reminded.")
class AnnouncementReminded:
    """Success."""

    id: strawberry.ID = strawberry.field(description="The ID of the announcement.")
    count: int = strawberry.field(description="How many.")


AnnouncementRemindResult = Annotated[
    AnnouncementReminded | Problems, strawberry.union("AnnouncementRemindResult", description="How many, or why not.")
]


@strawberry.type
class AnnouncementReaderMutation:
    """Root fields that change this room."""

    @strawberry.mutation(
        description="Reminds those whom an announcement is for and who have not read it as it stands, by the ways "
        "that they chose. Nobody is reminded of the same one twice on one day.",
        extensions=needs(Action.PUBLISH_ANNOUNCEMENTS),
    )
    async def announcement_remind(self, info: Answer, id: Id) -> AnnouncementRemindResult:
        """The message holds a link, and of the rest what its level allows."""
        key = key_of(id, announcements.Announcement)
        count = await announcements.announcement_remind(info.context.viewer, announcement=key)
        return AnnouncementReminded(id=id_for(announcements.Announcement, key), count=count)
