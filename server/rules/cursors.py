"""A cursor: the place of a row in an order, as a text that nobody need look into, though nothing in it is secret."""

import base64
import binascii
import json


def cursor(*values: object) -> str:
    """The cursor of a row, from its values in the order of the list."""
    text = json.dumps([str(value) for value in values], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def values(text: str, length: int) -> list[str] | None:
    """The so many values in a cursor of ours; None for any other text."""
    try:
        found = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return None
    fits = isinstance(found, list) and len(found) == length and all(isinstance(value, str) for value in found)
    return found if fits else None
