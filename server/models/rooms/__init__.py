"""Reading rooms: times, places booked, numbered copies on paper (RD-3)."""
