"""Rows in numbers: the same register three, thirty or three hundred people large, each tied to everything else."""

import datetime as dt
from typing import Any
from uuid import UUID

from server.models.accounts.tables import Account, ApiClient
from server.models.activities.tables import (
    Activity,
    ActivityDocument,
    ActivityOrganiser,
    ActivitySession,
    Attendance,
    AttendanceCorrection,
    LeaveRequest,
    LeaveSession,
    MajorityCheck,
    Participation,
)
from server.models.audit import record
from server.models.bodies.tables import Body, BodyKind, BodyRelation, RelationKind
from server.models.database import transaction
from server.models.documents.tables import (
    AccessGrant,
    AccessRequest,
    Document,
    DocumentVersion,
    Explanation,
    Folder,
    MaterialRequest,
)
from server.models.hearings.tables import (
    Hearing,
    HearingApplication,
    HearingNotice,
    HearingOfficer,
    HearingPlaces,
)
from server.models.members.tables import Person
from server.models.messages import Delivery, Mailing, MailingReader, Message
from server.models.rooms.tables import Booking, Loan, PaperCopy, ReadingRoom, ReadingSlot
from server.rules.access import AccessState, MaterialState
from server.rules.activities import ActivityAudience, ActivityKind, ActivityState, MajorityStage, ParticipantRole
from server.rules.attendance import LeaveScope, LeaveState, Method, Presence, Rsvp
from server.rules.documents import Act, CatalogueAudience, DocumentState, Effect, GrantState, Level, ReadMode
from server.rules.explanations import ExplanationState
from server.rules.hearings import ApplicationState, Capacity, HearingDuty, HearingState, Position, ProfileKey
from server.rules.messages import Topic
from server.rules.permissions import Role
from server.rules.rooms import BookingState, CopyState
from server.schema.ids import id_of
from tests import make
from tests.cast import Cast
from tests.furnished import file_of

HOUR = dt.timedelta(hours=1)
PAPER = {
    "level": Level.INTERNAL,
    "read_mode": ReadMode.ROOM_ONLY,
    "state": DocumentState.AVAILABLE,
    "catalogue_audience": CatalogueAudience.EVERY_MEMBER,
}


async def grow(cast: Cast, start: int, stop: int) -> None:
    """People start to stop, each with a seat, a sector, a place, a body, an account, a role, a token, acts."""
    async with transaction():
        for number in range(start, stop):
            await _add(cast, number)


async def _add(cast: Cast, number: int) -> None:
    sector = await make.body(BodyKind.SECTOR, f"Sector {number:03}")
    person = await make.person(name_en=f"Crowd {number:03}")
    seat = await make.seat(person, cast.term, sector=sector, no=str(number))
    await make.place(cast.group, person, membership=seat, on_behalf_of=cast.sector, primary=False)
    await make.place(await _part(cast.sector, number), person, membership=seat)
    account = await make.account(f"crowd{number:03}", person=person)
    await make.role(account, Role.SECRETARY, cast.bureau, recorded_at=make.NOW, recorded_by=cast.accounts["admin"])
    token = await _token(account)
    asks = make.viewer(account=account.id, client=token.id)
    await _told(cast, person)
    for row in (person, sector, account, token, cast.term):
        await record(asks, "members.change_person", id_of(row), {})


async def _told(cast: Cast, person: Person) -> None:
    said = {"title_zh": "通知", "title_en": "Notice"}
    mailing = await Mailing.create(**said, to_en="all", written_at=make.NOW, written_by=cast.accounts["admin"])
    await MailingReader.create(mailing=mailing, person=person)
    told = {"topic": Topic.OFFICE, "created_at": make.NOW, "mailing": mailing}
    message = await Message.create(**said, **told, account=cast.accounts["admin"])
    way = {"channel": "email", "due_at": make.NOW, "created_at": make.NOW, "envelope": message.id}
    await Delivery.create(message=message, mailing=mailing, person=person, **way)


async def _part(of: Body, number: int) -> Body:
    part = await make.body(BodyKind.LEARNING_GROUP, f"Group {number:03}", parent=of)
    await BodyRelation.create(kind=RelationKind.COUNTERPART, source=part, target=of)
    return part


async def _token(owner: Account) -> ApiClient:
    span = {"created_at": make.NOW, "expires_at": make.NOW.replace(year=2040)}
    return await ApiClient.create(owner=owner, name="mirror", scopes=["all:read"], token_hash=owner.name, **span)


async def shelve(cast: Cast, start: int, stop: int) -> None:
    """Documents start to stop, delivered, and given to a person and to Mei, whose wishes, bookings and loans."""
    mei, stamps = cast.people["member"], {"created_at": make.NOW, "updated_at": make.NOW}
    async with transaction():
        folder = await Folder.create(name_en=f"Folder {start}", sort=f"folder {start}", **stamps)
        room = await ReadingRoom.create(name_en=f"Room {start}", created_at=make.NOW)
        for number in range(start, stop):
            row = await Document.create(folder=folder, title_en=f"Paper {number}", search="paper", **PAPER, **stamps)
            await DocumentVersion.create(**file_of(row, cast.accounts["custodian"]))
            starts_at = make.NOW + dt.timedelta(hours=number + 1)
            slot = await ReadingSlot.create(room=room, starts_at=starts_at, ends_at=starts_at + HOUR, capacity=2)
            await _wanted(cast, row)
            for n, person in enumerate((mei, await make.person(name_en=f"Reader {number:03}")), 1):
                await _wished(cast, row, slot, n, person)


async def _wanted(cast: Cast, row: Document) -> None:
    """Asked of a department, which delivered it."""
    said = {"topic": "a hearing", "what": "numbers", "level": row.level, "state": MaterialState.DELIVERED}
    when = {"due_on": make.TODAY, "asked_at": make.NOW, "asked_by": cast.accounts["custodian"]}
    asked = await MaterialRequest.create(department=cast.bureau, folder_id=row.folder_id, **said, **when)
    await Document.filter(id=row.id).update(material_id=asked.id)


async def _wished(cast: Cast, row: Document, slot: ReadingSlot, n: int, person: Person) -> None:
    """Given to read, asked for as a file, asked about, booked, and lent on paper."""
    keeper = cast.accounts["custodian"]
    holds = {"effect": Effect.ALLOW, "act": Act.READ, "state": GrantState.ACTIVE, "reason": "a hearing"}
    span = {"valid_from": make.NOW, "valid_until": make.NOW.replace(year=2040), "granted_at": make.NOW}
    await AccessGrant.create(document=row, person=person, granted_by=keeper, **holds, **span)
    asked = {"act": Act.DOWNLOAD, "purpose": "a hearing", "state": AccessState.SUBMITTED, "asked_at": make.NOW}
    await AccessRequest.create(document=row, person=person, wanted_until=make.TODAY, due_on=make.TODAY, **asked)
    question = {"question": "Why?", "state": ExplanationState.ASKED, "asked_at": make.NOW, "due_on": make.TODAY}
    await Explanation.create(document=row, person=person, department=cast.bureau, **question)
    await Booking.create(slot=slot, person=person, document=row, state=BookingState.BOOKED, booked_at=make.NOW)
    copy = await PaperCopy.create(document=row, copy_no=n, state=CopyState.OUT)
    await Loan.create(copy=copy, person=person, out_at=make.NOW, out_by=keeper, due_on=make.TODAY)


HELD = {
    "kind": ActivityKind.CONSULTATION,
    "state": ActivityState.OPEN,
    "audience": ActivityAudience.MEMBERS,
    "starts_at": make.NOW + HOUR,
    "ends_at": make.NOW + 2 * HOUR,
    "materials_by": make.TODAY,
    "leave_by": make.TODAY,
    "created_at": make.NOW,
    "updated_at": make.NOW,
}


async def convene(cast: Cast, start: int, stop: int, large: UUID) -> None:
    """Activities start to stop, each with something of everything; and so many more who take part in a large one."""
    paper = await _paper()
    async with transaction():
        part = await ActivitySession.filter(activity_id=large).order_by("n").first() or await _session(large)
        for number in range(start, stop):
            row = await Activity.create(title_en=f"Hearing {number}", **HELD)
            for n, body in enumerate((cast.group, cast.bureau)):
                await ActivityOrganiser.create(activity=row, body=body, n=n)
            await ActivityDocument.create(activity=row, document=paper, linked_at=make.NOW)
            counted: dict[str, Any] = {"members": 1, "everyone": 2, "met": False, "checked_at": make.NOW}
            await MajorityCheck.create(activity=row, stage=MajorityStage.APPROVAL, **counted)
            await _takes_part(row.id, await _session(row.id), await make.person(name_en=f"Guest {number:03}"))
            await _takes_part(large, part, await make.person(name_en=f"Listener {number:03}"))
            hearing = await heard(row)
            for which in [hearing, *await Hearing.filter(activity_id=large)]:
                await _applies(cast, which, number, await make.person(name_en=f"Speaker {number:03}"))


async def heard(activity: Activity) -> Hearing:
    """Its hearing, with a notice."""
    facts = {"state": HearingState.APPLICATIONS_OPEN, "profile": ProfileKey.MEMBERS_HEAR, "matter": "schools"}
    when = {"applications_until": make.TODAY, "created_at": make.NOW, "updated_at": make.NOW}
    row = await Hearing.create(activity=activity, **facts, **when)
    told = {"announced_at": make.NOW, "starts_at": make.NOW, "applications_until": make.TODAY}
    await HearingNotice.create(hearing=row, n=1, **told)
    await HearingPlaces.create(hearing=row, capacity=Capacity.MEMBER, count=9, n=1)
    return row


async def _applies(cast: Cast, hearing: Hearing, number: int, person: Person) -> None:
    """Someone of a sector who has a place, and someone with a duty."""
    notice = await HearingNotice.get(hearing_id=hearing.id)
    said = {"capacity": Capacity.MEMBER, "position": Position.NEUTRAL, "state": ApplicationState.SELECTED}
    told = {"hearing": hearing, "notice": notice, "serial": number + 1, "submitted_at": make.NOW}
    await HearingApplication.create(person=person, sector=cast.sector, **said, **told)
    await HearingOfficer.create(hearing=hearing, person=person, duty=HearingDuty.SUPERVISOR, n=number)


async def large(cast: Cast) -> Activity:
    """An activity of the group, with nobody on its list yet."""
    row = await Activity.create(title_en="Plenary", **HELD)
    await ActivityOrganiser.create(activity=row, body=cast.group, n=0)
    return row


async def _paper() -> Document:
    stamps = {"created_at": make.NOW, "updated_at": make.NOW}
    folder = await Folder.create(name_en="Of hearings", sort="hearings", **stamps)
    return await Document.create(folder=folder, title_en="Plan", search="plan", **PAPER, **stamps)


async def _session(activity: UUID) -> ActivitySession:
    hours = {"starts_at": make.NOW + HOUR, "ends_at": make.NOW + 2 * HOUR}
    return await ActivitySession.create(activity_id=activity, n=1, **hours)


async def _takes_part(activity: UUID, part: ActivitySession, person: Person) -> None:
    """Someone who was seen, whose attendance was put right, and who asked for leave."""
    told = {"role": ParticipantRole.GUEST, "rsvp": Rsvp.YES, "added_at": make.NOW, "invited_at": make.NOW}
    row = await Participation.create(activity_id=activity, person=person, **told)
    whose = {"participation": row, "session": part}
    await Attendance.create(**whose, presence=Presence.PRESENT, method=Method.STAFF, noted_at=make.NOW)
    right = {"becomes": Presence.PRESENT, "reason": "misread", "corrected_at": make.NOW}
    await AttendanceCorrection.create(**whose, **right)
    asked = {"scope": LeaveScope.PART, "reason": "a journey", "late": False, "submitted_at": make.NOW}
    leave = await LeaveRequest.create(participation=row, state=LeaveState.SUBMITTED, **asked)
    await LeaveSession.create(leave=leave, session=part)
