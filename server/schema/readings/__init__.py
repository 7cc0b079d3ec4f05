"""Reading as the world may ask for it: openings of one's own, and pages, words and files as bytes."""

from server.schema.readings.changes import ReadingMutation
from server.schema.readings.giving import file_of, page_of, refuse, words_of
from server.schema.readings.queries import ReadingQuery
from server.schema.readings.types import ReadingSession

__all__ = ["ReadingMutation", "ReadingQuery", "ReadingSession", "file_of", "page_of", "refuse", "words_of"]
