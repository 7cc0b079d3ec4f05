"""Whatever comes in whatever order, or at once: nobody is lost, nobody counts twice, no place is given twice."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from random import Random
from uuid import UUID

import pytest

from server.errors import Conflict, NotThere, Refused
from server.models import activities
from server.models.activities import Activity, ActivitySession, Attendance, LeaveRequest, Participation
from server.models.audit import verify
from server.rules.attendance import LeaveScope, LeaveState, Method, Presence, Rsvp, code_at
from server.rules.permissions import HeldRole, Role
from server.viewer import Viewer
from tests import make
from tests.activities.worlds import AFTERNOON, HALF_DAY, MORNING, announced, at, people
from tests.cast import Cast

TURNS = 60
PHONES = 300
KEY = b"key"


def member(person: UUID) -> Viewer:
    return make.viewer(person=person, roles=(HeldRole(Role.MEMBER),))


class World:
    """Six people, two places, and all that they and the office can do."""

    def __init__(self, cast: Cast, row: Activity, listed: list[UUID], chance: Random) -> None:
        self.cast, self.row, self.listed, self.chance = cast, row, listed, chance

    async def answer(self) -> None:
        answer = self.chance.choice((Rsvp.YES, Rsvp.YES, Rsvp.NO))
        await activities.invitation_answer(member(self.someone()), activity=self.row.id, answer=answer)

    async def note(self) -> None:
        answer = self.chance.choice((Rsvp.YES, Rsvp.NO))
        await activities.invitation_note(
            self.cast["leader"], activity=self.row.id, person=self.someone(), answer=answer
        )

    async def ask(self) -> None:
        parts = await ActivitySession.filter(activity_id=self.row.id).values_list("id", flat=True)
        some = list(parts)[:1] if self.chance.random() < 0.3 else []
        await activities.leave_ask(member(self.someone()), activity=self.row.id, reason="a journey", sessions=some)

    async def withdraw(self) -> None:
        leave = await self.leave()
        await activities.leave_withdraw(member((await leave.participation).person_id), leave=leave.id)

    async def decide(self) -> None:
        leave, approve = await self.leave(), self.chance.random() < 0.5
        await activities.leave_decide(self.cast["chair"], leave=leave.id, approve=approve, answer="it is short")

    async def make_room(self) -> None:
        capacity = self.chance.choice((1, 2, 3, None))
        await activities.activity_change(self.cast["leader"], activity=self.row.id, capacity=capacity)

    def someone(self) -> UUID:
        return self.chance.choice(self.listed)

    async def leave(self) -> LeaveRequest:
        rows = await LeaveRequest.filter(participation__activity_id=self.row.id).order_by("submitted_at", "id")
        if not rows:
            raise NotThere()
        return self.chance.choice(rows)

    def deed(self) -> Callable[[], Awaitable[None]]:
        often = (self.answer, self.answer, self.note, self.ask, self.withdraw, self.decide)
        return self.chance.choice((*often, *often, self.make_room))


@pytest.mark.parametrize("seed", range(8))
async def test_no_order_of_answers_leave_and_places_gives_a_place_twice(everyone: Cast, seed: int) -> None:
    chance, listed = Random(seed), await people(6)
    row = await announced(everyone, people=listed, capacity=2, sessions=[HALF_DAY, AFTERNOON])
    world, coming, refused = World(everyone, row, listed, chance), 0, 0
    for _ in range(TURNS):
        try:
            await world.deed()()
        except (Conflict, NotThere, Refused):
            refused += 1
        coming = await sound(row, listed, coming)
    assert 0 < refused < TURNS
    assert (await verify()).ok


async def sound(row: Activity, listed: list[UUID], before: int) -> int:
    """How many come; before: how many came until now, who keep their places where there are fewer of them."""
    parts = await Participation.filter(activity_id=row.id)
    stands, capacity = Counter(part.rsvp for part in parts), (await Activity.get(id=row.id)).capacity
    waits = await LeaveRequest.filter(participation__activity_id=row.id, state=LeaveState.SUBMITTED)
    whole = {one.participation_id for one in waits if one.scope is LeaveScope.FULL}
    assert Counter(part.person_id for part in parts) == Counter(listed)
    assert capacity is None or stands[Rsvp.YES] <= max(capacity, before)
    assert not stands[Rsvp.WAITING] or (capacity is not None and stands[Rsvp.YES] >= capacity)
    assert len({one.participation_id for one in waits}) == len(waits)
    assert {part.rsvp for part in parts if part.id in whole} <= {Rsvp.LEAVE}
    return stands[Rsvp.YES]


async def test_two_at_the_desk_and_three_hundred_phones_at_the_same_second(everyone: Cast) -> None:
    listed = await people(PHONES)
    row = await announced(everyone, people=listed)
    await activities.activity_start(everyone["leader"], activity=row.id)
    session = await ActivitySession.get(activity_id=row.id, n=1)
    code = code_at(KEY, session.id, MORNING)

    async def phone(n: int, person: UUID) -> None:
        viewer = at(member(person), MORNING)
        await activities.check_in(viewer, session=session.id, key=KEY, code=code, device=f"phone {n}")

    async def desk(some: list[UUID]) -> None:
        for person in some:
            seen = {person: Presence.PRESENT}
            await activities.attendance_note(at(everyone["leader"], MORNING), session=session.id, seen=seen)

    desks = [desk(listed[:20]), desk(listed[10:30])]
    await asyncio.gather(*desks, *(phone(n, person) for n, person in enumerate(listed)))

    noted = await Attendance.filter(session_id=session.id).values_list("participation__person_id", "method")
    assert Counter(person for person, _ in noted) == Counter(listed)
    assert {method for person, method in noted if person in listed[30:]} == {Method.QR}
    assert (await verify()).ok
