"""The running product over a database of either kind."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.product import over
from tests.conftest import Aside, named
from tests.postgres.house import ask, beside


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, aside: Aside) -> Iterator[Path]:
    """What one product keeps; its database is in it, or named in it."""
    place = tmp_path_factory.mktemp("hostile")
    if request.param == "sqlite":
        yield place
        return
    server, name = request.getfixturevalue("postgres"), named("luzhi_hostile")
    aside(ask(server, f'CREATE DATABASE "{name}"'))
    over(place, beside(server, name))
    yield place
    aside(ask(server, f'DROP DATABASE "{name}" WITH (FORCE)'))
