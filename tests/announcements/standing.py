"""Announcements in every state, with everything that can be known of one: versions, readings, comments, documents."""

import datetime as dt
from uuid import UUID

from server.models import announcements
from server.models.announcements import Announcement, AnnouncementComment, Named
from server.rules.announcements import AnnouncementAudience, AnnouncementKind
from server.rules.documents import Level
from server.rules.permissions import Role
from tests import make
from tests.announcements.worlds import DAY, corrected, drafted, published
from tests.cast import Cast

A, FAR = AnnouncementAudience, dt.date(2099, 1, 1)


async def of_every_state(cast: Cast, document: UUID) -> tuple[list[Announcement], list[AnnouncementComment]]:
    """One for everyone, amended, read, commented on and with a document; a draft; one that was handed in, for bodies;
    one withdrawn; one for roles, for a time to come; one whose last day has gone by; a plain one.

    Two comments, the second hidden."""
    office = cast["secretary"]
    said = {"title_zh": "新学校", "comment_until": FAR, "display_until": FAR}
    shown = await published(cast, audience=A.EVERYONE, level=Level.PUBLIC, **said)
    for name in ("member", "leader"):
        await announcements.announcement_open(cast[name], announcement=shown.id)
    comments = [
        await announcements.comment_write(cast[name], announcement=shown.id, text="三所。\nThree.")
        for name in ("member", "leader")
    ]
    comments[1] = await announcements.comment_hide(office, comment=comments[1].id, reason="another matter")
    await corrected(cast, shown)
    await announcements.announcement_open(cast["leader"], announcement=shown.id)
    await announcements.announcement_link_document(office, announcement=shown.id, document=document)
    draft = await drafted(cast, "secretary", title_en="Draft of roads")
    plain = await published(cast, title_en="Plain", kind=AnnouncementKind.NOTICE)
    bodies = {"audience": A.BODIES, "named": Named(bodies=[cast.group.id, cast.sector.id])}
    handed = await drafted(cast, "department", title_en="Handed in", **bodies)
    await announcements.announcement_submit(cast["department"], announcement=handed.id)
    gone = await published(cast, title_en="Withdrawn")
    await announcements.announcement_withdraw(office, announcement=gone.id, reason="too early")
    roles = {"audience": A.ROLES, "named": Named(roles=[Role.MEMBER, Role.CHAIR]), "level": Level.WORK_SENSITIVE}
    later = await published(cast, at=make.NOW.replace(year=2040), title_en="Later", **roles)
    old = {"kind": AnnouncementKind.NOTICE, "origin_id": None, "display_until": make.TODAY + DAY}
    over = await published(cast, title_en="Over", **old)
    await Announcement.filter(id=over.id).update(display_until=make.TODAY - DAY)
    return [await Announcement.get(id=row.id) for row in (shown, draft, handed, gone, later, over, plain)], comments
