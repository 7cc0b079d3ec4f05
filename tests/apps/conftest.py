import httpx
import pytest

from tests.apps.coming import House, Registered
from tests.cast import Cast
from tests.web.visitors import Asks, SignIn, Visitors


@pytest.fixture
async def house(everyone: Cast, visitors: Visitors, sign_in: SignIn, ask: Asks, client: httpx.AsyncClient) -> House:
    """The application with a confidential app."""
    empty = House(everyone, visitors, sign_in, ask, client, Registered("", ""))
    return House(everyone, visitors, sign_in, ask, client, await empty.register())
