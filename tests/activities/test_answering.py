"""Answers, places, and leave (AT-1)."""

import pytest

from server.errors import Conflict, Invalid, NotThere, Refused
from server.models import activities
from server.models.activities import ActivitySession, LeaveRequest, Participation, visible_leaves, waiting_leaves
from server.models.messages import Message
from server.rules.attendance import LeaveScope, LeaveState, Rsvp
from tests import make
from tests.activities.worlds import DAY, MORNING, announced, at, begun, people, stands
from tests.cast import NAMES, Cast


async def test_one_answers_and_changes_ones_mind(everyone: Cast) -> None:
    row, member = await announced(everyone), everyone["member"]
    assert (await activities.invitation_answer(member, activity=row.id, answer=Rsvp.YES)).rsvp is Rsvp.YES
    assert (await activities.invitation_answer(member, activity=row.id, answer=Rsvp.YES)).rsvp is Rsvp.YES
    assert (await activities.invitation_answer(member, activity=row.id, answer=Rsvp.NO)).rsvp is Rsvp.NO
    with pytest.raises(Invalid):
        await activities.invitation_answer(member, activity=row.id, answer=Rsvp.WAITING)


@pytest.mark.parametrize("name", ["convener", "custodian", "visitor", "department"])
async def test_who_is_not_invited_has_nothing_to_answer(everyone: Cast, name: str) -> None:
    row = await announced(everyone)
    with pytest.raises((NotThere, Refused)):
        await activities.invitation_answer(everyone[name], activity=row.id, answer=Rsvp.YES)


async def test_answers_are_closed_for_who_answers_and_not_for_who_notes_them(everyone: Cast) -> None:
    row, member, leader = await announced(everyone), everyone["member"], everyone["leader"]
    await activities.activity_close_answers(leader, activity=row.id)
    with pytest.raises(Conflict, match="Answers are closed"):
        await activities.invitation_answer(member, activity=row.id, answer=Rsvp.YES)
    await activities.invitation_note(leader, activity=row.id, person=member.person, answer=Rsvp.YES)
    assert (await stands(row, member.person)).rsvp is Rsvp.YES


async def test_who_waits_longest_gets_the_place_that_is_free(everyone: Cast) -> None:
    first, second, third = await people(3)
    leader, places = everyone["leader"], {"people": [first, second, third], "capacity": 1}
    row = await announced(everyone, **places)
    for minute, person in enumerate((first, second, third)):
        noted = at(leader, leader.now + minute * DAY / 1440)
        await activities.invitation_note(noted, activity=row.id, person=person, answer=Rsvp.YES)
    assert [(await stands(row, one)).rsvp for one in (first, second, third)] == [Rsvp.YES, Rsvp.WAITING, Rsvp.WAITING]

    await activities.invitation_note(leader, activity=row.id, person=first, answer=Rsvp.NO)

    assert [(await stands(row, one)).rsvp for one in (first, second, third)] == [Rsvp.NO, Rsvp.YES, Rsvp.WAITING]
    told = {message.title_en for message in await Message.filter(person_id=second)}
    assert "There is a place for you now: Reading the plan, 14 December 2026 09:00" in told


async def test_more_places_are_given_to_who_waits(everyone: Cast) -> None:
    first, second, third = await people(3)
    leader, listed = everyone["leader"], {"people": [first, second, third], "capacity": 1}
    row = await announced(everyone, **listed)
    for person in (first, second, third):
        await activities.invitation_note(leader, activity=row.id, person=person, answer=Rsvp.YES)

    for capacity, coming in ((2, 2), (1, 2), (None, 3)):
        await activities.activity_change(leader, activity=row.id, capacity=capacity)
        assert await Participation.filter(activity_id=row.id, rsvp=Rsvp.YES).count() == coming
    assert await Message.filter(person_id__in=[second, third], title_en__startswith="There is a place").count() == 2


async def test_leave_frees_the_place_and_says_whether_it_was_late(everyone: Cast) -> None:
    row, member = await announced(everyone), everyone["member"]
    await activities.invitation_answer(member, activity=row.id, answer=Rsvp.YES)
    leave = await activities.leave_ask(member, activity=row.id, reason="a wedding")
    assert (leave.scope, leave.state, leave.late) == (LeaveScope.FULL, LeaveState.SUBMITTED, False)
    assert (await stands(row, member.person)).rsvp is Rsvp.LEAVE
    with pytest.raises(Conflict, match="already"):
        await activities.leave_ask(member, activity=row.id, reason="again")
    await activities.leave_withdraw(member, leave=leave.id)
    assert (await stands(row, member.person)).rsvp is Rsvp.NONE
    late = await activities.leave_ask(at(member, MORNING), activity=row.id, reason="ill")
    assert late.late


async def test_leave_in_part_keeps_the_answer(everyone: Cast) -> None:
    row, session = await begun(everyone)
    member = everyone["member"]
    leave = await activities.leave_ask(member, activity=row.id, reason="a flight", sessions=[session.id])
    assert leave.scope is LeaveScope.PART
    assert (await stands(row, member.person)).rsvp is Rsvp.NONE
    other = await announced(everyone)
    foreign = await ActivitySession.get(activity_id=other.id)
    with pytest.raises(NotThere):
        await activities.leave_ask(member, activity=other.id, reason="x", sessions=[session.id])
    assert foreign.id != session.id


async def test_leave_is_decided_by_who_may_and_never_by_oneself(everyone: Cast) -> None:
    row, member, leader = await announced(everyone), everyone["member"], everyone["leader"]
    leave = await activities.leave_ask(member, activity=row.id, reason="ill")
    for name in NAMES:
        if name in ("leader", "secretary", "chair"):
            assert await waiting_leaves(everyone[name]).count() == 1, name
            continue
        with pytest.raises((NotThere, Refused)):
            await activities.leave_decide(everyone[name], leave=leave.id, approve=True)
    with pytest.raises(Invalid, match="Say why"):
        await activities.leave_decide(leader, leave=leave.id, approve=False)
    done = await activities.leave_decide(leader, leave=leave.id, approve=False, answer="You give the lecture")
    assert (done.state, done.answer) == (LeaveState.REFUSED, "You give the lecture")
    with pytest.raises(Conflict):
        await activities.leave_decide(leader, leave=leave.id, approve=True)
    own = await activities.leave_ask(leader, activity=row.id, reason="ill")
    with pytest.raises(Refused, match="their own leave"):
        await activities.leave_decide(leader, leave=own.id, approve=True)


async def test_a_reason_is_read_by_who_gave_it_and_who_decides_only(everyone: Cast) -> None:
    row = await announced(everyone)
    leave = await activities.leave_ask(everyone["member"], activity=row.id, reason="an operation")
    seen = {n for n in NAMES if await LeaveRequest.filter(visible_leaves(everyone[n]), id=leave.id).exists()}
    assert seen == {"member", "leader", "secretary", "chair"}
    assert not await Message.filter(text_en__contains="operation").exists()
    assert await Participation.filter(activity_id=row.id).count() == 2


async def test_an_answer_is_noted_of_who_is_on_the_list_while_it_is_not_over(everyone: Cast) -> None:
    row, leader = await announced(everyone), everyone["leader"]
    with pytest.raises(NotThere):
        await activities.invitation_note(leader, activity=row.id, person=make.some_id(), answer=Rsvp.YES)
    leave = await activities.leave_ask(everyone["member"], activity=row.id, reason="a wedding")
    with pytest.raises(Refused, match="Only who asked"):
        await activities.leave_withdraw(everyone["secretary"], leave=leave.id)
    await activities.activity_cancel(leader, activity=row.id, reason="no hall")

    with pytest.raises(Conflict, match="as it stands"):
        await activities.invitation_note(leader, activity=row.id, person=leader.person, answer=Rsvp.YES)
    with pytest.raises(Conflict, match="as it stands"):
        await activities.leave_ask(leader, activity=row.id, reason="a wedding")
