"""Who came: noted, checked in, settled, and corrected afterwards (AT-2, AT-3)."""

import datetime as dt

import pytest

from server.errors import Conflict, Invalid, NotThere, Refused
from server.models import activities
from server.models.activities import Attendance, AttendanceCorrection
from server.rules.attendance import Method, Presence, code_at
from tests.activities.worlds import AFTERNOON, HALF_DAY, MORNING, announced, at, begun, planned
from tests.cast import NAMES, Cast

P = Presence
KEY = b"k" * 32
MINUTE = dt.timedelta(minutes=1)


async def seen(cast: Cast) -> dict[str, Presence]:
    """Name -> what was noted, over all sessions."""
    names = {person.id: name for name, person in cast.people.items()}
    rows = await Attendance.all().prefetch_related("participation")
    return {names[row.participation.person_id]: row.presence for row in rows}


async def test_staff_note_whom_they_see_and_the_last_word_counts(everyone: Cast) -> None:
    _, session = await begun(everyone)
    leader, member = everyone["leader"], everyone["member"]
    both = {member.person: P.PRESENT, leader.person: P.LATE}
    await activities.attendance_note(leader, session=session.id, seen=both)
    await activities.attendance_note(leader, session=session.id, seen={member.person: P.REMOTE, leader.person: None})
    assert await seen(everyone) == {"member": P.REMOTE}


async def test_only_who_prepares_notes_and_only_whom_somebody_invited(everyone: Cast) -> None:
    _, session = await begun(everyone)
    for name in set(NAMES) - {"leader", "secretary", "chair"}:
        with pytest.raises((NotThere, Refused)):
            await activities.attendance_note(
                everyone[name], session=session.id, seen={everyone["member"].person: P.PRESENT}
            )
    stranger = {everyone["convener"].person: P.PRESENT}
    with pytest.raises(NotThere):
        await activities.attendance_note(everyone["leader"], session=session.id, seen=stranger)
    assert await seen(everyone) == {}


async def test_nobody_is_noted_before_it_begins(everyone: Cast) -> None:
    row = await announced(everyone)
    session = await activities.ActivitySession.get(activity_id=row.id)
    with pytest.raises(Conflict, match="start it first"):
        await activities.attendance_note(
            everyone["leader"], session=session.id, seen={everyone["member"].person: P.PRESENT}
        )


@pytest.mark.parametrize(
    ("after", "presence"), [(-30 * MINUTE, P.PRESENT), (dt.timedelta(0), P.PRESENT), (MINUTE, P.LATE)]
)
async def test_one_checks_in_by_the_code_on_the_screen(everyone: Cast, after: dt.timedelta, presence: Presence) -> None:
    _, session = await begun(everyone)
    me = at(everyone["member"], MORNING + after)
    code = code_at(KEY, session.id, me.now)
    row = await activities.check_in(me, session=session.id, key=KEY, code=code, device="a")
    assert (row.presence, row.method) == (presence, Method.QR)
    again = await activities.check_in(me, session=session.id, key=KEY, code=code, device="a")
    assert again.id == row.id
    assert await Attendance.all().count() == 1


async def test_an_old_code_a_used_phone_and_a_wrong_time_are_refused(everyone: Cast) -> None:
    _, session = await begun(everyone, online_url="https://meet.example")
    me, leader = at(everyone["member"], MORNING), at(everyone["leader"], MORNING)
    old = code_at(KEY, session.id, MORNING - 2 * MINUTE)
    with pytest.raises(Invalid, match="not on the screen"):
        await activities.check_in(me, session=session.id, key=KEY, code=old, device="a")
    early = at(me, MORNING - 31 * MINUTE)
    with pytest.raises(Conflict, match="half an hour"):
        await activities.check_in(early, session=session.id, key=KEY, code=None, device="a")
    await activities.check_in(me, session=session.id, key=KEY, code=None, device="a")
    with pytest.raises(Conflict, match="this phone"):
        await activities.check_in(leader, session=session.id, key=KEY, code=None, device="a")
    await activities.check_in(leader, session=session.id, key=KEY, code=None, device="b")
    assert await seen(everyone) == {"member": P.REMOTE, "leader": P.REMOTE}


async def test_in_the_hall_one_needs_the_code(everyone: Cast) -> None:
    _, session = await begun(everyone)
    with pytest.raises(Invalid, match="on the screen in the hall"):
        await activities.check_in(at(everyone["member"], MORNING), session=session.id, key=KEY, code=None, device="a")
    assert await seen(everyone) == {}


async def test_who_is_not_invited_cannot_check_in(everyone: Cast) -> None:
    _, session = await begun(everyone)
    stranger = at(everyone["convener"], MORNING)
    with pytest.raises(NotThere):
        await activities.check_in(stranger, session=session.id, key=KEY, code=None, device="a")


async def test_who_was_not_seen_was_excused_or_absent(everyone: Cast) -> None:
    row, _ = await begun(everyone, sessions=[HALF_DAY, AFTERNOON])
    leader, member = everyone["leader"], everyone["member"]
    noon = await activities.ActivitySession.get(activity_id=row.id, n=2)
    leave = await activities.leave_ask(member, activity=row.id, reason="a flight", sessions=[noon.id])
    await activities.leave_decide(leader, leave=leave.id, approve=True)
    await activities.activity_finish(leader, activity=row.id)
    await activities.activity_lock(leader, activity=row.id)
    rows = await Attendance.all().prefetch_related("participation", "session")
    found = {(one.participation.person_id, one.session.n): one.presence for one in rows}
    assert found == {
        (member.person, 1): P.ABSENT,
        (member.person, 2): P.EXCUSED,
        (leader.person, 1): P.ABSENT,
        (leader.person, 2): P.ABSENT,
    }


async def test_what_is_locked_is_only_corrected_and_keeps_what_it_was(everyone: Cast) -> None:
    row, session = await begun(everyone)
    leader, member = everyone["leader"], everyone["member"]
    wrong = {"session": session.id, "person": member.person, "becomes": P.PRESENT}
    with pytest.raises(Conflict, match="not locked"):
        await activities.attendance_correct(leader, **wrong, reason="x")
    await activities.activity_finish(leader, activity=row.id)
    await activities.activity_lock(leader, activity=row.id)
    with pytest.raises(Conflict, match="It is locked"):
        await activities.attendance_note(leader, session=session.id, seen={member.person: P.PRESENT})
    with pytest.raises(Invalid):
        await activities.attendance_correct(leader, **wrong, reason=" ")
    await activities.attendance_correct(leader, **wrong, reason="On the paper list")
    (kept,) = await AttendanceCorrection.all()
    assert (kept.was, kept.becomes, kept.reason) == (P.ABSENT, P.PRESENT, "On the paper list")
    assert (await seen(everyone))["member"] is P.PRESENT


async def test_a_draft_has_nobody_to_note(everyone: Cast) -> None:
    row = await planned(everyone)
    assert not await Attendance.filter(participation__activity_id=row.id).exists()


async def test_nothing_is_put_right_of_who_was_not_on_the_list(everyone: Cast) -> None:
    row, session = await begun(everyone)
    leader = everyone["leader"]
    await activities.activity_finish(leader, activity=row.id)
    await activities.activity_lock(leader, activity=row.id)

    with pytest.raises(NotThere):
        await activities.attendance_correct(
            leader, session=session.id, person=everyone.people["chair"].id, becomes=P.PRESENT, reason="seen there"
        )
