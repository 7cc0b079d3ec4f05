"""Announcements as the world may ask and change them: what is told to whom, who has read it, and what is said to it."""

from server.schema.announcements.changes import AnnouncementMutation
from server.schema.announcements.queries import AnnouncementQuery
from server.schema.announcements.readers import AnnouncementReaderMutation, AnnouncementReaderQuery
from server.schema.announcements.types import Announcement, AnnouncementComment

__all__ = [
    "Announcement",
    "AnnouncementComment",
    "AnnouncementMutation",
    "AnnouncementQuery",
    "AnnouncementReaderMutation",
    "AnnouncementReaderQuery",
]
