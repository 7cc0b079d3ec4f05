"""What is announced in the demo: something for everyone, something to be read, to be published and to be compared."""

from server.models.accounts import Account
from server.models.announcements import (
    Announcement,
    AnnouncementComment,
    AnnouncementReading,
    AnnouncementVersion,
    open_to_all,
    unread,
    visible_announcements,
)
from server.rules.announcements import AnnouncementState
from server.rules.permissions import HeldRole, Role
from server.viewer import Viewer
from tests import make


async def _viewer(name: str, role: Role) -> Viewer:
    account = await Account.get(name=name)
    return make.viewer(account=account.id, name=name, person=account.person_id, roles=(HeldRole(role),))


async def test_everyone_reads_two_of_them_and_a_member_has_some_to_read(demo: str):
    shown = Announcement.filter(open_to_all(make.viewer())).order_by("-publish_at")
    assert [row.title_en async for row in shown] == [
        "Proposals to be commended: display",
        "Twelve new public nursery schools",
    ]
    member = await _viewer("member", Role.MEMBER)
    assert await unread(member).count() >= 3
    assert not await Announcement.filter(visible_announcements(member), state=AnnouncementState.DRAFT).exists()


async def test_one_was_amended_read_before_and_after_and_commented_on(demo: str):
    row = await Announcement.get(version=2)
    assert await AnnouncementVersion.filter(announcement_id=row.id).count() == 2
    seen = {one.seen async for one in AnnouncementReading.filter(announcement_id=row.id)}
    assert seen == {1, 2}
    hidden = {bool(one.hidden_reason) async for one in AnnouncementComment.filter(announcement_id=row.id)}
    assert hidden == {True, False}


async def test_one_waits_to_be_published_by_the_office(demo: str):
    secretary = await _viewer("secretary", Role.SECRETARY)
    waits = await Announcement.filter(visible_announcements(secretary), state=AnnouncementState.SUBMITTED)
    assert [row.title_en for row in waits] == ["After school in every school"]
