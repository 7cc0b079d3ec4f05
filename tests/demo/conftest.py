"""The demo in a database of each kind, installed once on the day of the tests; each test has a copy of it."""

import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from server.demo import install
from server.models import database
from server.rules.permissions import Role
from tests import make
from tests.accounts.door import CHEAP
from tests.backup.houses import connected
from tests.conftest import QUICK, Aside, named
from tests.demo.filed import FILED
from tests.postgres.house import House, ask, beside

OPERATOR = make.viewer(Role.ADMINISTRATOR, name="command line")


@pytest.fixture(scope="session")
def sqlite_demo(sqlite_template: Path, aside: Aside) -> Path:
    """A SQLite file with the demo assembly."""
    path = shutil.copyfile(sqlite_template, sqlite_template.with_name("demo.db"))
    aside(_installed(f"sqlite:///{path}{QUICK}"))
    return path


@pytest.fixture(scope="session")
def postgres_demo(postgres: str, postgres_house: House, aside: Aside) -> Iterator[str]:
    """The name of a PostgreSQL database with the demo assembly."""
    name = named("luzhi_demo")
    aside(ask(postgres, f'CREATE DATABASE "{name}" TEMPLATE "{postgres_house.template}"'))
    aside(_installed(beside(postgres, name)))
    yield name
    aside(ask(postgres, f'DROP DATABASE "{name}" WITH (FORCE)'))


@pytest.fixture(params=["sqlite", "postgres"])
def another(request: pytest.FixtureRequest, tmp_path: Path, aside: Aside) -> Iterator[Callable[[], str]]:
    """`another()`: the URL of one more database with the demo assembly, which may be left in any state."""
    if request.param == "sqlite":
        demo = request.getfixturevalue("sqlite_demo")
        yield lambda: f"sqlite:///{shutil.copyfile(demo, tmp_path / named('demo'))}"
        return
    server, template, made = request.getfixturevalue("postgres"), request.getfixturevalue("postgres_demo"), []

    def copy() -> str:
        made.append(named("luzhi_copy"))
        aside(ask(server, f'CREATE DATABASE "{made[-1]}" TEMPLATE "{template}"'))
        return beside(server, made[-1])

    yield copy
    for name in made:
        aside(ask(server, f'DROP DATABASE "{name}" WITH (FORCE)'))


@pytest.fixture
def demo_url(another: Callable[[], str]) -> str:
    """The URL of a database with the demo assembly, not connected."""
    url = another()
    return url + QUICK if url.startswith("sqlite:") else url


@pytest.fixture
async def demo(demo_url: str) -> AsyncIterator[str]:
    """The demo assembly, connected; the URL of its database."""
    await database.connect(demo_url)
    yield demo_url
    await database.close()


async def _installed(url: str) -> None:
    async with connected(url):
        await install(OPERATOR, filed=FILED, cost=CHEAP)
