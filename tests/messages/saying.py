"""What the tests of delivery tell people, and what became of it."""

import datetime as dt

from server.models.messages import (
    Delivery,
    tell,
)
from server.rules.messages import Topic
from server.words import both_names
from tests.cast import Cast
from tests.messages.conftest import system


def words(name: str) -> dict[str, object]:
    return {"topic": Topic.OFFICE, "words": both_names(f"通知{name}", f"Notice {name}")}


async def told(cast: Cast, name: str, who: str = "member", after: float = 0, **more: object) -> None:
    await tell(system(dt.timedelta(seconds=after)), **(words(name) | more), people=[cast.people[who].id])


async def states() -> list[str]:
    rows = await Delivery.all().order_by("created_at", "id")
    return [row.state.value for row in rows]
