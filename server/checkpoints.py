"""Checkpoints of the audit trail: where it stands, sealed, to be kept where nobody reaches who can change the database.

Whoever rewrites an entry can make all hashes after it anew, but not what was kept elsewhere.
"""

import datetime as dt
import hashlib
import hmac
import json
from dataclasses import asdict, dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

ALGORITHM = "HS256"


class NoCheckpoint(Exception):
    """What was given is none of this house, or was changed."""


@dataclass(frozen=True)
class Checkpoint:
    """The newest entry of the trail when it was taken. hash: of that entry. at: when it was taken, ISO 8601 in UTC."""

    serial: int
    hash: str
    at: str

    @classmethod
    def now(cls, serial: int, found: str, at: dt.datetime) -> "Checkpoint":
        """Of that entry, taken at this moment."""
        return cls(serial, found, at.astimezone(dt.UTC).isoformat(timespec="seconds"))

    def sealed(self, secret_key: str) -> str:
        """As a file: JSON that people can read, with a seal over all of it."""
        facts = asdict(self)
        return json.dumps(facts | {"seal": jwt.encode({"alg": ALGORITHM}, facts, _key(secret_key))}, indent=1) + "\n"


def opened(text: str, secret_key: str) -> Checkpoint:
    """What a file says. Raises NoCheckpoint."""
    try:
        facts: dict[str, Any] = json.loads(text)
        said = jwt.decode(facts.pop("seal"), _key(secret_key), algorithms=[ALGORITHM]).claims
    except (ValueError, KeyError, TypeError, AttributeError, JoseError) as error:
        raise NoCheckpoint from error
    if said != facts:
        raise NoCheckpoint
    return Checkpoint(**facts)


def _key(secret_key: str) -> OctKey:
    """A key of its own, so that nothing that is sealed elsewhere is a checkpoint."""
    return OctKey.import_key(hmac.new(secret_key.encode(), b"luzhi audit checkpoint", hashlib.sha256).digest())
