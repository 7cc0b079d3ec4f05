"""Coming in, for the tests of accounts: cheap hashes, one password, one address."""

import datetime as dt
from dataclasses import replace
from typing import Any

from server.models.accounts import Account, Browser, SignedIn, account_add, sign_in
from server.passwords import Cost
from server.rules.limits import keyed_address
from server.rules.permissions import Role
from tests import make

CHEAP = Cost(memory_kib=8, passes=1)
PASSWORD = "a long enough password"
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
