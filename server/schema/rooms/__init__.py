"""Reading rooms as the world may ask and change them: rooms, times, bookings, the desk, copies on paper, loans."""

from server.schema.rooms.changes import RoomMutation
from server.schema.rooms.queries import RoomQuery
from server.schema.rooms.types import Booking, Loan, PaperCopy, ReadingRoom, ReadingSlot

__all__ = ["Booking", "Loan", "PaperCopy", "ReadingRoom", "ReadingSlot", "RoomMutation", "RoomQuery"]
