"""Reading rooms and their times: added one by one or by a week's pattern, changed, closed and cancelled."""

import datetime as dt
from collections.abc import Collection
from typing import Any, TypedDict, Unpack
from uuid import UUID, uuid4

from server.errors import Conflict, Invalid, Problem
from server.models import audit
from server.models.calendar import calendar_of_years
from server.models.database import transaction
from server.models.facts import before_and_after, differing, tidy
from server.models.history import locked, sound_reason, there
from server.models.messages import telling
from server.models.rooms.tables import Booking, ReadingRoom, ReadingSlot
from server.rules.calendar import Calendar
from server.rules.messages import Topic
from server.rules.permissions import Action
from server.rules.rooms import (
    HELD,
    MOST_PEOPLE,
    BookingState,
    Pattern,
    PlannedSlot,
    SlotStanding,
    Span,
    hours_of,
    meet,
    pattern_problems,
    planned,
    span_of,
)
from server.viewer import Viewer
from server.words import say

CANCELLED = say("A time in the reading room that you booked was cancelled")
"""What those are told who booked it."""


class RoomFacts(TypedDict, total=False):
    """What can be said of a room. place: how to find it."""

    name_zh: str
    name_en: str
    place: str


class PatternFacts(TypedDict):
    """A week's times as they are asked for. weekdays: 0 for Monday. hours: see `hours_of`."""

    weekdays: Collection[int]
    hours: str
    starts_on: dt.date
    weeks: int


async def room_add(viewer: Viewer, **facts: Unpack[RoomFacts]) -> ReadingRoom:
    """A new reading room. Raises Invalid without a name."""
    viewer.must(Action.KEEP_ROOMS)
    said = _named(tidy(ReadingRoom, {"name_zh": "", "name_en": ""} | dict(facts)))
    async with transaction():
        row = await ReadingRoom.create(**said, created_at=viewer.now)
        await audit.record(viewer, "rooms.room_add", f"rom_{row.id}", said)
    return row


async def room_change(viewer: Viewer, *, room: UUID, **facts: Unpack[RoomFacts]) -> ReadingRoom:
    """Other facts about a room. Raises Invalid where no name is left, Conflict where it is closed."""
    viewer.must(Action.KEEP_ROOMS)
    async with transaction():
        row = await _open(room)
        _named({"name_zh": row.name_zh, "name_en": row.name_en} | (said := tidy(ReadingRoom, facts)))
        if new := differing(row, said):
            await ReadingRoom.filter(id=room).update(**new)
            await audit.record(viewer, "rooms.room_change", f"rom_{room}", before_and_after(row, new))
    return await ReadingRoom.get(id=room)


async def room_close(viewer: Viewer, *, room: UUID, reason: str) -> ReadingRoom:
    """It is no reading room any more: all its times that are not over are cancelled, and who booked one is told."""
    viewer.must(Action.KEEP_ROOMS)
    why = sound_reason(reason)
    async with transaction():
        await _open(room)
        slots = await ReadingSlot.filter(room_id=room, ends_at__gt=viewer.now, cancelled_at=None).order_by("id")
        for slot in slots:
            await locked(ReadingSlot, slot.id)
        await ReadingRoom.filter(id=room).update(ended_at=viewer.now)
        ended = await _cancel(viewer, [slot.id for slot in slots], why)
        await audit.record(viewer, "rooms.room_close", f"rom_{room}", {"reason": why} | ended)
    return await ReadingRoom.get(id=room)


async def slots_add(viewer: Viewer, *, room: UUID, day: dt.date, hours: str, capacity: int) -> list[ReadingSlot]:
    """The times of one day, whatever day that is. capacity: people at once.

    Raises Invalid for hours that are gone or make no sense, Conflict where the room has a time then already.
    """
    viewer.must(Action.KEEP_ROOMS)
    spans = [span_of(day, one, viewer.zone) for one in hours_of(hours)]
    _must_hold_people(capacity)
    if spans[0][0] <= viewer.now:
        raise Invalid(Problem("GONE", say("That time has begun already."), "day"))
    async with transaction():
        await _open(room)
        taken = await _taken(viewer, room)
        if any(meet(span, other) for span in spans for other in taken):
            raise Conflict(Problem("TAKEN", say("The room has a time then already."), "hours"))
        return await _create(viewer, room, spans, capacity)


async def slots_plan(
    viewer: Viewer, *, room: UUID, **facts: Unpack[PatternFacts]
) -> tuple[list[PlannedSlot], int | None]:
    """What a week's pattern would add, time by time; nothing is written.

    Also the first year whose public holidays are not known, so that they are not left out; None where all are.
    """
    viewer.must(Action.KEEP_ROOMS)
    await there(ReadingRoom, room, "room")
    pattern = _pattern(**facts)
    calendar = await _calendar(viewer, pattern)
    days = pattern.days
    return await _planned(viewer, room, pattern, calendar), calendar.unknown(days[0], days[-1])


async def slots_apply(viewer: Viewer, *, room: UUID, capacity: int, **facts: Unpack[PatternFacts]) -> list[ReadingSlot]:
    """Add what `slots_plan` finds to be new, as it is by then. Raises Conflict where nothing of it is."""
    viewer.must(Action.KEEP_ROOMS)
    _must_hold_people(capacity)
    pattern = _pattern(**facts)
    calendar = await _calendar(viewer, pattern)
    async with transaction():
        await _open(room)
        found = await _planned(viewer, room, pattern, calendar)
        spans = [(one.starts_at, one.ends_at) for one in found if one.standing is SlotStanding.FRESH]
        if not spans:
            raise Conflict(Problem("NOTHING_NEW", say("No time of this pattern can be added."), "weekdays"))
        return await _create(viewer, room, spans, capacity)


async def slot_cancel(viewer: Viewer, *, slot: UUID, reason: str) -> ReadingSlot:
    """Nobody reads there then; who booked it is told why, and who is there reads no longer. Raises Conflict."""
    viewer.must(Action.KEEP_ROOMS)
    why = sound_reason(reason)
    async with transaction():
        row = await locked(ReadingSlot, slot, "slot")
        if row.cancelled_at or row.ends_at <= viewer.now:
            raise Conflict(Problem("OVER", say("This time is over, or was cancelled."), "slot"))
        ended = await _cancel(viewer, [slot], why)
        await audit.record(viewer, "rooms.slot_cancel", f"slt_{slot}", {"reason": why} | ended)
    return await ReadingSlot.get(id=slot)


async def _cancel(viewer: Viewer, slots: list[UUID], why: str) -> dict[str, Any]:
    """For the trail: which times, and what was booked in them."""
    held = await Booking.filter(slot_id__in=slots, state__in=HELD).order_by("id")
    await ReadingSlot.filter(id__in=slots).update(cancelled_at=viewer.now)
    waiting = Booking.filter(slot_id__in=slots)
    await waiting.filter(state=BookingState.BOOKED).update(state=BookingState.CANCELLED)
    await waiting.filter(state=BookingState.CHECKED_IN).update(state=BookingState.LEFT, left_at=viewer.now)
    people = list(dict.fromkeys(row.person_id for row in held))
    if people:
        more = say("The office says why: {reason}", reason=why)
        await telling.tell(
            viewer, topic=Topic.DOCUMENTS, words=CANCELLED, more=more, people=people, link="/me/bookings"
        )
    return {"slots": slots, "bookings": [row.id for row in held]}


async def _open(room: UUID) -> ReadingRoom:
    """The room, locked, which is none that was closed."""
    row = await locked(ReadingRoom, room, "room")
    if row.ended_at:
        raise Conflict(Problem("ROOM_CLOSED", say("This is no reading room any more."), "room"))
    return row


async def _taken(viewer: Viewer, room: UUID) -> list[Span]:
    rows = ReadingSlot.filter(room_id=room, ends_at__gt=viewer.now, cancelled_at=None)
    return [(row.starts_at, row.ends_at) for row in await rows]


async def _planned(viewer: Viewer, room: UUID, pattern: Pattern, calendar: Calendar) -> list[PlannedSlot]:
    return planned(pattern, calendar, await _taken(viewer, room), viewer.now, viewer.zone)


def _pattern(weekdays: Collection[int], hours: str, starts_on: dt.date, weeks: int) -> Pattern:
    if problems := list(pattern_problems(weekdays, weeks)):
        raise Invalid(*problems)
    return Pattern(frozenset(weekdays), tuple(hours_of(hours)), starts_on, weeks)


async def _calendar(viewer: Viewer, pattern: Pattern) -> Calendar:
    return await calendar_of_years(viewer, range(pattern.days[0].year, pattern.days[-1].year + 1))


async def _create(viewer: Viewer, room: UUID, spans: list[Span], capacity: int) -> list[ReadingSlot]:
    rows = [
        ReadingSlot(id=uuid4(), room_id=room, starts_at=starts, ends_at=ends, capacity=capacity)
        for starts, ends in spans
    ]
    await ReadingSlot.bulk_create(rows)
    said = {"capacity": capacity, "slots": [[row.id, row.starts_at, row.ends_at] for row in rows]}
    await audit.record(viewer, "rooms.slots_add", f"rom_{room}", said)
    return rows


def _must_hold_people(capacity: int) -> None:
    if not 1 <= capacity <= MOST_PEOPLE:
        message = say("Between one and {most} people at once.", most=MOST_PEOPLE)
        raise Invalid(Problem("HOW_MANY_PEOPLE", message, "capacity"))


def _named(said: dict[str, Any]) -> dict[str, Any]:
    if not said.get("name_zh") and not said.get("name_en"):
        raise Invalid(Problem("NAME_MISSING", say("Give it a name in one of the two languages."), "name_zh"))
    return said
