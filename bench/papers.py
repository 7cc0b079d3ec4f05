"""The documents of the data set: who may read what by every way there is, and how far readers came."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from server.models.bodies.tables import BodyKind, BodyRole
from server.models.documents.tables import (
    AccessGrant,
    AgreementAcceptance,
    Document,
    DocumentVersion,
    Folder,
    FolderPath,
    GrantUse,
    ReadingAgreement,
)
from server.models.reading.tables import ReadingProgress, ReadingSession
from server.models.rooms.tables import Booking, ReadingRoom, ReadingSlot
from server.rules.documents import Act, CatalogueAudience, DocumentState, Effect, GrantState, Level, Media, ReadMode
from server.rules.rooms import BookingState

if TYPE_CHECKING:
    from bench.dataset import Assembly, Row

DOCUMENTS, FOLDERS, GRANTS, READINGS = 1_000, 40, 20_000, 10_000
"""At scale 1; all but the folders grow with it. What the member who asks may read does not."""
PAGES, OPENED = 12, 8
"""Pages of each file; openings in which each server looks at pages."""
SERVERS = ("luzhi", "raw", "postgraphile")
"""Each has openings of its own, so that what it left behind can be told from what others did."""
NOW = dt.datetime(2026, 11, 1, 4, 0, tzinfo=dt.UTC)
BEGUN, LATER = dt.datetime(2026, 1, 1, tzinfo=dt.UTC), dt.datetime(2046, 1, 1, tzinfo=dt.UTC)


@dataclass
class Papers:
    """Makes the rows, each after what it points to. viewer: the member who asks, with that account.

    places: the group at whose head that member is, the committee and the sector.
    meeting: an activity to which that member comes.
    """

    assembly: "Assembly"
    term: UUID
    viewer: UUID
    account: UUID
    places: tuple[UUID, UUID, UUID]
    meeting: UUID
    folders: list[UUID] = field(default_factory=list)
    documents: list[UUID] = field(default_factory=list)
    versions: list[UUID] = field(default_factory=list)
    given: dict[UUID, UUID] = field(default_factory=dict)

    def rows(self) -> Iterator["Row"]:
        """All of them."""
        yield from self._folders()
        agreements = [self._key(), self._key()]
        for number, agreement in enumerate(agreements, 1):
            yield ReadingAgreement, {"id": agreement, "n": number, "text_zh": f"阅文须知{number}"}
        yield AgreementAcceptance, {"id": self._key(), "agreement_id": agreements[0], "person_id": self.viewer}
        for number in range(DOCUMENTS * self.assembly.scale):
            yield from self._document(number, agreements)
        yield from self._others()
        yield from self._reaching()
        yield from self._in_room()
        yield from self._readings()

    def _key(self) -> UUID:
        return self.assembly.key()

    def _folders(self) -> Iterator["Row"]:
        """A tree of three floors: of each folder its way to the top."""
        above: dict[int, list[UUID]] = {}
        for number in range(FOLDERS):
            key, parent = self._key(), (number - 1) // 6 if number else None
            self.folders.append(key)
            above[number] = [key, *([] if parent is None else above[parent])]
            facts = {"parent_id": None if parent is None else self.folders[parent], "name_en": f"Folder {number}"}
            yield Folder, {"id": key, "sort": f"folder {number:04}", **facts}
            for one in above[number]:
                yield FolderPath, {"id": self._key(), "folder_id": key, "above_id": one}

    def _document(self, number: int, agreements: list[UUID]) -> Iterator["Row"]:
        """Two were put in at the same moment; one in ten is a draft; some need an agreement, a room, or a second."""
        key, version = self._key(), self._key()
        self.documents.append(key)
        self.versions.append(version)
        nth, among = divmod(number, self.assembly.scale)
        public = nth % 25 == 3 and not among
        facts: dict[str, Any] = {
            "level": Level.PUBLIC if public else Level.WORK_SENSITIVE if nth % 10 == 1 else Level.INTERNAL,
            "read_mode": ReadMode.ROOM_ONLY if nth % 20 == 2 else ReadMode.ONLINE,
            "state": DocumentState.DRAFT if nth % 10 == 9 else DocumentState.AVAILABLE,
            "agreement_id": agreements[nth // 60 % 2] if nth % 15 == 4 else None,
            "available_from": LATER if nth % 50 == 5 else None,
            "expires_at": BEGUN if nth % 50 == 6 else LATER if nth % 3 == 0 else None,
        }
        said = {
            "no": f"({number})",
            "title_zh": f"文件{number}",
            "title_en": f"Document {number}",
            "search": f"{number}",
        }
        when = {"created_at": NOW - dt.timedelta(minutes=number // 2)}
        place = self.folders[nth % 6 if among else nth % FOLDERS]
        facts |= {"folder_id": place, "catalogue_audience": CatalogueAudience.NOBODY, "watermark": False}
        yield Document, {"id": key, **facts, **said, **when}
        file = {"name": "paper.pdf", "media": Media.PDF, "sha256": "0" * 64, "pages_sha256": "0" * 64}
        yield DocumentVersion, {"id": version, "document_id": key, "n": 1, "size": 1, "pages": PAGES, **file}

    def _others(self) -> Iterator["Row"]:
        """What all others were given: by name, and by groups in which the member who asks has no place."""
        scale, mine = self.assembly.scale, self.places[0]
        groups = [group for group in self.assembly.bodies[BodyKind.LEARNING_GROUP] if group != mine]
        others = [person for person in self.assembly.people if person != self.viewer]
        for number in range(GRANTS * scale):
            yield self._grant(number * 104_729, person_id=others[number * 7919 % len(others)])
        for number in range(GRANTS * scale // 20):
            yield self._grant(number * 7919, body_id=groups[number * 31 % len(groups)])

    def _reaching(self) -> Iterator["Row"]:
        """What reaches the member who asks: by each way, and closed or over in each."""
        (group, committee, sector), mine = self.places, {"person_id": self.viewer}
        for model, facts in self._some(4, 0, act=Act.READ, **mine):
            self.given[facts["document_id"]] = facts["id"]
            yield model, facts
        yield from self._some(40, 1, body_id=committee)
        yield from self._some(80, 1, second_id=self.account, **mine)
        yield from self._some(40, 2, body_id=group, body_role=BodyRole.HEAD)
        yield from self._some(40, 3, body_id=group, body_role=BodyRole.CO_HEAD)  # which somebody else is
        yield from self._some(40, 5, body_id=sector)
        yield from self._some(40, 7, term_id=self.term)
        yield from self._some(40, 17, activity_id=self.meeting)
        yield from self._some(40, 10, act=Act.SEE, **mine)
        yield from self._some(40, 11, state=GrantState.REVOKED, **mine)
        yield from self._some(40, 15, valid_until=BEGUN + dt.timedelta(days=1), **mine)
        yield from self._some(120, 8, effect=Effect.DENY, act=Act.SEE, **mine)
        yield from self._some(60, 12, effect=Effect.DENY, act=Act.READ, body_id=committee)
        yield from self._some(120, 12, act=Act.READ, overrides=True, **mine)
        yield self._grant(0, act=Act.READ, document_id=None, folder_id=self.folders[6], **mine)  # and three in it
        for nth, left in ((13, 0), (14, 2)):
            model, facts = self._grant(nth * self.assembly.scale, max_opens=3, **mine)
            yield model, facts
            yield GrantUse, {"id": self._key(), "grant_id": facts["id"], "left": left, **mine}

    def _some(self, every: int, first: int, **facts: Any) -> Iterator["Row"]:
        """On one in so many documents."""
        for nth in range(first, DOCUMENTS, every):
            yield self._grant(nth * self.assembly.scale, **facts)

    def _grant(self, number: int, **facts: Any) -> "Row":
        usual = {
            "document_id": self.documents[number % len(self.documents)],
            "effect": Effect.ALLOW,
            "act": Act.DOWNLOAD if number % 4 == 0 else Act.READ,
            "valid_from": BEGUN,
            "valid_until": LATER,
            "state": GrantState.ACTIVE,
            "reason": "For the consultation",
        }
        return AccessGrant, {"id": self._key(), **usual, **facts}

    def _in_room(self) -> Iterator["Row"]:
        """Checked in for every fourth document that is read in the room only, in a time that does not end."""
        room, slot = self._key(), self._key()
        yield ReadingRoom, {"id": room, "name_en": "Reading room"}
        yield ReadingSlot, {"id": slot, "room_id": room, "starts_at": BEGUN, "ends_at": LATER, "capacity": 9}
        of = {"slot_id": slot, "person_id": self.viewer, "state": BookingState.CHECKED_IN}
        for nth in range(2, DOCUMENTS, 80):
            yield Booking, {"id": self._key(), "document_id": self.documents[nth * self.assembly.scale], **of}

    def _readings(self) -> Iterator["Row"]:
        """How far others came, and the member who asks with every third document; and what that one has open."""
        people, scale = self.assembly.people, self.assembly.scale
        for number in range(READINGS * scale):
            if (person := people[number % len(people)]) != self.viewer:
                yield self._progress(person, (number // len(people) * 7 + number) % len(self.documents))
        for nth in range(0, DOCUMENTS, 3):
            yield self._progress(self.viewer, nth * scale)
        for place, server in enumerate(SERVERS):  # of each server as many that were read before
            for nth in range(OPENED):
                yield self._open((place * 9 + nth) * 20 * scale, server, nth)

    def _progress(self, person: UUID, number: int) -> "Row":
        seen, at = number % PAGES + 1, NOW - dt.timedelta(seconds=number)
        far = {"pages": f"1-{seen}" if seen > 1 else "1", "pages_seen": seen, "last_page": seen, "opens": 1}
        when = {"first_opened_at": at, "last_opened_at": at, "finished_at": at if seen == PAGES else None}
        of = {"document_id": self.documents[number], "version_id": self.versions[number], "person_id": person}
        return ReadingProgress, {"id": self._key(), **of, **far, **when}

    def _open(self, number: int, server: str, nth: int) -> "Row":
        of = {"document_id": self.documents[number], "version_id": self.versions[number], "person_id": self.viewer}
        facts = {
            "account_id": self.account,
            "grant_id": self.given[of["document_id"]],
            "number": f"{server[:9].upper():X<10}{nth:02}",
            "device": server,
        }
        return ReadingSession, {"id": self._key(), **of, **facts}
