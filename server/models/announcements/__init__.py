"""Announcements: what is told to whom, from when on, in which version, who has read it, and what is said to it."""

import server.models.activities  # noqa: F401  # documents ask who takes part in one: see there

# isort: split
from server.models.announcements.papers import announcement_link_document, announcement_unlink_document
from server.models.announcements.publishing import (
    announcement_correct,
    announcement_prolong,
    announcement_publish,
    announcement_withdraw,
    tell_published,
)
from server.models.announcements.queries import (
    addressed,
    audience_of,
    displayed,
    kept_announcements,
    open_to_all,
    unread,
    visible_announcements,
    visible_comments,
    visible_versions,
)
from server.models.announcements.reading import announcement_open
from server.models.announcements.tables import (
    Announcement,
    AnnouncementBody,
    AnnouncementComment,
    AnnouncementDocument,
    AnnouncementReading,
    AnnouncementRole,
    AnnouncementVersion,
)
from server.models.announcements.writing import (
    AnnouncementFacts,
    Named,
    announcement_add,
    announcement_change,
    announcement_submit,
    steps_of,
)

__all__ = [
    "Announcement",
    "AnnouncementBody",
    "AnnouncementComment",
    "AnnouncementDocument",
    "AnnouncementFacts",
    "AnnouncementReading",
    "AnnouncementRole",
    "AnnouncementVersion",
    "Named",
    "addressed",
    "announcement_add",
    "announcement_change",
    "announcement_correct",
    "announcement_link_document",
    "announcement_open",
    "announcement_prolong",
    "announcement_publish",
    "announcement_submit",
    "announcement_unlink_document",
    "announcement_withdraw",
    "audience_of",
    "displayed",
    "kept_announcements",
    "open_to_all",
    "steps_of",
    "tell_published",
    "unread",
    "visible_announcements",
    "visible_comments",
    "visible_versions",
]
