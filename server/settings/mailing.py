"""The ways by which messages leave the house, from what stands in the environment."""

import re
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.utils import parseaddr
from urllib.parse import parse_qs, unquote, urlsplit

from server.settings.values import is_loopback

PORTS = {"smtp": 587, "smtps": 465}
OWN = re.compile(r"\{(phone|email)\}")
ROBOTS = frozenset({"dingtalk", "wecombot", "feishu", "lark", "http", "https"})
"""What apprise takes for robots that post into a group, whomever they name; the last two by the robot's own address."""


@dataclass(frozen=True)
class Mail:
    """The mail server. encryption: tls, starttls, or where offered. authority: file of the certificate's authority."""

    host: str
    port: int
    encryption: str
    user: str
    password: str = field(repr=False)
    authority: str
    sender: Address


def smtp(given: str) -> tuple[str, int, str, str, str, str] | None:
    """Host, port, encryption, user, password and authority; None for no mail server."""
    if not given:
        return None
    url = urlsplit(given)
    if url.scheme not in PORTS or not url.hostname or url.path not in {"", "/"}:
        raise ValueError("give smtp://user:password@host:587 or smtps://user:password@host:465.")
    asked = {name: values[-1] for name, values in parse_qs(url.query).items()}
    if unknown := set(asked) - {"plain", "ca"}:
        raise ValueError(f"{sorted(unknown)[0]!r} is not one of plain=yes, ca=FILE.")
    open_way = asked.get("plain") == "yes" or is_loopback(url.hostname)
    encryption = "tls" if url.scheme == "smtps" else "where offered" if open_way else "starttls"
    user, password = unquote(url.username or ""), unquote(url.password or "")
    return url.hostname, url.port or PORTS[url.scheme], encryption, user, password, asked.get("ca", "")


def sender(given: str) -> Address | None:
    """Who messages come from, as `Name <address>` or an address alone; None where it is not said."""
    if not given:
        return None
    wrong = f"{given!r} is not an address such as General Office <office@example.org>."
    if not given.isprintable():
        raise ValueError(wrong)
    name, address = parseaddr(given)
    try:
        return Address(display_name=name, addr_spec=address)
    except (ValueError, IndexError) as error:
        raise ValueError(wrong) from error


def channels(given: str) -> dict[str, str]:
    """Name -> address for apprise, of NAME=URL with blanks between."""
    found: dict[str, str] = {}
    for part in given.split():
        name, _, url = part.partition("=")
        if not re.fullmatch(r"\w[\w-]{0,38}", name) or "://" not in url:
            raise ValueError(
                f"{part.partition('://')[0]!r} is not NAME=URL, such as sms=jsons://gateway.example.org/{{phone}}."
            )
        if name.lower() in {"email", "slip"} or name in found:
            raise ValueError(f"{name!r} is taken; give each way a name of its own.")
        if not OWN.search(url):
            raise ValueError(
                f"{name!r} needs {{phone}} or {{email}} in its URL: a message to one is not for a whole group."
            )
        if url.partition("://")[0].lower() in ROBOTS:
            raise ValueError(
                f"{name!r} is a robot that posts into a group: a message to one is not for a whole group. "
                "Use a gateway of yours, such as jsons://gateway.example.org/{phone}."
            )
        found[name] = url
    return found
