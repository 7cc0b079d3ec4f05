"""The audit chain: how a payload is written down, and what an entry's hash covers."""

import datetime as dt
import enum
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

GENESIS = "0" * 64
"""What the first entry has for the hash before it."""


def canonical(value: object) -> str:
    """One way of writing for one meaning: JSON with sorted names, without spaces, as plain characters.

    Days and times are written in ISO 8601 (times in UTC to the microsecond), marks and ids as strings. Raises
    TypeError for what has no single way of writing, such as a float.
    """
    return json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def salted_digest(salt: str, text: str) -> str:
    """Hex SHA-256 of salt and payload: without the salt nobody can guess a purged payload from it."""
    return hashlib.sha256(f"{salt}:{text}".encode()).hexdigest()


@dataclass(frozen=True)
class Link:
    """What the hash of an entry covers: everything but payload and salt, for which the digest stands."""

    serial: int
    at: dt.datetime
    actor: str
    on_behalf_of: str
    action: str
    object: str
    digest: str
    request_id: str
    prev_hash: str

    def hash(self) -> str:
        """Hex SHA-256 of the canonical form."""
        return hashlib.sha256(canonical(vars(self)).encode()).hexdigest()


def _plain(value: object) -> Any:
    match value:
        case None | bool() | int() | str():
            return value.value if isinstance(value, enum.Enum) else value
        case dt.datetime():
            return _instant(value)
        case dt.date() | UUID() | Decimal():
            return str(value)
        case enum.Enum():
            return _plain(value.value)
        case Mapping():
            return {_name(key): _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case set() | frozenset():
            return sorted((_plain(item) for item in value), key=canonical)
    raise TypeError(f"{type(value).__name__} has no single way of writing; pass a string, a number or a date")


def _instant(value: dt.datetime) -> str:
    if value.tzinfo is None:
        raise TypeError("a time without a zone has no single way of writing; pass an aware one")
    return value.astimezone(dt.UTC).isoformat(timespec="microseconds")


def _name(key: object) -> str:
    plain = _plain(key)
    if not isinstance(plain, str):
        raise TypeError("names in a payload are strings")
    return plain
