"""The rows of the demo before they are written, their keys and their days.

Everything is the same in each database: keys are uuid5 of what a row is, choices follow from such keys. Days are fixed
but for the few that must be new: five members joined, and one was nominated, in the month before the installation.
"""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID, uuid5

from server.models.accounts import Account, RoleAssignment
from server.models.activities import (
    Activity,
    ActivityDocument,
    ActivityOrganiser,
    ActivitySession,
    Attendance,
    InvitedGroup,
    LeaveRequest,
    MajorityCheck,
    Participation,
)
from server.models.announcements import (
    Announcement,
    AnnouncementBody,
    AnnouncementComment,
    AnnouncementDocument,
    AnnouncementReading,
    AnnouncementVersion,
)
from server.models.assembly import Assembly
from server.models.bodies import Body, BodyMembership, BodyRelation
from server.models.documents import (
    AccessGrant,
    AccessRequest,
    Document,
    DocumentVersion,
    Folder,
    FolderPath,
    GrantTemplate,
    ReadingAgreement,
)
from server.models.members import Membership, MembershipPost, MembershipStatus, Person, PostKind, Term, TermYear
from server.models.messages import Delivery, Mailing, MailingReader, Message
from server.models.reading.tables import ReadingProgress, ReadReceipt
from server.models.requests import Request
from server.models.rooms.tables import PaperCopy, ReadingRoom, ReadingSlot

T = TypeVar("T")

NAMESPACE = UUID("6c757a68-6900-5d65-8d6f-000000000001")

LAST_TERM = dt.date(2020, 1, 13)
TERM = dt.date(2025, 1, 13)
NEXT_TERM = dt.date(2030, 1, 14)
GROUPS_FOUNDED = dt.date(2025, 3, 3)
MOVES = (dt.date(2025, 9, 1), dt.date(2026, 3, 2))
SECOND_YEAR = dt.date(2026, 1, 12)
GROUP_ENDED = dt.date(2026, 4, 1)
NEW_DAYS = (2, 9, 16, 23, 12)
"""How many days before the installation the newest members joined; the last of them has a learning group already."""


@dataclass(frozen=True)
class Member:
    """A member as the other files see one. n: running number. sector: place in SECTORS. k: number within it.

    since: first day of activity; until: the day on which the seat stopped to count, None where it does.
    party: of the party. post: the office held today.
    """

    n: int
    sector: int
    k: int
    person: Person
    seat: Membership
    since: dt.date
    post: PostKind
    party: bool
    until: dt.date | None = None


@dataclass
class Rows:
    """All rows by table, each list in the order in which it is written. now: the moment of the installation."""

    now: dt.datetime
    today: dt.date
    houses: list[Assembly] = field(default_factory=list)
    """What the assembly is called: the one row."""
    terms: list[Term] = field(default_factory=list)
    years: list[TermYear] = field(default_factory=list)
    bodies: list[Body] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    accounts: list[Account] = field(default_factory=list)
    roles: list[RoleAssignment] = field(default_factory=list)
    relations: list[BodyRelation] = field(default_factory=list)
    seats: list[Membership] = field(default_factory=list)
    statuses: list[MembershipStatus] = field(default_factory=list)
    posts: list[MembershipPost] = field(default_factory=list)
    places: list[BodyMembership] = field(default_factory=list)
    mailings: list[Mailing] = field(default_factory=list)
    readers: list[MailingReader] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    folders: list[Folder] = field(default_factory=list)
    paths: list[FolderPath] = field(default_factory=list)
    agreements: list[ReadingAgreement] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    versions: list[DocumentVersion] = field(default_factory=list)
    grants: list[AccessGrant] = field(default_factory=list)
    templates: list[GrantTemplate] = field(default_factory=list)
    progress: list[ReadingProgress] = field(default_factory=list)
    receipts: list[ReadReceipt] = field(default_factory=list)
    wishes: list[AccessRequest] = field(default_factory=list)
    rooms: list[ReadingRoom] = field(default_factory=list)
    slots: list[ReadingSlot] = field(default_factory=list)
    copies: list[PaperCopy] = field(default_factory=list)
    activities: list[Activity] = field(default_factory=list)
    organisers: list[ActivityOrganiser] = field(default_factory=list)
    sessions: list[ActivitySession] = field(default_factory=list)
    invited: list[InvitedGroup] = field(default_factory=list)
    participations: list[Participation] = field(default_factory=list)
    leaves: list[LeaveRequest] = field(default_factory=list)
    attendances: list[Attendance] = field(default_factory=list)
    majorities: list[MajorityCheck] = field(default_factory=list)
    papers: list[ActivityDocument] = field(default_factory=list)
    announcements: list[Announcement] = field(default_factory=list)
    announced_to: list[AnnouncementBody] = field(default_factory=list)
    announcement_versions: list[AnnouncementVersion] = field(default_factory=list)
    announcement_readings: list[AnnouncementReading] = field(default_factory=list)
    comments: list[AnnouncementComment] = field(default_factory=list)
    listed: list[AnnouncementDocument] = field(default_factory=list)
    said: Counter[tuple[object, ...]] = field(default_factory=Counter)

    def nth(self, *words: object) -> UUID:
        """The key of the next row of which these words are said: the first, the second ..."""
        self.said[words] += 1
        return key(*words, self.said[words])

    def tables(self) -> tuple[list[Any], ...]:
        """The lists, so that what a row points to comes before it."""
        return tuple(rows for rows in vars(self).values() if isinstance(rows, list))


def key(*words: object) -> UUID:
    """The key of what these words say, the same in every database."""
    return uuid5(NAMESPACE, "/".join(map(str, words)))


def pick(choices: Sequence[T], *words: object) -> T:
    """One of the choices, always the same for these words."""
    return choices[key("pick", *words).int % len(choices)]


SECRETARY = key("account", "secretary")


def recorded(day: dt.date | None, now: dt.datetime) -> dict[str, Any]:
    """By whom and when a fact was written down: by the secretary at two in the afternoon of its first day."""
    at = dt.datetime.combine(day, dt.time(6), dt.UTC) if day else now
    return {"recorded_at": min(at, now), "recorded_by_id": SECRETARY}


def voided(day: dt.date, reason: str, now: dt.datetime) -> dict[str, Any]:
    """That a fact turned out to be wrong on that day."""
    at = dt.datetime.combine(day, dt.time(7, 30), dt.UTC)
    return {"voided_at": min(at, now), "voided_by_id": SECRETARY, "voided_reason": reason}
