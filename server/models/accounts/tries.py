"""Counting failed sign-ins, right with several processes and with many tries at once."""

import datetime as dt

from server.errors import Limited, Problem
from server.models.accounts.tables import SignInFailure
from server.models.database import connection, is_postgres, transaction
from server.models.sweeping import sweep
from server.rules.limits import WINDOW, sign_in_wait
from server.viewer import Viewer
from server.words import say

ADDRESSES = 0x6C757A
"""The space of PostgreSQL's advisory locks in which tries of one address wait for each other: "luz" in ASCII."""


async def reserve(name: str, address_hash: str, now: dt.datetime) -> None:
    """Count this try as failed before it is made; `forgive` takes it back. Raises Limited, counting nothing.

    name: folded, so that a database can hold it. The row is committed before the password is looked at, so that
    tries at the same moment see each other.
    """
    async with transaction():
        await _alone(address_hash)
        counted = SignInFailure.filter(address_hash=address_hash, at__gt=now - WINDOW)
        failures = await counted.values_list("account_name", "at")
        seconds = sign_in_wait([at for of, at in failures if of == name], [at for _, at in failures], now)
        if seconds:
            raise Limited(seconds, _too_many(seconds))
        await SignInFailure.create(account_name=name, address_hash=address_hash, at=now)


async def forgive(name: str, address_hash: str) -> None:
    """Forget all failures of this address on this account: the right password was given."""
    await SignInFailure.filter(account_name=name, address_hash=address_hash).delete()


async def forget_tries(viewer: Viewer) -> int:
    """Delete the failures that count no more. How many."""
    return await sweep(SignInFailure.filter(at__lte=viewer.now - WINDOW))


async def _alone(address_hash: str) -> None:
    if is_postgres():
        await connection().execute_query("SELECT pg_advisory_xact_lock($1, hashtext($2))", [ADDRESSES, address_hash])


def _too_many(seconds: int) -> Problem:
    minutes = -(-seconds // 60)
    return Problem(
        "TOO_MANY_TRIES",
        say("Too many failed sign-ins. Try again in {minutes} min, or ask an administrator.", minutes=minutes),
    )
