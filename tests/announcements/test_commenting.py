"""Comments: by whom an announcement is for, until the last day, hidden with a reason, and never deleted."""

import pytest

from server.errors import Conflict, Invalid, NotThere, Refused
from server.models import announcements
from server.models.announcements import AnnouncementComment
from server.models.audit import AuditEntry
from tests import make
from tests.announcements.worlds import DAY, TODAY, at, drafted, published
from tests.cast import Cast


async def test_whom_it_is_for_comment_up_to_the_last_day(everyone: Cast) -> None:
    row = await published(everyone, comment_until=TODAY + DAY)
    member, key = everyone["member"], {"announcement": row.id}

    said = await announcements.comment_write(at(member, make.NOW + DAY), **key, text=" Too few\r\nschools ")

    assert (said.text, said.version, said.person_id) == ("Too few\nschools", 1, member.person)
    with pytest.raises(Conflict) as caught:
        await announcements.comment_write(at(member, make.NOW + 2 * DAY), **key, text="Later")
    assert [(one.code, one.field) for one in caught.value.problems] == [("COMMENTS_CLOSED", "text")]
    assert await AnnouncementComment.all().count() == 1


async def test_nothing_long_empty_or_of_strangers_is_kept(everyone: Cast) -> None:
    row = await published(everyone, comment_until=TODAY + DAY)
    draft = await drafted(everyone)
    for text in (" ", "x" * 1001, "a\x07b"):
        with pytest.raises(Invalid):
            await announcements.comment_write(everyone["member"], announcement=row.id, text=text)
    with pytest.raises(NotThere):
        await announcements.comment_write(everyone["member"], announcement=draft.id, text="x")
    with pytest.raises(Refused):
        await announcements.comment_write(everyone["visitor"], announcement=row.id, text="x")
    with pytest.raises(Refused, match="nobody in the register"):
        await announcements.comment_write(everyone["secretary"], announcement=row.id, text="x")
    with pytest.raises(Conflict):
        await announcements.comment_write(everyone["department"], announcement=row.id, text="not for them")
    assert await AnnouncementComment.all().count() == 0


async def test_staff_hide_with_a_reason_and_show_again_and_the_words_stay(everyone: Cast) -> None:
    row = await published(everyone, comment_until=TODAY)
    said = await announcements.comment_write(everyone["member"], announcement=row.id, text="Too few")
    office, key = everyone["secretary"], {"comment": said.id}
    with pytest.raises(Invalid):
        await announcements.comment_hide(office, **key, reason=" ")
    for name in ("member", "department", "auditor"):
        with pytest.raises(Refused):
            await announcements.comment_hide(everyone[name], **key, reason="x")

    hidden = await announcements.comment_hide(office, **key, reason="Off the matter")

    assert (hidden.hidden_at, hidden.hidden_by_id, hidden.text) == (make.NOW, office.account, "Too few")
    with pytest.raises(Conflict):
        await announcements.comment_hide(office, **key, reason="again")
    shown = await announcements.comment_unhide(office, **key)
    assert (shown.hidden_at, shown.hidden_reason) == (None, "")
    with pytest.raises(Conflict):
        await announcements.comment_unhide(office, **key)
    trail = [entry.action async for entry in AuditEntry.filter(action__contains="hide").order_by("serial")]
    assert trail == ["announcements.hide", "announcements.unhide"]
