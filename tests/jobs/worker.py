"""A process that runs jobs of the tests over a test's database: `python -m tests.jobs.worker FOLDER NAME`.

What a job did is an entry of the audit trail; where it stands, and when it may go on, is told by files in the folder.
"""

import asyncio
import datetime as dt
import logging
import os
import signal
import sys
from pathlib import Path

from server.jobs.job import Job
from server.jobs.runner import Runner
from server.models import audit, database
from server.settings import Settings
from server.viewer import Viewer
from server.words import say
from tests.waiting import until

FOLDER = Path(sys.argv[1] if len(sys.argv) > 2 else ".")
LEASE = dt.timedelta(seconds=1)
LOOK_S = 0.05
DAY = dt.timedelta(days=1)
DID = "test.did"


async def did(viewer: Viewer) -> str:
    """The effect, which is to be there once."""
    async with database.transaction():
        await audit.record(viewer, DID, "", {})
    return "It was done."


async def held_up() -> None:
    """Says that it is here, and waits until it may go on."""
    (FOLDER / f"begun-{os.getpid()}").touch()
    await until((FOLDER / "go").exists)


async def before(viewer: Viewer) -> str:
    """Held up before its effect."""
    await held_up()
    return await did(viewer)


async def within(viewer: Viewer) -> str:
    """Held up after its effect, which is not committed yet."""
    said = await did(viewer)
    await held_up()
    return said


KINDS = {
    "each": Job("each", say("done"), did, every=dt.timedelta(seconds=0.05), whole=True),
    "often": Job("often", say("done"), did, every=dt.timedelta(seconds=0.2)),
    "before": Job("before", say("done"), before, every=DAY),
    "within": Job("within", say("done"), within, every=DAY, whole=True),
}


async def main(name: str) -> None:
    """Until it is told to stop."""
    settings = Settings.from_environment(os.environ)
    logging.basicConfig(level="WARNING")
    await database.connect(settings.database_url)
    runner, told = Runner(settings, (KINDS[name],), lease=LEASE, look_s=LOOK_S), asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    runner.start()
    await told.wait()
    await runner.close()
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[2]))
