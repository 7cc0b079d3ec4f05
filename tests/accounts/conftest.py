"""Two who may come in."""

import pytest

from server.models.accounts import Account
from server.rules.permissions import Role
from tests.accounts.door import add


@pytest.fixture
async def li(db: str) -> Account:
    """An administrator."""
    return await add("li", Role.ADMINISTRATOR)


@pytest.fixture
async def wang(li: Account) -> Account:
    """A secretary; li is there, too."""
    return await add("wang", Role.SECRETARY)
