"""The doors of the tests themselves: who comes in by them is who they say."""

import httpx
import pytest

from tests.cast import NAMES
from tests.web.visitors import Asks, SignIn


@pytest.mark.parametrize("name", NAMES)
async def test_everyone_of_the_cast_comes_in_as_themselves(sign_in: SignIn, name: str) -> None:
    answer = await (await sign_in(name)).post("/graphql", json={"query": "{ viewer { signedIn name } }"})

    known = name != "visitor"
    assert answer.json()["data"] == {"viewer": {"signedIn": known, "name": name if known else ""}}


async def test_a_question_is_asked_in_the_name_of_one_of_the_cast(ask: Asks) -> None:
    answer = await ask("leader", "{ viewer { roles { role } } }")

    assert answer == {"data": {"viewer": {"roles": [{"role": "MEMBER"}, {"role": "GROUP_LEADER"}]}}}


async def test_a_visitor_is_sent_to_sign_in(client: httpx.AsyncClient) -> None:
    answer = await client.get("/members")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/login?next=/members")
