"""Operations nobody wrote: both roads answer alike for everyone, whatever is asked of the whole schema.

What goes wrong is told with its seed and number. To see the very same again, with the same rows and keys:

    GENERATED=SEED:NUMBER .venv/bin/pytest tests/compiling/test_generated.py -k sqlite
"""

import os
from dataclasses import dataclass
from uuid import uuid4

import pytest

from server import schema
from tests.compiling.comparing import Answer, Asked, compiled, judge, ordinary
from tests.compiling.house import STRAY, House
from tests.compiling.shrinking import shrunk
from tests.web.test_statements import Statements

UNSOUND = "a thing is not there for this viewer, or not for what is asked of it"
MEANT = "peopleNamed"
"""It reads whoever could be meant, and shows some: what is refused of another makes the ordinary road answer."""

FRESH = int(os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid4().hex)[:8], 16)
"""Half of the operations are new in each run, the same for all its processes; the seed stands in the test's name."""
MANY, HOUSES, LONG = 500, 20, 1_000
SEED, _, NUMBER = os.environ.get("GENERATED", "").partition(":")
SEEDS = [int(SEED)] if SEED else [1, FRESH]
NUMBERS = range(int(NUMBER), int(NUMBER) + 1) if NUMBER else range(MANY)
pytestmark = STRAY


@dataclass
class Trial:
    """Asks operations on both roads. compiled: how many took the short one."""

    house: House
    statements: Statements
    database: str
    compiled: int = 0

    async def run(self, numbers: range) -> None:
        """Tells of the first operation that goes wrong."""
        for number in numbers:
            asked = self.house.operation(number)
            if said := await self.wrong(asked):
                pytest.fail(
                    f"{said}\nGENERATED={self.house.seed}:{number} on {self.database}\n{await self._told(asked)}"
                )

    async def wrong(self, asked: Asked) -> str:
        """What is wrong with an operation; empty where both answer alike, or it takes the ordinary road rightly."""
        try:
            with self.statements() as sent:
                here = await compiled(asked, self.house.compiler)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is told with what was asked
            return f"the compiled road raises {error!r}"
        if isinstance(here, Answer):
            self.compiled += 1
            if len(sent) != 1:
                return f"it takes {len(sent)} statements"
        elif str(here) == UNSOUND and MEANT in asked.text:
            return ""
        return judge(await ordinary(asked), here)

    async def _told(self, asked: Asked) -> str:
        less = await shrunk(asked, schema.api._schema, self.wrong)
        return (
            f"asked by {asked.who}\n{asked.text}\nvariables: {asked.variables}\n"
            f"As little of it as is still wrong:\n{less.text}\n{await self.wrong(less)}"
        )


@pytest.fixture
def trial(house: House, statements: Statements, db: str) -> Trial:
    """Operations for that database."""
    return Trial(house, statements, db.partition(":")[0])


@pytest.mark.parametrize("house", SEEDS, indirect=True)
async def test_both_roads_answer_alike_whatever_is_asked(trial: Trial) -> None:
    await trial.run(NUMBERS)

    assert trial.compiled >= len(NUMBERS) // 2


@pytest.mark.long
@pytest.mark.parametrize("house", range(FRESH, FRESH + HOUSES), indirect=True)
async def test_both_roads_answer_alike_however_long_it_is_tried(trial: Trial) -> None:
    await trial.run(range(LONG))
