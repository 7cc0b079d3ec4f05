"""The demo in a fresh database of each kind, installed on the day of the tests."""

import pytest

from server.demo import install
from server.rules.permissions import Role
from tests import make
from tests.accounts.door import CHEAP

OPERATOR = make.viewer(Role.ADMINISTRATOR, name="command line")


@pytest.fixture
async def demo(db: str) -> str:
    """The demo assembly; the URL of its database."""
    await install(OPERATOR, cost=CHEAP)
    return db
