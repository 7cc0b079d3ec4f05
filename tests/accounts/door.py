"""Coming in, for the tests of accounts: cheap hashes, one password, one address."""

import datetime as dt
from dataclasses import replace
from secrets import token_hex
from typing import Any

import httpx

from server.models.accounts import Account, Browser, Session, SignedIn, account_add, sign_in
from server.passwords import Cost
from server.rules.limits import keyed_address
from server.rules.permissions import Role
from tests import make

CHEAP = Cost(memory_kib=8, passes=1)
PASSWORD = "a long enough password"
NEW = "another long password"
WRONG = "not the password at all"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
DAY = dt.timedelta(days=1)
ADMIN = make.viewer(Role.ADMINISTRATOR, name="command line")


async def add(name: str, *roles: Role, **facts: Any) -> Account:
    """An account with PASSWORD."""
    return await account_add(ADMIN, **{"name": name, "roles": roles, "password": PASSWORD, "cost": CHEAP} | facts)


async def come_in(
    name: str = "li",
    password: str = PASSWORD,
    *,
    after: float = 0,
    address: str = "192.0.2.1",
    cost: Cost = CHEAP,
    **facts: Any,
) -> SignedIn:
    """Sign in `after` seconds, from one address unless told otherwise. facts: other fields of Browser."""
    now = make.NOW + dt.timedelta(seconds=after)
    browser = Browser(now, make.ZONE, keyed_address(address, "key"), "en")
    return await sign_in(name, password, replace(browser, **facts), cost=cost)


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


async def changes(browser: httpx.AsyncClient, old: str, new: str) -> httpx.Response:
    """Their own password, on the page."""
    return await browser.post("/me/password", data={"old": old, "new": new})


async def make_another_session(name: str) -> None:
    if account := await Account.get_or_none(name=name):
        now = dt.datetime.now(dt.UTC)
        span = {"created_at": now, "last_seen_at": now, "expires_at": now + DAY}
        await Session.create(account=account, token_hash=token_hex(32), device="Chrome, Android", **span)
