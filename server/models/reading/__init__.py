"""What was read, by whom, how far (RD-3)."""
