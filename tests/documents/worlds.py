"""Made-up worlds of reading: folders, documents and grants of every kind, as chance has it."""

import datetime as dt
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import UUID, uuid4

from server.models.activities import Activity, Participation
from server.models.bodies.tables import BodyKind, BodyRole
from server.models.database import transaction
from server.models.documents.tables import (
    AccessGrant,
    AgreementAcceptance,
    Document,
    DocumentAudience,
    Folder,
    FolderPath,
    GrantUse,
    ReadingAgreement,
)
from server.models.rooms.tables import Booking, ReadingRoom, ReadingSlot
from server.rules.activities import ActivityAudience, ActivityKind, ActivityState, ParticipantRole
from server.rules.attendance import Rsvp
from server.rules.documents import Act, CatalogueAudience, DocumentState, Effect, GrantState, Level, ReadMode
from server.rules.rooms import BookingState
from tests import make
from tests.cast import Cast
from tests.make import NOW

MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
BEFORE = (None, NOW - DAY, NOW - MINUTE, NOW)
AFTER = (NOW + MINUTE, NOW + DAY)
AT_ONCE = 2000


@dataclass
class World:
    """Chance, and what it draws from."""

    chance: Random
    cast: Cast
    folders: list[UUID]
    bodies: list[UUID]
    agreements: list[UUID]
    terms: list[UUID]
    activities: list[UUID]

    def often(self, usual: Any, *others: Any) -> Any:
        """Mostly the first."""
        return usual if self.chance.random() < 0.7 else self.chance.choice(others)

    def one(self, kind: Any) -> Any:
        """Any member of an enum."""
        return self.chance.choice(list(kind))

    def document(self) -> Document:
        """A document, mostly available."""
        return Document(
            id=uuid4(),
            folder_id=self.chance.choice(self.folders),
            search="",
            level=self.often(Level.INTERNAL, *Level),
            read_mode=self.one(ReadMode),
            state=self.often(DocumentState.AVAILABLE, *DocumentState),
            catalogue_audience=self.one(CatalogueAudience),
            agreement_id=self.often(None, *self.agreements),
            available_from=self.often(self.chance.choice(BEFORE), *AFTER),
            expires_at=self.often(self.chance.choice((None, *AFTER)), *BEFORE),
            created_at=NOW,
            updated_at=NOW,
        )

    def grant(self, document: UUID) -> AccessGrant:
        """A grant on it, or on any folder, to someone."""
        people = [person.id for person in self.cast.people.values()]
        whose = self.often(
            {"person_id": self.chance.choice(people)},
            {"body_id": self.chance.choice(self.bodies), "body_role": self.chance.choice([None, *BodyRole])},
            {"body_id": self.chance.choice(self.bodies)},
            {"term_id": self.chance.choice(self.terms)},
            {"activity_id": self.chance.choice(self.activities)},
        )
        on = (
            {"document_id": document}
            if self.chance.random() < 0.995
            else {"folder_id": self.chance.choice(self.folders)}
        )
        return AccessGrant(
            id=uuid4(),
            **whose,
            **on,
            effect=self.often(Effect.ALLOW, Effect.DENY),
            act=self.chance.choice([act for act in Act if act is not Act.MANAGE]),
            overrides=self.chance.random() < 0.3,
            valid_from=self.often(NOW - DAY, NOW, *AFTER),
            valid_until=self.often(NOW + DAY, NOW, NOW - MINUTE, NOW + MINUTE),
            max_opens=self.often(None, 1, 3),
            reason="a test",
            second_id=self.often(self.cast.accounts["chair"].id, None),
            state=self.often(GrantState.ACTIVE, *GrantState),
            granted_at=NOW,
        )


async def furnished(cast: Cast, seed: int, documents: int) -> list[UUID]:
    """So many documents in folders within folders, some of a body's, with grants to this cast. Returns their keys."""
    chance = Random(seed)
    other = await make.term("13")
    ended = await make.body(BodyKind.SPECIAL_COMMITTEE, "Ended", ends_on=make.TODAY)
    closed = await make.body(BodyKind.SPECIAL_COMMITTEE, "Closed to all")
    for person in cast.people.values():
        await make.place(ended, person)
        await make.place(closed, person, BodyRole.DEPUTY, ends_on=make.TODAY)
    bodies = [cast.group.id, cast.sector.id, cast.bureau.id, ended.id, closed.id]
    async with transaction():
        terms, held = [cast.term.id, other.id], await _activities(chance, cast)
        world = World(chance, cast, await _folders(chance, bodies), bodies, await _agreements(cast), terms, held)
        rows = [world.document() for _ in range(documents)]
        await Document.bulk_create(rows, batch_size=AT_ONCE)
        grants = [world.grant(row.id) for row in rows for _ in range(chance.choice((0, 1, 1, 2, 4)))]
        await AccessGrant.bulk_create(grants, batch_size=AT_ONCE)
        told = [(row.id, body) for row in rows for body in chance.sample(bodies, chance.choice((0, 1, 2)))]
        audience = [DocumentAudience(id=uuid4(), document_id=row, body_id=body) for row, body in told]
        await DocumentAudience.bulk_create(audience, batch_size=AT_ONCE)
        uses = [
            GrantUse(id=uuid4(), grant_id=grant.id, person_id=person.id, left=chance.choice((-1, 0, 1)))
            for grant in grants
            if grant.max_opens
            for person in cast.people.values()
            if chance.random() < 0.6
        ]
        await GrantUse.bulk_create(uses, batch_size=AT_ONCE)
        await Booking.bulk_create(await _bookings(chance, cast, rows), batch_size=AT_ONCE)
    return [row.id for row in rows]


async def _activities(chance: Random, cast: Cast) -> list[UUID]:
    """In every state, each of the cast invited or not, told or not, with every answer."""
    rows = [
        Activity(
            id=uuid4(),
            kind=ActivityKind.VISIT,
            state=state,
            audience=ActivityAudience.INVITED,
            **dict.fromkeys(("starts_at", "ends_at", "created_at", "updated_at"), NOW),
            **dict.fromkeys(("materials_by", "leave_by"), make.TODAY),
        )
        for state in ActivityState
    ]
    await Activity.bulk_create(rows)
    parts = [
        Participation(
            id=uuid4(),
            activity_id=row.id,
            person_id=person.id,
            role=ParticipantRole.MEMBER,
            added_at=NOW,
            invited_at=chance.choice((None, NOW, NOW)),
            rsvp=chance.choice(list(Rsvp)),
        )
        for row in rows
        for person in cast.people.values()
        if chance.random() < 0.6
    ]
    await Participation.bulk_create(parts)
    return [row.id for row in rows]


async def _folders(chance: Random, bodies: list[UUID]) -> list[UUID]:
    rows: list[Folder] = []
    above: dict[UUID, list[UUID]] = {}
    for n in range(30):
        parent = chance.choice([None, *rows])
        body = parent.body_id if parent else chance.choice([None, *bodies])
        facts = {"sort": f"{n:02}", "parent_id": parent and parent.id, "body_id": body}
        rows.append(await Folder.create(name_en=f"Folder {n}", created_at=NOW, updated_at=NOW, **facts))
        above[rows[-1].id] = [rows[-1].id, *(above[parent.id] if parent else ())]
    paths = [FolderPath(id=uuid4(), folder_id=one, above_id=over) for one, many in above.items() for over in many]
    await FolderPath.bulk_create(paths)
    return list(above)


async def _agreements(cast: Cast) -> list[UUID]:
    """Of two, some have accepted one."""
    rows = [await ReadingAgreement.create(n=n, text_zh="好", published_at=NOW) for n in (1, 2)]
    for name in ("member", "leader"):
        await AgreementAcceptance.create(agreement_id=rows[0].id, person_id=cast.people[name].id, accepted_at=NOW)
    return [row.id for row in rows]


async def _bookings(chance: Random, cast: Cast, rows: list[Document]) -> list[Booking]:
    """Times before, now and after; some who booked are there."""
    room = await ReadingRoom.create(name_en="Quiet room", created_at=NOW)
    spans = ((-DAY, -MINUTE), (-MINUTE, MINUTE), (-MINUTE, 0 * DAY), (0 * DAY, DAY), (MINUTE, DAY))
    slots = [
        await ReadingSlot.create(
            room_id=room.id, starts_at=NOW + start, ends_at=NOW + end, capacity=9, cancelled_at=cancelled
        )
        for start, end in spans
        for cancelled in (None, NOW)
    ]
    return [
        Booking(
            id=uuid4(),
            slot_id=chance.choice(slots).id,
            person_id=person.id,
            document_id=row.id,
            state=chance.choice([BookingState.CHECKED_IN, *BookingState]),
            booked_at=NOW,
        )
        for row in rows
        for person in chance.sample(list(cast.people.values()), 2 if row.read_mode is ReadMode.ROOM_ONLY else 0)
    ]
