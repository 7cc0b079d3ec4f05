"""Who opened an announcement: noted once for each version, and who is reminded."""

from uuid import UUID

from server.models.announcements.queries import addressed, displayed, visible_announcements
from server.models.announcements.tables import Announcement, AnnouncementReading
from server.models.database import transaction
from server.models.history import not_there
from server.rules.permissions import Action
from server.viewer import Viewer


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
                version=row.version,
                first_read_at=viewer.now,
                read_at=viewer.now,
            )
            await AnnouncementReading.bulk_create([new], ignore_conflicts=True)  # in two windows at once
        elif before.version < row.version:
            await mine.update(version=row.version, read_at=viewer.now)
        return before is None or before.version < row.version
