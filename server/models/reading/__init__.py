"""What was read, by whom, how far (RD-3)."""

from server.models.reading.confirming import reading_confirm, reading_note
from server.models.reading.ending import close_silent, purge_notes, purge_records
from server.models.reading.opening import (
    LOOK,
    Leaf,
    file_give,
    page_give,
    reading_beat,
    reading_close,
    reading_open,
    refused_try,
    still,
)
from server.models.reading.queries import own_progress, own_sessions
from server.models.reading.tables import ReadingNote, ReadingProgress, ReadingSession, ReadReceipt

__all__ = [
    "LOOK",
    "Leaf",
    "ReadReceipt",
    "ReadingNote",
    "ReadingProgress",
    "ReadingSession",
    "close_silent",
    "file_give",
    "own_progress",
    "own_sessions",
    "page_give",
    "purge_notes",
    "purge_records",
    "reading_beat",
    "reading_close",
    "reading_confirm",
    "reading_note",
    "reading_open",
    "refused_try",
    "still",
]
