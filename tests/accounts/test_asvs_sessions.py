"""What OWASP's ASVS 5 asks at level 2 of sessions (V7); docs/asvs.md is the table."""

import asyncio
import re

import httpx
import pytest

from server.models.accounts import Account, Session, account_disable, account_password
from server.models.accounts.sessions import session_end
from server.models.accounts.standing import digest
from server.models.audit import AuditEntry
from server.models.viewing import Coming, SessionCookie
from server.schema.arriving import COOKIE
from server.schema.ids import id_of
from tests import make
from tests.accounts.door import (
    ADMIN,
    CHEAP,
    DAY,
    FIREFOX,
    NEW,
    PASSWORD,
    WRONG,
    changes,
    come_in,
    cookies_of,
    is_in,
    make_another_session,
    signs_in,
)
from tests.cast import Cast
from tests.web.visitors import SignIn, Visitors


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


async def test_v7_5_2_of_two_who_end_one_session_at_once_one_is_told_that_it_is_over(li: Account) -> None:
    viewer = (await come_in()).viewer
    await make_another_session("li")
    other = await Session.filter(account=li, device="Chrome, Android").get()
    end = {"session": other.id, "password": PASSWORD, "cost": CHEAP}

    outcomes = await asyncio.gather(*(session_end(viewer, **end) for _ in range(2)), return_exceptions=True)

    assert sorted(type(one).__name__ for one in outcomes) == ["NoneType", "NotThere"]
    assert await AuditEntry.filter(action="account.end_sessions").count() == 1
