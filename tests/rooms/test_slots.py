"""Rooms and their times: added one by one or by a pattern, changed, closed, cancelled; and who is told."""

import datetime as dt

import pytest

from server.errors import DomainError, Refused
from server.models.audit import AuditEntry, verify
from server.models.calendar import change_day
from server.models.messages import Message
from server.models.rooms.booking import book
from server.models.rooms.slots import (
    PatternFacts,
    room_add,
    room_change,
    room_close,
    slot_cancel,
    slots_add,
    slots_apply,
    slots_plan,
)
from server.models.rooms.tables import Booking, ReadingRoom, ReadingSlot
from server.rules.calendar import DayMark
from server.rules.rooms import BookingState, SlotStanding
from tests.cast import Cast
from tests.make import NOW, TODAY, ZONE
from tests.rooms.worlds import DAY, HOUR, paper, room, slot

WEEK: PatternFacts = {"weekdays": [2], "hours": "9-11, 15-17", "starts_on": TODAY, "weeks": 2}


async def refused(attempt: object) -> tuple[str, str | None]:
    with pytest.raises(DomainError) as refusal:
        await attempt
    return refusal.value.problems[0].code, refusal.value.problems[0].field


async def test_a_room_is_added_and_changed_and_needs_a_name(everyone: Cast) -> None:
    keeper = everyone["custodian"]
    row = await room(everyone)

    changed = await room_change(keeper, room=row.id, name_zh="", place="House 2")

    assert (changed.name_zh, changed.name_en, changed.place) == ("", "Quiet room", "House 2")
    assert await refused(room_add(keeper, place="somewhere")) == ("NAME_MISSING", "name_zh")
    assert await refused(room_change(keeper, room=row.id, name_en="")) == ("NAME_MISSING", "name_zh")
    await room_change(keeper, room=row.id, place="House 2")
    actions = [entry.action for entry in await AuditEntry.all().order_by("serial")]
    assert actions == ["rooms.room_add", "rooms.room_change"]
    assert (await verify()).ok


async def test_the_times_of_one_day(everyone: Cast) -> None:
    row, keeper = await room(everyone), everyone["custodian"]

    found = await slots_add(keeper, room=row.id, day=TODAY, hours="15-17", capacity=3)

    local = [found[0].starts_at.astimezone(ZONE), found[0].ends_at.astimezone(ZONE)]
    assert [(at.date(), at.hour) for at in local] == [(TODAY, 15), (TODAY, 17)]
    again = {"room": row.id, "day": TODAY, "capacity": 3}
    assert await refused(slots_add(keeper, **again, hours="16:59-18")) == ("TAKEN", "hours")
    assert await refused(slots_add(keeper, **again, hours="9-11")) == ("GONE", "day")
    assert await refused(slots_add(keeper, **again | {"capacity": 0}, hours="18-19")) == ("HOW_MANY_PEOPLE", "capacity")
    assert len(await slots_add(keeper, **again, hours="17-18")) == 1
    assert await ReadingSlot.all().count() == 2


async def test_a_pattern_is_looked_at_before_it_is_written_and_leaves_days_off_out(everyone: Cast) -> None:
    row, keeper = await room(everyone), everyone["custodian"]
    await change_day(everyone["secretary"], TODAY + 3 * DAY, mark=DayMark.OFF, reason="the plenary session")

    found, unknown = await slots_plan(keeper, room=row.id, **WEEK)
    assert [one.standing for one in found] == [*[SlotStanding.DAY_OFF] * 2, *[SlotStanding.FRESH] * 2]
    assert (unknown, await ReadingSlot.all().count()) == (None, 0)
    rows = await slots_apply(keeper, room=row.id, capacity=4, **WEEK)

    assert [(one.starts_at, one.capacity) for one in rows] == [(one.starts_at, 4) for one in found[2:]]
    again, _ = await slots_plan(keeper, room=row.id, **WEEK)
    assert [one.standing for one in again[2:]] == [SlotStanding.TAKEN] * 2
    assert await refused(slots_apply(keeper, room=row.id, capacity=4, **WEEK)) == ("NOTHING_NEW", "weekdays")
    assert await ReadingSlot.all().count() == 2


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"weekdays": []}, ("NO_WEEKDAY", "weekdays")),
        ({"weekdays": [7]}, ("NO_WEEKDAY", "weekdays")),
        ({"weeks": 0}, ("HOW_MANY_WEEKS", "weeks")),
        ({"weeks": 27}, ("HOW_MANY_WEEKS", "weeks")),
        ({"hours": "noon"}, ("BAD_HOURS", "hours")),
    ],
)
async def test_a_pattern_that_makes_no_sense(everyone: Cast, wrong: PatternFacts, told: tuple[str, str]) -> None:
    row = await room(everyone)

    assert await refused(slots_plan(everyone["custodian"], room=row.id, **WEEK | wrong)) == told


async def test_a_year_whose_holidays_are_not_known_is_named(everyone: Cast) -> None:
    row = await room(everyone)
    far: PatternFacts = {**WEEK, "starts_on": dt.date(2041, 5, 1)}

    assert (await slots_plan(everyone["custodian"], room=row.id, **far))[1] == 2041


async def test_cancelling_a_time_tells_those_who_booked_it_and_ends_what_is_read(everyone: Cast) -> None:
    of, document = await room(everyone), await paper(everyone)
    now, other = await slot(of), await slot(of, starts=DAY)
    bookings = [await book(everyone[name], slot=now.id, document=document.id) for name in ("member", "leader")]
    await Booking.filter(id=bookings[1].id).update(state=BookingState.CHECKED_IN)
    await book(everyone["convener"], slot=other.id, document=document.id)
    before = await Message.all().count()

    done = await slot_cancel(everyone["custodian"], slot=now.id, reason="Water in the room")

    told = await Message.all().order_by("-created_at").limit(await Message.all().count() - before)
    cancelled = await Message.filter(link="/me/bookings")
    assert done.cancelled_at == NOW
    assert len(told) == len(cancelled) == 2
    assert {one.person_id for one in cancelled} == {everyone.people[name].id for name in ("member", "leader")}
    assert all("Water in the room" in one.text_en and "预算" not in one.title_zh + one.text_zh for one in cancelled)
    states = [(await Booking.get(id=one.id)).state for one in bookings]
    assert states == [BookingState.CANCELLED, BookingState.LEFT]
    assert await Booking.filter(state=BookingState.BOOKED).count() == 1
    assert await refused(slot_cancel(everyone["custodian"], slot=now.id, reason="again")) == ("OVER", "slot")
    assert await refused(slot_cancel(everyone["custodian"], slot=other.id, reason=" ")) == ("REASON_MISSING", "reason")


async def test_closing_a_room_cancels_what_is_still_to_come(everyone: Cast) -> None:
    of, document, keeper = await room(everyone), await paper(everyone), everyone["custodian"]
    over, later = await slot(of, starts=-9 * HOUR), await slot(of, starts=DAY)
    await book(everyone["member"], slot=later.id, document=document.id)

    await room_close(keeper, room=of.id, reason="The house is rebuilt")

    assert (await ReadingRoom.get(id=of.id)).ended_at == NOW
    assert [(await ReadingSlot.get(id=one.id)).cancelled_at for one in (over, later)] == [None, NOW]
    assert (await Booking.get()).state is BookingState.CANCELLED
    assert await Message.filter(link="/me/bookings").count() == 1
    for attempt in (
        room_close(keeper, room=of.id, reason="again"),
        room_change(keeper, room=of.id, place="x"),
        slots_add(keeper, room=of.id, day=TODAY + DAY, hours="9-11", capacity=1),
        slots_apply(keeper, room=of.id, capacity=1, **WEEK),
    ):
        assert await refused(attempt) == ("ROOM_CLOSED", "room")


@pytest.mark.parametrize(
    "name", ["member", "leader", "convener", "secretary", "chair", "department", "auditor", "visitor"]
)
async def test_only_who_keeps_the_rooms_says_when_they_are_open(everyone: Cast, name: str) -> None:
    of = await room(everyone)
    time, viewer = await slot(of), everyone[name]

    for attempt in (
        room_add(viewer, name_en="Mine"),
        room_change(viewer, room=of.id, place="x"),
        room_close(viewer, room=of.id, reason="no"),
        slots_add(viewer, room=of.id, day=TODAY + DAY, hours="9-11", capacity=1),
        slots_plan(viewer, room=of.id, **WEEK),
        slots_apply(viewer, room=of.id, capacity=1, **WEEK),
        slot_cancel(viewer, slot=time.id, reason="no"),
    ):
        with pytest.raises(Refused):
            await attempt
    assert (await ReadingRoom.all().count(), (await ReadingSlot.get()).cancelled_at) == (1, None)
