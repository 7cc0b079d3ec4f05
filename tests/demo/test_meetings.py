"""What is held in the demo: something waits for each of its people, and what is over was settled."""

from server.models.accounts import Account
from server.models.activities import (
    Activity,
    Attendance,
    MajorityCheck,
    Participation,
    own_activities,
    visible_activities,
    waiting_leaves,
)
from server.rules.activities import ActivityState, MajorityStage
from server.rules.attendance import CAME, Rsvp
from server.rules.permissions import HeldRole, Role
from server.viewer import Viewer
from tests import make


async def _viewer(name: str, role: Role) -> Viewer:
    account = await Account.get(name=name)
    return make.viewer(account=account.id, name=name, person=account.person_id, roles=(HeldRole(role),))


async def test_a_member_is_invited_and_has_not_answered(demo: str):
    member = await _viewer("member", Role.MEMBER)

    (coming,) = await Activity.filter(own_activities(member), state=ActivityState.OPEN)
    mine = await Participation.get(activity_id=coming.id, person_id=member.person)

    assert (coming.title_zh, mine.rsvp) == ("学前教育普及普惠专题协商会", Rsvp.NONE)
    assert not await Activity.filter(visible_activities(member), state=ActivityState.DRAFT).exists()


async def test_leave_waits_for_the_office_and_a_draft_lacks_members(demo: str):
    secretary = await _viewer("secretary", Role.SECRETARY)

    (leave,) = await waiting_leaves(secretary)
    drafts = await Activity.filter(visible_activities(secretary), state=ActivityState.DRAFT)

    assert leave.reason == "当天有教学任务"
    assert [row.title_en for row in drafts] == ["Care for the old, research"]


async def test_who_came_was_settled_and_members_were_the_majority(demo: str):
    for row in await Activity.filter(state=ActivityState.LOCKED):
        seen = {one.presence async for one in Attendance.filter(participation__activity_id=row.id)}
        listed = await Participation.filter(activity_id=row.id).count()
        assert await Attendance.filter(participation__activity_id=row.id).count() == listed > 5
        assert seen & CAME
        assert seen - CAME
    checks = await MajorityCheck.filter(activity__state=ActivityState.LOCKED).values_list("stage", "met")
    assert sorted(checks, key=lambda check: check[0].value) == [
        (stage, True) for stage in sorted(MajorityStage, key=lambda stage: stage.value)
    ]
