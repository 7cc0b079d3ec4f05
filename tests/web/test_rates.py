"""How much may be asked in a minute: by account and by address, and nobody is locked out by another."""

from dataclasses import replace

import httpx
import pytest
from starlette.applications import Starlette

from server.rules.buckets import Rates
from tests.cast import Cast
from tests.web.test_programs import WHO, bearer
from tests.web.visitors import SignIn, Visitors
from web.edge import A_PAGE

TERMS = "{ terms { code } }"


@pytest.fixture(autouse=True)
def poor(app: Starlette) -> None:
    """Each can ask once for all terms, which costs 101, and a little more."""
    app.state.settings = replace(app.state.settings, rates=Rates(visitor=120, session=120, token=120))


async def statuses(browser: httpx.AsyncClient, *queries: str) -> list[int]:
    return [(await browser.post("/graphql", json={"query": query})).status_code for query in queries]


async def test_who_asks_too_much_is_told_how_long_to_wait(visitors: Visitors, everyone: Cast) -> None:
    program = await bearer(visitors, everyone["secretary"], "all:read")

    good = await program.post("/graphql", json={"query": TERMS})
    late = await program.post("/graphql", json={"query": TERMS})

    assert good.json()["extensions"]["cost"] == {"cost": 101, "limit": 50_000, "remaining": 19}
    assert (good.headers["RateLimit-Policy"], good.headers["RateLimit"]) == ('"cost";q=120;w=60', '"cost";r=19;t=51')
    assert (good.status_code, "Retry-After" in good.headers) == (200, False)
    (error,) = late.json()["errors"]
    assert (late.status_code, late.headers["RateLimit-Policy"]) == (429, '"cost";q=120;w=60')
    assert 40 <= int(late.headers["Retry-After"]) <= 41
    assert error["extensions"] == {"code": "LIMITED", "kind": "LIMITED", "field": None, "rule": None}
    assert error["message"] == f"This is too much in too short a time. Wait {late.headers['Retry-After']} seconds."


async def test_all_programs_of_an_account_have_one_bucket_and_its_browsers_another(
    visitors: Visitors, everyone: Cast, sign_in: SignIn
) -> None:
    first, second = [await bearer(visitors, everyone["secretary"], "all:read") for _ in range(2)]
    other = await bearer(visitors, everyone["admin"], "all:read")

    assert await statuses(first, TERMS, TERMS) == [200, 429]
    assert await statuses(second, TERMS) == [429]
    assert await statuses(await sign_in("secretary"), TERMS, TERMS) == [200, 429]
    assert await statuses(other, TERMS) == [200]


async def test_visitors_of_an_address_hold_up_no_one_who_is_known_and_no_other_address(
    visitors: Visitors, sign_in: SignIn, everyone: Cast
) -> None:
    here, there = await visitors.browser(), await visitors.browser(address="192.0.2.99")
    stranger = await visitors.browser(headers={"Authorization": "Bearer lz_nobody"})
    made_up = await visitors.browser(cookies={"luzhi_session": "made-up"})

    assert await statuses(here, *[WHO] * 13) == [200] * 12 + [429]
    assert await statuses(stranger, WHO) == [429]
    assert await statuses(made_up, WHO) == [429]
    assert await statuses(there, WHO) == [200]
    assert await statuses(await sign_in("member"), WHO) == [200]
    assert (await here.get("/healthz")).status_code == 200


async def test_bad_tokens_are_paid_by_the_address(visitors: Visitors, everyone: Cast) -> None:
    stranger = await visitors.browser(headers={"Authorization": "Bearer lz_nobody"})
    good = await bearer(visitors, everyone["secretary"], "all:read")

    assert await statuses(stranger, WHO, WHO) == [401, 429]
    assert await statuses(good, WHO) == [200]


async def test_what_is_refused_is_paid_too(visitors: Visitors, everyone: Cast) -> None:
    program = await bearer(visitors, everyone["secretary"], "all:read")

    assert await statuses(program, "{" + " __typename" * 21 + "}", TERMS) == [200, 429]


async def test_pages_are_paid_by_their_account_alone(
    app: Starlette, sign_in: SignIn, visitors: Visitors, everyone: Cast
) -> None:
    member, visitor, other = await sign_in("member"), await visitors.browser(), await sign_in("chair")
    rates = Rates(visitor=1, session=2 * A_PAGE, token=1 * A_PAGE)
    app.state.settings = replace(app.state.settings, rates=rates)
    app.state.buckets.kept.clear()

    assert [(await member.get("/members")).status_code for _ in range(2)] == [200, 200]
    late = await member.get("/members")
    assert (late.status_code, late.headers["Retry-After"]) == (429, "30")
    assert "Wait 30 seconds." in late.text
    assert (await member.post("/logout")).status_code == 303
    assert [(await visitor.get("/login")).status_code for _ in range(5)] == [200] * 5
    assert (await other.get("/members")).status_code == 200
    program = await bearer(visitors, everyone["secretary"], "all:read")
    assert [(await program.get("/export/people?format=csv")).status_code for _ in range(2)] == [200, 429]
