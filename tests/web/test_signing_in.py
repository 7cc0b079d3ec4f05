"""The sign-in page by its address: what a script and a browser get, and what another site gets not."""

import httpx
import pytest

from server.models.accounts import Account
from server.rules.accounts import DEMO_PASSWORD
from server.rules.limits import PER_ACCOUNT, PER_ADDRESS
from server.schema.arriving import COOKIE, DEVICE
from tests.accounts.door import PASSWORD, add
from tests.web.visitors import HERE, SignIn, Visitors

WRONG = "not the right password"


@pytest.fixture
async def li(db: str) -> Account:
    return await add("li")


@pytest.fixture
async def wang(db: str) -> Account:
    return await add("wang")


async def come_in(
    browser: httpx.AsyncClient, name: str = "li", password: str = PASSWORD, **how: object
) -> httpx.Response:
    return await browser.post("/login", data={"username": name, "password": password}, **how)


@pytest.mark.usefixtures("li")
async def test_the_right_password_gives_a_cookie_and_leads_home(client: httpx.AsyncClient) -> None:
    answer = await come_in(client)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    parts = answer.headers["Set-Cookie"].split("; ")
    assert parts[0].startswith(f"{COOKIE}=")
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(parts)
    assert (await client.post("/graphql", json={"query": "{ viewer { name } }"})).json()["data"]["viewer"][
        "name"
    ] == "li"


@pytest.mark.usefixtures("li")
@pytest.mark.parametrize(("name", "password"), [("li", WRONG), ("nobody", PASSWORD), ("", "")])
async def test_a_wrong_sign_in_says_so_and_keeps_the_name(client: httpx.AsyncClient, name: str, password: str) -> None:
    answer = await come_in(client, name, password)

    assert (answer.status_code, COOKIE in answer.cookies) == (422, False)
    assert "The name or the password is not right." in answer.text
    assert f'value="{name}"' in answer.text
    assert password == "" or password not in answer.text


async def fail(browser: httpx.AsyncClient, name: str) -> httpx.Response:
    """Wrong passwords until it is limited."""
    for _ in range(100):
        answer = await come_in(browser, name, WRONG)
        if answer.status_code != 422:
            return answer
    raise AssertionError("nobody was limited")


@pytest.mark.usefixtures("li", "wang")
async def test_too_many_failures_are_limited_for_that_account_and_address_only(visitors: Visitors) -> None:
    here, elsewhere = await visitors.browser(), await visitors.browser(address="192.0.2.99")

    answer = await fail(here, "li")

    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 15 * 60
    assert (await come_in(here, "li")).status_code == 429, "the right password must not tell that it is right"
    assert (await come_in(here, "wang")).status_code == 303
    assert (await come_in(elsewhere, "li")).status_code == 303


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": HERE}, 403),
        ({"Origin": HERE}, 303),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": HERE.replace("http:", "https:")}, 403),
        ({"Origin": "http://luzhi.test.evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
@pytest.mark.usefixtures("li")
async def test_another_site_cannot_sign_anyone_in(client: httpx.AsyncClient, headers: dict, status: int) -> None:
    answer = await come_in(client, headers=headers)

    assert (answer.status_code, COOKIE in answer.cookies) == (status, status == 303)


@pytest.mark.usefixtures("li")
@pytest.mark.parametrize(("origin", "status"), [("https://luzhi.test", 303), ("http://luzhi.test", 403)])
@pytest.mark.parametrize("said_by", ["the operator", "the proxy"])
async def test_behind_a_proxy_with_https_only_https_is_our_own(
    visitors: Visitors, origin: str, status: int, said_by: str
) -> None:
    from dataclasses import replace

    browser = await visitors.browser()
    if said_by == "the operator":
        visitors.app.state.settings = replace(visitors.app.state.settings, base_url="https://luzhi.test")
    else:
        browser.base_url = httpx.URL("https://luzhi.test")

    assert (await come_in(browser, headers={"Origin": origin})).status_code == status


@pytest.mark.parametrize("header", ["Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host"])
async def test_a_demo_account_does_not_come_in_through_a_proxy(client: httpx.AsyncClient, header: str) -> None:
    await add("admin", password=DEMO_PASSWORD, demo=True)

    through = await come_in(client, "admin", DEMO_PASSWORD, headers={header: "198.51.100.1"})
    straight = await come_in(client, "admin", DEMO_PASSWORD)

    assert (through.status_code, COOKIE in through.cookies) == (403, False)
    assert "it only works on the machine itself" in through.text
    assert straight.status_code == 303


@pytest.mark.usefixtures("li")
@pytest.mark.parametrize(
    ("asked", "target"),
    [
        ("/members?search=li", "/members?search=li"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("\\\\evil.example", "/"),
        ("https://evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/\t/evil.example", "/"),
        ("/\n/evil.example", "/"),
        ("members", "/"),
    ],
)
async def test_the_way_back_never_leaves_the_site(client: httpx.AsyncClient, asked: str, target: str) -> None:
    answer = await come_in(client, params={"next": asked})
    again = await client.get("/login", params={"next": asked})
    prefer = await client.post("/preferences", data={"back": asked})

    assert [page.headers["Location"] for page in (answer, again, prefer)] == [target] * 3


async def test_a_page_asked_for_too_early_is_shown_after_signing_in(client: httpx.AsyncClient) -> None:
    await add("office", *_secretary())
    sent = await client.get("/members?search=li&sort=STROKES")

    shown = await client.get(sent.headers["Location"])
    action = shown.text.partition('<form method="post" action="/login')[2].partition('"')[0].replace("&amp;", "&")
    came = await client.post(f"/login{action}", data={"username": "office", "password": PASSWORD})

    assert came.headers["Location"] == "/members?search=li&sort=STROKES"


def _secretary() -> tuple:
    from server.rules.permissions import Role

    return (Role.SECRETARY,)


async def test_signing_out_is_a_post_and_ends_every_copy_of_the_cookie(sign_in: SignIn, visitors: Visitors) -> None:
    browser = await sign_in("secretary")
    copy = await visitors.browser(cookies=dict(browser.cookies))

    by_link = await browser.get("/logout")
    assert (by_link.status_code, (await browser.get("/members")).status_code) == (405, 200)
    out = await browser.post("/logout")

    assert (out.status_code, out.headers["Location"]) == (303, "/login")
    assert "Max-Age=0" in out.headers["Set-Cookie"].split("; ")
    assert (await copy.get("/members")).status_code == 303


async def test_another_site_cannot_sign_anyone_out(sign_in: SignIn) -> None:
    browser = await sign_in("secretary")

    assert (await browser.post("/logout", headers={"Sec-Fetch-Site": "cross-site"})).status_code == 403
    assert (await browser.get("/members")).status_code == 200


async def test_with_https_the_cookie_travels_encrypted_only(visitors: Visitors, li: Account) -> None:
    from dataclasses import replace

    visitors.app.state.settings = replace(visitors.app.state.settings, base_url="https://luzhi.example")
    answer = await come_in(await visitors.browser(), li.name)

    assert "Secure" in answer.headers["Set-Cookie"].split("; ")


@pytest.mark.parametrize("address", ["/me", "/me/sessions", "/me/password", "/me/apps", "/me/tokens"])
async def test_what_is_about_oneself_asks_to_sign_in_first(visitors: Visitors, address: str) -> None:
    answer = await (await visitors.browser()).get(address)

    assert (answer.status_code, answer.headers["Location"]) == (303, f"/login?next={address}")


@pytest.mark.usefixtures("li", "wang")
async def test_a_browser_that_was_in_before_is_kept_out_by_nobody_else_at_its_address(visitors: Visitors) -> None:
    own, colleague, other = [await visitors.browser() for _ in range(3)]
    await come_in(own, "li")
    await own.post("/logout")
    await fail(colleague, "li")
    for number in range(PER_ADDRESS):
        await come_in(colleague, f"name{number}", WRONG)

    assert (await come_in(colleague, "wang")).status_code == 429
    other.cookies.set(DEVICE, own.cookies[DEVICE])
    assert (await come_in(other, "wang")).status_code == 429, "it was in as another"
    assert (await come_in(own, "li")).status_code == 303


@pytest.mark.usefixtures("li")
async def test_a_browser_that_was_in_before_may_fail_no_more_often(visitors: Visitors) -> None:
    own, here = await visitors.browser(), await visitors.browser()
    await come_in(own, "li")
    await own.post("/logout")
    kept = own.cookies[DEVICE]

    answers = [(await come_in(own, "li", WRONG)).status_code for _ in range(PER_ACCOUNT + 1)]

    assert answers == [422] * PER_ACCOUNT + [429]
    assert (await come_in(own, "li")).status_code == 429
    assert (await come_in(here, "li")).status_code == 303, "others at its address are not limited by it"
    assert own.cookies[DEVICE] == kept


@pytest.mark.usefixtures("li")
@pytest.mark.parametrize("made_up", ["", ".", "a", "a.b", "a." + "0" * 64, "\xe9.\xe9"])
async def test_what_a_browser_made_up_is_not_what_we_gave(visitors: Visitors, made_up: str) -> None:
    await fail(await visitors.browser(), "li")
    headers = {"Cookie": f"{DEVICE}={made_up}".encode("latin-1")}

    assert (await come_in(await visitors.browser(), "li", headers=headers)).status_code == 429
