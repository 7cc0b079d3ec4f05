"""Deleting many rows that are not needed any more, so that nobody waits long for it."""

from typing import Any

from tortoise.queryset import QuerySet

PORTION = 500
"""Rows that go in one commit: SQLite has one writer at a time."""


async def sweep(old: QuerySet[Any], portion: int = PORTION) -> int:
    """Delete these rows, a portion after the other; one that is needed again meanwhile stays. How many went."""
    gone = 0
    while keys := await old.limit(portion).values_list("id", flat=True):
        gone += await old.filter(id__in=keys).delete()
    return gone
