"""Announcements for tests: written, published and corrected by who may."""

import datetime as dt
from dataclasses import replace
from typing import Any

from server.models import announcements
from server.models.announcements import Announcement
from server.rules.announcements import AnnouncementKind
from server.viewer import Viewer
from tests import make
from tests.cast import Cast

DAY = dt.timedelta(days=1)
TODAY = make.TODAY
LATER = make.NOW + DAY


async def drafted(cast: Cast, viewer: str = "secretary", **facts: Any) -> Announcement:
    """News of the Education Bureau, for all members."""
    said = {"kind": AnnouncementKind.INFORMATION, "title_en": "New schools", "body_en": "Three *new* schools open."}
    said |= {"origin_id": cast.bureau.id, "occurred_on": TODAY - 3 * DAY} | facts
    return await announcements.announcement_add(cast[viewer], **said)


async def published(cast: Cast, at: dt.datetime | None = None, **facts: Any) -> Announcement:
    """The same, published at once unless said otherwise."""
    row = await drafted(cast, **facts)
    return await announcements.announcement_publish(cast["secretary"], announcement=row.id, at=at)


async def corrected(cast: Cast, row: Announcement, **facts: Any) -> Announcement:
    """Another version: not three schools, but four."""
    said = {"body_en": "Four *new* schools open."} | facts
    viewer = cast["secretary"]
    return await announcements.announcement_correct(viewer, announcement=row.id, changed="It is four.", **said)


def at(viewer: Viewer, moment: dt.datetime) -> Viewer:
    """The same person at another moment."""
    return replace(viewer, now=moment)


async def seen_by(viewer: Viewer) -> list[str]:
    """The titles of what someone may know of."""
    found = Announcement.filter(announcements.visible_announcements(viewer)).order_by("title_en")
    return [title async for title in found.values_list("title_en", flat=True)]
