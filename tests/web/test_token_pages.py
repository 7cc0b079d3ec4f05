"""Tokens of services by page and by request: replaced with overlap, used from their addresses, warned of their end."""

import datetime as dt
import logging
import re
from dataclasses import replace

import httpx
import pytest

from server.models.accounts import ApiClient, token_issue
from server.models.database import settle
from server.rules.permissions import Role
from tests import make
from tests.cast import Cast
from tests.web.visitors import Asks, SignIn, Visitors

NEAR, FAR, SIX = "192.0.2.1", "198.51.100.9", "2001:db8::9"
WHO = {"query": "{ viewer { name } }"}
CARDS = "{ viewer { awaits { code address title } } }"


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


async def issue(cast: Cast, name: str, **facts) -> tuple[str, str]:
    """ID and secret of a token of one of the cast."""
    admin = replace(cast["admin"], now=now())
    owner = cast.accounts[name].id
    issued = await token_issue(admin, **{"name": "mirror", "scopes": ["members:read"], "owner": owner} | facts)
    return f"tok_{issued.id}", issued.token


async def by(visitors: Visitors, secret: str, address: str = NEAR) -> httpx.Response:
    program = await visitors.browser(address=address, headers={"Authorization": f"Bearer {secret}"})
    return await program.post("/graphql", json=WHO)


def refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["errors"][0]["extensions"]["code"]


async def test_a_token_works_from_its_addresses_and_is_refused_and_logged_elsewhere(
    visitors: Visitors, everyone: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    token, secret = await issue(everyone, "secretary", addresses=[f"{NEAR}/32", "2001:db8::/64"])

    with caplog.at_level(logging.WARNING, "luzhi.accounts"):
        for address in (NEAR, FAR, NEAR, SIX, f"::ffff:{NEAR}"):
            answer = await by(visitors, secret, address)
            if address == FAR:
                assert refused(answer) == (401, "TOKEN_ADDRESS")
            else:
                assert answer.json()["data"] == {"viewer": {"name": "secretary"}}

    assert caplog.messages == [f"token {token} was refused to {FAR}"]


async def test_a_page_says_from_where_a_token_works_and_it_does_so_at_once(
    sign_in: SignIn, visitors: Visitors, everyone: Cast
) -> None:
    token, secret = await issue(everyone, "secretary")
    assert (await by(visitors, secret, FAR)).status_code == 200
    browser = await sign_in("secretary")

    wrong = await browser.post(f"/tokens/{token}/addresses", data={"addresses": "192.0.2.7/24"})
    saved = await browser.post(f"/tokens/{token}/addresses", data={"addresses": f"{NEAR}\r\n10.0.0.0/8"})

    assert (wrong.status_code, "Did you mean 192.0.2.0/24?" in wrong.text) == (422, True)
    assert (saved.status_code, saved.headers["Location"]) == (303, f"/tokens/{token}")
    assert f"{NEAR}/32, 10.0.0.0/8" in (await browser.get(f"/tokens/{token}")).text
    assert refused(await by(visitors, secret, FAR)) == (401, "TOKEN_ADDRESS")
    await browser.post(f"/tokens/{token}/addresses", data={"addresses": ""})
    assert (await by(visitors, secret, FAR)).status_code == 200


async def test_a_new_secret_works_beside_the_old_one(sign_in: SignIn, visitors: Visitors, everyone: Cast) -> None:
    token, secret = await issue(everyone, "member", days=100)
    browser = await sign_in("member")
    assert f'href="/tokens/{token}"' in (await browser.get("/me/tokens")).text
    assert f"/tokens/{token}/rotate" in (await browser.get(f"/tokens/{token}")).text

    shown = await browser.post(f"/tokens/{token}/rotate", data={"until": ""})

    (new,) = re.findall(r'value="(lz_[\w-]+)"', shown.text)
    assert [(await by(visitors, one)).json()["data"] for one in (secret, new)] == [{"viewer": {"name": "member"}}] * 2
    page = (await browser.get("/me/tokens")).text
    assert (new in page, page.count("replaced"), page.count("in use")) == (False, 1, 1)
    assert "the one of" in (await browser.get(f"/tokens/{token}")).text
    await ApiClient.filter(id=token[4:]).update(expires_at=now())
    assert refused(await by(visitors, secret)) == (401, "TOKEN_EXPIRED")
    assert (await by(visitors, new)).status_code == 200


async def test_the_moment_of_the_form_is_meant_where_the_assembly_sits(sign_in: SignIn, everyone: Cast) -> None:
    token, _ = await issue(everyone, "secretary", days=700)
    browser = await sign_in("secretary")
    moment = (now().astimezone(make.ZONE) + dt.timedelta(days=20)).replace(minute=30, second=0, microsecond=0)

    past = await browser.post(f"/tokens/{token}/rotate", data={"until": "2020-01-01T10:00", "days": "365"})
    done = await browser.post(f"/tokens/{token}/rotate", data={"until": f"{moment:%Y-%m-%dT%H:%M}", "days": "365"})

    assert (past.status_code, 'aria-describedby="until-hint until-problem"' in past.text) == (422, True)
    assert done.status_code == 200
    assert (await ApiClient.get(id=token[4:])).expires_at == moment
    assert await ApiClient.filter(expires_at__gt=now() + dt.timedelta(days=364)).count() == 1


@pytest.mark.parametrize(
    ("language", "scopes", "never", "lately"),
    [
        ("en", "members:read, learning:write", "never", "just now"),
        ("zh", "members:read、learning:write", "从未", "刚刚"),
    ],
)
async def test_its_owner_sees_what_it_may_and_when_it_was_last_used(
    sign_in: SignIn, visitors: Visitors, everyone: Cast, language: str, scopes: str, never: str, lately: str
) -> None:
    token, secret = await issue(everyone, "member", scopes=["members:read", "learning:write"])
    other, _ = await issue(everyone, "member", scopes=["audit:read"])
    browser = await sign_in("member", language=language)
    assert (await told_of(browser, token)) == [(scopes, never)] * 2

    assert (await by(visitors, secret)).status_code == 200
    await settle()

    assert await told_of(browser, token) == [(scopes, lately)] * 2
    assert await told_of(browser, other) == [("audit:read", never)] * 2


async def told_of(browser: httpx.AsyncClient, token: str) -> list[tuple[str, str]]:
    """Scopes and last use, as the list of one's tokens and the token's own page show them."""
    listed = next(row for row in (await browser.get("/me/tokens")).text.split("<tr>") if f"/tokens/{token}" in row)
    _, *cells = re.findall(r"<t[dh].*?>(.*?)</t[dh]>", listed, re.DOTALL)
    facts = re.findall(r"<dd>(.*?)</dd>", (await browser.get(f"/tokens/{token}")).text, re.DOTALL)
    _, scopes, _, _, used, *_ = map(words, facts)
    return [(words(cells[0]), words(cells[1])), (scopes, used)]


def words(markup: str) -> str:
    """What is read of it."""
    return re.sub(r"<.*?>", "", markup).strip()


async def test_the_tokens_of_others_are_not_there(sign_in: SignIn, everyone: Cast) -> None:
    token, _ = await issue(everyone, "secretary")
    browser = await sign_in("member")

    for path in ("", "/rotate", "/addresses", "/revoke"):
        assert (await browser.get(f"/tokens/{token}{path}")).status_code == 404
    assert (await browser.post(f"/tokens/{token}/rotate", data={})).status_code == 404
    assert (await browser.post(f"/tokens/{token}/revoke", data={})).status_code == 404
    assert "No program has a token of yours." in (await browser.get("/me/tokens")).text


async def test_whoever_has_a_token_ends_it(sign_in: SignIn, visitors: Visitors, everyone: Cast) -> None:
    token, secret = await issue(everyone, "department")
    browser = await sign_in("department")

    assert (await browser.post(f"/tokens/{token}/revoke", data={})).headers["Location"] == f"/tokens/{token}"

    assert refused(await by(visitors, secret)) == (401, "TOKEN_REVOKED")


@pytest.mark.parametrize(("name", "address"), [("department", "/me/tokens"), ("secretary", "/tokens")])
async def test_before_its_end_a_token_is_a_card_of_its_owner_until_it_is_replaced(
    ask: Asks, sign_in: SignIn, everyone: Cast, name: str, address: str
) -> None:
    token, _ = await issue(everyone, name, days=13)
    await issue(everyone, name, days=15)
    viewer = replace(everyone[name], now=now())
    found = (await ask(viewer, CARDS))["data"]["viewer"]["awaits"]
    card = {"code": "TOKENS", "address": address, "title": "1 API tokens end within 14 days"}
    assert [one for one in found if one["code"] == "TOKENS"] == [card]
    browser = await sign_in(name)
    assert "mirror: the end is near," in (await browser.get("/me/tokens")).text

    await browser.post(f"/tokens/{token}/rotate", data={"days": "365"} if name == "secretary" else {})

    found = (await ask(viewer, CARDS))["data"]["viewer"]["awaits"]
    assert [one["title"] for one in found if one["code"] == "TOKENS"] == (
        [] if name == "secretary" else ["1 API tokens end within 14 days"]
    )


async def test_a_token_lists_its_owners_tokens_only_with_the_scope(ask: Asks, everyone: Cast) -> None:
    await issue(everyone, "secretary")
    await issue(everyone, "member")
    text = "{ ownTokens { name endsSoon addresses owner { name } } }"
    own = make.viewer(Role.ADMINISTRATOR, account=everyone.accounts["secretary"].id)

    answer = await ask(own, text)
    refusal = await ask(replace(own, client=make.some_id(), scopes=frozenset({"accounts:read"})), text)

    row = {"name": "mirror", "endsSoon": False, "addresses": [], "owner": {"name": "secretary"}}
    assert answer["data"]["ownTokens"] == [row]
    assert refusal["errors"][0]["extensions"]["code"] == "SCOPE"
