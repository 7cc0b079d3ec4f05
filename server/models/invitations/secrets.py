"""What opens an invitation: the secret of a link, and a code that can be typed. We keep only their hashes.

The secret is made of the hash of the code, which is in the database, and the key of the house, which is not: so a
letter that leaves later, and is tried again, says the same link, and whoever has only one of the two has nothing.
"""

import base64
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
    """The secret of the link and its hash; the code without its dashes, which is shown once, and its hash."""

    secret: str
    secret_hash: str
    code: str
    code_hash: str


def made(account: UUID, key: str) -> Made:
    """What opens that account. key: the secret of the house."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    code_hash = hash_of_code(code, account, key)
    secret = secret_of(code_hash, key)
    return Made(secret, hash_of_secret(secret), code, code_hash)


def secret_of(code_hash: str, key: str) -> str:
    """What the link of the invitation with that code ends with, whenever it is asked."""
    keyed = hmac.new(key.encode(), f"link {code_hash}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(keyed[:BYTES]).decode()


def hash_of_secret(secret: str) -> str:
    """Enough for one so long."""
    return digest(secret)


def hash_of_code(code: str, account: UUID, key: str) -> str:
    """Keyed: whoever only has the database cannot try codes. Of each account another one.

    key: the secret of the house, which is not in the database.
    """
    return hmac.new(key.encode(), f"{account}:{fold_code(code)}".encode(), hashlib.sha256).hexdigest()
