"""Reading rooms: times, places booked, numbered copies on paper (RD-3)."""

import server.models.documents  # noqa: F401  # its decision reads the tables of this room, so it is first whoever asks
