"""Empty databases of either kind, as many as a test needs."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from tests.conftest import QUICK, named
from tests.postgres.house import ask, beside

Bare = Callable[..., Awaitable[str]]


@pytest.fixture
async def bare_of(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Bare]:
    """`await bare_of("postgres")`: the URL of a database of that kind in which there is nothing at all.

    migrated: with today's tables, all empty.
    """
    made: list[str] = []

    async def another(kind: str, *, migrated: bool = False) -> str:
        if kind == "sqlite":
            path = tmp_path / f"{named('bare')}.db"
            if migrated:
                shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
            return f"sqlite:///{path}{QUICK}"
        server, name = request.getfixturevalue("postgres"), named("luzhi_bare")
        template = f' TEMPLATE "{request.getfixturevalue("postgres_house").template}"' if migrated else ""
        await ask(server, f'CREATE DATABASE "{name}"{template}')
        made.append(name)
        return beside(server, name)

    yield another
    for name in made:
        await asyncio.shield(ask(request.getfixturevalue("postgres"), f'DROP DATABASE "{name}" WITH (FORCE)'))
