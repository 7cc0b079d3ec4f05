"""What OWASP's ASVS 5 asks at level 2 of sign-in, sessions and cookies; each test is named by its requirement.

docs/asvs.md is their table, with those that tests elsewhere show.
"""

import datetime as dt
import re
from dataclasses import replace
from secrets import token_hex

import httpx
import pytest
from argon2 import PasswordHasher

from server.errors import Invalid
from server.models.accounts import Account, Session, account_disable, account_password
from server.models.accounts.choosing import chosen_password
from server.models.accounts.standing import digest
from server.models.audit import AuditEntry
from server.models.bodies import BodyKind
from server.models.viewing import Coming, SessionCookie
from server.rules.permissions import Role
from server.schema.arriving import COOKIE
from server.schema.ids import id_of
from tests import make
from tests.accounts.door import ADMIN, CHEAP, PASSWORD, add, come_in
from tests.cast import Cast
from tests.web.visitors import SignIn, Visitors

NEW = "another long password"
WRONG = "not the password at all"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
DAY = dt.timedelta(days=1)


async def signs_in(
    browser: httpx.AsyncClient, name: str = "li", password: str = PASSWORD, **how: object
) -> httpx.Response:
    return await browser.post("/login", data={"username": name, "password": password}, **how)


async def is_in(browser: httpx.AsyncClient) -> bool:
    """Whether this browser is known."""
    answer = await browser.post("/graphql", json={"query": "{ viewer { signedIn } }"})
    return answer.json()["data"]["viewer"]["signedIn"] is True


def cookies_of(answer: httpx.Response) -> dict[str, set[str]]:
    """The cookies that an answer sets: name -> what is said of each."""
    found = {}
    for header in answer.headers.get_list("Set-Cookie"):
        first, *rest = header.split("; ")
        found[first.partition("=")[0]] = {part.partition("=")[0] for part in rest} | {
            part for part in rest if part.startswith(("SameSite", "Path"))
        }
    return found


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
        {prefix + COOKIE},
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


REFUSED = {
    "v6_2_1 shorter than 12": ("eleven char", "PASSWORD_SHORT"),
    "v6_2_4 of the first 3000": ("1234567890123", "PASSWORD_KNOWN"),
    "v6_2_4 in capitals": ("QwertyUIOP123", "PASSWORD_KNOWN"),
    "v6_2_12 stolen somewhere": ("passwordpassword", "PASSWORD_KNOWN"),
    "v6_2_12 of one letter": ("aaaaaaaaaaaa", "PASSWORD_KNOWN"),
    "v6_2_11 the account": ("Zhang.San-2026-11", "PASSWORD_NEAR"),
    "v6_2_11 the person": ("张三张三张三1234567", "PASSWORD_NEAR"),
    "v6_2_11 the product": ("Luzhi 履职 2026!!", "PASSWORD_NEAR"),
    "v6_2_11 the assembly": ("haidian-consultative", "PASSWORD_NEAR"),
    "v6_2_11 the published one": ("demo-only-password", "PASSWORD_PUBLISHED"),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_v6_2_1_v6_2_4_v6_2_11_v6_2_12_what_is_guessed_first_is_no_password(db: str, case: str) -> None:
    person = await make.person("张三", "Zhang San")
    await make.body(BodyKind.PLENARY, "Haidian Consultative Conference", "海淀区政协")
    password, expected = REFUSED[case]

    with pytest.raises(Invalid) as no:
        await chosen_password(password, name="zhang.san", person=person.id, field="new")

    assert [(problem.code, problem.field) for problem in no.value.problems] == [(expected, "new")]


@pytest.mark.parametrize(
    "password",
    [
        "only small letters",
        "一二三四五六七八九十百千",
        "🌧️☂️ every afternoon",
        "zhang.san eats noodles daily",
        " spaces at both ends ",
        "x7" * 32,
        "x7" * 500,
    ],
)
async def test_v6_2_5_v6_2_9_any_characters_make_a_password_and_many_of_them(db: str, password: str) -> None:
    await add("zhang.san", password=password)

    assert (await come_in("zhang.san", password)).viewer.name == "zhang.san"


@pytest.mark.parametrize("typed", ["A Long Enough Password", "a long enough passwor", "a long enough password "])
async def test_v6_2_8_a_password_is_compared_as_it_was_typed(li: Account, typed: str) -> None:
    with pytest.raises(Invalid):
        await come_in(li.name, typed)


async def changes(browser: httpx.AsyncClient, old: str, new: str) -> httpx.Response:
    return await browser.post("/me/password", data={"old": old, "new": new})


@pytest.mark.parametrize("roles", [(), (Role.SECRETARY,)])
async def test_v6_2_2_v6_2_3_v7_5_1_people_change_their_own_password_by_the_present_one(
    visitors: Visitors, db: str, roles: tuple[Role, ...]
) -> None:
    await add("wang", *roles)
    browser = await visitors.browser()
    await signs_in(browser, "wang")

    wrong = await changes(browser, WRONG, NEW)
    poor = await changes(browser, PASSWORD, "passwordpassword")
    right = await changes(browser, PASSWORD, NEW)

    assert (wrong.status_code, poor.status_code, right.status_code) == (422, 422, 303)
    assert re.search(r'id="old-problem">.*This is not your present password\.', wrong.text)
    assert re.search(r'id="new-problem">.*on the lists of stolen ones', poor.text)
    assert WRONG not in wrong.text + poor.text
    assert (await signs_in(await visitors.browser(), "wang", NEW)).status_code == 303
    assert (await signs_in(await visitors.browser(), "wang", PASSWORD)).status_code == 422


async def test_v6_2_6_v6_2_7_passwords_are_hidden_and_managers_may_fill_them_in(sign_in: SignIn) -> None:
    pages = {"/login": "visitor", "/me/password": "member", "/me/sessions": "admin", "/accounts/new": "admin"}
    for address, name in pages.items():
        browser = await sign_in(name)
        await make_another_session(name)
        text = (await browser.get(address)).text
        fields = re.findall(r'<input id="[^>]*password[^>]*>', text)
        assert fields, address
        for field in fields:
            assert 'type="password"' in field
            assert re.search(r'autocomplete="(current|new)-password"', field)
            assert not re.search("onpaste|readonly|maxlength", field)


async def make_another_session(name: str) -> None:
    if account := await Account.get_or_none(name=name):
        now = dt.datetime.now(dt.UTC)
        span = {"created_at": now, "last_seen_at": now, "expires_at": now + DAY}
        await Session.create(account=account, token_hash=token_hex(32), device="Chrome, Android", **span)


@pytest.mark.usefixtures("li")
async def test_v6_3_1_guessing_is_stopped_within_25_tries(client: httpx.AsyncClient) -> None:
    answers = [await signs_in(client, "li", f"{WRONG} {n}") for n in range(25)]

    assert 429 in {answer.status_code for answer in answers}
    assert (await signs_in(client, "li")).status_code == 429


async def test_v6_3_2_no_account_is_there_that_nobody_opened(db: str) -> None:
    assert await Account.all().count() == 0


@pytest.mark.parametrize("name", ["nobody", "li", "closed"])
async def test_v6_3_8_who_exists_cannot_be_told_by_words_or_work(
    client: httpx.AsyncClient, wang: Account, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    await add("closed")
    await account_disable(ADMIN, account=(await Account.get(name="closed")).id)
    checked: list[str] = []
    verify = PasswordHasher.verify
    monkeypatch.setattr(
        PasswordHasher, "verify", lambda self, kept, typed: checked.append(kept[:31]) or verify(self, kept, typed)
    )

    answer = await signs_in(client, name, WRONG)

    assert answer.status_code == 422
    assert re.findall(r'role="alert".*?<li>(.*?)</li>', answer.text, re.DOTALL) == [
        "The name or the password is not right."
    ]
    assert [kept.rpartition("$")[0] for kept in checked] == ["$argon2id$v=19$m=" + memory_of(name)]


def memory_of(name: str) -> str:
    """The cost of the hash that is checked: the tests' cheap one, or for who is unknown that of today."""
    return "19456,t=2,p=1" if name == "nobody" else "8,t=1,p=1"


async def test_v7_2_1_v7_2_2_v7_2_3_a_session_is_a_random_secret_of_which_we_keep_a_hash(li: Account) -> None:
    secrets = {(await come_in()).token for _ in range(50)}

    assert len(secrets) == 50
    assert {len(secret) * 6 // 8 * 8 for secret in secrets} == {256}, "bits"
    assert set(await Session.all().values_list("token_hash", flat=True)) == {digest(secret) for secret in secrets}


@pytest.mark.usefixtures("li", "wang")
async def test_v7_2_4_signing_in_gives_a_new_id_and_ends_the_one_before(visitors: Visitors) -> None:
    browser = await visitors.browser()
    browser.cookies.set(COOKIE, "planted-by-someone-else", domain="luzhi.test", path="/")
    await signs_in(browser)
    first = browser.cookies[COOKIE]
    await signs_in(browser, "wang")
    second = browser.cookies[COOKIE]

    assert len({"planted-by-someone-else", first, second}) == 3
    assert not await is_in(await visitors.browser(cookies={COOKIE: first}))
    assert await is_in(await visitors.browser(cookies={COOKIE: second}))


@pytest.mark.parametrize(
    ("days", "known"),
    [
        ([13], True),
        ([14], False),
        ([13, 26], True),
        ([13, 27], False),
        ([*range(10, 90, 10), 89], True),
        ([*range(10, 90, 10), 90], False),
    ],
)
async def test_v7_3_1_v7_3_2_a_session_ends_14_days_after_its_last_use_and_90_after_its_first(
    li: Account, days: list[int], known: bool
) -> None:
    from server.models.database import settle

    cookie = SessionCookie((await come_in()).token)
    for day in days:
        viewer = await Coming(cookie, now=make.NOW + day * DAY, zone=make.ZONE).viewer()
        await settle()

    assert viewer.signed_in is known


async def test_v7_4_2_a_disabled_account_is_out_at_once_everywhere(visitors: Visitors, wang: Account) -> None:
    browsers = [await visitors.signed_in(wang) for _ in range(3)]
    assert [await is_in(browser) for browser in browsers] == [True] * 3

    await account_disable(ADMIN, account=wang.id)

    assert [await is_in(browser) for browser in browsers] == [False] * 3


@pytest.mark.parametrize("road", ["page", "api"])
async def test_v7_4_3_a_new_password_ends_all_sessions_and_this_one_goes_on_under_a_new_id(
    visitors: Visitors, wang: Account, road: str
) -> None:
    here, other = await visitors.browser(), await visitors.signed_in(wang)
    await signs_in(here, "wang", headers={"User-Agent": FIREFOX})
    before = here.cookies[COOKIE]

    if road == "page":
        answer = await changes(here, PASSWORD, NEW)
    else:
        text = "mutation ($old: String!, $new: String!) { accountPassword(old: $old, new: $new) { __typename } }"
        given = {"query": text, "variables": {"old": PASSWORD, "new": NEW}}
        answer = await here.post("/graphql", json=given, headers={"Sec-Fetch-Site": "same-origin"})

    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= cookies_of(answer)[COOKIE]
    assert here.cookies[COOKIE] != before
    assert (await is_in(here), await is_in(other)) == (True, False)
    assert not await is_in(await visitors.browser(cookies={COOKIE: before}))
    assert await Session.filter(ended_at=None).values_list("device", flat=True) == ["Firefox, Windows"]


async def test_v7_4_3_a_password_that_an_administrator_sets_ends_all_sessions(
    visitors: Visitors, wang: Account
) -> None:
    browser = await visitors.signed_in(wang)

    assert await account_password(ADMIN, account=wang.id, new=NEW, cost=CHEAP) is None

    assert not await is_in(browser)


async def test_v7_4_4_every_page_of_one_who_is_in_leads_out(sign_in: SignIn) -> None:
    browser = await sign_in("member")

    for address in ("/", "/members", "/me", "/me/sessions", "/nothing-here", "/accounts"):
        assert '<form method="post" action="/logout">' in (await browser.get(address)).text, address


async def test_v7_4_5_an_administrator_signs_an_account_out_everywhere(
    sign_in: SignIn, visitors: Visitors, everyone: Cast
) -> None:
    member = everyone.accounts["member"]
    browsers = [await visitors.signed_in(member) for _ in range(2)]
    address = f"/accounts/{id_of(member)}/sign-out"

    refused = await (await sign_in("secretary")).post(address)
    still = [await is_in(browser) for browser in browsers]
    done = await (await sign_in("admin")).post(address)

    assert (refused.status_code, still, done.status_code) == (403, [True, True], 303)
    assert [await is_in(browser) for browser in browsers] == [False, False]
    entry = await AuditEntry.get(action="account.end_sessions")
    assert (entry.object, entry.facts) == (id_of(member), {"own": False, "sessions": 2})


async def test_v7_5_2_people_see_where_they_are_signed_in_and_which_one_this_is(
    visitors: Visitors, wang: Account
) -> None:
    await visitors.signed_in(await Account.get(name="li"))
    here = await visitors.browser()
    await signs_in(here, "wang", headers={"User-Agent": FIREFOX})
    await make_another_session("wang")

    page = (await here.get("/me/sessions")).text

    rows = re.findall(r"<tr>\s*<th scope=\"row\">(.*?)</th>(.*?)</tr>", page, re.DOTALL)
    assert sorted((device, "this one" in rest) for device, rest in rows) == [
        ("Chrome, Android", False),
        ("Firefox, Windows", True),
    ]
    assert page.count('type="radio"') == 1


async def ending(browser: httpx.AsyncClient, password: str, session: object = None) -> httpx.Response:
    address = "/me/sessions" if session else "/me/sessions/others"
    return await browser.post(address, data={"id": f"ses_{session}", "password": password})


async def test_v7_5_2_one_session_is_ended_by_the_password(visitors: Visitors, wang: Account) -> None:
    here, one, two = await visitors.browser(), await visitors.signed_in(wang), await visitors.signed_in(wang)
    await signs_in(here, "wang")
    row = await Session.get(token_hash=digest(one.cookies[COOKIE]))

    wrong = await ending(here, WRONG, row.id)
    still = await is_in(one)
    right = await ending(here, PASSWORD, row.id)
    again = await ending(here, PASSWORD, row.id)

    assert (wrong.status_code, still, right.status_code, again.status_code) == (422, True, 303, 404)
    assert 'id="password-problem"' in wrong.text
    assert [await is_in(browser) for browser in (here, one, two)] == [True, False, True]


async def test_v7_5_2_all_others_are_ended_by_the_password(visitors: Visitors, wang: Account) -> None:
    here, others = await visitors.browser(), [await visitors.signed_in(wang) for _ in range(3)]
    await signs_in(here, "wang")

    wrong = await ending(here, WRONG)
    still = [await is_in(browser) for browser in others]
    right = await ending(here, PASSWORD)

    assert (wrong.status_code, still, right.status_code) == (422, [True] * 3, 303)
    assert (await is_in(here), [await is_in(browser) for browser in others]) == (True, [False] * 3)


async def test_v7_5_2_nobody_ends_the_session_of_another(visitors: Visitors, li: Account, wang: Account) -> None:
    here, other = await visitors.browser(), await visitors.signed_in(li)
    await signs_in(here, "wang")
    row = await Session.get(token_hash=digest(other.cookies[COOKIE]))

    answer = await ending(here, PASSWORD, row.id)

    assert (answer.status_code, await is_in(other)) == (404, True)
    assert (
        await (await visitors.browser()).post("/me/sessions/others", data={"password": PASSWORD})
    ).status_code == 403


async def test_v7_5_2_the_password_cannot_be_guessed_there(visitors: Visitors, wang: Account) -> None:
    here = await visitors.signed_in(wang)

    answers = [(await ending(here, f"{WRONG} {n}")).status_code for n in range(25)]

    assert answers[:5] == [422] * 5
    assert set(answers[5:]) == {429}
    assert (await ending(here, PASSWORD)).status_code == 429
