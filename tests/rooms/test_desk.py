"""The desk: being checked in opens what was booked, for that time and no longer, by both sayings of RD-1 (12)."""

from dataclasses import replace

import pytest

from server.errors import Refused
from server.jobs.known import JOBS
from server.models.audit import AuditEntry, verify
from server.models.documents import Document, allowed, deciding
from server.models.rooms.booking import book, booking_cancel
from server.models.rooms.desk import arrive, end_times, leave
from server.models.rooms.slots import slot_cancel
from server.models.rooms.tables import Booking
from server.rules.documents import Act, decide
from server.rules.rooms import BookingState
from server.viewer import Viewer, system_viewer
from tests.cast import Cast
from tests.make import NOW, ZONE
from tests.rooms.test_slots import refused
from tests.rooms.worlds import DAY, HOUR, paper, room, slot, who


async def readable(viewer: Viewer, document: Document) -> tuple[bool, str]:
    """Whether it may be read, as both say, and the code of the function."""
    verdict = decide(*(await deciding(viewer, [document.id]))[document.id], Act.READ, viewer.now)
    listed = await Document.filter(allowed(viewer, Act.READ), id=document.id).exists()
    assert listed is verdict.allowed
    return verdict.allowed, verdict.code


async def test_both_sayings_of_the_rule_follow_coming_and_going(everyone: Cast) -> None:
    time, keeper, mei = await slot(await room(everyone)), everyone["custodian"], everyone["member"]
    booked, also, other = await paper(everyone), await paper(everyone), await paper(everyone)
    rows = [await book(mei, slot=time.id, document=one.id) for one in (booked, also)]
    assert await readable(mei, booked) == (False, "ROOM_ONLY")

    await arrive(keeper, booking=rows[0].id)

    assert [await readable(mei, one) for one in (booked, also)] == [(True, "GRANT")] * 2
    assert await readable(mei, other) == (False, "ROOM_ONLY")
    assert await readable(everyone["leader"], booked) == (False, "ROOM_ONLY")
    last, after = replace(mei, now=time.ends_at - HOUR / 60), replace(mei, now=time.ends_at)
    assert (await readable(last, booked), await readable(after, booked)) == ((True, "GRANT"), (False, "ROOM_ONLY"))

    await leave(keeper, booking=rows[1].id)

    assert [await readable(mei, one) for one in (booked, also)] == [(False, "ROOM_ONLY")] * 2
    actions = [entry.action for entry in await AuditEntry.all().order_by("serial")]
    assert actions[-2:] == ["rooms.arrive", "rooms.leave"]
    assert (await verify()).ok


async def test_who_comes_early_reads_from_the_beginning_on(everyone: Cast) -> None:
    time, document = await slot(await room(everyone), starts=HOUR / 2), await paper(everyone)
    row = await book(everyone["member"], slot=time.id, document=document.id)
    too_early = replace(everyone["custodian"], now=NOW - HOUR / 60)

    assert await refused(arrive(too_early, booking=row.id)) == ("TOO_EARLY", "booking")
    await arrive(everyone["custodian"], booking=row.id)

    assert await readable(everyone["member"], document) == (False, "ROOM_ONLY")
    assert await readable(replace(everyone["member"], now=time.starts_at), document) == (True, "GRANT")


async def test_cancelling_the_time_closes_at_once(everyone: Cast) -> None:
    time, document = await slot(await room(everyone)), await paper(everyone)
    row = await book(everyone["member"], slot=time.id, document=document.id)
    await arrive(everyone["custodian"], booking=row.id)

    await slot_cancel(everyone["custodian"], slot=time.id, reason="fire drill")

    assert await readable(everyone["member"], document) == (False, "ROOM_ONLY")
    assert await refused(arrive(everyone["custodian"], booking=row.id)) == ("OVER", "slot")


async def test_who_went_out_comes_in_again_unless_the_place_was_given_away(everyone: Cast) -> None:
    time, keeper = await slot(await room(everyone), capacity=1), everyone["custodian"]
    document, mei = await paper(everyone), everyone["member"]
    row = await book(mei, slot=time.id, document=document.id)
    for verb in (arrive, leave, arrive, leave):
        await verb(keeper, booking=row.id)
    anew = await book(mei, slot=time.id, document=document.id)

    await arrive(keeper, booking=row.id)  # the old one is pressed; of two for one document the new one counts

    states = {one.id: one.state for one in await Booking.all()}
    assert (states[row.id], states[anew.id]) == (BookingState.LEFT, BookingState.CHECKED_IN)
    await leave(keeper, booking=anew.id)
    await book(everyone["leader"], slot=time.id, document=document.id)
    assert await refused(arrive(keeper, booking=row.id)) == ("FULL", "slot")


async def test_coming_and_going_happen_once_and_in_their_order(everyone: Cast) -> None:
    time, document, keeper = await slot(await room(everyone)), await paper(everyone), everyone["custodian"]
    row = await book(everyone["member"], slot=time.id, document=document.id)

    assert await refused(leave(keeper, booking=row.id)) == ("NOT_HERE", "booking")
    done = await arrive(keeper, booking=row.id)
    assert (done.checked_in_at, done.checked_in_by_id) == (NOW, everyone.accounts["custodian"].id)
    assert await refused(arrive(keeper, booking=row.id)) == ("NOT_EXPECTED", "booking")
    assert await refused(booking_cancel(everyone["member"], booking=row.id)) == ("NOT_BOOKED", "booking")
    assert (await leave(keeper, booking=row.id)).left_at == NOW


async def test_nobody_lets_themselves_in_and_only_the_desk_lets_in(everyone: Cast) -> None:
    time, document = await slot(await room(everyone)), await paper(everyone)
    row = await book(everyone["member"], slot=time.id, document=document.id)
    keeps = replace(everyone["custodian"], person=who(everyone, "member"))

    assert await refused(arrive(keeps, booking=row.id)) == ("ONESELF", "booking")
    for name in ("member", "leader", "secretary", "chair", "auditor", "department", "visitor"):
        for verb in (arrive, leave):
            with pytest.raises(Refused):
                await verb(everyone[name], booking=row.id)
    assert (await Booking.get()).state is BookingState.BOOKED


async def test_when_a_time_is_over_who_did_not_come_missed_it_and_who_was_there_has_left(everyone: Cast) -> None:
    time, keeper = await slot(await room(everyone)), everyone["custodian"]
    later, document = await slot(await room(everyone), starts=DAY), await paper(everyone)
    came, missed = [await book(everyone[name], slot=time.id, document=document.id) for name in ("member", "leader")]
    waits = await book(everyone["leader"], slot=later.id, document=document.id)
    await arrive(keeper, booking=came.id)
    job = next(job for job in JOBS if job.name == "reading-times")

    nothing = await job.run(system_viewer(ZONE, "reading-times", NOW))
    done = await job.run(system_viewer(ZONE, "reading-times", time.ends_at))
    again = await end_times(system_viewer(ZONE, "reading-times", time.ends_at))

    rows = {row.id: row for row in await Booking.all()}
    assert [rows[one.id].state for one in (came, missed, waits)] == [
        BookingState.LEFT,
        BookingState.MISSED,
        BookingState.BOOKED,
    ]
    assert rows[came.id].left_at == time.ends_at
    said = [str(one) for one in (nothing, done, again)]
    assert said == ["0 bookings missed, 0 readings ended.", "1 bookings missed, 1 readings ended.", said[0]]
    assert await AuditEntry.filter(action="rooms.end_times").count() == 1
    assert (await verify()).ok
