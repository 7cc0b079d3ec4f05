"""Signing in, and linking, by a real provider: what a person does from the first page to the last."""

import httpx
import pytest

from server.models.accounts import Account, Session, account_disable
from server.models.audit import AuditEntry
from server.rules.accounts import DEMO_PASSWORD
from server.schema.arriving import COOKIE
from server.schema.ids import id_of
from tests.accounts.door import ADMIN, PASSWORD, add
from tests.cast import Cast
from tests.oidc import real
from tests.oidc.conftest import SetUp, linked
from tests.oidc.test_lies import goes
from tests.web.visitors import HERE, SignIn, Visitors

pytestmark = pytest.mark.usefixtures("at_the_real_one")
WRONG = "not the password at all"


@pytest.fixture
def at_the_real_one(provider: str, set_up: SetUp) -> None:
    set_up(provider, real.SECRET)


async def through(browser: httpx.AsyncClient, login: str, *, no: bool = False, **query: str) -> httpx.Response:
    """To the provider, there, and back."""
    there = await real.says_who(await goes(browser, **query), login, no=no)
    assert there.startswith(f"{HERE}/single-sign-on/back?")
    return await browser.get(there.removeprefix(HERE))


async def signs_in(browser: httpx.AsyncClient, name: str, password: str = PASSWORD) -> None:
    assert (await browser.post("/login", data={"username": name, "password": password})).status_code == 303


async def confirms(browser: httpx.AsyncClient, password: str) -> httpx.Response:
    return await browser.post("/me/single-sign-on", data={"password": password})


async def test_who_is_linked_comes_in_where_they_wanted_to_go(client: httpx.AsyncClient, provider: str) -> None:
    wang = await linked("wang", provider, "wang-7")

    answer = await through(client, "wang-7", next="/me")
    page = await client.get(answer.headers["Location"])

    assert (answer.status_code, answer.headers["Location"], page.status_code) == (303, "/me", 200)
    assert "The account wang" in page.text
    entry = await AuditEntry.get(action="account.sign_in")
    assert (entry.object, entry.facts) == (id_of(wang), {"by": "single sign-on"})


async def test_v7_2_4_the_session_is_a_new_one(client: httpx.AsyncClient, provider: str) -> None:
    await linked("wang", provider, "wang-8")
    client.cookies.set(COOKIE, "planted-by-someone-else", domain="luzhi.test", path="/")

    await through(client, "wang-8")

    assert client.cookies[COOKIE] != "planted-by-someone-else"
    assert await Session.filter(ended_at=None).count() == 1


@pytest.mark.parametrize("asked", ["//evil.example", "https://evil.example/", "/\\evil.example"])
async def test_the_way_on_never_leaves_the_site(client: httpx.AsyncClient, provider: str, asked: str) -> None:
    await linked("wang", provider, "wang-9")

    assert (await through(client, "wang-9", next=asked)).headers["Location"] == "/"


async def test_who_says_no_there_is_not_let_in_here(client: httpx.AsyncClient) -> None:
    answer = await through(client, "wang-7", no=True)

    assert (answer.status_code, COOKIE in answer.cookies) == (422, False)
    assert "You were not signed in at City ID." in answer.text


async def test_whom_nobody_linked_is_told_how(client: httpx.AsyncClient) -> None:
    await add("wang-7@example.org")

    answer = await through(client, "wang-7")

    assert (answer.status_code, await Session.all().count()) == (403, 0)
    assert "Sign in with the name and password of your account here." in answer.text


async def test_a_disabled_account_stays_out(client: httpx.AsyncClient, provider: str) -> None:
    wang = await linked("wang", provider, "wang-7")
    await account_disable(ADMIN, account=wang.id)

    answer = await through(client, "wang-7")

    assert (answer.status_code, COOKIE in answer.cookies) == (403, False)
    assert "This account is disabled." in answer.text


@pytest.mark.parametrize(("headers", "status"), [({}, 303), ({"X-Forwarded-For": "198.51.100.1"}, 403)])
async def test_a_demo_account_comes_in_on_the_machine_itself_only(
    client: httpx.AsyncClient, provider: str, headers: dict, status: int
) -> None:
    demo = await add("member", password=DEMO_PASSWORD, demo=True)
    await Account.filter(id=demo.id).update(oidc_issuer=provider, oidc_subject="demo-1")

    there = await real.says_who(await goes(client), "demo-1")
    answer = await client.get(there.removeprefix(HERE), headers=headers)

    assert (answer.status_code, COOKIE in answer.cookies) == (status, status == 303)


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_v7_6_2_no_other_page_signs_anyone_in(client: httpx.AsyncClient, site: str) -> None:
    answer = await client.get("/single-sign-on", headers={"Sec-Fetch-Site": site})

    assert (answer.status_code, answer.headers["Location"], answer.cookies) == (303, "/login", {})


async def test_v7_5_1_an_account_is_linked_by_its_password_and_once(client: httpx.AsyncClient, provider: str) -> None:
    wang = await add("wang")
    await signs_in(client, "wang")
    before = await client.get("/me/single-sign-on")

    came = await through(client, "wang-1")
    asks = await client.get(came.headers["Location"])
    wrong = await confirms(client, WRONG)
    still = (await Account.get(id=wang.id)).oidc_subject
    right = await confirms(client, PASSWORD)
    after = await client.get(right.headers["Location"])
    again = await confirms(client, PASSWORD)

    assert 'href="/single-sign-on">Go to City ID</a>' in before.text
    assert (came.headers["Location"], "City ID has told us who you are." in asks.text) == ("/me/single-sign-on", True)
    assert (wrong.status_code, 'id="password-problem"' in wrong.text, still) == (422, True, "")
    assert (right.status_code, again.status_code) == (303, 422)
    assert "Your account is linked: you can sign in that way too." in after.text
    row = await Account.get(id=wang.id)
    assert (row.oidc_issuer, row.oidc_subject) == (provider, "wang-1")
    entry = await AuditEntry.get(action="account.link")
    assert (entry.object, entry.facts) == (id_of(wang), {"issuer": provider, "subject": "wang-1"})
    await client.post("/logout")
    assert (await through(client, "wang-1")).status_code == 303


async def test_two_accounts_are_never_linked_to_one(client: httpx.AsyncClient, provider: str) -> None:
    await linked("li", provider, "one-of-a-kind")
    await linked("chen", provider, "another")
    await add("wang")
    for name, words in (("wang", "An account is linked"), ("chen", "Your account is linked to another")):
        await signs_in(client, name)
        await through(client, "one-of-a-kind" if name == "wang" else "a-third")

        answer = await confirms(client, PASSWORD)

        assert (answer.status_code, words in answer.text) == (422, True)
    assert sorted(await Account.exclude(oidc_subject="").values_list("name", flat=True)) == ["chen", "li"]


async def test_what_one_session_met_is_nothing_to_another(visitors: Visitors, db: str) -> None:
    for name in ("wang", "li"):
        await add(name)
    browser = await visitors.browser()
    await signs_in(browser, "wang")
    await through(browser, "wang-2")
    await signs_in(browser, "li")

    page, answer = await browser.get("/me/single-sign-on"), await confirms(browser, PASSWORD)

    assert ("has told us who you are" in page.text, answer.status_code) == (False, 422)
    assert await Account.exclude(oidc_subject="").count() == 0


async def test_who_went_signed_in_and_comes_back_signed_out_links_nothing(
    client: httpx.AsyncClient, provider: str
) -> None:
    await add("wang")
    await linked("li", provider, "li-3")
    await signs_in(client, "wang")
    there = await real.says_who(await goes(client), "li-3")
    await client.post("/logout")

    answer = await client.get(there.removeprefix(HERE))

    assert (answer.status_code, COOKIE in answer.cookies) == (422, False)


async def test_the_password_cannot_be_guessed_there(client: httpx.AsyncClient, db: str) -> None:
    await add("wang")
    await signs_in(client, "wang")
    await through(client, "wang-4")

    answers = [await confirms(client, f"{WRONG} {n}") for n in range(6)]

    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 900
    assert (await confirms(client, PASSWORD)).status_code == 429


async def test_an_administrator_unlinks_and_the_sessions_end(
    sign_in: SignIn, visitors: Visitors, everyone: Cast, provider: str
) -> None:
    member = everyone.accounts["member"]
    await Account.filter(id=member.id).update(oidc_issuer=provider, oidc_subject="mei-5")
    browser, address = await visitors.browser(), f"/accounts/{id_of(member)}/unlink"
    await through(browser, "mei-5")

    refused = (await (await sign_in("secretary")).post(address)).status_code
    still = (await browser.get("/members")).status_code
    admin = await sign_in("admin")
    offered = address in (await admin.get(f"/accounts/{id_of(member)}")).text
    done, again = [(await admin.post(address)).status_code for _ in range(2)]

    assert (refused, still, offered, done, again) == (403, 200, True, 303, 422)
    assert (await browser.get("/members")).status_code == 303
    assert (await through(await visitors.browser(), "mei-5")).status_code == 403
    entry = await AuditEntry.get(action="account.unlink")
    assert (entry.object, entry.facts) == (id_of(member), {"issuer": provider, "subject": "mei-5", "sessions": 1})


async def test_v6_8_1_a_link_is_to_its_provider(client: httpx.AsyncClient, provider: str, set_up: SetUp) -> None:
    await linked("wang", provider.replace("127.0.0.1", "localhost"), "wang-6")

    assert (await through(client, "wang-6")).status_code == 403


async def test_whose_secret_is_wrong_gets_no_one(client: httpx.AsyncClient, provider: str, set_up: SetUp) -> None:
    await linked("wang", provider, "wang-7")
    set_up(provider, "a wrong secret")

    assert (await through(client, "wang-7")).status_code == 403


async def test_the_page_to_sign_in_has_a_button_and_keeps_the_way(client: httpx.AsyncClient) -> None:
    assert 'href="/single-sign-on">Sign in with City ID</a>' in (await client.get("/login")).text
    assert 'href="/single-sign-on?next=/members"' in (await client.get("/login?next=/members")).text
    wrong = await client.post("/login?next=/me", data={"username": "x", "password": "y"})
    assert 'href="/single-sign-on?next=/me"' in wrong.text


async def test_the_button_has_the_name_of_the_language(visitors: Visitors) -> None:
    browser = await visitors.browser(language="zh")

    assert "通过市统一身份认证登录" in (await browser.get("/login")).text
