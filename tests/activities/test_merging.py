"""Two entries of one person become one: invitations, answers, leave and attendance are the one's."""

from uuid import UUID

from server.models import activities, members
from server.models.activities import Attendance, Invited, LeaveRequest, Participation
from server.rules.attendance import LeaveState, Presence, Rsvp
from tests import make
from tests.activities.worlds import announced, begun, planned
from tests.cast import Cast


async def merged(cast: Cast, keep: UUID, drop: UUID) -> None:
    await members.merge_people(cast["secretary"], keep=keep, drop=drop, reason="the same")


async def test_what_only_the_double_was_invited_to_is_the_ones(everyone: Cast) -> None:
    keep, drop = everyone.people["convener"].id, everyone.people["member"].id
    row = await announced(everyone)
    await activities.invitation_answer(everyone["member"], activity=row.id, answer=Rsvp.YES)

    await merged(everyone, keep, drop)

    stands = await Participation.get(activity_id=row.id, person_id=keep)
    assert stands.rsvp is Rsvp.YES
    assert not await Participation.filter(person_id=drop).exists()


async def test_what_both_were_invited_to_is_once_with_what_each_said_and_was_seen_of(everyone: Cast) -> None:
    keep, drop = everyone.people["leader"].id, everyone.people["member"].id
    row, session = await begun(everyone)
    await activities.invitation_note(everyone["leader"], activity=row.id, person=drop, answer=Rsvp.YES)
    seen = {drop: Presence.LATE}
    await activities.attendance_note(everyone["leader"], session=session.id, seen=seen)
    for name in ("leader", "member"):
        await activities.leave_ask(everyone[name], activity=row.id, reason=name, sessions=[session.id])

    await merged(everyone, keep, drop)

    (stands,) = await Participation.filter(activity_id=row.id, person_id__in=[keep, drop])
    assert (stands.person_id, stands.rsvp) == (keep, Rsvp.YES)
    assert [one.presence for one in await Attendance.filter(participation_id=stands.id)] == [Presence.LATE]
    leaves = await LeaveRequest.filter(participation_id=stands.id).order_by("reason")
    assert [(one.reason, one.state) for one in leaves] == [
        ("leader", LeaveState.SUBMITTED),
        ("member", LeaveState.WITHDRAWN),
    ]


async def test_what_the_one_that_stays_answered_and_was_seen_as_counts(everyone: Cast) -> None:
    keep, drop = everyone.people["leader"].id, everyone.people["member"].id
    row, session = await begun(everyone)
    for person, answer, presence in ((keep, Rsvp.NO, Presence.ABSENT), (drop, Rsvp.YES, Presence.PRESENT)):
        await activities.invitation_note(everyone["leader"], activity=row.id, person=person, answer=answer)
        await activities.attendance_note(everyone["leader"], session=session.id, seen={person: presence})

    await merged(everyone, keep, drop)

    (stands,) = await Participation.filter(activity_id=row.id)
    assert stands.rsvp is Rsvp.NO
    assert [one.presence for one in await Attendance.all()] == [Presence.ABSENT]
    assert stands.invited_at == make.NOW


async def test_what_nobody_was_told_of_is_listed_once(everyone: Cast) -> None:
    keep, drop = everyone.people["leader"].id, everyone.people["member"].id
    row = await planned(everyone)
    await activities.group_invite(everyone["leader"], activity=row.id, invited=Invited(body=everyone.group.id))

    await merged(everyone, keep, drop)

    (stands,) = await Participation.filter(activity_id=row.id, person_id__in=[keep, drop])
    assert (stands.person_id, stands.invited_at, stands.rsvp) == (keep, None, Rsvp.NONE)
