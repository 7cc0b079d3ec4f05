"""From what stands in the environment to values. Each raises ValueError, in words for the operator."""

import ipaddress
import re
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

SECRET_LENGTH = 32
"""The fewest characters of a secret key: shorter ones can be guessed."""
OPERATIONS = ("any", "stored")
PLACE = re.compile(r"(https?:/)?/[^\s/;,'\"<>\\][^\s;,'\"<>\\]*")
"""An address, or a path on this server, that can stand in a page's content policy."""
LEVELS = ("debug", "info", "warning", "error", "critical")
NAMES_APART = re.compile(r"\s+/\s+")


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach that host name or address. Brackets of IPv6 are left out before."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def folder(given: str) -> Path:
    """A folder, absolute."""
    if "?" in given or "#" in given:
        raise ValueError("a folder's name with ? or # cannot stand in the address of a database.")
    return Path(given).absolute()


def shelves(given: str) -> str:
    """Where files lie."""
    url = urlsplit(given)
    if not ((url.scheme == "file" and url.path.startswith("/")) or (url.scheme == "s3" and url.hostname)):
        raise ValueError(f"{given!r} is neither file:///path nor s3://bucket/prefix.")
    return given


def secret(given: str) -> str:
    """A key that cannot be guessed; empty for none."""
    if given and len(given) < SECRET_LENGTH:
        raise ValueError(f"{len(given)} characters are too few; take {SECRET_LENGTH} random ones or more.")
    return given


def database(given: str) -> str:
    """The address of a database that we speak to."""
    url = urlsplit(given)
    if url.scheme not in {"sqlite", "postgres"}:
        raise ValueError("give sqlite:///path or postgres://user:password@host:5432/name.")
    if url.scheme == "sqlite" and (not url.path or url.fragment):
        raise ValueError("after sqlite:/// there must be a path, and no # in it.")
    return given


def base(given: str) -> str:
    """The address of this product: scheme and host, nothing after."""
    url = urlsplit(given)
    if url.scheme not in {"http", "https"} or not url.hostname or url.username is not None:
        raise ValueError(f"{given!r} is not an address such as https://luzhi.example.org.")
    if url.path not in {"", "/"} or url.query or url.fragment:
        raise ValueError(f"{given!r} must end after the host and its port.")
    return f"{url.scheme}://{url.netloc}"


def script(given: str) -> str:
    """The address of a script, or a path on this server."""
    if not PLACE.fullmatch(given):
        raise ValueError(f"{given!r} is not an address such as https://files.example.org/htmx.min.js or /htmx.min.js.")
    return given


def files(given: str) -> str:
    """The address of a folder of files, or a path on this server, without a slash at its end."""
    if not PLACE.fullmatch(given) or "?" in given or "#" in given:
        raise ValueError(f"{given!r} is not an address such as https://files.example.org/npm or /npm.")
    return given.rstrip("/")


def integrity(given: str) -> str:
    """A hash that browsers check a file against; empty for none."""
    if given and not re.fullmatch(r"sha(256|384|512)-[A-Za-z0-9+/]+={0,2}", given):
        raise ValueError(f"{given!r} is not a hash such as sha384-... in base64.")
    return given


def zone(given: str) -> ZoneInfo:
    """A time zone."""
    try:
        return ZoneInfo(given)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{given!r} is not a time zone such as Asia/Shanghai.") from error


def level(given: str) -> str:
    """How much the log says."""
    if given.lower() not in LEVELS:
        raise ValueError(f"{given!r} is not one of {', '.join(LEVELS)}.")
    return given.lower()


def operations(given: str) -> str:
    """Which operations the API runs."""
    if given.lower() not in OPERATIONS:
        raise ValueError(f"{given!r} is not one of {', '.join(OPERATIONS)}.")
    return given.lower()


def address(given: str) -> tuple[str, int] | None:
    """Host and port; None for `off`."""
    if given == "off":
        return None
    host, _, port = given.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError(f"{given!r} is not host:port, such as 127.0.0.1:9090, and not off.")
    return host.strip("[]"), int(port)


def issuer(given: str) -> str:
    """How an OpenID provider names itself; empty for none."""
    url = urlsplit(given)
    safe = url.scheme == "https" or (url.scheme == "http" and is_loopback(url.hostname or ""))
    if given and (not safe or not url.hostname or url.username is not None or url.query or url.fragment):
        raise ValueError(f"{given!r} is not an address such as https://id.example.org.")
    return given


def names(given: str) -> tuple[str, str]:
    """The Chinese and the English name; one alone counts for both."""
    zh, *rest = NAMES_APART.split(given.strip(), maxsplit=1)
    return zh, rest[0] if rest else zh


def number(given: str) -> int:
    """A whole number from 1 on."""
    if not re.fullmatch(r"[1-9][0-9]{0,8}", given):
        raise ValueError(f"{given!r} is not a whole number from 1 to 999999999.")
    return int(given)


def networks(given: str) -> str:
    """Network addresses with commas between, as they were given."""
    for network in given.split(","):
        try:
            ipaddress.ip_network(network.strip())
        except ValueError as error:
            raise ValueError(f"{network.strip()!r} is not a network address such as 10.0.0.0/8.") from error
    return given
