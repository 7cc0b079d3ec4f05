"""How much is too much: failed sign-ins, and how long to wait then (contract.md, Addresses); a message of a socket."""

import datetime as dt
import hashlib
import hmac
import ipaddress
import math
from collections.abc import Iterable
from functools import lru_cache

WINDOW = dt.timedelta(minutes=15)
PER_ACCOUNT = 5
"""Failures of one address on one account within the window."""

PER_ADDRESS = 50
"""Failures of one address on all accounts within the window: a whole office may stand behind one address."""

MESSAGE_BYTES = 100_000
"""Of one message that a client sends by a socket."""

KEPT = 1024
"""Addresses whose hash is kept: a browser comes many times."""


def wait(failures: Iterable[dt.datetime], limit: int, now: dt.datetime) -> int:
    """Whole seconds until one more try is allowed; 0 for at once. failures: when they happened, in any order."""
    recent = sorted(at for at in failures if at > now - WINDOW)
    if len(recent) < limit:
        return 0
    return math.ceil((recent[-limit] + WINDOW - now).total_seconds())


def sign_in_wait(account: Iterable[dt.datetime], address: Iterable[dt.datetime], now: dt.datetime) -> int:
    """Seconds to wait before a try. account: failures of this address on this account; address: on all accounts."""
    return max(wait(account, PER_ACCOUNT, now), wait(address, PER_ADDRESS, now))


@lru_cache(KEPT)
def keyed_address(address: str, secret_key: str) -> str:
    """Hex HMAC-SHA256 of where someone comes from: tells addresses apart, and nobody without the key which they are.

    An IPv6 address counts by its /64, since that is what one connection is given to choose from.
    """
    return hmac.new(secret_key.encode(), _network(address).encode(), hashlib.sha256).hexdigest()


def _network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((int(parsed), 64), strict=False))
