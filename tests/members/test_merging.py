"""Two entries of one person become one, and nothing is lost."""

import datetime as dt
from dataclasses import replace

import pytest

from server.errors import Invalid, NotThere, Refused
from server.models.accounts import Account
from server.models.activities.tables import Activity, Participation
from server.models.audit import AuditEntry
from server.models.bodies import BodyKind, BodyMembership, BodyRole
from server.models.documents import (
    AccessGrant,
    AccessRequest,
    AgreementAcceptance,
    Document,
    DocumentVersion,
    Explanation,
    Folder,
    GrantUse,
    ReadingAgreement,
)
from server.models.hearings.tables import Hearing, HearingApplication, HearingNotice, HearingOfficer
from server.models.members import (
    Membership,
    MembershipPost,
    MembershipStatus,
    Person,
    PersonIdentifier,
    Status,
    Tombstone,
    merge_people,
    visible_people,
)
from server.models.messages import Delivery, Mailing, MailingReader, Message, MessageChoice, MessageHours
from server.models.reading.tables import ReadingNote, ReadingProgress, ReadingSession, ReadReceipt
from server.models.requests import Request, request_accept, request_send, request_withdraw
from server.models.rooms.tables import Booking, Loan, PaperCopy, ReadingRoom, ReadingSlot
from server.rules.access import AccessState
from server.rules.activities import ActivityAudience, ActivityKind, ActivityState, ParticipantRole
from server.rules.attendance import Rsvp
from server.rules.documents import Act, CatalogueAudience, DocumentState, Effect, GrantState, Level, Media, ReadMode
from server.rules.explanations import ExplanationState
from server.rules.hearings import ApplicationState, Capacity, HearingDuty, HearingState, Position, ProfileKey
from server.rules.messages import EMAIL, Mode, Topic
from server.rules.permissions import Role
from server.rules.requests import RequestField, RequestState
from server.rules.rooms import BookingState, CopyState
from tests import make
from tests.cast import Cast

SECRETARY = make.viewer(Role.SECRETARY)
LEFT = {"mailings": "Whom a draft names gets it where their entry is now; of what was sent it says who was chosen."}
"""What stays with a double, and why."""
MARCH, MAY, JULY = (dt.date(2026, month, 1) for month in (3, 5, 7))


@pytest.fixture
async def two(db):
    """Two entries of one person."""
    return await make.person("李安"), await make.person("李安", "Li An", phone="1")


async def test_everything_moves_to_the_entry_that_stays(two):
    keep, drop = two
    before = await make.person(merged_into=drop)
    seat, body = await make.seat(drop), await make.body()
    place, account = await make.place(body, drop), await make.account(person=drop)
    identifier = await PersonIdentifier.create(person=drop, scheme="source", value="9")

    stays = await merge_people(SECRETARY, keep=keep.id, drop=drop.id, reason="same birthday")

    assert (stays.name_zh, stays.name_en, stays.phone) == ("李安", "Li An", "1")
    assert "li an" in stays.search
    moved = (Membership, BodyMembership, Account, PersonIdentifier)
    assert [await model.filter(person_id=keep.id).count() for model in moved] == [1, 1, 1, 1]
    assert {row.merged_into_id for row in await Person.filter(id__in=[drop.id, before.id])} == {keep.id}
    tomb = await Tombstone.get(object_id=drop.id)
    assert (tomb.collection, tomb.reason, tomb.successor_id) == ("people", "merged", keep.id)
    assert await Person.filter(visible_people(SECRETARY)).values_list("id", flat=True) == [keep.id]
    facts = (await AuditEntry.get(action="members.merge_people")).facts
    assert facts == {
        "drop": str(drop.id),
        "reason": "same birthday",
        "bodies": [str(place.id)],
        "seats": [str(seat.id)],
        "identifiers": [str(identifier.id)],
        "accounts": [str(account.id)],
        "messages": [],
        "readings": [],
        "participations": [],
        "hearings": [],
        "requests": [],
        "merged_before": [str(before.id)],
        "facts": ["name_en", "phone"],
    }


def kinds() -> set[str]:
    """Everything that points to a person, by the name of the way back. Known once there is a database."""
    return Person._meta.backward_fk_fields | Person._meta.backward_o2o_fields | Person._meta.m2m_fields


async def pointing_at(person: Person) -> dict[str, int]:
    """How many rows of each kind say that they are this person's."""
    counts = {kind: await getattr(person, kind).all().count() for kind in kinds()}
    return {kind: count for kind, count in counts.items() if count}


async def _reads(person: Person) -> None:
    """Everything that document reading knows of someone, once."""
    now = {"created_at": make.NOW, "updated_at": make.NOW}
    folder = await Folder.create(sort="1", **now)
    usual = {"level": Level.INTERNAL, "read_mode": ReadMode.ONLINE, "state": DocumentState.AVAILABLE}
    audience = {"catalogue_audience": CatalogueAudience.NOBODY}
    document = await Document.create(folder=folder, search="", **usual, **audience, **now)
    file = {"name": "a.pdf", "media": Media.PDF, "sha256": "0", "size": 1, "pages_sha256": "0", "pages": 1}
    version = await DocumentVersion.create(document=document, n=1, added_at=make.NOW, **file)
    theirs = {"document": document, "person": person}
    span = {"valid_from": make.NOW, "valid_until": make.NOW, "granted_at": make.NOW, "reason": "a test"}
    grant = await AccessGrant.create(**theirs, effect=Effect.ALLOW, act=Act.READ, state=GrantState.ACTIVE, **span)
    await GrantUse.create(grant=grant, person=person, left=1)
    agreement = await ReadingAgreement.create(n=1, text_zh="a", published_at=make.NOW)
    await AgreementAcceptance.create(agreement=agreement, person=person, accepted_at=make.NOW)
    asked = {"asked_at": make.NOW, "due_on": make.TODAY}
    wish = {"act": Act.READ, "purpose": "a test", "wanted_until": make.TODAY, "state": AccessState.SUBMITTED}
    await AccessRequest.create(**theirs, **wish, **asked)
    bureau = await make.body(BodyKind.DEPARTMENT, "Bureau")
    await Explanation.create(**theirs, department=bureau, question="?", state=ExplanationState.ASKED, **asked)
    opened = {"opened_at": make.NOW, "last_seen_at": make.NOW}
    await ReadingSession.create(**theirs, number="1", version=version, **opened)
    await ReadingProgress.create(**theirs)
    await ReadReceipt.create(**theirs, version=version, confirmed_at=make.NOW)
    await ReadingNote.create(**theirs, text="mine", updated_at=make.NOW)
    room = await ReadingRoom.create(created_at=make.NOW)
    slot = await ReadingSlot.create(room=room, starts_at=make.NOW, ends_at=make.NOW, capacity=1)
    await Booking.create(**theirs, slot=slot, state=BookingState.BOOKED, booked_at=make.NOW)
    copy = await PaperCopy.create(document=document, copy_no=1, state=CopyState.OUT)
    await Loan.create(copy=copy, person=person, out_at=make.NOW, due_on=make.TODAY)


async def _invited(person: Person) -> None:
    """To one activity."""
    when = {"starts_at": make.NOW, "ends_at": make.NOW, "created_at": make.NOW, "updated_at": make.NOW}
    days = {"materials_by": make.TODAY, "leave_by": make.TODAY}
    kind = {"kind": ActivityKind.OTHER, "state": ActivityState.OPEN, "audience": ActivityAudience.INVITED}
    activity = await Activity.create(**kind, **when, **days)
    facts = {"role": ParticipantRole.GUEST, "rsvp": Rsvp.NONE, "added_at": make.NOW}
    await Participation.create(activity=activity, person=person, **facts)


async def _heard(person: Person) -> None:
    """With a duty at one hearing, for which they applied, too."""
    activity = await Activity.all().first()
    when = {"created_at": make.NOW, "updated_at": make.NOW}
    row = await Hearing.create(activity=activity, state=HearingState.DRAFT, profile=ProfileKey.LIGHT, **when)
    told = {"announced_at": make.NOW, "starts_at": make.NOW, "applications_until": make.TODAY}
    notice = await HearingNotice.create(hearing=row, n=1, **told)
    await HearingOfficer.create(hearing=row, person=person, duty=HearingDuty.RECORDER, n=0)
    said = {"capacity": Capacity.MEMBER, "position": Position.FOR, "state": ApplicationState.SUBMITTED}
    await HearingApplication.create(hearing=row, notice=notice, person=person, serial=1, submitted_at=make.NOW, **said)


async def test_nothing_stays_with_the_double_but_what_is_said_to(two):
    keep, drop = two
    account = await make.account(person=drop)
    await make.person(merged_into=drop)
    await make.seat(drop)
    await make.place(await make.body(), drop)
    await PersonIdentifier.create(person=drop, scheme="source", value="9")
    mailing = await Mailing.create(written_at=make.NOW)
    await MailingReader.create(mailing=mailing, person=drop)
    texts = dict.fromkeys(("title_zh", "title_en", "text_zh", "text_en"), "")
    message = await Message.create(topic=Topic.OFFICE, person=drop, created_at=make.NOW, **texts)
    leaves = {"channel": EMAIL, "envelope": make.some_id(), "due_at": make.NOW, "created_at": make.NOW}
    await Delivery.create(message=message, person=drop, **leaves)
    await MessageChoice.create(person=drop, topic=Topic.OFFICE, channel=EMAIL, mode=Mode.NEVER, consent_at=make.NOW)
    hours = dict.fromkeys(("quiet_from", "quiet_until", "digest_day", "digest_hour"), 0)
    await MessageHours.create(person=drop, **hours)
    waits = {"state": RequestState.OPEN, "created_at": make.NOW, "due_on": make.TODAY}
    await Request.create(account=account, person=drop, **waits)
    await _reads(drop)
    await _invited(drop)
    await _heard(drop)
    assert kinds() >= {"merged", "requests"}
    assert await pointing_at(drop) == dict.fromkeys(kinds(), 1)

    await merge_people(SECRETARY, keep=keep.id, drop=drop.id, reason="double")

    assert await pointing_at(drop) == dict.fromkeys(LEFT, 1)
    assert await pointing_at(keep) == dict.fromkeys(kinds() - LEFT.keys(), 1) | {"merged": 2}


async def test_what_someone_asked_under_the_double_is_found_withdrawn_and_accepted(everyone: Cast) -> None:
    drop, keep, me = everyone.people["member"], await make.person("梅"), everyone["member"]
    asked = [
        await request_send(me, field=field, wanted=wanted)
        for field, wanted in ((RequestField.PHONE, "1"), (RequestField.EDUCATION, "school"))
    ]
    await merge_people(everyone["secretary"], keep=keep.id, drop=drop.id, reason="double")

    await request_accept(everyone["secretary"], request=asked[0].id)
    await request_withdraw(replace(me, person=keep.id), request=asked[1].id)

    assert (await Person.get(id=keep.id)).phone == "1"
    assert {row.state for row in await Request.all()} == {RequestState.ACCEPTED, RequestState.WITHDRAWN}
    facts = (await AuditEntry.get(action="members.merge_people")).facts
    assert facts["requests"] == sorted(str(row.id) for row in asked)


async def test_a_double_that_knows_nothing_more_fills_nothing(db):
    keep, drop = await make.person("李安", phone="1"), await make.person("李安", phone="2")

    stays = await merge_people(SECRETARY, keep=keep.id, drop=drop.id, reason="double")

    assert stays.phone == "1"
    assert (await AuditEntry.get(serial=1)).facts["facts"] == []


async def test_merging_twice_or_with_oneself_is_refused(two):
    keep, drop = two
    await merge_people(SECRETARY, keep=keep.id, drop=drop.id, reason="double")

    for code, field, facts in [
        ("MERGED", "drop", {"keep": keep.id, "drop": drop.id}),
        ("MERGED", "keep", {"keep": drop.id, "drop": keep.id}),
        ("SAME_PERSON", "drop", {"keep": keep.id, "drop": keep.id}),
    ]:
        with pytest.raises(Invalid) as refused:
            await merge_people(SECRETARY, **facts, reason="double")
        assert [(p.code, p.field) for p in refused.value.problems] == [(code, field)]
    with pytest.raises(NotThere):
        await merge_people(SECRETARY, keep=keep.id, drop=make.some_id(), reason="double")
    assert await Tombstone.all().count() == 1


async def test_a_member_merges_nobody(two):
    keep, drop = two

    with pytest.raises(Refused):
        await merge_people(make.viewer(Role.MEMBER), keep=keep.id, drop=drop.id, reason="double")

    assert (await Person.get(id=drop.id)).merged_into_id is None


async def test_seats_of_one_term_become_one_where_the_days_allow(two):
    keep, drop = two
    term, sector = await make.term(), await make.body(BodyKind.SECTOR)
    kept = await make.seat(keep, term, starts_on=MAY, unit="A", sector=sector)
    double = await make.seat(drop, term, no="7", starts_on=MARCH, ends_on=MAY, status=Status.NOMINATED)
    place = await make.place(await make.body(), drop, membership=double)

    await merge_people(SECRETARY, keep=keep.id, drop=drop.id, reason="double")

    seat = await Membership.get(person_id=keep.id)
    assert (seat.id, seat.no) == (kept.id, "7")
    rows = await MembershipStatus.filter(membership_id=kept.id, voided_at=None).order_by("starts_on")
    assert [row.status for row in rows] == [Status.NOMINATED, Status.ACTIVE]
    assert (await BodyMembership.get(id=place.id)).membership_id == kept.id


async def test_the_same_seat_twice_is_kept_once(two):
    keep, drop = two
    term = await make.term()
    kept = await make.seat(keep, term, no="1", unit="A")
    double = await make.seat(drop, term, no="2", starts_on=MAY)

    await merge_people(SECRETARY, keep=keep.id, drop=drop.id, reason="double")

    assert (await Membership.get(id=kept.id)).no == "1"
    for model in (MembershipStatus, MembershipPost):
        assert await model.filter(membership_id=kept.id, voided_at=None).count() == 1
        assert await model.filter(membership_id=double.id, voided_at=None).count() == 0


@pytest.mark.parametrize("other", [{"status": Status.RESIGNED}, {"unit": "B"}])
async def test_seats_that_say_different_things_are_for_a_person_to_decide(two, other):
    keep, drop = two
    term = await make.term("14")
    await make.seat(keep, term, unit="A")
    await make.seat(drop, term, **other)

    with pytest.raises(Invalid) as refused:
        await merge_people(SECRETARY, keep=keep.id, drop=drop.id, reason="double")

    assert [p.code for p in refused.value.problems] == ["TWO_SEATS"]
    assert "14" in str(refused.value)
    assert (await Person.get(id=drop.id)).merged_into_id is None
    assert await MembershipStatus.filter(voided_at=None).count() == 2


async def test_the_same_place_twice_is_kept_once_and_the_longer_one(two):
    keep, drop = two
    one, two_, three = [await make.body() for _ in range(3)]
    shorter = [await make.place(one, drop, starts_on=MAY), await make.place(two_, keep, starts_on=MAY)]
    longer = [await make.place(one, keep, starts_on=MARCH), await make.place(two_, drop, starts_on=MARCH)]
    crossing = [
        await make.place(three, keep, starts_on=MARCH, ends_on=JULY),
        await make.place(three, drop, starts_on=MAY),
        await make.place(three, drop, BodyRole.HEAD),
    ]

    await merge_people(SECRETARY, keep=keep.id, drop=drop.id, reason="double")

    rows = await BodyMembership.filter(person_id=keep.id)
    assert {row.id for row in rows if row.voided_at} == {row.id for row in shorter}
    assert {row.id for row in rows if not row.voided_at} == {row.id for row in (*longer, *crossing)}


async def test_two_learning_groups_are_for_a_person_to_decide(two):
    keep, drop = two
    for who in two:
        await make.place(await make.body(BodyKind.LEARNING_GROUP), who)

    with pytest.raises(Invalid) as refused:
        await merge_people(SECRETARY, keep=keep.id, drop=drop.id, reason="double")

    assert [(p.code, p.rule) for p in refused.value.problems] == [("TWO_GROUPS", "LC-1")]
    assert await BodyMembership.filter(person_id=drop.id).count() == 1
