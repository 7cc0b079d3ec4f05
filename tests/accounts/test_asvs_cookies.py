"""What OWASP's ASVS 5 asks at level 2 of cookies and https (V3); docs/asvs.md is the table."""

from dataclasses import replace

import httpx
import pytest

from server.models.accounts import Account
from server.schema.arriving import COOKIE, DEVICE
from tests.accounts.door import cookies_of, is_in, signs_in
from tests.web.visitors import Visitors


@pytest.fixture(params=["http", "https by the operator", "https by a proxy"])
async def at(request: pytest.FixtureRequest, visitors: Visitors) -> tuple[httpx.AsyncClient, str]:
    """A browser that comes that way, and what its cookies' names begin with."""
    browser = await visitors.browser()
    if request.param == "https by the operator":
        visitors.app.state.settings = replace(visitors.app.state.settings, base_url="https://luzhi.test")
    if request.param != "http":
        browser.base_url = httpx.URL("https://luzhi.test")
    return browser, "" if request.param == "http" else "__Host-"


async def test_v3_3_1_v3_3_2_v3_3_3_v3_3_4_cookies_are_for_this_host_and_no_script(
    at: tuple[httpx.AsyncClient, str], wang: Account
) -> None:
    browser, prefix = at

    came = await signs_in(browser, wang.name)
    chose = await browser.post("/preferences", data={"language": "en", "text": "large", "theme": "dark"})
    done = await browser.post("/members/new", data={"nameEn": "Xu Xiake"})
    left = await browser.post("/logout")

    assert [set(cookies_of(answer)) for answer in (came, chose, done, left)] == [
        {prefix + COOKIE, prefix + DEVICE},
        {prefix + "language", prefix + "text", prefix + "theme"},
        {prefix + "done"},
        {prefix + COOKIE},
    ]
    for answer in (came, chose, done, left):
        for said in cookies_of(answer).values():
            assert {"HttpOnly", "SameSite=lax", "Path=/"} <= said
            assert ("Secure" in said, "Domain" in said) == (prefix != "", False)


async def test_v3_3_3_what_is_kept_on_https_is_read_again(at: tuple[httpx.AsyncClient, str], wang: Account) -> None:
    browser, _ = at
    await signs_in(browser, wang.name)
    await browser.post("/preferences", data={"language": "zh", "text": "large"})

    made = await browser.post("/members/new", data={"nameEn": "Xu Xiake"})
    page = await browser.get(made.headers["Location"])

    assert '<html lang="zh-Hans" data-text="large"' in page.text
    assert page.text.count('class="done"') == 1
    assert 'class="done"' not in (await browser.get(made.headers["Location"])).text


async def test_v3_3_3_a_cookie_that_a_neighbour_could_have_set_counts_for_nothing(
    visitors: Visitors, wang: Account
) -> None:
    session = (await visitors.signed_in(wang)).cookies[COOKIE]
    browser = await visitors.browser(cookies={COOKIE: session})
    assert await is_in(browser)

    browser.base_url = httpx.URL("https://luzhi.test")

    assert not await is_in(browser)


@pytest.mark.parametrize("address", ["/login", "/members", "/nothing", "/graphql", "/healthz", "/static/style.css"])
async def test_v3_4_1_on_https_browsers_are_told_to_come_by_nothing_else(
    at: tuple[httpx.AsyncClient, str], address: str
) -> None:
    browser, prefix = at

    said = (await browser.get(address)).headers.get("Strict-Transport-Security")

    assert said == ("max-age=31536000; includeSubDomains" if prefix else None)
