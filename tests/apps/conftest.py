import httpx
import pytest

from tests.apps.coming import House
from tests.cast import Cast
from tests.web.visitors import Asks, SignIn, Visitors


@pytest.fixture
async def house(everyone: Cast, visitors: Visitors, sign_in: SignIn, ask: Asks, client: httpx.AsyncClient) -> House:
    """The application with a confidential app."""
    return await House.with_an_app(everyone, visitors, sign_in, ask, client)
