"""Asking: to read a document, for materials, for an explanation. What became of it, and by when (RD-4, RD-5)."""

import enum


class AccessState(enum.Enum):
    """Of a wish to read. MORE_INFO: the office asked back. LAPSED: its document or its wished end went by."""

    SUBMITTED = "submitted"
    MORE_INFO = "more_info"
    APPROVED = "approved"
    REFUSED = "refused"
    IN_REVIEW = "in_review"
    UPHELD = "upheld"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class Refusal(enum.Enum):
    """Why one may not read: the closed list (RD-5)."""

    NOT_NEEDED = "not_needed"
    TOO_EARLY = "too_early"
    CONFLICT = "conflict"
    ORIGIN_SAYS_NO = "origin_says_no"
    IN_ROOM = "in_room"
    OTHER_COPY = "other_copy"


class MaterialState(enum.Enum):
    """Of what a department was asked for; that it is overdue follows from the day."""

    ASKED = "asked"
    PROMISED = "promised"
    DELIVERED = "delivered"
    DECLINED = "declined"
    TAKEN_BACK = "taken_back"


class ExplanationState(enum.Enum):
    """Of a question about a document."""

    ASKED = "asked"
    ANSWERED = "answered"
    DECLINED = "declined"
