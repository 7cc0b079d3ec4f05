"""Reading rooms: what becomes of a booking and of a numbered copy (RD-3)."""

import enum


class BookingState(enum.Enum):
    """MISSED: the time went by and nobody came."""

    BOOKED = "booked"
    CHECKED_IN = "checked_in"
    LEFT = "left"
    CANCELLED = "cancelled"
    MISSED = "missed"


class CopyState(enum.Enum):
    """Where a numbered copy is."""

    IN_STORE = "in_store"
    OUT = "out"
    RETURNED = "returned"
    LOST = "lost"
