"""Two entries of one person become one: which announcements they read, and what they said to them."""

from typing import Any
from uuid import UUID


async def merge_announcements(stays: Any, goes: Any) -> list[UUID]:
    """What either read is read, from the first time on, and what the double said is said by the entry that stays.

    stays, goes: a Person each. Returns what moved.
    """
    have = {row.announcement_id: row for row in await stays.announcement_readings.all()}
    moved: list[UUID] = []
    for double in await goes.announcement_readings.all().order_by("id"):
        moved.append(double.id)
        if kept := have.get(double.announcement_id):
            later = max((kept, double), key=lambda row: row.seen)
            facts = {"seen": later.seen, "read_at": later.read_at}
            facts["first_read_at"] = min(kept.first_read_at, double.first_read_at)
            await type(kept).filter(id=kept.id).update(**facts)
            await double.delete()
    await goes.announcement_readings.all().update(person_id=stays.id)
    moved += [row.id for row in await goes.announcement_comments.all().order_by("id")]
    await goes.announcement_comments.all().update(person_id=stays.id)
    return moved
