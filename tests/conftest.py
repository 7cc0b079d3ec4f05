"""What every test may ask for: a migrated database of each kind, and a count of what it was asked."""

import asyncio
import itertools
import logging
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, AsyncExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tortoise.log import db_client_logger

from server.models import database
from tests.postgres.cluster import cluster
from tests.postgres.house import House, ask, beside

if TYPE_CHECKING:
    import httpx
    from starlette.applications import Starlette

    from tests.cast import Cast
    from tests.web.visitors import Asks, Visitors

QUICK = "?synchronous=OFF"
NUMBERS = itertools.count(1)

Aside = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture(scope="session")
def aside() -> Iterator[Aside]:
    """`aside(ask(...))`: done in a loop that lives as long as the tests, whichever loop the test runs in."""
    with ThreadPoolExecutor(1) as thread:
        runner = thread.submit(asyncio.Runner).result()
        yield lambda work: thread.submit(runner.run, work).result()
        thread.submit(runner.close).result()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a running PostgreSQL whose user is a superuser."""
    with cluster() as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory, aside: Aside) -> Path:
    """A migrated empty SQLite file."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    aside(_migrated(f"sqlite:///{path}{QUICK}"))
    return path


@pytest.fixture(scope="session")
def postgres_house(postgres: str, aside: Aside) -> Iterator[House]:
    """The migrated PostgreSQL database in which one test lives after the other."""
    template = named("luzhi_template")
    aside(ask(postgres, f'CREATE DATABASE "{template}"'))
    aside(_migrated(beside(postgres, template)))
    house = House(postgres, template, named("luzhi_test"))
    yield house
    aside(house.close())
    aside(ask(postgres, f'DROP DATABASE "{template}" WITH (FORCE)'))


@pytest.fixture(params=["sqlite", "postgres"])
def db_url(request: pytest.FixtureRequest, tmp_path: Path, aside: Aside) -> str:
    """The URL of a migrated database of either kind with no row in it, not connected."""
    if request.param == "sqlite":
        path = tmp_path / "luzhi.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        return f"sqlite:///{path}{QUICK}"
    house: House = request.getfixturevalue("postgres_house")
    aside(house.clear())
    return house.url


@pytest.fixture(params=["sqlite", "postgres"])
async def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The URL of a database of either kind in which there is nothing at all, not connected."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'bare.db'}{QUICK}"
        return
    server, name = request.getfixturevalue("postgres"), named("luzhi_bare")
    await ask(server, f'CREATE DATABASE "{name}"')
    yield beside(server, name)
    await ask(server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
async def bare(bare_url: str) -> AsyncIterator[str]:
    """A database of either kind in which there is nothing at all, connected; its URL."""
    await database.connect(bare_url)
    yield bare_url
    await database.close()


@pytest.fixture
async def db(db_url: str) -> AsyncIterator[str]:
    """A fresh migrated database of either kind, connected; its URL."""
    await database.connect(db_url)
    yield db_url
    await database.close()


@pytest.fixture
async def everyone(db: str) -> "Cast":
    """The cast, in the fresh database of the test."""
    from tests.cast import gather  # a room that cannot be imported must not stop the tests of the others

    return await gather()


@pytest.fixture
def app(db: str, tmp_path: Path) -> Iterator["Starlette"]:
    """The application over the test's database, which is connected already: the application's lifespan does not run."""
    from server.app import create
    from server.settings import Settings

    chosen = {"LUZHI_DATABASE_URL": db, "LUZHI_DATA_DIR": str(tmp_path), "LUZHI_LOG": "warning"}
    made = create(Settings.from_environment(chosen))
    yield made
    made.state.leaves.close()


@pytest.fixture
async def visitors(app: "Starlette") -> AsyncIterator["Visitors"]:
    """Browsers of all kinds; see tests/web/visitors.py."""
    from tests.web.visitors import Visitors

    async with AsyncExitStack() as stack:
        yield Visitors(app, stack)


@pytest.fixture
async def client(visitors: "Visitors") -> "httpx.AsyncClient":
    """The browser of a visitor, in English."""
    return await visitors.browser()


@pytest.fixture
def sign_in(visitors: "Visitors", everyone: "Cast") -> Callable[..., Awaitable["httpx.AsyncClient"]]:
    """`await sign_in("secretary", language="zh")`: the browser of one of the cast; the visitor's has no session."""

    async def as_one(name: str, **how: Any) -> "httpx.AsyncClient":
        account = everyone.accounts.get(name)
        return await (visitors.signed_in(account, **how) if account else visitors.browser(**how))

    return as_one


@pytest.fixture(name="ask")
def asks(everyone: "Cast") -> "Asks":
    """`await ask("member", "{ viewer { name } }")`: GraphQL as one of the cast, or any other viewer."""
    from tests.web.visitors import Asks

    return Asks(everyone)


@pytest.fixture
def statements() -> Callable[[], AbstractContextManager[list[str]]]:
    """`with statements() as asked:` collects the SQL sent meanwhile, without BEGIN, COMMIT and their like."""
    return _collecting


@contextmanager
def _collecting() -> Iterator[list[str]]:
    """Listens where every client of Tortoise writes down what it sends."""
    asked: list[str] = []

    class Listener(logging.Handler):
        def emit(self, line: logging.LogRecord) -> None:
            if line.msg == "%s: %s" and line.args:
                asked.append(str(line.args[0]))

    listener = Listener(logging.DEBUG)
    before = db_client_logger.level
    db_client_logger.addHandler(listener)
    db_client_logger.setLevel(logging.DEBUG)
    try:
        yield asked
    finally:
        db_client_logger.removeHandler(listener)
        db_client_logger.setLevel(before)


def named(prefix: str) -> str:
    """A name that no other run on the same server takes."""
    return f"{prefix}_{os.getpid()}_{next(NUMBERS)}"


async def _migrated(url: str) -> None:
    await database.connect(url)
    await database.migrate()
    await database.close()
