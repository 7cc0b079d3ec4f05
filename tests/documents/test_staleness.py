"""No permission is stale: a revoked one is dead at once, by every road and in every process, and one given holds."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cast import Cast
from tests.documents.drill import EARS, drilled
from tests.documents.faulty import FAULT, FAULTS
from tests.documents.roads import ASIDE, ROADS
from tests.repeating.processes import running

CYCLES, MANY = 10, 200
SETTINGS = {"LUZHI_DEADLINE": "120"}
"""A machine that is at other work as well may take long: that is no refusal."""


def files(folder: Path) -> str:
    """The store that both servers have."""
    return f"file://{folder}/files"


@contextlib.contextmanager
def two(url: str, folder: Path, fault: str = "") -> Iterator[list[str]]:
    """The addresses of two servers over one database, each a process of its own. fault: of the second one."""
    with contextlib.ExitStack() as stack:
        addresses = []
        for number, of in enumerate(("", fault)):
            (own := folder / f"server-{number}").mkdir()
            other = {"factory": "tests.documents.faulty:create", FAULT: of} if of else {}
            address, _ = stack.enter_context(running(url, own, **SETTINGS, LUZHI_FILES_URL=files(folder), **other))
            addresses.append(address.removesuffix("/graphql"))
        yield addresses


@pytest.mark.parametrize("cycles", [CYCLES, pytest.param(MANY, marks=pytest.mark.long)])
async def test_no_read_succeeds_after_its_end_and_none_fails_before(
    everyone: Cast, db: str, tmp_path: Path, cycles: int
) -> None:
    with two(db, tmp_path) as addresses:
        drill = await drilled(everyone, addresses, files(tmp_path), cycles)

    assert drill.wrong == []
    for name in (*ROADS, *EARS):
        assert min(drill.seen[name, True], drill.seen[name, False]) >= cycles / 2, (name, drill.seen)
    for name in ASIDE:
        assert min(drill.seen[name, True], drill.seen[name, False]) > 0, (name, drill.seen)


@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("fault", FAULTS)
async def test_the_drill_finds_a_fault(everyone: Cast, db: str, tmp_path: Path, fault: str) -> None:
    with two(db, tmp_path, fault) as addresses:
        drill = await drilled(everyone, addresses, files(tmp_path), CYCLES)

    assert drill.wrong, drill.seen
