"""Booking a time in a reading room: who may, for what, and never more people than there are places."""

import asyncio
from dataclasses import replace

import pytest

from server.errors import DomainError, Refused
from server.models import documents
from server.models.audit import AuditEntry, verify
from server.models.documents import Document, Whom
from server.models.rooms.booking import MOST, book, booking_cancel
from server.models.rooms.queries import visible_bookings
from server.models.rooms.tables import Booking
from server.rules.documents import DocumentState, Effect, Level, ReadMode
from server.rules.rooms import BookingState
from tests import make
from tests.cast import Cast
from tests.make import NOW
from tests.rooms.test_slots import refused
from tests.rooms.worlds import DAY, HOUR, paper, room, slot, who


async def test_a_reader_books_a_time_for_what_only_the_room_keeps_from_them(everyone: Cast) -> None:
    time, document = await slot(await room(everyone), starts=DAY), await paper(everyone)

    row = await book(everyone["member"], slot=time.id, document=document.id)

    assert (row.person_id, row.state, row.booked_at) == (who(everyone, "member"), BookingState.BOOKED, NOW)
    entry = await AuditEntry.all().order_by("-serial").first()
    assert entry
    assert (entry.action, entry.object) == ("rooms.book", f"bkg_{row.id}")
    assert (await verify()).ok
    attempt = book(everyone["member"], slot=time.id, document=document.id)
    assert await refused(attempt) == ("BOOKED_ALREADY", "slot")


async def test_what_else_stands_in_the_way_is_told_with_its_rule(everyone: Cast) -> None:
    time = await slot(await room(everyone), starts=DAY)
    closed, ungiven = await paper(everyone), await paper(everyone, readers=())
    leader = [Whom(person=who(everyone, "leader"))]
    await documents.grant_add(
        everyone["custodian"], document=closed.id, whom=leader, effect=Effect.DENY, reason="recusal"
    )

    with pytest.raises(DomainError) as none:
        await book(everyone["member"], slot=time.id, document=ungiven.id)
    assert await refused(book(everyone["leader"], slot=time.id, document=closed.id)) == ("PERSON_DENY", "document")

    problem = none.value.problems[0]
    assert (type(none.value), problem.code, problem.field, problem.rule) == (
        Refused,
        "NO_GRANT",
        "document",
        "RD-1 (10)",
    )
    assert await Booking.all().count() == 0


async def test_who_has_used_up_their_openings_takes_no_place(everyone: Cast) -> None:
    time, document = await slot(await room(everyone), starts=DAY), await paper(everyone, readers=())
    (grant,) = await documents.grant_add(
        everyone["custodian"],
        document=document.id,
        whom=[Whom(person=who(everyone, "member"))],
        max_opens=1,
        valid_until=NOW + 9 * DAY,
        reason="once",
    )
    await documents.GrantUse.create(grant_id=grant.id, person_id=who(everyone, "member"), left=0)

    attempt = book(everyone["member"], slot=time.id, document=document.id)

    assert await refused(attempt) == ("EXHAUSTED", "document")


async def test_what_nobody_may_know_of_is_not_there(everyone: Cast) -> None:
    time = await slot(await room(everyone), starts=DAY)
    secret = await paper(everyone, level=Level.WORK_SENSITIVE, readers=())

    assert await refused(book(everyone["member"], slot=time.id, document=secret.id)) == ("NOT_THERE", "document")
    assert await refused(book(everyone["member"], slot=time.id, document=make.some_id())) == ("NOT_THERE", "document")


async def test_a_time_after_the_permission_or_the_document_ends_is_refused(everyone: Cast) -> None:
    of = await room(everyone)
    document = await paper(everyone, expires_at=NOW + 2 * DAY)
    before, after = await slot(of, starts=DAY), await slot(of, starts=2 * DAY)

    assert await refused(book(everyone["member"], slot=after.id, document=document.id)) == ("NOT_THEN", "slot")
    assert (await book(everyone["member"], slot=before.id, document=document.id)).slot_id == before.id


@pytest.mark.parametrize("mode", [ReadMode.ONLINE, ReadMode.DOWNLOAD])
async def test_what_is_read_elsewhere_needs_no_room(everyone: Cast, mode: ReadMode) -> None:
    time, document = await slot(await room(everyone), starts=DAY), await paper(everyone, mode=mode)

    attempt = book(everyone["member"], slot=time.id, document=document.id)

    assert await refused(attempt) == ("NOT_IN_ROOM", "document")


async def test_a_time_that_is_over_or_cancelled_takes_nobody(everyone: Cast) -> None:
    of, document = await room(everyone), await paper(everyone)
    over, gone = await slot(of, starts=-3 * HOUR), await slot(of, starts=DAY)
    await type(gone).filter(id=gone.id).update(cancelled_at=NOW)

    for time in (over, gone):
        assert await refused(book(everyone["member"], slot=time.id, document=document.id)) == ("OVER", "slot")


async def test_places_are_for_people_and_several_documents_of_one_take_one(everyone: Cast) -> None:
    time = await slot(await room(everyone), starts=DAY, capacity=1)
    first, second = await paper(everyone), await paper(everyone)

    for document in (first, second):
        await book(everyone["member"], slot=time.id, document=document.id)

    assert await refused(book(everyone["leader"], slot=time.id, document=first.id)) == ("FULL", "slot")
    assert await Booking.all().count() == 2


async def test_the_last_place_is_given_once_to_many_who_want_it_at_the_same_moment(everyone: Cast) -> None:
    time, document = await slot(await room(everyone), starts=DAY, capacity=2), await paper(everyone)
    readers = [everyone[name] for name in ("member", "leader", "convener")] * 3

    answers = await asyncio.gather(
        *(book(reader, slot=time.id, document=document.id) for reader in readers), return_exceptions=True
    )

    codes = sorted(one.problems[0].code for one in answers if isinstance(one, DomainError))
    people = await Booking.all().values_list("person_id", flat=True)
    assert (len(people), len(set(people))) == (2, 2)
    assert codes.count("FULL") + codes.count("BOOKED_ALREADY") == 7
    assert codes.count("FULL") >= 3


async def test_nobody_is_in_two_rooms_at_once_or_holds_all_the_places(everyone: Cast) -> None:
    of, document = await room(everyone), await paper(everyone)
    first, second = await slot(of, starts=DAY), await slot(await room(everyone), starts=DAY + HOUR)
    await book(everyone["member"], slot=first.id, document=document.id)

    assert await refused(book(everyone["member"], slot=second.id, document=document.id)) == ("ELSEWHERE", "slot")
    for n in range(1, MOST):
        later = await slot(of, starts=2 * DAY + 3 * n * HOUR)
        await book(everyone["member"], slot=later.id, document=document.id)
    last = await slot(of, starts=9 * DAY)
    assert await refused(book(everyone["member"], slot=last.id, document=document.id)) == ("TOO_MANY", None)


async def test_giving_a_place_back_makes_it_free(everyone: Cast) -> None:
    time, document = await slot(await room(everyone), starts=DAY, capacity=1), await paper(everyone)
    row = await book(everyone["member"], slot=time.id, document=document.id)

    assert await refused(booking_cancel(everyone["leader"], booking=row.id)) == ("NOT_THERE", "booking")
    done = await booking_cancel(everyone["member"], booking=row.id)

    assert done.state is BookingState.CANCELLED
    assert await refused(booking_cancel(everyone["member"], booking=row.id)) == ("NOT_BOOKED", "booking")
    assert (await book(everyone["leader"], slot=time.id, document=document.id)).state is BookingState.BOOKED
    assert (await verify()).ok


async def test_one_sees_ones_own_and_who_keeps_the_rooms_all(everyone: Cast) -> None:
    time, document = await slot(await room(everyone), starts=DAY), await paper(everyone)
    for name in ("member", "leader"):
        await book(everyone[name], slot=time.id, document=document.id)

    seen = {name: await Booking.filter(visible_bookings(viewer)).count() for name, viewer in everyone.viewers.items()}

    assert {name for name, count in seen.items() if count == 2} == {"admin", "custodian"}
    assert {name for name, count in seen.items() if count == 1} == {"member", "leader"}


async def test_an_account_of_nobody_and_a_token_that_only_reads_book_nothing(everyone: Cast) -> None:
    time, document = await slot(await room(everyone), starts=DAY), await paper(everyone)
    reads = replace(everyone["member"], scopes=frozenset({"documents:read"}))

    assert (await refused(book(everyone["custodian"], slot=time.id, document=document.id)))[0] == "NO_PERSON"
    assert (await refused(book(everyone["visitor"], slot=time.id, document=document.id)))[0] == "SIGNED_OUT"
    assert (await refused(book(reads, slot=time.id, document=document.id)))[0] == "SCOPE"


async def test_a_document_taken_away_is_booked_by_nobody(everyone: Cast) -> None:
    time, document = await slot(await room(everyone), starts=DAY), await paper(everyone)
    await documents.document_move(
        everyone["custodian"], document=document.id, to=DocumentState.WITHDRAWN, reason="wrong version"
    )

    assert await refused(book(everyone["member"], slot=time.id, document=document.id)) == ("NOT_THERE", "document")
    assert (await Document.get(id=document.id)).state is DocumentState.WITHDRAWN
