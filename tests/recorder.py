"""A process of its own that records and says so, from many tasks: `python -m tests.recorder URL NAME [TIMES]`.

Without TIMES it goes on until it is killed. It prints a line `NAME-TASK-NUMBER` once that entry is promised to last.
"""

import asyncio
import itertools
import sys

from server.models import audit, database
from tests import make

TASKS = 8


async def record(url: str, name: str, times: int | None) -> None:
    """Each task records one after the other; each waits for its own alone."""
    await database.connect(url)
    try:
        await asyncio.gather(*(_record(f"{name}-{task}", times) for task in range(TASKS)))
    finally:
        await database.close()


async def _record(name: str, times: int | None) -> None:
    for number in itertools.count() if times is None else range(times):
        said = f"{name}-{number}"
        await audit.record(make.viewer(name="recorder"), "members.read_file", said, {"n": number})
        print(said, flush=True)


if __name__ == "__main__":
    asyncio.run(record(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else None))
