"""Announcements: what is told to whom, from when on, in which version, who has read it, and what is said to it."""

import server.models.activities  # noqa: F401  # documents ask who takes part in one: see there

# isort: split
from server.models.announcements.commenting import comment_hide, comment_unhide, comment_write
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
    displayed,
    kept_announcements,
    not_read,
    open_to_all,
    open_to_comments,
    told,
    unread,
    visible_announcements,
    visible_comments,
    visible_versions,
)
from server.models.announcements.reach import Reach, Readers, origins, timely
from server.models.announcements.reading import announcement_open, announcement_remind, to_be_reminded
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
    "Reach",
    "Readers",
    "addressed",
    "announcement_add",
    "announcement_change",
    "announcement_correct",
    "announcement_link_document",
    "announcement_open",
    "announcement_prolong",
    "announcement_publish",
    "announcement_remind",
    "announcement_submit",
    "announcement_unlink_document",
    "announcement_withdraw",
    "comment_hide",
    "comment_unhide",
    "comment_write",
    "displayed",
    "kept_announcements",
    "not_read",
    "open_to_all",
    "open_to_comments",
    "origins",
    "steps_of",
    "tell_published",
    "timely",
    "to_be_reminded",
    "told",
    "unread",
    "visible_announcements",
    "visible_comments",
    "visible_versions",
]
