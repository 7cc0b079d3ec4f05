"""A process of its own that reads and then writes, again and again: `python -m tests.writer URL TIMES`."""

import asyncio
import sys

from server.models import audit, database
from server.models.members.tables import Term
from tests import make


async def write(url: str, times: int) -> None:
    """Count the term on by one, `times` times, each in a transaction that reads first."""
    await database.connect(url)
    try:
        for n in range(times):
            await count_on(n)
    finally:
        await database.close()


async def count_on(n: int) -> None:
    """One transaction that reads, then writes what follows from what it read."""
    async with database.transaction():
        counted = await Term.filter(code="count").select_for_update().get()
        await Term.filter(id=counted.id).update(name_en=str(int(counted.name_en) + 1))
        await audit.record(make.viewer(name="writer"), "term.change", "", {"n": n})


if __name__ == "__main__":
    asyncio.run(write(sys.argv[1], int(sys.argv[2])))
