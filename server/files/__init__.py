"""Files by what is in them: kept once, found by their hash, checked whenever they are read. Nothing here is ours."""

from server.files.store import Damaged, Gone, Kept, Shelves, TooLarge, Unreachable

__all__ = ["Damaged", "Gone", "Kept", "Shelves", "TooLarge", "Unreachable"]
