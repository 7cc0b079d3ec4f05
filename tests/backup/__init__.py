"""Backups: what comes back is what was there, from either database into either, or nothing at all."""
