"""Who opened an announcement: noted once for each version, and who is reminded."""

from typing import Any
from uuid import UUID

from server.errors import Conflict, Invalid, Problem
from server.models import audit
from server.models.announcements.news import REMINDED, tell
from server.models.announcements.queries import addressed, displayed, visible_announcements
from server.models.announcements.reach import short_of
from server.models.announcements.tables import Announcement, AnnouncementReading
from server.models.database import transaction
from server.models.history import not_there
from server.models.messages.tables import Message
from server.models.messages.telling import message_key
from server.rules.permissions import Action
from server.viewer import NOWHERE, Viewer
from server.words import say


async def announcement_open(viewer: Viewer, *, announcement: UUID) -> bool:
    """Note that the viewer opened it as it stands; whether that was new. Nothing is noted of who is no person of the
    register, or of what is not displayed to them, such as a draft that they write. Raises NotThere.
    """
    viewer.must(Action.READ_ANNOUNCEMENTS)
    row = await Announcement.filter(visible_announcements(viewer), id=announcement).first()
    if row is None:
        raise not_there("id")
    shown = Announcement.filter(displayed(viewer), addressed(viewer), id=announcement)
    if viewer.person is None or not await shown.exists():
        return False
    async with transaction():
        mine = AnnouncementReading.filter(announcement_id=row.id, person_id=viewer.person)
        before = await mine.select_for_update(no_key=True).first()
        if before is None:
            new = AnnouncementReading(
                announcement_id=row.id,
                person_id=viewer.person,
                seen=row.version,
                first_read_at=viewer.now,
                read_at=viewer.now,
            )
            await AnnouncementReading.bulk_create([new], ignore_conflicts=True)  # in two windows at once
        elif before.seen < row.version:
            await mine.update(seen=row.version, read_at=viewer.now)
        return before is None or before.seen < row.version


async def announcement_remind(viewer: Viewer, *, announcement: UUID) -> int:
    """Remind those whom it is for and who have not opened it as it stands; how many. Nobody twice on one day.

    Raises NotThere; Conflict for what is not displayed; Invalid where nobody is left to be reminded.
    """
    viewer.must(Action.PUBLISH_ANNOUNCEMENTS, NOWHERE)
    async with transaction():
        row = await Announcement.filter(visible_announcements(viewer), id=announcement).first()
        if row is None:
            raise not_there("id")
        if not await Announcement.filter(displayed(viewer), id=announcement).exists():
            raise Conflict(Problem("NOT_DISPLAYED", say("It is not displayed: nobody could read it."), "id"))
        people, _ = await to_be_reminded(viewer, announcement)
        if not people:
            said = say("Nobody is left to be reminded: they have read it, or were reminded today.")
            raise Invalid(Problem("NOBODY", said, "id"))
        await tell(viewer, row, REMINDED, people=people, key=_key(viewer, announcement))
        await audit.record(viewer, "announcements.remind", f"ann_{row.id}", {"people": len(people)})
    return len(people)


async def to_be_reminded(viewer: Viewer, announcement: UUID) -> tuple[list[UUID], list[UUID]]:
    """Who has not opened it as it stands: those who were not reminded of it today, and those who were."""
    people = await short_of(viewer, announcement)
    keys = {message_key(_key(viewer, announcement), person): person for person in people}
    told: set[Any] = set(await Message.filter(id__in=list(keys)).values_list("id", flat=True))
    return [one for key, one in keys.items() if key not in told], [keys[key] for key in told]


def _key(viewer: Viewer, announcement: UUID) -> str:
    return f"announcements.remind:{announcement}:{viewer.today}"
