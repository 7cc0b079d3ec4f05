"""Comments on an announcement: written while they are open, hidden by staff with a reason, and never deleted."""

from uuid import UUID

from server.errors import Conflict, Invalid, Problem, Refused
from server.models import audit
from server.models.announcements.queries import open_to_comments, visible_announcements
from server.models.announcements.tables import Announcement, AnnouncementComment
from server.models.database import transaction
from server.models.facts import tidy
from server.models.history import locked, not_there, sound_reason
from server.rules.permissions import Action
from server.viewer import NOWHERE, Viewer
from server.words import say


async def comment_write(viewer: Viewer, *, announcement: UUID, text: str) -> AnnouncementComment:
    """Say something to an announcement that is for oneself, under one's name. Raises Invalid, Conflict once closed."""
    viewer.must(Action.COMMENT_ANNOUNCEMENTS)
    said = text.replace("\r\n", "\n").strip()
    tidy(AnnouncementComment, {"text": said.replace("\n", " ")})
    if not said:
        raise Invalid(Problem("TEXT_MISSING", say("Write something."), "text"))
    async with transaction():
        row = await Announcement.filter(visible_announcements(viewer), id=announcement).first()
        if row is None:
            raise not_there("id")
        if viewer.person is None:
            raise Refused(Problem("NOT_IN_REGISTER", say("Your account belongs to nobody in the register."), "id"))
        if not await Announcement.filter(open_to_comments(viewer), id=announcement).exists():
            raise Conflict(Problem("COMMENTS_CLOSED", say("Comments on this announcement are closed."), "text"))
        new = await AnnouncementComment.create(
            announcement_id=row.id, person_id=viewer.person, text=said, version=row.version, written_at=viewer.now
        )
        await audit.record(viewer, "announcements.comment", f"ann_{row.id}", {"comment": f"anc_{new.id}"})
    return new


async def comment_hide(viewer: Viewer, *, comment: UUID, reason: str) -> AnnouncementComment:
    """Readers see that it was hidden, and why; its words stay for who wrote it and for staff. Raises Conflict."""
    return await _hide(viewer, comment, sound_reason(reason))


async def comment_unhide(viewer: Viewer, *, comment: UUID) -> AnnouncementComment:
    """Readers see its words again. Raises Conflict."""
    return await _hide(viewer, comment, "")


async def _hide(viewer: Viewer, comment: UUID, reason: str) -> AnnouncementComment:
    """With a reason hidden, without one shown."""
    viewer.must(Action.PUBLISH_ANNOUNCEMENTS, NOWHERE)
    async with transaction():
        row = await locked(AnnouncementComment, comment, "id")
        if bool(reason) == (row.hidden_at is not None):
            said = say("It is hidden already.") if reason else say("It is not hidden.")
            raise Conflict(Problem("ALREADY_SO", said, "id"))
        by = (viewer.now, viewer.account) if reason else (None, None)
        facts = dict(zip(("hidden_at", "hidden_by_id"), by, strict=True))
        await AnnouncementComment.filter(id=comment).update(**facts, hidden_reason=reason)
        act, about = ("hide", {"why": reason}) if reason else ("unhide", {"why": row.hidden_reason})
        about["comment"] = f"anc_{comment}"
        await audit.record(viewer, f"announcements.{act}", f"ann_{row.announcement_id}", about)
    return await AnnouncementComment.get(id=comment)
