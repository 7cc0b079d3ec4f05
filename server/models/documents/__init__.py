"""Document reading: what lies where, who may read it, and what was read (RD-1 to RD-5)."""
