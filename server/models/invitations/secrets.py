"""What opens an invitation: the secret of a link, and a code that can be typed. We keep only their hashes."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from uuid import UUID

from server.models.accounts.standing import digest
from server.rules.invitations import ALPHABET, LENGTH, fold_code

BYTES = 24
"""Of the secret of a link: 192 bits, which nobody guesses, so that no limit has to stand in its way."""


@dataclass(frozen=True)
class Made:
    """Shown once. code: without its dashes."""

    secret: str
    code: str


def made() -> Made:
    """A new secret and a new code."""
    return Made(secrets.token_urlsafe(BYTES), "".join(secrets.choice(ALPHABET) for _ in range(LENGTH)))


def hash_of_secret(secret: str) -> str:
    """Enough for one so long."""
    return digest(secret)


def hash_of_code(code: str, account: UUID, key: str) -> str:
    """Keyed: whoever only has the database cannot try codes. Of each account another one.

    key: the secret of the house, which is not in the database.
    """
    return hmac.new(key.encode(), f"{account}:{fold_code(code)}".encode(), hashlib.sha256).hexdigest()
