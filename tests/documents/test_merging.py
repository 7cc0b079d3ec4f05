"""Two entries of one person become one: what they were given, asked for, read, booked and borrowed is the one's."""

import datetime as dt
from typing import Any
from uuid import UUID

from tortoise.models import Model

from server.models import documents, members
from server.models.documents import AccessRequest, AgreementAcceptance, DocumentVersion, Explanation, GrantUse, Whom
from server.models.members.merging_readings import MOVING, ONCE
from server.models.reading.tables import ReadingNote, ReadingProgress, ReadingSession, ReadReceipt
from server.models.rooms.tables import Booking, Loan, PaperCopy, ReadingRoom, ReadingSlot
from server.rules.access import AccessState
from server.rules.documents import Act, DocumentState, Effect
from server.rules.explanations import ExplanationState
from server.rules.rooms import BookingState, CopyState
from tests import make
from tests.cast import Cast
from tests.furnished import file_of
from tests.make import NOW, TODAY


async def test_what_both_have_is_had_once_and_the_rest_moves(everyone: Cast) -> None:
    keep, drop = everyone.people["member"].id, (await make.person(name_en="Mei Member")).id
    place = await _shelf(everyone)
    for person, pages in ((keep, 2), (drop, 3)):
        await _reads(place, person, pages)

    await members.merge_people(everyone["secretary"], keep=keep, drop=drop, reason="the same")

    stays, goes = [await members.Person.get(id=key) for key in (keep, drop)]
    for name in MOVING:
        counts = [await getattr(person, name).all().count() for person in (stays, goes)]
        assert counts == [1 if name in ONCE else 2, 0], name
    progress = await ReadingProgress.get(person_id=keep)
    assert (progress.opens, progress.seconds, progress.pages_seen, progress.pages) == (2, 20, 3, "1-3")
    assert (await GrantUse.get(person_id=keep)).left == 1
    assert (await ReadingNote.get(person_id=keep)).text == "2 pages\n\n3 pages"
    assert await _states(AccessRequest) == {AccessState.SUBMITTED, AccessState.WITHDRAWN}
    assert await _states(Explanation) == {ExplanationState.ASKED, ExplanationState.WITHDRAWN}
    assert await _states(Booking) == {BookingState.BOOKED, BookingState.CANCELLED}


async def test_what_is_closed_to_the_double_is_closed_to_the_one_that_stays(everyone: Cast) -> None:
    keep, drop = everyone.people["member"].id, (await make.person(name_en="Mei Member")).id
    place = await _shelf(everyone)
    closed: documents.Terms = {"effect": Effect.DENY, "act": Act.SEE, "reason": "recusal"}
    await documents.grant_add(everyone["custodian"], document=place["document"], whom=[Whom(person=drop)], **closed)
    mine = documents.Document.filter(documents.visible_documents(everyone["member"]), id=place["document"])
    await documents.document_move(everyone["custodian"], document=place["document"], to=CHECKED)
    await documents.document_move(everyone["custodian"], document=place["document"], to=AVAILABLE)
    assert await mine.exists()

    await members.merge_people(everyone["secretary"], keep=keep, drop=drop, reason="the same")

    assert not await mine.exists()


CHECKED, AVAILABLE = DocumentState.CHECKED, DocumentState.AVAILABLE


async def _states(model: type[Model]) -> set[Any]:
    return set(await model.all().values_list("state", flat=True))


async def _shelf(cast: Cast) -> dict[str, UUID]:
    """A document with a file and an agreement, given to a body, and a room with a time and two copies on paper."""
    custodian = cast["custodian"]
    agreement = await documents.ReadingAgreement.create(n=1, text_zh="好", published_at=NOW)
    folder = await documents.folder_add(custodian, name_en="Papers")
    row = await documents.document_add(custodian, folder=folder.id, title_en="Paper", agreement=agreement.id)
    version = await DocumentVersion.create(**file_of(row, cast.accounts["custodian"]))
    whom = [Whom(body=cast.group.id)]
    (grant,) = await documents.grant_add(custodian, document=row.id, whom=whom, max_opens=3, reason="a hearing")
    room = await ReadingRoom.create(name_en="Quiet room", created_at=NOW)
    hour = {"starts_at": NOW, "ends_at": NOW + dt.timedelta(hours=1)}
    slot = await ReadingSlot.create(room_id=room.id, capacity=9, **hour)
    found = {"document": row.id, "agreement": agreement.id, "version": version.id, "grant": grant.id, "slot": slot.id}
    return found | {"bureau": cast.bureau.id}


async def _reads(place: dict[str, UUID], person: UUID, pages: int) -> None:
    """Someone was given it, asked for it, read so many pages of it, booked a time for it and borrowed a copy."""
    whose: dict[str, Any] = {"person_id": person, "document_id": place["document"]}
    until = {"valid_from": NOW, "valid_until": NOW + dt.timedelta(days=1), "granted_at": NOW}
    allowed = {"effect": "allow", "act": Act.READ, "state": "active", "reason": "a hearing"}
    await documents.AccessGrant.create(**whose, **until, **allowed)
    await AccessRequest.create(
        **whose,
        act=Act.READ,
        purpose="a hearing",
        wanted_until=TODAY,
        state=AccessState.SUBMITTED,
        asked_at=NOW,
        due_on=TODAY,
    )
    asked: Any = {"state": ExplanationState.ASKED, "asked_at": NOW, "due_on": TODAY}
    await Explanation.create(**whose, department_id=place["bureau"], question="why", **asked)
    version = {"version_id": place["version"]}
    await ReadingSession.create(**whose, **version, number=f"N{pages}", opened_at=NOW, last_seen_at=NOW)
    await ReadReceipt.create(**whose, **version, confirmed_at=NOW)
    came = {"pages": f"1-{pages}", "pages_seen": pages, "opens": 1, "seconds": 10}
    await ReadingProgress.create(**whose, **version, **came)
    await ReadingNote.create(**whose, text=f"{pages} pages", updated_at=NOW)
    await GrantUse.create(person_id=person, grant_id=place["grant"], left=pages - 1)
    await AgreementAcceptance.create(person_id=person, agreement_id=place["agreement"], accepted_at=NOW)
    await Booking.create(**whose, slot_id=place["slot"], state=BookingState.BOOKED, booked_at=NOW)
    copy = await PaperCopy.create(document_id=place["document"], copy_no=pages, state=CopyState.OUT)
    await Loan.create(copy_id=copy.id, person_id=person, out_at=NOW, due_on=TODAY)
