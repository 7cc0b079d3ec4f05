"""What becomes of an activity, and the majority of members (AT-1, MJ-1)."""

import pytest

from server.errors import Conflict, Invalid, NotThere, Refused
from server.models import activities
from server.models.activities import (
    Activity,
    ActivitySession,
    Attendance,
    Invited,
    LeaveRequest,
    MajorityCheck,
    Participation,
    steps_of,
)
from server.models.messages import Message
from server.rules.activities import (
    ActivityKind,
    ActivityState,
    ActivityStep,
    MajorityStage,
    ParticipantRole,
)
from server.rules.attendance import LeaveState, Presence, Rsvp
from tests import make
from tests.activities.worlds import AFTERNOON, DAY, HALF_DAY, MORNING, announced, at, begun, planned, stands
from tests.cast import NAMES, Cast

T = ActivityStep


async def test_people_are_told_when_it_is_announced_and_can_answer(everyone: Cast) -> None:
    row = await announced(everyone)
    assert row.state is ActivityState.OPEN
    member = everyone.people["member"].id
    assert (await stands(row, member)).invited_at == make.NOW
    (message,) = await Message.filter(person_id=member)
    assert message.title_en == "You are invited: Reading the plan, 14 December 2026 09:00"
    assert message.link == f"/activities/act_{row.id}"


async def test_later_than_the_rule_wants_needs_a_reason(everyone: Cast) -> None:
    leader, row = everyone["leader"], await planned(everyone)
    await activities.group_invite(leader, activity=row.id, invited=Invited(body=everyone.group.id))
    await activities.activity_approve(leader, activity=row.id)
    late = at(leader, MORNING - 2 * DAY)
    with pytest.raises(Invalid) as caught:
        await activities.activity_announce(late, activity=row.id)
    (problem,) = caught.value.problems
    assert (problem.code, problem.field, problem.rule) == ("SHORT_NOTICE", "urgent_reason", "AT-1")
    assert not await Participation.filter(invited_at__isnull=False).exists()
    done = await activities.activity_announce(late, activity=row.id, urgent_reason="The flood")
    assert done.urgent_reason == "The flood"


async def test_nobody_is_told_of_what_nobody_is_invited_to_or_has_begun(everyone: Cast) -> None:
    leader, row = everyone["leader"], await planned(everyone)
    await activities.activity_approve(leader, activity=row.id)
    with pytest.raises(Invalid, match="Nobody is on the list"):
        await activities.activity_announce(leader, activity=row.id)
    await activities.group_invite(leader, activity=row.id, invited=Invited(body=everyone.group.id))
    with pytest.raises(Invalid, match="have begun already"):
        await activities.activity_announce(at(leader, MORNING), activity=row.id, urgent_reason="x")


@pytest.mark.parametrize("name", NAMES)
async def test_what_is_offered_is_what_the_verb_takes(everyone: Cast, name: str) -> None:
    row = await announced(everyone)
    offered = steps_of(everyone[name], row.state, [everyone.group.id])
    assert bool(offered) == (name in {"leader", "secretary", "chair"})
    if offered:
        assert offered == [T.CLOSE, T.START, T.POSTPONE, T.CANCEL]
    else:
        with pytest.raises((Refused, NotThere)):
            await activities.activity_cancel(everyone[name], activity=row.id, reason="x")
        assert (await Activity.get(id=row.id)).state is ActivityState.OPEN


async def test_it_is_held_locked_and_put_away_and_nothing_twice(everyone: Cast) -> None:
    row, _ = await begun(everyone)
    leader, key = everyone["leader"], {"activity": row.id}
    assert (await activities.activity_finish(leader, **key)).state is ActivityState.HELD
    assert (await activities.activity_lock(leader, **key)).state is ActivityState.LOCKED
    assert (await activities.activity_archive(leader, **key)).state is ActivityState.ARCHIVED
    for again in (activities.activity_finish, activities.activity_lock, activities.activity_archive):
        with pytest.raises(Conflict):
            await again(leader, **key)


async def test_who_was_told_is_told_that_it_is_called_off_and_why(everyone: Cast) -> None:
    row = await announced(everyone)
    await activities.activity_cancel(everyone["leader"], activity=row.id, reason="No quorum")
    told = {one.title_en: one.text_en for one in await Message.filter(person_id=everyone.people["member"].id)}
    assert told["Cancelled: Reading the plan, 14 December 2026 09:00"] == "No quorum"


async def test_a_draft_is_cancelled_in_silence(everyone: Cast) -> None:
    row = await planned(everyone)
    await activities.group_invite(everyone["leader"], activity=row.id, invited=Invited(body=everyone.group.id))
    await activities.activity_cancel(everyone["leader"], activity=row.id, reason="Not now")
    assert not await Message.all().exists()


async def test_what_is_postponed_gets_new_times_and_is_announced_anew(everyone: Cast) -> None:
    row, session = await begun(everyone)
    leader, member, key = everyone["leader"], everyone["member"], {"activity": row.id}
    await activities.attendance_note(leader, session=session.id, seen={member.person: Presence.PRESENT})
    leave = await activities.leave_ask(member, **key, reason="ill", sessions=[session.id])
    with pytest.raises(Conflict, match="postpone it first"):
        await activities.activity_set_sessions(leader, **key, sessions=[AFTERNOON])

    await activities.activity_postpone(leader, **key, reason="Storm")
    await activities.activity_set_sessions(leader, **key, sessions=[(AFTERNOON[0] + DAY, AFTERNOON[1] + DAY)])
    again = await activities.activity_announce(leader, **key)

    assert (again.state, again.starts_at, again.reason) == (ActivityState.OPEN, AFTERNOON[0] + DAY, "")
    assert (await stands(row, member.person)).rsvp is Rsvp.NONE
    assert (await LeaveRequest.get(id=leave.id)).state is LeaveState.WITHDRAWN
    assert not await Attendance.all().exists()
    assert [one.n for one in await ActivitySession.filter(activity_id=row.id)] == [1]


# MJ-1

RESEARCH = {"kind": ActivityKind.RESEARCH}


async def of_three(cast: Cast) -> Activity:
    """A research visit with two members of three."""
    row = await planned(cast, "chair", **RESEARCH)
    await activities.group_invite(cast["chair"], activity=row.id, invited=Invited(body=cast.group.id))
    official = Invited(ParticipantRole.OFFICIAL, people=(cast.people["department"].id,))
    await activities.group_invite(cast["chair"], activity=row.id, invited=official)
    return row


async def test_without_a_majority_it_is_not_approved(everyone: Cast) -> None:
    row = await of_three(everyone)
    more = Invited(ParticipantRole.EXPERT, people=((await make.person()).id,))
    await activities.group_invite(everyone["chair"], activity=row.id, invited=more)
    with pytest.raises(Invalid) as caught:
        await activities.activity_approve(everyone["chair"], activity=row.id)
    (problem,) = caught.value.problems
    assert (problem.code, problem.rule) == ("MAJORITY", "MJ-1")
    assert str(problem.message) == ("2 of 4 are members: not more than half. 1 members more would make it.")
    with pytest.raises(Refused):
        await activities.activity_approve(everyone["secretary"], activity=row.id, override="It must be")
    assert not await MajorityCheck.all().exists()

    await activities.activity_approve(everyone["chair"], activity=row.id, override="Experts are needed")
    (check,) = await MajorityCheck.all()
    assert (check.stage, check.met, check.override) == (MajorityStage.APPROVAL, False, "Experts are needed")
    assert check.overridden_by_id == everyone["chair"].account


async def test_each_stage_counts_its_own_and_what_was_counted_stays(everyone: Cast) -> None:
    row, chair = await of_three(everyone), everyone["chair"]
    key = {"activity": row.id}
    await activities.activity_approve(chair, **key)
    await activities.activity_announce(chair, **key)
    await activities.invitation_answer(everyone["department"], **key, answer=Rsvp.YES)
    await activities.activity_start(chair, **key)
    session = await ActivitySession.get(activity_id=row.id)
    seen = {everyone.people[name].id: Presence.PRESENT for name in ("leader", "member", "department")}
    await activities.attendance_note(chair, session=session.id, seen=seen)
    await activities.activity_finish(chair, **key)
    await activities.activity_lock(chair, **key)
    found = {one.stage: (one.members, one.everyone, one.met) for one in await MajorityCheck.all()}
    assert found == {
        MajorityStage.APPROVAL: (2, 3, True),
        MajorityStage.START: (0, 1, False),
        MajorityStage.CLOSE: (2, 3, True),
    }


async def test_only_the_kinds_of_the_rule_are_bound(everyone: Cast) -> None:
    row = await planned(everyone, kind=ActivityKind.VISIT, sessions=[HALF_DAY])
    await activities.activity_approve(everyone["leader"], activity=row.id)
    assert not await MajorityCheck.all().exists()
