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


def known_device(number: str, account: str, secret_key: str) -> str:
    """What a browser keeps that has signed in to that account: its number, and a proof that it is ours to give."""
    return f"{number}.{_keyed(f'device {number} of {account}', secret_key)}"


def device_number(kept: str, account: str, secret_key: str) -> str:
    """The number of the browser that keeps this; empty where it has not signed in to that account before."""
    number = kept.partition(".")[0]
    known = known_device(number, account, secret_key)
    return number if number and hmac.compare_digest(known.encode(), kept.encode()) else ""


def place_of_device(number: str, secret_key: str) -> str:
    """Where tries of that browser are counted: apart from all others, at its own address too."""
    return _keyed(f"place of device {number}", secret_key)


def _keyed(text: str, secret_key: str) -> str:
    return hmac.new(secret_key.encode(), text.encode(), hashlib.sha256).hexdigest()


@lru_cache(KEPT)
def keyed_address(address: str, secret_key: str) -> str:
    """Hex HMAC-SHA256 of where someone comes from: tells addresses apart, and nobody without the key which they are.

    An IPv6 address counts by its /64, since that is what one connection is given to choose from.
    """
    return _keyed(_network(address), secret_key)


@lru_cache(KEPT)
def monthly_address(address: str, secret_key: str, month: dt.date) -> str:
    """The same by a key that changes each month: what is kept for years tells nobody's ways for longer than that.

    month: any day of it.
    """
    return _keyed(_network(address), _keyed(f"addresses of {month:%Y-%m}", secret_key))


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
